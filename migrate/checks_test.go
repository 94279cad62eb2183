package migrate_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// oldServer is a database whose server is too old.
type oldServer struct{}

func (oldServer) Dialect() *dialect.Dialect { return dialect.MariaDB() }
func (oldServer) Close() error              { return nil }
func (oldServer) Acquire(context.Context, bool) (dialect.Conn, error) {
	return nil, &dialect.VersionError{Server: "MariaDB", Version: "10.5.1-MariaDB", Oldest: "10.11"}
}

// TestMigrateChecksItsDatabase: migrate runs the system checks first, those of the database that it works on too, and of no
// other. An error ends it.
func TestMigrateChecksItsDatabase(t *testing.T) {
	t.Parallel()
	dbs := orm.Databases{"old": orm.NewDB(oldServer{})}
	for name, init := range map[string][]string{"default": nil, "loose": {"PRAGMA foreign_keys = OFF"}} {
		db, err := sqlite.Open(":memory:", sqlite.Options{Init: init})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		dbs[name] = db
	}
	var broken bool
	program := &manage.Program{
		Name: "site", Commands: migrate.Commands(func(context.Context) []migrate.App { return nil }),
		Open: func(ctx context.Context, _ *manage.Invocation) (context.Context, error) {
			return orm.WithDatabases(ctx, dbs), nil
		},
		Checks: func(context.Context) []manage.Check {
			model := manage.Check{Run: func(context.Context) []manage.Message {
				if !broken {
					return nil
				}
				return []manage.Message{{Level: manage.Error, ID: "models.E001", Text: "A model is broken."}}
			}}
			return []manage.Check{model, migrate.DatabaseCheck("UTC")}
		},
	}
	for _, tt := range []struct {
		args   string
		broken bool
		code   int
		want   string // of what checks say; "" is nothing
	}{
		{"migrate", false, 0, ""},
		{"migrate --database loose", false, 0, "loose: (sqlite.W001)"},
		{"migrate --database loose --plan", false, 0, "loose: (sqlite.W001)"},
		{"migrate --database loose --skip-checks", false, 0, ""},
		{"migrate --database old", false, 1, "(databases.E004) MariaDB 10.11 or later is required (found 10.5.1-MariaDB)."},
		{"migrate", true, 1, "(models.E001) A model is broken."},
		{"migrate --skip-checks", true, 0, ""},
	} {
		broken = tt.broken
		var out bytes.Buffer
		ctx := manage.WithStreams(t.Context(), manage.Streams{In: strings.NewReader(""), Out: &out, Err: &out})
		code := program.Run(ctx, strings.Fields(tt.args))
		said := strings.Contains(out.String(), "W001") || strings.Contains(out.String(), "E00")
		if code != tt.code || said != (tt.want != "") || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s (broken %v) = %d, want %d with %q:\n%s", tt.args, tt.broken, code, tt.code, tt.want, out.String())
		}
	}
}
