package orm

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"sync"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// All runs the query and returns its objects.
func (q Query[T]) All(ctx context.Context) ([]*T, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return nil, err
	}
	return fetch[T](ctx, db, s, &q.s, q.s.Limit)
}

// Get returns the one object of the query. It is ErrNotFound when there is none and ErrMultiple when there are more.
func (q Query[T]) Get(ctx context.Context, ps ...Predicate) (*T, error) {
	if len(ps) > 0 {
		q = q.Filter(ps...)
	}
	q = q.one()
	db, s, err := q.reading(ctx)
	if err != nil {
		return nil, err
	}
	obj, n, err := fetchOne(ctx, db, s, &q.s)
	if err != nil {
		return nil, err
	}
	return plan.At[T](obj), onlyOne(q.s.Model, n)
}

// one limits a query for one object to as many rows as show a mistake.
func (q Query[T]) one() Query[T] {
	if !q.s.Sliced && q.s.Combined == nil {
		q.s.Sliced, q.s.Limit = true, 2
		if !q.s.Distinct && q.s.Lock == nil {
			q.s.Order, q.s.Ordered = nil, true
		}
	}
	return q
}

// onlyOne is nil when a query for one object found n = 1.
func onlyOne(m *plan.Model, n int) error {
	switch {
	case n == 0:
		return notFoundError(m.GoName())
	case n > 1:
		return fmt.Errorf("%s: %w", m.GoName(), ErrMultiple)
	}
	return nil
}

func notFoundError(model string) error { return &missing{model} }

// missing is ErrNotFound with the model's name.
type missing struct{ model string }

func (e *missing) Error() string { return "orm: no matching " + e.model }
func (e *missing) Is(target error) bool {
	return target == ErrNotFound || ErrNotFound.(*notFound).Is(target)
}

// First returns the first object, by the key when neither the query nor the model has an order; after OrderBy() any one. It
// is ErrNotFound when there is none.
func (q Query[T]) First(ctx context.Context) (*T, error) { return q.end(ctx, false) }

// Last returns the last object, by the key when neither the query nor the model has an order.
func (q Query[T]) Last(ctx context.Context) (*T, error) { return q.end(ctx, true) }

func (q Query[T]) end(ctx context.Context, last bool) (*T, error) {
	if err := q.s.Model.Ready(); err != nil {
		return nil, err
	}
	if last && q.s.Sliced {
		return nil, errors.New("orm: cannot reverse a query once a slice has been taken")
	}
	if !q.s.Ordered && len(q.s.Model.Order) == 0 && q.s.Model.PK != nil && !q.s.Sliced {
		q.s.Order, q.s.Ordered = []expr.Order{{Name: "pk"}}, true
	}
	if last {
		q.s.Reverse = !q.s.Reverse
	}
	q = q.Limit(1)
	db, s, err := q.reading(ctx)
	if err != nil {
		return nil, err
	}
	obj, n, err := fetchOne(ctx, db, s, &q.s)
	if err == nil && n == 0 {
		err = notFoundError(q.s.Model.GoName())
	}
	return plan.At[T](obj), err
}

// Latest returns the object with the greatest value of the columns, named by address (or orm.Asc and orm.Desc of it), or of
// Meta.LatestBy; Earliest that with the smallest.
func (q Query[T]) Latest(ctx context.Context, by ...any) (*T, error) { return q.latest(ctx, by, true) }

// Earliest returns the object with the smallest value of the columns, or of Meta.LatestBy.
func (q Query[T]) Earliest(ctx context.Context, by ...any) (*T, error) {
	return q.latest(ctx, by, false)
}

func (q Query[T]) latest(ctx context.Context, by []any, desc bool) (*T, error) {
	if err := q.s.Model.Ready(); err != nil {
		return nil, err
	}
	if len(by) == 0 && q.s.Model.Latest == nil {
		return nil, fmt.Errorf("orm: %s: Latest and Earliest need a column, or Meta.LatestBy", q.s.Model.GoName())
	}
	var orders []Order
	if len(by) == 0 {
		orders = []Order{{o: expr.Order{Name: q.s.Model.Latest.S.Name, Desc: desc}}}
	}
	for _, f := range by {
		o, ok := f.(Order)
		if !ok {
			p, err := pathOf(f)
			if err != nil {
				return nil, err
			}
			o = Order{o: expr.Order{Path: p}}
		}
		o.o.Desc = o.o.Desc != desc
		orders = append(orders, o)
	}
	return q.OrderBy(orders...).First(ctx)
}

// pathOf is the key path that an address names.
func pathOf(f any) (*plan.Path, error) {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Pointer {
		return nil, fmt.Errorf("orm: a field is named by its address, not by a %T", f)
	}
	p := plan.Lookup(v.UnsafePointer())
	if p == nil {
		return nil, errNotField
	}
	return p, nil
}

// Count is the number of rows.
func (q Query[T]) Count(ctx context.Context) (int, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	err = db.ask(ctx, s, &q.s, shapeCount, func(r dialect.Row) error {
		n = int(r.Int(0))
		return nil
	})
	return n, err
}

// Exists says whether the query has rows.
func (q Query[T]) Exists(ctx context.Context) (bool, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return false, err
	}
	found := false
	err = db.ask(ctx, s, &q.s, shapeExists, func(dialect.Row) error {
		found = true
		return nil
	})
	return found, err
}

// ask runs a query that is not for objects. There is no row when it is known to be empty.
func (db *DB) ask(ctx context.Context, s *scope, q *expr.Query, kind shapeKind, row func(dialect.Row) error) error {
	space := db.args.get()
	st, args, err := db.lookup(s, q, kind, *space)
	defer func() { db.args.put(space, args) }()
	if err != nil || st.Empty {
		return err
	}
	bound := st.Args
	if args != nil {
		bound = args
	}
	return db.query(ctx, s, st.SQL, bound, false, row)
}

// Iter reads the objects in chunks, so that memory stays the same however many rows there are. No connection is held
// between chunks; a query with its own order is continued by offset, one ordered by its key by the key.
func (q Query[T]) Iter(ctx context.Context) iter.Seq2[*T, error] {
	const chunk = 2000
	return func(yield func(*T, error) bool) {
		if err := q.s.Model.Ready(); err != nil {
			yield(nil, err)
			return
		}
		q := q
		if _, _, err := q.reading(ctx); err != nil { // all chunks come from one database
			yield(nil, err)
			return
		}
		if q.s.Sliced || q.s.Combined != nil || q.s.Model.PK == nil || q.s.Ordered && len(q.s.Order) > 0 || !q.s.Ordered && len(q.s.Model.Order) > 0 {
			q.iterByOffset(ctx, chunk, yield)
			return
		}
		pk := q.s.Model.PK
		part := q
		part.s.Order, part.s.Ordered = []expr.Order{{Name: "pk"}}, true
		var last dialect.Value
		for first := true; ; first = false {
			page := part
			if !first {
				n := len(page.s.Where)
				page.s.Where = append(page.s.Where[:n:n], expr.Step{Preds: []expr.Pred{{Op: expr.Gt, Left: expr.Name{Name: "pk"}, Val: last}}})
			}
			list, err := page.Limit(chunk).All(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, obj := range list {
				last = pk.Codec.Get(pk.At(plan.PointerTo(obj)))
				if !yield(obj, nil) {
					return
				}
			}
			if len(list) < chunk {
				return
			}
		}
	}
}

func (q Query[T]) iterByOffset(ctx context.Context, chunk int, yield func(*T, error) bool) {
	for at := 0; ; at += chunk {
		list, err := q.Slice(at, at+chunk).All(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, obj := range list {
			if !yield(obj, nil) {
				return
			}
		}
		if len(list) < chunk {
			return
		}
	}
}

// Aggregate computes one value over all rows of a query: orm.Aggregate(ctx, q, orm.Sum(&a.Words)). Over no rows it is the
// zero value; a pointer type tells that apart (orm.Typed[*int64]).
func Aggregate[T, V any](ctx context.Context, q Query[T], e Expr[V]) (V, error) {
	var out V
	if e.err != nil {
		return out, e.err
	}
	db, s, err := q.reading(ctx)
	if err != nil {
		return out, err
	}
	st, err := db.compiler(s).Aggregate(&q.s, []expr.Annotation{{Name: "v", Node: e.n}})
	if err != nil {
		return out, err
	}
	codec := st.Layout.Annotations[0].Custom.For(typeOf[V]())
	if codec == nil {
		codec = plan.NewCodec(typeOf[V](), kindOf[V]())
	}
	if codec == nil {
		return out, fmt.Errorf("orm: an aggregate cannot be read into a %s", typeOf[V]())
	}
	err = db.query(ctx, s, st.SQL, st.Args, false, func(r dialect.Row) error {
		return codec.Set(plan.PointerTo(&out), r, 0)
	})
	return out, err
}

// Update sets columns of all rows of the query by one statement and returns the number of rows that matched. It does not
// load objects, and AutoNow does not apply.
func (q Query[T]) Update(ctx context.Context, set ...Assignment) (int, error) {
	if len(set) == 0 {
		return 0, nil
	}
	db, s, err := q.writing(ctx)
	if err != nil {
		return 0, err
	}
	q.refuseCombined("update")
	if q.s.Err != nil {
		return 0, q.s.Err
	}
	if err := q.s.Model.Ready(); err != nil {
		return 0, err
	}
	var few [4]expr.Assign // most updates need no more, and no memory
	list := few[:0]
	for i := range set {
		list = append(list, set[i].a)
	}
	if q.s.Model.InParts() && setsParents(q.s.Model, list) {
		rows := q.s // a copy, so that only these queries cost memory
		n, err := updateParts(ctx, &rows, slices.Clone(list))
		if err == nil && s.hooks != nil {
			err = s.sendUpdate(ctx, q.s.Model, slices.Clone(list), n, q.s.DB)
		}
		return n, err
	}
	space := db.args.get()
	st, args, err := db.updateStatement(s, &q.s, list, *space)
	defer func() { db.args.put(space, args) }()
	if err != nil || st.Empty {
		return 0, err
	}
	bound := st.Args
	if args != nil {
		bound = args
	}
	res, err := db.exec(ctx, s, st.SQL, bound)
	if err == nil && s.hooks != nil {
		err = s.sendUpdate(ctx, q.s.Model, slices.Clone(list), int(res.RowsAffected), q.s.DB)
	}
	return int(res.RowsAffected), err
}

// argsPool keeps argument lists between queries.
type argsPool struct{ p sync.Pool }

func (a *argsPool) get() *[]dialect.Value {
	if v, ok := a.p.Get().(*[]dialect.Value); ok {
		return v
	}
	v := make([]dialect.Value, 0, 16)
	return &v
}

func (a *argsPool) put(v *[]dialect.Value, used []dialect.Value) {
	if cap(used) > 256 {
		return
	}
	if used != nil {
		clear(used)
		*v = used[:0]
	}
	a.p.Put(v)
}

// fetch runs a query and loads its objects.
func fetch[T any](ctx context.Context, db *DB, s *scope, q *expr.Query, expect int) ([]*T, error) {
	if err := db.mayLock(s, q); err != nil {
		return nil, err
	}
	space := db.args.get()
	st, args, err := db.lookup(s, q, shapeSelect, *space)
	defer func() { db.args.put(space, args) }()
	if err != nil || st.Empty {
		return nil, err
	}
	r := newReader(st.Layout, q, expect)
	defer r.free()
	bound := st.Args
	if args != nil {
		bound = args
	}
	if err := db.query(ctx, s, st.SQL, bound, q.Lock != nil, r.next); err != nil {
		return nil, err
	}
	return finish[T](ctx, r, db, s, q)
}

// finish is the reader's finish as a list of objects.
func finish[T any](ctx context.Context, r *reader, db *DB, s *scope, q *expr.Query) ([]*T, error) {
	out, err := r.finish(ctx, db, s, q)
	return listOf[T](out), err
}

// listOf is a list of objects by their addresses; nil is nil.
func listOf[T any](objs []plan.Pointer) []*T {
	if objs == nil {
		return nil
	}
	return plan.List[T](objs)
}

// fetchOne is fetch for a query of one object. It returns the first and how many there are; obj is nil when n is not 1.
func fetchOne(ctx context.Context, db *DB, s *scope, q *expr.Query) (obj plan.Pointer, n int, err error) {
	if err := db.mayLock(s, q); err != nil {
		return nil, 0, err
	}
	space := db.args.get()
	st, args, err := db.lookup(s, q, shapeSelect, *space)
	defer func() { db.args.put(space, args) }()
	if err != nil || st.Empty {
		return nil, 0, err
	}
	r := newReader(st.Layout, q, 1)
	defer r.free()
	r.slab.Out = r.one[:0]
	bound := st.Args
	if args != nil {
		bound = args
	}
	if len(q.Prefetch) > 0 && db.d.Batches {
		own := *q // the caller's stays on its stack
		r.ahead = startAhead(ctx, db, s, &own)
	}
	if len(r.ahead.parts) == 0 {
		err = db.query(ctx, s, st.SQL, bound, q.Lock != nil, r.next)
	} else {
		first := &batchPart{db: db, s: s, item: dialect.BatchItem{SQL: st.SQL, Args: bound, Row: r.next}}
		err = db.runBatch(ctx, append([]*batchPart{first}, r.ahead.parts...))
	}
	if err != nil {
		return nil, 0, err
	}
	if n := len(r.slab.Out); n != 1 {
		return nil, n, nil
	}
	if r.ahead.loads != nil && !r.ahead.fits(st.Layout.Model, r.slab.Out[0]) {
		r.ahead = ahead{}
	}
	list, err := r.finish(ctx, db, s, q)
	if err != nil {
		return nil, 1, err
	}
	return list[0], 1, nil
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
