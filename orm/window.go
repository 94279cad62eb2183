package orm

import (
	"errors"
	"fmt"
	"time"

	"github.com/nuages-go/nuages/orm/expr"
)

// Window says over which rows a window function looks.
type Window struct {
	// Partition divides the rows; the function looks at those of the row's own part.
	Partition []AnyExpr
	Order     []Order
	// Rows limits the part to rows around the row, counted; Range to those whose value in Order is near. Set one of them.
	Rows, Range *Frame
	// Exclude leaves out rows of the frame around the row. SQLite and PostgreSQL.
	Exclude FrameExclusion
}

// Frame is from so much before to so much after the row; nil is to the end. A negative number lies on the other side:
// Frame{Before: new(3), After: new(-1)} ends one before the row.
type Frame struct {
	Before, After *int
	// Earlier and Later are Before and After of a Range over dates or moments, to the microsecond. If one of them is set, the
	// other is to the end where it is nil: Frame{Earlier: new(7 * 24 * time.Hour), Later: new(time.Duration(0))} is the last week.
	Earlier, Later *time.Duration
}

// bounds are the frame's ends as the compiler counts them, from the row on.
func (f *Frame) bounds(byValue bool) (*expr.Frame, error) {
	out := &expr.Frame{Range: byValue, End: f.After}
	if f.Before != nil {
		out.Start = new(-*f.Before)
	}
	if f.Earlier == nil && f.Later == nil {
		return out, nil
	}
	if !byValue || f.Before != nil || f.After != nil {
		return nil, errors.New("orm: Earlier and Later are the ends of a Range, in place of Before and After")
	}
	out.Span = true
	if f.Earlier != nil {
		out.Start = new(-int(f.Earlier.Microseconds()))
	}
	if f.Later != nil {
		out.End = new(int(f.Later.Microseconds()))
	}
	return out, nil
}

// FrameExclusion is what a frame leaves out around the row: Django's WindowFrameExclusion.
type FrameExclusion string

// The rows that a frame can leave out: the row, the rows that are equal to it in the order, those without the row itself, none.
const (
	ExcludeCurrentRow FrameExclusion = "CURRENT ROW"
	ExcludeGroup      FrameExclusion = "GROUP"
	ExcludeTies       FrameExclusion = "TIES"
	ExcludeNoOthers   FrameExclusion = "NO OTHERS"
)

// Over computes a window function or an aggregate for each row over the rows around it. Conditions on the result are
// allowed: the query is put into another.
func (e Expr[V]) Over(w Window) Expr[V] {
	n := &expr.Window{Of: e.n, Partition: nodes(w.Partition)}
	for _, o := range w.Order {
		n.Order = append(n.Order, o.o)
	}
	frame := w.Rows
	if w.Range != nil {
		frame = w.Range
	}
	if frame == nil && w.Exclude != "" { // the frame that a window has by itself
		frame = &Frame{After: new(0)}
		w.Range = frame
	}
	if frame != nil {
		f, err := frame.bounds(w.Range != nil)
		if err != nil {
			return Expr[V]{n: badNode(err), err: err}
		}
		f.Exclude = string(w.Exclude)
		n.Frame = f
	}
	return Expr[V]{n: n, err: e.err}
}

// RowNumber counts the rows of the window; Rank and DenseRank give equal rows the same number.
func RowNumber() Expr[int64] { return fn[int64]("RowNumber") }

// Rank is the place in the order, with gaps after equal rows.
func Rank() Expr[int64] { return fn[int64]("Rank") }

// DenseRank is the place in the order, without gaps.
func DenseRank() Expr[int64] { return fn[int64]("DenseRank") }

// PercentRank is the rank as a part of the rows: (rank - 1) / (rows - 1).
func PercentRank() Expr[float64] { return fn[float64]("PercentRank") }

// CumeDist is the part of the rows that come before the row or are equal to it.
func CumeDist() Expr[float64] { return fn[float64]("CumeDist") }

// Ntile divides the window into n parts of nearly equal size and gives the number of the row's part.
func Ntile(n int) Expr[int64] { return counted[int64]("Ntile", n, literal(n)) }

// Lag is the value of an expression so many rows before, Lead after; outside the window there is none.
func Lag[V any](e Expr[V], rows int) Expr[V] { return counted[V]("Lag", rows, e.n, literal(rows)) }

// Lead is the value of an expression so many rows after.
func Lead[V any](e Expr[V], rows int) Expr[V] { return counted[V]("Lead", rows, e.n, literal(rows)) }

// LagOr is Lag with a value for what is outside the window; a null inside it stays one.
func LagOr[V any](e Expr[V], rows int, outside V) Expr[V] {
	return counted[V]("Lag", rows, e.n, literal(rows), literal(outside))
}

// LeadOr is Lead with a value for what is outside the window.
func LeadOr[V any](e Expr[V], rows int, outside V) Expr[V] {
	return counted[V]("Lead", rows, e.n, literal(rows), literal(outside))
}

// FirstValue and LastValue are those of the window's first and last row, NthValue that of its n-th, counted from 1.
func FirstValue[V any](e Expr[V]) Expr[V] { return fn[V]("FirstValue", e.n) }

// LastValue is the value of the window's last row. By itself the window ends at the row: give it a frame.
func LastValue[V any](e Expr[V]) Expr[V] { return fn[V]("LastValue", e.n) }

// NthValue is the value of the window's n-th row, counted from 1; it has none before that row.
func NthValue[V any](e Expr[V], n int) Expr[V] { return counted[V]("NthValue", n, e.n, literal(n)) }

// counted is a window function that counts rows, or parts, from one.
func counted[V any](name string, n int, args ...expr.Node) Expr[V] {
	if n < 1 {
		err := fmt.Errorf("orm: %s counts from 1, not from %d", name, n)
		return Expr[V]{n: badNode(err), err: err}
	}
	return fn[V](name, args...)
}
