package compile

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// tupleValues are the values of a key: a tuple, a list, an array or a struct of as many.
func (b *builder) tupleValues(lhs *rexpr, v dialect.Value, raw any) []dialect.Value {
	parts, ok := v.Values(), v.Kind == dialect.Tuple || v.Kind == dialect.List
	if !ok {
		parts, ok = rawParts(raw)
	}
	if !ok && v.Kind == dialect.Custom {
		if err, failed := v.X.(error); failed {
			b.fail(fmt.Errorf("orm: %w", err))
			return nil
		}
		parts, ok = rawParts(v.X)
	}
	if !ok || len(parts) != len(lhs.tuple) {
		got := "a single value"
		if ok {
			got = fmt.Sprintf("%d", len(parts))
		}
		b.fail(fmt.Errorf("orm: %s is compared with %d values, in a list or an object, not with %s", tupleName(lhs), len(lhs.tuple), got))
		return nil
	}
	parts = settled(parts)
	for i := range parts {
		if parts[i].Kind == dialect.Null {
			b.fail(fmt.Errorf("orm: %s is compared with a key whose part %d is null, which no row has (leave it out, or ask for isnull)", tupleName(lhs), i+1))
			return nil
		}
	}
	return parts
}

func tupleName(lhs *rexpr) string {
	if lhs.field == nil {
		return fmt.Sprintf("a list of %d columns", len(lhs.tuple))
	}
	return aTuple(lhs.field)
}

// rawParts takes a Go value apart that is a key: a list, an array, or a struct with a field for each column.
func rawParts(raw any) ([]dialect.Value, bool) {
	rv := reflect.ValueOf(raw)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	var out []dialect.Value
	switch rv.Kind() {
	case reflect.Slice, reflect.Array:
		if rv.Type().Elem().Kind() == reflect.Uint8 { // bytes are one value
			return nil, false
		}
		for i := range rv.Len() {
			out = append(out, partValue(rv.Index(i).Interface()))
		}
		return out, true
	case reflect.Struct:
		for i := range rv.NumField() {
			if !rv.Type().Field(i).IsExported() {
				return nil, false
			}
			out = append(out, partValue(rv.Field(i).Interface()))
		}
		return out, rv.NumField() > 1
	}
	return nil, false
}

// settled are the parts of a key with objects among them as their keys.
func settled(parts []dialect.Value) []dialect.Value {
	if !slices.ContainsFunc(parts, func(v dialect.Value) bool { return v.Kind == dialect.Custom }) {
		return parts
	}
	parts = slices.Clone(parts) // other queries may have them too
	for i, v := range parts {
		if v.Kind == dialect.Custom {
			parts[i] = partValue(v.X)
		}
	}
	return parts
}

// partValue is a part of a key as a value: of an object its own key, of what has no form of its own what the column's codec
// makes of it.
func partValue(x any) dialect.Value {
	if rv := reflect.ValueOf(x); rv.Kind() == reflect.Pointer && !rv.IsNil() && rv.Elem().Kind() == reflect.Struct {
		if m := plan.Known(rv.Type().Elem()); m != nil && m.Ready() == nil && m.PK != nil {
			return m.PK.Codec.Get(m.PK.At(rv.UnsafePointer()))
		}
	}
	if v, err := plan.ValueOf(x); err == nil {
		return v
	}
	return plan.GoValue(x)
}
