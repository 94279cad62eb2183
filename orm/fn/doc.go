// Package fn has the functions that databases compute, by Django's names (django.db.models.functions), for expressions:
//
//	fn.LPad(orm.F(&a.Slug), 8, "0")
//	fn.MD5(fn.Lower(fn.Trim(orm.F(&u.Email)))).Eq(hash)
//	fn.Sqrt(orm.F(&p.Area))
//
// The compiler checks what they are called for: a text function takes no number. They give the same on SQLite, PostgreSQL and
// MariaDB but where they say otherwise; a null among the arguments gives null.
//
// Package orm itself has what works on any type (Coalesce, Greatest, Least, NullIf, Cast, Abs, Ceil, Floor, Round, Concat, Now,
// JSONObject, UUID4, the window functions), and short forms of the most frequent ones for a column alone: orm.Lower(&a.Title)
// is fn.Lower(orm.F(&a.Title)).
package fn

import "github.com/nuages-go/nuages/orm"

// Number is what the mathematical functions compute with.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uint | ~float32 | ~float64 | orm.Decimal
}

// Whole is an argument that is a whole number, or an expression that gives one.
type Whole interface {
	int | int64 | orm.Expr[int] | orm.Expr[int16] | orm.Expr[int32] | orm.Expr[int64]
}

// Text is an argument that is a text, or an expression that gives one.
type Text interface{ string | orm.Expr[string] }

// argument is an expression as it is, and anything else as a value.
func argument[A any](a A) orm.AnyExpr {
	if e, ok := any(a).(orm.AnyExpr); ok {
		return e
	}
	return orm.Val(a)
}
