package web

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// structField is a field of a struct as JSON and forms see it.
type structField struct {
	name   string // from the tag, or ""
	goName string
	index  []int
	typ    reflect.Type
	tagged bool
	// from the json tag
	omitEmpty, omitZero, quoted bool
}

// structFields lists the fields of a struct type under the rules of encoding/json: unexported fields and those named "-"
// are left out, those of an embedded struct are lifted up, of several with one name the shallowest counts, of equally
// deep ones the one with a tag, or none. nameOf makes the name of a field without a tag.
func structFields(t reflect.Type, tag string, nameOf func(goName string) string) []structField {
	type level struct {
		typ   reflect.Type
		index []int
	}
	var fields []structField
	seen := map[reflect.Type]bool{t: true}
	for next := []level{{t, nil}}; len(next) > 0; {
		current := next
		next = nil
		for _, l := range current {
			for i := range l.typ.NumField() {
				sf := l.typ.Field(i)
				text := tagOf(sf, tag)
				if text == "-" {
					continue
				}
				name, options, _ := strings.Cut(text, ",")
				inner := sf.Type
				if inner.Kind() == reflect.Pointer && inner.Name() == "" {
					inner = inner.Elem()
				}
				index := append(slices.Clone(l.index), i)
				if sf.Anonymous && name == "" && inner.Kind() == reflect.Struct {
					if !seen[inner] && (sf.IsExported() || sf.Type.Kind() == reflect.Struct) {
						seen[inner] = true
						next = append(next, level{inner, index})
					}
					continue
				}
				if !sf.IsExported() {
					continue
				}
				f := structField{name: name, goName: sf.Name, index: index, typ: sf.Type, tagged: name != ""}
				if name == "" {
					f.name = nameOf(sf.Name)
				}
				for option := range strings.SplitSeq(options, ",") {
					switch option {
					case "omitempty":
						f.omitEmpty = true
					case "omitzero":
						f.omitZero = true
					case "string":
						f.quoted = true
					}
				}
				fields = append(fields, f)
			}
		}
	}
	return dominant(fields)
}

// tagOf returns the first of a field's tags: form, then json.
func tagOf(sf reflect.StructField, tag string) string {
	if value, ok := sf.Tag.Lookup(tag); ok {
		return value
	}
	return sf.Tag.Get("json")
}

// dominant leaves one field for each name, or none, and puts them in the order of the struct.
func dominant(fields []structField) []structField {
	byName := map[string][]structField{}
	for _, f := range fields {
		byName[f.name] = append(byName[f.name], f)
	}
	kept := fields[:0:0]
	for _, f := range fields {
		rivals := byName[f.name]
		best := slices.MinFunc(rivals, func(a, b structField) int {
			return cmp.Or(cmp.Compare(len(a.index), len(b.index)), boolCompare(b.tagged, a.tagged))
		})
		equals := 0
		for _, rival := range rivals {
			if len(rival.index) == len(best.index) && rival.tagged == best.tagged {
				equals++
			}
		}
		if equals == 1 && slices.Equal(f.index, best.index) {
			kept = append(kept, f)
		}
	}
	slices.SortFunc(kept, func(a, b structField) int { return slices.Compare(a.index, b.index) })
	return kept
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// fieldByIndex is v's field; it is false behind a nil pointer.
func fieldByIndex(v reflect.Value, index []int) (reflect.Value, bool) {
	for i, x := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Value{}, false
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v, true
}

// snakeCase is the rule for names: PubDate is pub_date, HTTPPort is http_port, ID is id.
func snakeCase(goName string) string {
	runes := []rune(goName)
	var b strings.Builder
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 {
			before, after := runes[i-1], rune(0)
			if i+1 < len(runes) {
				after = runes[i+1]
			}
			if !unicode.IsUpper(before) && before != '_' || unicode.IsUpper(before) && unicode.IsLower(after) {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
