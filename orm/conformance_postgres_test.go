package orm_test

import (
	"context"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
)

// TestConformancePostgres is TestConformance on PostgreSQL.
func TestConformancePostgres(t *testing.T) {
	file := conformanceFile(t)
	// A database whose UPPER knows more than ASCII, as the one that the file was made with.
	server := testservices.StartPostgres(t)
	admin, err := postgres.Open(server.NewDatabase(t), postgres.Options{MaxConns: 1})
	must(t, err)
	t.Cleanup(func() { must(t, admin.Close()) })
	for _, sql := range []string{"DROP DATABASE IF EXISTS conformance WITH (FORCE)", "CREATE DATABASE conformance LOCALE 'C.UTF-8' TEMPLATE template0"} {
		_, err = orm.Exec(orm.WithDatabase(t.Context(), admin), sql)
		must(t, err)
	}
	db, err := postgres.Open(server.URL("conformance"), postgres.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ctx := orm.WithModels(orm.WithDatabase(context.Background(), db), newsroom.All()...)
	createTables(t, ctx, newsroom.All()...)
	runConformance(t, ctx, file, "postgres")
}
