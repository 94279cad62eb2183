package orm

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// asksKey says that a condition has a look-up of the key by name.
func asksKey(p *expr.Pred) bool {
	if p.Op == expr.Dynamic && (p.Name == "pk" || strings.HasPrefix(p.Name, "pk__")) {
		return true
	}
	for i := range p.Kids {
		if asksKey(&p.Kids[i]) {
			return true
		}
	}
	return false
}

// spreadKey turns the look-ups of a composite key by name into those of its parts: pk=(a, b) asks for both, pk__in for any
// of them. Other models' conditions stay. The condition itself is not changed: other queries may have it too.
func spreadKey(m *plan.Model, p expr.Pred) expr.Pred {
	if !asksKey(&p) || m.Ready() != nil || m.PK != nil || len(m.Key) == 0 {
		return p
	}
	if p.Op != expr.Dynamic {
		kids := make([]expr.Pred, len(p.Kids))
		for i := range kids {
			kids[i] = spreadKey(m, p.Kids[i])
		}
		p.Kids = kids
		return p
	}
	switch p.Name {
	case "pk", "pk__exact":
		return keyParts(m, p.Name, p.Raw)
	case "pk__in":
		rv := reflect.ValueOf(p.Raw)
		if rv.Kind() != reflect.Slice {
			break
		}
		if rv.Len() == 0 {
			return expr.Pred{Op: expr.In, Left: expr.Name{Name: m.Key[0].Column}, Val: dialect.ListValue(nil)}
		}
		any := expr.Pred{Op: expr.OrOp, Kids: make([]expr.Pred, rv.Len())}
		for i := range any.Kids {
			any.Kids[i] = keyParts(m, p.Name, rv.Index(i).Interface())
		}
		return any
	}
	p.Err = fmt.Errorf("orm: look-up %q: the composite key of %s has pk (a list of %d values) and pk__in (a list of such lists); compare its fields for all else", p.Name, m.GoName(), len(m.Key))
	return p
}

// keyParts asks for one composite key: a list of its parts, or an object.
func keyParts(m *plan.Model, lookup string, key any) expr.Pred {
	both := expr.Pred{Op: expr.AndOp, Kids: make([]expr.Pred, len(m.Key))}
	rv := reflect.ValueOf(key)
	switch {
	case rv.Kind() == reflect.Pointer && rv.Type().Elem() == m.Type && !rv.IsNil():
		obj := plan.Pointer(rv.UnsafePointer())
		for i, f := range m.Key {
			both.Kids[i] = expr.Pred{Op: expr.Exact, Left: expr.Name{Name: f.Column}, Val: f.Codec.Get(f.At(obj))}
		}
	case (rv.Kind() == reflect.Slice || rv.Kind() == reflect.Array) && rv.Len() == len(m.Key):
		for i, f := range m.Key {
			part := rv.Index(i).Interface()
			both.Kids[i] = Lookup(f.Column, part).p
			if part == nil {
				both.Kids[i].Err = fmt.Errorf("orm: look-up %q: no part of the key of %s is nil", lookup, m.GoName())
			}
		}
	default:
		both.Err = fmt.Errorf("orm: look-up %q: the key of %s is a list of %d values", lookup, m.GoName(), len(m.Key))
	}
	return both
}
