package views_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

type detail struct{ Title string }

var detailPage = template.Page[detail]("news/detail.html")

func TestRender(t *testing.T) {
	t.Parallel()
	engine := fakeEngine{
		"news/detail.html": func(data any) (string, error) { return data.(*detail).Title, nil },
		"map.html":         shows, "broken.html": fails,
	}
	tests := []struct {
		name        string
		view        web.View
		status      int
		contentType string
		want        string
	}{
		{"typed", func(r *web.Request) (*web.Response, error) { return views.Render(r, detailPage, detail{"Hello"}) }, 200, html, "Hello"},
		{"typed map", func(r *web.Request) (*web.Response, error) {
			return views.Render(r, template.Page[map[string]any]("map.html"), map[string]any{"a": 1})
		}, 200, html, "<p>map[a:1]</p>"},
		{"map", func(r *web.Request) (*web.Response, error) {
			return views.RenderTemplate(r, "map.html", map[string]any{"a": 1}, views.Status(201), views.ContentType("text/xml"))
		}, 201, "text/xml", "<p>map[a:1]</p>"},
		{"first", func(r *web.Request) (*web.Response, error) {
			return views.RenderFirst(r, []string{"none.html", "map.html"}, nil, views.Using("fake"))
		}, 200, html, "<p>map[]</p>"},
		{"no template", func(r *web.Request) (*web.Response, error) { return views.RenderTemplate(r, "none.html", nil) }, 500, html, ""},
		{"no engine", func(r *web.Request) (*web.Response, error) {
			return views.RenderTemplate(r, "map.html", nil, views.Using("jinja2"))
		}, 500, html, ""},
		{"broken", func(r *web.Request) (*web.Response, error) { return views.RenderTemplate(r, "broken.html", nil) }, 500, html, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := site{patterns: urls.Patterns{urls.Path("", tt.view)}, engine: engine, config: web.Config{Logger: quiet()}}
			w := s.get(t, "/")
			wantResponse(t, w, tt.status, tt.contentType, tt.want)
		})
	}
}

// Middleware may put another template or other data into a page that is not rendered yet; tests find both.
func TestRenderIsLazy(t *testing.T) {
	t.Parallel()
	ctx := template.WithEngines(t.Context(), template.Engines{fakeEngine{"news/detail.html": shows, "other.html": shows}})
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), &web.Config{Base: ctx})
	r.OnPage(func(_ *web.Request, resp *web.Response) error {
		if resp.Template != "news/detail.html" || resp.Data.(*detail).Title != "Hello" {
			t.Errorf("Template, Data = %s, %v", resp.Template, resp.Data)
		}
		resp.Template, resp.Data = "other.html", map[string]any{"changed": true}
		return nil
	})
	resp, err := web.Dispatch(r, web.View(func(r *web.Request) (*web.Response, error) {
		return views.Render(r, detailPage, detail{"Hello"})
	}))
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := resp.Body(); string(body) != "<p>map[changed:true]</p>" {
		t.Errorf("body = %s", body)
	}
}

type plainURL struct{}

func (plainURL) AbsoluteURL() string { return "/plain/" }

type failingURL struct{}

func (failingURL) AbsoluteURL() (string, error) { return "", errors.New("no URL") }

type contextURL struct{}

func (*contextURL) AbsoluteURL(context.Context) string { return "/context/" }

type contextErrorURL struct{}

func (contextErrorURL) AbsoluteURL(context.Context) (string, error) { return "/both/", nil }

func TestResolveURL(t *testing.T) {
	t.Parallel()
	ok := web.View(func(*web.Request) (*web.Response, error) { return web.Text(""), nil })
	resolver, err := urls.New(urls.Patterns{
		urls.Path("article/<int:pk>", ok, urls.Name("detail")), urls.Path("dotted", ok, urls.Name("a.b")),
	}, urls.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		to   any
		args []any
		want string
		fail bool
	}{
		{"object", plainURL{}, nil, "/plain/", false},
		{"object that fails", failingURL{}, nil, "", true},
		{"object with a context", &contextURL{}, nil, "/context/", false},
		{"object with both", contextErrorURL{}, nil, "/both/", false},
		{"name", "detail", []any{7}, "/article/7", false},
		{"name without its argument", "detail", nil, "", true},
		{"unknown name", "nothing", nil, "", true},
		{"name with a dot", "a.b", nil, "/dotted", false},
		{"path", "/articles/", nil, "/articles/", false},
		{"relative", "../up", nil, "../up", false},
		{"here", "./", nil, "./", false},
		{"absolute", "https://example.com/x?y=1", nil, "https://example.com/x?y=1", false},
		{"no URL at all", 42, nil, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := web.NewRequest(httptest.NewRequest("GET", "/", nil), &web.Config{Base: urls.WithResolver(t.Context(), resolver)})
			got, err := views.ResolveURL(r, tt.to, tt.args...)
			if got != tt.want || (err != nil) != tt.fail {
				t.Errorf("ResolveURL(%v) = %q, %v, want %q", tt.to, got, err, tt.want)
			}
			resp, err := views.RedirectTo(r, tt.to, tt.args...)
			if tt.fail {
				if err == nil {
					t.Error("RedirectTo did not fail")
				}
				return
			}
			if resp.Code() != 302 || resp.Header().Get("Location") != tt.want {
				t.Errorf("RedirectTo = %d %s", resp.Code(), resp.Header().Get("Location"))
			}
		})
	}
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), nil)
	if _, err := views.ResolveURL(r, "detail"); err == nil {
		t.Error("without a resolver there is no error")
	}
}

func TestRedirectView(t *testing.T) {
	t.Parallel()
	ok := web.View(func(*web.Request) (*web.Response, error) { return web.Text(""), nil })
	s := site{config: web.Config{Logger: quiet()}, patterns: urls.Patterns{
		urls.Path("article/<int:pk>", ok, urls.Name("detail")),
		urls.Path("url", views.Redirect{URL: "/new/"}),
		urls.Path("name/<int:pk>", views.Redirect{Name: "detail", Permanent: true}),
		urls.Path("wrong/<int:id>", views.Redirect{Name: "detail"}),
		urls.Path("format/<slug:s>/<int:n>", views.Redirect{URL: "/%(s)s/100%%/%(n)d?q=%20", QueryString: true}),
		urls.Path("query", views.Redirect{URL: "/new/", QueryString: true, PreserveRequest: true}),
		urls.Path("both", views.Redirect{URL: "/new/", Permanent: true, PreserveRequest: true}),
		urls.Path("gone", views.Redirect{}),
		urls.Path("func", views.Redirect{To: func(*web.Request) (string, error) { return "/f", nil }}),
		urls.Path("func-gone", views.Redirect{To: func(*web.Request) (string, error) { return "", nil }}),
		urls.Path("host/<path:p>", views.Redirect{URL: "/%(p)s"}),
		urls.Path("missing/<int:n>", views.Redirect{URL: "/%(x)s"}),
	}}
	tests := []struct {
		method, path string
		status       int
		location     string
	}{
		{"GET", "/url", 302, "/new/"},
		{"POST", "/url", 302, "/new/"},
		{"HEAD", "/url", 302, "/new/"},
		{"OPTIONS", "/url", 302, "/new/"},
		{"DELETE", "/url", 302, "/new/"},
		{"GET", "/name/7", 301, "/article/7"},
		{"GET", "/wrong/7", 410, ""},
		{"GET", "/query?a=1&b=2", 307, "/new/?a=1&b=2"},
		{"GET", "/query", 307, "/new/"},
		{"GET", "/both", 308, "/new/"},
		{"GET", "/gone", 410, ""},
		{"GET", "/func", 302, "/f"},
		{"GET", "/func-gone", 410, ""},
		{"GET", "/host//evil.example", 302, "/%2Fevil.example"},
		{"GET", "/host/a/b", 302, "/a/b"},
		{"GET", "/missing/3", 500, ""},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			t.Parallel()
			w := s.do(t, tt.method, tt.path)
			if w.Code != tt.status || w.Header().Get("Location") != tt.location {
				t.Errorf("%d %q, want %d %q", w.Code, w.Header().Get("Location"), tt.status, tt.location)
			}
		})
	}
	if got := s.get(t, "/format/x-y/5").Header().Get("Location"); got != "/x-y/100%/5?q=%20" {
		t.Errorf("Location = %q", got)
	}
}

func TestTemplateView(t *testing.T) {
	t.Parallel()
	s := site{
		config: web.Config{Logger: quiet()}, engine: fakeEngine{"about.html": shows},
		patterns: urls.Patterns{
			urls.Path("plain", views.Template{Name: "about.html"}),
			urls.Path("typed", views.Template{Name: "about.html", ContentType: "text/plain"}),
			urls.Path("kw/<int:n>/<slug:s>", views.Template{Name: "about.html", Context: func(*web.Request) (map[string]any, error) {
				return map[string]any{"s": "own", "more": true}, nil
			}}, urls.Kwargs(map[string]any{"extra": "x"})),
			urls.Path("fails", views.Template{Name: "about.html", Context: func(*web.Request) (map[string]any, error) { return nil, web.Forbidden("no") }}),
		},
	}
	wantResponse(t, s.get(t, "/plain"), 200, html, "<p>map[]</p>")
	wantResponse(t, s.get(t, "/typed"), 200, "text/plain", "<p>map[]</p>")
	wantResponse(t, s.get(t, "/kw/3/slug"), 200, html, "<p>map[extra:x more:true n:3 s:own]</p>")
	wantResponse(t, s.get(t, "/fails"), 403, html)
	wantResponse(t, s.do(t, "HEAD", "/plain"), 200, html)
	if w := s.do(t, "POST", "/plain"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Errorf("POST: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
	if w := s.do(t, "OPTIONS", "/plain"); w.Code != 200 || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" || w.Body.Len() != 0 {
		t.Errorf("OPTIONS: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func says(text string) web.View {
	return func(*web.Request) (*web.Response, error) { return web.Text(text), nil }
}

func TestMethods(t *testing.T) {
	t.Parallel()
	s := site{config: web.Config{Logger: quiet()}, patterns: urls.Patterns{
		urls.Path("both", views.Methods{Get: says("got"), Post: says("posted"), Delete: says("deleted")}),
		urls.Path("head", views.Methods{Get: says("got"), Head: says(""), Options: says("options")}),
		urls.Path("post", views.Methods{Post: says("posted")}),
		urls.Path("arg/<int:n>", views.Methods{
			Get: web.Arg(func(_ *web.Request, n int64) (*web.Response, error) {
				return web.Text(strings.Repeat("x", int(n))), nil
			}),
			Put: says("put"),
		}),
	}}
	tests := []struct {
		method, path string
		status       int
		allow, body  string
	}{
		{"GET", "/both", 200, "", "got"},
		{"POST", "/both", 200, "", "posted"},
		{"DELETE", "/both", 200, "", "deleted"},
		{"PUT", "/both", 405, "GET, POST, DELETE, HEAD, OPTIONS", ""},
		{"BREW", "/both", 405, "GET, POST, DELETE, HEAD, OPTIONS", ""},
		{"OPTIONS", "/both", 200, "GET, POST, DELETE, HEAD, OPTIONS", ""},
		{"OPTIONS", "/head", 200, "", "options"},
		{"GET", "/post", 405, "POST, OPTIONS", ""},
		{"HEAD", "/post", 405, "POST, OPTIONS", ""},
		{"GET", "/arg/3", 200, "", "xxx"},
		{"PUT", "/arg/3", 200, "", "put"},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			t.Parallel()
			w := s.do(t, tt.method, tt.path)
			if w.Code != tt.status || w.Header().Get("Allow") != tt.allow || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("%d, Allow %q, %q; want %d, %q, %q", w.Code, w.Header().Get("Allow"), w.Body, tt.status, tt.allow, tt.body)
			}
		})
	}
	if w := s.do(t, http.MethodHead, "/both"); w.Code != 200 {
		t.Errorf("HEAD: %d", w.Code)
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	arg := web.Arg(func(*web.Request, int64) (*web.Response, error) { return nil, nil })
	other := web.Arg(func(*web.Request, string) (*web.Response, error) { return nil, nil })
	tests := []struct {
		name string
		view views.Checker
		ids  []string
	}{
		{"template", views.Template{Name: "a.html"}, nil},
		{"no template", views.Template{}, []string{"views.E001"}},
		{"redirect", views.Redirect{URL: "/%(a)s/%20"}, nil},
		{"bad redirect", views.Redirect{URL: "/%(a"}, []string{"views.E002"}},
		{"methods", views.Methods{Get: arg, Post: arg}, nil},
		{"no methods", views.Methods{}, []string{"views.E003"}},
		{"arguments differ", views.Methods{Get: arg, Post: other}, []string{"views.E004"}},
		{"inside", views.Methods{Get: views.Template{}}, []string{"views.E001"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantIDs(t, tt.view.Check(), tt.ids)
		})
	}
	if pages := (views.Methods{Get: views.Template{Name: "a.html"}, Post: says("")}).Pages(); len(pages) != 1 || pages[0].Name() != "a.html" {
		t.Errorf("Pages = %v", pages)
	}
}

// Decorators do not hide a view from the checks.
func TestAsChecker(t *testing.T) {
	t.Parallel()
	view := views.Template{Name: "a.html"}
	for name, h := range map[string]web.Handler{
		"itself": view, "decorated": web.NeverCache(web.RequireSafe(view)), "sensitive": views.SensitivePost(view),
	} {
		c, ok := views.AsChecker(h)
		if !ok || len(c.Pages()) != 1 {
			t.Errorf("%s: AsChecker = %v, %v", name, c, ok)
		}
	}
	if _, ok := views.AsChecker(web.NeverCache(says(""))); ok {
		t.Error("a plain view is a Checker")
	}
}

func wantIDs(t *testing.T, messages []manage.Message, ids []string) {
	t.Helper()
	var got []string
	for _, m := range messages {
		got = append(got, m.ID)
		if m.Text == "" || m.Hint == "" || m.Object == "" {
			t.Errorf("message %+v is not complete", m)
		}
	}
	if strings.Join(got, " ") != strings.Join(ids, " ") {
		t.Errorf("ids = %v, want %v", got, ids)
	}
}
