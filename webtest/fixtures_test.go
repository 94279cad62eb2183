package webtest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/signals"
	"github.com/nuages-go/nuages/webtest"
)

// Shelf is the model of the sites that load fixtures here.
type Shelf struct {
	ID   int64
	Name string
}

func (Shelf) Fields(s *Shelf) []orm.Field { return []orm.Field{orm.Char(&s.Name, 20).Unique()} }
func (Shelf) Meta(s *Shelf) orm.Meta {
	return orm.Meta{App: "library", Ordering: orm.By(orm.Asc(&s.Name)), NaturalKey: []any{&s.Name}}
}

func shelf(name string) string {
	return `[{"model": "library.shelf", "fields": {"name": "` + name + `"}}]`
}

// shelfTable makes the table, as the migrations of a real application do.
func shelfTable(ctx context.Context) error {
	_, err := orm.Exec(ctx, "CREATE TABLE IF NOT EXISTS library_shelf (id integer PRIMARY KEY AUTOINCREMENT, name varchar(20) UNIQUE)")
	return err
}

func shelfSite(dirs ...string) nuages.Site {
	return nuages.Site{
		Settings: nuages.Settings{FixtureDirs: dirs},
		Apps: []apps.App{
			{Name: "library", Ready: shelfTable, Models: []orm.Model{orm.ModelOf[Shelf]()}, Fixtures: fstest.MapFS{"shelves.json": {Data: []byte(shelf("art"))}, "bad.json": {Data: []byte(`[{"model": "library.shelve"}]`)}}},
			{Name: "empty"},
		},
	}
}

// shelves are the names of the rows of a client's site.
func shelves(t *testing.T, c *webtest.Client) string {
	t.Helper()
	list, err := orm.Objects[Shelf]().All(c.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range list {
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
}

func TestFixtures(t *testing.T) {
	t.Chdir(t.TempDir())
	dir := t.TempDir()
	for name, s := range map[string]string{filepath.Join(dir, "extra.json"): shelf("maps"), "near.json": shelf("zoo")} {
		if err := os.WriteFile(name, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := webtest.New(t, shelfSite(dir), webtest.Fixtures("shelves"), webtest.Fixtures("extra", "near.json"))
	if got := shelves(t, c); got != "art maps zoo" {
		t.Errorf("the site begins with %q", got)
	}
	if got := shelves(t, webtest.New(t, shelfSite(dir))); got != "" {
		t.Errorf("another site has %q", got)
	}
	late := webtest.New(t, shelfSite(dir))
	late.Load("extra")
	late.Load("extra") // by its natural key the row is there already
	if got := shelves(t, late); got != "maps" {
		t.Errorf("after Load there is %q", got)
	}
	out, err := late.Call("dumpdata", "library", "--natural-primary")
	if want := `[{"model": "library.shelf", "fields": {"name": "maps"}}]` + "\n"; out != want || err != nil {
		t.Errorf("dumpdata = %q, %v; want %q", out, err, want)
	}
	if out, err := late.Call("dumpdata", "empty"); out != "[]\n" || err != nil {
		t.Errorf("dumpdata of an application without models = %q, %v", out, err)
	}
	if out, err := late.Call("loaddata", "shelves"); out != "Installed 1 object(s) from 1 fixture(s)\n" || err != nil {
		t.Errorf("loaddata = %q, %v", out, err)
	}
}

func TestFixturesFail(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"absent": `no fixture named "absent"`, "bad": `did you mean "library.shelf"?`} {
		text := failures(t, func(t testing.TB) { webtest.New(t, shelfSite(), webtest.Fixtures(name)) })
		if !strings.Contains(text, want) {
			t.Errorf("the fixture %q reports %q, want %q in it", name, text, want)
		}
	}
	if text := failures(t, func(t testing.TB) { newClient(t).Load("shelves") }); !strings.Contains(text, "needs a client of a site") {
		t.Errorf("Load without a site reports %q", text)
	}
}

// TestFixturesRaw: receivers are told that rows come from a fixture; the given database gets them.
func TestFixturesRaw(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "own.sqlite3"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	raw := 0
	site := shelfSite()
	site.Receivers = []signals.Receiver{orm.PostSave[Shelf]().On(func(_ context.Context, e orm.SaveEvent[Shelf]) error {
		if e.Raw {
			raw++
		}
		return nil
	})}
	c := webtest.New(t, site, webtest.Database("default", db), webtest.Fixtures("shelves"))
	if got := shelves(t, c); got != "art" || raw != 1 {
		t.Errorf("loaded %q, receivers told of %d raw rows", got, raw)
	}
}
