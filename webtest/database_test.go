package webtest_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/webtest"
)

// exists says whether the server has a database.
func exists(t *testing.T, admin context.Context, name string) (found bool) {
	t.Helper()
	sql := "SELECT 1 FROM pg_database WHERE datname = ?"
	if orm.DatabasesFrom(admin)["default"].Vendor() == "mysql" {
		sql = "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?"
	}
	if err := orm.QueryRows(admin, sql, []any{name}, func([]any) error { found = true; return nil }); err != nil {
		t.Fatal(err)
	}
	return found
}

func exec(t *testing.T, db *orm.DB, sql string) {
	t.Helper()
	if _, err := orm.Exec(orm.WithDatabase(context.Background(), db), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// TestNewDatabase makes databases on real servers: each test has its own, a copy of another, or one that stays.
func TestNewDatabase(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]struct {
		url    func(t *testing.T) string
		driver orm.Driver
		more   webtest.DatabaseOptions
	}{
		"postgresql": {func(t *testing.T) string { return testservices.StartPostgres(t).NewDatabase(t) }, postgres.Driver(), webtest.DatabaseOptions{Charset: "UTF8", Template: "template0"}},
		"mariadb":    {func(t *testing.T) string { return testservices.StartMariaDB(t).NewDatabase(t) }, mysql.Driver(), webtest.DatabaseOptions{Charset: "utf8mb4", Collation: "utf8mb4_bin"}},
	} {
		t.Run(name, func(t *testing.T) {
			url := server.url(t)
			site, err := orm.OpenURL(url, server.driver)
			if err != nil {
				t.Fatal(err)
			}
			defer site.Close()
			exec(t, site, "CREATE TABLE ours (n integer)")
			admin := orm.WithDatabase(context.Background(), site)
			var used string
			t.Run("of its own", func(t *testing.T) {
				one := webtest.NewDatabase(t, url, webtest.DatabaseOptions{}, server.driver)
				two := webtest.NewDatabase(t, url, server.more, server.driver)
				exec(t, one, "CREATE TABLE ours (n integer)") // neither the site's nor the other's
				exec(t, two, "CREATE TABLE ours (n integer)")
				webtest.New(t, nuages.Site{}, webtest.Database("default", one))
				current := "SELECT DATABASE()"
				if one.Vendor() == "postgresql" {
					current = "SELECT current_database()::text"
				}
				if err := orm.QueryRows(orm.WithDatabase(t.Context(), one), current, nil, func(c []any) error { used = fmt.Sprint(c[0]); return nil }); err != nil {
					t.Fatal(err)
				}
				if !exists(t, admin, used) {
					t.Errorf("the server does not have %q", used)
				}
			})
			if !strings.HasPrefix(used, "test_") || exists(t, admin, used) {
				t.Errorf("%q is left", used)
			}
			kept := fmt.Sprintf("kept_%d", os.Getpid())
			for round := range 2 {
				t.Run("kept", func(t *testing.T) {
					db := webtest.NewDatabase(t, url, webtest.DatabaseOptions{Name: kept, Keep: true}, server.driver)
					if round == 0 {
						exec(t, db, "CREATE TABLE kept (n integer)")
					}
					exec(t, db, "INSERT INTO kept VALUES (1)")
				})
			}
			exec(t, site, "DROP DATABASE "+kept)
		})
	}
}

func TestNewDatabaseRefuses(t *testing.T) {
	t.Parallel()
	url := testservices.StartPostgres(t).NewDatabase(t)
	name := url[strings.LastIndexByte(url, '/')+1 : strings.IndexByte(url, '?')]
	for what, tt := range map[string]struct {
		url  string
		o    webtest.DatabaseOptions
		want string
	}{
		"the site's own": {url, webtest.DatabaseOptions{Name: name}, "must not touch"},
		"a collation":    {url, webtest.DatabaseOptions{Collation: "de"}, "Template"},
		"hostile":        {url, webtest.DatabaseOptions{Charset: "UTF8'; --"}, "no character set"},
		"no address":     {"nonsense", webtest.DatabaseOptions{}, "cannot be read"},
	} {
		rec := &failing{TB: t}
		func() {
			defer func() { _ = recover() }()
			webtest.NewDatabase(rec, tt.url, tt.o, postgres.Driver())
		}()
		if !strings.Contains(rec.text, tt.want) {
			t.Errorf("%s: %q, want %q", what, rec.text, tt.want)
		}
	}
}

// failing records what a test fails with, and ends it by a panic.
type failing struct {
	testing.TB
	text string
}

func (f *failing) Fatalf(format string, args ...any) {
	f.text = fmt.Sprintf(format, args...)
	panic(f.text)
}
