package postgres_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/postgres"
)

// open opens an empty database of its own.
func open(t testing.TB, o postgres.Options) *orm.DB {
	t.Helper()
	return openURL(t, testservices.StartPostgres(t).NewDatabase(t), o)
}

func openURL(t testing.TB, url string, o postgres.Options) *orm.DB {
	t.Helper()
	db, err := postgres.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// schemas gives an empty schema of one database for each call: that is much faster than a database.
func schemas(t *testing.T, o postgres.Options) func(t testing.TB) *orm.DB {
	url := testservices.StartPostgres(t).NewDatabase(t)
	admin := orm.WithDatabase(t.Context(), openURL(t, url, postgres.Options{MaxConns: 1}))
	var n atomic.Int64
	return func(t testing.TB) *orm.DB {
		t.Helper()
		o := o
		o.SearchPath = fmt.Sprintf("s%d", n.Add(1))
		if _, err := orm.Exec(admin, "CREATE SCHEMA "+o.SearchPath); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if _, err := orm.Exec(context.WithoutCancel(admin), "DROP SCHEMA "+o.SearchPath+" CASCADE"); err != nil {
				t.Error(err)
			}
		})
		return openURL(t, url, o)
	}
}

func TestDriver(t *testing.T) {
	dialecttest.Run(t, schemas(t, postgres.Options{MaxConns: 4}))
}

// TestDriverWithoutPreparing is the same for a pooler in between.
func TestDriverWithoutPreparing(t *testing.T) {
	dialecttest.Run(t, schemas(t, postgres.Options{MaxConns: 4, NoPrepare: true}))
}

// TestDriverWithoutCopy is the same with INSERT for many rows.
func TestDriverWithoutCopy(t *testing.T) {
	dialecttest.Run(t, schemas(t, postgres.Options{MaxConns: 4, NoCopy: true}))
}

func TestKeptInZone(t *testing.T) {
	for name, o := range map[string]postgres.Options{"prepared": {MaxConns: 4}, "not prepared": {MaxConns: 4, NoPrepare: true}} {
		t.Run(name, func(t *testing.T) {
			in := map[string]func(testing.TB) *orm.DB{}
			for _, zone := range []string{"Europe/Berlin", "America/New_York"} {
				o.TimeZone = zone
				in[zone] = schemas(t, o)
			}
			dialecttest.RunZones(t, func(t testing.TB, zone string) *orm.DB { return in[zone](t) })
		})
	}
}
