package sqlite_test

import (
	"context"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// TestInMemory writes and reads a database in memory under each of its names: both must see the same one.
func TestInMemory(t *testing.T) {
	t.Parallel()
	for _, path := range []string{":memory:", "file::memory:", "file::memory:?cache=shared", "file:TestInMemory?mode=memory", "file:TestInMemory2?mode=memory&cache=shared"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			db, err := sqlite.Open(path, sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			ctx := orm.WithDatabase(context.Background(), db)
			if _, err := orm.Exec(ctx, "CREATE TABLE notes (n integer)"); err != nil {
				t.Fatal(err)
			}
			if _, err := orm.Exec(ctx, "INSERT INTO notes VALUES (42)"); err != nil {
				t.Fatal(err)
			}
			var got any
			err = orm.QueryOn(ctx, "", "SELECT n FROM notes", nil, func(cols []any) error { got = cols[0]; return nil })
			if err != nil || got != int64(42) {
				t.Errorf("read %v, %v", got, err)
			}
		})
	}
}
