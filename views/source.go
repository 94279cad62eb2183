package views

import (
	"context"

	"github.com/nuages-go/nuages/orm"
)

// SliceSource is a Source over rows that are already in memory.
type SliceSource[T any] []T

// Count returns the length of the slice.
func (s SliceSource[T]) Count(context.Context) (int, error) { return len(s), nil }

// Slice returns s[from:to], cut to the slice's length.
func (s SliceSource[T]) Slice(_ context.Context, from, to int) ([]T, error) {
	from, to = min(max(from, 0), len(s)), min(max(to, 0), len(s))
	return s[from:max(from, to)], nil
}

// QuerySource is a Source of a query's rows.
func QuerySource[T any](query orm.Query[T]) Source[*T] { return querySource[T]{query} }

type querySource[T any] struct{ query orm.Query[T] }

func (s querySource[T]) Count(ctx context.Context) (int, error) {
	return s.query.Count(ctx)
}

func (s querySource[T]) Slice(ctx context.Context, from, to int) ([]*T, error) {
	return s.query.Slice(from, to).All(ctx)
}
