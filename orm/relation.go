package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// ForeignKey is a field that points to a row of another model whose key is a K. The zero key is no row: NULL.
//
// The related object is loaded on the first Get, for all objects that were loaded together in one query. A value is used
// by one goroutine at a time, like any struct.
type ForeignKey[T any, K comparable] struct {
	// ID is the other row's key.
	ID   K
	link plan.Link
}

// FK is a foreign key to a model with an automatic key.
type FK[T any] = ForeignKey[T, int64]

// To is a foreign key's way into the other model in a key path: orm.Eq(&a.Author.To().Username, "ada"). It is for
// reference values (orm.Fields), not for loaded objects; those have Get.
func (f *ForeignKey[T, K]) To() *T {
	p := plan.Lookup(plan.PointerTo(f))
	if p == nil {
		panic(fmt.Sprintf("orm: FK[%s].To walks key paths of orm.Fields; use Get(ctx) on a loaded object", typeOf[T]().Name()))
	}
	return plan.At[T](p.Ref.Child(model[T](), p, false).Base)
}

// Get returns the object that the key points to. It is ErrNotFound when the key is null. A key that the query left out
// (Query.Only) is loaded first, with those of the peers.
func (f *ForeignKey[T, K]) Get(ctx context.Context) (*T, error) {
	l := &f.link
	if l.Peers != nil {
		l.Peers.Lock()
		defer l.Peers.Unlock()
	}
	if obj, ok := f.cached(); ok {
		return obj, nil
	}
	var zero K
	if f.ID == zero {
		if err := loadKey(ctx, l); err != nil {
			return nil, err
		}
	}
	if f.ID == zero {
		return nil, nullRelation(model[T]())
	}
	if err := f.load(ctx); err != nil {
		return nil, err
	}
	if obj, ok := f.cached(); ok {
		return obj, nil
	}
	return nil, noRow(model[T](), f.ID)
}

// loadKey loads a foreign key's column if the query left it out.
func loadKey(ctx context.Context, l *plan.Link) error {
	if l.Rel == nil || !l.Peers.Lacks(l.Rel.Field) {
		return nil
	}
	return loadFields(ctx, l.Rel.From, l.Owner, []*plan.Field{l.Rel.Field})
}

func nullRelation(m *plan.Model) error {
	return fmt.Errorf("orm: the relation to %s is null: %w", m.GoName(), ErrNotFound)
}

func noRow(m *plan.Model, key any) error {
	return fmt.Errorf("orm: %s %v: %w", m.GoName(), key, ErrNotFound)
}

// cached returns the loaded object if it is the one that ID names now.
func (f *ForeignKey[T, K]) cached() (*T, bool) {
	obj, ok := f.link.Loaded.(*T)
	if !ok || obj == nil {
		return nil, false
	}
	m := model[T]()
	if m.Ready() != nil {
		return nil, false
	}
	target := m.PK
	if f.link.Rel != nil {
		target = m.FieldNamed(f.link.Rel.ToColumn)
	}
	if target == nil {
		return nil, false
	}
	if target.Rel == nil && target.Type != typeOf[K]() { // another column than the key is pointed to; Save knows which
		return obj, !f.link.Done && f.IsNull()
	}
	return obj, *plan.At[K](target.At(plan.PointerTo(obj))) == f.ID
}

// Loaded returns the object if it is there already. It never asks the database.
func (f *ForeignKey[T, K]) Loaded() (*T, bool) {
	if l := &f.link; l.Peers != nil {
		l.Peers.Lock()
		defer l.Peers.Unlock()
	}
	return f.cached()
}

// Set points the field to an object; nil makes it null. An object that is not saved yet must be before the one that holds
// the field is; Save takes over its key then. Django: assignment.
func (f *ForeignKey[T, K]) Set(obj *T) {
	if l := &f.link; l.Peers != nil {
		l.Peers.Lock()
		defer l.Peers.Unlock()
	}
	var zero K
	f.ID, f.link.Loaded, f.link.Done = zero, nil, false
	if obj == nil {
		return
	}
	f.link.Loaded = obj // without Done it waits for its key: takeKeys
	m := model[T]()
	if m.Ready() != nil {
		return
	}
	target := m.PK
	if f.link.Rel != nil {
		target = m.FieldNamed(f.link.Rel.ToColumn)
	}
	if target != nil && target.Type == typeOf[K]() {
		f.ID = *plan.At[K](target.At(plan.PointerTo(obj)))
		f.link.Done = f.ID != zero && f.link.Rel != nil
	}
}

// IsNull says that the field points to no row.
func (f *ForeignKey[T, K]) IsNull() bool {
	var zero K
	return f.ID == zero
}

// String is the key, so that a foreign key prints as what it stores.
func (f ForeignKey[T, K]) String() string { return fmt.Sprint(f.ID) }

// TemplateType tells start-up checks of templates what TemplateValue returns.
func (f *ForeignKey[T, K]) TemplateType() any { return (*T)(nil) }

// TemplateValue gives templates the related object, loaded when it is first used; a null is nil.
func (f *ForeignKey[T, K]) TemplateValue(ctx context.Context) (any, error) {
	if f.IsNull() && (f.link.Rel == nil || !f.link.Peers.Lacks(f.link.Rel.Field)) {
		return nil, nil
	}
	obj, err := f.Get(ctx)
	if err != nil && f.IsNull() && IsNotFound(err) {
		return nil, nil
	}
	return obj, err
}

func (f *ForeignKey[T, K]) target() *plan.Model { return model[T]() }
func (f *ForeignKey[T, K]) relationKind() plan.RelationKind {
	return plan.Forward
}

// To makes a foreign key that points to a saved object: orm.Eq(&a.Author, orm.To(user)).
func To[T any](obj *T) FK[T] {
	var f FK[T]
	f.Set(obj)
	return f
}

// relationField is what every relation type of a model's struct can say about itself.
type relationField interface {
	target() *plan.Model
	relationKind() plan.RelationKind
}

// Reference describes a foreign key; Ref and OneToOne make it.
type Reference struct{ d declaration }

func (r *Reference) declare() *declaration { return &r.d }

// Ref describes a foreign key. It is not null, with an index, and protected from the deletion of the row it points to,
// unless said otherwise.
func Ref[T any, K comparable](f *ForeignKey[T, K]) *Reference {
	return &Reference{declaration{addr: plan.PointerTo(f), s: schema.Field{Kind: schema.ForeignKey, Rel: &schema.Relation{}}}}
}

// OneToOne describes a foreign key that each row of the other model may have once.
func OneToOne[T any, K comparable](f *ForeignKey[T, K]) *Reference {
	r := Ref(f)
	r.d.s.Kind, r.d.s.Unique = schema.OneToOne, true
	return r
}

// OnDelete is what happens to the rows when the row that they point to is deleted.
func (r *Reference) OnDelete(o OnDelete) *Reference { r.d.s.Rel.OnDelete = o; return r }

// Null lets the column be null: a zero ID.
func (r *Reference) Null() *Reference { r.d.s.Null = true; return r }

// RelatedName names the way back in look-ups: Author -> articles. "+" hides it.
func (r *Reference) RelatedName(name string) *Reference {
	r.d.s.Rel.RelatedName = name
	return r
}

// RelatedQueryName names the way back in look-ups only.
func (r *Reference) RelatedQueryName(name string) *Reference {
	r.d.s.Rel.RelatedQuery = name
	return r
}

// ToField points to another unique field than the primary key, by its name: "code".
func (r *Reference) ToField(name string) *Reference { r.d.s.Rel.ToField = name; return r }

// Column names the database column. Default: the field's name and _id.
func (r *Reference) Column(name string) *Reference { r.d.s.Column = name; return r }

// Name gives the field's name in look-ups. Default: the Go name in snake case.
func (r *Reference) Name(name string) *Reference { r.d.s.Name = name; return r }

// PrimaryKey makes the relation the key of its model.
func (r *Reference) PrimaryKey() *Reference { r.d.s.PrimaryKey = true; return r }

// Unique allows each value once.
func (r *Reference) Unique() *Reference { r.d.s.Unique = true; return r }

// NoIndex leaves out the index.
func (r *Reference) NoIndex() *Reference { r.d.s.NoIndex = true; return r }

// NoConstraint leaves the foreign key constraint out of the table.
func (r *Reference) NoConstraint() *Reference { r.d.s.Rel.NoConstraint = true; return r }

// Blank lets forms leave the field empty.
func (r *Reference) Blank() *Reference { r.d.s.Blank = true; return r }

// Verbose is the field's name for people.
func (r *Reference) Verbose(name string) *Reference { r.d.s.VerboseName = name; return r }

// Help is the hint beside the field in forms.
func (r *Reference) Help(text string) *Reference { r.d.s.HelpText = text; return r }

// NotEditable keeps the field out of forms.
func (r *Reference) NotEditable() *Reference { r.d.s.NotEditable = true; return r }

// OnDelete is what happens to rows that point to a deleted row.
type OnDelete = schema.OnDelete

// The choices for Ref.OnDelete, as in Django. The DB forms leave the work to the database.
const (
	Protect      = schema.Protect
	Cascade      = schema.Cascade
	Restrict     = schema.Restrict
	SetNull      = schema.SetNull
	SetDefault   = schema.SetDefault
	DoNothing    = schema.DoNothing
	DBCascade    = schema.DBCascade
	DBSetNull    = schema.DBSetNull
	DBSetDefault = schema.DBSetDefault
)

// Rev walks a foreign key backwards in a key path: from an article to its comments,
//
//	var c = orm.Fields[Comment]()
//	orm.Objects[Article]().Filter(orm.IContains(&orm.Rev[Comment](&c.Article).Text, "go"))
func Rev[C, T any, K comparable](f *ForeignKey[T, K]) *C {
	return reverse[C](plan.Lookup(plan.PointerTo(f)), model[T]())
}

// RevMany walks a many-to-many field backwards in a key path: from a tag to its articles.
func RevMany[C, T any](f *Many[T]) *C {
	return reverse[C](plan.Lookup(plan.PointerTo(f)), model[T]())
}

func reverse[C any](p *plan.Path, to *plan.Model) *C {
	if p == nil || p.Ref.Model != model[C]() || p.Ref.Parent != nil {
		panic(fmt.Sprintf("orm: Rev[%s] takes the address of a relation in orm.Fields[%[1]s]", typeOf[C]().Name()))
	}
	return plan.At[C](to.Root().Child(model[C](), p, true).Base)
}

// RevFrom is Rev at the end of a longer path: base is the reference value to go on from, such as a.Author.To().
func RevFrom[C, T any, K comparable](base *T, f *ForeignKey[T, K]) *C {
	p := plan.Lookup(plan.PointerTo(f))
	ref := refOf(base)
	if p == nil || ref == nil || p.Ref.Model != model[C]() {
		panic(fmt.Sprintf("orm: RevFrom[%s] takes a reference value and a relation in orm.Fields[%[1]s]", typeOf[C]().Name()))
	}
	return plan.At[C](ref.Child(model[C](), p, true).Base)
}

// refOf finds the reference value that an address is.
func refOf[T any](base *T) *plan.Ref {
	if p := plan.Lookup(plan.PointerTo(base)); p != nil && p.Ref.Base == plan.PointerTo(base) {
		return p.Ref
	}
	return nil
}
