package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// One is a field that leads to the one row of another model whose one-to-one field points here (HasOne): from a user to
// the profile. The row is loaded on the first Get, for all objects that were loaded together in one query.
type One[T any] struct{ link plan.Link }

func (o *One[T]) keyPath() *plan.Path                       { return plan.Lookup(plan.PointerTo(o)) }
func (o *One[T]) leadsTo() (*plan.Model, plan.RelationKind) { return model[T](), plan.BackwardOne }

// To is the field's way into the other model in a key path.
func (o *One[T]) To() *T {
	return plan.At[T](into(plan.PointerTo(o), model[T](), "One", "Get"))
}

// Get returns the object that points here. It is a *NoRelatedError when there is none, for which IsNotFound holds.
func (o *One[T]) Get(ctx context.Context) (*T, error) {
	l := &o.link
	if l.Peers != nil {
		l.Peers.Lock()
		defer l.Peers.Unlock()
	}
	if !l.Done {
		if l.Rel == nil || l.Owner == nil {
			return nil, fmt.Errorf("orm: One[%s]: %w", typeOf[T]().Name(), ErrNotSaved)
		}
		if err := loadForPeers(ctx, l, l.Owner); err != nil {
			return nil, err
		}
	}
	if obj, ok := l.Loaded.(*T); ok && obj != nil {
		return obj, nil
	}
	return nil, &NoRelatedError{Model: l.Rel.From.GoName(), Field: l.Rel.Name}
}

// TemplateValue gives templates the object, loaded when it is first used; none is nil.
func (o *One[T]) TemplateValue(ctx context.Context) (any, error) {
	obj, err := o.Get(ctx)
	if IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return obj, nil
}

// HasOne describes a field that holds the row whose one-to-one field points here:
//
//	Profile orm.One[Profile]
//	orm.HasOne(&u.Profile, &orm.Fields[Profile]().User)
func HasOne[C, T any, K comparable](f *One[C], key *ForeignKey[T, K]) Field {
	r := &ManyRef{declaration{addr: plan.PointerTo(f), s: schema.Field{Kind: schema.Invalid}}}
	r.d.hasMany = plan.Lookup(plan.PointerTo(key))
	if r.d.hasMany == nil {
		r.d.err = fmt.Errorf("orm: HasOne takes the address of a one-to-one field in orm.Fields[%s]()", typeOf[C]().Name())
	}
	return r
}
