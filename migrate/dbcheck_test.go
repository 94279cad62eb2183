package migrate_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// demanding asks for much that not every database can do.
type demanding struct {
	ID   int64
	Code string
	Name string
	Text string
	Wide string
	Live bool
}

func (demanding) Fields(d *demanding) []orm.Field {
	return []orm.Field{
		orm.Char(&d.Code, 300).Unique(), orm.Char(&d.Name, 100).Comment("what people read"), orm.Text(&d.Text).Index(), orm.Char(&d.Wide, 800).Index(),
	}
}

func (demanding) Meta(d *demanding) orm.Meta {
	return orm.Meta{
		Table: "demanding",
		Indexes: []orm.Index{
			orm.IndexOn(&d.Name).Name("some").Where(orm.Eq(&d.Live, true)),
			orm.IndexOn(&d.Name).Name("more").Include(&d.Code),
		},
		Constraints: []orm.Constraint{
			orm.UniqueOn("live_name", &d.Name).Where(orm.Eq(&d.Live, true)),
		},
	}
}

// checked runs the check and returns the codes and objects of its messages.
func checked(t *testing.T, ctx context.Context, zone string, names ...string) []string {
	t.Helper()
	var out []string
	for _, m := range manage.RunChecks(manage.WithCheckDatabases(ctx, names...), []manage.Check{migrate.DatabaseCheck(zone)}, nil, false) {
		if m.Text == "" || m.Level < manage.Warning {
			t.Errorf("message %+v", m)
		}
		out = append(out, m.ID+" "+m.Object)
	}
	slices.Sort(out)
	return out
}

func TestDatabaseCheck(t *testing.T) {
	open := map[string]func(t *testing.T) *orm.DB{
		"sqlite": func(*testing.T) *orm.DB {
			db, err := sqlite.Open(":memory:", sqlite.Options{})
			must(t, err)
			return db
		},
		"postgresql": func(t *testing.T) *orm.DB {
			db, err := postgres.OpenURL(testservices.StartPostgres(t).NewDatabase(t))
			must(t, err)
			return db
		},
		"mysql": func(t *testing.T) *orm.DB {
			db, err := mysql.OpenURL(testservices.StartMariaDB(t).NewDatabase(t))
			must(t, err)
			return db
		},
	}
	const model = "migrate_test.demanding"
	for vendor, want := range map[string][]string{
		"postgresql": nil,
		"sqlite":     {"fields.W163 " + model + ".name", "models.W040 " + model},
		"mysql": {
			"fields.W162 " + model + ".text", "models.W036 " + model, "models.W037 " + model, "models.W040 " + model,
			"mysql.E001 " + model + ".wide", "mysql.W003 " + model + ".code",
		},
	} {
		t.Run(vendor, func(t *testing.T) {
			db := open[vendor](t)
			t.Cleanup(func() { must(t, db.Close()) })
			ctx := orm.WithModels(orm.WithDatabase(t.Context(), db), orm.ModelOf[demanding]())
			if got := checked(t, ctx, "Europe/Berlin", "default"); !slices.Equal(got, want) {
				t.Errorf("messages %q, want %q", got, want)
			}
			if got := checked(t, ctx, "UTC"); len(got) != 0 {
				t.Errorf("without a database there are messages: %q", got)
			}
			// A router that keeps the model out keeps its messages out too.
			routed := orm.WithRouters(ctx, orm.Router{AllowMigrate: func(string, string, string) orm.Answer { return orm.Deny }})
			if got := checked(t, routed, "UTC", "default"); len(got) != 0 {
				t.Errorf("for a model of another database there are messages: %q", got)
			}
		})
	}
}

// TestDatabaseCheckServers sees what is wrong with servers and sessions.
func TestDatabaseCheckServers(t *testing.T) {
	server := testservices.StartMariaDB(t)
	maria := func(o mysql.Options, collation ...string) *orm.DB {
		db, err := mysql.Open(server.NewDatabase(t, collation...), o)
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })
		return db
	}
	away, err := postgres.Open("postgres://nobody@127.0.0.1:1/none?sslmode=disable", postgres.Options{ConnectTimeout: time.Second})
	must(t, err)
	strange, err := postgres.Open(testservices.StartPostgres(t).NewDatabase(t), postgres.Options{Init: []string{"SET TimeZone = 'Europe/Paris'", "SET standard_conforming_strings = off"}})
	must(t, err)
	loose, err := sqlite.Open(":memory:", sqlite.Options{Init: []string{"PRAGMA foreign_keys = OFF"}})
	must(t, err)
	dbs := orm.Databases{
		"default": maria(mysql.Options{}), "loose": loose, "away": away, "strange": strange,
		"careless": maria(mysql.Options{Init: []string{"SET SESSION sql_mode = '', default_storage_engine = 'MyISAM', time_zone = '+02:00'"}}),
	}
	t.Cleanup(func() { must(t, loose.Close()); must(t, away.Close()); must(t, strange.Close()) })
	ctx := orm.WithModels(orm.WithDatabases(t.Context(), dbs), orm.ModelOf[plain]())
	_, err = orm.ExecOn(ctx, "default", "CREATE TABLE plain (id bigint AUTO_INCREMENT PRIMARY KEY) ENGINE = MyISAM")
	must(t, err)
	for _, tt := range []struct {
		db   string
		want []string
	}{
		{"default", []string{"mysql.W006 default", "mysql.W007 default: plain"}},
		{"careless", []string{"mysql.E002 careless", "mysql.W002 careless", "mysql.W004 careless", "mysql.W006 careless"}},
		{"away", []string{"databases.W001 away"}},
		{"strange", []string{"postgres.E001 strange", "postgres.E002 strange"}},
		{"loose", []string{"sqlite.W001 loose"}},
		{"not there", nil},
	} {
		if got := checked(t, ctx, "Antarctica/Troll", tt.db); !slices.Equal(got, tt.want) {
			t.Errorf("%s: messages %q, want %q", tt.db, got, tt.want)
		}
	}
}

type plain struct{ ID int64 }

func (plain) Meta(*plain) orm.Meta { return orm.Meta{Table: "plain"} }

// TestDatabaseCheckWidth: an index over several columns may be too wide for MySQL.
func TestDatabaseCheckWidth(t *testing.T) {
	t.Parallel()
	db, err := mysql.Open("mariadb://nobody@127.0.0.1:1/none", mysql.Options{ConnectTimeout: time.Second})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ctx := orm.WithModels(orm.WithDatabase(t.Context(), db), orm.ModelOf[wide]())
	got := checked(t, ctx, "UTC", "default")
	if want := []string{"databases.W001 default", "mysql.E001 migrate_test.wide"}; !slices.Equal(got, want) {
		t.Errorf("messages %q, want %q", got, want)
	}
}

type wide struct {
	ID   int64
	A, B string
}

func (wide) Fields(w *wide) []orm.Field { return []orm.Field{orm.Char(&w.A, 400), orm.Char(&w.B, 400)} }

func (wide) Meta(w *wide) orm.Meta {
	return orm.Meta{Table: "wide", Indexes: []orm.Index{orm.IndexOn(&w.A, orm.Desc(&w.B)).Name("both")}}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
