package orm

import (
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Related loads relations to one row together with the objects, by a join: Related(&a.Author, &a.Author.To().Company).
func (q Query[T]) Related(fields ...AnyRef) Query[T] {
	q.refuseCombined("join relations")
	for _, f := range fields {
		if p := q.path(f); p != nil {
			n := len(q.s.Related)
			q.s.Related = append(q.s.Related[:n:n], expr.Relation{Path: p})
		}
	}
	return q
}

// RelatedByName is Related for the dynamic edges: "author", "author__company".
func (q Query[T]) RelatedByName(names ...string) Query[T] {
	q.refuseCombined("join relations")
	for _, name := range names {
		n := len(q.s.Related)
		q.s.Related = append(q.s.Related[:n:n], expr.Relation{Name: name})
	}
	return q
}

// AnyRef is a relation field in a reference value: *FK or *Many.
type AnyRef interface{ keyPath() *plan.Path }

func (f *ForeignKey[T, K]) keyPath() *plan.Path { return plan.Lookup(plan.PointerTo(f)) }

func (m *Many[T]) keyPath() *plan.Path { return plan.Lookup(plan.PointerTo(m)) }

// path finds the field that names a relation; nil, with the query's mistake told, if it is none.
func (q *Query[T]) path(f AnyRef) *plan.Path {
	p := f.keyPath()
	if p == nil && q.s.Err == nil {
		q.s.Err = errNotField
	}
	return p
}

// Prefetch loads relations with one more query for each: Prefetch(&a.Tags, &a.Comments). For a foreign key this is the
// way to load each related object once.
func (q Query[T]) Prefetch(fields ...AnyRef) Query[T] {
	for _, f := range fields {
		if p := q.path(f); p != nil {
			n := len(q.s.Prefetch)
			q.s.Prefetch = append(q.s.Prefetch[:n:n], expr.Prefetch{Path: p})
		}
	}
	return q
}

// FetchRaise makes the later load of a relation that the query did not load an error, in place of a query.
func (q Query[T]) FetchRaise() Query[T] { q.s.FetchRaise = true; return q }
