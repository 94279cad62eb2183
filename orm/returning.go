package orm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// UpdateReturning is Update that returns the rows as they are now, in no order that can be relied upon. Where the database
// has no UPDATE … RETURNING (MariaDB, MySQL), or the query loads relations, the rows are locked, updated and read in one
// transaction.
//
//	taken, err := jobs.Filter(orm.InQuery(&j.ID, orm.Pluck(next, &j.ID))).UpdateReturning(ctx, orm.Set(&j.State, Running))
func (q Query[T]) UpdateReturning(ctx context.Context, set ...Assignment) ([]*T, error) {
	if err := q.refuseReturning("update"); err != nil || len(set) == 0 {
		return nil, err
	}
	db, s, err := q.writing(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.unrecorded(q.s.Model, "UpdateReturning"); err != nil {
		return nil, err
	}
	list := assigns(set)
	st, ok, err := db.compiler(s).UpdateReturning(&q.s, list)
	if err != nil {
		return nil, err
	}
	if ok {
		if st.Empty {
			return nil, nil
		}
		r := newReader(st.Layout, &q.s, 0)
		defer r.free()
		if err := db.query(ctx, s, st.SQL, st.Args, true, r.next); err != nil {
			return nil, err
		}
		return finish[T](ctx, r, db, s, &q.s)
	}
	var out []*T
	err = updateThenRead(ctx, &q.s, list, func(ctx context.Context, rows *expr.Query) error {
		db, s, err := database(ctx, rows.DB)
		if err == nil {
			out, err = fetch[T](ctx, db, s, rows, 0)
		}
		return err
	})
	return out, err
}

// DeleteReturning is Delete that returns the rows as they were. What OnDelete says of other rows is done.
func (q Query[T]) DeleteReturning(ctx context.Context) ([]*T, error) {
	if err := q.refuseReturning("delete from"); err != nil {
		return nil, err
	}
	if _, _, err := q.writing(ctx); err != nil {
		return nil, err
	}
	var out []*T
	err := AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.s.DB)
		if err != nil {
			return err
		}
		if q.s.Model.Soft == nil && (&collector{ctx: ctx, db: db, s: s}).isFast(q.s.Model) {
			st, ok, err := db.compiler(s).DeleteReturning(&q.s)
			if err != nil || ok && st.Empty {
				return err
			}
			if ok {
				r := newReader(st.Layout, &q.s, 0)
				defer r.free()
				if err = db.query(ctx, s, st.SQL, st.Args, true, r.next); err == nil {
					out, err = finish[T](ctx, r, db, s, &q.s)
				}
				return err
			}
		}
		keys, err := lockedKeys(ctx, db, s, &q.s)
		if err != nil || len(keys) == 0 {
			return err
		}
		if out, err = fetch[T](ctx, db, s, rowsByKey(&q.s, keys), len(keys)); err != nil {
			return err
		}
		_, err = Query[T]{expr.Query{Model: q.s.Model, Limit: -1, DB: q.s.DB, Where: keyStep(keys)}}.Delete(ctx)
		return err
	})
	return out, err
}

// refuseReturning refuses what an update or a delete cannot be of.
func (q *Query[T]) refuseReturning(what string) error {
	q.refuseSliced(what)
	q.refuseCombined(what)
	if q.s.Values != nil && q.s.Err == nil {
		q.s.Err = errors.New("orm: the rows of ValuesByName are not returned (use orm.Values)")
	}
	return errors.Join(q.s.Err, q.s.Model.Ready())
}

// UpdateReturning is Query.UpdateReturning with the values of each row in place of objects.
func (q ValuesQuery[R]) UpdateReturning(ctx context.Context, set ...Assignment) ([]R, error) {
	if err := q.refuseReturning("update"); err != nil || len(set) == 0 {
		return nil, err
	}
	db, s, err := route(ctx, &q.s.DB, q.s.Model, true, "")
	if err != nil {
		return nil, err
	}
	if err := s.unrecorded(q.s.Model, "UpdateReturning"); err != nil {
		return nil, err
	}
	list := assigns(set)
	st, ok, err := db.compiler(s).UpdateReturning(&q.s, list)
	if err != nil || ok && st.Empty {
		return nil, err
	}
	if ok {
		return q.read(ctx, db, s, st, true)
	}
	var out []R
	err = updateThenRead(ctx, &q.s, list, func(ctx context.Context, rows *expr.Query) error {
		read := q
		read.s = *rows
		out, err = read.All(ctx)
		return err
	})
	return out, err
}

// DeleteReturning is Query.DeleteReturning with the values of each row in place of objects.
func (q ValuesQuery[R]) DeleteReturning(ctx context.Context) ([]R, error) {
	if err := q.refuseReturning("delete from"); err != nil {
		return nil, err
	}
	if _, _, err := route(ctx, &q.s.DB, q.s.Model, true, ""); err != nil {
		return nil, err
	}
	var out []R
	err := AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.s.DB)
		if err != nil {
			return err
		}
		if q.s.Model.Soft == nil && (&collector{ctx: ctx, db: db, s: s}).isFast(q.s.Model) {
			st, ok, err := db.compiler(s).DeleteReturning(&q.s)
			if err != nil || ok && st.Empty {
				return err
			}
			if ok {
				out, err = q.read(ctx, db, s, st, true)
				return err
			}
		}
		keys, err := lockedKeys(ctx, db, s, &q.s)
		if err != nil || len(keys) == 0 {
			return err
		}
		read := q
		read.s = *rowsByKey(&q.s, keys)
		if out, err = read.All(ctx); err != nil {
			return err
		}
		_, err = Query[R]{expr.Query{Model: q.s.Model, Limit: -1, DB: q.s.DB, Where: keyStep(keys)}}.Delete(ctx)
		return err
	})
	return out, err
}

func (q ValuesQuery[R]) refuseReturning(what string) error {
	switch {
	case q.s.Err != nil:
		return q.s.Err
	case q.s.Sliced:
		return fmt.Errorf("orm: cannot %s a query once a slice has been taken", what)
	case q.s.Combined != nil:
		return fmt.Errorf("orm: cannot %s after a union, intersection or difference", what)
	case q.s.HasGroup:
		return fmt.Errorf("orm: cannot %s groups of rows", what)
	}
	return q.s.Model.Ready()
}

func assigns(set []Assignment) []expr.Assign {
	list := make([]expr.Assign, len(set))
	for i := range set {
		list[i] = set[i].a
	}
	return list
}

// updateThenRead locks the rows of a query, updates them and calls read with a query of them.
func updateThenRead(ctx context.Context, q *expr.Query, set []expr.Assign, read func(ctx context.Context, rows *expr.Query) error) error {
	return AtomicWith(ctx, AtomicOptions{DB: q.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.DB)
		if err != nil {
			return err
		}
		keys, err := lockedKeys(ctx, db, s, q)
		if err != nil || len(keys) == 0 {
			return err
		}
		st, err := db.compiler(s).Update(&expr.Query{Model: q.Model, Limit: -1, DB: q.DB, Where: keyStep(keys)}, set)
		if err != nil {
			return err
		}
		if _, err := db.exec(ctx, s, st.SQL, st.Args); err != nil {
			return err
		}
		return read(ctx, rowsByKey(q, keys))
	})
}

// lockedKeys are the keys of a query's rows, which nobody else changes until the transaction ends.
func lockedKeys(ctx context.Context, db *DB, s *scope, q *expr.Query) ([]dialect.Value, error) {
	if q.From != nil {
		return nil, errors.New("orm: the rows of a common table or a query cannot be changed")
	}
	pk := q.Model.KeyField()
	if pk == nil {
		return nil, fmt.Errorf("orm: %s: the rows that are returned are found by their key, which the model lacks", q.Model.GoName())
	}
	key := []expr.Annotation{{Name: "pk", Node: expr.Name{Name: "pk"}}}
	plain := *q
	plain.Values, plain.Related, plain.Prefetch, plain.Order, plain.Ordered, plain.Lock = key, nil, nil, nil, true, nil
	// The rows are found first: a lock goes with plain rows only.
	one := expr.Query{
		Model: q.Model, Limit: -1, DB: q.DB, Ordered: true, Values: key, Lock: &expr.Lock{},
		Where: []expr.Step{{Preds: []expr.Pred{{Op: expr.In, Left: expr.Name{Name: "pk"}, Right: expr.Subquery{Query: &plain}}}}},
	}
	st, err := db.compiler(s).Select(&one)
	if err != nil || st.Empty {
		return nil, err
	}
	read := keyReader(pk)
	var out []dialect.Value
	err = db.query(ctx, s, st.SQL, st.Args, true, func(r dialect.Row) error {
		k, err := read(r, 0)
		out = append(out, k)
		return err
	})
	return out, err
}

func keyStep(keys []dialect.Value) []expr.Step {
	return []expr.Step{{Preds: []expr.Pred{{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys)}}}}
}

// rowsByKey is a query of certain rows, with all that the query wants of them.
func rowsByKey(q *expr.Query, keys []dialect.Value) *expr.Query {
	rows := *q
	rows.Where, rows.Lock, rows.Scoped = keyStep(keys), nil, false // what was written may be hidden now
	rows.Annotations = make([]expr.Annotation, len(q.Annotations))
	for i, a := range q.Annotations {
		a.After = 1
		rows.Annotations[i] = a
	}
	return &rows
}

// UpdateFrom is Update whose values may come from other tables: columns over relations to one row, joined tables, and
// aggregates over relations to many: SQL's UPDATE … FROM. It returns the number of rows that matched.
//
//	articles.UpdateFrom(ctx, orm.SetTo(&a.AuthorName, orm.F(&a.Author.To().Name)))
//	users.UpdateFrom(ctx, orm.SetTo(&u.Articles, orm.Count(&orm.Rev[Article](&a.Author).ID)))
//
// A table that Join adds should have one row for each: of several, any one's values are taken.
func (q Query[T]) UpdateFrom(ctx context.Context, set ...Assignment) (int, error) {
	if err := q.refuseReturning("update"); err != nil || len(set) == 0 {
		return 0, err
	}
	db, s, err := q.writing(ctx)
	if err != nil {
		return 0, err
	}
	if err := s.unrecorded(q.s.Model, "UpdateFrom"); err != nil {
		return 0, err
	}
	if q.s.From != nil {
		return 0, errors.New("orm: the rows of a common table or a query cannot be changed")
	}
	st, err := db.compiler(s).UpdateFrom(&q.s, assigns(set))
	if err != nil || st.Empty {
		return 0, err
	}
	res, err := db.exec(ctx, s, st.SQL, st.Args)
	return int(res.RowsAffected), err
}

// read runs a statement and reads its rows.
func (q ValuesQuery[R]) read(ctx context.Context, db *DB, s *scope, st *compile.Statement, write bool) ([]R, error) {
	for i, a := range st.Layout.Annotations {
		if a.Parts != nil {
			return nil, fmt.Errorf("orm: Values: pick %d is %d columns (read each into a field of its own)", i+1, len(a.Parts))
		}
		if own := a.Custom.For(q.types[i]); own != nil {
			q.codec = slices.Clone(q.codec)
			q.codec[i] = own
		}
	}
	var out []R
	err := db.query(ctx, s, st.SQL, st.Args, write, func(r dialect.Row) error {
		out = append(out, *new(R))
		base := plan.PointerTo(&out[len(out)-1])
		for i, c := range q.codec {
			if err := c.Set(plan.Add(base, q.off[i]), r, i); err != nil {
				return fmt.Errorf("orm: Values: column %d: %w", i+1, err)
			}
		}
		return nil
	})
	return out, err
}
