package migrate_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// Routers decide which tables a database gets; the state of the migrations is the same everywhere.
func TestAllowMigrate(t *testing.T) {
	t.Parallel()
	dbs := orm.Databases{}
	for _, name := range []string{"default", "logs"} {
		db, err := sqlite.Open(filepath.Join(t.TempDir(), name+".sqlite3"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		dbs[name] = db
	}
	ctx := orm.WithRouters(orm.WithDatabases(context.Background(), dbs), orm.Router{
		AllowMigrate: func(db, app, model string) orm.Answer {
			if app == "shop" && (model == "entry") == (db == "logs") {
				return orm.Allow
			}
			return orm.Deny
		},
	})
	id := schema.Field{Name: "id", Kind: schema.BigAuto, PrimaryKey: true}
	text := func(name string) schema.Field { return schema.Field{Name: name, Kind: schema.Text, Null: true} }
	apps := []migrate.App{{Label: "shop", Migrations: []migrate.Migration{{
		App: "shop", Name: "0001_initial",
		Operations: []migrate.Operation{
			migrate.CreateModel{Name: "Order", Fields: []schema.Field{id}},
			migrate.CreateModel{Name: "Entry", Fields: []schema.Field{id}},
			migrate.AddField{Model: "Order", Field: text("note")},
			migrate.SeparateDatabaseAndState{
				Database: []migrate.Operation{migrate.AddField{Model: "entry", Field: text("line")}},
				States:   []migrate.Operation{migrate.AddField{Model: "entry", Field: text("line")}},
			},
			migrate.RunSQL{SQL: []string{"CREATE TABLE data (id integer)"}, Reverse: []string{"DROP TABLE data"}},
		},
	}}}}
	want := map[string][]string{"default": {"data", "django_migrations", "shop_order"}, "logs": {"django_migrations", "shop_entry"}}
	for name, tables := range want {
		if err := migrate.Run(ctx, apps, migrate.Options{DB: name}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := tableNames(t, ctx, name); !slices.Equal(got, tables) {
			t.Errorf("%s has %v, want %v", name, got, tables)
		}
		if diff, err := migrate.Drift(ctx, apps, name); err != nil || len(diff) > 0 {
			t.Errorf("%s drifts: %q, %v", name, diff, err)
		}
		if err := migrate.Run(ctx, apps, migrate.Options{DB: name, App: "shop", Target: "zero"}); err != nil {
			t.Errorf("%s, back: %v", name, err)
		}
		if got := tableNames(t, ctx, name); !slices.Equal(got, []string{"django_migrations"}) {
			t.Errorf("%s has %v after the way back", name, got)
		}
	}
}

func tableNames(t *testing.T, ctx context.Context, db string) []string {
	t.Helper()
	var out []string
	err := orm.QueryOn(ctx, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", nil, func(c []any) error {
		out = append(out, c[0].(string))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
