package dialecttest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

var errOurs = errors.New("ours")

func names(t *testing.T, e *env) string {
	t.Helper()
	list, err := orm.Objects[Author]().OrderBy(orm.Asc(&author.Name)).All(e.ctx)
	must(t, err)
	var out []string
	for _, a := range list {
		out = append(out, a.Name)
	}
	return strings.Join(out, ",")
}

// testAtomic: all or nothing, and hooks after the commit only.
func testAtomic(t *testing.T, e *env) {
	hooks := 0
	must(t, orm.Atomic(e.ctx, func(ctx context.Context) error {
		must(t, orm.OnCommit(ctx, func(context.Context) error { hooks++; return nil }))
		want(t, "hooks inside", hooks, 0)
		return orm.Create(ctx, &Author{Name: "kept"})
	}))
	want(t, "hooks", hooks, 1)
	err := orm.Atomic(e.ctx, func(ctx context.Context) error {
		must(t, orm.OnCommit(ctx, func(context.Context) error { hooks++; return nil }))
		must(t, orm.Create(ctx, &Author{Name: "dropped"}))
		n, err := orm.Objects[Author]().Count(ctx)
		must(t, err)
		want(t, "seen inside", n, 2)
		return errOurs
	})
	if !errors.Is(err, errOurs) {
		t.Errorf("Atomic = %v, want our error", err)
	}
	want(t, "hooks after a rollback", hooks, 1)
	want(t, "authors", names(t, e), "kept")
	if err := orm.AtomicWith(e.ctx, orm.AtomicOptions{Isolation: "nonsense"}, func(context.Context) error { return nil }); err == nil && e.db.Dialect().ForUpdate {
		t.Error("an unknown isolation level is no error")
	}
	// A context that was cancelled inside does not commit.
	ctx, cancel := context.WithCancel(e.ctx)
	err = orm.Atomic(ctx, func(ctx context.Context) error {
		err := orm.Create(ctx, &Author{Name: "cancelled"})
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Atomic with a cancelled context = %v", err)
	}
	want(t, "authors", names(t, e), "kept")
	// The transaction's context does not outlive it.
	var kept context.Context
	must(t, orm.Atomic(e.ctx, func(ctx context.Context) error { kept = ctx; return nil }))
	if err := orm.Create(kept, &Author{Name: "late"}); err == nil {
		t.Error("a statement after the end of its transaction is no error")
	}
}

// testSavepoints: an error inside undoes the inner work only, also when the database itself refused a statement.
func testSavepoints(t *testing.T, e *env) {
	must(t, orm.Atomic(e.ctx, func(ctx context.Context) error {
		must(t, orm.Create(ctx, &Author{Name: "a"}))
		err := orm.Atomic(ctx, func(ctx context.Context) error {
			must(t, orm.Create(ctx, &Author{Name: "b"}))
			return orm.Create(ctx, &Author{Name: "a"})
		})
		constraint(t, err, orm.UniqueConstraint)
		must(t, orm.Atomic(ctx, func(ctx context.Context) error {
			must(t, orm.Create(ctx, &Author{Name: "c"}))
			return orm.Atomic(ctx, func(ctx context.Context) error { return orm.Create(ctx, &Author{Name: "d"}) })
		}))
		return nil
	}))
	want(t, "authors", names(t, e), "a,c,d")
}

// testPanic: a panic rolls back and goes on.
func testPanic(t *testing.T, e *env) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = orm.Atomic(e.ctx, func(ctx context.Context) error {
			must(t, orm.Create(ctx, &Author{Name: "lost"}))
			panic("ours")
		})
	}()
	want(t, "authors", names(t, e), "")
	must(t, orm.Create(e.ctx, &Author{Name: "next"}))
}

// testIsolation: nobody sees what is not committed.
func testIsolation(t *testing.T, e *env) {
	must(t, orm.Create(e.ctx, &Author{Name: "before"}))
	if s, ok := e.db.Backend().(dialect.Statser); ok && s.Stats().Max == 1 {
		t.Skip("the database has one connection")
	}
	must(t, orm.Atomic(e.ctx, func(ctx context.Context) error {
		must(t, orm.Create(ctx, &Author{Name: "during"}))
		want(t, "authors outside", names(t, e), "before")
		return nil
	}))
	want(t, "authors after", names(t, e), "before,during")
}

// testReadOnly: a transaction that promised not to write cannot.
func testReadOnly(t *testing.T, e *env) {
	err := orm.AtomicWith(e.ctx, orm.AtomicOptions{ReadOnly: true}, func(ctx context.Context) error {
		_, err := orm.Objects[Author]().Count(ctx)
		return err
	})
	must(t, err)
	must(t, orm.Create(e.ctx, &Author{Name: "after"}))
}

// testRowError: an error while rows are read ends the query and leaves the connection fit.
func testRowError(t *testing.T, e *env) {
	library(t, e)
	for range 10 {
		err := orm.QueryRows(e.ctx, "SELECT id FROM dialecttest_book", nil, func([]any) error { return errOurs })
		if !errors.Is(err, errOurs) {
			t.Fatalf("QueryRows = %v, want our error", err)
		}
		n, err := orm.Objects[Book]().Count(e.ctx)
		must(t, err)
		want(t, "books", n, 3)
	}
	must(t, orm.Atomic(e.ctx, func(ctx context.Context) error {
		err := orm.QueryRows(ctx, "SELECT id FROM dialecttest_book", nil, func([]any) error { return errOurs })
		if !errors.Is(err, errOurs) {
			t.Errorf("QueryRows = %v, want our error", err)
		}
		n, err := orm.Objects[Book]().Count(ctx)
		want(t, "books", n, 3)
		return err
	}))
}

// testBadStatement: the error names the statement, and the connection stays fit.
func testBadStatement(t *testing.T, e *env) {
	for _, sql := range []string{"SELECT nonsense FROM dialecttest_author", "SELEC 1", "SELECT 1 FROM no_such_table", "DELETE FROM no_such_table WHERE x = ?"} {
		var args []any
		if strings.Contains(sql, "?") {
			args = []any{1}
		}
		err := exec(e, sql, args...)
		if err == nil {
			t.Fatalf("%s: no error", sql)
		}
		if errors.Is(err, dialect.ErrConnectionLost) {
			t.Errorf("%s: %v is taken for a lost connection", sql, err)
		}
		must(t, exec(e, "SELECT 1"))
	}
	err := exec(e, "SELECT nonsense FROM dialecttest_author")
	if !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("error %q does not say what is wrong", err)
	}
}

// testChangedTable: a statement that was prepared before a migration works after it.
func testChangedTable(t *testing.T, e *env) {
	must(t, orm.Create(e.ctx, &Author{Name: "a"}))
	count := func() (columns int) {
		t.Helper()
		err := orm.QueryRows(e.ctx, "SELECT * FROM dialecttest_author", nil, func(cols []any) error { columns = len(cols); return nil })
		must(t, err)
		return columns
	}
	for range 6 { // on all connections of a small pool
		want(t, "columns", count(), 2)
	}
	must(t, exec(e, "ALTER TABLE dialecttest_author ADD COLUMN born integer NULL"))
	for range 6 {
		want(t, "columns after", count(), 3)
	}
	must(t, orm.Create(e.ctx, &Author{Name: "b"}))
}

// testBatch runs several statements at once, where the driver can.
func testBatch(t *testing.T, e *env) {
	library(t, e)
	s := fullSample()
	s.Body = strings.Repeat("x", 10_000)
	must(t, orm.Create(e.ctx, s)) // now: the connection below may be the only one that writes
	c, err := e.db.Backend().Acquire(e.ctx, true)
	must(t, err)
	defer c.Release()
	b, ok := c.(dialect.Batcher)
	if !ok {
		t.Skip("the driver has no batches")
	}
	param := func(n int) string { return string(e.db.Dialect().AppendParam(nil, n)) }
	for round := range 2 { // once to prepare, once prepared
		var got []string
		item := func(sql string, args ...dialect.Value) *dialect.BatchItem {
			return &dialect.BatchItem{SQL: sql, Args: args, Row: func(r dialect.Row) error { got = append(got, r.Text(0)); return nil }}
		}
		items := []*dialect.BatchItem{
			item("SELECT name FROM dialecttest_author ORDER BY name"),
			item("SELECT title FROM dialecttest_book WHERE pages = "+param(1), dialect.IntValue(50)),
			item("SELECT name FROM dialecttest_author WHERE name = "+param(1), dialect.TextValue("Nobody")),
			{SQL: "UPDATE dialecttest_book SET pages = pages + 0 WHERE pages < " + param(1), Args: []dialect.Value{dialect.IntValue(200)}},
		}
		must(t, b.Batch(e.ctx, items))
		want(t, "rows", strings.Join(got, ","), "Ada,Bob,100%_Gamma")
		want(t, "changed", items[3].Result.RowsAffected, 2)

		// One that fails does not take the others with it.
		got = nil
		clash := &dialect.BatchItem{SQL: "INSERT INTO dialecttest_genre (name) VALUES (" + param(1) + ")", Args: []dialect.Value{dialect.TextValue("prose")}}
		items = []*dialect.BatchItem{item("SELECT name FROM dialecttest_author ORDER BY name"), clash, item("SELECT name FROM dialecttest_genre ORDER BY name")}
		constraint(t, b.Batch(e.ctx, items), orm.UniqueConstraint)
		want(t, "rows around the clash", strings.Join(got, ","), "Ada,Bob,prose,verse")
		if items[0].Err != nil || clash.Err == nil || items[2].Err != nil {
			t.Errorf("round %d: errors %v, %v, %v", round, items[0].Err, clash.Err, items[2].Err)
		}
		items[0].Row = func(dialect.Row) error { return errOurs }
		if err := b.Batch(e.ctx, items[:1]); !errors.Is(err, errOurs) {
			t.Errorf("Batch = %v, want our error", err)
		}
	}
	var many []*dialect.BatchItem
	total := 0
	for range 300 { // more than the buffers of both ends take
		many = append(many, &dialect.BatchItem{SQL: "SELECT body FROM dialecttest_sample", Row: func(r dialect.Row) error { total += len(r.Text(0)); return nil }})
	}
	must(t, b.Batch(e.ctx, many))
	want(t, "bytes", total, 3_000_000)
}

// endless is a statement that runs until it is stopped.
func endless(d *dialect.Dialect) string {
	if d.Name == "mysql" { // which counts the rounds of a recursion, and stops soon
		return "SELECT SLEEP(600)"
	}
	return "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000000000) SELECT COUNT(*) FROM n WHERE x < 0"
}

// testCancel: a context that ends stops a query soon, and the pool is fit afterwards.
func testCancel(t *testing.T, e *env) {
	read := func(ctx context.Context) error {
		c, err := e.db.Backend().Acquire(ctx, false)
		if err != nil {
			return err
		}
		defer c.Release()
		return c.Query(ctx, endless(e.db.Dialect()), nil, func(dialect.Row) error { return nil })
	}
	for range 3 {
		ctx, cancel := context.WithTimeout(e.ctx, 50*time.Millisecond)
		start := time.Now()
		err := read(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("error = %v, want DeadlineExceeded", err)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("the query went on for %s", took)
		}
		must(t, e.db.Ping(e.ctx))
	}
	ctx, cancel := context.WithCancel(e.ctx)
	time.AfterFunc(30*time.Millisecond, cancel)
	if err := read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want Canceled", err)
	}
	if err := e.db.Ping(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Ping with a cancelled context = %v", err)
	}
	must(t, orm.Create(e.ctx, &Author{Name: "after"}))
	must(t, e.db.Ping(e.ctx))
}

// testConcurrency uses the database from many goroutines.
func testConcurrency(t *testing.T, e *env) {
	counter := &Author{Name: "counter"}
	must(t, orm.Create(e.ctx, counter))
	must(t, orm.Create(e.ctx, &Book{Title: "count", Author: orm.To(counter), Pages: 1, Out: date(2026, 1, 1)}))
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := range 10 {
				if _, err := orm.Objects[Book]().Filter(orm.Eq(&book.Title, "count")).Update(e.ctx, orm.SetTo(&book.Pages, orm.F(&book.Pages).Plus(1))); err != nil {
					t.Error(err)
				}
				if _, err := orm.Objects[Book]().Related(&book.Author).All(e.ctx); err != nil {
					t.Error(err)
				}
				ctx, cancel := context.WithCancel(e.ctx)
				if (g+i)%5 == 0 {
					cancel()
				}
				_, err := orm.Objects[Author]().Count(ctx)
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	b, err := orm.Objects[Book]().Get(e.ctx)
	must(t, err)
	want(t, "pages", b.Pages, 161)
}

// testClose: a closed database says so.
func testClose(t *testing.T, e *env) {
	must(t, e.db.Ping(e.ctx))
	must(t, e.db.Close())
	must(t, e.db.Close())
	if err := e.db.Ping(e.ctx); err == nil {
		t.Error("Ping of a closed database is no error")
	}
}
