package mysql_test

import (
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/mysql"
)

func open(t testing.TB, o mysql.Options) *orm.DB {
	t.Helper()
	db, err := mysql.Open(testservices.StartMariaDB(t).NewDatabase(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestDriver(t *testing.T) {
	dialecttest.Run(t, func(t testing.TB) *orm.DB { return open(t, mysql.Options{MaxConns: 4}) })
}

// TestDriverWithoutReturning is the same without what MariaDB has beyond MySQL for keys.
func TestDriverWithoutReturning(t *testing.T) {
	dialecttest.Run(t, func(t testing.TB) *orm.DB {
		db := open(t, mysql.Options{MaxConns: 4})
		db.Dialect().Returning, db.Dialect().ConsecutiveKeys = false, true // nobody else has it yet
		return db
	})
}

func TestKeptInZone(t *testing.T) {
	dialecttest.RunZones(t, func(t testing.TB, zone string) *orm.DB { return open(t, mysql.Options{MaxConns: 4, TimeZone: zone}) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
