package mysql_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/mysql"
)

// two opens a database with two pools: one to use, one to look at the server with.
func two(t *testing.T, o mysql.Options) (ctx, admin context.Context) {
	t.Helper()
	url := testservices.StartMariaDB(t).NewDatabase(t)
	dialecttest.NoLeaks(t)
	open := func(o mysql.Options) context.Context {
		db, err := mysql.Open(url, o)
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })
		return orm.WithDatabase(t.Context(), db)
	}
	ctx, admin = open(o), open(mysql.Options{MaxConns: 2})
	_, err := orm.Exec(ctx, "CREATE TABLE t (id bigint AUTO_INCREMENT PRIMARY KEY, n bigint NOT NULL)")
	must(t, err)
	return ctx, admin
}

// running counts the statements of the database that hold a text.
func running(t *testing.T, admin context.Context, text string) (n int64) {
	t.Helper()
	must(t, orm.QueryRows(admin, "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE ?", []any{"%" + text + "%"}, func(c []any) error {
		n = c[0].(int64)
		return nil
	}))
	return n
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: ", what)
		}
	}
}

// TestCancelStopsServer: the server does not go on with a statement that nobody waits for.
func TestCancelStopsServer(t *testing.T) {
	ctx, admin := two(t, mysql.Options{MaxConns: 2})
	for _, sql := range []string{"SELECT SLEEP(60)", "INSERT INTO t (n) SELECT SLEEP(60)"} {
		short, cancel := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() {
			done <- orm.QueryRows(short, sql, nil, func([]any) error { return nil })
		}()
		eventually(t, "the statement runs", func() bool { return running(t, admin, "SLEEP(60)") == 1 })
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v, want Canceled", sql, err)
		}
		eventually(t, "the statement stops", func() bool { return running(t, admin, "SLEEP(60)") == 0 })
	}
	must(t, orm.Atomic(ctx, func(ctx context.Context) error {
		_, err := orm.Exec(ctx, "INSERT INTO t (n) VALUES (1)")
		return err
	}))
}

// TestLostInStatement: a write that was running is not run again, for nobody knows what it did.
func TestLostInStatement(t *testing.T) {
	ctx, admin := two(t, mysql.Options{MaxConns: 2})
	done := make(chan error, 1)
	go func() {
		_, err := orm.Exec(ctx, "INSERT INTO t (n) SELECT SLEEP(60)")
		done <- err
	}()
	eventually(t, "the statement runs", func() bool { return running(t, admin, "SLEEP(60)") == 1 })
	var id any
	must(t, orm.QueryRows(admin, "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE '%SLEEP(60)%'", nil, func(c []any) error {
		id = c[0]
		return nil
	}))
	_, err := orm.Exec(admin, "KILL ?", id)
	must(t, err)
	if err := <-done; !errors.Is(err, orm.ErrConnectionLost) {
		t.Errorf("Exec = %v, want ErrConnectionLost", err)
	}
	_, err = orm.Exec(ctx, "INSERT INTO t (n) VALUES (1)")
	must(t, err)
	must(t, orm.QueryRows(ctx, "SELECT COUNT(*) FROM t", nil, func(c []any) error {
		if c[0] != int64(1) {
			t.Errorf("%v rows, want one", c[0])
		}
		return nil
	}))
}

// TestExhausted: a pool without a free connection says what to do.
func TestExhausted(t *testing.T) {
	ctx, _ := two(t, mysql.Options{MaxConns: 1, AcquireTimeout: 50 * time.Millisecond})
	must(t, orm.Atomic(ctx, func(context.Context) error {
		_, err := orm.Exec(ctx, "SELECT 1") // outside the transaction
		if !errors.Is(err, orm.ErrPoolExhausted) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "MaxConns") {
			t.Errorf("Exec = %v", err)
		}
		return nil
	}))
	_, err := orm.Exec(ctx, "INSERT INTO t (n) VALUES (1)")
	must(t, err)
}

// TestDeadlockRetried: transactions that wait for each other both end well.
func TestDeadlockRetried(t *testing.T) {
	ctx, _ := two(t, mysql.Options{MaxConns: 2})
	_, err := orm.Exec(ctx, "INSERT INTO t (id, n) VALUES (1, 0), (2, 0)")
	must(t, err)
	meet := make(chan struct{}, 2)
	runs := make(chan int, 2)
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		go func() {
			ran := 0
			err := orm.AtomicWith(ctx, orm.AtomicOptions{Retries: 10}, func(ctx context.Context) error {
				ran++
				if _, err := orm.Exec(ctx, "UPDATE t SET n = n + 1 WHERE id = ?", order[0]); err != nil {
					return err
				}
				if ran == 1 {
					meet <- struct{}{}
					for len(meet) < 2 {
						time.Sleep(time.Millisecond)
					}
				}
				_, err := orm.Exec(ctx, "UPDATE t SET n = n + 1 WHERE id = ?", order[1])
				return err
			})
			if err != nil {
				t.Error(err)
			}
			runs <- ran
		}()
	}
	if total := <-runs + <-runs; total < 3 {
		t.Errorf("%d runs: there was no deadlock", total)
	}
	must(t, orm.QueryRows(ctx, "SELECT n FROM t", nil, func(c []any) error {
		if c[0] != int64(2) {
			t.Errorf("n = %v, want 2", c[0])
		}
		return nil
	}))
}

// TestKilledConnections: KILL CONNECTION under load costs the statements that run, and nothing else.
func TestKilledConnections(t *testing.T) {
	url := testservices.StartMariaDB(t).NewDatabase(t)
	db, err := mysql.Open(url, mysql.Options{MaxConns: 1})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	admin := orm.WithDatabase(context.Background(), db)
	dialecttest.RunKilled(t, func(t testing.TB) *orm.DB {
		db, err := mysql.Open(url, mysql.Options{MaxConns: 4})
		must(t, err)
		return db
	}, func(t testing.TB) (killed int) {
		var ids []int64
		must(t, orm.QueryRows(admin, "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()", nil, func(c []any) error {
			ids = append(ids, c[0].(int64))
			return nil
		}))
		for _, id := range ids {
			if _, err := orm.Exec(admin, fmt.Sprintf("KILL CONNECTION %d", id)); err == nil { // otherwise it has ended by itself
				killed++
			}
		}
		return killed
	})
}
