package orm_test

import (
	"context"
	"errors"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// Django 6.1 tests/transactions/tests.py AtomicMiscTests, test_mark_for_rollback_on_error.
func TestSetRollback(t *testing.T) {
	t.Parallel()
	add := func(ctx context.Context, slug string) { must(t, orm.Create(ctx, &Tag{Slug: slug})) }
	nested := func(ctx context.Context, o orm.AtomicOptions, f func(ctx context.Context)) {
		must(t, orm.AtomicWith(ctx, o, func(ctx context.Context) error { f(ctx); return nil }))
	}
	mark := func(ctx context.Context) {
		if orm.WillRollback(ctx) {
			t.Error("a block without an error is to be undone")
		}
		must(t, orm.SetRollback(ctx))
		if !orm.WillRollback(ctx) {
			t.Error("a marked block is not to be undone")
		}
	}
	for _, tt := range []struct {
		name string
		do   func(ctx context.Context)
		want int
	}{
		{"outermost", func(ctx context.Context) { add(ctx, "a"); mark(ctx); add(ctx, "b") }, 0},
		{"inner", func(ctx context.Context) {
			add(ctx, "a")
			nested(ctx, orm.AtomicOptions{}, func(ctx context.Context) { add(ctx, "b"); mark(ctx) })
			add(ctx, "c")
		}, 2},
		{"no savepoint", func(ctx context.Context) {
			add(ctx, "a")
			nested(ctx, orm.AtomicOptions{NoSavepoint: true}, func(ctx context.Context) { add(ctx, "b"); mark(ctx) })
			if !orm.WillRollback(ctx) {
				t.Error("the block around is not to be undone")
			}
		}, 0},
		{"no savepoint inside a savepoint", func(ctx context.Context) {
			add(ctx, "a")
			nested(ctx, orm.AtomicOptions{}, func(ctx context.Context) {
				add(ctx, "b")
				nested(ctx, orm.AtomicOptions{NoSavepoint: true}, mark)
			})
		}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := several(t, "default")
			hooks := 0
			must(t, orm.Atomic(ctx, func(ctx context.Context) error {
				must(t, orm.OnCommit(ctx, func(context.Context) error { hooks++; return nil }))
				tt.do(ctx)
				return nil
			}))
			n, err := orm.Objects[Tag]().Count(ctx)
			must(t, err)
			if n != tt.want || (hooks > 0) != (tt.want > 0) {
				t.Errorf("%d rows, want %d; %d hooks ran", n, tt.want, hooks)
			}
		})
	}
	ctx := several(t, "default")
	if _, ok := errors.AsType[*orm.TransactionError](orm.SetRollback(ctx)); !ok || orm.WillRollback(ctx) {
		t.Error("SetRollback outside of Atomic is no error")
	}
	var kept context.Context
	err := orm.Atomic(ctx, func(ctx context.Context) error {
		kept = ctx
		if _, err := orm.Exec(ctx, "SELECT nonsense"); !errors.Is(err, orm.ErrProgramming) {
			t.Errorf("error = %v, want ErrProgramming", err)
		}
		if !orm.WillRollback(ctx) {
			t.Error("a block with a failed statement is not to be undone")
		}
		return nil
	})
	if err == nil {
		t.Error("a swallowed error is no error")
	}
	if orm.SetRollback(kept) == nil {
		t.Error("SetRollback after the end is no error")
	}
}
