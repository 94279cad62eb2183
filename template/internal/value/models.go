package value

import (
	"context"
	"reflect"
	"unsafe"
)

// Models knows of types what Go does not say; template.Models documents it.
type Models interface {
	TemplateName(t reflect.Type, name string) (read func(ctx context.Context, obj any) (any, error), result reflect.Type)
	TemplateLoad(t reflect.Type, offset uintptr) func(ctx context.Context, obj any) error
}

// modelName is the plan of a name that only the Models know.
func (t *Type) modelName(name string) *Member {
	if t.reg.Models == nil || t.load != loadAddr {
		return nil
	}
	read, result := t.reg.Models.TemplateName(t.rt, name)
	if read == nil {
		return nil
	}
	m := &Member{Name: name}
	if result != nil {
		m.typ = t.reg.TypeOf(result)
	}
	m.call = func(ctx context.Context, p unsafe.Pointer) (Value, error) {
		a, err := read(ctx, t.iface(p))
		if err != nil {
			return Value{}, err
		}
		return t.reg.Of(a), nil
	}
	return m
}

// fetches lets the plan of a field load the field when it holds the zero value because it was left out of a query.
func (m *Member) fetches(t *Type, rt reflect.Type) *Member {
	if t.reg.Models == nil || t.load != loadAddr || len(m.hops) > 0 {
		return m
	}
	fetch := t.reg.Models.TemplateLoad(t.rt, m.off)
	if fetch == nil {
		return m
	}
	m.size = rt.Size()
	m.fetch = func(ctx context.Context, p unsafe.Pointer) error { return fetch(ctx, t.iface(p)) }
	return m
}

// zeroed says that n bytes are zero.
func zeroed(p unsafe.Pointer, n uintptr) bool {
	for ; n >= 8; n -= 8 {
		if *(*[8]byte)(p) != [8]byte{} {
			return false
		}
		p = unsafe.Add(p, 8)
	}
	for ; n > 0; n-- {
		if *(*byte)(p) != 0 {
			return false
		}
		p = unsafe.Add(p, 1)
	}
	return true
}
