package orm

import (
	"github.com/nuages-go/nuages/orm/expr"
)

// Union, Intersection and Difference combine results. Afterwards only orders, slices and terminal calls are allowed.
func (q Query[T]) Union(others ...Query[T]) Query[T] { return q.combine("union", others) }

// UnionAll is Union that keeps equal rows.
func (q Query[T]) UnionAll(others ...Query[T]) Query[T] { return q.combine("union all", others) }

// Intersection keeps the rows that all results have.
func (q Query[T]) Intersection(others ...Query[T]) Query[T] { return q.combine("intersect", others) }

// Difference keeps the rows that the others do not have.
func (q Query[T]) Difference(others ...Query[T]) Query[T] { return q.combine("except", others) }

func (q Query[T]) combine(op string, others []Query[T]) Query[T] {
	parts := []*expr.Query{plainPart(&q.s)}
	for i := range others {
		parts = append(parts, plainPart(&others[i].s))
		if others[i].s.Err != nil && q.s.Err == nil {
			q.s.Err = others[i].s.Err
		}
	}
	return Query[T]{expr.Query{Model: q.s.Model, Limit: -1, DB: q.s.DB, Err: q.s.Err, Combined: &expr.Combined{Op: op, Queries: parts}}}
}

// plainPart is a query as a part of a combined one: an order only matters under a slice.
func plainPart(s *expr.Query) *expr.Query {
	p := *s
	if !p.Sliced {
		p.Order, p.Ordered = nil, true
	}
	return &p
}
