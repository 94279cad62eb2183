package value

import (
	"context"
	"iter"
	"math"
	"math/big"
	"reflect"
	"time"
	"unsafe"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// Value is a value of any kind. The zero Value is undefined. It refers to the Go value rather than copying it, so it is
// valid as long as that does not change.
type Value struct {
	t *Type
	// p is the text's bytes, the first element, the map, or the address of the Go value, by the type's kind.
	p unsafe.Pointer
	// n is a number's bits, or a length.
	n uint64
}

// The types of the values that the engine makes itself.
var (
	noneType     = &Type{kind: None, name: "None"}
	boolType     = basic(Bool, reflect.TypeFor[bool]())
	intType      = basic(Int, reflect.TypeFor[int]())
	int64Type    = basic(Int, reflect.TypeFor[int64]())
	floatType    = basic(Float, reflect.TypeFor[float64]())
	stringType   = basic(String, reflect.TypeFor[string]())
	safeType     = &Type{kind: Safe, name: "safe string", load: loadString}
	bytesType    = basic(Bytes, reflect.TypeFor[[]byte]())
	bigType      = &Type{kind: BigInt, name: "*big.Int", rt: reflect.TypeFor[big.Int](), load: loadAddr}
	decimalType  = &Type{kind: Decimal, name: "decimal", rt: reflect.TypeFor[pyfmt.Decimal](), load: loadAddr}
	timeType     = &Type{kind: DateTime, name: "time.Time", rt: reflect.TypeFor[time.Time](), load: loadAddr}
	fixedType    = &Type{kind: DateTime, name: "time.Time", fixed: true}
	naiveType    = &Type{kind: DateTime, name: "naive time", naive: true}
	dateType     = &Type{kind: Date, name: "date"}
	clockType    = &Type{kind: Clock, name: "time of day"}
	durationType = basic(Duration, reflect.TypeFor[time.Duration]())
	tupleType    = &Type{kind: Tuple, name: "tuple"}
	listType     = &Type{kind: List, name: "list", values: true}
	itemsType    = &Type{kind: List, name: "dict_items", values: true, view: "dict_items"}
	keysType     = &Type{kind: List, name: "dict_keys", values: true, view: "dict_keys"}
	valuesType   = &Type{kind: List, name: "dict_values", values: true, view: "dict_values"}
	setType      = &Type{kind: Set, name: "set"}
	dictType     = &Type{kind: Dict, name: "dict"}
	rangeType    = &Type{kind: Range, name: "range"}
	seqType      = &Type{kind: Seq, name: "sequence", values: true}
)

func basic(k Kind, rt reflect.Type) *Type {
	return &Type{kind: k, name: rt.String(), rt: rt, load: loadOf(rt)}
}

// NoneValue is Python's None.
func NoneValue() Value { return Value{t: noneType} }

// OfBool returns b as a value.
func OfBool(b bool) Value {
	if b {
		return Value{t: boolType, n: 1}
	}
	return Value{t: boolType}
}

// OfInt returns n as a value.
func OfInt(n int64) Value { return Value{t: int64Type, n: uint64(n)} }

// OfFloat returns f as a value.
func OfFloat(f float64) Value { return Value{t: floatType, n: math.Float64bits(f)} }

// OfString returns s as a value.
func OfString(s string) Value {
	return Value{t: stringType, p: unsafe.Pointer(unsafe.StringData(s)), n: uint64(len(s))}
}

// OfSafe returns s as text that is safe HTML.
func OfSafe(s string) Value {
	return Value{t: safeType, p: unsafe.Pointer(unsafe.StringData(s)), n: uint64(len(s))}
}

// OfBig returns n as a value, a plain integer if it fits.
func OfBig(n *big.Int) Value {
	if n.IsInt64() {
		return OfInt(n.Int64())
	}
	return Value{t: bigType, p: unsafe.Pointer(n)}
}

// OfDecimal returns d as a value.
func OfDecimal(d *pyfmt.Decimal) Value { return Value{t: decimalType, p: unsafe.Pointer(d)} }

// OfTime returns t as a value.
func OfTime(t time.Time) Value { return Value{t: timeType, p: unsafe.Pointer(&t)} }

// OfFixedTime returns t as a value that stays in its zone when it is printed.
func OfFixedTime(t time.Time) Value { return Value{t: fixedType, p: unsafe.Pointer(&t)} }

// IsFixed says whether a DateTime stays in its zone when it is printed.
func (v Value) IsFixed() bool { return v.t != nil && v.t.fixed }

// OfNaive returns t's date and time of day as a value without a zone.
func OfNaive(t time.Time) Value { return Value{t: naiveType, p: unsafe.Pointer(&t)} }

// OfDate returns t's date as a value.
func OfDate(t time.Time) Value { return Value{t: dateType, p: unsafe.Pointer(&t)} }

// OfClock returns t's time of day as a value.
func OfClock(t time.Time) Value { return Value{t: clockType, p: unsafe.Pointer(&t)} }

// OfDuration returns d as a value.
func OfDuration(d time.Duration) Value { return Value{t: durationType, n: uint64(d)} }

// OfList returns values as a list.
func OfList(values []Value) Value {
	return Value{t: listType, p: unsafe.Pointer(unsafe.SliceData(values)), n: uint64(len(values))}
}

// ofView returns values as one of a dictionary's views.
func ofView(t *Type, values []Value) Value {
	return Value{t: t, p: unsafe.Pointer(unsafe.SliceData(values)), n: uint64(len(values))}
}

// IsView says whether the value is the items, keys or values of a dictionary, which have no numbers.
func (v Value) IsView() bool { return v.t != nil && v.t.view != "" }

// OfTuple returns values as a tuple.
func OfTuple(values ...Value) Value {
	return Value{t: tupleType, p: unsafe.Pointer(unsafe.SliceData(values)), n: uint64(len(values))}
}

// OfSet returns values as a set.
func OfSet(values []Value) Value {
	return Value{t: setType, p: unsafe.Pointer(unsafe.SliceData(values)), n: uint64(len(values))}
}

// OfDict returns d as a value.
func OfDict(d *Pairs) Value { return Value{t: dictType, p: unsafe.Pointer(d)} }

// OfRange returns Python's range(start, stop, step).
func OfRange(r *Steps) Value { return Value{t: rangeType, p: unsafe.Pointer(r)} }

// OfSeq returns a sequence that is made while it is walked.
func OfSeq(seq iter.Seq[Value]) Value {
	return Value{t: seqType, p: unsafe.Pointer(&seq)}
}

// OfSpecial returns a value with methods of its own, made by the engine.
func OfSpecial(t *Type, p unsafe.Pointer) Value { return Value{t: t, p: p} }

// Kind returns the value's kind.
func (v Value) Kind() Kind {
	if v.t == nil {
		return Undefined
	}
	return v.t.kind
}

// Type returns the value's type, nil for an undefined value.
func (v Value) Type() *Type { return v.t }

// Pointer returns the address behind a Special value.
func (v Value) Pointer() unsafe.Pointer { return v.p }

// IsUndefined says whether the variable does not exist.
func (v Value) IsUndefined() bool { return v.t == nil }

// IsNone says whether the value is None or undefined.
func (v Value) IsNone() bool { return v.t == nil || v.t.kind == None }

// IsNaive says whether a DateTime is without a zone.
func (v Value) IsNaive() bool { return v.t != nil && v.t.naive }

// Text returns the text of a String or Safe value, without a copy.
func (v Value) Text() string { return unsafe.String((*byte)(v.p), int(v.n)) }

// Bool returns a Bool's value.
func (v Value) Bool() bool { return v.n != 0 }

// Int returns an Int's, Bool's or Duration's value.
func (v Value) Int() int64 { return int64(v.n) }

// Uint returns a Uint's value.
func (v Value) Uint() uint64 { return v.n }

// Float returns a Float's value.
func (v Value) Float() float64 { return math.Float64frombits(v.n) }

// Big returns a BigInt's value.
func (v Value) Big() *big.Int { return (*big.Int)(v.p) }

// Decimal returns a Decimal's value.
func (v Value) Decimal() *pyfmt.Decimal {
	if v.t.exact {
		d, ok := pyfmt.ParseDecimal(v.t.iface(v.p).(ratter).String())
		if !ok {
			return &pyfmt.Decimal{Form: 2, Coef: new(big.Int)}
		}
		return d
	}
	if v.t.decompose {
		d := v.t.iface(v.p).(decomposer)
		form, neg, coef, exp := d.Decompose(nil)
		return &pyfmt.Decimal{Form: form, Neg: neg, Coef: new(big.Int).SetBytes(coef), Exp: int(exp)}
	}
	return (*pyfmt.Decimal)(v.p)
}

// Time returns a DateTime's, Date's or Clock's value: a date at midnight, a time of day in year 1, both in UTC.
func (v Value) Time() time.Time {
	if v.t.civil != nil {
		return v.t.civil(v.t.iface(v.p))
	}
	return *(*time.Time)(v.p)
}

// Duration returns a Duration's value.
func (v Value) Duration() time.Duration { return time.Duration(v.n) }

// Bytes returns a Bytes' value.
func (v Value) Bytes() []byte { return unsafe.Slice((*byte)(v.p), int(v.n)) }

func (v Value) values() []Value { return unsafe.Slice((*Value)(v.p), int(v.n)) }

func (v Value) pairs() *Pairs { return (*Pairs)(v.p) }

func (v Value) steps() *Steps { return (*Steps)(v.p) }

// Lazy resolves a value that is loaded at its first use.
func (v Value) Lazy(ctx context.Context) (Value, error) {
	for depth := 0; v.t != nil && v.t.valuer && depth < 8; depth++ {
		got, err := v.t.iface(v.p).(valuer).TemplateValue(ctx)
		if err != nil {
			return Value{}, err
		}
		v = v.t.reg.Of(got)
	}
	return v, nil
}

// IsLazy says whether the value must be loaded by Lazy before it is used.
func (v Value) IsLazy() bool { return v.t != nil && v.t.valuer }

// mappingKey returns the value under a key of a Mapping.
func (v Value) mappingKey(key string) (Value, bool) {
	if v.t.query {
		s, ok := v.t.iface(v.addr()).(queryLike).Lookup(key)
		return OfString(s), ok
	}
	a, ok := v.t.iface(v.addr()).(mapping).TemplateKey(key)
	if !ok {
		return Value{}, false
	}
	return v.t.reg.Of(a), true
}

// mappingKeys returns the keys of a Mapping.
func (v Value) mappingKeys() []string {
	if v.t.query {
		return v.t.iface(v.addr()).(queryLike).Keys()
	}
	return v.t.iface(v.addr()).(mapping).TemplateKeys()
}
