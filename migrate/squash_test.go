package migrate_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/schema"
)

func squashable() []migrate.App {
	apps := zooApps(
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Null: true}},
		migrate.RunSQL{SQL: []string{"UPDATE zoo_owner SET name = 'x'"}, Elidable: true},
	)
	apps[0].Migrations = append(apps[0].Migrations, migrate.Migration{
		App: "zoo", Name: "0003_more", Dependencies: []migrate.Key{{App: "zoo", Name: "0002_change"}},
		Operations: []migrate.Operation{
			migrate.RenameField{Model: "Animal", Old: "color", New: "colour"},
			migrate.CreateModel{Name: "Gone", Fields: []schema.Field{idField}},
			migrate.DeleteModel{Name: "Gone"},
		},
	})
	return apps
}

func TestSquash(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "migrations")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	apps := squashable()
	out, err := call(t, context.Background(), apps, "", "squashmigrations", "--dir", dir, "zoo", "0003")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "Optimized from 7 operations to 2 operations.") {
		t.Errorf("output is\n%s", out)
	}
	got := read(t, filepath.Join(dir, "0001_squashed_0003_more.go"))
	if !strings.Contains(got, `"colour"`) || !strings.Contains(got, `Replaces: []migrate.Key{{App: "zoo", Name: "0001_initial"}, {App: "zoo", Name: "0002_change"}, {App: "zoo", Name: "0003_more"}}`) {
		t.Errorf("the file is\n%s", got)
	}

	var ops []migrate.Operation
	squashed := migrate.Migration{App: "zoo", Name: "0001_squashed_0003_more", Initial: true}
	for _, m := range apps[0].Migrations {
		squashed.Replaces = append(squashed.Replaces, m.Key())
		ops = append(ops, m.Operations...)
	}
	squashed.Operations = migrate.Optimize(ops, "zoo")
	old := squashable()
	both := []migrate.App{{Label: "zoo", Migrations: append(squashable()[0].Migrations, squashed)}}
	alone := squashed
	alone.Replaces = nil

	t.Run("a new database takes the squashed one", func(t *testing.T) {
		ctx := open(t)
		if err := migrate.Run(ctx, both, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, both)
		noDrift(t, ctx, old)
		if got := rows(t, ctx, "SELECT name FROM django_migrations ORDER BY name"); len(got) != 4 {
			t.Errorf("records: %q", got)
		}
		if err := migrate.Run(ctx, both, migrate.Options{App: "zoo", Target: "zero"}); err != nil {
			t.Fatal(err)
		}
		if got := rows(t, ctx, "SELECT name FROM django_migrations"); len(got) != 0 {
			t.Errorf("records after zero: %q", got)
		}
	})
	t.Run("a database with all old ones only records it", func(t *testing.T) {
		ctx := open(t)
		if err := migrate.Run(ctx, old, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		if out, _ := call(t, ctx, both, "", "showmigrations"); out != "zoo\n [-] 0001_squashed_0003_more (3 squashed migrations) run 'migrate' to finish recording.\n" {
			t.Errorf("showmigrations prints %q", out)
		}
		if err := migrate.Run(ctx, both, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		if out, _ := call(t, ctx, both, "", "showmigrations"); out != "zoo\n [X] 0001_squashed_0003_more (3 squashed migrations)\n" {
			t.Errorf("showmigrations prints %q", out)
		}
		if _, err := call(t, ctx, []migrate.App{{Label: "zoo", Migrations: []migrate.Migration{squashed}}}, "", "migrate", "--prune", "zoo"); err == nil || !strings.Contains(err.Error(), "Replaces") {
			t.Errorf("--prune before Replaces is taken out gives %v", err)
		}
		if out, err := call(t, ctx, []migrate.App{{Label: "zoo", Migrations: []migrate.Migration{alone}}}, "", "migrate", "--prune", "zoo"); err != nil || strings.Count(out, "OK") != 3 {
			t.Errorf("--prune: %v\n%s", err, out)
		}
	})
	t.Run("a database with some goes on with the old ones", func(t *testing.T) {
		ctx := open(t)
		if err := migrate.Run(ctx, old, migrate.Options{App: "zoo", Target: "0002"}); err != nil {
			t.Fatal(err)
		}
		if err := migrate.Run(ctx, both, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, old)
	})
	if out, err := call(t, context.Background(), apps, "", "optimizemigration", "--check", "zoo", "0003"); exitCode(err) != 1 || !strings.Contains(out, "from 3 operations to 1") {
		t.Errorf("optimizemigration --check: %v\n%s", err, out)
	}
}
