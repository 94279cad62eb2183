package orm

import (
	"reflect"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
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

// QueryOf is the query of a tree.
func QueryOf[T any](s *expr.Query) Query[T] { return Query[T]{*s} }

// RefOf is the reference value that an address stands in.
func RefOf(row any) *plan.Ref { return plan.Lookup(reflect.ValueOf(row).UnsafePointer()).Ref }

// ColumnNode is a column of a reference value by its name.
func ColumnNode(row any, name string) expr.Node {
	ref := RefOf(row)
	if err := ref.Model.Ready(); err != nil {
		panic(err)
	}
	f := ref.Model.FieldNamed(name)
	return expr.Column{Path: ref.Leaf(f.Offset)}
}
