package plan

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/validators"
)

// Codec moves a field between a struct and the database. P is always the field's address.
type Codec struct {
	// Get reads the field.
	Get func(p unsafe.Pointer) dialect.Value
	// Set fills the field from column i of a row.
	Set func(p unsafe.Pointer, r dialect.Row, i int) error
	// Zero says that the field holds its zero value.
	Zero func(p unsafe.Pointer) bool

	plain plainType
}

// plainType names the Go types that most values of queries have.
type plainType uint8

const (
	notPlain plainType = iota
	plainInt64
	plainString
)

// Plain is Get for the commonest types. It does not keep the address, so that a value on the stack stays there; a function
// value such as Get could.
func (c *Codec) Plain(p unsafe.Pointer) (dialect.Value, bool) {
	switch c.plain {
	case plainInt64:
		return dialect.IntValue(*(*int64)(p)), true
	case plainString:
		return dialect.TextValue(*(*string)(p)), true
	}
	return dialect.Value{}, false
}

var timeType = reflect.TypeFor[time.Time]()

// GoCodec returns the codec that the Go type alone suggests, or nil. A description may refine it.
func GoCodec(t reflect.Type) *Codec { return NewCodec(t, GoKind(t)) }

// GoKind is the kind of column that a Go type gets when nothing else is said.
func GoKind(t reflect.Type) schema.Kind {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case timeType:
		return schema.DateTime
	case reflect.TypeFor[time.Duration]():
		return schema.Duration
	}
	switch t.Kind() {
	case reflect.String:
		return schema.Text
	case reflect.Bool:
		return schema.Boolean
	case reflect.Int, reflect.Int64:
		return schema.BigInteger
	case reflect.Int32:
		return schema.Integer
	case reflect.Int8, reflect.Int16:
		return schema.SmallInteger
	case reflect.Uint, reflect.Uint64:
		return schema.PositiveBigInteger
	case reflect.Uint32:
		return schema.PositiveInteger
	case reflect.Uint8, reflect.Uint16:
		return schema.PositiveSmallInteger
	case reflect.Float32, reflect.Float64:
		return schema.Float
	case reflect.Array:
		if t.Len() == 16 && t.Elem().Kind() == reflect.Uint8 {
			return schema.UUID
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return schema.Binary
		}
	case reflect.Struct:
		if isRelationType(t) && t.NumField() > 1 {
			return schema.ForeignKey
		}
		if _, ok := reflect.New(t).Interface().(Scalar); ok {
			return reflect.New(t).Interface().(Scalar).ColumnKind()
		}
	}
	return schema.Invalid
}

// Scalar is a struct type that is one column and knows how to be stored (orm.Decimal and its like).
type Scalar interface {
	ColumnKind() schema.Kind
	ColumnValue() dialect.Value
	SetColumn(r dialect.Row, i int) error
}

// NewCodec returns the codec of a Go type for a kind of column, or nil when the two do not fit.
func NewCodec(t reflect.Type, kind schema.Kind) *Codec {
	if kind == schema.JSON {
		return jsonCodec(t)
	}
	if t.Kind() == reflect.Pointer {
		inner := NewCodec(t.Elem(), kind)
		if inner == nil {
			return nil
		}
		return pointerCodec(t.Elem(), inner)
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[Scalar]()) {
		return scalarCodec(t)
	}
	switch {
	case t == timeType && kind == schema.Date:
		return &Codec{
			Get:  func(p unsafe.Pointer) dialect.Value { return dialect.DateValue(*(*time.Time)(p)) },
			Set:  setTime,
			Zero: func(p unsafe.Pointer) bool { return (*time.Time)(p).IsZero() },
		}
	case t == timeType && kind == schema.DateTime:
		return &Codec{
			Get:  func(p unsafe.Pointer) dialect.Value { return dialect.TimeValue(*(*time.Time)(p)) },
			Set:  setTime,
			Zero: func(p unsafe.Pointer) bool { return (*time.Time)(p).IsZero() },
		}
	case t == timeType:
		return nil
	}

	switch t.Kind() {
	case reflect.String:
		if kind == schema.Decimal {
			return stringCodec(dialect.Decimal)
		}
		return stringCodec(dialect.Text)
	case reflect.Bool:
		return &Codec{
			Get:  func(p unsafe.Pointer) dialect.Value { return dialect.BoolValue(*(*bool)(p)) },
			Set:  func(p unsafe.Pointer, r dialect.Row, i int) error { *(*bool)(p) = r.Bool(i); return nil },
			Zero: func(p unsafe.Pointer) bool { return !*(*bool)(p) },
		}
	case reflect.Int64, reflect.Int:
		switch kind {
		case schema.Duration:
			return durationCodec(dialect.Duration)
		case schema.Time:
			return durationCodec(dialect.Clock)
		}
		if t.Size() == 4 {
			return intCodec[int32]()
		}
		return intCodec[int64]()
	case reflect.Int32:
		return intCodec[int32]()
	case reflect.Int16:
		return intCodec[int16]()
	case reflect.Int8:
		return intCodec[int8]()
	case reflect.Uint64, reflect.Uint:
		if t.Size() == 4 {
			return intCodec[uint32]()
		}
		return uint64Codec()
	case reflect.Uint32:
		return intCodec[uint32]()
	case reflect.Uint16:
		return intCodec[uint16]()
	case reflect.Uint8:
		return intCodec[uint8]()
	case reflect.Float64:
		return floatCodec[float64]()
	case reflect.Float32:
		return floatCodec[float32]()
	case reflect.Array:
		if t.Len() == 16 && t.Elem().Kind() == reflect.Uint8 {
			return uuidCodec()
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return bytesCodec()
		}
	case reflect.Struct:
		if isRelationType(t) && t.NumField() > 1 { // a foreign key: its first field is the other row's key
			key := t.Field(0).Type
			if key.Kind() == reflect.Struct && key.Size() == 0 {
				return columnlessCodec(t)
			}
			inner := NewCodec(key, GoKind(key))
			if inner == nil {
				inner = strangeCodec(key)
			}
			return keyCodec(inner)
		}
	}
	return nil
}

func setTime(p unsafe.Pointer, r dialect.Row, i int) (err error) {
	*(*time.Time)(p), err = r.Time(i)
	return err
}

type integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

func intCodec[I integer]() *Codec {
	c := &Codec{
		Get: func(p unsafe.Pointer) dialect.Value { return dialect.IntValue(int64(*(*I)(p))) },
		Set: func(p unsafe.Pointer, r dialect.Row, i int) error {
			n := r.Int(i)
			if int64(I(n)) != n {
				return fmt.Errorf("%d does not fit into the field's type", n)
			}
			*(*I)(p) = I(n)
			return nil
		},
		Zero: func(p unsafe.Pointer) bool { return *(*I)(p) == 0 },
	}
	if _, ok := any(I(0)).(int64); ok {
		c.plain = plainInt64
	}
	return c
}

// uint64Codec stores numbers that an int64 does not hold as digits. Of the databases MySQL alone has columns for them.
func uint64Codec() *Codec {
	c := intCodec[uint64]()
	c.Get = func(p unsafe.Pointer) dialect.Value {
		n := *(*uint64)(p)
		if n > math.MaxInt64 {
			return dialect.Value{Kind: dialect.Decimal, S: strconv.FormatUint(n, 10), N: 1}
		}
		return dialect.IntValue(int64(n))
	}
	set := c.Set
	c.Set = func(p unsafe.Pointer, r dialect.Row, i int) error {
		if n := r.Int(i); n < 0 {
			u, err := strconv.ParseUint(r.Text(i), 10, 64)
			if err != nil {
				return fmt.Errorf("%d does not fit into the field's type", n)
			}
			*(*uint64)(p) = u
			return nil
		}
		return set(p, r, i)
	}
	return c
}

// IPCodec stores addresses in the one spelling that Django gives them; an empty text is NULL. Inner moves the text.
func IPCodec(inner *Codec, unpack bool) *Codec {
	return &Codec{
		Get: func(p unsafe.Pointer) dialect.Value {
			v := inner.Get(p)
			if v.Kind != dialect.Text {
				return v
			}
			if v.S == "" {
				return dialect.Value{}
			}
			v.S = validators.CleanIP(v.S, unpack)
			return v
		},
		Set:  inner.Set,
		Zero: inner.Zero,
	}
}

func floatCodec[F float32 | float64]() *Codec {
	return &Codec{
		Get:  func(p unsafe.Pointer) dialect.Value { return dialect.FloatValue(float64(*(*F)(p))) },
		Set:  func(p unsafe.Pointer, r dialect.Row, i int) error { *(*F)(p) = F(r.Float(i)); return nil },
		Zero: func(p unsafe.Pointer) bool { return *(*F)(p) == 0 },
	}
}

func stringCodec(kind dialect.ValueKind) *Codec {
	c := &Codec{
		Get:  func(p unsafe.Pointer) dialect.Value { return dialect.Value{Kind: kind, S: *(*string)(p)} },
		Set:  func(p unsafe.Pointer, r dialect.Row, i int) error { *(*string)(p) = r.Text(i); return nil },
		Zero: func(p unsafe.Pointer) bool { return *(*string)(p) == "" },
	}
	if kind == dialect.Text {
		c.plain = plainString
	}
	return c
}

func bytesCodec() *Codec {
	return &Codec{
		Get: func(p unsafe.Pointer) dialect.Value {
			b := *(*[]byte)(p)
			if b == nil {
				b = []byte{}
			}
			return dialect.BytesValue(b)
		},
		Set:  func(p unsafe.Pointer, r dialect.Row, i int) error { *(*[]byte)(p) = r.Bytes(i); return nil },
		Zero: func(p unsafe.Pointer) bool { return len(*(*[]byte)(p)) == 0 },
	}
}

func uuidCodec() *Codec {
	return &Codec{
		Get: func(p unsafe.Pointer) dialect.Value {
			u := *(*[16]byte)(p)
			return dialect.Value{Kind: dialect.UUID, S: string(u[:])}
		},
		Set: func(p unsafe.Pointer, r dialect.Row, i int) error {
			u, err := r.UUID(i)
			*(*[16]byte)(p) = u
			return err
		},
		Zero: func(p unsafe.Pointer) bool { return *(*[16]byte)(p) == [16]byte{} },
	}
}

func durationCodec(kind dialect.ValueKind) *Codec {
	return &Codec{
		Get: func(p unsafe.Pointer) dialect.Value { return dialect.Value{Kind: kind, N: *(*int64)(p)} },
		Set: func(p unsafe.Pointer, r dialect.Row, i int) error {
			read := r.Duration
			if kind == dialect.Clock {
				read = r.Clock
			}
			d, err := read(i)
			*(*time.Duration)(p) = d
			return err
		},
		Zero: func(p unsafe.Pointer) bool { return *(*int64)(p) == 0 },
	}
}

// keyCodec stores a foreign key; the zero key is NULL.
func keyCodec(inner *Codec) *Codec {
	return &Codec{
		Get: func(p unsafe.Pointer) dialect.Value {
			if inner.Zero(p) {
				return dialect.Value{}
			}
			return inner.Get(p)
		},
		Set:  inner.Set,
		Zero: inner.Zero,
	}
}

// pointerCodec stores nil as NULL. New values of plain types are made without reflection.
func pointerCodec(elem reflect.Type, inner *Codec) *Codec {
	alloc := allocator(elem)
	return &Codec{
		Get: func(p unsafe.Pointer) dialect.Value {
			v := *(*unsafe.Pointer)(p)
			if v == nil {
				return dialect.Value{}
			}
			return inner.Get(v)
		},
		Set: func(p unsafe.Pointer, r dialect.Row, i int) error {
			if r.Null(i) {
				*(*unsafe.Pointer)(p) = nil
				return nil
			}
			v := alloc()
			*(*unsafe.Pointer)(p) = v
			return inner.Set(v, r, i)
		},
		Zero: func(p unsafe.Pointer) bool { return *(*unsafe.Pointer)(p) == nil },
	}
}

func allocator(t reflect.Type) func() unsafe.Pointer {
	switch {
	case t == timeType:
		return func() unsafe.Pointer { return unsafe.Pointer(new(time.Time)) }
	case t.Kind() == reflect.String:
		return func() unsafe.Pointer { return unsafe.Pointer(new(string)) }
	case t.Kind() == reflect.Int64:
		return func() unsafe.Pointer { return unsafe.Pointer(new(int64)) }
	case t.Kind() == reflect.Float64:
		return func() unsafe.Pointer { return unsafe.Pointer(new(float64)) }
	}
	return func() unsafe.Pointer { return reflect.New(t).UnsafePointer() }
}

func scalarCodec(t reflect.Type) *Codec {
	at := func(p unsafe.Pointer) Scalar { return reflect.NewAt(t, p).Interface().(Scalar) }
	return &Codec{
		Get:  func(p unsafe.Pointer) dialect.Value { return at(p).ColumnValue() },
		Set:  func(p unsafe.Pointer, r dialect.Row, i int) error { return at(p).SetColumn(r, i) },
		Zero: func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().IsZero() },
	}
}

// jsonCodec keeps any Go value as JSON text. A nil pointer, map, slice or interface is NULL in a nullable column and JSON
// null elsewhere; the column's description decides.
func jsonCodec(t reflect.Type) *Codec {
	return &Codec{
		Get: func(p unsafe.Pointer) dialect.Value {
			v := reflect.NewAt(t, p).Elem()
			b, err := EncodeJSON(v.Interface())
			if err != nil {
				return Failed(err)
			}
			return dialect.Value{Kind: dialect.JSON, S: b}
		},
		Set: func(p unsafe.Pointer, r dialect.Row, i int) error {
			v := reflect.NewAt(t, p)
			v.Elem().SetZero()
			if r.Null(i) {
				return nil
			}
			return json.Unmarshal([]byte(r.Text(i)), v.Interface())
		},
		Zero: func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().IsZero() },
	}
}

// EncodeJSON writes JSON as Django stores it in text columns: no HTML escapes.
func EncodeJSON(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// ValueOf turns any Go value into a Value; it serves the dynamic layer, where the type is not known before.
func ValueOf(v any) (dialect.Value, error) {
	switch v := v.(type) {
	case nil:
		return dialect.Value{}, nil
	case dialect.Value:
		return v, nil
	case string:
		return dialect.TextValue(v), nil
	case int:
		return dialect.IntValue(int64(v)), nil
	case int64:
		return dialect.IntValue(v), nil
	case bool:
		return dialect.BoolValue(v), nil
	case float64:
		return dialect.FloatValue(v), nil
	case []byte:
		return dialect.BytesValue(v), nil
	case time.Time:
		return dialect.TimeValue(v), nil
	case time.Duration:
		return dialect.Value{Kind: dialect.Duration, N: int64(v)}, nil
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer {
		if rv.IsNil() {
			return dialect.Value{}, nil
		}
		if _, isScalar := v.(Scalar); !isScalar {
			return ValueOf(rv.Elem().Interface())
		}
	}
	if k := GoKind(rv.Type()); k != schema.Invalid {
		if c := NewCodec(rv.Type(), k); c != nil {
			p := reflect.New(rv.Type())
			p.Elem().Set(rv)
			return c.Get(p.UnsafePointer()), nil
		}
	}
	if rv.Kind() == reflect.Slice || rv.Kind() == reflect.Array {
		vs := make([]dialect.Value, rv.Len())
		for i := range vs {
			x, err := ValueOf(rv.Index(i).Interface())
			if err != nil {
				return dialect.Value{}, err
			}
			vs[i] = x
		}
		return dialect.ListValue(vs), nil
	}
	if s, ok := v.(Scalar); ok {
		return s.ColumnValue(), nil
	}
	if m, ok := v.(encoding.TextMarshaler); ok {
		b, err := m.MarshalText()
		return dialect.TextValue(string(b)), err
	}
	return dialect.Value{}, fmt.Errorf("orm: a %T cannot be a value in a query", v)
}

// Copy copies a field of one object to another.
func (c *Codec) Copy(dst, src unsafe.Pointer, t reflect.Type) error {
	if isRelationType(t) { // the key only: what is loaded stays with its object
		t = t.Field(0).Type
	}
	reflect.NewAt(t, dst).Elem().Set(reflect.NewAt(t, src).Elem())
	return nil
}
