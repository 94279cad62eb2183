package postgres

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseTime reads PostgreSQL's text form of a date or moment (DateStyle ISO), which also serves for texts that hold one.
func parseTime(s string) (time.Time, error) {
	if s == "infinity" || s == "-infinity" {
		return time.Time{}, errInfinite
	}
	text, bc := strings.CutSuffix(s, " BC")
	years := 0
	if dash := strings.IndexByte(text, '-'); dash > 4 { // Go reads four digits; the calendar repeats itself every 400 years
		year, err := strconv.Atoi(text[:dash])
		if err != nil {
			return time.Time{}, fmt.Errorf("postgres: %q is no date or time", s)
		}
		years = (year - 2000) / 400 * 400
		text = strconv.Itoa(year-years) + text[dash:]
	}
	for _, layout := range []string{
		"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07:00:00",
		"2006-01-02 15:04:05.999999999", "2006-01-02", time.RFC3339Nano, "2006-01-02T15:04:05.999999999",
	} {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		t = t.AddDate(years, 0, 0)
		if bc { // 1 BC is the year 0
			t = t.AddDate(1-2*t.Year(), 0, 0)
		}
		return t.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("postgres: %q is no date or time", s)
}

// parseClock reads a time of day; an offset after it is left out.
func parseClock(s string) (time.Duration, error) {
	if i := strings.LastIndexByte(s, ' '); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.IndexAny(s, "+-"); i > 0 {
		s = s[:i]
	}
	if s == "24:00:00" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04:05.999999999", s)
	if err != nil {
		return 0, fmt.Errorf("postgres: %q is no time of day", s)
	}
	return t.Sub(t.Truncate(24 * time.Hour)), nil
}
