package orm_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// TestPoolWait: a context says how long its queries wait for a connection, whatever the database's options say.
func TestPoolWait(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.sqlite3"), sqlite.Options{AcquireTimeout: time.Hour})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	outside := orm.WithDatabase(context.Background(), db)
	must(t, orm.Atomic(outside, func(context.Context) error {
		_, err := orm.Exec(orm.WithPoolWait(outside, 20*time.Millisecond), "CREATE TABLE x (n integer)")
		full, ok := errors.AsType[*orm.PoolError](err)
		if !ok || full.Waited != 20*time.Millisecond || full.Max != 1 || full.Waiting != 1 {
			t.Errorf("error = %v, want a PoolError after 20 ms", err)
		}
		if ok && !strings.Contains(err.Error(), "waited 20ms for one of 1 connections, all in use, with 1 queries waiting") {
			t.Errorf("error = %v, without the figures", err)
		}
		return nil
	}))
}
