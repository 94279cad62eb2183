package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// bindGroup makes objects that were loaded together peers. They are held strongly: each is its own allocation, and the
// lists that hold them are what keeps them alive.
func bindGroup(m *plan.Model, objs []plan.Pointer, db string) {
	if len(m.Links) == 0 {
		return
	}
	g := &plan.Peers{Model: m, DB: db}
	g.Each = func(yield func(plan.Pointer) bool) {
		for _, obj := range objs {
			if !yield(obj) {
				return
			}
		}
	}
	for _, obj := range objs {
		m.Bind(obj, g)
	}
}

// bindFound is bindGroup for objects of a query that may have left columns out.
func bindFound(m *plan.Model, objs []plan.Pointer, fields []*plan.Field, q *expr.Query) {
	if len(fields) == len(m.Columns) {
		bindGroup(m, objs, q.DB)
		return
	}
	g := plan.WeakGroup(m, q.DB, objs)
	g.Raise, g.Partial, g.Missing = q.FetchRaise, true, leftOut(m, fields)
	for _, obj := range objs {
		m.SetState(obj, g)
	}
}

// loadByKey loads the one object of a link by its key. It does not name Query[T]: a method of ForeignKey that did would have
// the compiler make all methods of Query for every model that a foreign key leads to.
func loadByKey(ctx context.Context, l *plan.Link, m *plan.Model, key Predicate) error {
	q := expr.Query{Model: m, Limit: 2, Sliced: true, Ordered: true, Where: []expr.Step{{Preds: []expr.Pred{key.p}}}}
	db, s, err := route(ctx, &q.DB, m, false, "")
	if err != nil {
		return err
	}
	obj, n, err := fetchOne(ctx, db, s, &q)
	if err == nil {
		err = onlyOne(m, n)
	}
	if err != nil {
		return err
	}
	l.Loaded, l.Done = m.Box(obj), true
	return nil
}

// load loads a many-valued relation for the object and its peers.
func (m *Many[T]) load(ctx context.Context) error {
	if m.link.Rel == nil || m.link.Owner == nil {
		return fmt.Errorf("orm: Many[%s]: %w", typeOf[T]().Name(), ErrNotSaved)
	}
	return loadForPeers(ctx, &m.link, m.link.Owner)
}

// loadForPeers loads a relation for all objects that came with owner and still lack it. The caller holds the group's lock.
func loadForPeers(ctx context.Context, l *plan.Link, owner plan.Pointer) error {
	objs := []plan.Pointer{owner}
	name := ""
	if g := l.Peers; g != nil {
		if g.Raise {
			return fmt.Errorf("orm: %s.%s was not loaded by the query, and FetchRaise forbids to load it now (add Related or Prefetch)", l.Rel.From.GoName(), l.Rel.Name)
		}
		name = g.DB
		hold := l.Rel.Holder()
		g.Each(func(obj plan.Pointer) bool {
			if obj != owner && hold != nil && !hold.LinkAt(obj).Done {
				objs = append(objs, obj)
			}
			return true
		})
	}
	_, err := loadRelation(ctx, l.Rel, objs, nil, name)
	return err
}

func (m *Many[T]) listAny(objs []plan.Pointer) any {
	return plan.List[T](objs)
}

func (o *One[T]) listAny([]plan.Pointer) any { return nil }

func (o *One[T]) storeAny(plan.Pointer, []plan.Pointer) {}

// storeAny puts objects into a field of one's own, a []*T.
func (m *Many[T]) storeAny(dst plan.Pointer, objs []plan.Pointer) {
	*plan.At[[]*T](dst), _ = m.listAny(objs).([]*T)
}
