package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Refresh reads an object's columns again, or only the named ones. What was loaded of its relations is forgotten; a named
// relation to many rows (&a.Tags) is forgotten alone. Columns that the query of the object left out stay so unless they are
// named. A row that is gone is ErrNotFound. Django: refresh_from_db.
func Refresh[T any](ctx context.Context, obj *T, fields ...any) error {
	return Unscoped(Objects[T]()).Refresh(ctx, obj, fields...)
}

// Refresh is Refresh by a query of your own: another database, a lock.
//
//	orm.Objects[Account]().ForUpdate().Refresh(ctx, account)
func (q Query[T]) Refresh(ctx context.Context, obj *T, fields ...any) error {
	return refreshFrom(ctx, q.s, plan.PointerTo(obj), fields)
}

func refreshFrom(ctx context.Context, q expr.Query, p plan.Pointer, fields []any) error {
	m := q.Model
	if err := m.Ready(); err != nil {
		return err
	}
	if p == nil {
		return noObject("Refresh", m)
	}
	if !hasKey(m, p) {
		return fmt.Errorf("orm: Refresh(%s): %w", m.GoName(), ErrNotSaved)
	}
	columns, links, err := refreshed(m, p, fields)
	if err != nil {
		return err
	}
	if len(columns) > 0 {
		addKey(&q, m, p)
		q.Order, q.Ordered, q.Prefetch, q.Related = nil, true, nil, nil
		q.Only, q.Defer = nil, nil
		if len(columns) < len(m.Columns) {
			q.Only = columns
		}
		found, err := readRows(ctx, &q, homeOf(m, p))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return notFoundError(m.GoName())
		}
		if err := copyFields(columns, p, found[0]); err != nil {
			return err
		}
		known(m, p, columns)
	}
	for _, f := range links {
		l := f.LinkAt(p)
		l.Loaded, l.Done = nil, false
	}
	return nil
}

// refreshed are the columns to read again and the relations to forget.
func refreshed(m *plan.Model, p plan.Pointer, fields []any) (columns, links []*plan.Field, err error) {
	if len(fields) == 0 {
		state := m.StateOf(p)
		for _, f := range m.Columns {
			if !state.Lacks(f) {
				columns = append(columns, f)
			}
		}
		return columns, m.Links, nil
	}
	for _, f := range fields {
		pf, _, err := fieldOf(m, f)
		if err != nil {
			return nil, nil, err
		}
		if pf.Rel != nil {
			links = append(links, pf)
		}
		if pf.Tuple != nil {
			columns = append(columns, pf.Tuple...)
		} else if slices.Contains(m.Columns, pf) {
			columns = append(columns, pf)
		} else if pf.Rel == nil {
			return nil, nil, fmt.Errorf("orm: Refresh: %s.%s is not a column", m.GoName(), pf.GoName)
		}
	}
	return columns, links, nil
}

func copyFields(fields []*plan.Field, to, from plan.Pointer) error {
	for _, f := range fields {
		if err := f.Codec.Copy(f.At(to), f.At(from), f.Type); err != nil {
			return err
		}
	}
	return nil
}
