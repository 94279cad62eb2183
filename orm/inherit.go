package orm

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// ParentRef describes an embedded struct that is a model of its own; Parent makes it.
type ParentRef[P any] struct{ d declaration }

// parentDecl is what Fields says about a parent.
type parentDecl struct {
	model        *plan.Model
	link, column string
}

// Parent makes the embedded model a parent: Django's multi-table inheritance. Each row of the child has its part in the
// parent's table and its own in the child's, with a one-to-one key between them, which is the child's primary key.
//
//	type Restaurant struct {
//		Place
//		ServesPizza bool
//	}
//
//	func (Restaurant) Fields(r *Restaurant) []orm.Field { return []orm.Field{orm.Parent(&r.Place)} }
//
// The parent's fields are the child's too, in Go as in queries. A struct that is embedded without Parent gives its fields
// to the child's own table: what Django calls an abstract base.
func Parent[P any](part *P) *ParentRef[P] {
	return &ParentRef[P]{declaration{addr: plan.PointerTo(part), parent: &parentDecl{model: model[P]()}}}
}

func (r *ParentRef[P]) declare() *declaration { return &r.d }

// Link names the key to the parent. Default: the parent's name in lower case and _ptr.
func (r *ParentRef[P]) Link(name string) *ParentRef[P] { r.d.parent.link = name; return r }

// Column names the key's column. Default: the link's name and _id.
func (r *ParentRef[P]) Column(name string) *ParentRef[P] { r.d.parent.column = name; return r }

// Child is the way from a parent to a child in a key path, as Django's place__restaurant:
//
//	var p = orm.Fields[Place]()
//	orm.Objects[Place]().Filter(orm.Eq(&orm.Child[Restaurant](p).ServesPizza, true))
func Child[C, P any](parent *P) *C {
	ref, child := refOf(parent), model[C]()
	if ref == nil {
		panic(fmt.Sprintf("orm: Child[%s] takes a reference value (orm.Fields)", typeOf[C]().Name()))
	}
	if err := child.Described(); err != nil {
		panic(err.Error())
	}
	for _, p := range child.Parents {
		if p.Model == model[P]() && p.Link != nil {
			return plan.At[C](ref.ChildOf(child, p.Link.Back()).Base)
		}
	}
	panic(fmt.Sprintf("orm: %s has no parent %s (orm.Parent)", typeOf[C]().Name(), typeOf[P]().Name()))
}

// HasChild describes a field of a parent that leads to the child of the same row, if there is one:
//
//	Restaurant orm.One[Restaurant]
//	orm.HasChild(&p.Restaurant)
func HasChild[C any](f *One[C]) Field {
	r := &ManyRef{declaration{addr: plan.PointerTo(f), s: schema.Field{Kind: schema.Invalid}}}
	r.d.hasChild = true
	return r
}

// declareParents notes which embedded structs are parents.
func (d *describer) declareParents(fields []Field) {
	for _, f := range fields {
		if f == nil {
			continue // declare says so
		}
		if decl := f.declare(); decl.parent != nil {
			d.parents[plan.Offset(d.m.Root().Base, decl.addr)] = decl.parent
		}
	}
}

func (d *describer) isParent(part reflect.Value) bool {
	p := d.parents[plan.Offset(d.m.Root().Base, part.Addr().UnsafePointer())]
	return p != nil && p.model.Type == part.Type()
}

// links adds the keys to the parents, which stand before the model's own fields.
func (d *describer) links() {
	if len(d.parents) == 0 {
		return
	}
	d.m.Schema.Fields = make([]schema.Field, 0, 2*d.m.Type.NumField()+16)
	d.findParents(d.m.Type, 0, func(decl *parentDecl, off uintptr) {
		parent := decl.model
		if err := parent.Described(); err != nil {
			d.problems = append(d.problems, err)
			return
		}
		for _, other := range d.m.Parents {
			if parent.Inherits(other.Model) || other.Model.Inherits(parent) || common(parent, other.Model) {
				d.problem("orm.E014", "", "%s and %s have a parent in common, whose fields would be there twice", other.Model.GoName(), parent.GoName())
				return
			}
		}
		key := parent.PK
		if key == nil {
			d.problem("orm.E014", "", "%s has a composite key and cannot be a parent, for the child's key would be a foreign key to it (embed a struct that is no model, or relate to it by an orm.ForeignObject)", parent.GoName())
			return
		}
		name := decl.link
		if name == "" {
			name = strings.ToLower(parent.Schema.Name) + "_ptr"
		}
		f := &plan.Field{Model: d.m, Offset: off + key.Offset, Type: key.Type, GoName: parent.GoName(), Codec: key.Codec, ParentLink: true}
		f.Rel = &plan.Relation{Name: name, From: d.m, To: parent, Field: f, Kind: plan.Forward}
		d.m.Inherit(plan.Parent{Model: parent, Link: f.Rel, Offset: off})
		d.relate(name, f.Rel)
		d.add(f, schema.Field{
			Name: name, Column: decl.column, Kind: schema.OneToOne, NotEditable: true,
			Rel: &schema.Relation{OnDelete: Cascade, ParentLink: true},
		})
		f.Rel.FromColumn, f.Rel.ToColumn = f.Column, key.Column
		f.S.Rel.To = parent.Label()
		d.m.Schema.Bases = append(d.m.Schema.Bases, parent.Label())
	})
}

// common says that two models have a parent in common.
func common(a, b *plan.Model) bool {
	for _, p := range a.Ancestors() {
		if b.Inherits(p) {
			return true
		}
	}
	return false
}

// findParents calls f for the parents in the order of the struct.
func (d *describer) findParents(t reflect.Type, base uintptr, f func(decl *parentDecl, off uintptr)) {
	for i := range t.NumField() {
		sf := t.Field(i)
		if !isPart(sf) {
			continue
		}
		off := base + sf.Offset
		if p := d.parents[off]; p != nil && p.model.Type == sf.Type {
			f(p, off)
			continue
		}
		d.findParents(sf.Type, off, f)
	}
}

// inherit says that the embedded struct at an offset is a parent: its fields are there already.
func (d *describer) inherit(off uintptr, t reflect.Type) bool {
	p := d.parents[off]
	return p != nil && p.model.Type == t
}

// promote makes the first key to a parent the model's own, unless it has one. Other keys to parents are unique.
func (d *describer) promote() {
	for _, p := range d.m.Parents {
		if p.Link == nil {
			continue
		}
		f := p.Link.Field
		f.S.PrimaryKey, f.S.Unique = !d.hasPK, d.hasPK
		d.hasPK = true
	}
}

// hasChild adds a field that holds the child of the same row. It is no column and no part of the schema.
func (d *describer) hasChild(f *plan.Field, fd schema.Field) {
	f.S = &fd
	d.m.Fields = append(d.m.Fields, f)
	f.Rel.OnComplete(func(r *plan.Relation) error {
		if err := r.To.Described(); err != nil {
			return err
		}
		for _, p := range r.To.Parents {
			if p.Model != r.From || p.Link == nil {
				continue
			}
			back := p.Link.Back()
			r.Field, r.FromColumn, r.ToColumn, r.Null, r.Accessor = p.Link.Field, back.FromColumn, back.ToColumn, true, back.Accessor
			return nil
		}
		return schema.Wrong("orm.E012", "HasChild: %s has no parent %s (orm.Parent)", r.To.GoName(), r.From.GoName())
	})
}

// embeds says that a model's struct embeds another's: what is said of a parent may be said of its children. It looks at the
// types only, for a query may be built before the models can be described.
func embeds(m, other *plan.Model) bool {
	var in func(t reflect.Type) bool
	in = func(t reflect.Type) bool {
		for i := range t.NumField() {
			if sf := t.Field(i); isPart(sf) && (sf.Type == other.Type || in(sf.Type)) {
				return true
			}
		}
		return false
	}
	return m.Type != nil && m.Type.Kind() == reflect.Struct && in(m.Type)
}

// inheritMeta takes the order and the LatestBy of the first parent, as Django does, where the model says nothing. They are
// no part of the schema: a change of the parent's is no change of the child.
func (d *describer) inheritMeta(meta *Meta) {
	if len(d.m.Parents) == 0 {
		return
	}
	first := d.m.Parents[0].Model
	if meta.Ordering == nil {
		d.m.Order = first.Order
	}
	if meta.NaturalKey == nil {
		for _, f := range first.Natural {
			d.m.Natural = append(d.m.Natural, d.m.FieldNamed(f.S.Name))
		}
	}
	if meta.LatestBy == nil {
		for _, by := range first.Latest {
			d.m.Latest = append(d.m.Latest, plan.Latest{Field: d.m.FieldNamed(by.Field.S.Name), Desc: by.Desc})
		}
	}
}

// relatedName puts the model's names into the related names of an abstract base, which must differ from child to child:
// "%(app_label)s_%(class)s_set".
//
// Where the field says nothing, Meta.DefaultRelatedName does.
func (d *describer) relatedName(rel *schema.Relation) {
	if rel.RelatedName == "" {
		rel.RelatedName = d.defaultRelated
	}
	rel.RelatedName, rel.RelatedQuery = d.withNames(rel.RelatedName), d.withNames(rel.RelatedQuery)
}

func (d *describer) withNames(s string) string {
	if !strings.Contains(s, "%(") {
		return s
	}
	return strings.NewReplacer("%(class)s", strings.ToLower(d.m.Schema.Name), "%(model_name)s", strings.ToLower(d.m.Schema.Name), "%(app_label)s", strings.ToLower(d.m.Schema.App)).Replace(s)
}

// proxy describes a model that has the table of the one it embeds.
func (d *describer) proxy(ref reflect.Value, meta Meta) error {
	m := d.m
	base, off := d.proxied(ref.Type())
	if base == nil {
		return errors.Join(d.problems...)
	}
	if err := base.Described(); err != nil {
		return err
	}
	if fields, _ := described[[]Field](ref, reflect.New(m.Type), "Fields"); len(fields) > 0 {
		d.problem("models.E017", "", "a proxy model has no fields of its own, and so nothing to describe in Fields")
	}
	if len(meta.Indexes)+len(meta.Constraints)+len(meta.UniqueTogether)+len(meta.PrimaryKey) > 0 {
		d.problem("orm.E015", "", "a proxy model has no table: indexes, constraints and keys belong to %s", base.GoName())
	}
	d.names(meta)
	m.ProxyOf = base
	m.Schema.Table, m.Schema.Proxy, m.Schema.Bases = base.Schema.Table, true, []string{base.Label()}
	m.Schema.PrimaryKey = base.Schema.PrimaryKey
	m.Inherit(plan.Parent{Model: base, Offset: off})
	if err := errors.Join(d.problems...); err != nil {
		return err
	}
	if err := m.Finish(); err != nil {
		return err
	}
	m.PK = nil
	var key []*plan.Field
	for _, f := range base.Key {
		key = append(key, m.FieldNamed(f.S.Name))
	}
	m.SetKey(key)
	if base.PK != nil {
		m.PK = m.FieldNamed(base.PK.S.Name)
	}
	d.meta(meta)
	d.scope(ref)
	return errors.Join(d.problems...)
}

// proxied finds the model that a proxy embeds.
func (d *describer) proxied(t reflect.Type) (base *plan.Model, off uintptr) {
	for i := range t.NumField() {
		sf := t.Field(i)
		switch {
		case isPart(sf) && sf.Type.NumField() == 0:
		case isPart(sf) && base == nil && sf.IsExported():
			base, off = plan.OfType(sf.Type, describe), sf.Offset
		case isPart(sf) && base != nil:
			d.problem("orm.E015", "", "a proxy model embeds one model, not %s and %s", base.GoName(), sf.Type.Name())
			return nil, 0
		case sf.IsExported():
			d.problem("models.E017", sf.Name, "a proxy model has no fields of its own (Meta.Proxy)")
		}
	}
	if base == nil {
		d.problem("orm.E015", "", "a proxy model embeds the model that it stands for (Meta.Proxy)")
	}
	return base, off
}

// Parents are the models whose tables hold a part of each row, in the order of the struct (Parent), or the one that a proxy
// stands for. Django: _meta.parents.
func (m Model) Parents() []Model {
	_ = m.p.Described()
	out := make([]Model, len(m.p.Parents))
	for i, p := range m.p.Parents {
		out[i] = Model{p.Model}
	}
	return out
}

// IsProxy says that the model has the table of another (Meta.Proxy).
func (m Model) IsProxy() bool { _ = m.p.Described(); return m.p.ProxyOf != nil }

// Concrete is the model that has the table: the model itself, unless it is a proxy. Django: _meta.concrete_model.
func (m Model) Concrete() Model { _ = m.p.Described(); return Model{m.p.Concrete()} }

// AllFields are the fields of the model and of its parents, the parents' first; Schema has the model's own. The values are
// shared: do not change them. Django: _meta.get_fields.
func (m Model) AllFields() []*schema.Field {
	_ = m.p.Ready()
	out := make([]*schema.Field, 0, len(m.p.Fields))
	for _, f := range m.p.Fields {
		if !f.Extra && f.S.Kind != schema.Invalid {
			out = append(out, f.S)
		}
	}
	return out
}
