package orm

import (
	"context"
	"errors"

	"github.com/nuages-go/nuages/orm/internal/plan"
)

// collisions is how often a step that is a transaction of its own is done again when it collided with another one's.
const collisions = 8

// GetOrCreate returns the object of the query, or inserts obj and returns it. Created says which. When another process
// inserts the same row in between, its row is returned; the columns that the query names must be unique together for that.
func (q Query[T]) GetOrCreate(ctx context.Context, obj *T) (got *T, created bool, err error) {
	if _, _, err := q.writing(ctx); err != nil {
		return nil, false, err
	}
	got, err = q.Get(ctx)
	if !errors.Is(err, ErrNotFound) {
		return got, false, err
	}
	err = q.createApart(ctx, obj)
	if err == nil {
		return obj, true, nil
	}
	if isClash(err) {
		if again, gerr := q.Get(ctx); gerr == nil {
			return again, false, nil
		}
	}
	return nil, false, err
}

// createApart inserts an object in a transaction of its own, or behind a savepoint, so that what is around it goes on when
// the row is there already.
func (q Query[T]) createApart(ctx context.Context, obj *T) error {
	opts := AtomicOptions{DB: q.s.DB, Retries: collisions}
	return AtomicWith(ctx, opts, func(ctx context.Context) error { return q.Create(ctx, obj) })
}

// isClash says that a row is in the way of an insert.
func isClash(err error) bool {
	ce, ok := errors.AsType[*ConstraintError](err)
	return ok && ce.Kind == UniqueConstraint
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
//
// Any number may call it at once for the same row. Inside an Atomic of yours MySQL may find a deadlock then, for locks stay until
// its end: that is ErrSerialization, and AtomicOptions.Retries runs the transaction again.
func (q Query[T]) UpdateOrCreate(ctx context.Context, obj *T, set ...Assignment) (got *T, created bool, err error) {
	if _, _, err := q.writing(ctx); err != nil {
		return nil, false, err
	}
	return q.updateOr(ctx, obj, set, func(ctx context.Context) error { return q.createApart(ctx, obj) })
}

// updateOr is UpdateOrCreate with a way of its own to insert the object. Update and insert are a transaction each: an insert
// that clashes leaves a shared lock on the row in its way (InnoDB), and two transactions that hold one and then want to lock
// the row for their updates would wait for each other.
func (q Query[T]) updateOr(ctx context.Context, obj *T, set []Assignment, create func(ctx context.Context) error) (got *T, created bool, err error) {
	got, err = q.updateFound(ctx, set)
	if !errors.Is(err, ErrNotFound) {
		return got, false, err
	}
	err = create(ctx)
	if err == nil {
		return obj, true, nil
	}
	if isClash(err) {
		if again, gerr := q.updateFound(ctx, set); !errors.Is(gerr, ErrNotFound) {
			return again, false, gerr
		}
	}
	return nil, false, err
}

// updateFound locks the object of the query and sets columns of it.
func (q Query[T]) updateFound(ctx context.Context, set []Assignment) (got *T, err error) {
	err = AtomicWith(ctx, AtomicOptions{DB: q.s.DB, Retries: collisions}, func(ctx context.Context) error {
		if got, err = q.lockOwn().Get(ctx); err != nil {
			return err
		}
		return q.setAndRead(ctx, got, set)
	})
	if err != nil {
		return nil, err
	}
	return got, nil
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
