package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

func TestOpenURL(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tt := range []struct{ url, err string }{
		{"sqlite:////" + filepath.Join(dir, "a.sqlite3"), ""},
		{"sqlite3:////" + filepath.Join(dir, "b.sqlite3") + "?readers=2&busy_timeout=1s&synchronous=FULL", ""},
		{"sqlite://:memory:", ""},
		{"sqlite:///:memory:", ""},
		{"sqlite:" + filepath.Join(dir, "c.sqlite3"), ""},
		{"sqlite:////" + filepath.Join(dir, "d.sqlite3"), ""},
		{"sqlite:" + filepath.Join(dir, "no", "such", "dir.sqlite3"), fmt.Sprintf("the directory %q is not there (make it)", filepath.Join(dir, "no", "such"))},
		{"sqlite:///no/such/dir.sqlite3", "four slashes: sqlite:////srv/site.db"},
		{"sqlite:" + dir, "it is a directory (name a file in it)"},
		{"sqlite:" + filepath.Join(dir, "e.sqlite3") + "?read_only=true", "it is not there"},
		{"sqlite:///x?speed=high", "speed"},
		{"sqlite:///x?synchronous=maybe", "Synchronous"},
		{"oracle://x", "no driver"},
		{"nothing", "no scheme"},
	} {
		db, err := orm.OpenURL(tt.url, sqlite.Driver())
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("OpenURL(%q): %v, want %q", tt.url, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("OpenURL(%q): %v", tt.url, err)
			continue
		}
		if err := db.Ping(context.Background()); err != nil {
			t.Errorf("Ping(%q): %v", tt.url, err)
		}
		for range 2 { // Close may be called twice
			if err := db.Close(); err != nil {
				t.Errorf("Close(%q): %v", tt.url, err)
			}
		}
		if err := db.Ping(context.Background()); err == nil {
			t.Errorf("Ping(%q) after Close: no error", tt.url)
		}
	}
}

func open(t *testing.T, o sqlite.Options) context.Context {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "t.sqlite3"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return orm.WithDatabase(context.Background(), db)
}

func one(t *testing.T, ctx context.Context, sql string, args ...any) any {
	t.Helper()
	var got any
	if err := orm.QueryRows(ctx, sql, args, func(c []any) error { got = c[0]; return nil }); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

// A connection has the settings that a site needs.
func TestPragmas(t *testing.T) {
	t.Parallel()
	ctx := open(t, sqlite.Options{})
	for pragma, want := range map[string]any{"foreign_keys": int64(1), "journal_mode": "wal", "busy_timeout": int64(5000), "synchronous": int64(1)} {
		if got := one(t, ctx, "PRAGMA "+pragma); got != want {
			t.Errorf("%s = %v, want %v", pragma, got, want)
		}
	}
}

func TestDjangoFunctions(t *testing.T) {
	t.Parallel()
	ctx := open(t, sqlite.Options{})
	for sql, want := range map[string]any{
		`SELECT django_datetime_extract('hour', '2026-03-29 00:30:00', 'Europe/Paris', 'UTC')`: int64(1),
		`SELECT django_datetime_extract('hour', '2026-03-29 01:30:00', 'Europe/Paris', 'UTC')`: int64(3),
		`SELECT django_datetime_cast_date('2026-12-31 23:30:00', 'Europe/Paris', 'UTC')`:       "2027-01-01",
		`SELECT django_datetime_trunc('week', '2026-03-01 10:00:00', NULL, NULL)`:              "2026-02-23 00:00:00",
		`SELECT django_date_extract('iso_year', '2026-01-01')`:                                 int64(2026),
		`SELECT django_date_extract('week_day', '2026-03-01')`:                                 int64(1),
		`SELECT django_time_extract('minute', '10:42:07')`:                                     int64(42),
		`SELECT django_datetime_cast_time('2026-03-01 10:42:07.5', NULL, NULL)`:                "10:42:07.500000",
		`SELECT django_timestamp_diff('2026-03-02 00:00:00', '2026-03-01 00:00:00')`:           int64(86400000000),
		`SELECT django_format_dtdelta('+', '2026-03-01 00:00:00', 1500000)`:                    "2026-03-01 00:00:01.500000",
		`SELECT 'Nuages' REGEXP '^N.*s$'`:                                                      int64(1),
		`SELECT LPAD('a', 3, 'xy')`:                                                            "xya",
		`SELECT REVERSE('été')`:                                                                "été",
		`SELECT MD5('a')`:                                                                      "0cc175b9c0f1b6a831c399e269772661",
		`SELECT REPEAT('ab', 2)`:                                                               "abab",
		`SELECT BITXOR(5, 1)`:                                                                  int64(4),
		`SELECT django_date_extract('year', NULL)`:                                             nil,
	} {
		if got := one(t, ctx, sql); got != want {
			t.Errorf("%s = %v, want %v", sql, got, want)
		}
	}
	if err := orm.QueryRows(ctx, `SELECT REPEAT('abcdefgh', 1000000000)`, nil, func([]any) error { return nil }); err == nil {
		t.Error("REPEAT of eight gigabytes: no error")
	}
	if err := orm.QueryRows(ctx, `SELECT 'a' REGEXP '('`, nil, func([]any) error { return nil }); err == nil {
		t.Error("a broken pattern: no error")
	}
}

// Readers do not wait for the writer, and the writer for no reader.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	ctx := open(t, sqlite.Options{Readers: 4})
	if _, err := orm.Exec(ctx, "CREATE TABLE n (x integer)"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				if g%2 == 0 {
					err := orm.Atomic(ctx, func(ctx context.Context) error {
						_, err := orm.Exec(ctx, "INSERT INTO n VALUES (?)", i)
						return err
					})
					if err != nil {
						t.Errorf("write: %v", err)
						return
					}
					continue
				}
				if err := orm.QueryRows(ctx, "SELECT count(*) FROM n", nil, func([]any) error { return nil }); err != nil {
					t.Errorf("read: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := one(t, ctx, "SELECT count(*) FROM n"); got != int64(200) {
		t.Errorf("%v rows, want 200", got)
	}
}

// Waiting for the writer ends with the context.
func TestWaitForWriter(t *testing.T) {
	t.Parallel()
	ctx := open(t, sqlite.Options{})
	err := orm.Atomic(ctx, func(context.Context) error {
		short, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
		defer cancel()
		_, err := orm.Exec(short, "SELECT 1") // not in the transaction: another goroutine's write
		if !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("got %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A second connection to the file, as another process would have, is waited for and then reported.
func TestBusy(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.sqlite3")
	var dbs [2]context.Context
	for i := range dbs {
		db, err := sqlite.Open(path, sqlite.Options{BusyTimeout: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		dbs[i] = orm.WithDatabase(context.Background(), db)
	}
	err := orm.Atomic(dbs[0], func(context.Context) error {
		_, err := orm.Exec(dbs[1], "CREATE TABLE x (y)")
		if !errors.Is(err, orm.ErrLocked) {
			return fmt.Errorf("got %v, want ErrLocked", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A cancelled read leaves the connection whole, and never hits the statement after it.
func TestCancel(t *testing.T) {
	t.Parallel()
	ctx := open(t, sqlite.Options{Readers: 1})
	for i := range 30 {
		short, cancel := context.WithTimeout(ctx, time.Duration(i%5)*3*time.Millisecond)
		err := orm.QueryRows(short, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 3000000) SELECT max(x) FROM n", nil, func([]any) error { return nil })
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("round %d: %v", i, err)
		}
		if got := one(t, ctx, "SELECT 42"); got != int64(42) {
			t.Fatalf("round %d: the next statement gave %v", i, got)
		}
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 5 {
		db, err := sqlite.Open(filepath.Join(t.TempDir(), "t.sqlite3"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx := orm.WithDatabase(context.Background(), db)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { _ = db.Ping(ctx) })
		}
		wg.Wait()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond) // a goroutine that has sent its last word may not have ended yet
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestStatementCacheIsBounded(t *testing.T) {
	t.Parallel()
	ctx := open(t, sqlite.Options{Statements: 10})
	for i := range 100 {
		if got := one(t, ctx, fmt.Sprintf("SELECT %d", i)); got != int64(i) {
			t.Fatalf("SELECT %d = %v", i, got)
		}
	}
	if _, err := orm.Exec(ctx, "SELECT 1; DROP TABLE x"); err == nil {
		t.Error("two statements in one: no error")
	}
	if _, err := orm.Exec(ctx, "SELECT ?", 1, 2); err == nil {
		t.Error("more arguments than parameters: no error")
	}
}

func FuzzTimes(f *testing.F) {
	for _, s := range []string{"2026-01-02", "2026-01-02 03:04", "2026-01-02 03:04:05.678901", "2026-01-02T03:04:05+02:00", "2026-13-99 99:99:99", "", "x", "2026-01-02 03:04:05.", "-001-01-01"} {
		f.Add(s)
	}
	db, err := sqlite.Open(":memory:", sqlite.Options{})
	if err != nil {
		f.Fatal(err)
	}
	defer db.Close()
	ctx := orm.WithDatabase(context.Background(), db)
	f.Fuzz(func(t *testing.T, s string) {
		for _, sql := range []string{
			"SELECT django_datetime_extract('year', ?, 'Europe/Paris', 'UTC')", "SELECT django_time_extract('hour', ?)",
			"SELECT django_datetime_trunc('week', ?, NULL, NULL)", "SELECT django_format_dtdelta('+', ?, 5)",
		} {
			_ = orm.QueryRows(ctx, sql, []any{s}, func([]any) error { return nil })
		}
	})
}
