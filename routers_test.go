package nuages_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// copies are a primary database and one copy, each of which knows its name.
func copies(t *testing.T) orm.Databases {
	t.Helper()
	dbs := orm.Databases{}
	for _, name := range []string{"default", "copy"} {
		db, err := sqlite.Open(filepath.Join(t.TempDir(), name+".sqlite3"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		dbs[name] = db
		ctx := orm.WithDatabase(t.Context(), db)
		for _, sql := range []string{"CREATE TABLE nuages_test_place (id integer PRIMARY KEY AUTOINCREMENT, name text NOT NULL)", "INSERT INTO nuages_test_place (name) VALUES ('" + name + "')"} {
			if _, err := orm.Exec(ctx, sql); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dbs
}

type Place struct {
	ID   int64
	Name string
}

func (Place) Fields(p *Place) []orm.Field { return []orm.Field{orm.Text(&p.Name)} }

func (Place) Meta(*Place) orm.Meta { return orm.Meta{Table: "nuages_test_place"} }

// A request reads from a copy until it has written.
func TestRoutersOfASite(t *testing.T) {
	t.Parallel()
	read := func(r *web.Request) (string, error) {
		p, err := orm.Objects[Place]().First(r.Context())
		if err != nil {
			return "", err
		}
		return p.Name, nil
	}
	view := web.View(func(r *web.Request) (*web.Response, error) {
		before, err := read(r)
		if err != nil {
			return nil, err
		}
		if err := orm.Create(r.Context(), &Place{Name: "new"}); err != nil {
			return nil, err
		}
		after, err := read(r)
		return web.Text(before + " " + after), err
	})
	app := build(t, nuages.Site{
		Settings: nuages.Settings{
			SecretKey: key, AllowedHosts: []string{"*"}, Databases: copies(t), Routers: orm.Routers{orm.Replicas("default", "copy")},
		},
		URLs: urls.Patterns{urls.Path("", view)},
	})
	for range 2 {
		if got := get(app.Handler(), "http://example.com/").Body.String(); got != "copy default" {
			t.Errorf("read from %q, want the copy, then the primary", got)
		}
	}
}

func TestRoutersWithoutTheirDatabase(t *testing.T) {
	t.Parallel()
	dbs := copies(t)
	_, err := nuages.New(nuages.Site{Settings: nuages.Settings{
		SecretKey: key, Databases: dbs, Routers: orm.Routers{orm.Replicas("default", "copy", "second")},
	}, URLs: urls.Patterns{}})
	if err == nil || !strings.Contains(err.Error(), `"second"`) {
		t.Errorf("New = %v, want the name of the missing database", err)
	}
	_ = dbs.Close()
}
