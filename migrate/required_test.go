package migrate_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// Tables that ask for another kind of database are left out, on the way there and back; the state has them.
func TestRequiredDatabase(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(":memory:", sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx := orm.WithDatabase(context.Background(), db)
	id := schema.Field{Name: "id", Kind: schema.BigAuto, PrimaryKey: true}
	note := schema.Field{Name: "note", Kind: schema.Text, Null: true}
	var ops []migrate.Operation
	for name, o := range map[string]schema.Options{
		"Here": {RequiredVendor: "sqlite", RequiredFeatures: []string{"supports_json_field"}}, "There": {RequiredVendor: "postgresql"},
		"Able": {RequiredFeatures: []string{"can_rollback_ddl"}}, "Unable": {RequiredFeatures: []string{"can_rollback_ddl", "can_distinct_on_fields"}},
	} {
		ops = append(ops, migrate.CreateModel{Name: name, Fields: []schema.Field{id}, Options: o})
	}
	for _, name := range []string{"There", "Here"} {
		ops = append(ops, migrate.AddField{Model: name, Field: note})
	}
	apps := []migrate.App{{Label: "shop", Migrations: []migrate.Migration{{App: "shop", Name: "0001_initial", Operations: ops}}}}
	if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := tableNames(t, ctx, ""); !slices.Equal(got, []string{"django_migrations", "shop_able", "shop_here"}) {
		t.Errorf("tables: %v", got)
	}
	if diff, err := migrate.Drift(ctx, apps, ""); err != nil || len(diff) > 0 {
		t.Errorf("drift: %q %v", diff, err)
	}
	if err := migrate.Run(ctx, apps, migrate.Options{App: "shop", Target: "zero"}); err != nil {
		t.Error(err)
	}
	if got := tableNames(t, ctx, ""); !slices.Equal(got, []string{"django_migrations"}) {
		t.Errorf("after the way back: %v", got)
	}
}

// MariaDB cannot set a default, and says so before it makes half a table.
func TestDBSetDefaultOnMariaDB(t *testing.T) {
	t.Parallel()
	db, err := mysql.Open(testservices.StartMariaDB(t).NewDatabase(t, "utf8mb4_bin"), mysql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	id := schema.Field{Name: "id", Kind: schema.BigAuto, PrimaryKey: true}
	key := schema.Field{Name: "of", Kind: schema.ForeignKey, DBDefault: nil, Rel: &schema.Relation{To: "shop.Here", OnDelete: schema.DBSetDefault}}
	apps := []migrate.App{{Label: "shop", Migrations: []migrate.Migration{{App: "shop", Name: "0001_initial", Operations: []migrate.Operation{
		migrate.CreateModel{Name: "Here", Fields: []schema.Field{id}}, migrate.CreateModel{Name: "There", Fields: []schema.Field{id, key}},
	}}}}}
	err = migrate.Run(orm.WithDatabase(context.Background(), db), apps, migrate.Options{})
	if err == nil || !strings.Contains(err.Error(), "no ON DELETE SET DEFAULT") {
		t.Errorf("Run = %v", err)
	}
}
