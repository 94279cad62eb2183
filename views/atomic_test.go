package views_test

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

// A view that fails leaves nothing behind; one that answers, whatever the status, keeps what it did.
func TestAtomicRequests(t *testing.T) {
	t.Parallel()
	add := func(finish func() (*web.Response, error)) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			if err := orm.Save(r.Context(), &Article{Title: "new", Slug: "new"}); err != nil {
				return nil, err
			}
			return finish()
		})
	}
	ok := func() (*web.Response, error) { return web.Text("done"), nil }
	fail := func() (*web.Response, error) { return nil, errors.New("boom") }
	tests := []struct {
		name   string
		view   web.Handler
		status int
		rows   int
	}{
		{"answer", add(ok), 200, 1},
		{"error", add(fail), 500, 0},
		{"refusal", add(func() (*web.Response, error) { return nil, web.NotFound("no") }), 404, 0},
		{"panic", add(func() (*web.Response, error) { panic("boom") }), 500, 0},
		{"error status", add(func() (*web.Response, error) { return web.Text("no").WithStatus(400), nil }), 400, 1},
		{"page that fails", add(func() (*web.Response, error) { return web.Page(badPage{}), nil }), 500, 0},
		{"opted out", web.NeverCache(views.NonAtomic(add(fail))), 500, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx := database(t, 0)
			s := site{
				base:     ctx,
				patterns: urls.Patterns{urls.Include("", urls.Patterns{urls.Path("", tt.view)}, urls.With(views.AtomicRequests()))},
				config:   web.Config{Logger: quiet(), ErrorPage: errorText},
			}
			w := s.get(t, "/")
			if rows, err := articles().Count(ctx); w.Code != tt.status || rows != tt.rows || err != nil {
				t.Errorf("%d with %d rows (%v), want %d with %d: %s", w.Code, rows, err, tt.status, tt.rows, w.Body)
			}
		})
	}
}

// A single view in a transaction: the context that the request had comes back, and a database that is not there is an error.
func TestAtomic(t *testing.T) {
	t.Parallel()
	ctx := database(t, 0)
	view := web.View(func(r *web.Request) (*web.Response, error) {
		if err := orm.Save(r.Context(), &Article{Title: "new", Slug: "new"}); err != nil {
			return nil, err
		}
		return nil, web.Forbidden("no")
	})
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), &web.Config{Base: ctx})
	before := r.Context()
	if _, err := views.Atomic(view).Serve(r); web.StatusOf(err) != 403 || r.Context() != before {
		t.Errorf("error %v, context restored: %v", err, r.Context() == before)
	}
	if rows, err := articles().Count(ctx); rows != 0 || err != nil {
		t.Errorf("%d rows (%v), want none", rows, err)
	}
	if resp, err := views.Atomic(view, "default", "elsewhere").Serve(r); resp != nil || err == nil || !strings.Contains(err.Error(), `no database named "elsewhere"`) {
		t.Errorf("Serve = %v, %v, want an error that names the database", resp, err)
	}
	if got, want := web.HandlerName(views.Atomic(view)), web.HandlerName(view); got != want {
		t.Errorf("HandlerName = %q, want %q", got, want)
	}
	if layers := web.Compose(view, views.AtomicRequests()).Layers(); layers[0].Name != "atomic-requests" {
		t.Errorf("Layers = %v", layers)
	}
}

type badPage struct{}

func (badPage) Render(context.Context, io.Writer) error { return errors.New("the page is broken") }
