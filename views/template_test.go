package views_test

import (
	"bytes"
	"context"
	"io/fs"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

func newDTL(t testing.TB, templates map[string]string) *template.DTL {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range templates {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	engine, err := template.New(template.Options{FS: []fs.FS{files}})
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// What Django's templates write about pages must work unchanged.
func TestPageInTemplates(t *testing.T) {
	t.Parallel()
	source := `{% for n in page_obj %}{{ n }} {% endfor %}|{% for n in page_obj.object_list %}{{ n }} {% endfor %}|{{ page_obj }}` +
		`|{% if page_obj.has_previous %}<{{ page_obj.previous_page_number }}{% endif %}{% if page_obj.has_next %}>{{ page_obj.next_page_number }}{% endif %}` +
		`|{{ page_obj.number }} of {{ page_obj.paginator.num_pages }}, {{ page_obj.start_index }}-{{ page_obj.end_index }} of {{ paginator.count }}` +
		`|{% for n in paginator.page_range %}{{ n }}{% endfor %}|{{ page_obj.has_other_pages }}|{{ paginator.per_page }}|{{ page_obj|length }}|{{ is_paginated }}` +
		`|{% for n in page_obj.elided_page_range %}{% if n == paginator.ELLIPSIS %}...{% elif n == page_obj.number %}[{{ n }}]{% else %}{{ n }}{% endif %} {% endfor %}`
	want := `5 6 |5 6 |&lt;Page 3 of 20&gt;|<2>4|3 of 20, 5-6 of 40|1234567891011121314151617181920|True|2|2|True|1 2 [3] 4 5 6 ... 19 20 `
	engine := newDTL(t, map[string]string{"list.html": source})

	p := views.NewPaginator(numbers(40), 2, views.PaginatorOptions{})
	page, err := p.Page(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]any{
		"map": map[string]any{"page_obj": page, "paginator": p, "is_paginated": true},
		"struct": &struct {
			PageObj     *views.Page[int]
			Paginator   *views.Paginator[int]
			IsPaginated bool
		}{page, p, true},
	} {
		var b bytes.Buffer
		if err := engine.Render(context.Background(), &b, "list.html", data); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b.String() != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, b.String(), want)
		}
	}
}

// A typed list page is checked against its template.
func TestListPageIsChecked(t *testing.T) {
	t.Parallel()
	type row struct{ Title string }
	engine := newDTL(t, map[string]string{
		"good.html": `{% for row in object_list %}{{ row.title }}{% endfor %}{% for row in page_obj %}{{ row.title }}{% endfor %}{{ page_obj.paginator.num_pages }}{{ is_paginated }}{% for n in page_obj.elided_page_range %}{{ n }}{% endfor %}`,
		"bad.html":  `{% for row in object_list %}{{ row.titel }}{% endfor %}`,
	})
	if err := engine.Check([]template.AnyPage{template.Page[views.ListPage[row]]("good.html")}); err != nil {
		t.Errorf("good.html: %v", err)
	}
	err := engine.Check([]template.AnyPage{template.Page[views.ListPage[row]]("bad.html")})
	if err == nil || !strings.Contains(err.Error(), "titel") {
		t.Errorf("bad.html: %v", err)
	}
}

// A template that fails is shown with the place, also through an include.
func TestTemplateErrorsOnTheDebugPage(t *testing.T) {
	t.Parallel()
	engine := newDTL(t, map[string]string{
		"page.html": "<h1>News</h1>\n{% include \"rows.html\" %}\n",
		"rows.html": "<ul>\n{% for row in rows %}<li>{{ row }}</li>{% endfor %}\n</ul>\n",
	})
	view := web.View(func(r *web.Request) (*web.Response, error) {
		return views.RenderTemplate(r, "page.html", map[string]any{"rows": 5})
	})
	config := &web.Config{
		Debug: true, Base: template.WithEngines(t.Context(), template.Engines{engine}), Logger: quiet(),
		ErrorPage: views.ErrorPage(views.ErrorOptions{}),
	}
	w := httptest.NewRecorder()
	req := httptest.NewRequest("GET", "/", nil)
	req.Header.Set("Accept", "text/html")
	handler := web.ToHTTP(web.Compose(web.View(func(r *web.Request) (*web.Response, error) { return web.Dispatch(r, view) })), config)
	handler.ServeHTTP(w, req)
	wantResponse(t, w, 500, html, "rows.html:2", "object is not iterable", "page.html:2", "<mark>{% for row in rows %}</mark>")

	req.Header.Set("Accept", "text/plain")
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	wantResponse(t, w, 500, text, "Template rows.html:2", "->    2  {% for row in rows %}")

	missing := web.View(func(r *web.Request) (*web.Response, error) { return views.RenderTemplate(r, "pgae.html", nil) })
	w = httptest.NewRecorder()
	web.ToHTTP(missing, config).ServeHTTP(w, req)
	wantResponse(t, w, 500, text, "pgae.html", "does not exist")
}
