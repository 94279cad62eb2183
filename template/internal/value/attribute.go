package value

import (
	"math"
	"math/big"
	"strings"
	"time"
	"unicode"
	"unsafe"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// attribute returns what the attributes, and the methods without arguments, of Python's own types give.
func attribute(v Value, name string) (Value, bool) {
	switch v.t.kind {
	case String, Safe:
		return textAttribute(v.Text(), name)
	case Dict, Map, Mapping:
		switch name {
		case "items":
			return ofView(itemsType, v.Items()), true
		case "keys":
			var s Sequence
			_ = s.Fill(v)
			return ofView(keysType, s.values), true
		case "values":
			items := v.Items()
			out := make([]Value, len(items))
			for i, item := range items {
				out[i] = item.values()[1]
			}
			return ofView(valuesType, out), true
		case "copy":
			return v, true
		}
	case List, Tuple, Set:
		if name == "copy" {
			return v, true
		}
	case Bool, Int, Uint, BigInt, Float, Decimal:
		return numberAttribute(v, name)
	case DateTime, Date, Clock:
		return timeAttribute(v, name)
	case Duration:
		days, secs, us := daysOf(v.Duration())
		switch name {
		case "days":
			return OfInt(days), true
		case "seconds":
			return OfInt(secs), true
		case "microseconds":
			return OfInt(us), true
		case "total_seconds":
			return OfFloat(v.Duration().Seconds()), true
		}
	case Range:
		r := v.steps()
		switch name {
		case "start":
			return OfInt(r.Start), true
		case "stop":
			return OfInt(r.Stop), true
		case "step":
			return OfInt(r.Step), true
		}
	}
	return Value{}, false
}

// HasAttribute says whether values of a kind have an attribute that is Python's own.
func HasAttribute(k Kind, name string) bool {
	var sample Value
	switch k {
	case String, Safe:
		sample = OfString("x")
	case Bool, Int, Uint, BigInt:
		sample = OfInt(1)
	case Float:
		sample = OfFloat(1)
	case Decimal:
		sample = OfDecimal(&pyfmt.Decimal{Coef: big.NewInt(1)})
	case DateTime:
		sample = OfTime(time.Time{})
	case Date:
		sample = OfDate(time.Time{})
	case Clock:
		sample = OfClock(time.Time{})
	case Duration:
		sample = OfDuration(1)
	case List:
		sample = OfList(nil)
	case Dict, Map, Mapping:
		sample = OfDict(NewPairs())
	default:
		return false
	}
	_, ok := attribute(sample, name)
	return ok
}

func textAttribute(s, name string) (Value, bool) {
	switch name {
	case "upper":
		return OfString(pyfmt.Upper(s)), true
	case "lower", "casefold":
		return OfString(pyfmt.Lower(s)), true
	case "title":
		return OfString(pyfmt.Title(s)), true
	case "capitalize":
		return OfString(pyfmt.Capitalize(s)), true
	case "swapcase":
		return OfString(strings.Map(func(r rune) rune {
			if unicode.IsUpper(r) {
				return unicode.ToLower(r)
			}
			return unicode.ToUpper(r)
		}, s)), true
	case "strip":
		return OfString(pyfmt.TrimSpace(s)), true
	case "lstrip":
		return OfString(strings.TrimLeftFunc(s, pyfmt.IsSpace)), true
	case "rstrip":
		return OfString(strings.TrimRightFunc(s, pyfmt.IsSpace)), true
	case "split", "rsplit":
		return texts(pyfmt.Fields(s)), true
	case "splitlines":
		return texts(pyfmt.SplitLines(s)), true
	case "isdigit", "isdecimal", "isnumeric":
		return OfBool(all(s, unicode.IsDigit)), true
	case "isalpha":
		return OfBool(all(s, unicode.IsLetter)), true
	case "isalnum":
		return OfBool(all(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })), true
	case "isspace":
		return OfBool(all(s, pyfmt.IsSpace)), true
	case "isupper":
		return OfBool(s == strings.ToUpper(s) && s != pyfmt.Lower(s)), true
	case "islower":
		return OfBool(s == strings.ToLower(s) && s != pyfmt.Upper(s)), true
	case "istitle":
		return OfBool(s == pyfmt.Title(s) && strings.ToUpper(s) != pyfmt.Lower(s)), true
	case "encode":
		return Value{t: bytesType, p: unsafe.Pointer(unsafe.StringData(s)), n: uint64(len(s))}, true
	case "isascii":
		return OfBool(strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0), true
	}
	return Value{}, false
}

func texts(parts []string) Value {
	out := make([]Value, len(parts))
	for i, p := range parts {
		out[i] = OfString(p)
	}
	return OfList(out)
}

func all(s string, is func(rune) bool) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !is(r) }) < 0
}

func numberAttribute(v Value, name string) (Value, bool) {
	whole := v.t.kind.IsInteger()
	switch name {
	case "real", "conjugate":
		return v, true
	case "imag":
		if whole {
			return OfInt(0), true
		}
		return OfFloat(0), true
	case "is_integer":
		f, _ := v.AsFloat()
		return OfBool(whole || f == math.Trunc(f) && !math.IsInf(f, 0)), true
	case "numerator":
		return v, whole
	case "denominator":
		return OfInt(1), whole
	case "bit_length":
		if n, ok := v.BigInt(); ok && whole {
			return OfInt(int64(n.BitLen())), true
		}
	}
	return Value{}, false
}

func timeAttribute(v Value, name string) (Value, bool) {
	t := v.Time()
	if v.t.kind != Clock {
		switch name {
		case "year":
			return OfInt(int64(t.Year())), true
		case "month":
			return OfInt(int64(t.Month())), true
		case "day":
			return OfInt(int64(t.Day())), true
		case "weekday":
			return OfInt(int64(t.Weekday()+6) % 7), true
		case "isoweekday":
			return OfInt(int64(t.Weekday()+6)%7 + 1), true
		case "ctime":
			return OfString(t.Format("Mon Jan _2 15:04:05 2006")), true
		}
	}
	if v.t.kind != Date {
		switch name {
		case "hour":
			return OfInt(int64(t.Hour())), true
		case "minute":
			return OfInt(int64(t.Minute())), true
		case "second":
			return OfInt(int64(t.Second())), true
		case "microsecond":
			return OfInt(int64(t.Nanosecond() / 1000)), true
		}
	}
	switch name {
	case "isoformat":
		return OfString(v.ISO()), true
	case "date":
		return OfDate(t), v.t.kind == DateTime
	case "time":
		return OfClock(t), v.t.kind == DateTime
	case "timestamp":
		return OfFloat(float64(t.UnixMicro()) / 1e6), v.t.kind == DateTime
	case "tzinfo":
		if v.t.kind == DateTime && !v.t.naive {
			return OfString(t.Location().String()), true
		}
		return NoneValue(), v.t.kind != Date
	case "utcoffset":
		_, off := t.Zone()
		return OfDuration(time.Duration(off) * time.Second), v.t.kind == DateTime && !v.t.naive
	case "tzname":
		zone, _ := t.Zone()
		return OfString(zone), v.t.kind == DateTime && !v.t.naive
	}
	return Value{}, false
}
