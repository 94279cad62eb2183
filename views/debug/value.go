package debug

import (
	"fmt"
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Row is a name and a value of a report's table.
type Row struct{ Name, Value string }

// Limits of what is printed of a value: settings can hold anything.
const (
	maxValueDepth = 6
	maxRows       = 400
	maxRowText    = 4 << 10
	maxListed     = 20
)

// Rows prints a struct (such as the site's settings) as a table: nested structs and maps get dotted names, and what
// looks like a secret is masked at every level.
func (m Mask) Rows(v any) []Row {
	p := printer{mask: m, deepest: maxValueDepth}
	p.add("", reflect.ValueOf(v), 0)
	return p.rows
}

type printer struct {
	mask    Mask
	deepest int
	rows    []Row
}

func (p *printer) add(name string, v reflect.Value, depth int) {
	if len(p.rows) >= maxRows {
		return
	}
	if name != "" && p.mask.Hides(lastName(name)) && !isEmpty(v) {
		p.row(name, Masked)
		return
	}
	if text, ok := p.scalar(v); ok {
		p.row(name, text)
		return
	}
	v = reach(v)
	if depth >= p.deepest {
		p.row(name, "("+v.Type().String()+")")
		return
	}

	switch v.Kind() {
	case reflect.Struct:
		p.addStruct(name, v, depth)
	case reflect.Map:
		p.addMap(name, v, depth)
	case reflect.Slice, reflect.Array:
		p.addList(name, v, depth)
	default:
		p.row(name, "("+v.Type().String()+")")
	}
}

func (p *printer) addStruct(name string, v reflect.Value, depth int) {
	before := len(p.rows)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		inner := field.Name
		if field.Anonymous {
			inner = ""
		}
		p.add(join(name, inner), v.Field(i), depth+1)
	}
	if len(p.rows) == before && name != "" {
		p.row(name, "("+v.Type().String()+")") // nothing in it can be seen
	}
}

func (p *printer) addMap(name string, v reflect.Value, depth int) {
	if v.Len() == 0 {
		p.row(name, "{}")
		return
	}
	keys := v.MapKeys()
	texts := make(map[string]reflect.Value, len(keys))
	var names []string
	for _, key := range keys {
		text := printValue(readable(key))
		names = append(names, text)
		texts[text] = v.MapIndex(key)
	}
	slices.Sort(names)
	for _, key := range names[:min(len(names), maxListed)] {
		p.add(join(name, key), texts[key], depth+1)
	}
	if len(names) > maxListed {
		p.row(name, fmt.Sprintf("… (%d more)", len(names)-maxListed))
	}
}

func (p *printer) addList(name string, v reflect.Value, depth int) {
	var texts []string
	for i := range min(v.Len(), maxListed) {
		text, ok := p.scalar(v.Index(i))
		if !ok {
			texts = nil
			break
		}
		texts = append(texts, text)
	}
	if texts != nil || v.Len() == 0 {
		if v.Len() > maxListed {
			texts = append(texts, fmt.Sprintf("… (%d more)", v.Len()-maxListed))
		}
		p.row(name, "["+strings.Join(texts, ", ")+"]")
		return
	}
	for i := range min(v.Len(), maxListed) {
		p.add(fmt.Sprintf("%s[%d]", name, i), v.Index(i), depth+1)
	}
}

func (p *printer) row(name, text string) {
	p.rows = append(p.rows, Row{name, maskUserinfo(cut(text, maxRowText))})
}

// scalar prints what fits in one cell.
func (p *printer) scalar(v reflect.Value) (string, bool) {
	v = reach(v)
	if !v.IsValid() {
		return "nil", true
	}
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case time.Duration:
			return x.String(), true
		case time.Time:
			return x.Format(time.RFC3339), true
		case url.URL:
			return x.Redacted(), true
		case []byte:
			return fmt.Sprintf("(%d bytes)", len(x)), true
		case fmt.Stringer:
			if v.Kind() != reflect.Struct && v.Kind() != reflect.Map {
				return printValue(x), true
			}
		}
	}
	switch v.Kind() {
	case reflect.String:
		return fmt.Sprintf("%q", p.mask.inside(cut(v.String(), maxRowText))), true
	case reflect.Bool:
		return fmt.Sprint(v.Bool()), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fmt.Sprint(v.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return fmt.Sprint(v.Uint()), true
	case reflect.Float32, reflect.Float64:
		return fmt.Sprint(v.Float()), true
	case reflect.Func:
		return "func " + funcName(v), true
	case reflect.Chan, reflect.UnsafePointer, reflect.Complex64, reflect.Complex128:
		return "(" + v.Type().String() + ")", true
	}
	return "", false
}

func funcName(v reflect.Value) string {
	if fn := runtime.FuncForPC(v.Pointer()); fn != nil {
		_, name := splitFunc(fn.Name())
		return name
	}
	return v.Type().String()
}

// reach follows pointers and interfaces; the zero Value stands for nil.
func reach(v reflect.Value) reflect.Value {
	for range 8 {
		if !v.IsValid() {
			return v
		}
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if v.IsNil() {
				return reflect.Value{}
			}
			v = v.Elem()
		case reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
			if v.IsNil() && v.Kind() != reflect.Slice {
				return reflect.Value{}
			}
			return v
		default:
			return v
		}
	}
	return reflect.Value{}
}

func readable(v reflect.Value) any {
	if v.CanInterface() {
		return v.Interface()
	}
	return v.String()
}

func isEmpty(v reflect.Value) bool {
	v = reach(v)
	return !v.IsValid() || v.IsZero() || (v.Kind() == reflect.Slice && v.Len() == 0)
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}

// lastName is the part of a dotted name that the rule looks at.
func lastName(name string) string {
	name = name[strings.LastIndexByte(name, '.')+1:]
	name, _, _ = strings.Cut(name, "[")
	return name
}
