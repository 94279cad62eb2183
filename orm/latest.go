package orm

import (
	"context"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Latest returns the object with the greatest value of the columns, named by address (or orm.Asc and orm.Desc of it), or of
// Meta.LatestBy; Earliest that with the smallest.
func (q Query[T]) Latest(ctx context.Context, by ...any) (*T, error) { return q.latest(ctx, by, true) }

// Earliest returns the object with the smallest value of the columns, or of Meta.LatestBy.
func (q Query[T]) Earliest(ctx context.Context, by ...any) (*T, error) {
	return q.latest(ctx, by, false)
}

func (q Query[T]) latest(ctx context.Context, by []any, desc bool) (*T, error) {
	if err := q.s.Model.Ready(); err != nil {
		return nil, err
	}
	if len(by) == 0 && q.s.Model.Latest == nil {
		return nil, fmt.Errorf("orm: %s: Latest and Earliest need a column, or Meta.LatestBy", q.s.Model.GoName())
	}
	var orders []Order
	if len(by) == 0 {
		for _, by := range q.s.Model.Latest {
			orders = append(orders, Order{o: expr.Order{Name: by.Field.S.Name, Desc: by.Desc != desc}})
		}
	}
	for _, f := range by {
		o, ok := f.(Order)
		if !ok {
			p, err := pathOf(f)
			if err != nil {
				return nil, err
			}
			o = Order{o: expr.Order{Path: p}}
		}
		o.o.Desc = o.o.Desc != desc
		orders = append(orders, o)
	}
	return q.OrderBy(orders...).First(ctx)
}

// pathOf is the key path that an address names.
func pathOf(f any) (*plan.Path, error) {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Pointer {
		return nil, fmt.Errorf("orm: a field is named by its address, not by a %T", f)
	}
	p := plan.Lookup(v.UnsafePointer())
	if p == nil {
		return nil, errNotField
	}
	return p, nil
}
