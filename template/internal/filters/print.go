package filters

import (
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/dateformat"
	"github.com/nuages-go/nuages/internal/locale"
	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

// Print appends a value as {{ }} shows it: localized, and escaped where the environment says so.
func (e *Env) Print(dst []byte, v value.Value) []byte {
	if v.HasString() { // what a String method gives is escaped, whatever the kind
		return e.printSlow(dst, v)
	}
	switch v.Kind() {
	case value.Undefined:
		return dst
	case value.String:
		if e.Autoescape {
			return AppendEscaped(dst, v.Text())
		}
		return append(dst, v.Text()...)
	case value.Safe:
		return append(dst, v.Text()...)
	case value.None, value.Bool:
		return value.AppendStr(dst, v)
	case value.Int, value.Uint:
		if e.NoLocalize || !e.Format.UseThousand {
			return value.AppendStr(dst, v)
		}
	case value.Float:
		if f := v.Float(); (e.NoLocalize || !e.Format.UseThousand && e.Locale.Decimal == ".") && (f == 0 || math.Abs(f) >= 1e-4 && math.Abs(f) < 1e16) {
			return pyfmt.AppendFloat(dst, f)
		}
	}
	return e.printSlow(dst, v)
}

func (e *Env) printSlow(dst []byte, v value.Value) []byte {
	if html, ok := v.HTML(); ok {
		return append(dst, html...)
	}
	text := e.Localize(v)
	if e.Autoescape {
		return AppendEscaped(dst, text)
	}
	return append(dst, text...)
}

// Localize returns a value as text in the language's formats.
func (e *Env) Localize(v value.Value) string {
	v = e.LocalTime(v)
	k := v.Kind()
	if v.HasString() && (k == value.Int || k == value.Uint || k == value.Float || k == value.Bool) {
		return v.Str()
	}
	switch k {
	case value.Int, value.Uint, value.BigInt, value.Float, value.Decimal:
		if e.NoLocalize {
			return v.Str()
		}
		return e.Number(v, -1, false, true)
	case value.DateTime:
		return e.mustDate(v, "DATETIME_FORMAT")
	case value.Date:
		return e.mustDate(v, "DATE_FORMAT")
	case value.Clock:
		return e.mustDate(v, "TIME_FORMAT")
	}
	return v.Str()
}

func (e *Env) mustDate(v value.Value, format string) string {
	s, err := e.Date(v, format)
	if err != nil {
		return v.Str()
	}
	return s
}

// Date returns a date or time in a format: Django's name of one, or letters.
func (e *Env) Date(v value.Value, format string) (string, error) {
	return dateformat.Format(v.Time(), momentKind(v), e.DateFormat(format), e.Locale)
}

// DateFormat returns the letters of a named format, or the format itself.
func (e *Env) DateFormat(format string) string {
	if !strings.HasSuffix(format, "_FORMAT") {
		return format
	}
	l := e.Locale
	if e.NoLocalize {
		l = locale.Find("en")
		if f, ok := e.Format.Named[format]; ok {
			return f
		}
	}
	if f, ok := l.Format(format); ok {
		return f
	}
	return format
}

func momentKind(v value.Value) dateformat.Kind {
	switch {
	case v.Kind() == value.Date:
		return dateformat.Date
	case v.Kind() == value.Clock:
		return dateformat.Clock
	case v.IsNaive():
		return dateformat.Naive
	}
	return dateformat.Aware
}

// maxDigits is how many digits a number may have to be printed without an exponent.
const maxDigits = 200

// Number prints a number with places digits after the point (-1: as many as there are). Localized says whether the
// language's separators are used, group whether digits are grouped even if the site does not.
func (e *Env) Number(v value.Value, places int, group, localized bool) string {
	var text string
	switch v.Kind() {
	case value.Decimal:
		d := v.Decimal()
		if d.Form != 0 {
			return d.String()
		}
		if abs(d.Exp)+len(d.Digits()) > maxDigits {
			return e.scientific(d, places, group, localized)
		}
		text = cutoff(d, places).Fixed()
	case value.Float:
		text = pyfmt.Float(v.Float())
		if strings.ContainsAny(text, "eE") {
			if d, ok := pyfmt.ParseDecimal(text); ok {
				if abs(d.Exp)+len(d.Digits()) > maxDigits {
					return e.scientific(d, places, group, localized)
				}
				text = cutoff(d, places).Fixed()
			}
		}
	default:
		text = v.Str()
	}
	return e.digits(text, places, group, localized)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// cutoff is zero for a number too small to show in places digits.
func cutoff(d *pyfmt.Decimal, places int) *pyfmt.Decimal {
	if places < 0 || d.IsZero() {
		return d
	}
	if d.Exp+len(d.Digits())-1 < -max(places, 1) {
		return pyfmt.NewDecimal(new(big.Int), 0)
	}
	return d
}

func (e *Env) scientific(d *pyfmt.Decimal, places int, group, localized bool) string {
	coef, exp, _ := strings.Cut(d.Scientific(), "e")
	return e.digits(coef, places, group, localized) + "e" + exp
}

// digits sets the separators of a plain decimal number.
func (e *Env) digits(text string, places int, group, localized bool) string {
	decimal, thousand, grouping := e.separators()
	if !localized {
		decimal, thousand, grouping = e.plainSeparators()
	}
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, frac, _ := strings.Cut(text, ".")
	if places >= 0 {
		if len(frac) > places {
			frac = frac[:places]
		}
		frac += strings.Repeat("0", places-len(frac))
	}
	if frac != "" {
		frac = decimal + frac
	}
	if (localized && e.Format.UseThousand || group) && len(grouping) > 0 && grouping[0] != 0 {
		whole = groupDigits(whole, thousand, grouping)
	}
	return sign + whole + frac
}

func (e *Env) separators() (decimal, thousand string, grouping []int) {
	l := e.Locale
	return l.Decimal, l.Thousand, l.Grouping
}

func (e *Env) plainSeparators() (decimal, thousand string, grouping []int) {
	return e.override(".", ",", []int{0})
}

func (e *Env) override(decimal, thousand string, grouping []int) (string, string, []int) {
	if e.Format.Decimal != "" {
		decimal = e.Format.Decimal
	}
	if e.Format.Thousand != "" {
		thousand = e.Format.Thousand
	}
	if e.Format.Grouping != nil {
		grouping = e.Format.Grouping
	}
	return decimal, thousand, grouping
}

// groupDigits puts the separator between groups of digits, counted from the right; the last size repeats.
func groupDigits(whole, sep string, sizes []int) string {
	var groups []string
	size := sizes[0]
	for rest := sizes[1:]; size > 0 && len(whole) > size; {
		groups = append(groups, whole[len(whole)-size:])
		whole = whole[:len(whole)-size]
		if len(rest) > 0 {
			if rest[0] != 0 {
				size = rest[0]
			}
			rest = rest[1:]
		}
	}
	var b strings.Builder
	b.WriteString(whole)
	for i := len(groups) - 1; i >= 0; i-- {
		b.WriteString(sep + groups[i])
	}
	return b.String()
}

// now is the environment's clock.
func (e *Env) now() time.Time {
	if e.Now != nil {
		return e.Now()
	}
	return time.Now()
}
