package pyfmt

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Arg is a value for Percent.
type Arg interface {
	// Str and Repr are Python's str() and repr() of the value.
	Str() string
	Repr() string
	// Int is the value as a whole number, for %d and its kin; exact is false for a float. Ok is false if it is no number.
	Int() (n *big.Int, exact, ok bool)
	// Float is the value as a float; ok is false if it is no number.
	Float() (f float64, ok bool)
	// Key is the value under a key, for %(key)s; ok is false if the value is no mapping or lacks it.
	Key(name string) (v Arg, ok bool)
	// IsMapping says whether the value is a mapping.
	IsMapping() bool
}

const maxWidth = 1 << 20 // a template's author may not ask for more padding than this

type percentSpec struct {
	minus, plus, space, zero, alt bool
	width, prec                   int
}

// Percent is Python's format % arg for one value. Ok is false where Python raises an error.
func Percent(format string, arg Arg) (out string, ok bool) {
	var b strings.Builder
	used := false
	for i := 0; i < len(format); {
		if format[i] != '%' {
			b.WriteByte(format[i])
			i++
			continue
		}
		i++
		value, named := arg, false
		if i < len(format) && format[i] == '(' {
			depth, end := 1, i+1
			for ; end < len(format) && depth > 0; end++ {
				switch format[end] {
				case '(':
					depth++
				case ')':
					depth--
				}
			}
			if depth > 0 {
				return "", false
			}
			v, found := arg.Key(format[i+1 : end-1])
			if !found {
				return "", false
			}
			value, named, i = v, true, end
		}
		spec := percentSpec{prec: -1}
		for ; i < len(format) && strings.IndexByte("-+ 0#", format[i]) >= 0; i++ {
			switch format[i] {
			case '-':
				spec.minus = true
			case '+':
				spec.plus = true
			case ' ':
				spec.space = true
			case '0':
				spec.zero = true
			case '#':
				spec.alt = true
			}
		}
		if spec.width, i, ok = number(format, i); !ok {
			return "", false
		}
		if i < len(format) && format[i] == '.' {
			if spec.prec, i, ok = number(format, i+1); !ok {
				return "", false
			}
		}
		for i < len(format) && strings.IndexByte("hlL", format[i]) >= 0 {
			i++
		}
		if i >= len(format) {
			return "", false
		}
		verb := format[i]
		i++
		if verb == '%' {
			b.WriteByte('%')
			continue
		}
		if !named {
			if used {
				return "", false
			}
			used = true
		}
		text, ok := spec.format(verb, value)
		if !ok {
			return "", false
		}
		b.WriteString(text)
	}
	if !used && !arg.IsMapping() {
		return "", false
	}
	return b.String(), true
}

func number(format string, i int) (n, next int, ok bool) {
	start := i
	for i < len(format) && format[i] >= '0' && format[i] <= '9' {
		i++
	}
	if start == i {
		return 0, i, i >= len(format) || format[i] != '*'
	}
	n, err := strconv.Atoi(format[start:i])
	return n, i, err == nil && n <= maxWidth
}

func (s percentSpec) format(verb byte, v Arg) (string, bool) {
	switch verb {
	case 's', 'r', 'a':
		text := ""
		switch verb {
		case 's':
			text = v.Str()
		case 'r':
			text = v.Repr()
		default:
			text = ascii(v.Repr())
		}
		if s.prec >= 0 {
			if r := []rune(text); len(r) > s.prec {
				text = string(r[:s.prec])
			}
		}
		return s.pad("", text, false), true
	case 'c':
		if n, exact, ok := v.Int(); ok {
			if !exact || !n.IsInt64() || n.Int64() < 0 || n.Int64() > 0x10ffff {
				return "", false
			}
			return s.pad("", string(rune(n.Int64())), false), true
		}
		text := v.Str()
		return s.pad("", text, false), utf8.RuneCountInString(text) == 1
	case 'd', 'i', 'u':
		n, _, ok := v.Int()
		if !ok {
			return "", false
		}
		return s.integer(n, n.Text(10), ""), true
	case 'x', 'X', 'o':
		n, exact, ok := v.Int()
		if !ok || !exact {
			return "", false
		}
		base, prefix := 16, "0"+string(verb)
		if verb == 'o' {
			base = 8
		}
		if !s.alt {
			prefix = ""
		}
		text := n.Text(base)
		if verb == 'X' {
			text = strings.ToUpper(text)
		}
		return s.integer(n, text, prefix), true
	case 'e', 'E', 'f', 'F', 'g', 'G':
		f, ok := v.Float()
		if !ok {
			return "", false
		}
		return s.float(verb, f), true
	}
	return "", false
}

func (s percentSpec) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case s.plus:
		return "+"
	case s.space:
		return " "
	}
	return ""
}

func (s percentSpec) integer(n *big.Int, text, prefix string) string {
	text = strings.TrimPrefix(text, "-")
	if len(text) < s.prec {
		text = strings.Repeat("0", s.prec-len(text)) + text
	}
	return s.pad(s.sign(n.Sign() < 0)+prefix, text, true)
}

func (s percentSpec) float(verb byte, f float64) string {
	prec := s.prec
	if prec < 0 {
		prec = 6
	}
	sign := s.sign(math.Signbit(f) && !math.IsNaN(f))
	f = math.Abs(f)
	var text string
	switch {
	case math.IsInf(f, 0):
		text = "inf"
	case math.IsNaN(f):
		text = "nan"
	case verb == 'g' || verb == 'G':
		text = general(f, max(prec, 1), s.alt)
	default:
		text = strconv.FormatFloat(f, verb|0x20, prec, 64)
		if s.alt && prec == 0 {
			mantissa, exp, found := strings.Cut(text, "e")
			text = mantissa + "."
			if found {
				text += "e" + exp
			}
		}
	}
	if verb < 'a' {
		text = strings.ToUpper(text)
	}
	return s.pad(sign, text, true)
}

// general is C's %g: the shorter of %e and %f, without trailing zeros unless alt is set.
func general(f float64, prec int, alt bool) string {
	e := strconv.FormatFloat(f, 'e', prec-1, 64)
	exp, _ := strconv.Atoi(e[strings.IndexByte(e, 'e')+1:])
	mantissa, tail := e[:strings.IndexByte(e, 'e')], e[strings.IndexByte(e, 'e'):]
	if exp >= -4 && exp < prec {
		mantissa, tail = strconv.FormatFloat(f, 'f', prec-1-exp, 64), ""
	}
	if !alt && strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	return mantissa + tail
}

func (s percentSpec) pad(sign, text string, numeric bool) string {
	missing := s.width - utf8.RuneCountInString(sign) - utf8.RuneCountInString(text)
	switch {
	case missing <= 0:
		return sign + text
	case s.minus:
		return sign + text + strings.Repeat(" ", missing)
	case s.zero && numeric:
		return sign + strings.Repeat("0", missing) + text
	}
	return strings.Repeat(" ", missing) + sign + text
}

func ascii(s string) string {
	var b []byte
	for _, r := range s {
		if r < 0x80 {
			b = append(b, byte(r))
		} else {
			b = appendEscape(b, r)
		}
	}
	return string(b)
}
