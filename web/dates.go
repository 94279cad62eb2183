package web

import (
	"net/http"
	"strings"
	"time"
)

// HTTPDate writes a time as HTTP headers have it: "Thu, 01 Jan 2026 00:00:00 GMT". Django: http_date.
func HTTPDate(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// ParseHTTPDate reads a date of a header in one of the three forms of RFC 9110 §5.6.7; it is false for anything else. A
// year of two digits that would lie more than 50 years ahead is taken as past. Django: parse_http_date_safe.
func ParseHTTPDate(s string) (time.Time, bool) { return parseHTTPDate(s, time.Now().UTC().Year()) }

func parseHTTPDate(s string, thisYear int) (time.Time, bool) {
	if len(s) > 40 {
		return time.Time{}, false
	}
	weekday, rest, comma := strings.Cut(s, ", ")
	var day, month, year, clock string
	switch {
	case comma && len(weekday) == 3 && len(rest) == len("04 Mar 2026 05:06:07 GMT") && strings.HasSuffix(rest, " GMT"):
		day, month, year, clock = rest[0:2], rest[3:6], rest[7:11], rest[12:20]
		if rest[2] != ' ' || rest[6] != ' ' || rest[11] != ' ' {
			return time.Time{}, false
		}
	case comma && len(weekday) >= 6 && len(weekday) <= 9 && len(rest) == len("04-Mar-26 05:06:07 GMT") && strings.HasSuffix(rest, " GMT"):
		day, month, year, clock = rest[0:2], rest[3:6], rest[7:9], rest[10:18]
		if rest[2] != '-' || rest[6] != '-' || rest[9] != ' ' {
			return time.Time{}, false
		}
	case !comma && len(s) == len("Wed Mar  4 05:06:07 2026"):
		weekday, month, day, clock, year = s[:3], s[4:7], strings.TrimPrefix(s[8:10], " "), s[11:19], s[20:]
		if s[3] != ' ' || s[7] != ' ' || s[10] != ' ' || s[19] != ' ' {
			return time.Time{}, false
		}
	default:
		return time.Time{}, false
	}
	if !letters(weekday) || clock[2] != ':' || clock[5] != ':' {
		return time.Time{}, false
	}

	mon := monthNumber(month)
	d, ok1 := number(day)
	y, ok2 := number(year)
	hour, ok3 := number(clock[0:2])
	minute, ok4 := number(clock[3:5])
	second, ok5 := number(clock[6:8])
	if mon == 0 || !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	if len(year) == 2 {
		y += thisYear - thisYear%100
		if y-thisYear > 50 {
			y -= 100
		}
	}
	t := time.Date(y, time.Month(mon), d, hour, minute, second, 0, time.UTC)
	if t.Day() != d || y == 0 { // the 32nd of March
		return time.Time{}, false
	}
	return t, true
}

func monthNumber(s string) int {
	const months = "janfebmaraprmayjunjulaugsepoctnovdec"
	if i := strings.Index(months, strings.ToLower(s)); len(s) == 3 && i >= 0 && i%3 == 0 {
		return i/3 + 1
	}
	return 0
}

// number reads up to four digits.
func number(s string) (int, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

func letters(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) {
			return false
		}
	}
	return s != ""
}
