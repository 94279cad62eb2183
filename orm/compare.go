package orm

import (
	"errors"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
)

// Contains holds when the expression, as a text, contains s; the characters % and _ stand for themselves. It and the others
// below are to an expression what the functions of the same name are to a column: orm.Lower(&a.Title).StartsWith("x").
func (e Expr[V]) Contains(s string) Predicate { return e.text(expr.Contains, s) }

// IContains is Contains without regard to case.
func (e Expr[V]) IContains(s string) Predicate { return e.text(expr.IContains, s) }

// StartsWith holds when the text begins with s.
func (e Expr[V]) StartsWith(s string) Predicate { return e.text(expr.StartsWith, s) }

// IStartsWith is StartsWith without regard to case.
func (e Expr[V]) IStartsWith(s string) Predicate { return e.text(expr.IStartsWith, s) }

// EndsWith holds when the text ends with s.
func (e Expr[V]) EndsWith(s string) Predicate { return e.text(expr.EndsWith, s) }

// IEndsWith is EndsWith without regard to case.
func (e Expr[V]) IEndsWith(s string) Predicate { return e.text(expr.IEndsWith, s) }

// IExact holds when the text is s without regard to case.
func (e Expr[V]) IExact(s string) Predicate { return e.text(expr.IExact, s) }

// Regex holds when the text matches the database's regular expression (on SQLite, Go's syntax).
func (e Expr[V]) Regex(pattern string) Predicate { return e.text(expr.Regex, pattern) }

// IRegex is Regex without regard to case.
func (e Expr[V]) IRegex(pattern string) Predicate { return e.text(expr.IRegex, pattern) }

func (e Expr[V]) text(op expr.Op, s string) Predicate {
	return Predicate{expr.Pred{Op: op, Left: e.n, Val: dialect.TextValue(s), Err: e.err}}
}

// In holds when the expression is one of the values. An empty list never holds, and runs no query.
func (e Expr[V]) In(vs ...V) Predicate {
	list := make([]dialect.Value, len(vs))
	err := e.err
	for i, v := range vs {
		x, verr := valueBeside(v)
		list[i], err = x, errors.Join(err, verr)
	}
	return Predicate{expr.Pred{Op: expr.In, Left: e.n, Val: dialect.ListValue(list), Err: err}}
}

// InQuery holds when the expression is among the values of a query's column (Pluck).
func (e Expr[V]) InQuery(sub Expr[V]) Predicate { return e.compare(expr.In, sub) }

// Between holds when the expression is from lo to hi, both included: Django's range.
func (e Expr[V]) Between(lo, hi V) Predicate {
	l, lerr := valueBeside(lo)
	h, herr := valueBeside(hi)
	return Predicate{expr.Pred{
		Op: expr.Range, Left: e.n, Val: dialect.ListValue([]dialect.Value{l, h}), Err: errors.Join(e.err, lerr, herr),
	}}
}

// NotNull holds when the expression has a value.
func (e Expr[V]) NotNull() Predicate {
	return Predicate{expr.Pred{Op: expr.IsNull, Left: e.n, Val: dialect.BoolValue(false), Err: e.err}}
}
