package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing/fstest"
	"time"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/bench/site/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

// growth prints how the CPU time of a request grows with routes, models and rows.
func growth() error {
	dir, err := os.MkdirTemp("", "concurrency")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := fill(filepath.Join(dir, "rows.sqlite3"))
	if err != nil {
		return err
	}
	defer db.Close()

	fmt.Printf("\n%-24s %12s\n", "", "CPU µs each")
	for _, routes := range []int{1, 10, 100, 1000} {
		h, err := handler(db, routes, 1)
		if err != nil {
			return err
		}
		show(fmt.Sprint(routes, " routes"), time.Duration(perRequest(h, "/last/7")))
	}
	for _, models := range []int{1, 30, 300} {
		h, err := handler(db, 1, models)
		if err != nil {
			return err
		}
		show(fmt.Sprint(models, " models"), time.Duration(perRequest(h, "/rows?n=10")))
	}
	h, err := handler(db, 1, 1)
	if err != nil {
		return err
	}
	for _, rows := range []int{10, 100, 1000, 10_000} {
		show(fmt.Sprint(rows, " rows on a page"), time.Duration(perRequest(h, fmt.Sprint("/rows?n=", rows))))
	}
	return nil
}

func show(what string, each time.Duration) {
	fmt.Printf("%-24s %12.1f\n", what, float64(each.Nanoseconds())/1000)
}

// fill makes a table of 10,000 rows.
func fill(path string) (*orm.DB, error) {
	db, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	ctx := orm.WithDatabase(context.Background(), db)
	if _, err := orm.Exec(ctx, "CREATE TABLE fortune (id integer PRIMARY KEY, message varchar(2048) NOT NULL)"); err != nil {
		return nil, err
	}
	list := make([]*newsroom.Fortune, 10_000)
	for i := range list {
		list[i] = &newsroom.Fortune{ID: int64(i + 1), Message: fmt.Sprintf("Fortune %d of <many>, neither long nor short.", i+1)}
	}
	return db, orm.Objects[newsroom.Fortune]().BulkCreate(ctx, list)
}

type rows struct{ Rows []*newsroom.Fortune }

var rowsPage = template.Page[rows]("rows.html")

// handler is a site with that many routes and models.
func handler(db *orm.DB, routes, models int) (http.Handler, error) {
	hello := func(*web.Request, int64) (*web.Response, error) { return web.Text("hello"), nil }
	table := urls.Patterns{urls.Path("rows", web.View(func(r *web.Request) (*web.Response, error) {
		n := 10
		if _, err := fmt.Sscan(r.GET().Get("n"), &n); err != nil {
			return nil, web.BadRequest("n is no number")
		}
		list, err := orm.Objects[newsroom.Fortune]().Limit(n).All(r.Context())
		if err != nil {
			return nil, err
		}
		return views.Render(r, rowsPage, rows{list})
	}))}
	for i := range routes - 1 {
		table = append(table, urls.Path(fmt.Sprintf("section%d/<int:pk>/part", i), web.Arg(hello)))
	}
	table = append(table, urls.Path("last/<int:pk>", web.Arg(hello)))

	list := []orm.Model{orm.ModelOf[newsroom.Fortune]()}
	list = append(list, others()[:models-1]...)
	app, err := nuages.New(nuages.Site{
		Settings: nuages.Settings{
			SecretKey: strings.Repeat("only for this measurement ", 3), AllowedHosts: []string{"127.0.0.1"}, Databases: orm.Databases{"default": db},
		},
		Apps: []apps.App{{Name: "growth", Models: list, Templates: fstest.MapFS{"rows.html": {
			Data: []byte("<table>{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.message }}</td></tr>\n{% endfor %}</table>"),
		}}, Pages: []template.AnyPage{rowsPage}}},
		URLs: table,
	})
	if err != nil {
		return nil, err
	}
	return app.Handler(), nil
}

// perRequest is the process's CPU nanoseconds per request, net/http's own work left out.
func perRequest(h http.Handler, path string) int64 {
	ask := func() {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			panic(fmt.Sprint(path, ": ", w.Code, " ", w.Body))
		}
	}
	ask()
	began, before, n := time.Now(), usage(), int64(0)
	for time.Since(began) < 700*time.Millisecond {
		ask()
		n++
	}
	return (usage() - before) / n
}

// usage is the process's CPU time in nanoseconds.
func usage() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it fails for a wrong argument only
	return u.Utime.Nano() + u.Stime.Nano()
}
