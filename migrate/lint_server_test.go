package migrate_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
)

// statementsOf are the statements of the zoo's second migration.
func statementsOf(t *testing.T, ctx context.Context, apps []migrate.App) (list []string) {
	t.Helper()
	d, err := orm.DialectOf(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := migrate.SQL(ctx, apps, d, "zoo", "0002", false, &out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if line = strings.TrimSuffix(strings.TrimSpace(line), ";"); line != "" && !strings.HasPrefix(line, "--") && line != "BEGIN" && line != "COMMIT" {
			list = append(list, line)
		}
	}
	return list
}

// TestLintAgainstMariaDB lets the server say which statements copy a table or write it anew: those that it refuses under
// ALGORITHM=NOCOPY are those that Lint warns of.
func TestLintAgainstMariaDB(t *testing.T) {
	if testing.Short() {
		t.Skip("makes the tables anew for each operation")
	}
	t.Parallel()
	ctx := openMySQL(t)
	migrated(t, ctx, zooApps())
	exec(t, ctx, zooRows...)
	d, err := orm.DialectOf(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range lintCases() {
		if tt.name == "rename a model" {
			continue // its statements name keys that must be looked up
		}
		apps := zooApps(tt.op)
		m := &apps[0].Migrations[1]
		m.NonAtomic = true
		found := migrate.Lint(m, zooState(t), migrate.LintOptions{Dialect: d})
		warned := slices.ContainsFunc(found, func(w migrate.Warning) bool {
			return slices.Contains([]string{"migrations.W101", "migrations.W105", "migrations.W107", "migrations.W108", "migrations.W111"}, w.ID)
		})
		refused, changed := "", false
		for _, sql := range statementsOf(t, ctx, apps) {
			if strings.HasPrefix(sql, "UPDATE ") || strings.HasPrefix(sql, "DROP TABLE ") {
				continue
			}
			_, err := orm.Exec(ctx, "SET STATEMENT alter_algorithm='NOCOPY' FOR "+sql)
			if err != nil && strings.Contains(err.Error(), "1845") || err != nil && strings.Contains(err.Error(), "1846") {
				refused += sql + ": " + err.Error() + "\n"
			}
			changed = changed || err == nil
		}
		if warned != (refused != "") {
			t.Errorf("%s: Lint says %q, and the server refuses %q", tt.name, found, refused)
		}
		if !changed {
			continue
		}
		for _, table := range rows(t, ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()") {
			exec(t, ctx, "SET STATEMENT foreign_key_checks=0 FOR DROP TABLE `"+table+"`")
		}
		migrated(t, ctx, zooApps())
		exec(t, ctx, zooRows...)
	}
}

// TestLintAgainstPostgres looks which operations give a table a new file: those are the ones of which Lint says that they
// write every row anew.
func TestLintAgainstPostgres(t *testing.T) {
	t.Parallel()
	ctx := openPostgres(t)
	migrated(t, ctx, zooApps())
	exec(t, ctx, zooRows...)
	file := func() string {
		return strings.Join(rows(t, ctx, "SELECT pg_relation_filenode('zoo_animal')"), "")
	}
	for _, tt := range lintCases() {
		if strings.HasPrefix(tt.name, "delete") || strings.HasPrefix(tt.name, "rename a model") || tt.name == "another table" {
			continue // the table has no file of its name
		}
		apps := zooApps(tt.op)
		apps[0].Migrations[1].NonAtomic = true
		before := file()
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			if tt.name != "foreign key" && tt.name != "shorter text" && tt.name != "not null" && tt.name != "not null online" {
				t.Errorf("%s: %v", tt.name, err)
			}
			exec(t, ctx, "DROP TABLE IF EXISTS nuages_unfinished_operations")
			continue
		}
		rewrites := slices.ContainsFunc(strings.Fields(tt.postgresql), func(id string) bool { return id == "W101" || id == "W103" })
		if after := file(); rewrites != (after != before) {
			t.Errorf("%s: Lint says %q, and the table's file was %s and is %s", tt.name, tt.postgresql, before, after)
		}
		if err := migrate.Run(ctx, apps, migrate.Options{App: "zoo", Target: "0001"}); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
	}
}
