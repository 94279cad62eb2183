package migrate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	program "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/django"
	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// TestRealDjango lets an installed Django work on a database that we migrated, and us on one that Django migrated, with
// Django's applications and the newsroom: both have nothing to do there, and Django sees the same tables in both.
func TestRealDjango(t *testing.T) {
	t.Parallel()
	python := testservices.FindDjango(t)
	site := t.TempDir()
	if err := os.CopyFS(site, os.DirFS(filepath.Join("testdata", "django32"))); err != nil {
		t.Fatal(err)
	}
	type seen struct {
		Django, Plan, Check, Changes, Migrate string
		Rows                                  map[string]int
		Tables                                map[string]json.RawMessage
	}
	look := func(mode, database string) (s seen) {
		t.Helper()
		var problems bytes.Buffer
		cmd := program.CommandContext(t.Context(), python, filepath.Join(site, "look.py"), mode, database)
		cmd.Stderr = &problems
		out, err := cmd.Output()
		if err == nil {
			err = json.Unmarshal(out, &s)
		}
		if err != nil {
			t.Fatalf("Django on our database (%s): %v\n%s", mode, err, problems.String())
		}
		return s
	}

	apps := append(django.Contrib(), newsroomOfDjango32(t))
	theirs, ours := filepath.Join(t.TempDir(), "theirs.sqlite3"), filepath.Join(t.TempDir(), "ours.sqlite3")
	want := look("theirs", theirs)
	if err := migrate.Run(orm.WithDatabase(context.Background(), openFile(t, ours)), apps, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	got := look("ours", ours)
	t.Logf("Django %s", got.Django)

	if !strings.Contains(got.Plan, "No planned migration operations.") || got.Check != "" || !strings.Contains(got.Changes, "No changes detected") || !strings.Contains(got.Migrate, "No migrations to apply.") {
		t.Errorf("on our database Django's migrate --plan says %q, --check %q, makemigrations --check %q, migrate %q", got.Plan, got.Check, got.Changes, got.Migrate)
	}
	for model, n := range want.Rows {
		if got.Rows[model] != n {
			t.Errorf("Django has %d rows of %s in our database, %d in its own", got.Rows[model], model, n)
		}
	}
	for table, def := range want.Tables {
		if have := string(got.Tables[table]); have != string(def) {
			t.Errorf("Django sees table %s as\n     %s\nwant %s", table, have, def)
		}
		delete(got.Tables, table)
	}
	if len(got.Tables) > 0 || len(want.Tables) < 20 {
		t.Errorf("Django sees %d tables in its own database, and in ours besides: %v", len(want.Tables), got.Tables)
	}

	ctx := orm.WithDatabase(context.Background(), openFile(t, theirs))
	var out bytes.Buffer
	if err := migrate.Run(ctx, apps, migrate.Options{Out: &out, Verbosity: 1}); err != nil || !strings.Contains(out.String(), "No migrations to apply.") {
		t.Errorf("on Django's database migrate says %q, %v", out.String(), err)
	}
	if err := migrate.Run(ctx, apps, migrate.Options{Check: true}); err != nil {
		t.Errorf("on Django's database migrate --check gives %v", err)
	}
	noDrift(t, ctx, apps)
}

// newsroomOfDjango32 is the newsroom without what Django 3.2 does not know: composite keys, deletions by the database,
// defaults of the database, computed columns, comments and unique expressions.
func newsroomOfDjango32(t *testing.T) migrate.App {
	t.Helper()
	state, err := migrate.FromModels([]migrate.App{{Label: "newsroom", Models: newsroom.All()}})
	if err != nil {
		t.Fatal(err)
	}
	want := migrate.NewState()
	for _, m := range state.Models() {
		if m.Name == "Composite" || m.Name == "DbCascade" {
			continue
		}
		c := *m
		c.Comment = ""
		c.Fields = slices.DeleteFunc(slices.Clone(m.Fields), func(f schema.Field) bool { return f.Kind == schema.Generated })
		for i := range c.Fields {
			c.Fields[i].DBDefault, c.Fields[i].Comment = nil, ""
		}
		c.Constraints = slices.DeleteFunc(slices.Clone(m.Constraints), func(c schema.Constraint) bool { return len(c.Expressions) > 0 })
		want.Add(c)
	}
	app := migrate.App{Label: "newsroom"}
	if app.Migrations, err = migrate.PlanState([]migrate.App{app}, want, nil); err != nil {
		t.Fatal(err)
	}
	return app
}
