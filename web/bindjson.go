package web

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// setTree fills a value from decoded JSON.
func setTree(v reflect.Value, tree any, path string, errs *FieldErrors) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		if tree != nil {
			v.Set(reflect.New(t.Elem()))
			setTree(v.Elem(), tree, path, errs)
		}
		return
	}
	if tree == nil {
		return
	}
	if reflect.PointerTo(t).Implements(jsonUnmarshalerType) && t != timeType {
		raw, err := json.Marshal(tree)
		if err == nil {
			err = v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw)
		}
		if err != nil {
			errs.found(path, msgValue)
		}
		return
	}
	if text, ok := tree.(string); ok {
		setTreeText(v, text, path, errs)
		return
	}

	message := ""
	switch t.Kind() {
	case reflect.Struct:
		object, ok := tree.(map[string]any)
		if !ok || !isNested(t) {
			message = msgObject
			if t == timeType {
				message = msgTime
			}
			break
		}
		setTreeStruct(v, object, path, errs)
		return
	case reflect.Map:
		object, ok := tree.(map[string]any)
		if !ok || t.Key().Kind() != reflect.String {
			message = msgObject
			break
		}
		m := reflect.MakeMapWithSize(t, len(object))
		for key, item := range object {
			value := reflect.New(t.Elem()).Elem()
			setTree(value, item, join(path, key), errs)
			m.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), value)
		}
		v.Set(m)
	case reflect.Slice, reflect.Array:
		setTreeList(v, tree, path, errs)
	case reflect.Interface:
		if t.NumMethod() > 0 {
			message = msgValue
			break
		}
		v.Set(reflect.ValueOf(plainNumbers(tree)))
	case reflect.Bool:
		on, ok := tree.(bool)
		if !ok {
			message = msgBool
			break
		}
		v.SetBool(on)
	case reflect.String:
		if number, ok := tree.(json.Number); ok && t == numberType {
			v.SetString(string(number))
			break
		}
		message = msgText
	default:
		number, ok := tree.(json.Number)
		if !ok {
			if message = msgFloat; t.Kind() < reflect.Float32 {
				message = msgInt
			}
			break
		}
		if t == durationType {
			n, err := number.Int64() // nanoseconds, as encoding/json writes it
			if err != nil {
				message = msgDuration
				break
			}
			v.SetInt(n)
			break
		}
		message = setText(v, wholeNumber(string(number), t.Kind()))
	}
	if message != "" {
		errs.found(path, message)
	}
}

// wholeNumber takes ".0" off a number for an integer field.
func wholeNumber(s string, kind reflect.Kind) string {
	if kind < reflect.Float32 {
		return strings.TrimSuffix(s, ".0")
	}
	return s
}

func setTreeText(v reflect.Value, text, path string, errs *FieldErrors) {
	t := v.Type()
	message := ""
	switch {
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 && !readsText(t):
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			message = msgValue
			break
		}
		v.SetBytes(data)
	case t.Kind() == reflect.Bool:
		message = msgBool
	case t.Kind() == reflect.Slice && !readsText(t), t.Kind() == reflect.Array && !readsText(t):
		message = msgList
	case t.Kind() == reflect.Map, isNested(t):
		message = msgObject
	case strings.TrimSpace(text) == "" && (t == timeType || !readsText(t)) && t.Kind() != reflect.String && t.Kind() != reflect.Interface:
		message = emptyMessage(t) // a form's empty input is nothing, JSON's is a mistake
	default:
		message = setText(v, text)
	}
	if message != "" {
		errs.found(path, message)
	}
}

func emptyMessage(t reflect.Type) string {
	switch {
	case t == timeType:
		return msgTime
	case t == durationType:
		return msgDuration
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		return msgFloat
	}
	return msgInt
}

func setTreeStruct(v reflect.Value, object map[string]any, path string, errs *FieldErrors) {
	for _, f := range bindPlan(v.Type()) {
		item, ok := object[f.name]
		if !ok && !f.tagged {
			item, ok = object[f.goName] // as encoding/json writes it
		}
		if !ok || item == nil {
			if f.required {
				errs.found(join(path, f.name), msgRequired)
			}
			continue
		}
		setTree(fieldToSet(v, f.index), item, join(path, f.name), errs)
	}
}

func setTreeList(v reflect.Value, tree any, path string, errs *FieldErrors) {
	items, ok := tree.([]any)
	if !ok || v.Kind() == reflect.Array && len(items) != v.Len() {
		errs.found(path, msgList)
		return
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	}
	for i, item := range items {
		setTree(v.Index(i), item, join(path, strconv.Itoa(i)), errs)
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// plainNumbers makes float64 of the numbers in decoded JSON, as encoding/json does.
func plainNumbers(tree any) any {
	switch tree := tree.(type) {
	case json.Number:
		f, _ := tree.Float64() // too large a number becomes infinite
		return f
	case []any:
		for i := range tree {
			tree[i] = plainNumbers(tree[i])
		}
	case map[string]any:
		for key := range tree {
			tree[key] = plainNumbers(tree[key])
		}
	}
	return tree
}
