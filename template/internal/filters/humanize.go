package filters

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/dateformat"
	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

// Humanize returns the filters of {% load humanize %}.
func Humanize() []*Filter {
	return []*Filter{
		{Name: "apnumber", Fn: apnumber, Safe: true},
		{Name: "intcomma", Fn: intcomma, Arg: Optional, Safe: true, Result: TextResult},
		{Name: "intword", Fn: intword},
		{Name: "naturalday", Fn: naturalday, Arg: Optional, LocalTime: true},
		{Name: "naturaltime", Fn: naturaltime},
		{Name: "ordinal", Fn: ordinal, Safe: true},
	}
}

func ordinal(e *Env, v, _ value.Value) (value.Value, error) {
	n, ok := v.BigInt()
	if !ok {
		return v, nil
	}
	if n.Sign() < 0 {
		return value.OfString(n.String()), nil
	}
	hundred := new(big.Int).Mod(n, big.NewInt(100)).Int64()
	suffix := "th"
	if hundred < 11 || hundred > 13 {
		switch hundred % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return value.OfSafe(strings.Replace(e.Locale.Text("%d"+suffix), "%d", n.String(), 1)), nil
}

var leadingDigits = regexp.MustCompile(`^-?\d+`)

func intcomma(e *Env, v, localized value.Value) (value.Value, error) {
	if !localized.IsUndefined() && !localized.Truth() {
		return value.OfString(commas(v.Str())), nil
	}
	switch v.Kind() {
	case value.Float, value.Decimal:
		return value.OfString(e.Number(v, -1, true, true)), nil
	}
	if n, ok := v.BigInt(); ok {
		return value.OfString(e.Number(value.OfBig(n), -1, true, true)), nil
	}
	if v.Kind().IsText() {
		if d, ok := pyfmt.ParseDecimal(v.Text()); ok && d.Form == 0 {
			return value.OfString(e.Number(value.OfDecimal(d), -1, true, true)), nil
		}
	}
	return value.OfString(commas(v.Str())), nil
}

// commas groups the digits that a text starts with.
func commas(text string) string {
	digits := leadingDigits.FindString(text)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign = "-"
	}
	return sign + groupDigits(digits[len(sign):], ",", []int{3}) + text[len(digits):]
}

var largeNumbers = []struct {
	exponent int64
	name     string
}{
	{6, "million"},
	{9, "billion"},
	{12, "trillion"},
	{15, "quadrillion"},
	{18, "quintillion"},
	{21, "sextillion"},
	{24, "septillion"},
	{27, "octillion"},
	{30, "nonillion"},
	{33, "decillion"},
	{100, "googol"},
}

func intword(e *Env, v, _ value.Value) (value.Value, error) {
	n, ok := v.BigInt()
	if !ok {
		return v, nil
	}
	size := new(big.Int).Abs(n)
	if size.Cmp(big.NewInt(1_000_000)) < 0 {
		return value.OfBig(n), nil
	}
	for _, large := range largeNumbers {
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(large.exponent), nil)
		if size.Cmp(new(big.Int).Mul(unit, big.NewInt(1000))) >= 0 {
			continue
		}
		ratio, _ := new(big.Rat).SetFrac(n, unit).Float64()
		shown, err := floatformat(e, value.OfFloat(ratio), value.OfInt(1))
		if err != nil {
			return v, err
		}
		word := "%s " + large.name
		one := ratio <= 1 && ratio >= -1
		if !one {
			word += "s"
		}
		text := e.Locale.Text(word)
		if text == word { // English has no plural here
			text = "%s " + large.name
		}
		return value.OfString(strings.Replace(text, "%s", shown.Str(), 1)), nil
	}
	return value.OfBig(n), nil
}

func apnumber(e *Env, v, _ value.Value) (value.Value, error) {
	n, ok := v.BigInt()
	if !ok {
		return v, nil
	}
	if !n.IsInt64() || n.Int64() <= 0 || n.Int64() >= 10 {
		return value.OfBig(n), nil
	}
	words := []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	return value.OfString(e.Locale.Text(words[n.Int64()-1])), nil
}

func naturalday(e *Env, v, arg value.Value) (value.Value, error) {
	if k := v.Kind(); k != value.DateTime && k != value.Date {
		return v, nil
	}
	t := v.Time()
	now := e.now().In(e.zone())
	if v.Kind() == value.DateTime && !v.IsNaive() {
		now = now.In(t.Location())
	}
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	switch day(t).Sub(day(now)) / (24 * time.Hour) {
	case 0:
		return value.OfString(e.Locale.Text("today")), nil
	case 1:
		return value.OfString(e.Locale.Text("tomorrow")), nil
	case -1:
		return value.OfString(e.Locale.Text("yesterday")), nil
	}
	return date(e, value.OfDate(t), arg)
}

func naturaltime(e *Env, v, _ value.Value) (value.Value, error) {
	if v.Kind() == value.Date {
		return v, errors.New("naturaltime: can't compare datetime.datetime to datetime.date")
	}
	if v.Kind() != value.DateTime {
		return v, nil
	}
	t, now := v.Time(), e.now()
	if v.IsNaive() {
		now = wall(now, e.zone())
	}
	past, delta := t.Before(now), now.Sub(t).Abs()
	ending := "from now"
	if past {
		ending = "ago"
	}
	if delta >= 24*time.Hour {
		from, to := t, now.In(t.Location())
		if !past {
			from, to = to, from
		}
		text := e.Locale.Text("%s " + ending)
		return value.OfString(strings.Replace(text, "%s", dateformat.Since(from, to, 2, e.Locale), 1)), nil
	}
	secs := int(delta / time.Second)
	var one, unit string
	n := secs
	switch {
	case secs == 0:
		return value.OfString(e.Locale.Text("now")), nil
	case secs < 60:
		one, unit = "a second", "seconds"
	case secs < 3600:
		one, unit, n = "a minute", "minutes", secs/60
	default:
		one, unit, n = "an hour", "hours", secs/3600
	}
	if n == 1 {
		return value.OfString(e.Locale.Text(one + " " + ending)), nil
	}
	text := e.Locale.Text("%d\u00a0" + unit + " " + ending)
	return value.OfString(strings.Replace(text, "%d", fmt.Sprint(n), 1)), nil
}
