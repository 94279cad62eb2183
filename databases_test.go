package nuages_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// Sighting is a model with a moment.
type Sighting struct {
	ID int64
	At time.Time
}

func (Sighting) Meta(*Sighting) orm.Meta { return orm.Meta{App: "sky", Table: "sky_sighting"} }

var sighting = orm.Fields[Sighting]()

// oldServer is a database whose server is too old.
type oldServer struct{}

func (oldServer) Dialect() *dialect.Dialect { return dialect.PostgreSQL() }
func (oldServer) Close() error              { return nil }
func (oldServer) Acquire(context.Context, bool) (dialect.Conn, error) {
	return nil, &dialect.VersionError{Server: "PostgreSQL", Version: "9.6.24", Oldest: "15"}
}

// A server that is too old is told by serve before it listens, and by the commands that ask it.
func TestOldServer(t *testing.T) {
	t.Parallel()
	app := build(t, nuages.Site{
		Settings: nuages.Settings{SecretKey: key, AllowedHosts: []string{"*"}, Databases: orm.Databases{"default": orm.NewDB(oldServer{})}},
		Apps:     []apps.App{{Name: "sky", Models: []orm.Model{orm.ModelOf[Sighting]()}, NoMigrations: true}},
	})
	for command, want := range map[string]string{
		"serve 127.0.0.1:0": `database "default": orm: the database server is PostgreSQL 9.6.24, which is too old (15 or later is needed)`,
		"migrate":           "PostgreSQL 9.6.24, which is too old (15 or later is needed)",
		"check":             "(databases.E004) PostgreSQL 15 or later is required (found 9.6.24).",
	} {
		_, err := run(t, app, strings.Fields(command)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s = %v, want %s", command, err, want)
		}
	}
}

// Without USE_TZ the database keeps moments in TIME_ZONE, as Django's does; with it queries mind TIME_ZONE alone.
func TestDatabaseTimeZone(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC) // in Berlin
	for _, tt := range []struct {
		name, options, zone, kept string
		useTZ                     bool
	}{
		{"without USE_TZ", "", "Europe/Berlin", "2026-01-01 00:00:00", false},
		{"with other options", "?readers=1", "Europe/Berlin", "2026-01-01 00:00:00", false},
		{"with USE_TZ", "", "Europe/Berlin", "2025-12-31 23:00:00", true},
		{"with a zone of the database", "?time_zone=America/New_York", "Europe/Berlin", "2025-12-31 18:00:00", true},
		{"without USE_TZ, another zone", "?time_zone=America/New_York", "Europe/Berlin", "2025-12-31 18:00:00", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := build(t, nuages.Site{
				Settings: nuages.Settings{
					SecretKey: key, TimeZone: tt.zone, UseTZ: new(tt.useTZ), DatabaseURL: "sqlite:///" + filepath.Join(t.TempDir(), "x.sqlite3") + tt.options,
				},
				Drivers: []orm.Driver{sqlite.Driver()},
				Apps:    []apps.App{{Name: "sky", Models: []orm.Model{orm.ModelOf[Sighting]()}, NoMigrations: true}},
			})
			if _, err := run(t, app, "migrate", "--run-syncdb"); err != nil {
				t.Fatal(err)
			}
			ctx := app.Context()
			if err := orm.Create(ctx, &Sighting{At: midnight}); err != nil {
				t.Fatal(err)
			}
			err := orm.QueryRows(ctx, "SELECT at FROM sky_sighting", nil, func(c []any) error {
				if c[0] != tt.kept {
					t.Errorf("the column holds %v, want %s", c[0], tt.kept)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			n, err := orm.Objects[Sighting]().Filter(orm.Year(&sighting.At, 2026), orm.Hour(&sighting.At, 0)).Count(ctx)
			if err != nil || n != 1 {
				t.Errorf("%d rows of 2026 in %s, %v, want 1", n, tt.zone, err)
			}
			warned := false
			for _, m := range app.Check(ctx, false) {
				warned = warned || m.ID == "databases.W002" && strings.Contains(m.Text, "keeps moments in America/New_York")
			}
			if want := !tt.useTZ && strings.Contains(tt.options, "New_York"); warned != want {
				t.Errorf("warned = %v, want %v", warned, want)
			}
		})
	}
}
