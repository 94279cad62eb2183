package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// reader loads the rows of one result. The model keeps it between queries, with the function that drivers call, which
// would be an allocation for each otherwise.
type reader struct {
	l      *compile.Layout
	slab   plan.Slab
	one    [2]plan.Pointer // the result of a query for one object
	joined []joinedObjects
	ahead  ahead
	expect int
	simple bool
	db     string
	next   func(r dialect.Row) error // row
}

func newReader(l *compile.Layout, q *expr.Query, expect int) *reader {
	rd, ok := l.Model.Readers.Get().(*reader)
	if !ok {
		rd = &reader{}
		rd.next = rd.row
	}
	rd.l, rd.slab.Model, rd.expect, rd.db = l, l.Model, expect, q.DB
	rd.simple = len(l.Related) == 0 && len(l.Annotations) == 0
	return rd
}

// free gives the reader back, when its result has been taken.
func (rd *reader) free() {
	m := rd.l.Model
	*rd = reader{next: rd.next}
	m.Readers.Put(rd)
}

func (rd *reader) row(r dialect.Row) error {
	obj := rd.slab.Next(rd.expect)
	for i, f := range rd.l.Fields {
		if err := f.Codec.Set(f.At(obj), r, i); err != nil {
			return fmt.Errorf("orm: %s.%s: %w", rd.l.Model.GoName(), f.GoName, err)
		}
	}
	if rd.simple {
		return nil
	}
	for _, j := range rd.l.Related {
		if err := rd.scanJoined(obj, j, r); err != nil {
			return err
		}
	}
	return scanAnnotations(obj, rd.l, r)
}

// scanAnnotations reads the computed columns of a row.
func scanAnnotations(obj plan.Pointer, l *compile.Layout, r dialect.Row) error {
	for _, a := range l.Annotations {
		if a.Field == nil {
			continue
		}
		f := l.Model.FieldAt(a.Field.Offset)
		if f == nil || !f.Extra {
			return fmt.Errorf("orm: %s.%s cannot take an annotation (declare it with orm.Extra)", l.Model.GoName(), a.Field.Name)
		}
		codec := f.Codec
		if a.Custom != nil && f.Custom == nil {
			if own := a.Custom.For(f.Type); own != nil {
				codec = own
			}
		}
		if err := codec.Set(f.At(obj), r, a.Col); err != nil {
			return fmt.Errorf("orm: %s.%s: %w", l.Model.GoName(), f.GoName, err)
		}
	}
	return nil
}

// scanJoined reads a joined relation of a row.
func (rd *reader) scanJoined(owner plan.Pointer, j *compile.Joined, r dialect.Row) error {
	var link *plan.Link
	if hold := j.Rel.Holder(); hold != nil {
		link = hold.LinkAt(owner)
		link.Done = true
	}
	if r.Null(j.PK) {
		return nil
	}
	obj := rd.newJoined(j)
	for i, f := range j.Fields {
		if err := f.Codec.Set(f.At(obj), r, j.Start+i); err != nil {
			return fmt.Errorf("orm: %s.%s: %w", j.Model.GoName(), f.GoName, err)
		}
	}
	j.Model.Bind(obj, nil)
	settle(j.Model, obj, rd.db)
	if link != nil {
		link.Loaded = j.Model.Box(obj)
	}
	for _, c := range j.Children {
		if err := rd.scanJoined(obj, c, r); err != nil {
			return err
		}
	}
	return nil
}

// joinedObjects makes the objects of one joined relation.
type joinedObjects struct {
	of   *compile.Joined
	objs plan.Objects
}

// newJoined makes the object of a joined relation. Those of many rows share their memory.
func (rd *reader) newJoined(j *compile.Joined) plan.Pointer {
	if rd.expect == 1 {
		return j.Model.New()
	}
	i := slices.IndexFunc(rd.joined, func(o joinedObjects) bool { return o.of == j })
	if i < 0 {
		i = len(rd.joined)
		rd.joined = append(rd.joined, joinedObjects{of: j, objs: plan.Objects{Model: j.Model}})
	}
	return rd.joined[i].objs.Next(rd.expect)
}

// finish binds the objects to each other and loads what was to be prefetched.
func (rd *reader) finish(ctx context.Context, db *DB, s *scope, q *expr.Query) ([]plan.Pointer, error) {
	out := rd.slab.Out
	if len(out) == 0 {
		return nil, nil
	}
	m := rd.l.Model
	partial, tracked := len(rd.l.Fields) != len(m.Columns), s.track || q.Track || m.Track
	if len(m.Links) > 0 || partial || tracked {
		var peers *plan.Peers
		if len(out) > 1 || q.FetchRaise || q.DB != "" || len(s.dbs) > 1 || partial || tracked {
			peers = rd.slab.Peers(q.DB)
			peers.Raise = q.FetchRaise
		}
		if partial {
			peers.Missing, peers.Partial = leftOut(m, rd.l.Fields), true
		}
		if partial || tracked {
			rd.bindStates(m, peers, tracked)
		} else {
			for _, obj := range out {
				m.Bind(obj, peers)
			}
		}
	}
	if tracked || s.hooks != nil {
		if err := rd.announce(ctx, s, q); err != nil {
			return nil, err
		}
	}
	if len(q.Prefetch) > 0 {
		own := *q // the caller's stays on its stack
		if err := prefetch(ctx, db, s, &own, slices.Clone(out), rd.ahead.loads); err != nil {
			return nil, err
		}
	}
	return out, nil
}
