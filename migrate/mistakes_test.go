package migrate_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// TestMistakesAreNamed makes the mistakes of a beginner: each error says the place, the cause and what to do.
func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	add := func(model string) []migrate.App {
		return zooApps(migrate.AddField{Model: model, Field: schema.Field{Name: "age", Kind: schema.Integer, Null: true}})
	}
	needs := func(k migrate.Key) []migrate.App {
		apps := add("Animal")
		apps[0].Migrations[1].Dependencies = []migrate.Key{k}
		return apps
	}
	twice := add("Animal")
	twice[0].Migrations = append(twice[0].Migrations, twice[0].Migrations[1])
	leaves := add("Animal")
	leaves[0].Migrations = append(leaves[0].Migrations, migrate.Migration{App: "zoo", Name: "0002_other", Dependencies: []migrate.Key{key("zoo", "0001_initial")}})
	tests := []struct {
		name, id string
		apps     []migrate.App
		command  []string
		want     []string
	}{
		{"mistyped model", "migrations.E002", add("Anmial"), []string{"migrate"}, []string{`model zoo.Anmial is not in the state of the migrations (did you mean "Animal"?`, "in migration zoo.0002_change, operation 1: Add field age to anmial"}},
		{"mistyped dependency", "migrations.E001", needs(key("zoo", "0001_intial")), []string{"makemigrations"}, []string{`migration zoo.0002_change: depends on zoo.0001_intial, which does not exist (did you mean "0001_initial"?)`}},
		{"missing application", "migrations.E001", needs(key("auth", "0001_initial")), []string{"showmigrations"}, []string{`depends on auth.0001_initial, which does not exist (no application "auth" with migrations is among those of the site)`}},
		{"listed twice", "migrations.E001", twice, []string{"migrate"}, []string{"migration zoo.0002_change is listed twice (take one out of its migrations.go, or give one of two files another Name)"}},
		{"two ends", "migrations.W001", leaves, []string{"migrate"}, []string{"more than one is the last: 0002_change, 0002_other in zoo (run makemigrations --merge)"}},
		{"mistyped migration", "", add("Animal"), []string{"sqlmigrate", "zoo", "0002_chnge"}, []string{`application "zoo" has no migration "0002_chnge" (did you mean "0002_change"?)`}},
		{"mistyped application", "", add("Animal"), []string{"migrate", "zo"}, []string{`no application "zo" (did you mean "zoo"?)`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := open(t)
			_, err := call(t, ctx, tt.apps, "", tt.command[0], tt.command[1:]...)
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v: the error is %v, which lacks %q", tt.command, err, want)
				}
			}
			if tt.id == "" || len(tt.apps) == 0 {
				return
			}
			found := migrate.Check(func(context.Context) []migrate.App { return tt.apps }).Run(ctx)
			if len(found) != 1 || found[0].ID != tt.id || (found[0].Level == manage.Error) != strings.Contains(tt.id, ".E") {
				t.Errorf("check finds %+v, want %s", found, tt.id)
			}
		})
	}
}

// TestRenamedAppliedMigration gives an applied migration another name: the column that is there is not made anew over its
// values, and migrate and showmigrations say what is recorded.
func TestRenamedAppliedMigration(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		apps := zooApps(migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Default: "red"}})
		migrated(t, ctx, zooApps())
		exec(t, ctx, zooRows...)
		migrated(t, ctx, apps)
		exec(t, ctx, "UPDATE zoo_animal SET color = 'blue'")
		apps[0].Migrations[1].Name = "0002_renamed"
		out, err := call(t, ctx, apps, "", "migrate")
		if err == nil || !strings.Contains(out, "The database has recorded migrations of zoo that are not there: 0002_change.") || !strings.Contains(out, "migrate --fake zoo NAME") {
			t.Errorf("migrate: %v\n%s", err, out)
		}
		if got := rows(t, ctx, "SELECT DISTINCT color FROM zoo_animal"); !slices.Equal(got, []string{"blue"}) {
			t.Errorf("the colors are %q", got)
		}
		if out, err := call(t, ctx, apps, "", "showmigrations"); err != nil || !strings.Contains(out, " [!] 0002_change (recorded in the database, and not among the migrations") {
			t.Errorf("showmigrations: %v\n%s", err, out)
		}
		for _, line := range []string{"migrate --fake zoo 0002_renamed", "migrate --prune zoo"} {
			words := strings.Fields(line)
			if out, err := call(t, ctx, apps, "", words[0], words[1:]...); err != nil {
				t.Errorf("%s: %v\n%s", line, err, out)
			}
		}
		if out, err := call(t, ctx, apps, "", "showmigrations"); err != nil || strings.Contains(out, "[!]") {
			t.Errorf("showmigrations: %v\n%s", err, out)
		}
		noDrift(t, ctx, apps)
	})
}

// TestForgottenList runs makemigrations again with a program that does not know what it wrote: nothing is written over.
func TestForgottenList(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "migrations")
	out, err := call(t, context.Background(), blog1(), "", "makemigrations", "--dir", dir)
	if err != nil || !strings.Contains(out, `Name the list in the application "blog", if it is not there yet: apps.App{Migrations: migrations.All()}`) {
		t.Fatalf("%v\n%s", err, out)
	}
	first := read(t, filepath.Join(dir, "0001_initial.go"))
	if err := os.WriteFile(filepath.Join(dir, "0001_initial.go"), []byte(first+"\n// edited\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = call(t, context.Background(), blog1(), "", "makemigrations", "--dir", dir)
	if err == nil || !strings.Contains(err.Error(), "0001_initial.go is there, and this program does not know it (name the list in the application: apps.App{Migrations: migrations.All()}") {
		t.Errorf("the error is %v", err)
	}
	if got := read(t, filepath.Join(dir, "0001_initial.go")); !strings.HasSuffix(got, "// edited\n") {
		t.Errorf("the file is\n%s", got)
	}
	ctx := open(t)
	if out, err := call(t, ctx, []migrate.App{{Label: "blog", Models: []orm.Model{orm.ModelOf[MovedPost]()}}}, "", "migrate"); err != nil || !strings.Contains(out, "These applications have models and no migrations: blog") {
		t.Errorf("migrate: %v\n%s", err, out)
	}
	ms, err := migrate.Plan(blog1())
	if err != nil {
		t.Fatal(err)
	}
	apps := []migrate.App{{Label: "blog", Models: blog1()[0].Models, Migrations: ms[:0:0]}}
	apps[0].Migrations = append(apps[0].Migrations, ms...)
	if err := os.WriteFile(filepath.Join(dir, "0002_new.go"), []byte("package migrations\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = call(t, context.Background(), apps, "", "makemigrations", "--empty", "--dir", dir, "blog")
	if err == nil || !strings.Contains(err.Error(), "0002_new.go is there, and this program does not know it (build the program again, and see that ") {
		t.Errorf("the error is %v", err)
	}
}
