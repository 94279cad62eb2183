package views

import "context"

// SliceSource is a Source over rows that are already in memory.
type SliceSource[T any] []T

// Count returns the length of the slice.
func (s SliceSource[T]) Count(context.Context) (int, error) { return len(s), nil }

// Slice returns s[from:to], cut to the slice's length.
func (s SliceSource[T]) Slice(_ context.Context, from, to int) ([]T, error) {
	from, to = min(max(from, 0), len(s)), min(max(to, 0), len(s))
	return s[from:max(from, to)], nil
}
