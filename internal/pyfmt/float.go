package pyfmt

import (
	"math"
	"strconv"
	"strings"
)

// AppendFloat appends f as Python's repr prints it: 1.0, 1e-07, 1e+16, inf, nan.
func AppendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	case f == 0:
		if math.Signbit(f) {
			dst = append(dst, '-')
		}
		return append(dst, "0.0"...)
	}
	if a := math.Abs(f); a >= 1e16 || a < 1e-4 {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// Float is AppendFloat as a string.
func Float(f float64) string { return string(AppendFloat(nil, f)) }

// ParseFloat reads what Python's float() reads: white space around, underscores between digits, inf and nan.
func ParseFloat(s string) (float64, bool) {
	s = TrimSpace(s)
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case "inf", "infinity", "nan":
		if strings.Count(s, "+")+strings.Count(s, "-") > 1 {
			return 0, false
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil { // ParseFloat takes no sign with nan
			return math.NaN(), strings.HasSuffix(strings.ToLower(s), "nan")
		}
		return f, true
	}
	s, ok := digitsOnly(s)
	if !ok || strings.ContainsAny(s, "xXpPnNiI") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		if ne, isNum := err.(*strconv.NumError); isNum && ne.Err == strconv.ErrRange { //nolint:errorlint // strconv returns it bare
			return f, true
		}
		return 0, false
	}
	return f, true
}

// digitsOnly drops underscores between digits, as Python allows them in numbers, and turns other digits into ASCII.
func digitsOnly(s string) (string, bool) {
	plain := s != ""
	for i := 0; i < len(s); i++ {
		if s[i] == '_' || s[i] >= 0x80 {
			plain = false
		}
	}
	if plain || s == "" {
		return s, plain
	}
	var b strings.Builder
	prevDigit := false
	runes := []rune(s)
	for i, r := range runes {
		d, isDigit := digitValue(r)
		switch {
		case isDigit:
			b.WriteByte(byte('0' + d))
		case r == '_':
			if !prevDigit || i+1 == len(runes) {
				return "", false
			}
			if _, next := digitValue(runes[i+1]); !next {
				return "", false
			}
		default:
			b.WriteRune(r)
		}
		prevDigit = isDigit
	}
	return b.String(), true
}
