package orm

import (
	"time"

	"github.com/nuages-go/nuages/orm/expr"
)

func (e Expr[V]) arith(op string, o expr.Node) Expr[V] {
	return Expr[V]{n: expr.Binary{Op: op, Left: e.n, Right: o}, err: e.err}
}

func literal[V any](v V) expr.Node { return Val(v).n }

// Add, Sub, Mul and Div compute with another expression. The quotient of two whole numbers is whole on every database,
// which cuts off what follows the point.
func (e Expr[V]) Add(o Expr[V]) Expr[V] { return e.arith("+", o.n) }

// Sub subtracts an expression.
func (e Expr[V]) Sub(o Expr[V]) Expr[V] { return e.arith("-", o.n) }

// Mul multiplies by an expression.
func (e Expr[V]) Mul(o Expr[V]) Expr[V] { return e.arith("*", o.n) }

// Div divides by an expression.
func (e Expr[V]) Div(o Expr[V]) Expr[V] { return e.arith("/", o.n) }

// Mod is the rest of a division, with the sign of e.
func (e Expr[V]) Mod(o Expr[V]) Expr[V] { return e.arith("%", o.n) }

// Pow raises e to a power. Of whole numbers it is whole.
func (e Expr[V]) Pow(o Expr[V]) Expr[V] { return e.arith("^", o.n) }

// Plus, Minus, Times and Per compute with a value: orm.F(&a.Likes).Plus(1).
func (e Expr[V]) Plus(v V) Expr[V] { return e.arith("+", literal(v)) }

// Minus subtracts a value.
func (e Expr[V]) Minus(v V) Expr[V] { return e.arith("-", literal(v)) }

// Times multiplies by a value.
func (e Expr[V]) Times(v V) Expr[V] { return e.arith("*", literal(v)) }

// Per divides by a value.
func (e Expr[V]) Per(v V) Expr[V] { return e.arith("/", literal(v)) }

// ModBy is the rest of a division by a value.
func (e Expr[V]) ModBy(v V) Expr[V] { return e.arith("%", literal(v)) }

// PowBy raises e to the power of a value.
func (e Expr[V]) PowBy(v V) Expr[V] { return e.arith("^", literal(v)) }

// BitAnd, BitOr, BitXor, BitLeftShift and BitRightShift compute with the 64 bits of whole numbers; a shift to the right keeps
// the sign. The forms that end in By take a value.
func (e Expr[V]) BitAnd(o Expr[V]) Expr[V] { return e.arith("&", o.n) }

// BitOr has the bits of either.
func (e Expr[V]) BitOr(o Expr[V]) Expr[V] { return e.arith("|", o.n) }

// BitXor has the bits in which the two differ.
func (e Expr[V]) BitXor(o Expr[V]) Expr[V] { return e.arith("#", o.n) }

// BitLeftShift moves the bits up.
func (e Expr[V]) BitLeftShift(o Expr[V]) Expr[V] { return e.arith("<<", o.n) }

// BitRightShift moves the bits down.
func (e Expr[V]) BitRightShift(o Expr[V]) Expr[V] { return e.arith(">>", o.n) }

// BitAndBy has the bits that e and v both have.
func (e Expr[V]) BitAndBy(v V) Expr[V] { return e.arith("&", literal(v)) }

// BitOrBy has the bits of e and of v.
func (e Expr[V]) BitOrBy(v V) Expr[V] { return e.arith("|", literal(v)) }

// BitXorBy has the bits in which e and v differ.
func (e Expr[V]) BitXorBy(v V) Expr[V] { return e.arith("#", literal(v)) }

// BitLeftShiftBy moves the bits up by v.
func (e Expr[V]) BitLeftShiftBy(v V) Expr[V] { return e.arith("<<", literal(v)) }

// BitRightShiftBy moves the bits down by v.
func (e Expr[V]) BitRightShiftBy(v V) Expr[V] { return e.arith(">>", literal(v)) }

// SubTime is the time from b to a: Django's subtraction of moments, days or times of day.
func SubTime(a, b Expr[time.Time]) Expr[time.Duration] {
	return Expr[time.Duration]{n: expr.Binary{Op: "-", Left: a.n, Right: b.n}}
}

// AddTime is a moment or day moved by a duration. A day becomes a moment.
func AddTime(t Expr[time.Time], d Expr[time.Duration]) Expr[time.Time] {
	return Expr[time.Time]{n: expr.Binary{Op: "+", Left: t.n, Right: d.n}}
}
