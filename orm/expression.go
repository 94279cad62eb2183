package orm

import (
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Expr is a value that the database computes, of Go type V: a column, arithmetic, a function, an aggregate.
type Expr[V any] struct {
	n   expr.Node
	err error
}

func (e Expr[V]) exprNode() expr.Node { return e.n }

// AnyExpr is an expression of any type, as orders and groups take it.
type AnyExpr interface{ exprNode() expr.Node }

// F is a column as an expression: orm.F(&a.Likes).Gt(orm.F(&a.Views)).
func F[V any](f *V) Expr[V] {
	p := plan.Lookup(plan.PointerTo(f))
	if p == nil {
		return Expr[V]{n: badNode(errNotField), err: errNotField}
	}
	return Expr[V]{n: expr.Column{Path: p}}
}

// badNode carries a mistake to where the query runs.
func badNode(err error) expr.Node { return expr.Pred{Err: err, Op: expr.Exact} }

// Val is a value as an expression.
func Val[V any](v V) Expr[V] {
	val, err := valueOf(v)
	if err != nil {
		return Expr[V]{n: badNode(err), err: err}
	}
	return Expr[V]{n: expr.Literal{Value: val, Kind: kindOf[V]()}}
}

// Name is an expression by its name in Django's form, for the dynamic edges: "author__name", an annotation.
func Name[V any](name string) Expr[V] { return Expr[V]{n: expr.Name{Name: name}} }

// Node is an expression from package expr, for what package orm has no words for.
func Node[V any](n expr.Node) Expr[V] { return Expr[V]{n: n} }

// Typed says that an expression gives a V: for mixed arithmetic.
func Typed[V, W any](e Expr[W]) Expr[V] {
	return Expr[V]{n: expr.Typed{Of: e.n, Kind: kindOf[V]()}}
}

func kindOf[V any]() schema.Kind {
	k := plan.GoKind(typeOf[V]())
	if k == schema.ForeignKey {
		return schema.Invalid
	}
	return k
}

func (e Expr[V]) compare(op expr.Op, o Expr[V]) Predicate {
	return Predicate{expr.Pred{Op: op, Left: e.n, Right: o.n}}
}

func (e Expr[V]) with(op expr.Op, v V) Predicate {
	val, err := valueBeside(v)
	return Predicate{expr.Pred{Op: op, Left: e.n, Val: val, Err: err}}
}

// Eq, Ne, Gt, Gte, Lt and Lte compare two expressions.
func (e Expr[V]) Eq(o Expr[V]) Predicate { return e.compare(expr.Exact, o) }

// Ne holds when the two differ.
func (e Expr[V]) Ne(o Expr[V]) Predicate { return Not(e.Eq(o)) }

// Gt holds when e is greater than o.
func (e Expr[V]) Gt(o Expr[V]) Predicate { return e.compare(expr.Gt, o) }

// Gte holds when e is o or greater.
func (e Expr[V]) Gte(o Expr[V]) Predicate { return e.compare(expr.Gte, o) }

// Lt holds when e is less than o.
func (e Expr[V]) Lt(o Expr[V]) Predicate { return e.compare(expr.Lt, o) }

// Lte holds when e is o or less.
func (e Expr[V]) Lte(o Expr[V]) Predicate { return e.compare(expr.Lte, o) }

// Is compares with a value; Above, AtLeast, Below and AtMost order.
func (e Expr[V]) Is(v V) Predicate { return e.with(expr.Exact, v) }

// Above holds when e is greater than v.
func (e Expr[V]) Above(v V) Predicate { return e.with(expr.Gt, v) }

// AtLeast holds when e is v or greater.
func (e Expr[V]) AtLeast(v V) Predicate { return e.with(expr.Gte, v) }

// Below holds when e is less than v.
func (e Expr[V]) Below(v V) Predicate { return e.with(expr.Lt, v) }

// AtMost holds when e is v or less.
func (e Expr[V]) AtMost(v V) Predicate { return e.with(expr.Lte, v) }

// IsNull holds when the expression has no value.
func (e Expr[V]) IsNull() Predicate {
	return Predicate{expr.Pred{Op: expr.IsNull, Left: e.n, Val: dialect.BoolValue(true)}}
}

// Asc and Desc order by the expression.
func (e Expr[V]) Asc() Order { return Order{o: expr.Order{Node: e.n}, e: e.err} }

// Desc orders by the expression, greatest first.
func (e Expr[V]) Desc() Order { return Order{o: expr.Order{Node: e.n, Desc: true}, e: e.err} }

// Or gives a value where the expression has none: Django's Coalesce, and an aggregate's default.
func (e Expr[V]) Or(v V) Expr[V] {
	if a, ok := e.n.(*expr.Aggregate); ok {
		c := *a
		c.Default = literal(v)
		return Expr[V]{n: &c}
	}
	return Expr[V]{n: expr.Func{Name: "Coalesce", Args: []expr.Node{e.n, literal(v)}, Out: kindOf[V]()}}
}

// Now is the database's present time.
func Now() Expr[time.Time] { return fn[time.Time]("Now") }

// Lower and Upper change the case of a text.
func Lower[V ~string](f *V) Expr[string] { return fn[string]("Lower", F(f).n) }

// Upper is the text in capitals.
func Upper[V ~string](f *V) Expr[string] { return fn[string]("Upper", F(f).n) }

// Length is the number of characters of a text.
func Length[V ~string](f *V) Expr[int64] { return fn[int64]("Length", F(f).n) }

func fn[V any](name string, args ...expr.Node) Expr[V] {
	return Expr[V]{n: expr.Func{Name: name, Args: args, Out: kindOf[V]()}}
}

// When is one branch of a Case.
type When[V any] struct {
	If   Predicate
	Then Expr[V]
}

// Case gives the value of the first branch whose condition holds, or otherwise the last argument.
func Case[V any](otherwise Expr[V], whens ...When[V]) Expr[V] {
	c := &expr.Case{Default: otherwise.n, Out: kindOf[V]()}
	for _, w := range whens {
		c.Whens = append(c.Whens, expr.When{If: w.If.p, Then: w.Then.n})
	}
	return Expr[V]{n: c}
}

// OuterRef is a column of the query around a subquery.
func OuterRef[V any](f *V) Expr[V] { return Expr[V]{n: expr.Outer{Of: F(f).n}} }

// Pluck is one column of a query as a value: for InQuery, and with a limit of 1 as a value.
func Pluck[T, V any](q Query[T], f *V) Expr[V] {
	s := q.s
	s.Values = []expr.Annotation{{Name: "v", Node: F(f).n}}
	return Expr[V]{n: expr.Subquery{Query: &s, Out: kindOf[V]()}}
}

// ExistsIn holds when the query has rows.
func ExistsIn[T any](q Query[T]) Predicate {
	s := q.s
	return Predicate{expr.Pred{Op: expr.IsTrue, Left: expr.Exists{Query: &s}}}
}

// Assignment is one column of an update. Make it with Set or SetTo.
type Assignment struct{ a expr.Assign }

// Set gives a column a value.
func Set[V any](f *V, v V) Assignment {
	p := plan.Lookup(plan.PointerTo(f))
	if p == nil {
		return Assignment{expr.Assign{Err: errNotField}}
	}
	val, err := fieldValue(p, v)
	return Assignment{expr.Assign{Path: p, Val: val, Err: err}}
}

// SetTo gives a column what an expression computes: orm.SetTo(&a.Likes, orm.F(&a.Likes).Plus(1)).
func SetTo[V any](f *V, e Expr[V]) Assignment {
	p := plan.Lookup(plan.PointerTo(f))
	if p == nil {
		return Assignment{expr.Assign{Err: errNotField}}
	}
	return Assignment{expr.Assign{Path: p, Value: e.n, Err: e.err}}
}

// SetNullValue gives a nullable column no value.
func SetNullValue[V any](f *V) Assignment {
	p := plan.Lookup(plan.PointerTo(f))
	if p == nil {
		return Assignment{expr.Assign{Err: errNotField}}
	}
	return Assignment{expr.Assign{Path: p}}
}

// SetByName gives a column a value by the field's name, for the dynamic edges.
func SetByName(name string, v any) Assignment {
	if e, ok := v.(AnyExpr); ok {
		return Assignment{expr.Assign{Name: name, Value: e.exprNode()}}
	}
	val, err := valueBeside(v)
	return Assignment{expr.Assign{Name: name, Val: val, Err: err}}
}
