package orm

import (
	"math/big"
	"strconv"
	"strings"
)

// DecimalOf is a whole number as a decimal: price.Mul(orm.DecimalOf(line.Quantity)).
func DecimalOf[V Whole](n V) Decimal { return Decimal{strconv.FormatInt(int64(n), 10)} }

// Add returns d + other, exactly, with the more digits after the point of both: 1.50 + 2 is 3.50.
func (d Decimal) Add(other Decimal) Decimal {
	a, b, places := aligned(d, other)
	return decimalFrom(a.Add(a, b), places)
}

// Sub returns d - other, exactly, with the more digits after the point of both.
func (d Decimal) Sub(other Decimal) Decimal {
	a, b, places := aligned(d, other)
	return decimalFrom(a.Sub(a, b), places)
}

// Mul returns d × other, exactly, with the digits after the point of both together: 1.50 × 1.19 is 1.7850. Round says how many
// are wanted.
func (d Decimal) Mul(other Decimal) Decimal {
	a, n := d.coefficient()
	b, m := other.coefficient()
	return decimalFrom(a.Mul(a, b), n+m)
}

// Div returns d ÷ other, rounded half to even to a number of digits after the point. It panics if other is 0, like Go's own
// division; ask IsZero before.
func (d Decimal) Div(other Decimal, places int) Decimal {
	return roundRat(new(big.Rat).Quo(d.Rat(), other.Rat()), places)
}

// Neg returns -d.
func (d Decimal) Neg() Decimal { return Decimal{"0"}.Sub(d) }

// Abs returns d without its sign.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int { return d.Rat().Sign() }

// IsZero says whether the number is 0, with however many digits: 0.00 too.
func (d Decimal) IsZero() bool { return d.Sign() == 0 }

// coefficient is the number without its point, and how many digits stood after it.
func (d Decimal) coefficient() (*big.Int, int) {
	whole, part, _ := strings.Cut(d.String(), ".")
	n, ok := new(big.Int).SetString(whole+part, 10)
	if !ok {
		return new(big.Int), 0
	}
	return n, len(part)
}

// aligned are both coefficients with the same number of digits after the point.
func aligned(d, other Decimal) (a, b *big.Int, places int) {
	a, n := d.coefficient()
	b, m := other.coefficient()
	places = max(n, m)
	a.Mul(a, powerOfTen(places-n))
	b.Mul(b, powerOfTen(places-m))
	return a, b, places
}

func powerOfTen(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// decimalFrom puts the point back.
func decimalFrom(n *big.Int, places int) Decimal {
	digits := new(big.Int).Abs(n).String()
	if places > 0 {
		if len(digits) <= places {
			digits = strings.Repeat("0", places-len(digits)+1) + digits
		}
		digits = digits[:len(digits)-places] + "." + digits[len(digits)-places:]
	}
	if n.Sign() < 0 {
		digits = "-" + digits
	}
	return Decimal{digits}
}
