package views_test

import (
	"net/http/httptest"
	"testing"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

func BenchmarkPaginator(b *testing.B) {
	rows := numbers(10000)
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		p := views.NewPaginator(rows, 25, views.PaginatorOptions{})
		if _, err := p.Page(ctx, 200); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkElidedPageRange(b *testing.B) {
	p := views.NewPaginator(numbers(10000), 25, views.PaginatorOptions{})
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.ElidedPageRange(ctx, 200, 3, 2); err != nil {
			b.Fatal(err)
		}
	}
}

// Render's own share: the engine only copies a line.
func BenchmarkRender(b *testing.B) {
	engine := fakeEngine{"news/detail.html": func(data any) (string, error) { return data.(*detail).Title, nil }}
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), &web.Config{Base: template.WithEngines(b.Context(), template.Engines{engine})})
	b.ReportAllocs()
	for b.Loop() {
		resp, err := views.Render(r, detailPage, detail{"Hello"})
		if err == nil {
			_, err = web.Finish(r, resp)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlainErrorPage(b *testing.B) {
	page := views.ErrorPage(views.ErrorOptions{})
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), nil)
	err := web.NotFound("No Article matches the given query.")
	b.ReportAllocs()
	for b.Loop() {
		page(r, err)
	}
}

func TestRenderAllocations(t *testing.T) {
	engine := fakeEngine{"news/detail.html": func(data any) (string, error) { return data.(*detail).Title, nil }}
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), &web.Config{Base: template.WithEngines(t.Context(), template.Engines{engine})})
	got := testing.AllocsPerRun(100, func() { _, _ = views.Render(r, detailPage, detail{"Hello"}) })
	if got > 4 { // the data, the page, the response, the list of names
		t.Errorf("Render allocates %v times, want at most 4", got)
	}
}

// A whole page: 25 of 200 rows from SQLite, counted, through a Django template.
func BenchmarkList(b *testing.B) {
	engine := newDTL(b, map[string]string{"list.html": `{% for article in object_list %}<li><a href="/{{ article.slug }}">{{ article.title }}</a></li>{% endfor %}` +
		`{% if page_obj.has_next %}<a href="?page={{ page_obj.next_page_number }}">next</a>{% endif %}`})
	ctx := template.WithEngines(database(b, 200), template.Engines{engine})
	for name, countless := range map[string]bool{"counted": false, "countless": true} {
		view := views.List[Article]{PaginateBy: 25, Page: "list.html", Countless: countless}
		b.Run(name, func(b *testing.B) {
			r := web.NewRequest(httptest.NewRequest("GET", "/?page=2", nil), &web.Config{Base: ctx})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := web.Dispatch(r, view); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// An object by its key, through a Django template.
func BenchmarkDetail(b *testing.B) {
	engine := newDTL(b, map[string]string{"detail.html": `<h1>{{ object.title }}</h1>`})
	resolver, err := urls.New(urls.Patterns{urls.Path("<int:pk>", views.Detail[Article]{Page: "detail.html"})}, urls.Options{})
	if err != nil {
		b.Fatal(err)
	}
	ctx := template.WithEngines(database(b, 200), template.Engines{engine})
	r := web.NewRequest(httptest.NewRequest("GET", "/7", nil), &web.Config{Base: urls.WithResolver(ctx, resolver)})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := resolver.Serve(r); err != nil {
			b.Fatal(err)
		}
	}
}
