package migrate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/django"
	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
)

// TestConformance makes the tables of the conformance models and compares them with those that Django 6.1 made: a row for
// each table, column, index and constraint, names included. It does so twice: by Django's own migrations, translated, for
// all applications, and for the newsroom by the migration that makemigrations would write. The statements of sqlmigrate
// are compared too. The files are in testdata/conformance or in the directory that NUAGES_CONFORMANCE names.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(*testing.T){"sqlite": sqliteConformance, "postgres": postgresConformance, "mysql": mysqlConformance} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t)
		})
	}
}

// tally counts rows and prints the result in the common form.
type tally struct {
	t              *testing.T
	passed, failed int
	// skipped counts the rows that differ for a known reason.
	skipped map[string]int
}

func newTally(t *testing.T) *tally { return &tally{t: t, skipped: map[string]int{}} }

func (c *tally) row(name, got, want string) {
	c.t.Helper()
	if got == want {
		c.passed++
		return
	}
	c.failed++
	c.t.Errorf("%s\n     is %s\n   want %s", name, got, want)
}

func (c *tally) skip(reason string) { c.skipped[reason]++ }

func (c *tally) print(database string) {
	n := 0
	for _, reason := range slices.Sorted(maps.Keys(c.skipped)) {
		n += c.skipped[reason]
		c.t.Logf("skipped %d: %s", c.skipped[reason], reason)
	}
	fmt.Printf("conformance schema (%s): %d passed, %d failed, %d skipped\n", database, c.passed, c.failed, n)
}

// described counts the rows of a database: what is and what should be there by kind and name.
func (c *tally) described(which string, got, want map[string]string, skip func(key, got, want string) string) {
	c.t.Helper()
	for key, def := range want {
		have, found := got[key]
		if !found {
			have = "missing"
		}
		if reason := skip(key, have, def); have != def && reason != "" {
			c.skip(reason)
			continue
		}
		c.row(which+": "+key, have, def)
	}
	for key, def := range got {
		if _, found := want[key]; found {
			continue
		}
		if reason := skip(key, def, "nothing"); reason != "" {
			c.skip(reason)
			continue
		}
		c.row(which+": "+key, def, "nothing")
	}
}

func conformanceText(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("NUAGES_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("testdata", "conformance")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "schema", name))
	if os.IsNotExist(err) {
		t.Skipf("no %s in %s (set NUAGES_CONFORMANCE)", name, dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func conformanceFile(t *testing.T, name string, into any) {
	t.Helper()
	if err := json.Unmarshal(conformanceText(t, name), into); err != nil {
		t.Fatal(err)
	}
}

// planned is the newsroom with the migration that makemigrations writes for it.
func planned(t *testing.T) []migrate.App {
	t.Helper()
	apps := []migrate.App{{Label: "newsroom", Models: newsroom.All()}}
	ms, err := migrate.Plan(apps)
	if err != nil {
		t.Fatal(err)
	}
	apps[0].Migrations = ms
	again, err := migrate.Plan(apps)
	if err != nil || len(again) > 0 {
		t.Errorf("Plan after its own migrations = %+v, %v, want nothing", again, err)
	}
	return apps
}

// migrated runs migrations and looks whether the tables are those of the state.
func migrated(t *testing.T, ctx context.Context, apps []migrate.App) {
	t.Helper()
	if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	noDrift(t, ctx, apps)
}

// ours are the tables of the run by makemigrations.
func ours(table string) bool {
	return strings.HasPrefix(table, "newsroom_") || table == "django_migrations"
}

// collect reads rows of three columns: kind, name and definition.
func collect(t *testing.T, ctx context.Context, into map[string]string, queries ...string) {
	t.Helper()
	for _, sql := range queries {
		err := orm.QueryRows(ctx, sql, nil, func(c []any) error {
			into[fmt.Sprint(c[0], " ", c[1])] = asText(c[2])
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}

// TestDjangoMigrationsFitTheModels compares the models of Django's applications with Django's migrations: makemigrations
// must find nothing to do.
func TestDjangoMigrationsFitTheModels(t *testing.T) {
	t.Parallel()
	ms, err := migrate.Plan(django.Apps())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ms {
		for _, op := range m.Operations {
			t.Errorf("%s: %s: %+v", m.App, op.Describe(), op)
		}
	}
}
