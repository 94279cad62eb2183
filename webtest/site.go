package webtest

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/web"
)

// secretKey signs what the sites under test sign, unless they bring a key of their own.
const secretKey = "webtest-signs-with-this-key-in-tests-and-nowhere-else"

// New makes a copy of the site with databases of its own, brings them up to date with the site's migrations, and returns
// a client for it. Everything is closed when the test ends.
//
// The copy runs with Debug off; the hosts testserver, localhost and 127.0.0.1 are allowed. Each of the site's databases is
// an empty SQLite database of this test, unless the option Database brings another; replicas are their primary. Log records are dropped unless the
// site has a Logger. A site that does not start fails the test with the start-up report.
func New(t testing.TB, site nuages.Site, opts ...Option) *Client {
	t.Helper()
	c := NewHandler(t, nil, opts...)
	site.Settings.Databases = openDatabases(t, site.Settings, c.databases, c.mirrors)
	site.Settings.DatabaseURL = ""
	site.Settings.Debug = c.debug
	if site.Settings.SecretKey == "" {
		site.Settings.SecretKey = secretKey
	}
	site.Settings.AllowedHosts = append(slices.Clone(site.Settings.AllowedHosts), host, "localhost", "127.0.0.1")
	if site.Logger == nil {
		site.Logger = slog.New(slog.DiscardHandler)
	}
	if c.quiet {
		site.Receivers, site.Apps = nil, slices.Clone(site.Apps)
		for i := range site.Apps {
			site.Apps[i].Receivers = nil
		}
	}
	middleware := site.Middleware
	if middleware == nil {
		middleware = nuages.DefaultMiddleware(site.Settings)
	}
	site.Middleware = append([]web.Middleware{Record}, middleware...)

	instance, err := nuages.New(site)
	if err != nil {
		t.Fatalf("webtest: the site does not start:\n%v", err)
	}
	t.Cleanup(func() {
		if err := instance.Close(); err != nil {
			t.Errorf("webtest: %v", err)
		}
	})
	c.instance, c.handler = instance, instance.Handler()
	c.migrate()
	if len(c.fixtures) > 0 {
		c.Load(c.fixtures...)
	}
	return c
}

// Database brings an open database in place of the SQLite one that New would make. It should be empty; it is closed with
// the client. The alias of the default database is "default".
func Database(alias string, db *orm.DB) Option {
	return func(c *Client) { c.databases[alias] = db }
}

// Mirror gives a second name to one of the site's databases: what is written by one is read by the other. The copies of
// orm.Replicas are mirrors of their primary by themselves. Django: TEST["MIRROR"].
func Mirror(alias, of string) Option {
	return func(c *Client) {
		if c.mirrors == nil {
			c.mirrors = map[string]string{}
		}
		c.mirrors[alias] = of
	}
}

// NoReceivers runs the site without its signal receivers: no mails, no indexes, no calls elsewhere.
func NoReceivers() Option { return func(c *Client) { c.quiet = true } }

// Fixtures loads fixtures into the default database before the test begins, see Client.Load. Django: TestCase.fixtures.
func Fixtures(names ...string) Option {
	return func(c *Client) { c.fixtures = append(c.fixtures, names...) }
}

// Load loads fixtures by their names, as loaddata does: from the applications' fixtures, Settings.FixtureDirs and the
// directory of the test. What is wrong with them fails the test.
//
//	client := webtest.New(t, site(), webtest.Fixtures("people", "testdata/extra.json"))
func (c *Client) Load(names ...string) {
	c.t.Helper()
	if out, err := c.Call(append([]string{"loaddata", "--verbosity", "0"}, names...)...); err != nil {
		c.t.Fatalf("webtest: loaddata %s: %v\n%s", strings.Join(names, " "), err, out)
	}
}

// Debug runs the site with Debug on: errors give the debug page. Use it with AllowErrors.
func Debug() Option { return func(c *Client) { c.debug = true } }

// openDatabases gives every database of the site a substitute. There is always a default one.
func openDatabases(t testing.TB, settings nuages.Settings, given orm.Databases, mirrors map[string]string) orm.Databases {
	t.Helper()
	out := maps.Clone(given)
	mirrors = maps.Clone(mirrors)
	if mirrors == nil {
		mirrors = map[string]string{}
	}
	for _, router := range settings.Routers {
		for alias, of := range router.Copies {
			if _, said := mirrors[alias]; !said && given[alias] == nil {
				mirrors[alias] = of
			}
		}
	}
	for _, alias := range append(slices.Collect(maps.Keys(settings.Databases)), "default") {
		if out[alias] != nil || mirrors[alias] != "" {
			continue
		}
		// A file and not memory, so that readers do not wait for each other as they do not on a real site.
		o := sqlite.Options{Readers: 4, Synchronous: "OFF"}
		if db := settings.Databases[alias]; db != nil { // the site keeps moments in a zone there, so the test does
			o.TimeZone = db.Dialect().Zone
		} else if settings.UseTZ != nil && !*settings.UseTZ {
			o.TimeZone = settings.TimeZone
		}
		db, err := sqlite.Open(filepath.Join(t.TempDir(), alias+".sqlite3"), o)
		if err != nil {
			t.Fatalf("webtest: %v", err)
		}
		out[alias] = db
	}
	for alias, of := range mirrors {
		if out[of] == nil {
			t.Fatalf("webtest: %q mirrors %q, which the site does not have", alias, of)
		}
		out[alias] = out[of]
	}
	return out
}

// migrate brings every database up to date.
func (c *Client) migrate() {
	c.t.Helper()
	dbs := c.instance.Databases()
	var done []*orm.DB
	for _, alias := range slices.Sorted(maps.Keys(dbs)) {
		if slices.Contains(done, dbs[alias]) {
			continue // a mirror
		}
		done = append(done, dbs[alias])
		if out, err := c.Call("migrate", "--database", alias); err != nil {
			c.t.Fatalf("webtest: migrate: %v\n%s", err, out)
		}
	}
}

// Site returns the site under test. It is nil for a client of NewHandler.
func (c *Client) Site() *nuages.Instance { return c.instance }

// Context carries the databases of the site under test, for code that is not a request.
//
//	count, err := orm.Objects[news.Article]().Count(client.Context())
func (c *Client) Context() context.Context {
	c.t.Helper()
	c.needSite("Context")
	return c.instance.Context()
}

// Call runs a command of the site and returns what it printed. Django: call_command.
func (c *Client) Call(args ...string) (output string, err error) {
	c.t.Helper()
	c.needSite("Call")
	var out bytes.Buffer
	ctx := manage.WithStreams(c.t.Context(), manage.Streams{In: strings.NewReader(""), Out: &out, Err: &out})
	err = c.instance.Call(ctx, args...)
	return out.String(), err
}

func (c *Client) needSite(method string) {
	c.t.Helper()
	if c.instance == nil {
		c.t.Fatalf("webtest: %s needs a client of a site (make it with New)", method)
	}
}
