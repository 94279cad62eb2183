package compile

import (
	"math"
	"strconv"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// yearLookup compares a year by the moments at which it begins and ends, so that an index serves.
func (b *builder) yearLookup(lhs *rexpr, op expr.Op, v dialect.Value) (func(w *writer), bool) {
	n, ok := wholeNumber(v)
	if !ok || lhs.of == nil || n < 1 || n > 9999 {
		return nil, false
	}
	var lo, hi dialect.Value
	zone := b.location()
	start, end := yearBounds(int(n), lhs.unit == "iso_year", zone)
	if lhs.of.kind == schema.Date {
		lo, hi = dialect.DateValue(start), dialect.DateValue(end.Add(-time.Microsecond))
	} else {
		lo, hi = dialect.TimeValue(start), dialect.TimeValue(end.Add(-time.Microsecond))
	}
	of := lhs.of
	side := func(sign string, v dialect.Value) func(w *writer) {
		return func(w *writer) { of.write(w); w.str(sign); w.arg(v) }
	}
	switch op {
	case expr.Exact:
		return func(w *writer) {
			of.write(w)
			w.str(" BETWEEN ")
			w.arg(lo)
			w.str(" AND ")
			w.arg(hi)
		}, true
	case expr.Gt:
		return side(" > ", hi), true
	case expr.Gte:
		return side(" >= ", lo), true
	case expr.Lt:
		return side(" < ", lo), true
	case expr.Lte:
		return side(" <= ", hi), true
	}
	return nil, false
}

func yearBounds(year int, iso bool, zone *time.Location) (start, end time.Time) {
	if !iso {
		return time.Date(year, 1, 1, 0, 0, 0, 0, zone), time.Date(year+1, 1, 1, 0, 0, 0, 0, zone)
	}
	return isoStart(year, zone), isoStart(year+1, zone)
}

func isoStart(year int, zone *time.Location) time.Time {
	t := time.Date(year, 1, 4, 0, 0, 0, 0, zone) // always in week 1
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
}

func (b *builder) location() *time.Location {
	if b.c.Zone != "" {
		if loc, err := time.LoadLocation(b.c.Zone); err == nil {
			return loc
		}
	}
	return time.UTC
}

func wholeNumber(v dialect.Value) (int64, bool) {
	switch v.Kind {
	case dialect.Int:
		return v.N, true
	case dialect.Text, dialect.Decimal:
		n, err := strconv.ParseInt(v.S, 10, 64)
		return n, err == nil
	case dialect.Float:
		f := v.Float()
		return int64(f), f == math.Trunc(f)
	}
	return 0, false
}
