package orm

import (
	"context"
	"errors"
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// All runs the query and returns its objects.
func (q Query[T]) All(ctx context.Context) ([]*T, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return nil, err
	}
	return fetch[T](ctx, db, s, &q.s, q.s.Limit)
}

// Get returns the one object of the query. It is ErrNotFound when there is none and ErrMultiple when there are more.
func (q Query[T]) Get(ctx context.Context, ps ...Predicate) (*T, error) {
	if len(ps) > 0 {
		q = q.Filter(ps...)
	}
	q = q.one()
	db, s, err := q.reading(ctx)
	if err != nil {
		return nil, err
	}
	obj, n, err := fetchOne(ctx, db, s, &q.s)
	if err != nil {
		return nil, err
	}
	return plan.At[T](obj), onlyOne(q.s.Model, n)
}

// one limits a query for one object to as many rows as show a mistake.
func (q Query[T]) one() Query[T] {
	if !q.s.Sliced && q.s.Combined == nil {
		q.s.Sliced, q.s.Limit = true, 2
		if !q.s.Distinct && q.s.Lock == nil {
			q.s.Order, q.s.Ordered = nil, true
		}
	}
	return q
}

// onlyOne is nil when a query for one object found n = 1.
func onlyOne(m *plan.Model, n int) error {
	switch {
	case n == 0:
		return notFoundError(m.GoName())
	case n > 1:
		return fmt.Errorf("%s: %w", m.GoName(), ErrMultiple)
	}
	return nil
}

func notFoundError(model string) error { return &missing{model} }

// missing is ErrNotFound with the model's name.
type missing struct{ model string }

func (e *missing) Error() string { return "orm: no matching " + e.model }

// SilentVariableFailure is that of ErrNotFound.
func (e *missing) SilentVariableFailure() bool { return true }

func (e *missing) Is(target error) bool {
	return target == ErrNotFound || ErrNotFound.(*notFound).Is(target)
}

// First returns the first object, by the key when neither the query nor the model has an order; after OrderBy() any one. It
// is ErrNotFound when there is none.
func (q Query[T]) First(ctx context.Context) (*T, error) { return q.end(ctx, false) }

// Last returns the last object, by the key when neither the query nor the model has an order.
func (q Query[T]) Last(ctx context.Context) (*T, error) { return q.end(ctx, true) }

func (q Query[T]) end(ctx context.Context, last bool) (*T, error) {
	if err := q.s.Model.Ready(); err != nil {
		return nil, err
	}
	if last && q.s.Sliced {
		return nil, errors.New("orm: cannot reverse a query once a slice has been taken")
	}
	if !q.s.Ordered && len(q.s.Model.Order) == 0 && q.s.Model.KeyField() != nil && !q.s.Sliced {
		q.s.Order, q.s.Ordered = []expr.Order{{Name: "pk"}}, true
	}
	if last {
		q.s.Reverse = !q.s.Reverse
	}
	q = q.Limit(1)
	db, s, err := q.reading(ctx)
	if err != nil {
		return nil, err
	}
	obj, n, err := fetchOne(ctx, db, s, &q.s)
	if err == nil && n == 0 {
		err = notFoundError(q.s.Model.GoName())
	}
	return plan.At[T](obj), err
}

// Count is the number of rows.
func (q Query[T]) Count(ctx context.Context) (int, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	err = db.ask(ctx, s, &q.s, shapeCount, func(r dialect.Row) error {
		n = int(r.Int(0))
		return nil
	})
	return n, err
}

// Exists says whether the query has rows.
func (q Query[T]) Exists(ctx context.Context) (bool, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return false, err
	}
	found := false
	err = db.ask(ctx, s, &q.s, shapeExists, func(dialect.Row) error {
		found = true
		return nil
	})
	return found, err
}

// ask runs a query that is not for objects. There is no row when it is known to be empty.
func (db *DB) ask(ctx context.Context, s *scope, q *expr.Query, kind shapeKind, row func(dialect.Row) error) error {
	space := db.args.get()
	st, args, err := db.lookup(s, q, kind, *space)
	defer func() { db.args.put(space, args) }()
	if err != nil || st.Empty {
		return err
	}
	bound := st.Args
	if args != nil {
		bound = args
	}
	return db.query(ctx, s, st.SQL, bound, false, row)
}

// Aggregate computes one value over all rows of a query: orm.Aggregate(ctx, q, orm.Sum(&a.Words)). Over no rows it is the
// zero value; a pointer type tells that apart (orm.Typed[*int64]).
func Aggregate[T, V any](ctx context.Context, q Query[T], e Expr[V]) (V, error) {
	var out V
	if e.err != nil {
		return out, e.err
	}
	db, s, err := q.reading(ctx)
	if err != nil {
		return out, err
	}
	st, err := db.compiler(s).Aggregate(&q.s, []expr.Annotation{{Name: "v", Node: e.n}})
	if err != nil {
		return out, err
	}
	codec := st.Layout.Annotations[0].Custom.For(typeOf[V]())
	if codec == nil {
		codec = plan.NewCodec(typeOf[V](), kindOf[V]())
	}
	if codec == nil {
		return out, fmt.Errorf("orm: an aggregate cannot be read into a %s", typeOf[V]())
	}
	err = db.query(ctx, s, st.SQL, st.Args, false, func(r dialect.Row) error {
		return codec.Set(plan.PointerTo(&out), r, 0)
	})
	return out, err
}
