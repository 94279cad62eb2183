package orm

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// describe fills the plan of a model from its struct, its Fields and its Meta. All mistakes are reported together.
func describe(m *plan.Model) error {
	if m.Type.Kind() != reflect.Struct {
		return fmt.Errorf("orm: %s is not a struct", m.Type)
	}
	root := m.Root()
	ref := reflect.NewAt(m.Type, root.Base)
	d := &describer{m: m, decls: map[uintptr]*declaration{}, parents: map[uintptr]*parentDecl{}}
	d.describeAudit()
	meta, own := described[Meta](ref.Elem(), reflect.New(m.Type), "Meta")
	if meta.Proxy {
		return d.proxy(ref.Elem(), meta)
	}
	d.signatures()
	fields, _ := described[[]Field](ref.Elem(), reflect.New(m.Type), "Fields")
	d.declareParents(fields)
	inherited := d.embedded(ref.Elem())
	d.declare(fields)
	if !own && inherited != nil {
		meta = *inherited
	}
	d.names(meta)
	d.links()
	d.walk(m.Type, 0, nil)
	d.promote()
	d.unused()
	if err := errors.Join(d.problems...); err != nil {
		return err
	}
	if err := m.Finish(); err != nil {
		return err
	}
	d.spanColumns()
	d.meta(meta)
	d.scope(ref.Elem())
	return errors.Join(d.problems...)
}

type describer struct {
	m        *plan.Model
	decls    map[uintptr]*declaration
	parents  map[uintptr]*parentDecl
	hasPK    bool
	spans    []span
	problems []error
	// defaultRelated is the related name of fields that have none.
	defaultRelated string
}

// problem notes a mistake: its code, the Go name of the field if it is about one, and a text that ends with the fix in
// parentheses.
func (d *describer) problem(id, field, format string, args ...any) {
	d.mistake(id, field, schema.Wrong(id, format, args...))
}

// mistake notes an error; a code that it has is kept.
func (d *describer) mistake(id, field string, err error) {
	d.problems = append(d.problems, d.m.MistakeAt(id, field, err))
}

// described calls the method of a struct that describes it, Fields or Meta, with the reference value at ref. A method that
// comes from an embedded struct takes another type: it is not this struct's.
func described[R any](ref, receiver reflect.Value, method string) (out R, own bool) {
	f := receiver.MethodByName(method)
	if !f.IsValid() {
		return out, false
	}
	t := f.Type()
	if t.NumIn() != 1 || t.NumOut() != 1 || t.In(0) != reflect.PointerTo(ref.Type()) {
		return out, false
	}
	out, own = f.Call([]reflect.Value{ref.Addr()})[0].Interface().(R)
	return out, own
}

// isPart says that a struct field is an embedded struct with fields of its own, as opposed to one that is a column.
func isPart(sf reflect.StructField) bool {
	return sf.Anonymous && sf.Type.Kind() == reflect.Struct && plan.GoKind(sf.Type) == schema.Invalid
}

// embedded takes the Fields and Meta of embedded structs that are no parents: what Django calls abstract models. Of several
// Metas the first counts.
func (d *describer) embedded(v reflect.Value) (meta *Meta) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		part := v.Field(i)
		if !isPart(sf) || d.isParent(part) {
			continue
		}
		if !sf.IsExported() { // its methods cannot be called by reflection on the field: take the address
			part = reflect.NewAt(sf.Type, part.Addr().UnsafePointer()).Elem()
		}
		fields, _ := described[[]Field](part, part.Addr(), "Fields")
		d.declareParents(fields)
		inner := d.embedded(part)
		d.declare(fields)
		if m, own := described[Meta](part, part.Addr(), "Meta"); own {
			m.Table, m.Name = "", "" // the table is the model's own
			inner = &m
		}
		if meta == nil {
			meta = inner
		}
	}
	return meta
}

func (d *describer) declare(fields []Field) {
	for i, f := range fields {
		if f == nil {
			d.problem("orm.E002", "", "Fields: entry %d is nil (leave it out)", i+1)
			continue
		}
		decl := f.declare()
		if decl.parent != nil {
			continue
		}
		p := plan.Lookup(decl.addr)
		if p == nil || p.Ref != d.m.Root() {
			d.problem("orm.E002", "", "Fields: an entry does not name a field of the reference value that Fields got")
			continue
		}
		if decl.err != nil {
			d.mistake("orm.E003", p.Name, decl.err)
		}
		// The model's own Fields come after those of embedded structs and win.
		d.decls[p.Offset] = decl
		d.hasPK = d.hasPK || decl.s.PrimaryKey
	}
}

func (d *describer) unused() {
	for off := range d.decls {
		if p := d.m.Root().Leaf(off); p != nil {
			d.problem("orm.E002", p.Name, "described, but the field is not exported")
		}
	}
}
