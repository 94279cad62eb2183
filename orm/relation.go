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
	return plan.At[T](into(plan.PointerTo(f), model[T](), "FK", "Get"))
}

// Get returns the object that the key points to. It is ErrNotFound when the key is null. A key that the query left out
// (Query.Only) is loaded first, with those of the peers.
func (f *ForeignKey[T, K]) Get(ctx context.Context) (*T, error) {
	obj, err := (*foreign[K])(f).get(ctx, model[T]())
	return plan.At[T](obj), err
}

// Loaded returns the object if it is there already. It never asks the database.
func (f *ForeignKey[T, K]) Loaded() (*T, bool) {
	obj := (*foreign[K])(f).loaded(model[T]())
	return plan.At[T](obj), obj != nil
}

// Set points the field to an object; nil makes it null. An object that is not saved yet must be before the one that holds
// the field is; Save takes over its key then. Django: assignment.
func (f *ForeignKey[T, K]) Set(obj *T) { (*foreign[K])(f).set(model[T](), plan.PointerTo(obj)) }

// IsNull says that the field points to no row.
func (f *ForeignKey[T, K]) IsNull() bool { return (*foreign[K])(f).isNull() }

// String is the key, so that a foreign key prints as what it stores.
func (f ForeignKey[T, K]) String() string { return keyText(f.ID) }

// TemplateType tells start-up checks of templates what TemplateValue returns.
func (f *ForeignKey[T, K]) TemplateType() any { return (*T)(nil) }

// TemplateValue gives templates the related object, loaded when it is first used; a null is nil.
func (f *ForeignKey[T, K]) TemplateValue(ctx context.Context) (any, error) {
	return (*foreign[K])(f).templateValue(ctx, model[T]())
}

func (f *ForeignKey[T, K]) leadsTo() (*plan.Model, plan.RelationKind) {
	return model[T](), plan.Forward
}

// To makes a foreign key that points to a saved object: orm.Eq(&a.Author, orm.To(user)).
func To[T any](obj *T) FK[T] {
	var f FK[T]
	f.Set(obj)
	return f
}

// relationField is what every relation type of a model's struct can say about itself.
type relationField interface {
	leadsTo() (*plan.Model, plan.RelationKind)
}

// Reference describes a foreign key; Ref and OneToOne make it.
type Reference struct{ d declaration }

func (r *Reference) declare() *declaration { return &r.d }

// Ref describes a foreign key. It is not null, with an index, and protected from the deletion of the row it points to,
// unless said otherwise.
func Ref[T any, K comparable](f *ForeignKey[T, K]) *Reference {
	return reference(plan.PointerTo(f), schema.ForeignKey)
}

// OneToOne describes a foreign key that each row of the other model may have once.
func OneToOne[T any, K comparable](f *ForeignKey[T, K]) *Reference {
	return reference(plan.PointerTo(f), schema.OneToOne)
}

func reference(at plan.Pointer, kind schema.Kind) *Reference {
	return &Reference{declaration{addr: at, s: schema.Field{Kind: kind, Unique: kind == schema.OneToOne, Rel: &schema.Relation{}}}}
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
