package orm

import (
	"errors"
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

func agg[V any](name string, n expr.Node) Expr[V] {
	return Expr[V]{n: &expr.Aggregate{Name: name, Of: n}}
}

// aggregated changes a copy of an aggregate; for anything else it is the mistake that the query reports.
func (e Expr[V]) aggregated(what string, change func(a *expr.Aggregate)) Expr[V] {
	of, typed := e.n, expr.Typed{}
	if t, ok := of.(expr.Typed); ok {
		of, typed = t.Of, t
	}
	a, ok := of.(*expr.Aggregate)
	if !ok {
		err := errors.Join(e.err, fmt.Errorf("orm: %s is for aggregates, before Or and Over", what))
		return Expr[V]{n: badNode(err), err: err}
	}
	c := *a
	change(&c)
	if typed.Of != nil {
		typed.Of = &c
		return Expr[V]{n: typed, err: e.err}
	}
	return Expr[V]{n: &c, err: e.err}
}

// Filter limits an aggregate to the rows for which the conditions hold, and those of an earlier Filter. An aggregate of one's
// own (CustomFunc) must be a single call: FILTER (WHERE ...) follows its text.
func (e Expr[V]) Filter(ps ...Predicate) Expr[V] {
	with := func(old *expr.Pred) *expr.Pred {
		p := And(ps...).p
		if old != nil {
			p = expr.And(*old, p)
		}
		return &p
	}
	if own, ok := e.n.(expr.Call); ok && own.Of.Aggregate {
		own.Filter = with(own.Filter)
		return Expr[V]{n: own, err: e.err}
	}
	return e.aggregated("Filter", func(a *expr.Aggregate) { a.Filter = with(a.Filter) })
}

// Distinct makes an aggregate count each value once.
func (e Expr[V]) Distinct() Expr[V] {
	return e.aggregated("Distinct", func(a *expr.Aggregate) { a.Distinct = true })
}

// Sample makes StdDev and Variance those of a sample of the population.
func (e Expr[V]) Sample() Expr[V] {
	return e.aggregated("Sample", func(a *expr.Aggregate) { a.Sample = true })
}

// Count counts the rows in which the column has a value.
func Count[V any](f *V) Expr[int64] {
	p := plan.Lookup(plan.PointerTo(f))
	if p == nil {
		return Expr[int64]{n: badNode(errNotField), err: errNotField}
	}
	return agg[int64]("Count", expr.Column{Path: p})
}

// CountAll counts rows.
func CountAll() Expr[int64] { return agg[int64]("Count", nil) }

// Sum adds a column up. Over no rows it has no value: 0, or use Or.
func Sum[V any](f *V) Expr[V] { return agg[V]("Sum", F(f).n) }

// Avg is the mean of a column. Of a decimal or a duration say what it gives: Typed[Decimal](Avg(&o.Price)).
func Avg[V any](f *V) Expr[float64] { return agg[float64]("Avg", F(f).n) }

// Min is the smallest value of a column.
func Min[V any](f *V) Expr[V] { return agg[V]("Min", F(f).n) }

// Max is the greatest value of a column.
func Max[V any](f *V) Expr[V] { return agg[V]("Max", F(f).n) }

// StdDev and Variance are those of the whole population; with Sample() those of a sample, which has no value for one row.
func StdDev[V any](f *V) Expr[float64] { return agg[float64]("StdDev", F(f).n) }

// Variance is the mean square distance from the mean.
func Variance[V any](f *V) Expr[float64] { return agg[float64]("Variance", F(f).n) }

// AnyValue is one of the values of a group, whichever: for columns that are the same in all its rows.
func AnyValue[V any](f *V) Expr[V] { return agg[V]("AnyValue", F(f).n) }

// BitAnd keeps the bits that all values of a group have, BitOr those that one has, BitXor those that an odd number has.
// Over no rows they have no value.
func BitAnd[V Whole](f *V) Expr[V] { return agg[V]("BitAnd", F(f).n) }

// BitOr keeps the bits that at least one value of a group has.
func BitOr[V Whole](f *V) Expr[V] { return agg[V]("BitOr", F(f).n) }

// BitXor keeps the bits that an odd number of values of a group have.
func BitXor[V Whole](f *V) Expr[V] { return agg[V]("BitXor", F(f).n) }

// StringAgg joins the texts of a group with a delimiter, in an order if one is given. With Distinct, SQLite takes only the
// delimiter ",".
func StringAgg[V ~string](f *V, delimiter string, orders ...Order) Expr[string] {
	return StringAggOf(F(f), delimiter, orders...)
}

// StringAggOf is StringAgg for an expression, as a text.
func StringAggOf[V any](e Expr[V], delimiter string, orders ...Order) Expr[string] {
	a := &expr.Aggregate{Name: "StringAgg", Of: e.n, Extra: literal(delimiter)}
	for _, o := range orders {
		a.OrderBy = append(a.OrderBy, o.o)
	}
	return Expr[string]{n: a, err: e.err}
}

// SumOf, MinOf, MaxOf, AvgOf and CountOf aggregate an expression; AggregateOf does so by any aggregate's name.
func SumOf[V any](e Expr[V]) Expr[V] { return agg[V]("Sum", e.n) }

// MinOf is the smallest value of an expression.
func MinOf[V any](e Expr[V]) Expr[V] { return agg[V]("Min", e.n) }

// MaxOf is the greatest value of an expression.
func MaxOf[V any](e Expr[V]) Expr[V] { return agg[V]("Max", e.n) }

// CountOf counts the rows in which an expression has a value.
func CountOf[V any](e Expr[V]) Expr[int64] { return agg[int64]("Count", e.n) }

// AvgOf is the mean of an expression.
func AvgOf[V any](e Expr[V]) Expr[float64] { return agg[float64]("Avg", e.n) }

// AggregateOf is an aggregate of an expression by Django's name of it: "StdDev", "Variance", "AnyValue", "BitAnd", "BitOr",
// "BitXor" and those with a function of their own. R is the type of the result.
func AggregateOf[R, V any](name string, e Expr[V]) Expr[R] { return agg[R](name, e.n) }
