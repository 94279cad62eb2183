package migrate_test

import (
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
)

// TestSchemas migrates the public schema, and those of two customers by themselves.
func TestSchemas(t *testing.T) {
	db, err := postgres.Open(testservices.StartPostgres(t).NewDatabase(t), postgres.Options{Schemas: true, MaxConns: 3})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ctx := orm.WithDatabase(t.Context(), db)
	must(t, migrate.Run(ctx, shopApps(), migrate.Options{}))
	for _, customer := range []string{"acme", "Big Corp"} {
		_, err := orm.Exec(ctx, `CREATE SCHEMA "`+customer+`"`)
		must(t, err)
		within, err := postgres.OnlySchema(ctx, customer)
		must(t, err)
		missing, err := migrate.UnappliedOn(within, shopApps(), "default")
		must(t, err)
		if len(missing) == 0 {
			t.Errorf("%s: the migrations of the public schema count", customer)
		}
		for range 2 {
			must(t, migrate.Run(within, shopApps(), migrate.Options{}))
		}
		if missing, err := migrate.UnappliedOn(within, shopApps(), "default"); err != nil || len(missing) != 0 {
			t.Errorf("%s: after migrate there are %v, %v", customer, missing, err)
		}
		_, err = orm.Exec(within, "DELETE FROM shop_item")
		must(t, err)
	}
	var schemas int64
	must(t, orm.QueryRows(ctx, "SELECT COUNT(*) FROM pg_tables WHERE tablename = 'shop_item'", nil, func(c []any) error { schemas = c[0].(int64); return nil }))
	rows := int64(0)
	must(t, orm.QueryRows(ctx, "SELECT COUNT(*) FROM shop_item", nil, func(c []any) error { rows = c[0].(int64); return nil }))
	if schemas != 3 || rows == 0 {
		t.Errorf("%d schemas have the table, want 3; the public one has %d rows left", schemas, rows)
	}
}
