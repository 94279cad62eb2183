package migrate_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/django"
	"github.com/nuages-go/nuages/orm/dialect"
)

func postgresConformance(t *testing.T) {
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
		Migrations []string `json:"django_migrations"`
	}
	conformanceFile(t, "final.postgresql.json", &file)
	c := newTally(t)
	defer c.print("postgres")
	never := func(string, string, string) string { return "" }
	compare := func(which string, ctx context.Context, order bool, mine func(table string) bool) {
		t.Helper()
		live, want := map[string]string{}, map[string]string{}
		collect(t, ctx, live, postgresCatalogue...)
		if order {
			collect(t, ctx, live, `SELECT 'order of', c.relname::text, string_agg(a.attname::text, ' ' ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
				WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped GROUP BY c.relname`)
		}
		for table, def := range file.Tables {
			if !mine(table) {
				continue
			}
			want["table "+table] = def.Comment
			var names []string
			for _, col := range def.Columns {
				names = append(names, col.Name)
				want["column "+table+"."+col.Name] = strings.Join([]string{col.Type, fmt.Sprint(col.NotNull), col.Identity, col.Generated, col.Default, col.Comment}, "|")
			}
			if order {
				want["order of "+table] = strings.Join(names, " ")
			}
			for _, con := range def.Constraints {
				want["constraint "+con.Name] = table + ": " + con.Def
			}
			for _, ix := range def.Indexes {
				want["index "+ix.Name] = ix.Def
			}
		}
		c.described(which, live, want, never)
	}

	history := openPostgres(t)
	exec(t, history, "CREATE EXTENSION hstore")
	migrated(t, history, django.PostgresApps())
	compare("history", history, true, func(string) bool { return true })
	recorded, want := map[string]string{}, map[string]string{}
	collect(t, history, recorded, "SELECT 'record', app || '.' || name, '' FROM django_migrations")
	for _, name := range file.Migrations {
		want["record "+name] = ""
	}
	c.described("history", recorded, want, never)

	models := openPostgres(t)
	migrated(t, models, planned(t))
	compare("models", models, false, ours)

	c.statements(dialect.PostgreSQL(), django.PostgresApps(), func(sql string) string {
		switch {
		case strings.Contains(sql, `"newsroom_temp" ALTER COLUMN "b"`) && strings.Contains(sql, "DEFAULT"):
			return "rows are filled in one transaction: nobody writes to the table meanwhile, so that no default is needed for that time"
		case strings.Contains(sql, `"newsroom_temp_a_76cfac0a`):
			return "Django finds no index to drop without a database, and makes the one for LIKE again"
		case strings.Contains(sql, "_fk_newsroom_other_id") || strings.Contains(sql, "_fk_newsroom_another_id"):
			return "PostgreSQL points foreign keys to a renamed table by itself and drops that of a dropped column"
		case strings.Contains(sql, "booking_no_overlap") || strings.Contains(sql, "booking_nulls"):
			return "a constraint that takes nulls for equal stands in CREATE TABLE, and methods are written in small letters"
		}
		return ""
	})
}

// postgresCatalogue describes the tables of the schema public.
var postgresCatalogue = []string{
	`SELECT 'table', c.relname::text, coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`,
	`SELECT 'column', c.relname || '.' || a.attname, concat_ws('|', format_type(a.atttypid, a.atttypmod), a.attnotnull::text, a.attidentity::text, a.attgenerated::text, coalesce(pg_get_expr(d.adbin, d.adrelid), ''), coalesce(col_description(c.oid, a.attnum), ''))
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`,
	`SELECT 'constraint', conname::text, conrelid::regclass::text || ': ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u', 'x')`,
	`SELECT 'index', indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'`,
}
