package dialecttest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// testSpoiled: after an error that was not returned, a block refuses further statements and does not end well. One that
// was returned from a block inside does no harm.
func testSpoiled(t *testing.T, e *env) {
	must(t, orm.Create(e.ctx, &Author{Name: "there"}))
	spoil := func(ctx context.Context) {
		t.Helper()
		constraint(t, orm.Create(ctx, &Author{Name: "there"}), orm.UniqueConstraint)
	}
	refused := func(what string, err error) {
		t.Helper()
		te, ok := errors.AsType[*orm.TransactionError](err)
		if !ok {
			t.Errorf("%s after an error = %v (%T), want a TransactionError", what, err, err)
			return
		}
		if ce, ok := errors.AsType[*orm.ConstraintError](te); !ok || ce.Kind != orm.UniqueConstraint {
			t.Errorf("%s: %v does not hold the first error", what, te)
		}
	}
	err := orm.Atomic(e.ctx, func(ctx context.Context) error {
		must(t, orm.Create(ctx, &Author{Name: "before"}))
		spoil(ctx)
		_, err := orm.Objects[Author]().Count(ctx)
		refused("a query", err)
		refused("a write", orm.Create(ctx, &Author{Name: "after"}))
		refused("a block", orm.Atomic(ctx, func(context.Context) error { t.Error("it ran"); return nil }))
		return nil // swallowed
	})
	refused("the commit", err)
	want(t, "authors", names(t, e), "there")

	must(t, orm.Atomic(e.ctx, func(ctx context.Context) error {
		err := orm.Atomic(ctx, func(ctx context.Context) error {
			must(t, orm.Create(ctx, &Author{Name: "undone"}))
			spoil(ctx)
			return nil // swallowed: it ends with the block
		})
		refused("the end of a block", err)
		return orm.Create(ctx, &Author{Name: "goes on"})
	}))
	want(t, "authors", names(t, e), "goes on,there")
}

// testNoSavepoint: an error in a block without a savepoint undoes the block around.
func testNoSavepoint(t *testing.T, e *env) {
	part := orm.AtomicOptions{NoSavepoint: true}
	log := &orm.QueryLog{}
	must(t, orm.Atomic(orm.WithQueryLog(e.ctx, log), func(ctx context.Context) error {
		return orm.AtomicWith(ctx, part, func(ctx context.Context) error { return orm.Create(ctx, &Author{Name: "a"}) })
	}))
	for _, entry := range log.Entries() {
		if strings.Contains(entry.SQL, "SAVEPOINT") {
			t.Errorf("there is a savepoint: %s", entry.SQL)
		}
	}
	fails := func(ctx context.Context) error {
		err := orm.AtomicWith(ctx, part, func(ctx context.Context) error {
			must(t, orm.Create(ctx, &Author{Name: "b"}))
			return errOurs
		})
		if !errors.Is(err, errOurs) {
			t.Errorf("AtomicWith = %v", err)
		}
		_, err = orm.Objects[Author]().Count(ctx)
		if te, ok := errors.AsType[*orm.TransactionError](err); !ok || !errors.Is(te, errOurs) {
			t.Errorf("a query after it = %v, want a TransactionError", err)
		}
		return nil
	}
	if err := orm.Atomic(e.ctx, fails); !errors.Is(err, errOurs) {
		t.Errorf("Atomic = %v, want our error", err)
	}
	must(t, orm.Atomic(e.ctx, func(ctx context.Context) error { // the savepoint in between is what is gone back to
		if err := orm.Atomic(ctx, fails); !errors.Is(err, errOurs) {
			t.Errorf("the block around = %v, want our error", err)
		}
		return orm.Create(ctx, &Author{Name: "c"})
	}))
	func() {
		defer func() { _ = recover() }()
		_ = orm.Atomic(e.ctx, func(ctx context.Context) error {
			must(t, orm.Create(ctx, &Author{Name: "d"}))
			func() {
				defer func() { _ = recover() }()
				_ = orm.AtomicWith(ctx, part, func(context.Context) error { panic("ours") })
			}()
			return nil
		})
	}()
	want(t, "authors", names(t, e), "a,c")
}

// testHooks: functions for after the commit run in order, and not at all when their block is undone.
func testHooks(t *testing.T, e *env) {
	var ran []string
	hook := func(ctx context.Context, name string, err error) {
		t.Helper()
		must(t, orm.OnCommit(ctx, func(ctx context.Context) error {
			if orm.InTransaction(ctx) {
				t.Errorf("%s runs inside the transaction", name)
			}
			ran = append(ran, name)
			return err
		}))
	}
	must(t, orm.Atomic(e.ctx, func(ctx context.Context) error {
		hook(ctx, "1", nil)
		must(t, orm.Atomic(ctx, func(ctx context.Context) error {
			hook(ctx, "2", nil)
			return orm.Atomic(ctx, func(ctx context.Context) error { hook(ctx, "3", nil); return nil })
		}))
		_ = orm.Atomic(ctx, func(ctx context.Context) error {
			hook(ctx, "undone", nil)
			must(t, orm.Atomic(ctx, func(ctx context.Context) error { hook(ctx, "undone too", nil); return nil }))
			return errOurs
		})
		hook(ctx, "4", nil)
		want(t, "hooks before the commit", len(ran), 0)
		return nil
	}))
	want(t, "hooks", strings.Join(ran, " "), "1 2 3 4")

	ran = nil
	robust := orm.OnCommitOptions{Robust: true}
	err := orm.Atomic(e.ctx, func(ctx context.Context) error {
		must(t, orm.Create(ctx, &Author{Name: "committed"}))
		must(t, orm.OnCommitWith(ctx, robust, func(context.Context) error { ran = append(ran, "robust"); return errors.New("ignored") }))
		must(t, orm.OnCommitWith(ctx, robust, func(context.Context) error { ran = append(ran, "panic"); panic("ignored") }))
		hook(ctx, "fails", errOurs)
		hook(ctx, "never", nil)
		return nil
	})
	if !errors.Is(err, errOurs) {
		t.Errorf("Atomic = %v, want the hook's error", err)
	}
	want(t, "hooks", strings.Join(ran, " "), "robust panic fails")
	want(t, "authors", names(t, e), "committed")
	ran = nil
	hook(e.ctx, "at once", nil)
	want(t, "hooks", strings.Join(ran, " "), "at once")

	// The innermost transaction counts, also that of another database, unless it is named.
	ctx := orm.WithDatabases(e.ctx, orm.Databases{"default": e.db, "same": e.db})
	ran = nil
	must(t, orm.AtomicWith(ctx, orm.AtomicOptions{DB: "same"}, func(ctx context.Context) error {
		hook := func(o orm.OnCommitOptions, name string) {
			must(t, orm.OnCommitWith(ctx, o, func(context.Context) error { ran = append(ran, name); return nil }))
		}
		hook(orm.OnCommitOptions{}, "innermost")
		hook(orm.OnCommitOptions{DB: "same"}, "named")
		want(t, "hooks before the commit", len(ran), 0)
		if err := orm.OnCommitWith(ctx, orm.OnCommitOptions{DB: "none"}, func(context.Context) error { return nil }); err == nil {
			t.Error("an unknown database is no error")
		}
		return nil
	}))
	want(t, "hooks", strings.Join(ran, " "), "innermost named")
}

// testNested: what the outermost block alone can have is refused inside.
func testNested(t *testing.T, e *env) {
	must(t, orm.AtomicWith(e.ctx, orm.AtomicOptions{Durable: true}, func(ctx context.Context) error {
		for _, o := range []orm.AtomicOptions{{Durable: true}, {Isolation: "serializable"}} {
			err := orm.AtomicWith(ctx, o, func(context.Context) error { t.Errorf("%+v ran", o); return nil })
			if _, ok := errors.AsType[*orm.TransactionError](err); !ok {
				t.Errorf("%+v inside = %v, want a TransactionError", o, err)
			}
		}
		want(t, "in a transaction", orm.InTransaction(ctx), true)
		want(t, "outside", orm.InTransaction(e.ctx), false)
		return orm.Create(ctx, &Author{Name: "a"})
	}))
	want(t, "authors", names(t, e), "a")
	for _, level := range []string{"read committed", "repeatable read", "serializable"} {
		must(t, orm.AtomicWith(e.ctx, orm.AtomicOptions{Isolation: level}, func(ctx context.Context) error {
			return orm.Create(ctx, &Author{Name: level})
		}))
	}
}

// testReadOnlyRefuses: a transaction that promised not to write cannot, and the connection forgets the promise.
func testReadOnlyRefuses(t *testing.T, e *env) {
	for range 3 {
		err := orm.AtomicWith(e.ctx, orm.AtomicOptions{ReadOnly: true}, func(ctx context.Context) error {
			if _, err := orm.Objects[Author]().Count(ctx); err != nil {
				return err
			}
			return orm.Create(ctx, &Author{Name: "never"})
		})
		if !errors.Is(err, orm.ErrReadOnly) {
			t.Fatalf("a write = %v, want ErrReadOnly", err)
		}
	}
	for i := range 4 {
		must(t, orm.Create(e.ctx, &Author{Name: fmt.Sprint(i)}))
	}
	want(t, "authors", names(t, e), "0,1,2,3")
}

// testRowPanic: a panic while rows are read leaves nothing open.
func testRowPanic(t *testing.T, e *env) {
	library(t, e)
	read := func(ctx context.Context) {
		_ = orm.QueryRows(ctx, "SELECT id FROM dialecttest_book", nil, func([]any) error { panic("ours") })
	}
	for range 8 {
		func() {
			defer func() {
				if recover() != "ours" {
					t.Error("the panic was swallowed")
				}
			}()
			read(e.ctx)
		}()
		func() {
			defer func() {
				if recover() != "ours" {
					t.Error("the panic was swallowed")
				}
			}()
			_ = orm.Atomic(e.ctx, func(ctx context.Context) error {
				must(t, orm.Create(ctx, &Author{Name: "lost"}))
				read(ctx)
				return nil
			})
		}()
		checkIdle(t, e.db)
		n, err := orm.Objects[Book]().Count(e.ctx)
		must(t, err)
		want(t, "books", n, 3)
	}
	want(t, "authors", names(t, e), "Ada,Bob")
}

// testCancelBetween ends the context between two statements of a transaction.
func testCancelBetween(t *testing.T, e *env) {
	for range 5 {
		ctx, cancel := context.WithCancel(e.ctx)
		err := orm.Atomic(ctx, func(ctx context.Context) error {
			must(t, orm.Create(ctx, &Author{Name: "never"}))
			cancel()
			return orm.Create(ctx, &Author{Name: "nor this"})
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("Atomic = %v, want Canceled", err)
		}
		checkIdle(t, e.db)
		want(t, "authors", names(t, e), "")
	}
}

// testWrapper: a wrapper sees each statement with its database, and may refuse it.
func testWrapper(t *testing.T, e *env) {
	var seen []string
	ctx := orm.WithWrapper(e.ctx, func(ctx context.Context, st *orm.Statement, next func(context.Context) error) error {
		verb, _, _ := strings.Cut(st.SQL, " ")
		seen = append(seen, fmt.Sprint(verb, " ", st.DB, " ", st.Writes, " ", len(st.Args())))
		return next(ctx)
	})
	a := &Author{Name: "a"}
	must(t, orm.Create(ctx, a))
	must(t, orm.Atomic(ctx, func(ctx context.Context) error { return orm.Save(ctx, a) }))
	_, err := orm.Objects[Author]().Filter(orm.Eq(&author.Name, "a")).Get(ctx)
	must(t, err)
	var b orm.Batch
	orm.QueueCount(&b, orm.Objects[Author]())
	orm.QueueExists(&b, orm.Objects[Author]().Filter(orm.Eq(&author.Name, "a")))
	must(t, b.Run(ctx))
	want(t, "statements", strings.Join(seen, ", "), "INSERT default true 1, UPDATE default true 2, SELECT default false 1, SELECT default false 0, SELECT default false 1")

	deny := orm.WithWrapper(ctx, func(context.Context, *orm.Statement, func(context.Context) error) error { return errOurs })
	seen = nil
	if err := orm.Create(deny, &Author{Name: "b"}); !errors.Is(err, errOurs) {
		t.Errorf("Create = %v, want our error", err)
	}
	if _, err := orm.Objects[Author]().All(deny); !errors.Is(err, errOurs) {
		t.Errorf("All = %v, want our error", err)
	}
	want(t, "statements seen outside", len(seen), 2)
	want(t, "authors", names(t, e), "a")
}

// testDefers: the check of a foreign key waits for the end of the transaction where the database can.
func testDefers(t *testing.T, e *env) {
	err := orm.Atomic(e.ctx, func(ctx context.Context) error {
		b := &Book{Title: "later", Pages: 1, Out: date(2026, 1, 1)}
		b.Author.ID = 555
		if err := orm.Create(ctx, b); err != nil {
			return err
		}
		return orm.Create(ctx, &Author{ID: 555, Name: "late"})
	})
	if e.db.Dialect().DeferredKeys {
		must(t, err)
		return
	}
	constraint(t, err, orm.ForeignKeyConstraint)
}
