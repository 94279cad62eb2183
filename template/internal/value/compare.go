package value

import (
	"cmp"
	"math"
	"math/big"
	"strings"
	"unsafe"
)

func addOff(v Value, m *Member) unsafe.Pointer { return unsafe.Add(v.p, m.off) }

// Truth is Python's bool(): zero, "", empty lists and maps, None and undefined values are false, and so is a zero time.
func (v Value) Truth() bool {
	if v.t == nil {
		return false
	}
	switch v.t.kind {
	case None:
		return false
	case Bool, Int, Uint, Duration:
		return v.n != 0
	case Float:
		return v.Float() != 0
	case BigInt:
		return v.Big().Sign() != 0
	case Decimal:
		return !v.Decimal().IsZero()
	case String, Safe, Bytes, Tuple, Set:
		return v.n != 0
	case DateTime:
		return v.t.naive || !v.Time().IsZero()
	case List, Dict, Map, Mapping, Range:
		n, _ := v.Len()
		return n > 0
	case Object, Special:
		if n, ok := v.Len(); ok {
			return n > 0
		}
	}
	return true
}

// number returns a number's exact value; floats that are not finite give ok = false.
func (v Value) number() (*big.Rat, bool) {
	switch v.Kind() {
	case Bool, Int:
		return new(big.Rat).SetInt64(v.Int()), true
	case Uint:
		return new(big.Rat).SetUint64(v.n), true
	case BigInt:
		return new(big.Rat).SetInt(v.Big()), true
	case Float:
		r := new(big.Rat).SetFloat64(v.Float())
		return r, r != nil
	case Decimal:
		return v.Decimal().Rat()
	}
	return nil, false
}

// AsFloat returns a number as a float.
func (v Value) AsFloat() (float64, bool) {
	switch v.Kind() {
	case Bool, Int:
		return float64(v.Int()), true
	case Uint:
		return float64(v.n), true
	case Float:
		return v.Float(), true
	case BigInt:
		f, _ := new(big.Float).SetInt(v.Big()).Float64()
		return f, true
	case Decimal:
		return v.Decimal().Float(), true
	}
	return 0, false
}

// compareNumbers orders two numbers; ok is false if one is a NaN or no number.
func compareNumbers(a, b Value) (order int, ok bool) {
	ak, bk := a.Kind(), b.Kind()
	switch {
	case (ak == Int || ak == Bool) && (bk == Int || bk == Bool):
		return cmp.Compare(a.Int(), b.Int()), true
	case ak == Float && bk == Float:
		x, y := a.Float(), b.Float()
		return cmp.Compare(x, y), x == x && y == y
	}
	x, xok := a.number()
	y, yok := b.number()
	if xok && yok {
		return x.Cmp(y), true
	}
	f, fok := a.AsFloat()
	g, gok := b.AsFloat()
	return cmp.Compare(f, g), fok && gok && f == f && g == g
}

// Equal is Python's ==.
func Equal(a, b Value) bool { return equal(a, b, 0) }

func equal(a, b Value, depth int) bool {
	if depth > maxDepth {
		return false
	}
	ak, bk := a.Kind(), b.Kind()
	switch {
	case ak <= None || bk <= None:
		return ak <= None && bk <= None
	case ak.IsNumber() && bk.IsNumber():
		order, ok := compareNumbers(a, b)
		return ok && order == 0
	case ak.IsText() && bk.IsText():
		return a.Text() == b.Text()
	case ak == DateTime && bk == DateTime:
		return a.IsNaive() == b.IsNaive() && a.Time().Equal(b.Time())
	case (ak == Map || ak == Dict) && a.t == b.t && a.p == b.p: // the same one, which may hold itself
		return true
	case ak == Map || ak == Dict || ak == Mapping:
		return (bk == Map || bk == Dict || bk == Mapping) && equalMaps(a, b, depth+1)
	case ak != bk:
		return false
	}
	switch ak {
	case Date, Clock:
		return a.Time().Equal(b.Time())
	case Duration:
		return a.n == b.n
	case Bytes:
		return string(a.Bytes()) == string(b.Bytes())
	case List, Tuple:
		if a.t == b.t && a.p == b.p && a.n == b.n { // the same list, which may hold itself
			return true
		}
		order, ok := compareLists(a, b, depth+1, true)
		return ok && order == 0
	case Set:
		return subset(a, b) && subset(b, a)
	case Range:
		return *a.steps() == *b.steps()
	case Object:
		return equalObjects(a, b)
	}
	return a.t == b.t && a.p == b.p
}

func subset(a, b Value) bool {
	for _, x := range a.values() {
		if in, _ := Contains(b, x); !in {
			return false
		}
	}
	return true
}

func equalMaps(a, b Value, depth int) bool {
	items := a.Items()
	if n, _ := b.Len(); n != len(items) {
		return false
	}
	for _, item := range items {
		pair := item.values()
		other, ok := b.Item(pair[0])
		if !ok || !equal(pair[1], other, depth) {
			return false
		}
	}
	return true
}

// equalObjects compares two structs as Django compares models: by their ID if they have one; otherwise by ==.
func equalObjects(a, b Value) bool {
	if a.t != b.t {
		return false
	}
	if a.p == b.p {
		return true
	}
	if m := a.t.Member("id"); m != nil && m.call == nil && len(m.hops) == 0 {
		id := load(m.typ, addOff(a, m))
		return id.Truth() && Equal(id, load(m.typ, addOff(b, m)))
	}
	x, y := a.Reflect(), b.Reflect()
	return x.IsValid() && x.Comparable() && y.Comparable() && x.Equal(y)
}

// compareLists orders two lists; equality needs no order of the elements.
func compareLists(a, b Value, depth int, equality bool) (order int, ok bool) {
	var s, t Sequence
	if s.Fill(a) != nil || t.Fill(b) != nil {
		return 0, false
	}
	if equality && s.Len() != t.Len() {
		return 1, true
	}
	for i := range min(s.Len(), t.Len()) {
		x, y := s.At(i), t.At(i)
		if equal(x, y, depth) {
			continue
		}
		if equality {
			return 1, true
		}
		return compare(x, y, depth)
	}
	return cmp.Compare(s.Len(), t.Len()), true
}

// Compare orders two values; ok is false where Python raises an error, or a NaN is compared.
func Compare(a, b Value) (order int, ok bool) { return compare(a, b, 0) }

func compare(a, b Value, depth int) (order int, ok bool) {
	if depth > maxDepth {
		return 0, false
	}
	ak, bk := a.Kind(), b.Kind()
	switch {
	case ak.IsNumber() && bk.IsNumber():
		return compareNumbers(a, b)
	case ak.IsText() && bk.IsText():
		return strings.Compare(a.Text(), b.Text()), true
	case ak != bk:
		return 0, false
	}
	switch ak {
	case DateTime:
		return a.Time().Compare(b.Time()), a.IsNaive() == b.IsNaive()
	case Date, Clock:
		return a.Time().Compare(b.Time()), true
	case Duration:
		return cmp.Compare(a.Int(), b.Int()), true
	case Bytes:
		return strings.Compare(string(a.Bytes()), string(b.Bytes())), true
	case List, Tuple:
		return compareLists(a, b, depth+1, false)
	}
	return 0, false
}

// Contains is Python's item in v; ok is false where Python raises an error.
func Contains(v, item Value) (in, ok bool) {
	switch v.Kind() {
	case String, Safe:
		if !item.Kind().IsText() {
			return false, false
		}
		return strings.Contains(v.Text(), item.Text()), true
	case Bytes:
		switch item.Kind() {
		case Bytes:
			return strings.Contains(v.Text(), item.Text()), true
		case Bool, Int:
			n := item.Int()
			return n >= 0 && n < 256 && strings.IndexByte(v.Text(), byte(n)) >= 0, n >= 0 && n < 256
		}
		return false, false
	case Dict, Map, Mapping:
		if k := item.Kind(); k == List || k == Dict || k == Map || k == Set {
			return false, false
		}
		_, in = v.Item(item)
		return in, true
	}
	var s Sequence
	if s.Fill(v) != nil {
		return false, false
	}
	for i := range s.Len() {
		if Equal(s.At(i), item) {
			return true, true
		}
	}
	return false, true
}

// Identical is Python's a is b, as far as it can be told.
func Identical(a, b Value) bool {
	ak, bk := a.Kind(), b.Kind()
	switch {
	case ak <= None || bk <= None:
		return ak <= None && bk <= None
	case ak != bk:
		return false
	}
	switch ak {
	case Bool:
		return a.n == b.n
	case Int:
		return a.n == b.n && a.Int() >= -5 && a.Int() <= 256
	case Float:
		return a.n == b.n && !math.IsNaN(a.Float()) && a.p == b.p
	}
	return a.t == b.t && a.p == b.p && a.n == b.n
}
