package filters

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

func add(_ *Env, v, arg value.Value) (value.Value, error) {
	if a, b := v, arg; (a.Kind() == value.Int || a.Kind() == value.Bool) && b.Kind() == value.Int {
		if sum := a.Int() + b.Int(); (sum > a.Int()) == (b.Int() > 0) {
			return value.OfInt(sum), nil
		}
	}
	if a, ok := v.BigInt(); ok {
		if b, ok := arg.BigInt(); ok {
			return value.OfBig(new(big.Int).Add(a, b)), nil
		}
	}
	return plus(v, arg), nil
}

// plus is Python's a + b, "" where it cannot be done.
func plus(a, b value.Value) value.Value {
	ak, bk := a.Kind(), b.Kind()
	switch {
	case ak.IsText() && bk.IsText():
		sum := a.Text() + b.Text()
		if a.IsSafe() && b.IsSafe() {
			return value.OfSafe(sum)
		}
		return value.OfString(sum)
	case ak.IsNumber() && bk.IsNumber():
		x, _ := a.AsFloat()
		y, _ := b.AsFloat()
		return value.OfFloat(x + y)
	case ak == bk && (ak == value.List || ak == value.Tuple):
		x, xerr := a.Elements()
		y, yerr := b.Elements()
		if xerr != nil || yerr != nil {
			return empty()
		}
		sum := append(append(make([]value.Value, 0, len(x)+len(y)), x...), y...)
		if ak == value.Tuple {
			return value.OfTuple(sum...)
		}
		return value.OfList(sum)
	case ak == value.Date && bk == value.Duration:
		return value.OfDate(a.Time().Add(b.Duration()))
	case ak == value.DateTime && bk == value.Duration:
		if a.IsNaive() {
			return value.OfNaive(a.Time().Add(b.Duration()))
		}
		return value.OfTime(a.Time().Add(b.Duration()))
	case ak == value.Duration && bk == value.Duration:
		return value.OfDuration(a.Duration() + b.Duration())
	case ak == value.Duration && (bk == value.Date || bk == value.DateTime):
		return plus(b, a)
	}
	return empty()
}

// decimalOf is what floatformat makes of its input.
func decimalOf(v value.Value) (d *pyfmt.Decimal, text string, ok bool) {
	text = v.Str()
	if d, ok = pyfmt.ParseDecimal(text); ok {
		return d, text, true
	}
	f, ok := v.ParseNumber()
	if !ok {
		return nil, text, false
	}
	d, ok = pyfmt.ParseDecimal(pyfmt.Float(f))
	return d, text, ok
}

func floatformat(e *Env, v, arg value.Value) (value.Value, error) {
	places, group, localized := value.OfInt(-1), false, true
	if !arg.IsUndefined() {
		places = arg
	}
	if places.Kind().IsText() {
		text := places.Text()
		switch {
		case text == "":
			return v, argError("floatformat", arg)
		case strings.HasSuffix(text, "gu"), strings.HasSuffix(text, "ug"):
			group, localized, text = true, false, text[:len(text)-2]
		case strings.HasSuffix(text, "g"):
			group, text = true, text[:len(text)-1]
		case strings.HasSuffix(text, "u"):
			localized, text = false, text[:len(text)-1]
		}
		places = value.OfString(text)
		if text == "" && text != arg.Text() {
			places = value.OfInt(-1)
		}
	}
	d, text, ok := decimalOf(v)
	if !ok {
		return empty(), nil
	}
	p, ok := wholeArg(places)
	if !ok {
		if !places.Kind().IsText() && !places.Kind().IsNumber() {
			return v, argError("floatformat", arg)
		}
		return value.OfString(text), nil
	}
	if d.Form == 0 && len(d.Digits())+abs(d.Exp) > maxDigits || d.Form != 0 || abs(p) > maxDigits*5 {
		return value.OfString(text), nil
	}
	if d.IsInteger() && p <= 0 {
		return value.OfSafe(e.digits(d.Int().String(), 0, group, localized)), nil
	}
	rounded := d.Quantize(abs(p))
	number := rounded.Fixed()
	if rounded.IsZero() {
		number = strings.TrimPrefix(number, "-")
	}
	return value.OfSafe(e.digits(number, abs(p), group, localized)), nil
}

// infinite is the Form of an infinite decimal.
const infinite = 1

func filesizeformat(e *Env, v, _ value.Value) (value.Value, error) {
	// int() of what it is given: text must be a whole number, a float loses its fraction.
	n, ok := v.BigInt()
	if k := v.Kind(); !ok && (k == value.Float && math.IsInf(v.Float(), 0) || k == value.Decimal && v.Decimal().Form == infinite) {
		return v, errors.New("filesizeformat: cannot convert infinity to a whole number")
	}
	bytes, _ := new(big.Float).SetInt(orZero(n)).Float64()
	unit := func(s string) string { return strings.ReplaceAll(e.Locale.Text(s), " ", "\u00a0") }
	if !ok {
		bytes = 0
	}
	sign := ""
	if bytes < 0 {
		sign, bytes = "-", -bytes
	}
	if bytes < 1024 {
		count := strings.ReplaceAll(e.Locale.CountBytes(int(bytes)), " ", "\u00a0")
		return value.OfString(sign + strings.Replace(count, "%d", strconv.Itoa(int(bytes)), 1)), nil
	}
	size, names := 1024.0, []string{"KB", "MB", "GB", "TB", "PB"}
	i := 0
	for ; i < len(names)-1 && bytes >= size*1024; i++ {
		size *= 1024
	}
	shown := e.Number(value.OfFloat(math.RoundToEven(bytes/size*10)/10), 1, false, true)
	return value.OfString(sign + strings.Replace(unit("%s "+names[i]), "%s", shown, 1)), nil
}

func orZero(n *big.Int) *big.Int {
	if n == nil {
		return new(big.Int)
	}
	return n
}
