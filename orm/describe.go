package orm

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/internal/plan"
)

type withFields[T any] interface{ Fields(t *T) []Field }

type withMeta[T any] interface{ Meta(t *T) Meta }

// describe fills the plan of a model from its struct, its Fields and its Meta. All mistakes are reported together.
func describe[T any](m *plan.Model) error {
	if m.Type.Kind() != reflect.Struct {
		return fmt.Errorf("orm: %s is not a struct", m.Type)
	}
	root := m.Root()
	ref := plan.At[T](root.Base)
	d := &describer{m: m, decls: map[uintptr]*declaration{}}
	var zero T
	meta := Meta{}
	d.embedded(reflect.ValueOf(ref).Elem(), &meta)
	if x, ok := any(zero).(withFields[T]); ok {
		d.declare(x.Fields(ref))
	} else if x, ok := any(&zero).(withFields[T]); ok {
		d.declare(x.Fields(ref))
	}
	if x, ok := any(zero).(withMeta[T]); ok {
		meta = x.Meta(ref)
	} else if x, ok := any(&zero).(withMeta[T]); ok {
		meta = x.Meta(ref)
	}
	d.names(meta)
	d.walk(m.Type, 0)
	d.unused()
	if err := errors.Join(d.problems...); err != nil {
		return err
	}
	if err := m.Finish(); err != nil {
		return err
	}
	d.meta(meta)
	return errors.Join(d.problems...)
}

type describer struct {
	m        *plan.Model
	decls    map[uintptr]*declaration
	hasPK    bool
	problems []error
}

func (d *describer) problem(format string, args ...any) {
	d.problems = append(d.problems, fmt.Errorf("orm: "+d.m.Type.Name()+format, args...))
}

// embedded takes the Fields and Meta of embedded structs: what Django calls abstract models.
func (d *describer) embedded(v reflect.Value, meta *Meta) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		if !sf.Anonymous || sf.Type.Kind() != reflect.Struct {
			continue
		}
		part := v.Field(i)
		d.embedded(part, meta)
		if f := part.MethodByName("Fields"); f.IsValid() {
			if call, ok := embeddedCall(f, part); ok {
				if fields, ok := call.Interface().([]Field); ok {
					d.declare(fields)
				}
			}
		}
		if f := part.MethodByName("Meta"); f.IsValid() {
			if call, ok := embeddedCall(f, part); ok {
				if mt, ok := call.Interface().(Meta); ok {
					mt.Table = "" // the table is the model's own
					*meta = mt
				}
			}
		}
	}
}

func embeddedCall(f, part reflect.Value) (reflect.Value, bool) {
	t := f.Type()
	if t.NumIn() != 1 || t.NumOut() != 1 || t.In(0) != reflect.PointerTo(part.Type()) {
		return reflect.Value{}, false
	}
	return f.Call([]reflect.Value{part.Addr()})[0], true
}

func (d *describer) declare(fields []Field) {
	for _, f := range fields {
		decl := f.declare()
		p := plan.Lookup(decl.addr)
		if p == nil || p.Ref != d.m.Root() {
			d.problem(": Fields: an entry does not name a field of the reference value that Fields got")
			continue
		}
		if decl.err != nil {
			d.problem(".%s: %w", p.Name, decl.err)
		}
		// The model's own Fields come after those of embedded structs and win.
		d.decls[p.Offset] = decl
		d.hasPK = d.hasPK || decl.s.PrimaryKey
	}
}

func (d *describer) unused() {
	for off := range d.decls {
		if p := d.m.Root().Leaf(off); p != nil {
			d.problem(".%s: described, but the field is not exported", p.Name)
		}
	}
}
