package postgres_test

import (
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/postgres"
)

func open(t testing.TB, o postgres.Options) *orm.DB {
	t.Helper()
	db, err := postgres.Open(testservices.StartPostgres(t).NewDatabase(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestDriver(t *testing.T) {
	dialecttest.Run(t, func(t testing.TB) *orm.DB { return open(t, postgres.Options{MaxConns: 4}) })
}

// TestDriverWithoutPreparing is the same for a pooler in between.
func TestDriverWithoutPreparing(t *testing.T) {
	dialecttest.Run(t, func(t testing.TB) *orm.DB { return open(t, postgres.Options{MaxConns: 4, NoPrepare: true}) })
}
