package filters

import (
	"math/big"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

// percentArg shows a value to Python's % operator.
type percentArg struct{ v value.Value }

var _ pyfmt.Arg = percentArg{}

func (a percentArg) Str() string { return a.v.Str() }

func (a percentArg) Repr() string { return a.v.Repr() }

func (a percentArg) Int() (n *big.Int, exact, ok bool) {
	if !a.v.Kind().IsNumber() {
		return nil, false, false
	}
	n, ok = a.v.BigInt()
	return n, a.v.Kind().IsInteger(), ok
}

func (a percentArg) Float() (float64, bool) { return a.v.AsFloat() }

func (a percentArg) IsMapping() bool {
	switch a.v.Kind() {
	case value.Map, value.Dict, value.Mapping, value.List, value.Bytes, value.Range:
		return true // whatever has keys or numbers is one to Python
	}
	return false
}

func (a percentArg) Key(name string) (pyfmt.Arg, bool) {
	switch a.v.Kind() {
	case value.Map, value.Dict, value.Mapping:
		got, ok := a.v.Item(value.OfString(name))
		return percentArg{got}, ok
	}
	return nil, false
}
