package orm

import (
	"time"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// Extract is a part of a date or moment: "year", "iso_year", "quarter", "month", "week", "day", "week_day" (1 is Sunday),
// "iso_week_day" (1 is Monday), "hour", "minute", "second". Moments are taken in the current time zone, or in the one given,
// which needs a name of the IANA database.
func Extract(f *time.Time, part string, in ...*time.Location) Expr[int64] {
	return ExtractOf(F(f), part, in...)
}

// ExtractOf is Extract for an expression.
func ExtractOf(e Expr[time.Time], part string, in ...*time.Location) Expr[int64] {
	if len(in) == 0 {
		return Expr[int64]{n: expr.Transform{Of: e.n, Name: part}, err: e.err}
	}
	return Expr[int64]{n: expr.Func{Name: "Extract", Args: []expr.Node{e.n}, Unit: part, Zone: in[0].String()}, err: e.err}
}

// Trunc cuts a date or moment to a unit: "year", "quarter", "month", "week" (it begins on Monday), "day", "hour", "minute",
// "second"; in the current time zone, or in the one given.
func Trunc(f *time.Time, unit string, in ...*time.Location) Expr[time.Time] {
	return TruncOf(F(f), unit, in...)
}

// TruncOf is Trunc for an expression.
func TruncOf(e Expr[time.Time], unit string, in ...*time.Location) Expr[time.Time] {
	f := expr.Func{Name: "Trunc", Args: []expr.Node{e.n}, Unit: unit}
	if len(in) > 0 {
		f.Zone = in[0].String()
	}
	return Expr[time.Time]{n: f, err: e.err}
}

// DateOf is the day of a moment in the current time zone, or in the one given.
func DateOf(f *time.Time, in ...*time.Location) Expr[time.Time] { return TruncDate(F(f), in...) }

// TimeOf is the time of day of a moment in the current time zone, or in the one given.
func TimeOf(f *time.Time, in ...*time.Location) Expr[time.Duration] { return TruncTime(F(f), in...) }

// TruncDate is DateOf for an expression.
func TruncDate(e Expr[time.Time], in ...*time.Location) Expr[time.Time] {
	return Expr[time.Time]{n: dayPart("TruncDate", "date", e.n, in), err: e.err}
}

// TruncTime is TimeOf for an expression.
func TruncTime(e Expr[time.Time], in ...*time.Location) Expr[time.Duration] {
	return Expr[time.Duration]{n: dayPart("TruncTime", "time", e.n, in), err: e.err}
}

func dayPart(name, part string, of expr.Node, in []*time.Location) expr.Node {
	if len(in) == 0 {
		return expr.Transform{Of: of, Name: part}
	}
	return expr.Func{Name: name, Args: []expr.Node{of}, Zone: in[0].String()}
}

// UUID4 is a random identifier, made by the database for each row.
func UUID4() Expr[[16]byte] { return fn[[16]byte]("UUID4") }

// UUID7 is an identifier that begins with the present time, so that later ones sort later; shift moves that time.
func UUID7(shift ...time.Duration) Expr[[16]byte] {
	if len(shift) == 0 {
		return fn[[16]byte]("UUID7")
	}
	return fn[[16]byte]("UUID7", literal(shift[0]))
}

// Collate compares and orders a text by another collation of the database: Collate(&a.Title, "nocase").
func Collate[V ~string](f *V, name string) Expr[string] {
	return Expr[string]{n: expr.Func{Name: "Collate", Args: []expr.Node{F(f).n}, Unit: name, Out: schema.Text}}
}

// CastTo converts an expression to the type of a column: CastTo[Decimal](e, schema.Field{Kind: schema.Decimal, Digits: 8,
// Places: 2}). V is its Go type.
func CastTo[V, W any](e Expr[W], to schema.Field) Expr[V] {
	return Expr[V]{n: expr.Cast{Of: e.n, To: to}, err: e.err}
}

// Slice is the part of a text from one character up to, and without, another, counted from 0 as in Go; a negative to is the
// end. Django: F("name")[0:3].
func (e Expr[V]) Slice(from, to int) Expr[string] {
	args := []expr.Node{e.n, literal(max(from, 0) + 1)}
	if to >= 0 {
		args = append(args, literal(max(to-max(from, 0), 0)))
	}
	return Expr[string]{n: expr.Func{Name: "Substr", Args: args, Out: schema.Text}, err: e.err}
}
