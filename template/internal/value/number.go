package value

import (
	"math"
	"math/big"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// BigInt is Python's int() of a number or text: floats lose their fraction. Ok is false where Python raises an error.
func (v Value) BigInt() (*big.Int, bool) {
	switch v.Kind() {
	case Bool, Int:
		return big.NewInt(v.Int()), true
	case Uint:
		return new(big.Int).SetUint64(v.n), true
	case BigInt:
		return v.Big(), true
	case Float:
		f := v.Float()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, false
		}
		n, _ := big.NewFloat(f).Int(nil)
		return n, true
	case Decimal:
		d := v.Decimal()
		if d.Form != 0 || d.Exp > 10_000 {
			return nil, false
		}
		return d.Int(), true
	case String, Safe:
		return pyfmt.ParseInt(v.Text())
	}
	return nil, false
}

// Int64 is BigInt for numbers that fit.
func (v Value) Int64() (int64, bool) {
	if k := v.Kind(); k == Int || k == Bool {
		return v.Int(), true
	}
	n, ok := v.BigInt()
	if !ok || !n.IsInt64() {
		return 0, false
	}
	return n.Int64(), true
}

// ParseNumber is Python's float() of a number or text.
func (v Value) ParseNumber() (float64, bool) {
	if v.Kind().IsText() {
		return pyfmt.ParseFloat(v.Text())
	}
	return v.AsFloat()
}
