package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// other is the variable that makes this test binary another process with the database: "lock", or "write".
const other = "NUAGES_SQLITE_OTHER"

// TestMain is the other process when it is asked to be.
func TestMain(m *testing.M) {
	if os.Getenv(other) != "" {
		if err := beOther(os.Getenv(other), os.Args[len(os.Args)-1]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// beOther holds the write lock until it is killed, or writes for ever.
func beOther(what, path string) error {
	db, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		return err
	}
	ctx := orm.WithDatabase(context.Background(), db)
	if what == "lock" {
		return orm.Atomic(ctx, func(context.Context) error {
			fmt.Println("locked")
			time.Sleep(time.Minute)
			return nil
		})
	}
	for i := 0; ; i++ {
		err := orm.Atomic(ctx, func(ctx context.Context) error {
			for range 10 {
				if _, err := orm.Exec(ctx, "INSERT INTO t (n) VALUES (?)", i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if i == 20 {
			fmt.Println("written")
		}
	}
}

// start starts the other process and waits for its word.
func start(t *testing.T, what, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], path)
	cmd.Env = append(os.Environ(), other+"="+what)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if _, err := out.Read(make([]byte, 6)); err != nil {
		t.Fatal("the other process says nothing: ", err)
	}
	return cmd
}

func table(t *testing.T, o sqlite.Options) (ctx context.Context, path string) {
	t.Helper()
	dialecttest.NoLeaks(t)
	path = filepath.Join(t.TempDir(), "test.sqlite3")
	db, err := sqlite.Open(path, o)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	ctx = orm.WithDatabase(t.Context(), db)
	_, err = orm.Exec(ctx, "CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL)")
	must(t, err)
	return ctx, path
}

// TestOtherProcess: another process holds the lock. A write waits, says so, and works once the lock is free; reads go on.
func TestOtherProcess(t *testing.T) {
	ctx, path := table(t, sqlite.Options{BusyTimeout: 50 * time.Millisecond})
	cmd := start(t, "lock", path)
	_, err := orm.Exec(ctx, "INSERT INTO t (n) VALUES (1)")
	if !errors.Is(err, orm.ErrLocked) {
		t.Errorf("a write = %v, want ErrLocked", err)
	}
	if err := orm.Atomic(ctx, func(context.Context) error { t.Error("it ran"); return nil }); !errors.Is(err, orm.ErrLocked) {
		t.Errorf("Atomic = %v, want ErrLocked", err)
	}
	if n := rowsOf(t, ctx); n != 0 {
		t.Errorf("%d rows", n)
	}
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	_, err = orm.Exec(ctx, "INSERT INTO t (n) VALUES (1)")
	must(t, err)
}

// TestKilledWriter: a process that is killed while it writes leaves whole transactions, and the file is sound.
func TestKilledWriter(t *testing.T) {
	ctx, path := table(t, sqlite.Options{})
	cmd := start(t, "write", path)
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	if n := rowsOf(t, ctx); n < 200 || n%10 != 0 {
		t.Errorf("%d rows, want whole transactions of ten, at least twenty of them", n)
	}
	must(t, orm.QueryRows(ctx, "PRAGMA integrity_check", nil, func(c []any) error {
		if c[0] != "ok" {
			t.Errorf("integrity: %v", c[0])
		}
		return nil
	}))
	_, err := orm.Exec(ctx, "INSERT INTO t (n) VALUES (1)")
	must(t, err)
}

// TestReadOnlyDatabase: a database that is opened to be read takes no write, and must be there.
func TestReadOnlyDatabase(t *testing.T) {
	ctx, path := table(t, sqlite.Options{})
	_, err := orm.Exec(ctx, "INSERT INTO t (n) VALUES (1)")
	must(t, err)
	db, err := sqlite.OpenURL("sqlite:////" + path[1:] + "?read_only=true")
	must(t, err)
	defer db.Close()
	reading := orm.WithDatabase(t.Context(), db)
	if n := rowsOf(t, reading); n != 1 {
		t.Errorf("%d rows", n)
	}
	if _, err := orm.Exec(reading, "INSERT INTO t (n) VALUES (2)"); !errors.Is(err, orm.ErrReadOnly) {
		t.Errorf("a write = %v, want ErrReadOnly", err)
	}
	if _, err := sqlite.Open(filepath.Join(t.TempDir(), "none"), sqlite.Options{ReadOnly: true}); err == nil {
		t.Error("a missing file was opened to be read")
	}
}

// TestDiskFull: the error has a type, all of the transaction is undone, and the database goes on.
func TestDiskFull(t *testing.T) {
	ctx, _ := table(t, sqlite.Options{Init: []string{"PRAGMA max_page_count = 40"}})
	err := orm.Atomic(ctx, func(ctx context.Context) error {
		for {
			if _, err := orm.Exec(ctx, "INSERT INTO t (n) VALUES (zeroblob(4000))"); err != nil {
				return err
			}
		}
	})
	if !errors.Is(err, orm.ErrDiskFull) {
		t.Errorf("Atomic = %v, want ErrDiskFull", err)
	}
	if n := rowsOf(t, ctx); n != 0 {
		t.Errorf("%d rows, want none", n)
	}
	_, err = orm.Exec(ctx, "INSERT INTO t (n) VALUES (1)")
	must(t, err)
}

func rowsOf(t *testing.T, ctx context.Context) (n int64) {
	t.Helper()
	must(t, orm.QueryRows(ctx, "SELECT COUNT(*) FROM t", nil, func(c []any) error { n = c[0].(int64); return nil }))
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
