package dialect

import (
	"math"
	"slices"
	"time"
)

// ValueKind says which part of a Value holds it.
type ValueKind uint8

// The kinds of values that drivers bind.
const (
	Null ValueKind = iota
	Int
	Float
	Text
	Bytes
	Bool
	Time     // a moment
	Date     // a day: the moment's date in UTC
	Clock    // a time of day, in nanoseconds since midnight
	Duration // nanoseconds
	UUID     // 16 bytes in S
	JSON     // JSON text in S
	Decimal  // digits in S
	List     // []Value in X, for IN and BETWEEN
	Custom   // a Go value in X that its column's codec stores; it never reaches a driver
	Tuple    // the values of several columns, in S: TupleValue; it never reaches a driver
)

// Value is an argument of a statement. It is a union that needs no allocation for the common kinds.
type Value struct {
	Kind ValueKind
	M    int32 // nanoseconds of a Time
	N    int64 // Int, Bool (0, 1), Float (its bits), Time (Unix seconds), Clock, Duration
	S    string
	X    any
}

// IntValue and the other constructors make a Value of one kind.
func IntValue(n int64) Value { return Value{Kind: Int, N: n} }

// FloatValue makes a floating-point value.
func FloatValue(f float64) Value { return Value{Kind: Float, N: int64(math.Float64bits(f))} }

// TextValue makes a text value.
func TextValue(s string) Value { return Value{Kind: Text, S: s} }

// BytesValue makes a binary value; b is copied.
func BytesValue(b []byte) Value { return Value{Kind: Bytes, S: string(b)} }

// BoolValue makes a truth value.
func BoolValue(b bool) Value {
	if b {
		return Value{Kind: Bool, N: 1}
	}
	return Value{Kind: Bool}
}

// TimeValue makes a value of a moment.
func TimeValue(t time.Time) Value {
	return Value{Kind: Time, N: t.Unix(), M: int32(t.Nanosecond())}
}

// DateValue makes a value of the day that t shows in its own zone.
func DateValue(t time.Time) Value {
	y, m, d := t.Date()
	return Value{Kind: Date, N: time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()}
}

// ListValue makes a list, for IN and BETWEEN.
func ListValue(vs []Value) Value { return Value{Kind: List, X: vs} }

// Float returns a Float's number.
func (v Value) Float() float64 { return math.Float64frombits(uint64(v.N)) }

// Time returns the moment of a Time or Date, in UTC.
func (v Value) Time() time.Time { return time.Unix(v.N, int64(v.M)).UTC() }

// Values returns the parts of a List or Tuple.
func (v Value) Values() []Value {
	if v.Kind == Tuple {
		return tupleParts(v.S)
	}
	vs, _ := v.X.([]Value)
	return vs
}

// Equal says that two values are the same, lists element by element.
func (v Value) Equal(o Value) bool {
	if v.Kind != List || o.Kind != List {
		return v.Kind != Custom && v.Kind == o.Kind && v.M == o.M && v.N == o.N && v.S == o.S
	}
	return slices.EqualFunc(v.Values(), o.Values(), Value.Equal)
}

// Any returns the value as a Go value of the standard library, for logs and messages.
func (v Value) Any() any {
	switch v.Kind {
	case Int:
		return v.N
	case Float:
		return v.Float()
	case Text, Decimal, JSON:
		return v.S
	case Bytes, UUID:
		return []byte(v.S)
	case Bool:
		return v.N != 0
	case Time, Date:
		return v.Time()
	case Clock, Duration:
		return time.Duration(v.N)
	case Custom:
		return v.X
	case List, Tuple:
		vs := v.Values()
		out := make([]any, len(vs))
		for i := range vs {
			out[i] = vs[i].Any()
		}
		return out
	}
	return nil
}
