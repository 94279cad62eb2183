package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/sqlite"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestConnected(t *testing.T) { // not parallel: it looks for goroutines that are left
	dialecttest.RunConnected(t, func(t testing.TB, connected func(ctx context.Context, s dialect.Session) error) (*orm.DB, error) {
		return sqlite.Open(filepath.Join(t.TempDir(), "x.sqlite3"), sqlite.Options{Connected: connected})
	})
}

// TestFunctions: functions in Go work on every connection, in indexes, and their errors and panics end the statement only.
func TestFunctions(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.sqlite3"), sqlite.Options{Functions: []sqlite.Function{
		{Name: "backwards", Args: 1, Deterministic: true, Call: func(args []any) (any, error) {
			text, ok := args[0].(string)
			if !ok {
				return args[0], nil
			}
			runes := []rune(text)
			for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
				runes[i], runes[j] = runes[j], runes[i]
			}
			return string(runes), nil
		}},
		{Name: "kinds", Args: -1, Call: func(args []any) (any, error) { return len(args), nil }},
		{Name: "moment", Args: 0, Call: func([]any) (any, error) { return time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), nil }},
		{Name: "fails", Args: 0, Call: func([]any) (any, error) { return nil, errors.New("as the test wants it") }},
		{Name: "panics", Args: 0, Call: func([]any) (any, error) { panic("as the test wants it") }},
		{Name: "odd", Args: 0, Call: func([]any) (any, error) { return struct{}{}, nil }},
	}})
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	ctx := orm.WithDatabase(t.Context(), db)
	for _, sql := range []string{"CREATE TABLE word (w text)", "CREATE INDEX by_end ON word (backwards(w))", "INSERT INTO word VALUES ('été'), (NULL), (7)"} {
		_, err := orm.Exec(ctx, sql)
		check(t, err)
	}
	value := func(sql string) (out any, err error) {
		err = orm.QueryRows(ctx, sql, nil, func(c []any) error { out = c[0]; return nil })
		return out, err
	}
	for sql, want := range map[string]any{
		"SELECT backwards('abc')": "cba", "SELECT backwards(NULL)": nil, "SELECT backwards(2.5)": 2.5, "SELECT COUNT(*) FROM word WHERE backwards(w) = 'été'": int64(1),
		"SELECT kinds(1, 'a', NULL, x'00')": int64(4), "SELECT moment()": "2026-05-04 03:02:01",
	} {
		if got, err := value(sql); err != nil || got != want {
			t.Errorf("%s = %v, %v, want %v", sql, got, err, want)
		}
	}
	for sql, want := range map[string]string{"SELECT fails()": "as the test wants it", "SELECT panics()": "panic: as the test wants it", "SELECT odd()": "returned a struct"} {
		if _, err := value(sql); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", sql, err, want)
		}
	}
	if got, err := value("SELECT backwards('on')"); err != nil || got != "no" {
		t.Errorf("after errors: %v, %v", got, err)
	}
	if _, err := sqlite.Open(":memory:", sqlite.Options{Functions: []sqlite.Function{{Name: "x"}}}); err == nil {
		t.Error("a function without Call was taken")
	}
}

// TestTransactionMode: DEFERRED transactions begin without the lock, IMMEDIATE and EXCLUSIVE ones with it.
func TestTransactionMode(t *testing.T) {
	t.Parallel()
	for mode, waits := range map[string]bool{"": true, "immediate": true, "exclusive": true, "deferred": false} {
		path := filepath.Join(t.TempDir(), "x.sqlite3")
		first, err := sqlite.OpenURL("sqlite:///" + path + "?transaction_mode=" + mode)
		check(t, err)
		other, err := sqlite.Open(path, sqlite.Options{BusyTimeout: 10 * time.Millisecond})
		check(t, err)
		check(t, orm.Atomic(orm.WithDatabase(t.Context(), first), func(context.Context) error {
			_, err := orm.Exec(orm.WithDatabase(t.Context(), other), "CREATE TABLE x (n integer)")
			if locked := errors.Is(err, orm.ErrLocked); locked != waits {
				t.Errorf("mode %q: a write of another process = %v", mode, err)
			}
			return nil
		}))
		check(t, first.Close())
		check(t, other.Close())
	}
	if _, err := sqlite.OpenURL("sqlite://:memory:?transaction_mode=later"); err == nil || !strings.Contains(err.Error(), "IMMEDIATE") {
		t.Errorf("an unknown mode: %v", err)
	}
}

// TestAcquireTimeout: a query inside Atomic that does not use its context waits for the transaction around it; it is told so
// and not kept for ever.
func TestAcquireTimeout(t *testing.T) {
	t.Parallel()
	db, err := sqlite.OpenURL("sqlite:///" + filepath.Join(t.TempDir(), "x.sqlite3") + "?acquire_timeout=20ms")
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	outside := orm.WithDatabase(context.Background(), db)
	check(t, orm.Atomic(outside, func(context.Context) error {
		_, err := orm.Exec(outside, "CREATE TABLE x (n integer)")
		if !errors.Is(err, orm.ErrPoolExhausted) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "does not use its context") {
			t.Errorf("error = %v", err)
		}
		return nil
	}))
}
