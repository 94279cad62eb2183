package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Raw runs SQL of your own and reads its rows into objects, column by column in the order of the named fields: Django's
// raw(). The primary key must be among them; columns that are not are deferred, as with Query.Only. Use ? for arguments, never
// text from outside. RawQuery finds the fields by the columns' names.
//
//	orm.Raw[Article](ctx, "SELECT id, title FROM news_article WHERE …", []any{x}, &a.ID, &a.Title)
func Raw[T any](ctx context.Context, sql string, args []any, fields ...any) ([]*T, error) {
	m := model[T]()
	name := ""
	db, s, err := route(ctx, &name, m, false, "")
	if err != nil {
		return nil, err
	}
	if err := m.Ready(); err != nil {
		return nil, err
	}
	chosen, err := fieldsOf(m, fields)
	if err != nil {
		return nil, err
	}
	for _, key := range m.Key {
		if !slices.Contains(chosen, key) {
			return nil, fmt.Errorf("orm: Raw(%s): the primary key %s is not among the fields", m.GoName(), key.GoName)
		}
	}
	vs, err := values(db, args)
	if err != nil {
		return nil, err
	}
	return rawRows[T](ctx, db, s, m, name, db.d.Params(sql), vs, func(r dialect.Row) ([]*plan.Field, error) {
		if r.Columns() != len(chosen) {
			return nil, fmt.Errorf("orm: Raw(%s): %d columns for %d fields", m.GoName(), r.Columns(), len(chosen))
		}
		return chosen, nil
	})
}

// rawRows reads the rows of a statement into objects. The first row tells the fields of its columns.
func rawRows[T any](ctx context.Context, db *DB, s *scope, m *plan.Model, name, sql string, args []dialect.Value, fields func(r dialect.Row) ([]*plan.Field, error)) ([]*T, error) {
	slab := plan.Slab{Model: m}
	var chosen []*plan.Field
	err := db.query(ctx, s, sql, args, false, func(r dialect.Row) error {
		if chosen == nil {
			var err error
			if chosen, err = fields(r); err != nil {
				return err
			}
		}
		return scanObject(slab.Next(0), chosen, m, r)
	})
	if err != nil || len(slab.Out) == 0 {
		return nil, err
	}
	peers := slab.Peers(name)
	if peers.Missing = leftOut(m, chosen); len(peers.Missing) > 0 {
		peers.Partial = true
		slab.Remember(func(int) *plan.Peers { return peers })
	}
	for _, obj := range slab.Out {
		m.Bind(obj, peers)
	}
	return listOf[T](slab.Out), nil
}
