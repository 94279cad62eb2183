package migrate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
)

// TestConformance makes the tables of the conformance models by the migration that makemigrations would write, and
// compares them with those that Django 6.1 made: a row for each table, column, index and constraint, names included. The
// files are in testdata/conformance or in the directory that NUAGES_CONFORMANCE names.
func TestConformance(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { sqliteConformance(t, open(t)) })
	t.Run("postgres", func(t *testing.T) { postgresConformance(t, openPostgres(t)) })
}

// tally counts rows and prints the result in the common form.
type tally struct {
	t              *testing.T
	passed, failed int
}

func (c *tally) row(name, got, want string) {
	if got == want {
		c.passed++
		return
	}
	c.failed++
	c.t.Errorf("%s\n     is %s\n   want %s", name, got, want)
}

func (c *tally) print(database string) {
	fmt.Printf("conformance schema (%s): %d passed, %d failed, 0 skipped\n", database, c.passed, c.failed)
}

func conformanceFile(t *testing.T, name string, into any) {
	t.Helper()
	dir := os.Getenv("NUAGES_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("testdata", "conformance")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "schema", name))
	if os.IsNotExist(err) {
		t.Skipf("no %s in %s (set NUAGES_CONFORMANCE)", name, dir)
	}
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func newsroomApps(t *testing.T) []migrate.App {
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

func ours(table string) bool {
	return strings.HasPrefix(table, "newsroom_") || table == "django_migrations"
}

func sqliteConformance(t *testing.T, ctx context.Context) {
	var file struct {
		Objects []struct{ Type, Name, Table, SQL string }
	}
	conformanceFile(t, "final.sqlite.json", &file)
	apps := newsroomApps(t)
	if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	noDrift(t, ctx, apps)

	live := map[string]string{}
	err := orm.QueryRows(ctx, "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'", nil, func(c []any) error {
		live[c[0].(string)+" "+c[1].(string)], _ = c[2].(string)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &tally{t: t}
	defer c.print("sqlite")
	for _, o := range file.Objects {
		if !ours(o.Table) {
			continue
		}
		key := o.Type + " " + o.Name
		got, found := live[key]
		delete(live, key)
		if o.Type != "table" {
			c.row(key, got, o.SQL)
			continue
		}
		c.row(key, fmt.Sprint(found), "true")
		have := migrate.SQLiteParts(got)
		for _, part := range migrate.SQLiteParts(o.SQL) {
			at := slices.IndexFunc(have, func(p string) bool { return firstName(p) == firstName(part) })
			if at < 0 {
				c.row(key+" "+firstName(part), "missing", part)
				continue
			}
			c.row(key+" "+firstName(part), have[at], part)
			have = slices.Delete(have, at, at+1)
		}
		for _, part := range have {
			c.row(key+" "+firstName(part), part, "nothing")
		}
	}
	for key, sql := range live {
		c.row(key, sql, "nothing")
	}
}

// firstName is what a part of a table is called: a column, or CONSTRAINT and its name.
func firstName(part string) string {
	words := strings.Fields(part)
	if words[0] == "CONSTRAINT" {
		return words[0] + " " + words[1]
	}
	return words[0]
}

func postgresConformance(t *testing.T, ctx context.Context) {
	type named struct{ Name, Def string }
	var file struct {
		Tables map[string]struct {
			Columns []struct {
				Name, Type, Identity, Generated, Default, Comment string
				NotNull                                           bool `json:"not_null"`
			}
			Constraints, Indexes []named
			Comment              string
		}
	}
	conformanceFile(t, "final.postgresql.json", &file)
	apps := newsroomApps(t)
	if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	noDrift(t, ctx, apps)

	live := map[string]string{}
	read := func(sql string) {
		t.Helper()
		err := orm.QueryRows(ctx, sql, nil, func(c []any) error {
			live[c[0].(string)+" "+c[1].(string)], _ = c[2].(string)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read(`SELECT 'table', c.relname::text, coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`)
	read(`SELECT 'column', c.relname || '.' || a.attname, concat_ws('|', format_type(a.atttypid, a.atttypmod), a.attnotnull::text, a.attidentity::text, a.attgenerated::text, coalesce(pg_get_expr(d.adbin, d.adrelid), ''), coalesce(col_description(c.oid, a.attnum), ''))
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`)
	read(`SELECT 'constraint', conname::text, conrelid::regclass::text || ': ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u', 'x')`)
	read(`SELECT 'index', indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'`)

	c := &tally{t: t}
	defer c.print("postgres")
	row := func(key, want string) {
		got, found := live[key]
		if !found {
			got = "missing"
		}
		delete(live, key)
		c.row(key, got, want)
	}
	for table, want := range file.Tables {
		if !ours(table) {
			continue
		}
		row("table "+table, want.Comment)
		for _, col := range want.Columns {
			row("column "+table+"."+col.Name, strings.Join([]string{col.Type, fmt.Sprint(col.NotNull), col.Identity, col.Generated, col.Default, col.Comment}, "|"))
		}
		for _, con := range want.Constraints {
			row("constraint "+con.Name, table+": "+con.Def)
		}
		for _, ix := range want.Indexes {
			row("index "+ix.Name, ix.Def)
		}
	}
	for key, what := range live {
		c.row(key, what, "nothing")
	}
}
