package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/sqlite"
)

func TestBatch(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "b.sqlite3"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	reader, err := db.Backend().Acquire(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	writer, err := db.Backend().Acquire(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Release()
	exec := func(sql string) {
		t.Helper()
		if _, err := writer.Exec(ctx, sql, nil); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE t (n integer)")
	exec("INSERT INTO t VALUES (1)")

	var seen []int64
	count := &dialect.BatchItem{SQL: "SELECT COUNT(*) FROM t", Row: func(r dialect.Row) error {
		seen = append(seen, r.Int(0))
		exec("INSERT INTO t VALUES (2)")
		return nil
	}}
	batch := reader.(dialect.Batcher)
	if err := batch.Batch(ctx, []*dialect.BatchItem{count, count}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 || seen[0] != 1 || seen[1] != 1 {
		t.Errorf("a batch saw %v rows, want the same twice", seen)
	}

	// A batch that fails leaves the connection outside a transaction.
	wrong := errors.New("wrong")
	bad := &dialect.BatchItem{SQL: "SELECT 1", Row: func(dialect.Row) error { return wrong }}
	after := &dialect.BatchItem{SQL: "SELECT 2", Row: func(dialect.Row) error { t.Error("ran after an error"); return nil }}
	if err := batch.Batch(ctx, []*dialect.BatchItem{bad, after}); !errors.Is(err, wrong) || !errors.Is(bad.Err, wrong) {
		t.Errorf("Batch = %v, the statement's own error %v", err, bad.Err)
	}
	seen = nil
	if err := batch.Batch(ctx, []*dialect.BatchItem{count}); err != nil || seen[0] != 3 {
		t.Errorf("after an error: %v rows, %v, want 3", seen, err)
	}

	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := batch.Batch(ended, []*dialect.BatchItem{count, count}); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}
