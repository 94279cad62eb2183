package sqlite

import (
	"errors"
	"regexp"
	"strings"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/nuages-go/nuages/orm/dialect"
)

// installFunctions makes the functions known that Django's SQLite backend has and queries use.
//
// Django 6.1 django/db/backends/sqlite3/_functions.py.
func installFunctions(c *conn) error {
	res := &regexps{m: map[string]*regexp.Regexp{}}
	for name, f := range map[string]struct {
		n int
		f scalar
	}{
		"regexp":                    {2, res.match},
		"django_date_extract":       {2, extract},
		"django_datetime_extract":   {4, extract},
		"django_time_extract":       {2, timeExtract},
		"django_date_trunc":         {4, dateTrunc},
		"django_datetime_trunc":     {4, datetimeTrunc},
		"django_time_trunc":         {4, timeTrunc},
		"django_datetime_cast_date": {3, castDate},
		"django_datetime_cast_time": {3, castTime},
		"nuages_moment":             {3, localMoment},
		"django_timestamp_diff":     {2, timestampDiff},
		"django_time_diff":          {2, timeDiff},
		"django_format_dtdelta":     {3, formatDelta},
	} {
		if err := c.function(name, f.n, true, f.f); err != nil {
			return err
		}
	}
	return installMore(c)
}

// function installs a scalar function. The library below loses the errors that functions return (it reports them with the
// code of success), so they are kept on the connection, and the statement is stopped by a result that is too long.
func (c *conn) function(name string, args int, deterministic bool, f scalar) error {
	return c.raw.CreateFunction(name, &sqlite.FunctionImpl{
		NArgs: args, Deterministic: deterministic, AllowIndirect: true,
		Scalar: func(ctx sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
			v, err := f(ctx, args)
			if err == nil {
				return v, nil
			}
			if c.funcErr == nil {
				c.funcErr = err
				c.limit = c.raw.Limit(sqlite.LimitLength, shortest)
			}
			return sqlite.TextValue(tooLong), nil
		},
	})
}

// shortest is SQLite's smallest limit for the length of a text; tooLong is longer.
const (
	shortest = 30
	tooLong  = "this text is longer than the limit that was set before it was returned"
)

// failed returns the error of a function that stopped the statement, if there is one, and undoes what stopped it.
func (c *conn) failed() error {
	err := c.funcErr
	if err != nil {
		c.funcErr = nil
		c.raw.Limit(sqlite.LimitLength, c.limit)
	}
	return err
}

// regexps keeps compiled patterns of one connection.
type regexps struct {
	mu sync.Mutex // guards m
	m  map[string]*regexp.Regexp
}

func (r *regexps) match(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	if isNull(args[0]) || isNull(args[1]) {
		return sqlite.Value{}, nil
	}
	pattern := args[0].Text()
	r.mu.Lock()
	re := r.m[pattern]
	r.mu.Unlock()
	if re == nil {
		var err error
		if re, err = regexp.Compile(unicodeClasses(pattern)); err != nil {
			return sqlite.Value{}, err
		}
		r.mu.Lock()
		if len(r.m) > 200 {
			clear(r.m)
		}
		r.m[pattern] = re
		r.mu.Unlock()
	}
	return boolean(re.MatchString(args[1].Text())), nil
}

func isNull(v sqlite.Value) bool { return v.Type() == sqlite.TypeNull }

func boolean(b bool) sqlite.Value {
	if b {
		return sqlite.IntegerValue(1)
	}
	return sqlite.IntegerValue(0)
}

// moment reads a date or moment. Of the two last arguments the first is the zone in which the clock is looked at, the second
// the one in which the moment is kept; both are null if there is nothing to move.
func moment(args []sqlite.Value, at, zones int) (time.Time, bool) {
	if isNull(args[at]) {
		return time.Time{}, false
	}
	t, fixed, ok := scanTime(args[at].Text())
	if !ok || zones+1 >= len(args) || isNull(args[zones]) {
		return t, ok
	}
	if !fixed && !isNull(args[zones+1]) {
		t = dialect.FromWall(t, zoneOf(args[zones+1]))
	}
	return t.In(zoneOf(args[zones])), true
}

// zoneOf is a time zone by its name; the names in statements were looked up before.
func zoneOf(name sqlite.Value) *time.Location {
	loc, err := time.LoadLocation(name.Text())
	if err != nil {
		return time.UTC
	}
	return loc
}

func extract(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	t, ok := moment(args, 1, 2)
	if !ok {
		return sqlite.Value{}, nil
	}
	n, ok := part(args[0].Text(), t)
	if !ok {
		return sqlite.Value{}, errors.New("unknown part of a date")
	}
	return sqlite.IntegerValue(int64(n)), nil
}

func part(name string, t time.Time) (int, bool) {
	switch name {
	case "year":
		return t.Year(), true
	case "month":
		return int(t.Month()), true
	case "day":
		return t.Day(), true
	case "hour":
		return t.Hour(), true
	case "minute":
		return t.Minute(), true
	case "second":
		return t.Second(), true
	case "week_day":
		return int(t.Weekday()) + 1, true
	case "iso_week_day":
		return (int(t.Weekday())+6)%7 + 1, true
	case "week":
		_, w := t.ISOWeek()
		return w, true
	case "iso_year":
		y, _ := t.ISOWeek()
		return y, true
	case "quarter":
		return (int(t.Month()) + 2) / 3, true
	}
	return 0, false
}

func clock(v sqlite.Value) (time.Time, bool) {
	if isNull(v) {
		return time.Time{}, false
	}
	s := v.Text()
	if len(s) > 10 { // the time of a moment
		t, err := parseTime(s)
		return t, err == nil
	}
	t, err := parseTime("1900-01-01 " + s)
	return t, err == nil
}

func timeExtract(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	t, ok := clock(args[1])
	if !ok {
		return sqlite.Value{}, nil
	}
	n, ok := part(args[0].Text(), t)
	if !ok {
		return sqlite.Value{}, errors.New("unknown part of a time")
	}
	return sqlite.IntegerValue(int64(n)), nil
}

func cutDate(unit string, t time.Time) (time.Time, bool) {
	switch unit {
	case "year":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location()), true
	case "quarter":
		return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, t.Location()), true
	case "month":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()), true
	case "week":
		return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, t.Location()), true
	case "day":
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()), true
	case "hour":
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), 0, 0, 0, t.Location()), true
	case "minute":
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, t.Location()), true
	case "second":
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, t.Location()), true
	}
	return t, false
}

func dateTrunc(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	t, ok := moment(args, 1, 2)
	if !ok {
		return sqlite.Value{}, nil
	}
	if t, ok = cutDate(args[0].Text(), t); !ok {
		return sqlite.Value{}, errors.New("unknown unit of a date")
	}
	return sqlite.TextValue(t.Format("2006-01-02")), nil
}

func datetimeTrunc(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	t, ok := moment(args, 1, 2)
	if !ok {
		return sqlite.Value{}, nil
	}
	if t, ok = cutDate(args[0].Text(), t); !ok {
		return sqlite.Value{}, errors.New("unknown unit of a moment")
	}
	return sqlite.TextValue(t.Format("2006-01-02 15:04:05")), nil
}

// localMoment turns what a clock in the zone of the second argument shows into what one in the zone of the third shows then.
func localMoment(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	if isNull(args[0]) {
		return sqlite.Value{}, nil
	}
	t, _, ok := scanTime(args[0].Text())
	if !ok {
		return sqlite.Value{}, nil
	}
	t = dialect.FromWall(t, zoneOf(args[1])).In(zoneOf(args[2]))
	_, offset := t.Zone()
	return sqlite.TextValue(string(dialect.AppendTime(nil, t.Add(time.Duration(offset)*time.Second)))), nil
}

func timeTrunc(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	t, ok := clock(args[1])
	if !ok {
		return sqlite.Value{}, nil
	}
	if t, ok = cutDate(args[0].Text(), t); !ok {
		return sqlite.Value{}, errors.New("unknown unit of a time")
	}
	return sqlite.TextValue(t.Format("15:04:05")), nil
}

func castDate(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	t, ok := moment(args, 0, 1)
	if !ok {
		return sqlite.Value{}, nil
	}
	return sqlite.TextValue(t.Format("2006-01-02")), nil
}

func castTime(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	t, ok := moment(args, 0, 1)
	if !ok {
		return sqlite.Value{}, nil
	}
	h, m, s := t.Clock()
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
	return sqlite.TextValue(string(dialect.AppendClock(nil, d))), nil
}

func timestampDiff(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	a, ok1 := moment(args, 0, 9)
	b, ok2 := moment(args, 1, 9)
	if !ok1 || !ok2 {
		return sqlite.Value{}, nil
	}
	return sqlite.IntegerValue(a.Sub(b).Microseconds()), nil
}

func timeDiff(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	a, ok1 := clock(args[0])
	b, ok2 := clock(args[1])
	if !ok1 || !ok2 {
		return sqlite.Value{}, nil
	}
	return sqlite.IntegerValue(a.Sub(b).Microseconds()), nil
}

// formatDelta adds or subtracts a span: to a moment, or two spans.
func formatDelta(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	if isNull(args[1]) || isNull(args[2]) {
		return sqlite.Value{}, nil
	}
	sign := time.Duration(1)
	if strings.TrimSpace(args[0].Text()) == "-" {
		sign = -1
	}
	l, r := args[1], args[2]
	if l.Type() == sqlite.TypeInteger && r.Type() == sqlite.TypeInteger {
		return sqlite.IntegerValue(l.Int64() + int64(sign)*r.Int64()), nil
	}
	if l.Type() == sqlite.TypeInteger {
		l, r = r, l
	}
	t, err := parseTime(l.Text())
	if err != nil {
		return sqlite.Value{}, nil
	}
	t = t.Add(sign * time.Duration(r.Int64()) * time.Microsecond)
	return sqlite.TextValue(string(dialect.AppendTime(nil, t))), nil
}
