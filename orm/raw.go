package orm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Raw runs SQL of your own and reads its rows into objects, column by column in the order of the named fields: Django's
// raw(). The primary key should be among them. Use ? for arguments, never text from outside.
//
//	orm.Raw[Article](ctx, "SELECT id, title FROM news_article WHERE …", []any{x}, &a.ID, &a.Title)
func Raw[T any](ctx context.Context, sql string, args []any, fields ...any) ([]*T, error) {
	m := model[T]()
	db, s, err := database(ctx, "")
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
	vs, err := values(db, args)
	if err != nil {
		return nil, err
	}
	var slab plan.Slab[T]
	err = db.query(ctx, s, db.d.Params(sql), vs, false, func(r dialect.Row) error {
		if r.Columns() != len(chosen) {
			return fmt.Errorf("orm: Raw(%s): %d columns for %d fields", m.GoName(), r.Columns(), len(chosen))
		}
		return scanObject(plan.PointerTo(slab.Next(0)), chosen, m, r)
	})
	if err != nil {
		return nil, err
	}
	peers := slab.Peers(m, "")
	for _, obj := range slab.Out {
		m.Bind(plan.PointerTo(obj), peers)
	}
	return slab.Out, nil
}

// BulkUpdate writes the named fields of saved objects with few statements, in one transaction, and returns the number of
// rows that were there.
func BulkUpdate[T any](ctx context.Context, objs []*T, fields ...any) (int, error) {
	m := model[T]()
	if err := m.Ready(); err != nil {
		return 0, err
	}
	chosen, err := fieldsOf(m, fields)
	if err != nil {
		return 0, err
	}
	switch {
	case len(objs) == 0:
		return 0, nil
	case len(chosen) == 0:
		return 0, errors.New("orm: BulkUpdate needs fields")
	case m.PK == nil:
		return 0, fmt.Errorf("orm: BulkUpdate(%s): the model has a composite key", m.GoName())
	case slices.Contains(chosen, m.PK):
		return 0, errors.New("orm: BulkUpdate cannot change the primary key")
	}
	total := 0
	err = Atomic(ctx, func(ctx context.Context) error {
		db, s, err := database(ctx, "")
		if err != nil {
			return err
		}
		size := max(1, min(500, (db.d.MaxParams-64)/(2*len(chosen)+1)))
		for batch := range slices.Chunk(objs, size) {
			n, err := db.bulkUpdate(ctx, s, m, pointers(batch), chosen)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}

func pointers[T any](objs []*T) []plan.Pointer {
	out := make([]plan.Pointer, len(objs))
	for i, obj := range objs {
		out[i] = plan.PointerTo(obj)
	}
	return out
}

// bulkUpdate is one UPDATE ... SET c = CASE WHEN id = 1 THEN ... END WHERE id IN (...).
func (db *DB) bulkUpdate(ctx context.Context, s *scope, m *plan.Model, objs []plan.Pointer, fields []*plan.Field) (int, error) {
	q := &expr.Query{Model: m, Limit: -1}
	var keys []dialect.Value
	for _, obj := range objs {
		if m.PK.Codec.Zero(m.PK.At(obj)) {
			return 0, fmt.Errorf("orm: BulkUpdate(%s): %w", m.GoName(), ErrNotSaved)
		}
		keys = append(keys, m.PK.Codec.Get(m.PK.At(obj)))
	}
	addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys)})
	var set []expr.Assign
	for _, f := range fields {
		c := &expr.Case{Out: f.S.Kind}
		for i, obj := range objs {
			v, err := columnValue(f, obj)
			if err != nil {
				return 0, err
			}
			c.Whens = append(c.Whens, expr.When{
				If:   expr.Pred{Op: expr.Exact, Left: expr.Name{Name: "pk"}, Val: keys[i]},
				Then: expr.Literal{Value: v},
			})
		}
		var n expr.Node = c
		if db.d.Name == "postgresql" { // the type of a CASE over parameters is not known there
			n = expr.Cast{Of: c, To: *f.S}
		}
		set = append(set, expr.Assign{Name: f.S.Name, Value: n})
	}
	st, err := db.compiler(s).Update(q, set)
	if err != nil || st.Empty {
		return 0, err
	}
	res, err := db.exec(ctx, s, st.SQL, st.Args)
	return int(res.RowsAffected), err
}

// Explain returns the database's plan for a query, as text.
func (q Query[T]) Explain(ctx context.Context) (string, error) {
	db, s, err := database(ctx, q.s.DB)
	if err != nil {
		return "", err
	}
	st, err := db.compiler(s).Select(&q.s)
	if err != nil || st.Empty {
		return "", err
	}
	word := "EXPLAIN "
	if db.d.Name == "sqlite" {
		word = "EXPLAIN QUERY PLAN "
	}
	var b strings.Builder
	err = db.query(ctx, s, word+st.SQL, st.Args, false, func(r dialect.Row) error {
		parts := make([]string, r.Columns())
		for i := range parts {
			parts[i] = fmt.Sprint(r.Any(i))
		}
		fmt.Fprintln(&b, strings.Join(parts, " "))
		return nil
	})
	return b.String(), err
}

// Retry runs an Atomic again, at most attempts times, when the database asks for it: a serialization failure, a deadlock, a
// locked database. It must be the outermost Atomic, and f must not do what cannot be done twice.
func Retry(ctx context.Context, attempts int, opts AtomicOptions, f func(ctx context.Context) error) error {
	db, s, err := database(ctx, opts.DB)
	if err != nil {
		return err
	}
	if s.txOn(db) != nil {
		return errors.New("orm: Retry inside an Atomic: only the whole transaction can be run again")
	}
	wait := 10 * time.Millisecond
	for n := 1; ; n++ {
		err := AtomicWith(ctx, opts, f)
		if err == nil || n >= attempts || !errors.Is(err, ErrSerialization) && !errors.Is(err, ErrLocked) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(wait):
		}
		wait *= 2
	}
}
