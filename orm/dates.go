package orm

import (
	"context"
	"fmt"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// Dates returns the different days, weeks, months, quarters or years of a date or moment, in order: Django's dates().
// Unit is "day", "week", "month", "quarter" or "year".
func (q Query[T]) Dates(ctx context.Context, field, unit string, desc bool) ([]time.Time, error) {
	return q.dates(ctx, field, unit, desc, schema.Date)
}

// DateTimes is Dates for moments, in the current time zone; unit may be "hour", "minute" or "second" too.
func (q Query[T]) DateTimes(ctx context.Context, field, unit string, desc bool) ([]time.Time, error) {
	return q.dates(ctx, field, unit, desc, schema.DateTime)
}

func (q Query[T]) dates(ctx context.Context, field, unit string, desc bool, out schema.Kind) ([]time.Time, error) {
	switch unit {
	case "year", "quarter", "month", "week", "day":
	case "hour", "minute", "second":
		if out == schema.Date {
			return nil, fmt.Errorf("orm: Dates: unit %q (use DateTimes)", unit)
		}
	default:
		return nil, fmt.Errorf("orm: unknown unit %q (year, quarter, month, week, day)", unit)
	}
	q.refuseSliced("take dates of")
	q.refuseCombined("take dates")
	n := expr.Func{Name: "Trunc", Args: []expr.Node{expr.Name{Name: field}}, Unit: unit, Out: out}
	q.s.Values = []expr.Annotation{{Name: "datefield", Node: n}}
	q.s.Distinct = true
	q.s.Order, q.s.Ordered = []expr.Order{{Name: "datefield", Desc: desc}}, true
	addStep(&q.s, expr.Pred{Op: expr.IsNull, Left: expr.Name{Name: field}, Val: dialect.BoolValue(false)})
	q.s.Where[len(q.s.Where)-1].Share = true // the date of the row that an earlier Filter has joined
	rows, err := q.Rows(ctx)
	if err != nil {
		return nil, err
	}
	zone := time.UTC
	if s := scopeOf(ctx); out == schema.DateTime && s != nil && s.zone != "" {
		if loc, err := time.LoadLocation(s.zone); err == nil {
			zone = loc
		}
	}
	list := make([]time.Time, len(rows))
	for i, r := range rows {
		t, _ := r[0].(time.Time)
		list[i] = t.In(zone)
	}
	return list, nil
}
