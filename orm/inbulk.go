package orm

import (
	"context"
	"errors"
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// InBulkAll returns all objects of the query by a unique column: Django's in_bulk() without keys.
func InBulkAll[T any, K comparable](ctx context.Context, q Query[T], f *K) (map[K]*T, error) {
	pf, err := bulkKey(q, f)
	if err != nil {
		return nil, err
	}
	list, err := q.All(ctx)
	return byKey[T, K](list, pf), err
}

// bulkKey is the unique column by which objects are returned.
func bulkKey[T, K any](q Query[T], f *K) (*plan.Field, error) {
	if err := q.s.Model.Ready(); err != nil {
		return nil, err
	}
	pf, _, err := fieldOf(q.s.Model, f)
	if err != nil {
		return nil, err
	}
	if !pf.S.Unique && !pf.S.PrimaryKey && !uniqueTogether(&q.s.Model.Schema, q.s.Model, []string{pf.S.Name}) {
		return nil, fmt.Errorf("orm: InBulk: %s.%s is not unique", q.s.Model.GoName(), pf.GoName)
	}
	return pf, nil
}

func byKey[T any, K comparable](list []*T, pf *plan.Field) map[K]*T {
	out := make(map[K]*T, len(list))
	for _, obj := range list {
		out[*plan.At[K](pf.At(plan.PointerTo(obj)))] = obj
	}
	return out
}

// InBulk returns the objects with the given keys, by key: the primary key or another unique column. Without keys there are no
// objects; InBulkAll returns all.
func InBulk[T any, K comparable](ctx context.Context, q Query[T], f *K, keys ...K) (map[K]*T, error) {
	pf, err := bulkKey(q, f)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return map[K]*T{}, nil
	}
	list, err := q.Filter(In(f, keys...)).All(ctx)
	return byKey[T, K](list, pf), err
}

// Contains says whether a saved object is among the rows of the query.
func (q Query[T]) Contains(ctx context.Context, obj *T) (bool, error) {
	if err := q.s.Model.Ready(); err != nil {
		return false, err
	}
	if q.s.Values != nil {
		return false, errors.New("orm: Contains: a query of values has no objects")
	}
	if obj == nil {
		return false, noObject("Contains", q.s.Model)
	}
	v, err := valueOf(obj)
	if err != nil {
		return false, err
	}
	return q.Filter(Predicate{expr.Pred{Op: expr.Exact, Left: expr.Name{Name: "pk"}, Val: v}}).Exists(ctx)
}
