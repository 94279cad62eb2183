package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
)

// Query is a question about the rows of a model: Django's QuerySet. It is a value: each step returns a new one and leaves
// the old as it was, so a query can be kept at package level and used by many goroutines. Nothing runs until a method
// takes a context; mistakes made on the way are returned then.
type Query[T any] struct{ s expr.Query }

// Objects is the query of all rows of a model, but for those that its Scope hides (Scoper). Django: Model.objects.
func Objects[T any]() Query[T] {
	return Query[T]{expr.Query{Model: model[T](), Limit: -1, Scoped: true}}
}

// Broken is a query whose calls all return an error: for a function that returns a query and finds that it cannot.
func Broken[T any](err error) Query[T] {
	q := Objects[T]()
	q.s.Err = err
	return q
}

func (q Query[T]) spec() *expr.Query { return &q.s }

// Err returns the first mistake made while the query was built, if it is known yet.
func (q Query[T]) Err() error { return q.s.Err }

// Model describes the query's model.
func (q Query[T]) Model() Model { return Model{q.s.Model} }

func (q *Query[T]) fail(format string, args ...any) {
	if q.s.Err == nil {
		q.s.Err = fmt.Errorf("orm: "+format, args...)
	}
}

func (q *Query[T]) refuseSliced(what string) {
	if q.s.Sliced {
		q.fail("cannot %s a query once a slice has been taken (do it before Limit; or go on with q.Wrap(), which makes the slice a table)", what)
	}
}

func (q *Query[T]) refuseCombined(what string) {
	if q.s.Combined != nil {
		q.fail("cannot %s after a union, intersection or difference (do it in each part, or go on with q.Wrap())", what)
	}
}

// None is the query without rows. It never asks the database.
func (q Query[T]) None() Query[T] { q.s.Empty = true; return q }

// Using asks the database with that name.
func (q Query[T]) Using(name string) Query[T] { q.s.DB = name; return q }

// SQL returns the statement that All would run, and its arguments, for eyes and tests.
func (q Query[T]) SQL(ctx context.Context) (string, []any, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return "", nil, err
	}
	st, err := db.compiler(s).Select(&q.s)
	if err != nil {
		return "", nil, err
	}
	args := make([]any, len(st.Args))
	for i, a := range st.Args {
		args[i] = a.Any()
	}
	return st.SQL, args, nil
}
