package urls

import (
	"math"
	"math/big"
	"reflect"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// checkArgs compares the captures of a leaf with the arguments of its view.
func (b *builder) checkArgs(e *entry, l *leaf) {
	types := web.ArgTypesOf(l.Handler)
	if types == nil {
		return
	}
	var slots []int
	for i := range l.slots {
		if l.Hidden == nil || !l.Hidden[i] {
			slots = append(slots, i)
		}
	}
	bad := len(types) < len(slots)
	for i, t := range types {
		if i >= len(slots) {
			bad = bad || t.Kind() != reflect.Pointer
			continue
		}
		s := l.slots[slots[i]]
		if !takes(t, s.conv) {
			bad = true
		} else if s.conv.class == classInt {
			if l.limits == nil {
				l.limits = make([]uint64, len(l.slots))
			}
			l.limits[slots[i]] = intLimit(t)
		}
	}
	if bad {
		b.fail(e.p, configError("route %q gives (%s), and its view %s takes (%s)", l.Pattern, l.gives(slots), web.HandlerName(l.Handler), typeList(types)))
	}
}

// takes reports whether a view can take what a converter makes as a t.
func takes(t reflect.Type, c *Converter) bool {
	if t == reflect.TypeFor[any]() || t == c.typ {
		return true
	}
	switch c.class {
	case classInt:
		return web.FitsInt(t)
	case classCustom:
		return c.typ.AssignableTo(t) || t.Kind() == reflect.Pointer && c.typ.AssignableTo(t.Elem())
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if c.class == classUUID {
		return reflect.TypeFor[web.UUID]().ConvertibleTo(t)
	}
	return t.Kind() == reflect.String
}

// intLimit is the largest number that fits an integer type; 0 for one without a limit.
func intLimit(t reflect.Type) uint64 {
	if t.Kind() == reflect.Pointer && t != reflect.TypeFor[*big.Int]() {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return math.MaxUint64 >> (65 - t.Bits())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return math.MaxUint64 >> (64 - t.Bits())
	}
	return 0
}

func (l *leaf) gives(slots []int) string {
	parts := make([]string, len(slots))
	for i, n := range slots {
		s := l.slots[n]
		parts[i] = strings.TrimSpace(s.name + " " + s.conv.typ.String())
	}
	return strings.Join(parts, ", ")
}

func typeList(types []reflect.Type) string {
	parts := make([]string, len(types))
	for i, t := range types {
		parts[i] = t.String()
	}
	return strings.Join(parts, ", ")
}
