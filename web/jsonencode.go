package web

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// jsonEncoder writes one value.
type jsonEncoder struct {
	jsonOptions
	depth int
}

// jsonPlan writes the values of one type. It is made once for each type.
type jsonPlan struct {
	write func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error)
}

const maxJSONDepth = 500 // levels; more is taken for a cycle

var (
	timeType          = reflect.TypeFor[time.Time]()
	durationType      = reflect.TypeFor[time.Duration]()
	numberType        = reflect.TypeFor[json.Number]()
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
)

func (e *jsonEncoder) encode(b []byte, v any) ([]byte, error) {
	if v == nil {
		return append(b, "null"...), nil
	}
	rv := reflect.ValueOf(v)
	return jsonPlanFor(rv.Type()).write(e, b, rv)
}

func jsonPlanFor(t reflect.Type) *jsonPlan {
	if p, ok := jsonPlans.Load(t); ok {
		return p.(*jsonPlan)
	}
	p, _ := jsonPlans.LoadOrStore(t, &jsonPlan{makeJSONWriter(t)})
	return p.(*jsonPlan)
}

type jsonWriter = func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error)

// writeJSONValue writes a value through its type's plan, found when it is needed, so that types may contain themselves.
func writeJSONValue(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	return jsonPlanFor(v.Type()).write(e, b, v)
}

func makeJSONWriter(t reflect.Type) jsonWriter {
	switch t {
	case timeType:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return appendJSONTime(b, v.Interface().(time.Time)), nil
		}
	case durationType:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return appendJSONDuration(b, time.Duration(v.Int())), nil
		}
	case numberType:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			if s := v.String(); s != "" && json.Valid([]byte(s)) {
				return append(b, s...), nil
			}
			return append(b, '0'), nil
		}
	}
	switch {
	case t.Implements(marshalerType):
		return writeMarshaler
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(marshalerType):
		return addressable(writeMarshaler, makeJSONKind(t))
	case t.Implements(textMarshalerType):
		return writeTextMarshaler
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(textMarshalerType):
		return addressable(writeTextMarshaler, makeJSONKind(t))
	}
	return makeJSONKind(t)
}

// addressable uses the pointer's method when the value has an address, as encoding/json does.
func addressable(byPointer, byValue jsonWriter) jsonWriter {
	return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
		if v.CanAddr() {
			return byPointer(e, b, v.Addr())
		}
		return byValue(e, b, v)
	}
}

func makeJSONKind(t reflect.Type) jsonWriter {
	switch t.Kind() {
	case reflect.Bool:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return strconv.AppendBool(b, v.Bool()), nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return strconv.AppendInt(b, v.Int(), 10), nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return strconv.AppendUint(b, v.Uint(), 10), nil
		}
	case reflect.Float32, reflect.Float64:
		bits := t.Bits()
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return appendJSONFloat(b, v.Float(), bits)
		}
	case reflect.String:
		return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return e.appendString(b, v.String()), nil
		}
	case reflect.Interface:
		return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			if v.IsNil() {
				return append(b, "null"...), nil
			}
			return writeJSONValue(e, b, v.Elem())
		}
	case reflect.Pointer:
		return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			if v.IsNil() {
				return append(b, "null"...), nil
			}
			if err := e.enter(); err != nil {
				return b, err
			}
			defer e.leave()
			return writeJSONValue(e, b, v.Elem())
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 && !t.Elem().Implements(marshalerType) && !t.Elem().Implements(textMarshalerType) {
			return writeJSONBytes
		}
		return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			if v.IsNil() {
				return append(b, "null"...), nil
			}
			return writeJSONList(e, b, v)
		}
	case reflect.Array:
		return writeJSONList
	case reflect.Map:
		return makeJSONMap(t)
	case reflect.Struct:
		return makeJSONStruct(t)
	}
	return func(_ *jsonEncoder, b []byte, _ reflect.Value) ([]byte, error) {
		return b, fmt.Errorf("web: JSON cannot hold a %s", t)
	}
}

var errJSONDepth = errors.New("web: the value for JSON contains itself, or is too deep")

func (e *jsonEncoder) enter() error {
	if e.depth++; e.depth > maxJSONDepth {
		return errJSONDepth
	}
	return nil
}

func (e *jsonEncoder) leave() { e.depth-- }

// item starts an item of a list or object.
func (e *jsonEncoder) item(b []byte, first bool) []byte {
	if !first {
		b = append(b, ',')
		if !e.compact && e.indent == "" {
			b = append(b, ' ')
		}
	}
	return e.newline(b)
}

func (e *jsonEncoder) newline(b []byte) []byte {
	if e.indent != "" {
		b = append(b, '\n')
		for range e.depth {
			b = append(b, e.indent...)
		}
	}
	return b
}

func (e *jsonEncoder) colon(b []byte) []byte {
	if e.compact {
		return append(b, ':')
	}
	return append(b, ':', ' ')
}

func writeJSONList(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	if v.Len() == 0 {
		return append(b, '[', ']'), nil
	}
	if err := e.enter(); err != nil {
		return b, err
	}
	b = append(b, '[')
	plan := jsonPlanFor(v.Type().Elem())
	var err error
	for i := range v.Len() {
		b = e.item(b, i == 0)
		if b, err = plan.write(e, b, v.Index(i)); err != nil {
			return b, err
		}
	}
	e.leave()
	return append(e.newline(b), ']'), nil
}

func writeJSONBytes(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, v.Bytes())
	return append(b, '"'), nil
}

func writeMarshaler(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return append(b, "null"...), nil
	}
	raw, err := v.Interface().(json.Marshaler).MarshalJSON()
	if err != nil {
		return b, err
	}
	return e.reformat(b, raw)
}

func writeTextMarshaler(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return append(b, "null"...), nil
	}
	text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return b, err
	}
	return e.appendString(b, string(text)), nil
}
