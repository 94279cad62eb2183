package dateformat

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/locale"
)

// Kind says which parts a moment has.
type Kind uint8

// The kinds of moments: with a zone, without one, a date, a time of day.
const (
	Aware Kind = iota
	Naive
	Date
	Clock
)

const (
	letters = "aAbcdDeEfFgGhHiIjlLmMnNoOPrsStTuUwWyYzZ"
	// clockLetters are those of times of day.
	clockLetters = "aAefgGhHiOPsTuZ"
)

// Append appends t in the format. A letter that the kind has nothing for is an error.
func Append(dst []byte, t time.Time, kind Kind, format string, l *locale.Locale) ([]byte, error) {
	start := 0 // of the text since the last letter
	for i := 0; i < len(format); i++ {
		c := format[i]
		if strings.IndexByte(letters, c) < 0 || i > 0 && format[i-1] == '\\' {
			continue
		}
		switch {
		case kind == Date && strings.IndexByte(clockLetters, c) >= 0:
			return dst, fmt.Errorf("the format for date objects may not contain time-related format specifiers (found '%c')", c)
		case kind == Clock && c != 'c' && strings.IndexByte(clockLetters, c) < 0:
			return dst, fmt.Errorf("the format for times of day has no letter '%c'", c)
		}
		dst = appendText(dst, format[start:i])
		dst = appendLetter(dst, t, kind, c, l)
		start = i + 1
	}
	return appendText(dst, format[start:]), nil
}

// Literal returns the text of a format without letters, which any value prints; ok is false if there is one.
func Literal(format string) (text string, ok bool) {
	for i := 0; i < len(format); i++ {
		if strings.IndexByte(letters, format[i]) >= 0 && (i == 0 || format[i-1] != '\\') {
			return "", false
		}
	}
	return string(appendText(nil, format)), true
}

// appendText appends what stands between letters; the character after a backslash stands for itself.
func appendText(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && s[i+1] != '\n' {
			i++
		}
		dst = append(dst, s[i])
	}
	return dst
}

// Format is Append as a string.
func Format(t time.Time, kind Kind, format string, l *locale.Locale) (string, error) {
	var buf [64]byte
	out, err := Append(buf[:0], t, kind, format, l)
	return string(out), err
}

func pad(dst []byte, n, width int) []byte {
	for limit := 10; width > 1; width-- {
		if n < limit {
			dst = append(dst, '0')
		}
		limit *= 10
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

func hour12(t time.Time) int {
	h := t.Hour() % 12
	if h == 0 {
		h = 12
	}
	return h
}

func appendLetter(dst []byte, t time.Time, kind Kind, c byte, l *locale.Locale) []byte {
	switch c {
	case 'a':
		if t.Hour() > 11 {
			return append(dst, l.PM...)
		}
		return append(dst, l.AM...)
	case 'A':
		if t.Hour() > 11 {
			return append(dst, l.UpperPM...)
		}
		return append(dst, l.UpperAM...)
	case 'b':
		return append(dst, l.MonthsLower[t.Month()-1]...)
	case 'c':
		return appendISO(dst, t, kind)
	case 'd':
		return pad(dst, t.Day(), 2)
	case 'D':
		return append(dst, l.DaysShort[(t.Weekday()+6)%7]...)
	case 'E':
		return append(dst, l.MonthsAlt[t.Month()-1]...)
	case 'f':
		dst = strconv.AppendInt(dst, int64(hour12(t)), 10)
		if t.Minute() != 0 {
			dst = pad(append(dst, ':'), t.Minute(), 2)
		}
		return dst
	case 'F':
		return append(dst, l.Months[t.Month()-1]...)
	case 'g':
		return strconv.AppendInt(dst, int64(hour12(t)), 10)
	case 'G':
		return strconv.AppendInt(dst, int64(t.Hour()), 10)
	case 'h':
		return pad(dst, hour12(t), 2)
	case 'H':
		return pad(dst, t.Hour(), 2)
	case 'i':
		return pad(dst, t.Minute(), 2)
	case 'j':
		return strconv.AppendInt(dst, int64(t.Day()), 10)
	case 'l':
		return append(dst, l.Days[(t.Weekday()+6)%7]...)
	case 'L':
		if time.Date(t.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay() == 366 {
			return append(dst, "True"...)
		}
		return append(dst, "False"...)
	case 'm':
		return pad(dst, int(t.Month()), 2)
	case 'M':
		return append(dst, l.MonthsShort[t.Month()-1]...)
	case 'n':
		return strconv.AppendInt(dst, int64(t.Month()), 10)
	case 'N':
		return append(dst, l.MonthsAP[t.Month()-1]...)
	case 'o':
		year, _ := t.ISOWeek()
		return strconv.AppendInt(dst, int64(year), 10)
	case 'P':
		switch {
		case t.Minute() == 0 && t.Hour() == 0:
			return append(dst, l.Midnight...)
		case t.Minute() == 0 && t.Hour() == 12:
			return append(dst, l.Noon...)
		}
		dst = appendLetter(dst, t, kind, 'f', l)
		return appendLetter(append(dst, ' '), t, kind, 'a', l)
	case 'r':
		return appendRFC(dst, t, kind)
	case 's':
		return pad(dst, t.Second(), 2)
	case 'S':
		return append(dst, ordinal(t.Day())...)
	case 't':
		return strconv.AppendInt(dst, int64(time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()), 10)
	case 'u':
		return pad(dst, t.Nanosecond()/1000, 6)
	case 'U':
		return strconv.AppendInt(dst, t.Unix(), 10)
	case 'w':
		return strconv.AppendInt(dst, int64(t.Weekday()), 10)
	case 'W':
		_, week := t.ISOWeek()
		return strconv.AppendInt(dst, int64(week), 10)
	case 'y':
		return pad(dst, t.Year()%100, 2)
	case 'Y':
		return pad(dst, t.Year(), 4)
	case 'z':
		return strconv.AppendInt(dst, int64(t.YearDay()), 10)
	}
	return appendZone(dst, t, kind, c)
}

// appendZone appends the letters e I O T Z. Those of a naive time are what the server's zone, UTC, would give.
func appendZone(dst []byte, t time.Time, kind Kind, c byte) []byte {
	if kind == Clock {
		return dst
	}
	name, off := t.Zone()
	switch c {
	case 'e':
		if kind == Naive {
			return dst
		}
		return append(dst, zoneName(name, off)...)
	case 'T':
		return append(dst, zoneName(name, off)...)
	case 'I':
		if kind == Date {
			return dst
		}
		if t.IsDST() {
			return append(dst, '1')
		}
		return append(dst, '0')
	case 'O':
		return t.AppendFormat(dst, "-0700")
	}
	return strconv.AppendInt(dst, int64(off), 10)
}

// zoneName is Python's name of a zone that has none of its own: UTC+05:30.
func zoneName(name string, off int) string {
	if name != "" && name[0] != '+' && name[0] != '-' {
		return name
	}
	if off == 0 {
		return "UTC"
	}
	sign := '+'
	if off < 0 {
		sign, off = '-', -off
	}
	if name != "" { // zoneinfo's own numeric names: -03, +0530
		return name
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, off/3600, off/60%60)
}

func appendISO(dst []byte, t time.Time, kind Kind) []byte {
	switch kind {
	case Date:
		return t.AppendFormat(dst, "2006-01-02")
	case Clock:
		dst = t.AppendFormat(dst, "15:04:05")
	default:
		dst = t.AppendFormat(dst, "2006-01-02T15:04:05")
	}
	if us := t.Nanosecond() / 1000; us != 0 {
		dst = pad(append(dst, '.'), us, 6)
	}
	if kind == Aware {
		dst = t.AppendFormat(dst, "-07:00"+offsetSeconds(t, ":00"))
	}
	return dst
}

// offsetSeconds is the layout of an offset's seconds, for the local times of old.
func offsetSeconds(t time.Time, layout string) string {
	if _, offset := t.Zone(); offset%60 == 0 {
		return ""
	}
	return layout
}

// appendRFC is RFC 5322, in English whatever the language is.
func appendRFC(dst []byte, t time.Time, kind Kind) []byte {
	if kind == Date {
		return t.AppendFormat(dst, "Mon, 02 Jan 2006 00:00:00 +0000")
	}
	return t.AppendFormat(dst, "Mon, 02 Jan 2006 15:04:05 -0700"+offsetSeconds(t, "00"))
}

func ordinal(day int) string {
	switch {
	case day >= 11 && day <= 13:
		return "th"
	case day%10 == 1:
		return "st"
	case day%10 == 2:
		return "nd"
	case day%10 == 3:
		return "rd"
	}
	return "th"
}
