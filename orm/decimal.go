package orm

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// Decimal is an exact decimal number: money, measures. The zero value is 0. Add, Sub and Mul are exact, Div and Round say how
// many digits stay. Values are compared with Cmp or Equal; == only holds for the same digits ("1.5" is not "1.50").
type Decimal struct{ digits string }

// NewDecimal reads a number such as "12.50" or "-3".
func NewDecimal(s string) (Decimal, error) {
	t := strings.TrimSpace(s)
	r, ok := new(big.Rat).SetString(t)
	if !ok || strings.ContainsAny(t, "/_xXbBoOpP") {
		return Decimal{}, fmt.Errorf("orm: %q is not a decimal number", s)
	}
	if strings.ContainsAny(t, "eE") {
		if len(t) > 64 {
			return Decimal{}, fmt.Errorf("orm: %q is not a decimal number", s)
		}
		prec, _ := r.FloatPrec()
		t = r.FloatString(min(prec, 1000))
	}
	t = strings.TrimPrefix(t, "+")
	return Decimal{t}, nil
}

// MustDecimal is NewDecimal for package-level values; it panics on a mistake.
func MustDecimal(s string) Decimal {
	d, err := NewDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

// String returns the digits.
func (d Decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	return d.digits
}

// Rat returns the number for exact arithmetic.
func (d Decimal) Rat() *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		return new(big.Rat)
	}
	return r
}

// Float64 returns the nearest floating-point number.
func (d Decimal) Float64() float64 {
	f, _ := d.Rat().Float64()
	return f
}

// Cmp compares two numbers: -1, 0 or 1.
func (d Decimal) Cmp(other Decimal) int { return d.Rat().Cmp(other.Rat()) }

// Equal says whether two numbers are the same, whatever their digits.
func (d Decimal) Equal(other Decimal) bool { return d.Cmp(other) == 0 }

// Round rounds half to even to a number of digits after the point, as Django does when it saves.
func (d Decimal) Round(places int) Decimal { return roundRat(d.Rat(), places) }

func roundRat(r *big.Rat, places int) Decimal {
	scale := new(big.Rat).SetInt(powerOfTen(places))
	scaled := new(big.Rat).Mul(r, scale)
	q, rem := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	twice := new(big.Int).Abs(rem)
	twice.Lsh(twice, 1)
	if c := twice.Cmp(scaled.Denom()); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(int64(scaled.Sign())))
	}
	return decimalFrom(q, places)
}

// quantized is a number as a column of so many digits stores it: rounded, or an error when it has too many.
func quantized(s string, digits, places int) (string, error) {
	d, err := NewDecimal(s)
	if err != nil {
		return "", err
	}
	out := d.Round(places).String()
	whole, _, _ := strings.Cut(strings.TrimLeft(out, "-0"), ".")
	if len(whole) > digits-places {
		return "", fmt.Errorf("%s has more than %d digits, %d of them after the point", s, digits, places)
	}
	return out, nil
}

// MarshalText writes the digits.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the digits.
func (d *Decimal) UnmarshalText(b []byte) (err error) {
	*d, err = NewDecimal(string(b))
	return err
}

// ColumnKind, ColumnValue and SetColumn store the number.
func (d *Decimal) ColumnKind() schema.Kind { return schema.Decimal }

// ColumnValue is the number as an argument.
func (d *Decimal) ColumnValue() dialect.Value {
	return dialect.Value{Kind: dialect.Decimal, S: d.String()}
}

// SetColumn reads the number from a row.
func (d *Decimal) SetColumn(r dialect.Row, i int) (err error) {
	if r.Null(i) {
		*d = Decimal{}
		return nil
	}
	*d, err = NewDecimal(r.Text(i))
	return err
}
