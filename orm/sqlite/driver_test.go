package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/sqlite"
)

func TestDriver(t *testing.T) {
	dialecttest.Run(t, func(t testing.TB) *orm.DB {
		db, err := sqlite.Open(filepath.Join(t.TempDir(), "test.sqlite3"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}

func TestKeptInZone(t *testing.T) {
	dialecttest.RunZones(t, func(t testing.TB, zone string) *orm.DB {
		db, err := sqlite.Open(filepath.Join(t.TempDir(), "test.sqlite3"), sqlite.Options{TimeZone: zone})
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}
