package migrate_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
)

func shopApps() []migrate.App {
	return []migrate.App{{Label: "shop", Migrations: []migrate.Migration{
		{App: "shop", Name: "0001_initial", Initial: true, Operations: []migrate.Operation{
			migrate.CreateModel{Name: "Item", Fields: []schema.Field{
				{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
				{Name: "name", Kind: schema.Char, MaxLength: 50},
			}},
			migrate.RunSQL{SQL: []string{"INSERT INTO shop_item (name) VALUES ('Blue Cup'), ('Tea')"}, Reverse: migrate.NoSQL()},
		}},
		{App: "shop", Name: "0002_item_slug", Dependencies: []migrate.Key{{App: "shop", Name: "0001_initial"}}, Operations: []migrate.Operation{
			migrate.AddField{Model: "Item", Field: schema.Field{Name: "slug", Kind: schema.Char, MaxLength: 50, Null: true}},
			migrate.RunGo{Do: fillSlugs, Undo: migrate.Nothing},
		}},
	}}}
}

// fillSlugs reads and writes rows by the names that models and fields have at this point of the history.
func fillSlugs(ctx context.Context, data *migrate.Data) error {
	return data.Table("shop", "Item").Each(ctx, func(row *migrate.Row) error {
		row.Set("slug", strings.ReplaceAll(strings.ToLower(row.String("name")), " ", "-"))
		return row.Save(ctx)
	})
}

func ExampleRun() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(dir+"/shop.sqlite3", sqlite.Options{})
	if err != nil {
		panic(err)
	}
	defer db.Close()
	ctx := orm.WithDatabase(context.Background(), db)

	if err := migrate.Run(ctx, shopApps(), migrate.Options{}); err != nil {
		panic(err)
	}
	_ = orm.QueryRows(ctx, "SELECT slug FROM shop_item ORDER BY id", nil, func(cols []any) error {
		fmt.Println(cols[0])
		return nil
	})
	// Output:
	// blue-cup
	// tea
}

func ExampleSQL() {
	err := migrate.SQL(context.Background(), shopApps(), dialect.PostgreSQL(), "shop", "0002", false, os.Stdout)
	if err != nil {
		panic(err)
	}
	// Output:
	// BEGIN;
	// --
	// -- Add field slug to item
	// --
	// ALTER TABLE "shop_item" ADD COLUMN "slug" varchar(50) NULL;
	// --
	// -- Go code
	// --
	// -- THIS OPERATION CANNOT BE WRITTEN AS SQL
	// COMMIT;
}

func ExampleOptimize() {
	ops := migrate.Optimize([]migrate.Operation{
		migrate.CreateModel{Name: "Item", Fields: []schema.Field{{Name: "id", Kind: schema.BigAuto, PrimaryKey: true}}},
		migrate.AddField{Model: "Item", Field: schema.Field{Name: "nam", Kind: schema.Text}},
		migrate.RenameField{Model: "Item", Old: "nam", New: "name"},
	}, "shop")
	for _, op := range ops {
		fmt.Println(op.Describe())
	}
	// Output: Create model Item
}

func ExampleLint() {
	m := migrate.Migration{App: "shop", Name: "0003_item_price", Operations: []migrate.Operation{
		migrate.AddField{Model: "Item", Field: schema.Field{Name: "price", Kind: schema.Integer, Default: 0}},
	}}
	for _, warning := range migrate.Lint(&m, nil, migrate.LintOptions{}) {
		fmt.Println(warning)
	}
	// Output: Add field price to item: code that does not know the column yet can no longer insert rows (make it nullable or give it a DBDefault, and forbid nulls in a later migration) [migrations.W102]
}
