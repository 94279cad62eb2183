package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// prefetch loads the relations that a query asks for. A path of several relations loads each level once; what stands on
// one level is asked for together, in one round trip where the database can. Ahead has what was asked for together with the
// objects; it may be empty.
func prefetch(ctx context.Context, db *DB, s *scope, q *expr.Query, objs []plan.Pointer, ahead []*loading) error {
	c := db.compiler(s)
	paths := make([][]*plan.Relation, len(q.Prefetch))
	deepest := 0
	for i, p := range q.Prefetch {
		steps, err := prefetchSteps(c.Steps, q.Model, p)
		if err != nil {
			return err
		}
		paths[i], deepest = steps, max(deepest, len(steps))
	}
	at := make([]*loading, len(paths)) // how far each path is; nil is the query itself
	for depth := range deepest {
		level := make([]*loading, 0, len(paths))
		for i, steps := range paths {
			if depth >= len(steps) {
				continue
			}
			rel, from := steps[depth], at[i]
			to := prefetchTo(q, i, depth, steps)
			if at[i] = findLoading(level, from, rel, to); at[i] != nil {
				continue
			}
			owners := objs
			if from != nil {
				owners = from.found
			}
			ld := findLoading(ahead, from, rel, to)
			if ld == nil && to == nil && (subQuery(q, i, depth, steps) == nil || q.Prefetch[i].Query == nil) {
				ld = joinedAlready(rel, owners)
			}
			if ld == nil {
				var err error
				if ld, err = startRelation(ctx, rel, owners, subQuery(q, i, depth, steps), q.DB); err != nil {
					return err
				}
			}
			ld.from, ld.rel, ld.to, ld.owners = from, rel, to, owners
			at[i], level = ld, append(level, ld)
		}
		if err := runLoading(ctx, level); err != nil {
			return err
		}
		for _, ld := range level {
			var err error
			if ld.found, err = ld.finish(ctx, ld.owners); err != nil {
				return err
			}
		}
	}
	return nil
}

// subQuery is what a prefetch says of the last relation of its path, nil for those before.
func subQuery(q *expr.Query, i, depth int, steps []*plan.Relation) *expr.Prefetch {
	if depth == len(steps)-1 {
		return &q.Prefetch[i]
	}
	return nil
}

// prefetchTo is the field that takes the objects in place of the relation.
func prefetchTo(q *expr.Query, i, depth int, steps []*plan.Relation) *expr.Path {
	if pf := subQuery(q, i, depth, steps); pf != nil {
		return pf.To
	}
	return nil
}

// loading is a relation on its way: the statement to send, nil if there is nothing to ask or it was sent, and what to do
// once its rows are read: it gives the related objects to their owners, and returns them.
type loading struct {
	part   *batchPart
	finish func(ctx context.Context, owners []plan.Pointer) ([]plan.Pointer, error)

	from          *loading // the level before, nil for the query's own objects
	rel           *plan.Relation
	to            *expr.Path
	owners, found []plan.Pointer
}

// findLoading finds the loading of a relation of another one's objects into the relation's field or another.
func findLoading(list []*loading, from *loading, rel *plan.Relation, to *expr.Path) *loading {
	for _, ld := range list {
		if ld.from == from && ld.rel.Name == rel.Name && ld.to == to {
			return ld
		}
	}
	return nil
}

// reading is loading without the objects that the rows belong to.
type reading struct {
	part   *batchPart
	finish func(ctx context.Context) ([]plan.Pointer, error)
}

// noRows is the reading of a query that is known to be empty.
func noRows() *reading {
	return &reading{finish: func(context.Context) ([]plan.Pointer, error) { return nil, nil }}
}

// runLoading runs the statements of a level.
func runLoading(ctx context.Context, level []*loading) error {
	parts := make([]*batchPart, 0, len(level))
	for _, ld := range level {
		if ld.part != nil {
			parts = append(parts, ld.part)
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		it := &parts[0].item
		return parts[0].db.query(ctx, parts[0].s, it.SQL, it.Args, false, it.Row)
	}
	for len(parts) > 0 { // most often all in one database
		here, there := parts[:0:0], parts[:0:0]
		for _, p := range parts {
			if p.db == parts[0].db {
				here = append(here, p)
			} else {
				there = append(there, p)
			}
		}
		if err := here[0].db.runBatch(ctx, here); err != nil {
			return err
		}
		parts = there
	}
	return nil
}

func prefetchSteps(byName func(*plan.Model, string, bool) ([]*plan.Relation, error), m *plan.Model, p expr.Prefetch) ([]*plan.Relation, error) {
	if p.Path == nil {
		return byName(m, p.Name, false)
	}
	steps, f, err := p.Path.Resolve()
	if err != nil {
		return nil, err
	}
	if f.Rel == nil {
		return nil, fmt.Errorf("orm: Prefetch(%s): the field is not a relation", p.Path)
	}
	steps, ok := m.Own(p.Path.Ref.Root().Model, append(steps[:len(steps):len(steps)], f.Rel))
	if !ok {
		return nil, wrongModel(p.Path, m)
	}
	return steps, nil
}

func startReading(db *DB, s *scope, q *expr.Query) (*reading, error) {
	st, args, err := db.prepared(s, q)
	if err != nil {
		return nil, err
	}
	if st.Empty {
		return noRows(), nil
	}
	r := newReader(st.Layout, q, 0)
	part := &batchPart{db: db, s: s, item: dialect.BatchItem{SQL: st.SQL, Args: args, Row: r.next}}
	return &reading{part: part, finish: func(ctx context.Context) ([]plan.Pointer, error) {
		defer r.free()
		return r.finish(ctx, db, s, q)
	}}, nil
}
