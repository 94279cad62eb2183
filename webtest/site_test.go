package webtest_test

import (
	"context"
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/signals"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
	"github.com/nuages-go/nuages/webtest"
)

// Tally is the data of the page of the small site under test.
type Tally struct{ Names []string }

var tallyPage = template.Page[Tally]("tally.html")

func tally(r *web.Request) (*web.Response, error) {
	var data Tally
	err := orm.QueryRows(r.Context(), "SELECT name FROM names ORDER BY name", nil, func(columns []any) error {
		data.Names = append(data.Names, columns[0].(string))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return views.Render(r, tallyPage, data)
}

func add(r *web.Request) (*web.Response, error) {
	err := orm.Atomic(r.Context(), func(ctx context.Context) error {
		_, err := orm.Exec(ctx, "INSERT INTO names (name) VALUES (?)", r.POST().Get("name"))
		return err
	})
	if err != nil {
		return nil, err
	}
	return web.Redirect("/")
}

// tallySite is a site with a table, a page, a form and a command.
func tallySite() nuages.Site {
	app := apps.App{
		Name:      "tally",
		Templates: fstest.MapFS{"tally.html": {Data: []byte(`{% for name in names %}<b>{{ name }}</b>{% endfor %}`)}},
		Pages:     []template.AnyPage{tallyPage},
		Ready: func(ctx context.Context) error {
			_, err := orm.Exec(ctx, "CREATE TABLE IF NOT EXISTS names (name text)")
			return err
		},
		Commands: []manage.Command{{
			Name: "shout",
			Setup: func(*flag.FlagSet) manage.RunFunc {
				return func(_ context.Context, in *manage.Invocation) error {
					in.Printf("HELLO %s\n", strings.Join(in.Args, " "))
					return nil
				}
			},
		}},
	}
	return nuages.Site{
		Settings: nuages.Settings{DatabaseURL: "sqlite:////nowhere/to/be/opened.sqlite3", Debug: true},
		Apps:     []apps.App{app},
		URLs: urls.Patterns{
			urls.Path("", web.View(tally)),
			urls.Path("add", web.View(add)),
			urls.Path("fail", web.View(func(*web.Request) (*web.Response, error) { return nil, errors.New("out of ink") })),
		},
	}
}

func TestSite(t *testing.T) {
	t.Parallel()
	one, two := webtest.New(t, tallySite()), webtest.New(t, tallySite())

	one.Post("/add", webtest.Form{"name": "Ada <3"}).AssertRedirects("/")
	resp := one.Get("/").AssertStatus(200).AssertTemplate("tally.html").AssertContains("<b>Ada &lt;3</b>")
	if data := webtest.DataOf[Tally](resp); len(data.Names) != 1 || data.Names[0] != "Ada <3" {
		t.Errorf("data = %+v", data)
	}
	if len(resp.Queries) != 1 || !strings.HasPrefix(resp.Queries[0].SQL, "SELECT name") {
		t.Errorf("queries = %+v, want the one", resp.Queries)
	}
	if resp.Request == nil || resp.Request.Match.Route == nil {
		t.Error("the response does not know its route")
	}
	two.Get("/").AssertStatus(200).AssertNotContains("Ada")

	text := failures(t, func(t testing.TB) { webtest.DataOf[int](one.With(t).Get("/")) })
	if !strings.Contains(text, "want int") {
		t.Errorf("data of another type reports %q", text)
	}
}

func TestCall(t *testing.T) {
	t.Parallel()
	client := webtest.New(t, tallySite())
	if out, err := client.Call("shout", "you", "there"); out != "HELLO you there\n" || err != nil {
		t.Errorf("Call = %q, %v", out, err)
	}
	if _, err := client.Call("whisper"); err == nil {
		t.Error("Call of an unknown command does not fail")
	}
	if text := failures(t, func(t testing.TB) { _, _ = newClient(t).Call("shout") }); !strings.Contains(text, "needs a client of a site") {
		t.Errorf("Call without a site reports %q", text)
	}
}

func TestDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "own.sqlite3")
	db, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	client := webtest.New(t, tallySite(), webtest.Database("default", db))
	if _, err := orm.Exec(client.Context(), "INSERT INTO names (name) VALUES ('Bob')"); err != nil {
		t.Fatal(err)
	}
	client.Get("/").AssertContains("Bob")
	if client.Site().Databases()["default"] != db {
		t.Error("the site does not use the database that was given")
	}
}

func TestNoReceivers(t *testing.T) {
	t.Parallel()
	saved := signals.New[int]("tally.saved")
	site := tallySite()
	site.Apps[0].Receivers = []signals.Receiver{saved.On(func(context.Context, int) error { return nil })}
	if !saved.HasReceivers(webtest.New(t, site).Context()) {
		t.Error("the site has no receivers")
	}
	if saved.HasReceivers(webtest.New(t, site, webtest.NoReceivers()).Context()) {
		t.Error("NoReceivers has left some")
	}
}

func TestDebug(t *testing.T) {
	t.Parallel()
	webtest.New(t, tallySite(), webtest.AllowErrors()).Get("/fail").AssertStatus(500).AssertNotContains("out of ink")
	webtest.New(t, tallySite(), webtest.AllowErrors(), webtest.Debug()).Get("/fail").AssertStatus(500).AssertContains("out of ink")
}

func TestQueryCounts(t *testing.T) {
	t.Parallel()
	client := webtest.New(t, tallySite())
	client.NumQueries(2, func() { client.Post("/add", webtest.Form{"name": "x"}, webtest.Follow()) })
	client.MaxQueries(1, func() { client.Get("/") })

	tests := []struct {
		name string
		f    func(c *webtest.Client)
		want string
	}{
		{"too many", func(c *webtest.Client) { c.MaxQueries(0, func() { c.Get("/") }) }, "1 queries, want at most 0:\n  1. SELECT name"},
		{"one for each row", func(c *webtest.Client) { c.MaxQueries(1, func() { c.Get("/"); c.Get("/") }) }, "ran 2 times, first from webtest/site_test.go:"},
		{"what to do", func(c *webtest.Client) { c.MaxQueries(1, func() { c.Get("/"); c.Get("/") }) }, "read the rows of names with the first query: Related or Prefetch"},
		{"not exactly", func(c *webtest.Client) { c.NumQueries(3, func() { c.Get("/") }) }, "1 queries, want 3"},
		{"without a request", func(c *webtest.Client) {
			webtest.MaxQueries(&fakeT{TB: t}, c.Context(), 1, func(ctx context.Context) {
				_, _ = orm.Exec(ctx, "SELECT 1")
			})
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := failures(t, func(ft testing.TB) { tt.f(client.With(ft)) })
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("failure = %q, want %q", got, tt.want)
			}
		})
	}

	var log []string
	fake := &fakeT{TB: t}
	webtest.MaxQueries(fake, client.Context(), 0, func(ctx context.Context) {
		if _, err := orm.Exec(ctx, "DELETE FROM names"); err != nil {
			t.Error(err)
		}
	})
	if log = fake.failed; len(log) != 1 || !strings.Contains(log[0], "DELETE FROM names") {
		t.Errorf("MaxQueries reports %q", log)
	}
}

func TestSiteThatDoesNotStart(t *testing.T) {
	t.Parallel()
	site := tallySite()
	site.Apps[0].Templates = fstest.MapFS{"tally.html": {Data: []byte(`{{ naems }}`)}}
	text := failures(t, func(t testing.TB) { webtest.New(t, site) })
	if !strings.Contains(text, "the site does not start") || !strings.Contains(text, "naems") {
		t.Errorf("a wrong template reports %q", text)
	}
}
