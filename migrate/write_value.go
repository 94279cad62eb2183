package migrate

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// value writes a Go value as its literal. Zero fields are left out.
func (w *goWriter) value(v reflect.Value) {
	if !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		w.b.WriteString("nil")
		return
	}
	if w.special(v) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		w.b.WriteString(w.typeName(v.Type()))
		w.structBody(v)
	case reflect.Slice:
		w.slice(v)
	case reflect.Array:
		w.b.WriteString(w.typeName(v.Type()) + "{")
		for i := range v.Len() {
			w.value(v.Index(i))
			w.b.WriteString(", ")
		}
		w.b.WriteString("}")
	case reflect.Map:
		w.goMap(v)
	case reflect.Pointer:
		w.b.WriteString("&")
		w.value(v.Elem())
	case reflect.Interface:
		w.value(v.Elem())
	case reflect.String:
		w.b.WriteString(strconv.Quote(v.String()))
	case reflect.Bool:
		w.b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.b.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		w.b.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		w.b.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, 64))
		if v.Float() == float64(int64(v.Float())) {
			w.b.WriteString(".0")
		}
	default:
		w.fail(v)
	}
}

// goMap writes a map with text for its keys, in their order.
func (w *goWriter) goMap(v reflect.Value) {
	if v.Type().Key().Kind() != reflect.String {
		w.fail(v)
		return
	}
	elem := v.Type().Elem()
	if elem.Kind() == reflect.Struct {
		w.fail(v)
		return
	}
	w.b.WriteString("map[string]" + w.typeName(elem) + "{")
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for i, k := range keys {
		if i > 0 {
			w.b.WriteString(", ")
		}
		w.b.WriteString(strconv.Quote(k.String()) + ": ")
		w.value(v.MapIndex(k))
	}
	w.b.WriteString("}")
}

func (w *goWriter) fail(v reflect.Value) {
	if w.err == nil {
		w.err = fmt.Errorf("migrate: a %s cannot be written into a migration", v.Type())
	}
}

// special writes the types that have names of their own.
func (w *goWriter) special(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	switch x := v.Interface().(type) {
	case schema.Kind:
		w.schema = true
		w.b.WriteString("schema." + x.String())
	case schema.OnDelete:
		w.schema = true
		w.b.WriteString("schema." + x.String())
	case schema.Choice:
		fmt.Fprintf(&w.b, "{Value: ")
		w.value(reflect.ValueOf(x.Value))
		fmt.Fprintf(&w.b, ", Label: %q}", x.Label)
	case time.Duration:
		w.time = true
		switch {
		case x != 0 && x%time.Second == 0:
			fmt.Fprintf(&w.b, "%d * time.Second", x/time.Second)
		case x != 0 && x%time.Millisecond == 0:
			fmt.Fprintf(&w.b, "%d * time.Millisecond", x/time.Millisecond)
		default:
			fmt.Fprintf(&w.b, "time.Duration(%d)", int64(x))
		}
	case time.Time:
		w.time = true
		u := x.UTC()
		fmt.Fprintf(&w.b, "time.Date(%d, %d, %d, %d, %d, %d, %d, time.UTC)", u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), u.Nanosecond())
	case fmt.Stringer:
		if v.Type().Name() == "Decimal" {
			w.b.WriteString(strconv.Quote(x.String()))
			return true
		}
		return false
	case expr.Pred:
		w.pred(x)
	case expr.Name:
		w.expr = true
		fmt.Fprintf(&w.b, "expr.Name{Name: %q}", x.Name)
	case expr.Literal:
		w.expr = true
		switch x.Kind { // Go's own literals do not tell these: digits, days, times of day
		case schema.Decimal, schema.Date, schema.Time, schema.UUID, schema.JSON:
			w.schema = true
			w.b.WriteString("expr.ValOf(schema." + x.Kind.String() + ", ")
		default:
			w.b.WriteString("expr.Val(")
		}
		w.arg(x.Value)
		w.b.WriteString(")")
	default:
		return false
	}
	return true
}

// pred writes a condition as calls of expr.Where, And, Or and Not.
func (w *goWriter) pred(p expr.Pred) {
	w.expr = true
	names := map[expr.Op]string{expr.AndOp: "And", expr.OrOp: "Or", expr.XorOp: "Xor", expr.NotOp: "Not"}
	if name := names[p.Op]; name != "" {
		w.b.WriteString("expr." + name + "(")
		for i, k := range p.Kids {
			if i > 0 {
				w.b.WriteString(", ")
			}
			w.pred(k)
		}
		w.b.WriteString(")")
		return
	}
	if p.Op == expr.IsTrue {
		w.b.WriteString("expr.Pred{Op: expr.IsTrue, Left: ")
		w.value(reflect.ValueOf(p.Left))
		w.b.WriteString("}")
		return
	}
	name := p.Name
	if p.Op != expr.Dynamic {
		n, ok := p.Left.(expr.Name)
		if !ok {
			w.fail(reflect.ValueOf(p.Left))
			return
		}
		name = n.Name
		if p.Op == expr.NotExact {
			w.b.WriteString("expr.Not(")
			p.Op = expr.Exact
			w.pred(p)
			w.b.WriteString(")")
			return
		}
		if p.Op != expr.Exact {
			name += "__" + p.Op.String()
		}
	}
	fmt.Fprintf(&w.b, "expr.Where(%q, ", name)
	if p.Right != nil {
		w.value(reflect.ValueOf(p.Right))
	} else {
		w.arg(p.Val)
	}
	w.b.WriteString(")")
}

// arg writes an argument as the Go value that it was made of.
func (w *goWriter) arg(v dialect.Value) {
	switch v.Kind {
	case dialect.Null:
		w.b.WriteString("nil")
	case dialect.List:
		w.b.WriteString("[]any{")
		for i, x := range v.Values() {
			if i > 0 {
				w.b.WriteString(", ")
			}
			w.arg(x)
		}
		w.b.WriteString("}")
	default:
		w.value(reflect.ValueOf(v.Any()))
	}
}

func (w *goWriter) slice(v reflect.Value) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		fmt.Fprintf(&w.b, "[]byte(%q)", v.Bytes())
		return
	}
	w.b.WriteString(w.typeName(v.Type()) + "{")
	lines := v.Type().Elem().Kind() == reflect.Struct && v.Type().Elem() != reflect.TypeFor[schema.Choice]()
	if lines {
		w.b.WriteString("\n")
	}
	for i := range v.Len() {
		e := v.Index(i)
		if e.Kind() == reflect.Struct && !isExpr(e) && e.Type() != reflect.TypeFor[schema.Choice]() {
			w.structBody(e) // the type is known from the slice
		} else {
			w.value(e)
		}
		if lines {
			w.b.WriteString(",\n")
		} else if i < v.Len()-1 {
			w.b.WriteString(", ")
		}
	}
	w.b.WriteString("}")
}

func isExpr(v reflect.Value) bool {
	if v.Kind() == reflect.Interface {
		return true
	}
	_, ok := v.Interface().(schema.Expression)
	return ok
}

func (w *goWriter) structBody(v reflect.Value) {
	w.b.WriteString("{")
	t := v.Type()
	long := t == reflect.TypeFor[CreateModel]()
	if f, ok := v.Interface().(schema.Field); ok { // what happens to rows that point to a deleted one is always said
		defer func(was bool) { w.onDelete = was }(w.onDelete)
		w.onDelete = f.Kind.IsRelation() && f.Kind != schema.ManyToMany
	}
	first := true
	for i := range t.NumField() {
		f := v.Field(i)
		said := w.onDelete && f.Type() == reflect.TypeFor[schema.OnDelete]()
		if !t.Field(i).IsExported() || f.IsZero() && !said {
			continue
		}
		if long {
			w.b.WriteString("\n")
		} else if !first {
			w.b.WriteString(", ")
		}
		first = false
		w.b.WriteString(t.Field(i).Name + ": ")
		w.value(f)
		if long {
			w.b.WriteString(",")
		}
	}
	if long {
		w.b.WriteString("\n")
	}
	w.b.WriteString("}")
}

// typeName writes a type with its package, and remembers the import.
func (w *goWriter) typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "[]" + w.typeName(t.Elem())
	case reflect.Array:
		return "[" + strconv.Itoa(t.Len()) + "]" + w.typeName(t.Elem())
	}
	switch pkg := t.PkgPath(); {
	case strings.HasSuffix(pkg, "/orm/schema"):
		w.schema = true
	case strings.HasSuffix(pkg, "/orm/expr"):
		w.expr = true
	}
	if t.Kind() == reflect.Interface && t.NumMethod() == 0 {
		return "any"
	}
	return t.String()
}

func reflectValue(v any) reflect.Value { return reflect.ValueOf(v) }
