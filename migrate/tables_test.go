package migrate_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// TestIntrospect describes the same tables on all databases.
func TestIntrospect(t *testing.T) {
	for vendor, open := range map[string]func() (*orm.DB, error){
		"sqlite":     func() (*orm.DB, error) { return sqlite.Open(filepath.Join(t.TempDir(), "x"), sqlite.Options{}) },
		"postgresql": func() (*orm.DB, error) { return postgres.OpenURL(testservices.StartPostgres(t).NewDatabase(t)) },
		"mysql":      func() (*orm.DB, error) { return mysql.OpenURL(testservices.StartMariaDB(t).NewDatabase(t)) },
	} {
		t.Run(vendor, func(t *testing.T) {
			db, err := open()
			must(t, err)
			t.Cleanup(func() { must(t, db.Close()) })
			ctx := orm.WithDatabase(t.Context(), db)
			for _, sql := range []string{
				"CREATE TABLE parent (id integer NOT NULL PRIMARY KEY, code varchar(10) NOT NULL DEFAULT 'x', CONSTRAINT code_once UNIQUE (code))",
				"CREATE TABLE child (a integer NOT NULL, b integer NOT NULL, of_id integer NULL, size integer NOT NULL, PRIMARY KEY (b, a), CONSTRAINT has_size CHECK (size > 0), CONSTRAINT of_parent FOREIGN KEY (of_id) REFERENCES parent (id) ON DELETE CASCADE)",
				"CREATE INDEX by_size ON child (size, a)",
				"CREATE VIEW sizes AS SELECT size FROM child",
			} {
				_, err := orm.Exec(ctx, sql)
				must(t, err)
			}
			names, err := migrate.TableNames(ctx, "default")
			must(t, err)
			if !slices.Equal(names, []string{"child", "parent"}) {
				t.Errorf("TableNames = %q", names)
			}
			tables, err := migrate.Introspect(ctx, "default")
			must(t, err)
			if len(tables) != 3 || tables[0].Name != "child" || tables[2].Kind != "view" || tables[2].Columns[0].Name != "size" {
				t.Fatalf("Introspect = %+v", tables)
			}
			child, parent := tables[0], tables[1]
			if key := child.PrimaryKey(); !slices.Equal(key, []string{"b", "a"}) {
				t.Errorf("the key of child = %q", key)
			}
			if code := parent.Column("code"); code == nil || code.Null || !strings.Contains(code.Default, "x") || !strings.Contains(strings.ToLower(code.Type), "char") {
				t.Errorf("parent.code = %+v", code)
			}
			if !child.Column("of_id").Null || child.Column("nothing") != nil {
				t.Error("child.of_id is not null, or child.nothing is there")
			}
			of := child.Relations()["of_id"]
			if of.To != "parent" || !slices.Equal(of.ToColumns, []string{"id"}) || of.OnDelete != "CASCADE" {
				t.Errorf("child.of_id leads to %+v", of)
			}
			kinds := map[string]bool{}
			for _, c := range child.Constraints {
				kinds[string(c.Kind)] = true
				if c.Kind == orm.CheckConstraint && (c.Name != "has_size" || !strings.Contains(c.Definition, "size")) {
					t.Errorf("the check is %+v", c)
				}
			}
			if !kinds["primary key"] || !kinds["foreign key"] || !kinds["check"] {
				t.Errorf("the constraints of child are %+v", child.Constraints)
			}
			i := slices.IndexFunc(child.Indexes, func(ix migrate.IndexInfo) bool { return ix.Name == "by_size" })
			if i < 0 || !slices.Equal(child.Indexes[i].Columns, []string{"size", "a"}) || child.Indexes[i].Unique {
				t.Errorf("the indexes of child are %+v", child.Indexes)
			}
			one, err := migrate.Introspect(ctx, "default", "parent")
			must(t, err)
			if len(one) != 1 || one[0].Name != "parent" || len(one[0].Columns) != 2 {
				t.Errorf("Introspect of one table = %+v", one)
			}
			if _, err := migrate.Introspect(ctx, "default", "parent", "nosuch"); err == nil || !strings.Contains(err.Error(), `"nosuch"`) {
				t.Errorf("Introspect of a table that is not there = %v", err)
			}
		})
	}
}
