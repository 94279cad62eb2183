package web

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

func structTarget(v any) (reflect.Value, error) {
	target := reflect.ValueOf(v).Elem()
	if target.Kind() == reflect.Pointer {
		target.Set(reflect.New(target.Type().Elem()))
		target = target.Elem()
	}
	if target.Kind() != reflect.Struct {
		return target, fmt.Errorf("web: Bind fills structs, not a %s", target.Type())
	}
	return target, nil
}

// bindValues fills a struct from a query string or form.
func bindValues(v any, values *Values, files *Files, errs *FieldErrors) error {
	target, err := structTarget(v)
	if err != nil {
		return err
	}
	bindForm(target, "", values, files, errs)
	return nil
}

func bindForm(target reflect.Value, prefix string, values *Values, files *Files, errs *FieldErrors) {
	for _, f := range bindPlan(target.Type()) {
		name := prefix + f.name
		if isNested(f.typ) {
			bindForm(fieldToSet(target, f.index), name+".", values, files, errs)
			continue
		}
		found, empty, set := false, true, func(reflect.Value) string { return "" }
		switch f.typ {
		case uploadType:
			if file := files.Get(name); file != nil {
				found, empty = true, false
				set = func(field reflect.Value) string { field.Set(reflect.ValueOf(file)); return "" }
			}
		case uploadsType:
			if list := files.GetList(name); len(list) > 0 {
				found, empty = true, false
				set = func(field reflect.Value) string { field.Set(reflect.ValueOf(list)); return "" }
			}
		default:
			if texts := values.GetList(name); len(texts) > 0 {
				found, empty = true, len(texts) == 1 && texts[0] == ""
				set = func(field reflect.Value) string { return setTexts(field, texts) }
			}
		}
		if empty && f.required {
			errs.found(name, msgRequired)
		}
		if !found {
			continue
		}
		if message := set(fieldToSet(target, f.index)); message != "" {
			errs.found(name, message)
		}
	}
}

// fieldToSet is the field, with the pointers on the way to it filled in.
func fieldToSet(v reflect.Value, index []int) reflect.Value {
	for i, x := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v
}

// isNested says whether a type is a struct with fields of its own, not a value that is written as one text.
func isNested(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != timeType && !readsText(t)
}

var textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()

func readsText(t reflect.Type) bool { return reflect.PointerTo(t).Implements(textUnmarshalerType) }

func setTexts(field reflect.Value, texts []string) string {
	t := field.Type()
	if t.Kind() == reflect.Slice && !readsText(t) && t.Elem().Kind() != reflect.Uint8 {
		list := reflect.MakeSlice(t, len(texts), len(texts))
		for i, text := range texts {
			if message := setText(list.Index(i), text); message != "" {
				return message
			}
		}
		field.Set(list)
		return ""
	}
	return setText(field, texts[len(texts)-1])
}

// setText sets a field from one text. It returns a message if the text does not fit. A field that no text could fill (a
// map, a function) stays as it is.
func setText(v reflect.Value, text string) string {
	t := v.Type()
	switch {
	case t.Kind() == reflect.Pointer:
		if text == "" && t.Elem().Kind() != reflect.String {
			return "" // an empty input of a form: nothing
		}
		v.Set(reflect.New(t.Elem()))
		return setText(v.Elem(), text)
	case t == timeType:
		if text == "" {
			return ""
		}
		at, ok := parseTime(text)
		if !ok {
			return msgTime
		}
		v.Set(reflect.ValueOf(at))
		return ""
	case readsText(t):
		if text == "" {
			return ""
		}
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
			return msgValue
		}
		return ""
	}

	if t.Kind() == reflect.String {
		v.SetString(text)
		return ""
	}
	text = strings.TrimSpace(text)
	switch t.Kind() {
	case reflect.Bool:
		on, ok := parseBool(text)
		if !ok {
			return msgBool
		}
		v.SetBool(on)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if t == durationType {
			return setDuration(v, text)
		}
		if text == "" {
			return ""
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || v.OverflowInt(n) {
			return msgInt
		}
		v.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if text == "" {
			return ""
		}
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || v.OverflowUint(n) {
			return msgInt
		}
		v.SetUint(n)
	case reflect.Float32, reflect.Float64:
		if text == "" {
			return ""
		}
		f, err := strconv.ParseFloat(text, t.Bits())
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return msgFloat
		}
		v.SetFloat(f)
	case reflect.Slice: // of bytes
		v.SetBytes([]byte(text))
	case reflect.Interface:
		if t.NumMethod() == 0 {
			v.Set(reflect.ValueOf(text))
		}
	}
	return ""
}

func setDuration(v reflect.Value, text string) string {
	if text == "" {
		return ""
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return msgDuration
	}
	v.SetInt(int64(d))
	return ""
}

// parseBool reads what check boxes and scripts send.
func parseBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "on", "true", "1", "yes":
		return true, true
	case "", "off", "false", "0", "no":
		return false, true
	}
	return false, false
}

// parseTime reads what browsers' date and time inputs and JSON encoders write.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
