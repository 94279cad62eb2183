package orm

import (
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// Function calls a function of the database by Django's name of it, for those without a Go function of their own: "LPad",
// "MD5", "ATan2".
func Function[V any](name string, args ...AnyExpr) Expr[V] {
	return Expr[V]{n: expr.Func{Name: name, Args: nodes(args), Out: kindOf[V]()}}
}

func nodes(list []AnyExpr) []expr.Node {
	out := make([]expr.Node, len(list))
	for i, e := range list {
		out[i] = e.exprNode()
	}
	return out
}

// Coalesce is the first of the expressions that has a value.
func Coalesce[V any](list ...Expr[V]) Expr[V] {
	args := make([]expr.Node, len(list))
	for i, e := range list {
		args[i] = e.n
	}
	return fn[V]("Coalesce", args...)
}

// NullIf has no value where the two are equal, else that of the first.
func NullIf[V any](a, b Expr[V]) Expr[V] { return fn[V]("NullIf", a.n, b.n) }

// Greatest and Least choose among expressions. With a null among them SQLite gives null, PostgreSQL the others.
func Greatest[V any](list ...Expr[V]) Expr[V] { return several("Greatest", list) }

// Least is the smallest of the expressions.
func Least[V any](list ...Expr[V]) Expr[V] { return several("Least", list) }

func several[V any](name string, list []Expr[V]) Expr[V] {
	args := make([]expr.Node, len(list))
	for i, e := range list {
		args[i] = e.n
	}
	return fn[V](name, args...)
}

// Concat joins expressions as texts; one without a value is empty.
func Concat(parts ...AnyExpr) Expr[string] { return fn[string]("Concat", nodes(parts)...) }

// Substr is the part of a text from a position, counted from 1, of a length.
func Substr[V ~string](f *V, from, length int) Expr[string] {
	return fn[string]("Substr", F(f).n, literal(from), literal(length))
}

// Replace puts one text for another.
func Replace[V ~string](f *V, old, new string) Expr[string] {
	return fn[string]("Replace", F(f).n, literal(old), literal(new))
}

// Trim takes spaces off both ends.
func Trim[V ~string](f *V) Expr[string] { return fn[string]("Trim", F(f).n) }

// Abs is a number without its sign; Round, Ceil and Floor make it whole.
func Abs[V any](e Expr[V]) Expr[V] { return fn[V]("Abs", e.n) }

// Round rounds to a number of digits after the point.
func Round[V any](e Expr[V], digits int) Expr[V] { return fn[V]("Round", e.n, literal(digits)) }

// Ceil is the smallest whole number that is not less.
func Ceil[V any](e Expr[V]) Expr[V] { return fn[V]("Ceil", e.n) }

// Floor is the greatest whole number that is not greater.
func Floor[V any](e Expr[V]) Expr[V] { return fn[V]("Floor", e.n) }

// Cast converts an expression to the column type of V.
func Cast[V, W any](e Expr[W]) Expr[V] {
	return Expr[V]{n: expr.Cast{Of: e.n, To: schema.Field{Kind: kindOf[V]()}}}
}

// RawExpr is SQL as it stands, with ? for its arguments: the way out for what package orm has no words for. Never build the
// text from user input.
func RawExpr[V any](sql string, args ...any) Expr[V] {
	r := expr.Raw{SQL: sql, Kind: kindOf[V]()}
	for _, a := range args {
		v, err := valueOf(a)
		if err != nil {
			return Expr[V]{n: badNode(err), err: err}
		}
		r.Args = append(r.Args, v)
	}
	return Expr[V]{n: r}
}

// Where is a truth value as a condition: orm.Where(orm.RawExpr[bool]("...")).
func Where(e Expr[bool]) Predicate {
	return Predicate{expr.Pred{Op: expr.IsTrue, Left: e.n, Err: e.err}}
}
