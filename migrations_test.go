package nuages_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/signals"
)

// migrated is a site with two applications, whose receivers before and after migrate write to seen.
func migrated(t *testing.T, seen *[]string) *nuages.Instance {
	t.Helper()
	dbs := orm.Databases{}
	for _, name := range []string{"default", "logs", "legacy"} {
		db, err := sqlite.Open(filepath.Join(t.TempDir(), name+".sqlite3"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		dbs[name] = db
	}
	note := func(when string) func(context.Context, migrate.Event) error {
		return func(_ context.Context, e migrate.Event) error {
			var models []string
			for _, m := range e.State.Models() {
				models = append(models, m.Label())
			}
			*seen = append(*seen, fmt.Sprintf("%s %s %s %d %v v%d %v", when, e.App, e.DB, len(e.Plan), models, e.Verbosity, e.Interactive))
			return nil
		}
	}
	app := func(name string) apps.App {
		return apps.App{
			Name: name,
			Migrations: []migrate.Migration{{App: name, Name: "0001_initial", Initial: true, Operations: []migrate.Operation{
				migrate.CreateModel{Name: "Thing", Fields: []schema.Field{{Name: "id", Kind: schema.BigAuto, PrimaryKey: true}}},
			}}},
		}
	}
	return build(t, nuages.Site{
		Name: "mysite", Settings: nuages.Settings{SecretKey: key, AllowedHosts: []string{"x"}, Databases: dbs}, Apps: []apps.App{app("shop"), app("blog")},
		Receivers: []signals.Receiver{migrate.PreMigrate.On(note("pre")), migrate.PostMigrate.On(note("post"))}, Logger: slog.New(slog.DiscardHandler),
	})
}

func TestMigrateSignals(t *testing.T) {
	t.Parallel()
	var seen []string
	app := migrated(t, &seen)
	for _, args := range [][]string{{"migrate", "-v", "0"}, {"migrate", "--check"}, {"migrate", "--plan"}, {"migrate", "--database", "logs", "blog"}, {"migrate", "blog", "zero"}} {
		if out, err := run(t, app, args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	want := []string{
		"pre shop default 2 [] v0 false", "pre blog default 2 [] v0 false", "post shop default 2 [shop.Thing blog.Thing] v0 false", "post blog default 2 [shop.Thing blog.Thing] v0 false",
		"pre shop logs 1 [] v1 false", "pre blog logs 1 [] v1 false", "post shop logs 1 [blog.Thing] v1 false", "post blog logs 1 [blog.Thing] v1 false",
		"pre shop default 1 [shop.Thing blog.Thing] v1 false", "pre blog default 1 [shop.Thing blog.Thing] v1 false", "post shop default 1 [shop.Thing] v1 false", "post blog default 1 [shop.Thing] v1 false",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("called were\n%s\nwant\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
	}
}

func TestServeRefusesUnmigrated(t *testing.T) {
	t.Parallel()
	var seen []string
	app := migrated(t, &seen)
	serve := func(args ...string) error { // never gets as far as to listen
		_, err := run(t, app, append([]string{"serve"}, args...)...)
		if err == nil {
			t.Fatalf("serve %v served", args)
		}
		return err
	}
	want := `database "default" lacks 2 migrations: shop.0001_initial, blog.0001_initial (run 'mysite migrate', or serve with --allow-unmigrated)`
	if err := serve("nowhere:port"); err.Error() != want {
		t.Errorf("serve = %v, want %s", err, want)
	}
	if err := serve("--allow-unmigrated", "nowhere:port"); !strings.Contains(err.Error(), "listen on nowhere:port") {
		t.Errorf("serve --allow-unmigrated = %v", err)
	}
	if out, err := run(t, app, "migrate", "--database", "logs", "shop"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// Another process migrates while serve waits.
	done := make(chan error)
	go func() {
		time.Sleep(50 * time.Millisecond)
		done <- app.Call(context.Background(), "migrate", "-v", "0")
	}()
	want = `database "logs" lacks 1 migration: blog.0001_initial (run 'mysite migrate --database logs', or serve with --allow-unmigrated)`
	if err := serve("--wait-for-migrations", "1100ms", "nowhere:port"); err.Error() != want {
		t.Errorf("serve = %v, want %s", err, want)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, app, "migrate", "--database", "logs"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := serve("nowhere:port"); !strings.Contains(err.Error(), "listen on nowhere:port") {
		t.Errorf("serve of a migrated site = %v", err)
	}
}
