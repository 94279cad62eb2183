package filters

import (
	"fmt"
	"time"

	"github.com/nuages-go/nuages/internal/dateformat"
	"github.com/nuages-go/nuages/template/internal/value"
)

func isMoment(v value.Value) bool {
	k := v.Kind()
	return k == value.DateTime || k == value.Date || k == value.Clock
}

func date(e *Env, v, arg value.Value) (value.Value, error) {
	switch {
	case v.IsNone() || v.Kind().IsText() && v.Text() == "":
		return empty(), nil
	case arg.Truth() && !arg.Kind().IsText():
		return v, fmt.Errorf("date: the argument %s is no text", arg.Repr())
	case !isMoment(v):
		return literal(arg)
	}
	format := "DATE_FORMAT"
	if arg.Truth() {
		format = arg.Str()
	}
	out, err := e.Date(v, format)
	if err != nil && v.Kind() == value.Clock {
		return empty(), nil //nolint:nilerr // a letter of dates gives nothing
	}
	return value.OfString(out), err
}

// literal is what a value that is no moment prints: a format without letters, if it was given one.
func literal(arg value.Value) (value.Value, error) {
	if arg.IsUndefined() || arg.IsNone() {
		return empty(), nil
	}
	text, _ := dateformat.Literal(arg.Str())
	return value.OfString(text), nil
}

func timeFilter(e *Env, v, arg value.Value) (value.Value, error) {
	if v.IsNone() || v.Kind().IsText() && v.Text() == "" {
		return empty(), nil
	}
	if !isMoment(v) || v.Kind() == value.Date {
		return literal(arg)
	}
	format := "TIME_FORMAT"
	if arg.Truth() {
		format = arg.Str()
	}
	kind := momentKind(v)
	out, err := timeOnly(e, v, format, kind)
	if err != nil {
		return empty(), nil //nolint:nilerr // a letter that does not fit gives nothing
	}
	return value.OfString(out), nil
}

// timeOnly refuses the letters of dates, as Django's time_format does.
func timeOnly(e *Env, v value.Value, format string, kind dateformat.Kind) (string, error) {
	letters := e.DateFormat(format)
	if kind != dateformat.Clock {
		if _, err := dateformat.Format(v.Time(), dateformat.Clock, letters, e.Locale); err != nil {
			return "", err
		}
	}
	return dateformat.Format(v.Time(), kind, letters, e.Locale)
}

func timesince(until bool) Func {
	return func(e *Env, v, arg value.Value) (value.Value, error) {
		if !v.Truth() {
			return empty(), nil
		}
		if !arg.Truth() {
			arg = value.Value{}
		}
		if !arg.IsUndefined() && (!isMoment(arg) || arg.Kind() == value.Clock) {
			return v, fmt.Errorf("timesince: '%s' object has no attribute 'year'", arg.TypeName())
		}
		if !isMoment(v) || v.Kind() == value.Clock {
			return v, fmt.Errorf("timesince: '%s' object has no attribute 'year'", v.TypeName())
		}
		from, now := v.Time(), e.now()
		switch {
		case !arg.IsUndefined():
			if isAware(v) != isAware(arg) {
				return empty(), nil
			}
			now = arg.Time()
		case v.Kind() == value.Date || v.IsNaive():
			now = wall(now, e.siteZone())
		default:
			now = now.In(from.Location())
		}
		if until {
			from, now = now, from
		}
		return value.OfString(dateformat.Since(from, now, 2, e.Locale)), nil
	}
}

// isAware says whether a moment has a zone.
func isAware(v value.Value) bool { return v.Kind() == value.DateTime && !v.IsNaive() }

func (e *Env) zone() *time.Location {
	if e.Zone != nil {
		return e.Zone
	}
	return time.UTC
}

// siteZone is the zone of times that carry none.
func (e *Env) siteZone() *time.Location {
	if e.SiteZone != nil {
		return e.SiteZone
	}
	return time.UTC
}

// wall returns t's wall clock in a zone as a time in UTC, to be compared with dates and naive times.
func wall(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// NowText prints the current time in a format.
func (e *Env) NowText(format string) (string, error) {
	if format == "" {
		format = "DATE_FORMAT"
	}
	t := e.now().In(e.zone())
	v := value.OfTime(t)
	if e.Naive {
		v = value.OfNaive(t)
	}
	return e.Date(v, format)
}
