package migrate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	program "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// call runs a command over applications. Stdin is what a person types; without it nobody is there.
func call(t *testing.T, ctx context.Context, apps []migrate.App, stdin string, name string, args ...string) (string, error) {
	t.Helper()
	for _, cmd := range migrate.Commands(func(context.Context) []migrate.App { return apps }) {
		if cmd.Name != name {
			continue
		}
		flags := flag.NewFlagSet(name, flag.ContinueOnError)
		flags.SetOutput(io.Discard)
		verbosity := flags.Int("v", 1, "")
		run := cmd.Setup(flags)
		if err := flags.Parse(args); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err := run(ctx, &manage.Invocation{
			Args: flags.Args(), Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &out, Verbosity: *verbosity, Interactive: stdin != "",
		})
		return out.String(), err
	}
	t.Fatalf("no command %q", name)
	return "", nil
}

func exitCode(err error) int {
	if exit, ok := errors.AsType[*manage.ExitError](err); ok {
		return exit.Code
	}
	if err != nil {
		return 1
	}
	return 0
}

// The first and the second form of a blog.
type (
	Post1 struct {
		ID    int64
		Title string
		Old   string
	}
	Post2 struct {
		ID       int64
		Headline string
		Body     string
	}
)

func (Post1) Fields(p *Post1) []orm.Field {
	return []orm.Field{orm.Char(&p.Title, 50), orm.Text(&p.Old)}
}
func (Post1) Meta(*Post1) orm.Meta { return orm.Meta{App: "blog", Name: "Post"} }

func (Post2) Fields(p *Post2) []orm.Field {
	return []orm.Field{orm.Char(&p.Headline, 50), orm.Char(&p.Body, 9)}
}
func (Post2) Meta(*Post2) orm.Meta { return orm.Meta{App: "blog", Name: "Post"} }

func blog1() []migrate.App {
	return []migrate.App{{Label: "blog", Models: []orm.Model{orm.ModelOf[Post1]()}}}
}

// blog2 has the second form of the models and migrations for the first.
func blog2(t *testing.T) []migrate.App {
	t.Helper()
	ms, err := migrate.Plan(blog1())
	if err != nil {
		t.Fatal(err)
	}
	return []migrate.App{{Label: "blog", Models: []orm.Model{orm.ModelOf[Post2]()}, Migrations: ms}}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMakeMigrationsWritesFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "migrations")
	out, err := call(t, context.Background(), blog1(), "", "makemigrations", "--dir", dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Migrations for 'blog':\n  " + dir + "/0001_initial.go\n    + Create model Post\n"; out != want {
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

func TestShowMigrationsAndFake(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	apps := zooApps(migrate.RunSQL{SQL: []string{"UPDATE zoo_owner SET name = 'x'"}})
	steps := []struct {
		args []string
		want string
	}{
		{[]string{"showmigrations"}, "zoo\n [ ] 0001_initial\n [ ] 0002_change\n"},
		{[]string{"migrate", "--plan"}, "Planned operations:\nzoo.0001_initial\n    Create model Owner\n    Create model Animal\nzoo.0002_change\n    Raw SQL operation\n"},
		{[]string{"migrate", "-v", "0", "zoo", "0001"}, ""},
		{[]string{"showmigrations", "--plan"}, "[X]  zoo.0001_initial\n[ ]  zoo.0002_change\n"},
		{[]string{"showmigrations", "-p", "-v", "2"}, "[X]  zoo.0001_initial\n[ ]  zoo.0002_change ... (zoo.0001_initial)\n"},
		{[]string{"migrate", "--fake"}, "Operations to perform:\n  Apply all migrations: zoo\nRunning migrations:\n  Applying zoo.0002_change... FAKED\n"},
		{[]string{"migrate", "--check"}, ""},
		{[]string{"migrate", "--drift"}, "The tables are those of the applied migrations.\n"},
	}
	for _, s := range steps {
		out, err := call(t, ctx, apps, "", s.args[0], s.args[1:]...)
		if err != nil {
			t.Fatalf("%q: %v", s.args, err)
		}
		if out != s.want && s.want != "" {
			t.Errorf("%q prints %q, want %q", s.args, out, s.want)
		}
	}
	if _, err := call(t, ctx, apps, "", "migrate", "--fake", "zoo", "zero"); err != nil {
		t.Fatal(err)
	}
	out, err := call(t, ctx, apps, "", "migrate", "--fake-initial", "zoo", "0001_initial")
	if err != nil || !strings.Contains(out, "Applying zoo.0001_initial... FAKED") {
		t.Errorf("--fake-initial: %v\n%s", err, out)
	}
	if out, err := call(t, ctx, apps, "", "migrate", "--check"); exitCode(err) != 1 || out != "zoo.0002_change\n" {
		t.Errorf("--check: %q, %v", out, err)
	}
	out, err = call(t, ctx, apps, "", "showmigrations", "--json")
	var list []map[string]any
	if err == nil {
		err = json.Unmarshal([]byte(out), &list)
	}
	if err != nil || len(list) != 2 || list[0]["state"] != "applied" || list[1]["state"] != "unapplied" {
		t.Errorf("--json: %v\n%s", err, out)
	}
	// An irreversible operation says so and leaves everything as it was.
	if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	err = migrate.Run(ctx, apps, migrate.Options{App: "zoo", Target: "zero"})
	if irreversible, ok := errors.AsType[*migrate.IrreversibleError](err); !ok || irreversible.Operation != "Raw SQL operation" {
		t.Errorf("an irreversible operation gives %v", err)
	}
	noDrift(t, ctx, apps)
}

func TestPruneAndInconsistentHistory(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	apps := zooApps(migrate.RunSQL{SQL: []string{"SELECT 1"}})
	if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	if out, err := call(t, ctx, zooApps(), "", "migrate", "--prune", "zoo"); err != nil || out != "Pruning migrations:\n  Pruning zoo.0002_change... OK\n" {
		t.Errorf("--prune: %q, %v", out, err)
	}
	if got := rows(t, ctx, "SELECT name FROM django_migrations"); !slices.Equal(got, []string{"0001_initial"}) {
		t.Errorf("left are %q", got)
	}
	exec1 := "UPDATE django_migrations SET name = '0002_change'"
	exec(t, ctx, exec1)
	if err := migrate.Run(ctx, apps, migrate.Options{}); err == nil || !strings.Contains(err.Error(), "zoo.0002_change is applied before its dependency zoo.0001_initial") {
		t.Errorf("an inconsistent history gives %v", err)
	}
}

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

func TestSQLMigrate(t *testing.T) {
	t.Parallel()
	apps := zooApps(migrate.AddField{Model: "Animal", Field: schema.Field{Name: "age", Kind: schema.Integer, Null: true}}, migrate.AlterModelOptions{Model: "Animal"})
	tests := []struct{ name, args, want string }{
		{"forward", "", "BEGIN;\n--\n-- Add field age to animal\n--\nALTER TABLE \"zoo_animal\" ADD COLUMN \"age\" integer NULL;\n--\n-- Change Meta options on animal\n--\n-- (no-op)\nCOMMIT;\n"},
		{"backward", "--backwards", "BEGIN;\n--\n-- Change Meta options on animal\n--\n-- (no-op)\n--\n-- Add field age to animal\n--\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := slices.DeleteFunc([]string{tt.args, "zoo", "0002"}, func(s string) bool { return s == "" })
			out, err := call(t, open(t), apps, "", "sqlmigrate", args...)
			if err != nil || !strings.HasPrefix(out, tt.want) {
				t.Errorf("sqlmigrate prints %q, %v, want %q", out, err, tt.want)
			}
		})
	}
}

// TestWrittenMigrationsCompile writes the migrations of the conformance models, compiles them, and compares the models
// with them again: nothing may differ.
func TestWrittenMigrationsCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles programs")
	}
	t.Parallel()
	dir := t.TempDir()
	apps := []migrate.App{{Label: "newsroom", Models: newsroom.All()}}
	if out, err := call(t, context.Background(), apps, "", "makemigrations", "--dir", filepath.Join(dir, "migrations")); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	db := filepath.Join(dir, "db.sqlite3")
	out := compile(t, map[string]string{
		"internal/e2e/migrations/0001_initial.go": read(t, filepath.Join(dir, "migrations", "0001_initial.go")),
		"internal/e2e/migrations/migrations.go":   read(t, filepath.Join(dir, "migrations", "migrations.go")),
		"internal/e2e/main.go": `package main

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/migrate/internal/e2e/migrations"
	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

func main() {
	apps := []migrate.App{{Label: "newsroom", Models: newsroom.All(), Migrations: migrations.All()}}
	ms, err := migrate.Plan(apps)
	fmt.Println(len(ms), err)
	for _, m := range ms {
		for _, op := range m.Operations {
			fmt.Println(op.Describe())
		}
	}
	db, err := sqlite.Open("` + db + `", sqlite.Options{})
	fmt.Println(err)
	ctx := orm.WithDatabase(context.Background(), db)
	fmt.Println(migrate.Run(ctx, apps, migrate.Options{}))
	fmt.Println(migrate.Drift(ctx, apps, ""))
}
`,
	})
	if want := "0 <nil>\n<nil>\n<nil>\n[] <nil>\n"; out != want {
		t.Fatalf("with the written migrations the program prints\n%s\nwant\n%s", out, want)
	}
}

// compile runs a program whose files, named from this directory, lie over the module without being written into it.
func compile(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	overlay := map[string]map[string]string{"Replace": {}}
	for name, content := range files {
		path := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		overlay["Replace"][filepath.Join(here, name)] = path
	}
	raw, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := program.Command("go", "run", "-overlay", list, "./internal/e2e").CombinedOutput()
	if err != nil {
		t.Fatalf("go run: %v\n%s", err, out)
	}
	return string(out)
}
