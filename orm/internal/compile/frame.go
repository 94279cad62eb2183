package compile

import (
	"fmt"
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

func frameSQL(d *dialect.Dialect, f *expr.Frame) string {
	unit := " ROWS"
	if f.Range {
		unit = " RANGE"
	}
	amount := func(n int) string {
		if f.Span && d.Name == "postgresql" {
			return "INTERVAL '" + strconv.Itoa(n) + " microseconds'"
		}
		return strconv.Itoa(n)
	}
	bound := func(n *int, start bool) string {
		switch {
		case n == nil && start:
			return "UNBOUNDED PRECEDING"
		case n == nil:
			return "UNBOUNDED FOLLOWING"
		case *n == 0:
			return "CURRENT ROW"
		case *n < 0:
			return amount(-*n) + " PRECEDING"
		}
		return amount(*n) + " FOLLOWING"
	}
	s := unit + " BETWEEN " + bound(f.Start, true) + " AND " + bound(f.End, false)
	if isExclusion(f.Exclude) {
		s += " EXCLUDE " + f.Exclude
	}
	return s
}

// rangeOrder sees that the order of a window is by what its range counts. SQLite and MySQL count numbers only: times are
// ordered as microseconds there.
func (b *builder) rangeOrder(f *expr.Frame, order []rorder) []rorder {
	if len(order) != 1 || order[0].e == nil {
		b.fail(fmt.Errorf("orm: a range of values needs an order by one expression, not by %d", len(order)))
		return nil
	}
	o := order[0]
	temporal := o.e.kind == schema.Date || o.e.kind == schema.DateTime
	switch {
	case temporal && !f.Span:
		b.fail(fmt.Errorf("orm: a range over a %s goes by durations (Frame: Earlier and Later)", o.e.kind))
		return nil
	case f.Span && !temporal && o.e.kind != schema.Invalid:
		b.fail(fmt.Errorf("orm: a range of durations needs an order by a date or moment, not by a %s", o.e.kind))
		return nil
	case !f.Span || b.c.D.Name == "postgresql":
		return order
	}
	of := o.e
	e := *of
	e.name, e.column = "", ""
	e.write = func(w *writer) {
		if w.d.Name == "sqlite" {
			w.str("django_timestamp_diff(")
			of.write(w)
			w.str(", '1970-01-01 00:00:00')")
			return
		}
		w.str("TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ")
		of.write(w)
		w.str(")")
	}
	o.e = &e
	return []rorder{o}
}
