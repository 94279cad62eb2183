package orm

import (
	"github.com/nuages-go/nuages/orm/expr"
)

// PredOf, OrdersOf and the others let the conformance tests put neutral trees into typed queries.
func PredOf(p expr.Pred) Predicate { return Predicate{p} }

// LookupPred is the tree of a condition.
func LookupPred(p Predicate) expr.Pred { return p.p }

// OrdersOf makes orders of trees.
func OrdersOf(list []expr.Order) []Order {
	out := make([]Order, len(list))
	for i, o := range list {
		out[i] = Order{o: o}
	}
	return out
}

// QuerySpec is the tree of a query.
func QuerySpec[T any](q Query[T]) *expr.Query { return &q.s }

// Combine joins queries of different models, as Django allows.
func Combine[T any](q Query[T], op string, others []*expr.Query) Query[T] {
	out := q.combine(op, nil)
	for _, o := range others {
		out.s.Combined.Queries = append(out.s.Combined.Queries, plainPart(o))
	}
	return out
}
