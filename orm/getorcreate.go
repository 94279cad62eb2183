package orm

import (
	"context"
	"errors"

	"github.com/nuages-go/nuages/orm/internal/plan"
)

// GetOrCreate returns the object of the query, or inserts obj and returns it. Created says which. When another process
// inserts the same row in between, its row is returned.
func (q Query[T]) GetOrCreate(ctx context.Context, obj *T) (got *T, created bool, err error) {
	if _, _, err := q.writing(ctx); err != nil {
		return nil, false, err
	}
	got, err = q.Get(ctx)
	if !errors.Is(err, ErrNotFound) {
		return got, false, err
	}
	err = AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error { return q.Create(ctx, obj) })
	if err == nil {
		return obj, true, nil
	}
	if ce, ok := errors.AsType[*ConstraintError](err); ok && ce.Kind == UniqueConstraint {
		if again, gerr := q.Get(ctx); gerr == nil {
			return again, false, nil
		}
	}
	return nil, false, err
}

// GetOrCreateFunc is GetOrCreate with an object that is made when it is needed: defaults that cost something.
func (q Query[T]) GetOrCreateFunc(ctx context.Context, make func(ctx context.Context) (*T, error)) (got *T, created bool, err error) {
	if _, _, err := q.writing(ctx); err != nil {
		return nil, false, err
	}
	got, err = q.Get(ctx)
	if !errors.Is(err, ErrNotFound) {
		return got, false, err
	}
	obj, err := make(ctx)
	if err != nil {
		return nil, false, err
	}
	return q.GetOrCreate(ctx, obj)
}

// UpdateOrCreate finds the object of the query and sets columns of it, or inserts obj: its values are the defaults of a new
// row, the assignments those of a row that is there. It locks the row, and the update is a Save, with AutoNow and signals.
func (q Query[T]) UpdateOrCreate(ctx context.Context, obj *T, set ...Assignment) (got *T, created bool, err error) {
	if _, _, err := q.writing(ctx); err != nil {
		return nil, false, err
	}
	err = AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		got, created, err = q.lockOwn().GetOrCreate(ctx, obj)
		if err != nil || created {
			return err
		}
		return q.setAndRead(ctx, got, set)
	})
	if err != nil {
		return nil, false, err
	}
	return got, created, nil
}

// setAndRead sets columns of the row of an object, as Save of assignments does.
func (q Query[T]) setAndRead(ctx context.Context, obj *T, set []Assignment) error {
	if len(set) == 0 {
		return nil
	}
	fields := make([]any, len(set))
	for i, a := range set {
		fields[i] = a
	}
	return save(ctx, q.s.Model, plan.PointerTo(obj), q.s.DB, fields)
}
