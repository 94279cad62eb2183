package migrate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

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
