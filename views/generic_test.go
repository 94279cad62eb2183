package views_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

// Article is what the generic views of the tests show.
type Article struct {
	ID    int64
	Title string
	Slug  string
}

func (Article) Fields(a *Article) []orm.Field {
	return []orm.Field{orm.Char(&a.Title, 100), orm.Slug(&a.Slug)}
}

func (Article) Meta(a *Article) orm.Meta {
	return orm.Meta{App: "news", Table: "article", VerboseName: "news article", VerboseNamePlural: "news articles", Ordering: orm.By(orm.Asc(&a.ID))}
}

// Review has an article as its parent; OldArticle is a proxy.
type Review struct {
	Article
	Stars int64
}

func (Review) Fields(r *Review) []orm.Field { return []orm.Field{orm.Parent(&r.Article)} }
func (Review) Meta(*Review) orm.Meta        { return orm.Meta{App: "news"} }

type OldArticle struct{ Article }

func (OldArticle) Meta(*OldArticle) orm.Meta { return orm.Meta{App: "news", Proxy: true} }

var a = orm.Fields[Article]()

func articles() orm.Query[Article] { return orm.Objects[Article]() }

// database returns a context with a database that holds n articles.
func database(t testing.TB, n int) context.Context {
	t.Helper()
	db, err := sqlite.Open(":memory:", sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx := context.Background()
	conn, err := db.Backend().Acquire(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{`CREATE TABLE "article" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(100) NOT NULL, "slug" varchar(50) NOT NULL)`}
	for i := range n {
		statements = append(statements, fmt.Sprintf(`INSERT INTO "article" ("title", "slug") VALUES ('Title %d', 'slug-%d')`, i+1, i+1))
	}
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql, nil); err != nil {
			t.Fatal(err)
		}
	}
	conn.Release()
	return orm.WithDatabases(ctx, orm.Databases{"default": db})
}

// listText renders a list's data in one line.
func listText(data any) (string, error) {
	var b strings.Builder
	rows := func(rows []*Article) {
		for _, row := range rows {
			fmt.Fprintf(&b, "%d ", row.ID)
		}
	}
	switch data := data.(type) {
	case *views.ListPage[Article]:
		rows(data.ObjectList)
		fmt.Fprintf(&b, "paginated %v", data.IsPaginated)
		if data.PageObj != nil {
			fmt.Fprintf(&b, " %v next %v", data.PageObj, data.PageObj.HasNext())
		}
	case map[string]any:
		rows(data["object_list"].([]*Article))
		for _, name := range []string{"article_list", "rows"} {
			if same, ok := data[name].([]*Article); ok {
				fmt.Fprintf(&b, "%s %d ", name, len(same))
			}
		}
		fmt.Fprintf(&b, "paginated %v page %v extra %v", data["is_paginated"], data["page_obj"], data["extra"])
	}
	return b.String(), nil
}

func TestList(t *testing.T) {
	t.Parallel()
	engine := fakeEngine{"list.html": listText, "news/article_list.html": listText, "own.html": listText}
	typed := template.Page[views.ListPage[Article]]("list.html")
	tests := []struct {
		name   string
		view   views.List[Article]
		rows   int
		path   string
		status int
		want   string
	}{
		{"all rows", views.List[Article]{Page: typed}, 3, "/", 200, "1 2 3 paginated false"},
		{"a query", views.List[Article]{Page: typed, Query: func() orm.Query[Article] { return articles().Filter(orm.Gt(&a.ID, 1)) }}, 3, "/", 200, "2 3 paginated false"},
		{"ordering", views.List[Article]{Page: typed, Ordering: orm.By(orm.Desc(&a.ID))}, 3, "/", 200, "3 2 1 paginated false"},
		{"first page", views.List[Article]{Page: typed, PaginateBy: 2}, 5, "/", 200, "1 2 paginated true <Page 1 of 3> next true"},
		{"second page", views.List[Article]{Page: typed, PaginateBy: 2}, 5, "/?page=2", 200, "3 4 paginated true <Page 2 of 3> next true"},
		{"last page", views.List[Article]{Page: typed, PaginateBy: 2}, 5, "/?page=last", 200, "5 paginated true <Page 3 of 3> next false"},
		{"page in the path", views.List[Article]{Page: typed, PaginateBy: 2}, 5, "/page/3/", 200, "5 paginated true <Page 3 of 3>"},
		{"the path wins", views.List[Article]{Page: typed, PaginateBy: 2}, 5, "/page/2/?page=1", 200, "3 4 "},
		{"orphans", views.List[Article]{Page: typed, PaginateBy: 2, PaginateOrphans: 1}, 5, "/?page=2", 200, "3 4 5 paginated true <Page 2 of 2>"},
		{"one page", views.List[Article]{Page: typed, PaginateBy: 5}, 5, "/", 200, "1 2 3 4 5 paginated false <Page 1 of 1>"},
		{"other keyword", views.List[Article]{Page: typed, PaginateBy: 2, PageKwarg: "p"}, 5, "/?p=2&page=3", 200, "3 4 "},
		{"countless", views.List[Article]{Page: typed, PaginateBy: 2, Countless: true}, 5, "/?page=2", 200, "3 4 paginated true <Page 2> next true"},
		{"countless last", views.List[Article]{Page: typed, PaginateBy: 2, Countless: true}, 5, "/?page=last", 200, "5 paginated true"},
		{"page size of the request", views.List[Article]{Page: typed, PaginateByFor: func(r *web.Request) int { return len(r.GET().Get("n")) }}, 5, "/?n=xxx&page=2", 200, "4 5 paginated true"},
		{"no page size for the request", views.List[Article]{Page: typed, PaginateBy: 2, PaginateByFor: func(*web.Request) int { return 0 }}, 3, "/", 200, "1 2 3 paginated false"},
		{"beyond the end", views.List[Article]{Page: typed, PaginateBy: 2}, 5, "/?page=4", 404, "Invalid page (4): That page contains no results"},
		{"zero", views.List[Article]{Page: typed, PaginateBy: 2}, 5, "/?page=0", 404, "Invalid page (0): That page number is less than 1"},
		{"no number", views.List[Article]{Page: typed, PaginateBy: 2}, 5, "/?page=x", 404, "Page is not “last”, nor can it be converted to an int: That page number"},
		{"huge", views.List[Article]{Page: typed, PaginateBy: 2}, 5, "/?page=" + strings.Repeat("9", 400), 404, "Invalid page (too long a number)"},
		{"empty", views.List[Article]{Page: typed}, 0, "/", 200, "paginated false"},
		{"empty page", views.List[Article]{Page: typed, PaginateBy: 2}, 0, "/", 200, "paginated false <Page 1 of 1>"},
		{"empty refused", views.List[Article]{Page: typed, RefuseEmpty: true}, 0, "/", 404, "There are no news articles to show."},
		{"empty page refused", views.List[Article]{Page: typed, RefuseEmpty: true, PaginateBy: 2}, 0, "/", 404, "There are no news articles to show."},
		{"empty last refused", views.List[Article]{Page: typed, RefuseEmpty: true, PaginateBy: 2}, 0, "/?page=last", 404, "There are no news articles to show."},
		{"default template", views.List[Article]{}, 2, "/", 200, "1 2 article_list 2 paginated false page <nil> extra <nil>"},
		{"default template in pages", views.List[Article]{PaginateBy: 1}, 2, "/?page=2", 200, "2 article_list 1 paginated true page <Page 2 of 2>"},
		{"own names", views.List[Article]{Template: "own.html", ContextName: "rows", Context: func(_ *web.Request, page *views.ListPage[Article]) (map[string]any, error) {
			return map[string]any{"extra": len(page.ObjectList)}, nil
		}}, 2, "/", 200, "1 2 rows 2 paginated false page <nil> extra 2"},
		{"context fails", views.List[Article]{Context: func(*web.Request, *views.ListPage[Article]) (map[string]any, error) {
			return nil, web.Forbidden("members only")
		}}, 2, "/", 403, "members only"},
		{"query fails", views.List[Article]{QueryFor: func(*web.Request) (orm.Query[Article], error) { return articles(), web.NotFound("no such tag") }}, 2, "/", 404, "no such tag"},
		{"own answer", views.List[Article]{Respond: func(_ *web.Request, page *views.ListPage[Article]) (*web.Response, error) {
			return web.Text(fmt.Sprint("rows: ", len(page.ObjectList))), nil
		}}, 2, "/", 200, "rows: 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := site{
				base: database(t, tt.rows), engine: engine,
				patterns: urls.Patterns{urls.Path("", tt.view), urls.Path("page/<int:page>/", tt.view)},
				config:   web.Config{Logger: quiet(), ErrorPage: errorText},
			}
			w := s.get(t, tt.path)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, tt.status, tt.want)
			}
		})
	}
}

// errorText is an error page with the message alone.
func errorText(_ *web.Request, err error) *web.Response {
	return web.Text(err.Error()).WithStatus(web.StatusOf(err))
}

func TestGenericViewsOnlyShow(t *testing.T) {
	t.Parallel()
	s := site{base: database(t, 1), engine: fakeEngine{"news/article_list.html": listText, "news/article_detail.html": shows}, patterns: urls.Patterns{
		urls.Path("list", views.List[Article]{}), urls.Path("detail/<int:pk>", views.Detail[Article]{}),
	}, config: web.Config{Logger: quiet()}}
	for _, path := range []string{"/list", "/detail/1"} {
		for method, status := range map[string]int{"GET": 200, "HEAD": 200, "OPTIONS": 200, "POST": 405, "DELETE": 405} {
			if w := s.do(t, method, path); w.Code != status {
				t.Errorf("%s %s = %d, want %d", method, path, w.Code, status)
			}
		}
	}
}

func detailText(data any) (string, error) {
	switch data := data.(type) {
	case *views.DetailPage[Article]:
		return "object " + data.Object.Title, nil
	case map[string]any:
		text := "object " + data["object"].(*Article).Title
		for _, name := range []string{"article", "row"} {
			if same, ok := data[name].(*Article); ok {
				text += fmt.Sprintf(" %s %d", name, same.ID)
			}
		}
		return fmt.Sprint(text, " extra ", data["extra"]), nil
	}
	return "", fmt.Errorf("data is a %T", data)
}

func TestDetail(t *testing.T) {
	t.Parallel()
	engine := fakeEngine{"detail.html": detailText, "news/article_detail.html": detailText, "slug-2.html": func(any) (string, error) { return "special", nil }}
	typed := template.Page[views.DetailPage[Article]]("detail.html")
	one := func() orm.Query[Article] { return articles().Filter(orm.Eq(&a.ID, 1)) }
	tests := []struct {
		name   string
		view   views.Detail[Article]
		path   string
		status int
		want   string
	}{
		{"pk", views.Detail[Article]{Page: typed}, "/pk/2", 200, "object Title 2"},
		{"slug", views.Detail[Article]{Page: typed}, "/slug/slug-3", 200, "object Title 3"},
		{"the pk wins", views.Detail[Article]{Page: typed}, "/both/2/slug-3", 200, "object Title 2"},
		{"both must fit", views.Detail[Article]{Page: typed, QueryPKAndSlug: true}, "/both/2/slug-3", 404, "No news article found matching the query"},
		{"both fit", views.Detail[Article]{Page: typed, QueryPKAndSlug: true}, "/both/2/slug-2", 200, "object Title 2"},
		{"none", views.Detail[Article]{Page: typed}, "/pk/9", 404, "No news article found matching the query"},
		{"out of range", views.Detail[Article]{Page: typed}, "/pk/99999999999999999999999", 404, ""},
		{"not in the query", views.Detail[Article]{Page: typed, Query: one}, "/pk/2", 404, "No news article found matching the query"},
		{"in the query", views.Detail[Article]{Page: typed, Query: one}, "/pk/1", 200, "object Title 1"},
		{"query of the request", views.Detail[Article]{Page: typed, QueryFor: func(*web.Request) (orm.Query[Article], error) { return one(), nil }}, "/pk/1", 200, "object Title 1"},
		{"query fails", views.Detail[Article]{QueryFor: func(*web.Request) (orm.Query[Article], error) { return one(), web.Forbidden("no") }}, "/pk/1", 403, "no"},
		{"other names", views.Detail[Article]{Page: typed, PKKwarg: "slug", SlugKwarg: "pk", SlugField: "id"}, "/pk/2", 200, "object Title 2"},
		{"slug field", views.Detail[Article]{Page: typed, SlugField: "title"}, "/slug/x", 404, "No news article found"},
		{"neither", views.Detail[Article]{Page: typed}, "/neither", 500, "without a pk or a slug"},
		{"default template", views.Detail[Article]{}, "/pk/1", 200, "object Title 1 article 1 extra <nil>"},
		{"own names", views.Detail[Article]{Template: "detail.html", ContextName: "row", Context: func(_ *web.Request, object *Article) (map[string]any, error) {
			return map[string]any{"extra": object.Slug}, nil
		}}, "/pk/1", 200, "object Title 1 row 1 extra slug-1"},
		{"context fails", views.Detail[Article]{Context: func(*web.Request, *Article) (map[string]any, error) { return nil, web.Forbidden("no") }}, "/pk/1", 403, "no"},
		{"template of the object", views.Detail[Article]{Page: typed, TemplateFor: func(object *Article) string {
			if object.ID == 2 {
				return object.Slug + ".html"
			}
			return ""
		}}, "/pk/2", 200, "special"},
		{"own object", views.Detail[Article]{Page: typed, Object: func(*web.Request) (*Article, error) { return &Article{Title: "made"}, nil }}, "/neither", 200, "object made"},
		{"own answer", views.Detail[Article]{Respond: func(_ *web.Request, object *Article) (*web.Response, error) { return web.Text(object.Slug), nil }}, "/pk/3", 200, "slug-3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := site{
				base: database(t, 3), engine: engine,
				patterns: urls.Patterns{
					urls.Path("pk/<int:pk>", tt.view), urls.Path("slug/<slug:slug>", tt.view),
					urls.Path("both/<int:pk>/<slug:slug>", tt.view), urls.Path("neither", tt.view),
				},
				config: web.Config{Logger: quiet(), ErrorPage: errorText},
			}
			w := s.get(t, tt.path)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, tt.status, tt.want)
			}
		})
	}
}

func TestGetOr404(t *testing.T) {
	t.Parallel()
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), &web.Config{Base: database(t, 3)})

	article, err := views.GetOr404(r, articles().Filter(orm.Eq(&a.ID, 2)))
	if err != nil || article.Title != "Title 2" {
		t.Errorf("GetOr404 = %+v, %v", article, err)
	}
	_, err = views.GetOr404(r, articles().Filter(orm.Eq(&a.ID, 9)))
	wantNotFound(t, err, "No Article matches the given query.")
	if _, err = views.GetOr404(r, articles()); !errors.Is(err, orm.ErrMultiple) || web.StatusOf(err) != 500 {
		t.Errorf("GetOr404 of many: %v", err)
	}

	list, err := views.GetListOr404(r, articles().Filter(orm.Gt(&a.ID, 1)))
	if err != nil || len(list) != 2 {
		t.Errorf("GetListOr404 = %v, %v", list, err)
	}
	_, err = views.GetListOr404(r, articles().Filter(orm.Gt(&a.ID, 9)))
	wantNotFound(t, err, "No Article matches the given query.")

	bare := web.NewRequest(httptest.NewRequest("GET", "/", nil), nil)
	if _, err = views.GetOr404(bare, articles()); !errors.Is(err, orm.ErrNoDatabase) {
		t.Errorf("without a database: %v", err)
	}
}

func wantNotFound(t *testing.T, err error, message string) {
	t.Helper()
	var e *web.Error
	if !errors.As(err, &e) || e.Status != 404 || e.Message != message {
		t.Errorf("error = %v, want a 404 %q", err, message)
	}
}

func TestKeyset(t *testing.T) {
	t.Parallel()
	ctx := database(t, 7)
	byID := views.Keyset[Article, int64]{
		Query: func() orm.Query[Article] { return articles().OrderBy(orm.Desc(&a.ID)) }, Size: 3,
		Key: func(row *Article) int64 { return row.ID }, After: func(id int64) orm.Predicate { return orm.Lt(&a.ID, id) },
	}
	var got []string
	cursor := ""
	for range 10 {
		page, err := byID.Page(ctx, cursor)
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, row := range page.ObjectList {
			ids = append(ids, row.ID)
		}
		got = append(got, fmt.Sprint(ids, page.HasNext))
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if want := "[7 6 5] true; [4 3 2] true; [1] false"; strings.Join(got, "; ") != want {
		t.Errorf("pages = %s, want %s", strings.Join(got, "; "), want)
	}
	for _, bad := range []string{"x", "!!", "eyJhIjoxfQ", strings.Repeat("A", 5000)} {
		if _, err := byID.Page(ctx, bad); web.StatusOf(err) != 404 {
			t.Errorf("Page(%.20q) error = %v, want a 404", bad, err)
		}
	}
}

func TestGenericChecks(t *testing.T) {
	t.Parallel()
	typedList := template.Page[views.ListPage[Article]]("list.html")
	typedDetail := template.Page[views.DetailPage[Article]]("detail.html")
	tests := []struct {
		name  string
		view  views.Checker
		ids   []string
		pages string
	}{
		{"list", views.List[Article]{Page: typedList, PaginateBy: 25, Query: articles}, nil, "list.html"},
		{"list by name", views.List[Article]{}, nil, "news/article_list.html"},
		{"list that answers", views.List[Article]{Respond: func(*web.Request, *views.ListPage[Article]) (*web.Response, error) { return nil, nil }}, nil, ""},
		{"list with both", views.List[Article]{Page: typedList, ContextName: "x"}, []string{"views.E005"}, "list.html"},
		{"negative", views.List[Article]{PaginateBy: -1}, []string{"views.E006"}, "news/article_list.html"},
		{"orphans", views.List[Article]{PaginateBy: 5, PaginateOrphans: 5}, []string{"views.W001"}, "news/article_list.html"},
		{"no order", views.List[Article]{PaginateBy: 5, Query: func() orm.Query[Article] { return articles().OrderBy() }}, []string{"views.W002"}, "news/article_list.html"},
		{"own order", views.List[Article]{PaginateBy: 5, Query: func() orm.Query[Article] { return articles().OrderBy() }, Ordering: orm.By(orm.Asc(&a.ID))}, nil, "news/article_list.html"},
		{"wrong query", views.List[Article]{Query: func() orm.Query[Article] { return articles().Limit(3).Filter(orm.Eq(&a.ID, 1)) }}, []string{"views.E007"}, "news/article_list.html"},
		{"detail", views.Detail[Article]{Page: typedDetail}, nil, "detail.html"},
		{"detail by name", views.Detail[Article]{Template: "x.html"}, nil, "x.html"},
		{"detail with both", views.Detail[Article]{Page: typedDetail, Template: "x.html"}, []string{"views.E005"}, "detail.html"},
		{"detail's slug field", views.Detail[Article]{SlugField: "nope"}, []string{"views.E008"}, "news/article_detail.html"},
		{"a parent's slug", views.Detail[Review]{SlugField: "slug"}, nil, "news/review_detail.html"},
		{"a proxy's slug", views.Detail[OldArticle]{SlugField: "slug"}, nil, "news/oldarticle_detail.html"},
		{"a child's own field", views.Detail[Review]{SlugField: "stars"}, nil, "news/review_detail.html"},
		{"no field of a child", views.Detail[Review]{SlugField: "nope"}, []string{"views.E008"}, "news/review_detail.html"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantIDs(t, tt.view.Check(), tt.ids)
			var names []string
			for _, page := range tt.view.Pages() {
				names = append(names, page.Name())
			}
			if got := strings.Join(names, " "); got != tt.pages {
				t.Errorf("Pages = %s, want %s", got, tt.pages)
			}
		})
	}
	if got := web.HandlerName(views.List[Article]{}); got != "views.List[views_test.Article]" {
		t.Errorf("ViewName = %s", got)
	}
}

// The debug page shows the SQL that ran before the error, and what ran more than once.
func TestLogQueries(t *testing.T) {
	t.Parallel()
	view := web.View(func(r *web.Request) (*web.Response, error) {
		for id := range int64(3) {
			if _, err := articles().Filter(orm.Eq(&a.ID, id+1)).All(r.Context()); err != nil {
				return nil, err
			}
		}
		return nil, errors.New("after three queries")
	})
	for _, debug := range []bool{true, false} {
		ctx := database(t, 3)
		config := &web.Config{Debug: debug, Base: ctx, Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})}
		w := httptest.NewRecorder()
		web.ToHTTP(web.Compose(view, views.LogQueries), config).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		body := w.Body.String()
		for _, want := range []string{"3 queries in", "2 repeated", "×3"} {
			if strings.Contains(body, want) != debug {
				t.Errorf("debug %v: the page has %q: %v", debug, want, !debug)
			}
		}
	}
	w := httptest.NewRecorder()
	missing := views.Detail[Article]{QueryFor: func(*web.Request) (orm.Query[Article], error) { return articles(), nil }, Object: func(r *web.Request) (*Article, error) {
		return views.GetOr404(r, articles().Filter(orm.Eq(&a.ID, 9)))
	}}
	config := &web.Config{Debug: true, Base: database(t, 1), Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})}
	web.ToHTTP(web.Compose(missing, views.LogQueries), config).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	wantResponse(t, w, 404, html, "No Article matches the given query.", "1 query in")

	layers := web.Compose(view, views.LogQueries).Layers()
	if len(layers) != 1 || layers[0].Name != "querylog" {
		t.Errorf("Layers = %v", layers)
	}
}

// What a view needs of its route is found out before the first request.
func TestCheckRoute(t *testing.T) {
	t.Parallel()
	view := web.View(func(*web.Request) (*web.Response, error) { return web.Text(""), nil })
	tests := []struct {
		name    string
		pattern urls.Pattern
		ids     []string
	}{
		{"detail with a pk", urls.Path("a/<int:pk>", views.Detail[Article]{}), nil},
		{"detail with a slug", urls.Path("a/<slug:slug>", views.Detail[Article]{}), nil},
		{"detail with a pattern's pk", urls.Path("a", views.Detail[Article]{}, urls.Kwargs(map[string]any{"pk": 5})), nil},
		{"detail with another name", urls.Path("a/<int:id>", views.Detail[Article]{PKKwarg: "id"}), nil},
		{"detail that finds by itself", urls.Path("a", views.Detail[Article]{Object: func(*web.Request) (*Article, error) { return nil, nil }}), nil},
		{"detail without", urls.Path("a/<int:id>", views.Detail[Article]{}), []string{"views.E009"}},
		{"redirect to a name", urls.Path("a/<int:pk>", views.Redirect{Name: "target"}), nil},
		{"redirect by position", urls.RePath("^a/([0-9]+)$", views.Redirect{Name: "target"}), nil},
		{"redirect to no name", urls.Path("a/<int:pk>", views.Redirect{Name: "tarqet"}), []string{"views.W003"}},
		{"redirect with other arguments", urls.Path("a/<int:id>", views.Redirect{Name: "target"}), []string{"views.W003"}},
		{"redirect to a URL", urls.Path("a/<int:pk>", views.Redirect{URL: "/b/%(pk)s"}), nil},
		{"redirect to a URL with another name", urls.Path("a/<int:pk>", views.Redirect{URL: "/b/%(id)s"}), []string{"views.E010"}},
		{"redirect by a function", urls.Path("a", views.Redirect{To: func(*web.Request) (string, error) { return "", nil }}), nil},
		{"gone", urls.Path("a", views.Redirect{}), nil},
		{"template", urls.Path("a", views.Template{Name: "a.html"}), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resolver, err := urls.New(urls.Patterns{tt.pattern, urls.Path("target/<int:pk>", view, urls.Name("target"))}, urls.Options{})
			if err != nil {
				t.Fatal(err)
			}
			route := resolver.Routes()[0]
			checker, ok := views.AsChecker(route.Handler)
			if !ok {
				t.Fatalf("%s is no Checker", route.View)
			}
			wantIDs(t, views.CheckRoute(checker, resolver, route), tt.ids)
		})
	}
}

func liveArticles() orm.Query[Article] { return articles().Filter(orm.Gt(&a.ID, 0)) }

// A generic view has no source of the site's own: the debug page shows the function that is nearest to it.
func TestDebugPageOfGenericViews(t *testing.T) {
	t.Parallel()
	failing := func(*web.Request) (*web.Response, error) { return nil, errors.New("boom") }
	respondList := func(r *web.Request, _ *views.ListPage[Article]) (*web.Response, error) { return failing(r) }
	respondDetail := func(r *web.Request, _ *Article) (*web.Response, error) { return failing(r) }
	forRequest := func(*web.Request) (orm.Query[Article], error) { return liveArticles(), nil }
	tests := []struct {
		name string
		view web.Handler
		want string
	}{
		{"list's query", views.List[Article]{Query: liveArticles, Respond: respondList}, "views_test.liveArticles"},
		{"list's query of the request", views.List[Article]{Query: liveArticles, QueryFor: forRequest, Respond: respondList}, "TestDebugPageOfGenericViews.func"},
		{"detail's query", views.Detail[Article]{Query: liveArticles, Respond: respondDetail}, "views_test.liveArticles"},
		{"detail's query of the request", views.Detail[Article]{QueryFor: forRequest, Respond: respondDetail}, "TestDebugPageOfGenericViews.func"},
		{"decorated", web.NeverCache(views.Detail[Article]{Query: liveArticles, Respond: respondDetail}), "views_test.liveArticles"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := site{
				base: database(t, 1), patterns: urls.Patterns{urls.Path("<int:pk>", tt.view)},
				config: web.Config{Debug: true, Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})},
			}
			wantResponse(t, s.get(t, "/1", "Accept", "text/html"), 500, html, tt.want, "[views_test.Article]")
		})
	}
}

// A cursor holds whatever the key is made of; a key that JSON cannot hold is the program's mistake.
func TestKeysetKeys(t *testing.T) {
	t.Parallel()
	ctx := database(t, 4)
	type key struct {
		Title string
		ID    int64
	}
	byTitle := views.Keyset[Article, key]{
		Query: func() orm.Query[Article] { return articles().OrderBy(orm.Asc(&a.Title), orm.Asc(&a.ID)) }, Size: 3,
		Key: func(row *Article) key { return key{row.Title, row.ID} },
		After: func(k key) orm.Predicate {
			return orm.Or(orm.Gt(&a.Title, k.Title), orm.And(orm.Eq(&a.Title, k.Title), orm.Gt(&a.ID, k.ID)))
		},
	}
	first, err := byTitle.Page(ctx, "")
	if err != nil || !first.HasNext || len(first.ObjectList) != 3 {
		t.Fatalf("first page = %+v, %v", first, err)
	}
	second, err := byTitle.Page(ctx, first.Next)
	if err != nil || second.HasNext || len(second.ObjectList) != 1 || second.ObjectList[0].Title != "Title 4" {
		t.Errorf("second page = %+v, %v", second, err)
	}
	broken := views.Keyset[Article, func()]{
		Query: articles, Size: 1, Key: func(*Article) func() { return func() {} }, After: func(func()) orm.Predicate { return orm.Gt(&a.ID, 0) },
	}
	if _, err := broken.Page(ctx, ""); err == nil || web.StatusOf(err) != 500 {
		t.Errorf("a key that is a function: %v, want a 500", err)
	}
}
