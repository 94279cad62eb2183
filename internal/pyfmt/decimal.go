package pyfmt

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is a decimal number as Python's decimal.Decimal: (-1)^Neg × Coef × 10^Exp. Form is 0 for a finite number, 1 for
// an infinity and 2 for a NaN, as in the Decompose method that database/sql knows.
type Decimal struct {
	Form byte
	Neg  bool
	Coef *big.Int
	Exp  int
}

// ParseDecimal reads what Python's Decimal() reads from text.
func ParseDecimal(s string) (*Decimal, bool) {
	s = strings.ReplaceAll(TrimSpace(s), "_", "")
	if s == "" || len(s) > 1<<16 {
		return nil, false
	}
	d := &Decimal{Coef: new(big.Int)}
	rest := s
	if rest[0] == '-' || rest[0] == '+' {
		d.Neg = rest[0] == '-'
		rest = rest[1:]
	}
	switch low := strings.ToLower(rest); {
	case low == "inf" || low == "infinity":
		d.Form = 1
		return d, true
	case strings.HasPrefix(low, "nan") && strings.Trim(low[3:], "0123456789") == "",
		strings.HasPrefix(low, "snan") && strings.Trim(low[4:], "0123456789") == "":
		d.Form = 2
		return d, true
	}
	mantissa := rest
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		exp := rest[i+1:]
		n, err := strconv.Atoi(exp)
		if err != nil || exp[len(exp)-1] < '0' || n > 1e9 || n < -1e9 {
			return nil, false
		}
		d.Exp, mantissa = n, rest[:i]
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	digits, ok := digitsOnly(whole + frac)
	if !ok || strings.Trim(digits, "0123456789") != "" {
		return nil, false
	}
	d.Exp -= len([]rune(frac))
	d.Coef.SetString(digits, 10)
	return d, true
}

// NewDecimal returns coef × 10^exp.
func NewDecimal(coef *big.Int, exp int) *Decimal {
	return &Decimal{Neg: coef.Sign() < 0, Coef: new(big.Int).Abs(coef), Exp: exp}
}

// Digits returns the coefficient's digits.
func (d *Decimal) Digits() string { return d.Coef.String() }

// IsZero says whether d is 0.
func (d *Decimal) IsZero() bool { return d.Form == 0 && d.Coef.Sign() == 0 }

// String prints d as Python's str does: 1.10, 1E+3, 1E-7, Infinity.
func (d *Decimal) String() string {
	sign := ""
	if d.Neg {
		sign = "-"
	}
	switch d.Form {
	case 1:
		return sign + "Infinity"
	case 2:
		return sign + "NaN"
	}
	digits := d.Digits()
	leftDigits := d.Exp + len(digits)
	point := leftDigits
	if d.Exp > 0 || leftDigits <= -6 {
		point = 1
	}
	var whole, frac string
	switch {
	case point <= 0:
		whole, frac = "0", "."+strings.Repeat("0", -point)+digits
	case point >= len(digits):
		whole = digits + strings.Repeat("0", point-len(digits))
	default:
		whole, frac = digits[:point], "."+digits[point:]
	}
	exp := ""
	if leftDigits != point {
		exp = "E" + plus(leftDigits-point)
	}
	return sign + whole + frac + exp
}

func plus(n int) string {
	if n < 0 {
		return strconv.Itoa(n)
	}
	return "+" + strconv.Itoa(n)
}

// Fixed prints d without an exponent: Python's "{:f}".format(d).
func (d *Decimal) Fixed() string {
	if d.Form != 0 {
		return d.String()
	}
	sign := ""
	if d.Neg {
		sign = "-"
	}
	digits := d.Digits()
	if d.Exp >= 0 {
		if d.Coef.Sign() == 0 {
			return sign + "0"
		}
		return sign + digits + strings.Repeat("0", d.Exp)
	}
	if n := -d.Exp - len(digits) + 1; n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	cut := len(digits) + d.Exp
	return sign + digits[:cut] + "." + digits[cut:]
}

// Scientific prints d with an exponent: Python's "{:e}".format(d).
func (d *Decimal) Scientific() string {
	if d.Form != 0 {
		return d.String()
	}
	digits := d.Digits()
	s := digits[:1]
	if len(digits) > 1 {
		s += "." + digits[1:]
	}
	if d.Neg {
		s = "-" + s
	}
	return s + "e" + plus(d.Exp+len(digits)-1)
}

// Int returns the whole part, towards zero.
func (d *Decimal) Int() *big.Int {
	out := new(big.Int).Set(d.Coef)
	if d.Exp > 0 {
		out.Mul(out, pow10(d.Exp))
	} else {
		out.Quo(out, pow10(-d.Exp))
	}
	if d.Neg {
		out.Neg(out)
	}
	return out
}

// IsInteger says whether d has no fraction.
func (d *Decimal) IsInteger() bool {
	if d.Form != 0 {
		return false
	}
	if d.Exp >= 0 || d.Coef.Sign() == 0 {
		return true
	}
	return new(big.Int).Rem(d.Coef, pow10(-d.Exp)).Sign() == 0
}

// Quantize rounds half up to places digits after the point.
func (d *Decimal) Quantize(places int) *Decimal {
	out := &Decimal{Neg: d.Neg, Coef: new(big.Int).Set(d.Coef), Exp: -places}
	switch shift := d.Exp + places; {
	case shift > 0:
		out.Coef.Mul(out.Coef, pow10(shift))
	case shift < 0:
		unit := pow10(-shift)
		rem := new(big.Int)
		out.Coef.QuoRem(out.Coef, unit, rem)
		if rem.Lsh(rem, 1).Cmp(unit) >= 0 {
			out.Coef.Add(out.Coef, big.NewInt(1))
		}
	}
	return out
}

// Rat returns the exact value of a finite number whose exponent is within ±10,000.
func (d *Decimal) Rat() (*big.Rat, bool) {
	if d.Form != 0 || d.Exp > 10_000 || d.Exp < -10_000 {
		return nil, false
	}
	num := new(big.Int).Set(d.Coef)
	if d.Neg {
		num.Neg(num)
	}
	if d.Exp >= 0 {
		return new(big.Rat).SetInt(num.Mul(num, pow10(d.Exp))), true
	}
	return new(big.Rat).SetFrac(num, pow10(-d.Exp)), true
}

// Float returns the nearest float.
func (d *Decimal) Float() float64 {
	switch {
	case d.Form == 1 && d.Neg:
		return math.Inf(-1)
	case d.Form == 1:
		return math.Inf(1)
	case d.Form == 2:
		return math.NaN()
	}
	f, _ := strconv.ParseFloat(d.Scientific(), 64)
	return f
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
