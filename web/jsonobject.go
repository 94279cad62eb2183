package web

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

func makeJSONMap(t reflect.Type) jsonWriter {
	return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		if v.Len() == 0 {
			return append(b, '{', '}'), nil
		}
		type pair struct {
			name  string
			value reflect.Value
		}
		pairs := make([]pair, 0, v.Len())
		for iter := v.MapRange(); iter.Next(); {
			name, err := jsonKey(iter.Key())
			if err != nil {
				return b, err
			}
			pairs = append(pairs, pair{name, iter.Value()})
		}
		slices.SortFunc(pairs, func(x, y pair) int { return strings.Compare(x.name, y.name) })

		if err := e.enter(); err != nil {
			return b, err
		}
		b = append(b, '{')
		plan := jsonPlanFor(t.Elem())
		var err error
		for i, p := range pairs {
			b = e.colon(e.appendString(e.item(b, i == 0), p.name))
			if b, err = plan.write(e, b, p.value); err != nil {
				return b, err
			}
		}
		e.leave()
		return append(e.newline(b), '}'), nil
	}
}

func jsonKey(v reflect.Value) (string, error) {
	if v.Kind() == reflect.String {
		return v.String(), nil
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		return string(text), err
	}
	switch v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10), nil
	case reflect.Interface:
		if !v.IsNil() {
			return jsonKey(v.Elem())
		}
	}
	return "", fmt.Errorf("web: JSON cannot have a %s as a key", v.Type())
}

func makeJSONStruct(t reflect.Type) jsonWriter {
	fields := structFields(t, "json", func(goName string) string { return goName })
	names := make([][]byte, len(fields))
	for i := range fields {
		names[i] = new(jsonEncoder).appendString(nil, fields[i].name)
	}
	// The fields' plans are found at the first use, when t has its own, so that t may contain itself.
	plans := sync.OnceValue(func() []*jsonPlan {
		plans := make([]*jsonPlan, len(fields))
		for i := range fields {
			plans[i] = jsonPlanFor(fields[i].typ)
		}
		return plans
	})
	return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
		if err := e.enter(); err != nil {
			return b, err
		}
		b = append(b, '{')
		first := true
		var err error
		plans := plans()
		for i := range fields {
			f := &fields[i]
			value, ok := fieldByIndex(v, f.index)
			if !ok || f.omitEmpty && emptyValue(value) || f.omitZero && zeroValue(value) {
				continue
			}
			b = e.item(b, first)
			if first = false; e.unicode {
				b = e.appendString(b, f.name)
			} else {
				b = append(b, names[i]...)
			}
			b = e.colon(b)
			if f.quoted {
				b, err = writeQuoted(e, b, value)
			} else {
				b, err = plans[i].write(e, b, value)
			}
			if err != nil {
				return b, err
			}
		}
		e.leave()
		if !first {
			b = e.newline(b)
		}
		return append(b, '}'), nil
	}
}

// writeQuoted is the ",string" option of a json tag.
func writeQuoted(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	kind := v.Kind()
	if kind == reflect.Pointer && !v.IsNil() {
		kind = v.Elem().Kind()
	}
	switch kind {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		b, err := writeJSONValue(e, append(b, '"'), v)
		return append(b, '"'), err
	case reflect.String:
		inner, err := writeJSONValue(e, nil, v)
		return e.appendString(b, string(inner)), err
	}
	return writeJSONValue(e, b, v)
}

func emptyValue(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func zeroValue(v reflect.Value) bool {
	if z, ok := v.Interface().(interface{ IsZero() bool }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		return z.IsZero()
	}
	return v.IsZero()
}
