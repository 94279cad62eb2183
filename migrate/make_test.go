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

func TestMakeMigrationsWritesFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "migrations")
	out, err := call(t, context.Background(), blog1(), "", "makemigrations", "--dir", dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Migrations for 'blog':\n  " + dir + "/0001_initial.go\n    + Create model Post\nName the list in the application \"blog\", if it is not there yet: apps.App{Migrations: migrations.All()}\n"; out != want {
		t.Errorf("output = %q, want %q", out, want)
	}
	want := `// Code written by makemigrations; it may be edited.

package migrations

import (
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/schema"
)

func m0001Initial() migrate.Migration {
	return migrate.Migration{
		App: "blog", Name: "0001_initial", Initial: true,
		Operations: []migrate.Operation{
			migrate.CreateModel{
				Name: "Post",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "title", Kind: schema.Char, MaxLength: 50},
					{Name: "old", Kind: schema.Text},
				},
			},
		},
	}
}
`
	if got := read(t, filepath.Join(dir, "0001_initial.go")); got != want {
		t.Errorf("file is\n%s\nwant\n%s", got, want)
	}
	if got := read(t, filepath.Join(dir, "migrations.go")); !strings.Contains(got, "\t\tm0001Initial(),\n") {
		t.Errorf("the list is\n%s", got)
	}
}

func TestMakeMigrationsWithoutAPerson(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "migrations")
	out, err := call(t, context.Background(), blog2(t), "", "makemigrations", "--dir", dir)
	if exitCode(err) != 3 {
		t.Errorf("exit code %d, want 3 (%v)", exitCode(err), err)
	}
	for _, want := range []string{
		"blog.Post.headline may not be null and rows that are there have no value for it (--default blog.Post.headline=VALUE",
		"blog.Post.body may not be null", "blog.Post.old: its column is dropped with its values (--allow-drop",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("something was written:\n%s", out)
	}
	out, err = call(t, context.Background(), blog2(t), "", "makemigrations", "--dir", dir, "--allow-drop", "--rename", "blog.Post.title=headline", "--default", "blog.Post.body=none", "-n", "second", "-v", "0")
	if err != nil || out != "" {
		t.Fatalf("%v\n%s", err, out)
	}
	got := read(t, filepath.Join(dir, "0002_second.go"))
	for _, want := range []string{`RenameField{Model: "Post", Old: "title", New: "headline"}`, `RemoveField{Model: "Post", Name: "old"}`, `OneOff: "none"`, `Dependencies: []migrate.Key{{App: "blog", Name: "0001_initial"}}`} {
		if !strings.Contains(got, want) {
			t.Errorf("the file lacks %s:\n%s", want, got)
		}
	}
	if got := read(t, filepath.Join(dir, "migrations.go")); !strings.Contains(got, "m0001Initial(),\n\t\tm0002Second(),\n") {
		t.Errorf("the list is\n%s", got)
	}
}

func TestMakeMigrationsAsks(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "migrations")
	// rename title? yes; body: a value, x; delete data? yes.
	out, err := call(t, context.Background(), blog2(t), "y\n1\nx\ny\n", "makemigrations", "--dir", dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"Was blog.Post.title renamed to Post.headline? [y/N]", "blog.Post.body is new and may not be null", "These changes delete data:\n  blog.Post.old: its column is dropped"} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "0002_rename_title_post_headline_remove_post_old_post_body.go")); err != nil {
		entries, _ := os.ReadDir(dir)
		t.Errorf("%v; there are %v", err, entries)
	}
	if _, err := call(t, context.Background(), blog2(t), "n\n2\n", "makemigrations", "--dir", dir); err == nil || !strings.Contains(err.Error(), "nothing was written") {
		t.Errorf("quitting gives %v", err)
	}
}

func TestMakeMigrationsOptions(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	dir := filepath.Join(t.TempDir(), "migrations")
	apps := blog1()
	if _, err := call(t, ctx, apps, "", "makemigrations", "--check"); exitCode(err) != 1 {
		t.Errorf("--check with changes gives %v", err)
	}
	out, err := call(t, ctx, apps, "", "makemigrations", "--dry-run", "-v", "3", "--dir", dir)
	if err != nil || !strings.Contains(out, "func m0001Initial()") {
		t.Errorf("--dry-run -v 3: %v\n%s", err, out)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("--dry-run has written files")
	}
	ms, err := migrate.Plan(apps)
	if err != nil {
		t.Fatal(err)
	}
	apps[0].Migrations = ms
	if out, err := call(t, ctx, apps, "", "makemigrations", "--check", "blog"); err != nil || out != "No changes detected in app 'blog'\n" {
		t.Errorf("--check without changes: %q, %v", out, err)
	}
	if out, err := call(t, ctx, apps, "", "makemigrations", "--empty", "--scriptable", "--no-header", "-n", "fill", "--dir", dir, "blog"); err != nil || !strings.HasSuffix(out, filepath.Join(dir, "0002_fill.go")+"\n") {
		t.Errorf("--empty --scriptable: %q, %v", out, err)
	}
	if got := read(t, filepath.Join(dir, "0002_fill.go")); !strings.HasPrefix(got, "package migrations") || !strings.Contains(got, `Name: "0002_fill"`) {
		t.Errorf("the file is\n%s", got)
	}
	if _, err := call(t, ctx, apps, "", "makemigrations", "nothere"); err == nil {
		t.Error("an application that does not exist is taken")
	}

	// --update puts the change into the last migration, unless it is applied.
	apps = blog2(t)
	if out, err := call(t, ctx, apps, "", "makemigrations", "--update", "--allow-drop", "--default", "blog.Post.body=x", "--default", "blog.Post.headline=x", "--dir", dir); err != nil {
		t.Fatalf("--update: %v\n%s", err, out)
	}
	if got := read(t, filepath.Join(dir, "0001_initial.go")); !strings.Contains(got, `"headline"`) || strings.Contains(got, "AddField") {
		t.Errorf("after --update the file is\n%s", got)
	}
	if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := call(t, ctx, apps, "", "makemigrations", "--update", "--allow-drop", "--default", "blog.Post.body=x", "--default", "blog.Post.headline=x", "--dir", dir); err == nil || !strings.Contains(err.Error(), "is applied") {
		t.Errorf("--update of an applied migration gives %v", err)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "migrations")
	first := migrate.Key{App: "zoo", Name: "0001_initial"}
	apps := zooApps()
	for _, name := range []string{"color", "age"} {
		apps[0].Migrations = append(apps[0].Migrations, migrate.Migration{
			App: "zoo", Name: "0002_" + name, Dependencies: []migrate.Key{first},
			Operations: []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: name, Kind: schema.Integer, Null: true}}},
		})
	}
	if err := migrate.Run(open(t), apps, migrate.Options{}); err == nil || !strings.Contains(err.Error(), "0002_color, 0002_age in zoo (run makemigrations --merge)") {
		t.Errorf("two ends give %v", err)
	}
	if out, err := call(t, context.Background(), apps, "", "makemigrations", "--merge", "--dir", dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := read(t, filepath.Join(dir, "0003_merge_0002_age_0002_color.go"))
	if !strings.Contains(got, `{App: "zoo", Name: "0002_color"}, {App: "zoo", Name: "0002_age"}`) {
		t.Errorf("the merge is\n%s", got)
	}
	apps[0].Migrations[2].Operations = apps[0].Migrations[1].Operations
	if _, err := call(t, context.Background(), apps, "", "makemigrations", "--merge", "--dir", dir); err == nil || !strings.Contains(err.Error(), "both lines change animal.color") {
		t.Errorf("two lines that change the same give %v", err)
	}
}
