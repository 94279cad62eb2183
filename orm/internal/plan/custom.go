package plan

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// Custom is what a column with a codec of its own needs beyond it.
type Custom struct {
	// Type is the Go type that the codec stores; Codec moves a value of it, not a pointer.
	Type  reflect.Type
	Codec *Codec
	// Encode turns a value of a condition or an update into the stored form. Stored forms stay as they are.
	Encode func(v dialect.Value) (dialect.Value, error)
	// Any reads a column as a value of Type.
	Any func(r dialect.Row, i int) (any, error)
	// Placeholder surrounds a parameter, Select the column where it is read; empty texts leave them alone.
	Placeholder, Select schema.SQL
	// Ops, if not nil, are the look-ups that the column allows, by their names.
	Ops []string
}

// Stored marks a value that has its stored form already: it stands in Value.X.
type Stored struct{}

// IsStored says that a value needs no codec any more.
func IsStored(v dialect.Value) bool {
	_, ok := v.X.(Stored)
	return ok
}

// Allows says whether the column allows a look-up.
func (c *Custom) Allows(op string) bool { return c.Ops == nil || slices.Contains(c.Ops, op) }

// Wrapped says that parameters of the column have something around them.
func (c *Custom) Wrapped() bool { return c != nil && !c.Placeholder.IsZero() }

// For returns the codec that reads a column into a Go type, or nil when the types differ.
func (c *Custom) For(t reflect.Type) *Codec {
	switch {
	case c == nil:
		return nil
	case t == c.Type:
		return c.Codec
	case t.Kind() == reflect.Pointer && t.Elem() == c.Type:
		return PointerCodec(c.Type, c.Codec)
	}
	return nil
}

// PointerCodec stores nil as NULL, other values by the codec of what they point to.
func PointerCodec(elem reflect.Type, inner *Codec) *Codec { return pointerCodec(elem, inner) }

// KeyCodec stores a foreign key by the codec of the key that it points to; the zero key is NULL.
func KeyCodec(target *Codec) *Codec { return keyCodec(target) }

// Failed is the value of a field that could not be encoded.
func Failed(err error) dialect.Value { return dialect.Value{Kind: dialect.Custom, X: err} }

// GoValue is a value of a type that has no form of its own in a database: its column's codec knows one.
func GoValue(v any) dialect.Value { return dialect.Value{Kind: dialect.Custom, X: v} }

// ValueFor is ValueOf for a value beside a column: what has no form of its own is left to the column's codec.
func ValueFor(v any) dialect.Value {
	out, err := ValueOf(v)
	if err == nil {
		return out
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array {
		return GoValue(v)
	}
	list := make([]dialect.Value, rv.Len())
	for i := range list {
		list[i] = ValueFor(rv.Index(i).Interface())
	}
	return dialect.ListValue(list)
}

// JSONValue is a Go value as JSON.
func JSONValue(v dialect.Value) (dialect.Value, error) {
	s, err := EncodeJSON(v.X)
	return dialect.Value{Kind: dialect.JSON, S: s}, err
}

// strangeCodec stands for the codec of a key whose type says nothing: that of the key that it points to takes its place.
func strangeCodec(t reflect.Type) *Codec {
	return &Codec{
		Get:  func(p unsafe.Pointer) dialect.Value { return GoValue(reflect.NewAt(t, p).Elem().Interface()) },
		Set:  func(unsafe.Pointer, dialect.Row, int) error { return fmt.Errorf("a %s cannot be read", t) },
		Zero: func(p unsafe.Pointer) bool { return IsZeroAt(t, p) },
	}
}

// IsZeroAt says that the value of a type at p is its zero value.
func IsZeroAt(t reflect.Type, p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().IsZero() }

// NoForm is the error of a Go value that no column's codec turned into one for the database.
func NoForm(v dialect.Value) error {
	return fmt.Errorf("a %T cannot be a value here (only its own column knows how to store it)", v.X)
}
