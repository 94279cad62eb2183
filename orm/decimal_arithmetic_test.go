package orm_test

import (
	"math/big"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

func TestDecimalArithmetic(t *testing.T) {
	t.Parallel()
	d := orm.MustDecimal
	tests := []struct {
		name string
		got  orm.Decimal
		want string
	}{
		{"sum keeps the places", d("1.50").Add(d("2")), "3.50"},
		{"sum of a carry", d("0.99").Add(d("0.01")), "1.00"},
		{"zero value", orm.Decimal{}.Add(d("0.10")), "0.10"},
		{"difference below zero", d("1").Sub(d("1.05")), "-0.05"},
		{"difference to nothing", d("1.5").Sub(d("1.50")), "0.00"},
		{"product", d("19.99").Mul(d("1.19")), "23.7881"},
		{"product with a quantity", d("-0.05").Mul(orm.DecimalOf(3)), "-0.15"},
		{"product below one", d("0.1").Mul(d("0.1")), "0.01"},
		{"quotient to even", d("1").Div(d("8"), 2), "0.12"},
		{"quotient without end", d("-2").Div(d("3"), 4), "-0.6667"},
		{"quotient of whole numbers", d("7").Div(d("2"), 0), "4"},
		{"negative", d("1.20").Neg(), "-1.20"},
		{"without sign", d("-1.20").Abs(), "1.20"},
		{"many digits", d("12345678901234567890.123456789").Add(d("0.000000001")), "12345678901234567890.123456790"},
		{"number without whole part", d(".5").Add(d("-.25")), "0.25"},
		{"number without a part", d("5.").Mul(d("2")), "10"},
		{"rounded to nothing", d("-0.004").Round(2), "0.00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.got.String() != tt.want {
				t.Errorf("%s, want %s", tt.got, tt.want)
			}
		})
	}
	if !d("0.00").IsZero() || d("0.01").IsZero() || d("-3").Sign() != -1 {
		t.Error("the sign of 0.00, 0.01 or -3 is wrong")
	}
}

// FuzzDecimal compares arithmetic with that of fractions.
func FuzzDecimal(f *testing.F) {
	f.Add("1.50", "-2")
	f.Add(".5", "100000000000000000000.001")
	f.Fuzz(func(t *testing.T, x, y string) {
		a, err := orm.NewDecimal(x)
		b, err2 := orm.NewDecimal(y)
		if err != nil || err2 != nil || len(x)+len(y) > 200 {
			return // NewDecimal's own tests are elsewhere; here are numbers
		}
		for name, pair := range map[string][2]*big.Rat{
			"sum":        {a.Add(b).Rat(), new(big.Rat).Add(a.Rat(), b.Rat())},
			"difference": {a.Sub(b).Rat(), new(big.Rat).Sub(a.Rat(), b.Rat())},
			"product":    {a.Mul(b).Rat(), new(big.Rat).Mul(a.Rat(), b.Rat())},
		} {
			if pair[0].Cmp(pair[1]) != 0 {
				t.Errorf("the %s of %q and %q is %s, want %s", name, x, y, pair[0], pair[1])
			}
		}
	})
}
