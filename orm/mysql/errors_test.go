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
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/mysql"
)

func TestURL(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, url, want string }{
		{"scheme", "postgres://x/y", "mysql://user:password@host:3306/name"},
		{"unreadable", "mysql://a:b%zz@host/x", "cannot be read"},
		{"number", "mysql://h/x?max_conns=many", `option "max_conns"`},
		{"flavor", "mysql://h/x?flavor=oracle", `"oracle" (mysql or mariadb)`},
		{"isolation", "mariadb://h/x?isolation=total", `"total"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := mysql.OpenURL(tt.url)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("OpenURL(%q) = %v, want %q in it", tt.url, err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "zz") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
	_, err := mysql.Open("mysql://nobody:secret@127.0.0.1:1/x", mysql.Options{})
	if !errors.Is(err, dialect.ErrConnectionLost) || strings.Contains(err.Error(), "secret") {
		t.Errorf("Open without a server = %v", err)
	}
}

// TestKilled ends connections behind the pool's back.
func TestKilled(t *testing.T) {
	db := open(t, mysql.Options{MaxConns: 2})
	defer db.Close()
	url := testservices.StartMariaDB(t).URL("mysql")
	admin, err := mysql.Open(url, mysql.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	ctx, root := orm.WithDatabase(t.Context(), db), orm.WithDatabase(t.Context(), admin)
	id := func(ctx context.Context) (id int64) {
		t.Helper()
		err := orm.QueryRows(ctx, "SELECT CONNECTION_ID()", nil, func(c []any) error { id, _ = c[0].(int64); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	kill := func(id int64) {
		t.Helper()
		if _, err := orm.Exec(root, fmt.Sprint("KILL ", id)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // until the server has closed it
	}

	old := id(ctx)
	kill(old)
	if now := id(ctx); now == old {
		t.Errorf("the connection %d was not replaced", now)
	}
	err = orm.Atomic(ctx, func(ctx context.Context) error {
		kill(id(ctx))
		_, err := orm.Exec(ctx, "SELECT 1")
		return err
	})
	if !errors.Is(err, dialect.ErrConnectionLost) {
		t.Errorf("a transaction on a killed connection = %v, want ErrConnectionLost", err)
	}
	if err := db.Ping(ctx); err != nil {
		t.Error(err)
	}
}

// TestDeadlock lets two transactions wait for each other.
func TestDeadlock(t *testing.T) {
	db := open(t, mysql.Options{MaxConns: 3})
	defer db.Close()
	ctx := orm.WithDatabase(t.Context(), db)
	for _, sql := range []string{"CREATE TABLE t (id int PRIMARY KEY, n int)", "INSERT INTO t VALUES (1, 0), (2, 0)"} {
		if _, err := orm.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	one, two, done := make(chan struct{}), make(chan struct{}), make(chan error, 2)
	run := func(first, second int, mine, other chan struct{}) {
		done <- orm.Atomic(ctx, func(ctx context.Context) error {
			if _, err := orm.Exec(ctx, "UPDATE t SET n = n + 1 WHERE id = ?", first); err != nil {
				return err
			}
			close(mine)
			<-other
			_, err := orm.Exec(ctx, "UPDATE t SET n = n + 1 WHERE id = ?", second)
			return err
		})
	}
	go run(1, 2, one, two)
	go run(2, 1, two, one)
	errs := []error{<-done, <-done}
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("errors %v, want one", errs)
	}
	if err := errors.Join(errs...); !errors.Is(err, dialect.ErrSerialization) {
		t.Errorf("error = %v, want ErrSerialization", err)
	}

	err := orm.Atomic(ctx, func(outer context.Context) error {
		if _, err := orm.Exec(outer, "SELECT n FROM t WHERE id = 1 FOR UPDATE"); err != nil {
			return err
		}
		_, err := orm.Exec(ctx, "SELECT n FROM t WHERE id = 1 FOR UPDATE NOWAIT")
		return err
	})
	if !errors.Is(err, dialect.ErrLocked) {
		t.Errorf("NOWAIT on a locked row = %v, want ErrLocked", err)
	}
	var e *mysql.Error
	if _, err := orm.Exec(ctx, "SELECT * FROM nothing"); !errors.As(err, &e) || e.Number != 1146 {
		t.Errorf("a missing table = %v", err)
	}
}
