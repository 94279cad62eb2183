package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/internal/plan"
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
func (f ForeignKey[T, K]) String() string {
	if l := &f.link; l.Rel != nil && l.Rel.Field.Tuple != nil {
		return keyText(joinedKey(l).Any())
	}
	return keyText(f.ID)
}

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
