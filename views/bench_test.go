package views_test

import (
	"net/http/httptest"
	"testing"

	"github.com/nuages-go/nuages/template"
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
