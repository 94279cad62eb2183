package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// RawQuery is SQL of your own whose columns find their fields by name: Django's raw(), as a value. A column is that of a field,
// a field's name, or the name of what the model declares with orm.Extra; Column says which field a column of another name
// fills. The primary key must be among them, columns that are not are deferred, and a column without a field is an error.
//
//	rows := orm.Raw[Article]("SELECT id, headline, COUNT(*) AS comment_count FROM … WHERE year = :year …").
//		Named(map[string]any{"year": 2026}).Column("headline", &a.Title).Prefetch(&a.Tags)
//	list, err := rows.All(ctx)
type RawQuery[T any] struct {
	sql     string
	args    []any
	columns map[string]any
	related []AnyRef
	db      string
	err     error
}

// Raw is a query in SQL of your own. Arguments stand for ?; never write text from outside into the statement.
//
//	list, err := orm.Raw[Article]("SELECT id, title FROM news_article WHERE …", x).All(ctx)
func Raw[T any](sql string, args ...any) RawQuery[T] { return RawQuery[T]{sql: sql, args: args} }

// Named gives the arguments by name, in place of ?: see NamedArgs.
func (q RawQuery[T]) Named(values map[string]any) RawQuery[T] {
	sql, args, err := NamedArgs(q.sql, values)
	if err != nil && q.err == nil {
		q.err = err
	}
	q.sql, q.args = sql, args
	return q
}

// Column says which field a column of the result fills: Django's translations. The field may be one of orm.Extra.
func (q RawQuery[T]) Column(name string, field any) RawQuery[T] {
	columns := map[string]any{name: field}
	for k, f := range q.columns {
		if k != name {
			columns[k] = f
		}
	}
	q.columns = columns
	return q
}

// Prefetch loads relations of the objects, with one more query for each.
func (q RawQuery[T]) Prefetch(fields ...AnyRef) RawQuery[T] {
	n := len(q.related)
	q.related = append(q.related[:n:n], fields...)
	return q
}

// Using asks the database with that name.
func (q RawQuery[T]) Using(name string) RawQuery[T] { q.db = name; return q }

// All runs the statement and returns its objects.
func (q RawQuery[T]) All(ctx context.Context) ([]*T, error) {
	if q.err != nil {
		return nil, q.err
	}
	m := model[T]()
	db, s, err := route(ctx, &q.db, m, false, "")
	if err != nil {
		return nil, err
	}
	if err := m.Ready(); err != nil {
		return nil, err
	}
	named := make(map[string]*plan.Field, len(q.columns))
	for name, f := range q.columns {
		pf, _, err := fieldOf(m, f)
		if err != nil {
			return nil, err
		}
		named[name] = pf
	}
	vs, err := values(db, q.args)
	if err != nil {
		return nil, err
	}
	list, err := rawRows[T](ctx, db, s, m, q.db, db.d.Params(q.sql), vs, func(r dialect.Row) ([]*plan.Field, error) {
		return rawFields(m, r, named)
	})
	if err != nil || len(q.related) == 0 {
		return list, err
	}
	return list, Objects[T]().Using(q.db).Prefetch(q.related...).PrefetchFor(ctx, list)
}

// rawFields finds the fields of a result's columns.
func rawFields(m *plan.Model, r dialect.Row, named map[string]*plan.Field) ([]*plan.Field, error) {
	names, ok := r.(dialect.Namer)
	if !ok {
		return nil, fmt.Errorf("orm: Raw(%s): the driver tells no names of columns", m.GoName())
	}
	fields := make([]*plan.Field, r.Columns())
	for i := range fields {
		name := names.Name(i)
		f := named[name]
		if f == nil {
			f = rawField(m, name)
		}
		switch {
		case f == nil:
			return nil, fmt.Errorf("orm: Raw(%s): no field for the column %q (name it with Column, declare a field for it with orm.Extra, or leave it out)", m.GoName(), name)
		case slices.Contains(fields[:i], f):
			return nil, fmt.Errorf("orm: Raw(%s): two columns for the field %s", m.GoName(), f.GoName)
		}
		fields[i] = f
	}
	for _, key := range m.Key {
		if !slices.Contains(fields, key) {
			return nil, fmt.Errorf("orm: Raw(%s): the primary key %s is not among the columns", m.GoName(), key.GoName)
		}
	}
	return fields, nil
}

// rawField is the field of a column by its name.
func rawField(m *plan.Model, name string) *plan.Field {
	for _, f := range m.Columns {
		if f.Column == name {
			return f
		}
	}
	for _, f := range m.Fields {
		if f.Tuple == nil && (f.Extra && SnakeCase(f.GoName) == name || f.S.HasColumn() && f.S.Name == name) {
			return f
		}
	}
	return nil
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
