package migrate_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// The model longName of the application longLabel has a table of more characters than PostgreSQL and MariaDB take.
const (
	longLabel = "an_application_with_a_label_of_some_length"
	longName  = "LongTableNameLongTableName"
)

type longTable struct {
	ID    int64
	Name  string
	Them  orm.Many[shortTable]
	Under orm.FK[longTable]
}

func (longTable) Fields(m *longTable) []orm.Field {
	return []orm.Field{
		orm.Char(&m.Name, 9), orm.ManyToMany(&m.Them).RelatedName("longs"), orm.Ref(&m.Under).Null().OnDelete(orm.Cascade).RelatedName("over"),
	}
}

func (longTable) Meta(*longTable) orm.Meta { return orm.Meta{App: longLabel, Name: longName} }

// longProxy has its table.
type longProxy struct{ LongTable }

// LongTable is longTable under a name that can be embedded.
type LongTable = longTable

func (longProxy) Meta(*longProxy) orm.Meta { return orm.Meta{App: longLabel, Proxy: true} }

type shortTable struct {
	ID   int64
	Name string
}

func (shortTable) Meta(*shortTable) orm.Meta { return orm.Meta{App: longLabel} }

func (shortTable) Fields(m *shortTable) []orm.Field { return []orm.Field{orm.Char(&m.Name, 9)} }

// longNames are the names that Django's truncate_name gives: of the table, and of the table between.
var longNames = map[string][2]string{
	"sqlite":     {"an_application_with_a_label_of_some_length_longtablenamelongtablename", "an_application_with_a_label_of_some_length_longtablenamelongtablename_them"},
	"postgresql": {"an_application_with_a_label_of_some_length_longtablenamelon1430", "an_application_with_a_label_of_some_length_longtablenamelon4cc1"},
	"mysql":      {"an_application_with_a_label_of_some_length_longtablenamelong1430", "an_application_with_a_label_of_some_length_longtablenamelong339c"},
}

// TestLongTables: migrations make tables under names that the database takes, and queries find them there.
func TestLongTables(t *testing.T) {
	t.Parallel()
	for vendor, open := range map[string]func(t *testing.T) context.Context{
		"sqlite": func(t *testing.T) context.Context {
			db, err := sqlite.Open(":memory:", sqlite.Options{})
			must(t, err)
			t.Cleanup(func() { _ = db.Close() })
			return orm.WithDatabase(t.Context(), db)
		},
		"postgresql": openPostgres, "mysql": openMySQL,
	} {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			models := []orm.Model{orm.ModelOf[longTable](), orm.ModelOf[shortTable](), orm.ModelOf[longProxy]()}
			ctx := orm.WithModels(open(t), models...)
			apps := []migrate.App{{Label: longLabel, Models: models}}
			ms, err := migrate.Plan(apps)
			must(t, err)
			if source := ms[0].Operations[0].(migrate.CreateModel); source.Table != "" {
				t.Errorf("the migration names the table %q, which depends on the database", source.Table)
			}
			apps[0].Migrations = ms
			must(t, migrate.Run(ctx, apps, migrate.Options{}))
			names := longNames[vendor]
			db := orm.DatabasesFrom(ctx)["default"]
			for _, name := range names {
				if _, err := orm.ExecOn(ctx, "default", "SELECT COUNT(*) FROM "+db.Dialect().QuoteName(name)); err != nil {
					t.Errorf("the table %s: %v", name, err)
				}
			}
			useLongTables(t, ctx)
			list, err := migrate.Drift(ctx, apps, "default")
			if err != nil || len(list) > 0 {
				t.Errorf("Drift = %q, %v", list, err)
			}
			must(t, migrate.Flush(ctx, apps, migrate.Options{}))
			apps[0].Migrations = append(apps[0].Migrations, migrate.Migration{
				App: longLabel, Name: "0002_rename", Dependencies: []migrate.Key{ms[len(ms)-1].Key()},
				Operations: []migrate.Operation{migrate.RenameModel{Old: longName, New: longName + "2"}},
			})
			must(t, migrate.Run(ctx, apps, migrate.Options{}))
			if _, err := orm.ExecOn(ctx, "default", "SELECT COUNT(*) FROM "+db.Dialect().QuoteName(names[0])); err == nil {
				t.Error("the table has its old name after the renaming")
			}
			must(t, migrate.Run(ctx, apps, migrate.Options{App: longLabel, Target: "zero"}))
		})
	}
}

// useLongTables goes the ways by which tables are named: queries, joins, writes of one and of many rows, relations, deletes.
func useLongTables(t *testing.T, ctx context.Context) {
	t.Helper()
	f := orm.Fields[longTable]()
	q := orm.Objects[longTable]()
	one := &longTable{Name: "one"}
	must(t, orm.Create(ctx, one))
	other := &shortTable{Name: "x"}
	must(t, orm.Create(ctx, other))
	must(t, one.Them.Add(ctx, other))
	two := &longTable{Name: "two"}
	two.Under.Set(one)
	must(t, orm.Create(ctx, two))
	two.Name = "2"
	must(t, orm.Save(ctx, two))
	must(t, orm.Refresh(ctx, two))
	n, err := q.Filter(orm.Eq(&f.Under.To().Name, "one"), orm.Eq(&f.Name, "2")).Count(ctx)
	if err != nil || n != 1 {
		t.Errorf("Count over the key = %d, %v", n, err)
	}
	list, err := q.Filter(orm.Eq(&f.Them.To().Name, "x")).Prefetch(&f.Them).All(ctx)
	if err != nil || len(list) != 1 {
		t.Fatalf("All over the relation = %d, %v", len(list), err)
	}
	if _, err := q.Filter(orm.Eq(&f.Name, "2")).Update(ctx, orm.Set(&f.Name, "two")); err != nil {
		t.Error(err)
	}
	if n, err := orm.Objects[longProxy]().Exclude(orm.Lookup("them__name", "x")).Count(ctx); err != nil || n != 1 {
		t.Errorf("Count of the proxy = %d, %v", n, err)
	}
	list, err = q.All(ctx)
	must(t, err)
	for _, m := range list {
		m.Name += "!"
	}
	if _, err := q.BulkUpdate(ctx, list, &f.Name); err != nil {
		t.Error(err)
	}
	must(t, q.BulkCreate(ctx, []*longTable{{Name: "a"}, {Name: "b"}}))
	must(t, orm.FindBroken(ctx, "default", orm.ModelOf[longTable]()))
	must(t, one.Them.Clear(ctx))
	if _, err := orm.Delete(ctx, one); err != nil { // with two, that is under it
		t.Error(err)
	}
	if n, err := q.Count(ctx); err != nil || n != 2 {
		t.Errorf("Count after the delete = %d, %v", n, err)
	}
}

// TestDefaultTablespaces: the settings hold for what names no place of its own.
func TestDefaultTablespaces(t *testing.T) {
	t.Parallel()
	apps := []migrate.App{{Label: "shop", Migrations: []migrate.Migration{{
		App: "shop", Name: "0001_initial", Operations: []migrate.Operation{
			migrate.CreateModel{Name: "Own", Fields: spacedFields(), Options: schema.Options{Tablespace: "own"}},
			migrate.CreateModel{Name: "None", Fields: spacedFields()},
		},
	}}}}
	text := func(d *dialect.Dialect, spaces migrate.Tablespaces) []string {
		var out bytes.Buffer
		must(t, migrate.SQL(migrate.WithTablespaces(t.Context(), spaces), apps, d, "shop", "0001_initial", false, &out))
		return strings.Split(out.String(), "\n")
	}
	for _, tt := range []struct {
		spaces migrate.Tablespaces
		want   []string // behind TABLESPACE, of: the tables, the indexes of size and of label
	}{
		{migrate.Tablespaces{}, []string{"own", "own", "keys", "", "", "keys"}},
		{migrate.Tablespaces{Table: "t"}, []string{"own", "own", "keys", "t", "t", "keys"}},
		{migrate.Tablespaces{Index: "i"}, []string{"own", "i", "keys", "", "i", "keys"}},
		{migrate.Tablespaces{Table: "t", Index: "i"}, []string{"own", "i", "keys", "t", "i", "keys"}},
	} {
		got := make([]string, 6)
		for _, line := range text(dialect.PostgreSQL(), tt.spaces) {
			i := -1
			switch {
			case strings.HasPrefix(line, "CREATE TABLE"):
				i = 0
			case strings.Contains(line, `("size")`):
				i = 1
			case strings.Contains(line, `("label")`):
				i = 2
			}
			if strings.Contains(line, `"shop_none"`) {
				i += 3
			}
			if _, at, ok := strings.Cut(line[max(0, strings.LastIndex(line, ")")):], `TABLESPACE "`); ok && i >= 0 {
				got[i] = strings.TrimSuffix(at, `";`)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %q, want %q", tt.spaces, got, tt.want)
		}
	}
	if sql := strings.Join(text(dialect.MySQL(), migrate.Tablespaces{Table: "t", Index: "i"}), "\n"); strings.Contains(sql, "TABLESPACE") {
		t.Error(sql)
	}
}

func spacedFields() []schema.Field {
	return []schema.Field{
		{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
		{Name: "size", Kind: schema.Integer, Index: true},
		{Name: "label", Kind: schema.Integer, Index: true, Tablespace: "keys"},
	}
}
