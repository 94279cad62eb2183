package dialecttest

import (
	"context"
	"errors"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// testErrorStates: what went wrong can be told apart by states that are the same on all databases.
func testErrorStates(t *testing.T, e *env) {
	for _, tt := range []struct {
		name, sql string
		want      error
	}{
		{"no table", "SELECT x FROM not_there", orm.ErrProgramming},
		{"no column", "SELECT not_there FROM dialecttest_author", orm.ErrProgramming},
		{"syntax", "SELEC 1", orm.ErrProgramming},
		{"no function", "SELECT not_there(1)", orm.ErrProgramming},
		{"table there", "CREATE TABLE dialecttest_author (id integer)", orm.ErrProgramming},
	} {
		var err error
		if tt.sql[:6] == "SELECT" {
			err = orm.QueryRows(e.ctx, tt.sql, nil, func([]any) error { return nil })
		} else {
			_, err = orm.Exec(e.ctx, tt.sql)
		}
		if !errors.Is(err, tt.want) || errors.Is(err, orm.ErrConnectionLost) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if e.db.Vendor() == "sqlite" { // whose columns take texts of any length
		return
	}
	must(t, exec(e, "CREATE TABLE narrow (id smallint, name varchar(3))"))
	for name, sql := range map[string]string{
		"too long": "INSERT INTO narrow (name) VALUES ('toolong')", "out of range": "INSERT INTO narrow (id) VALUES (70000)",
	} {
		if err := exec(e, sql); !errors.Is(err, orm.ErrData) {
			t.Errorf("%s: %v, want ErrData", name, err)
		}
	}
}

// RunConnected runs the test of the option Connected: it is called once with each connection that is made, may run
// statements with arguments, and its error is the query's.
func RunConnected(t *testing.T, open func(t testing.TB, connected func(ctx context.Context, s dialect.Session) error) (*orm.DB, error)) {
	t.Helper()
	NoLeaks(t)
	calls, sum := make(chan struct{}, 100), int64(0)
	db, err := open(t, func(ctx context.Context, s dialect.Session) error {
		calls <- struct{}{}
		if _, err := s.Exec(ctx, "CREATE TEMPORARY TABLE session_only (n integer)", nil); err != nil {
			return err
		}
		mark := "?"
		if _, err := s.Exec(ctx, "SELECT 1 FROM session_only WHERE n = $1", []dialect.Value{dialect.IntValue(1)}); err == nil {
			mark = "$1"
		}
		if _, err := s.Exec(ctx, "INSERT INTO session_only (n) VALUES ("+mark+")", []dialect.Value{dialect.IntValue(41)}); err != nil {
			return err
		}
		return s.Query(ctx, "SELECT n + 1 FROM session_only", nil, func(r dialect.Row) error {
			sum += r.Int(0)
			return nil
		})
	})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ctx := orm.WithDatabase(t.Context(), db)
	for range 3 { // one after the other: one connection
		n := int64(0)
		must(t, orm.Atomic(ctx, func(ctx context.Context) error {
			return orm.QueryRows(ctx, "SELECT n FROM session_only", nil, func(c []any) error { n, _ = c[0].(int64); return nil })
		}))
		if n != 41 {
			t.Errorf("what Connected has made is not there: %d", n)
		}
	}
	if len(calls) != 1 || sum != 42 {
		t.Errorf("Connected was called %d times and read %d, want once and 42", len(calls), sum)
	}

	refused := errors.New("refused by the test")
	bad, err := open(t, func(context.Context, dialect.Session) error { return refused })
	if err == nil {
		err = bad.Ping(t.Context())
		must(t, bad.Close())
	}
	if !errors.Is(err, refused) {
		t.Errorf("Connected's error = %v, want %v", err, refused)
	}
}
