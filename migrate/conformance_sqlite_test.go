package migrate_test

import (
	"context"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/django"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/dialect"
)

func sqliteConformance(t *testing.T) {
	var file struct {
		Objects    []struct{ Type, Name, Table, SQL string }
		Migrations []string `json:"django_migrations"`
	}
	conformanceFile(t, "final.sqlite.json", &file)
	c := newTally(t)
	defer c.print("sqlite")
	never := func(string, string, string) string { return "" }
	compare := func(which string, ctx context.Context, mine func(table string) bool) {
		live, raw := map[string]string{}, map[string]string{}
		collect(t, ctx, raw, "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
		for key, sql := range raw {
			sqliteRows(live, key, sql)
		}
		want := map[string]string{}
		for _, o := range file.Objects {
			if mine(o.Table) {
				sqliteRows(want, o.Type+" "+o.Name, o.SQL)
			}
		}
		c.described(which, live, want, never)
	}

	history := open(t)
	migrated(t, history, django.Apps())
	compare("history", history, func(string) bool { return true })
	recorded, want := map[string]string{}, map[string]string{}
	collect(t, history, recorded, "SELECT 'record', app || '.' || name, '' FROM django_migrations")
	for _, name := range file.Migrations {
		want["record "+name] = ""
	}
	c.described("history", recorded, want, never)

	models := open(t)
	migrated(t, models, planned(t))
	compare("models", models, ours)

	c.statements(dialect.SQLite(), django.Apps(), func(sql string) string {
		switch {
		case strings.Contains(sql, `"new__`) || strings.HasPrefix(sql, "DROP TABLE") || strings.HasPrefix(sql, "CREATE"):
			return "a table that is made anew keeps the order of its columns, where Django puts a changed one last; it is made anew only when its definition changes; the tables are compared above"
		}
		return ""
	})
}

// sqliteRows are the rows of an object: of a table one for each column and constraint.
func sqliteRows(into map[string]string, key, sql string) {
	if !strings.HasPrefix(key, "table ") {
		into[key] = sql
		return
	}
	into[key] = "there"
	for _, part := range migrate.SQLiteParts(sql) {
		words := strings.Fields(part)
		name := words[0]
		if name == "CONSTRAINT" {
			name += " " + words[1]
		}
		into[key+" "+name] = part
	}
}
