package orm

import (
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Scoper is a model, or a struct that models embed, some of whose rows Objects leaves out: Django's default manager with a
// get_queryset of its own. The conditions hold for the queries of Objects and for the way back of relations (author.Articles),
// for their counts, updates and deletes. They do not hold for objects that are pointed to (article.Author), for look-ups
// across relations, and for Save, Refresh and Delete of an object: what is there can be reached. Unscoped and Lift open them.
//
//	func (Article) Scope(a *Article) []orm.Predicate { return []orm.Predicate{orm.Eq(&a.Hidden, false)} }
//
// The conditions of a model and of all that it embeds, its parents among them, hold together. Further managers are functions
// that return queries.
type Scoper[T any] interface{ Scope(ref *T) []Predicate }

// Unscoped is a query without the conditions that its model has by itself. Django: _base_manager.
func Unscoped[T any](q Query[T]) Query[T] {
	q.s.Scoped = false
	return q
}

// Lift is a query without the conditions of one struct that its model embeds; those of others stay.
//
//	orm.Lift[Tenant](orm.Objects[Invoice]())
func Lift[S, T any](q Query[T]) Query[T] {
	q.s.Lifted = append(slices.Clip(q.s.Lifted), typeOf[S]())
	return q
}

// scope takes the conditions of a model and of the structs that it embeds. Those of its parents are there already.
func (d *describer) scope(v reflect.Value) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		part := v.Field(i)
		if !isPart(sf) || d.isParent(part) || d.m.ProxyOf != nil {
			continue
		}
		if !sf.IsExported() {
			part = reflect.NewAt(sf.Type, part.Addr().UnsafePointer()).Elem()
		}
		d.scope(part)
	}
	list, own := described[[]Predicate](v, reflect.New(v.Type()), "Scope")
	if !own || len(list) == 0 {
		return
	}
	preds := make([]expr.Pred, len(list))
	for i, p := range list {
		if err := checkRoot(&expr.Query{Model: d.m}, &p.p); err != nil {
			d.problem("orm.E013", "", "Scope: %w", err)
		}
		preds[i] = p.p
	}
	d.m.Scopes = append(d.m.Scopes, plan.Scope{Of: v.Type(), Preds: preds})
}
