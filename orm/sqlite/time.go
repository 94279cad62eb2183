package sqlite

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// characters is text that comes as a string, or as bytes that nobody keeps.
type characters interface{ string | []byte }

// digits2 reads two digits of s at i.
func digits2[C characters](s C, i int) (int, bool) {
	if i+2 > len(s) {
		return 0, false
	}
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return 0, false
	}
	return int(a)*10 + int(b), true
}

// fraction reads the digits after the point of a second, as nanoseconds.
func fraction[C characters](s C) int {
	n, scale := 0, 100_000_000
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n += int(s[i]-'0') * scale
		scale /= 10
	}
	return n
}

// parseTime reads a moment or a date; see scanTime.
func parseTime(s string) (time.Time, error) {
	t, _, ok := scanTime(s)
	if !ok {
		return time.Time{}, fmt.Errorf("%w: %q", errNoTime, s)
	}
	return t, nil
}

// scanTime reads YYYY-MM-DD[ HH:MM[:SS[.ffffff]]][offset]; without an offset the time is UTC. Fixed says that it is no clock's
// time: it has an offset, or is a date alone.
func scanTime[C characters](s C) (t time.Time, fixed, ok bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false, false
	}
	y1, ok1 := digits2(s, 0)
	y2, ok2 := digits2(s, 2)
	mon, ok3 := digits2(s, 5)
	day, ok4 := digits2(s, 8)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return time.Time{}, false, false
	}
	year := y1*100 + y2
	if len(s) == 10 {
		return time.Date(year, time.Month(mon), day, 0, 0, 0, 0, time.UTC), true, true
	}
	hour, ok5 := digits2(s, 11)
	minute, ok6 := digits2(s, 14)
	if !ok5 || !ok6 {
		return time.Time{}, false, false
	}
	sec, nanos, rest := 0, 0, s[16:]
	if len(rest) >= 3 && rest[0] == ':' {
		n, ok := digits2(rest, 1)
		if !ok {
			return time.Time{}, false, false
		}
		sec, rest = n, rest[3:]
		if len(rest) > 0 && rest[0] == '.' {
			nanos = fraction(rest[1:])
			i := 1
			for i < len(rest) && rest[i] >= '0' && rest[i] <= '9' {
				i++
			}
			rest = rest[i:]
		}
	}
	t = time.Date(year, time.Month(mon), day, hour, minute, sec, nanos, time.UTC)
	if len(rest) == 0 || len(rest) == 1 && rest[0] == 'Z' {
		return t, len(rest) == 1, true
	}
	off, err := time.Parse("-07:00", strings.TrimSpace(string(rest)))
	if err != nil {
		return time.Time{}, false, false
	}
	_, seconds := off.Zone()
	return t.Add(-time.Duration(seconds) * time.Second), true, true
}

// formatFloat writes a number without an exponent, so that decimals read as they were written.
func formatFloat(f float64) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	return s
}
