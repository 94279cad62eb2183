package urls_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// text is a view that answers with a text.
func text(s string) web.View {
	return func(*web.Request) (*web.Response, error) { return web.Text(s), nil }
}

// serve sends one request through a resolver.
func serve(tb testing.TB, res *urls.Resolver, method, target string) *httptest.ResponseRecorder {
	tb.Helper()
	config := &web.Config{Base: urls.WithResolver(context.Background(), res)}
	w := httptest.NewRecorder()
	web.ToHTTP(res, config).ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func TestServe(t *testing.T) {
	t.Parallel()
	res := mustNew(t, urls.Patterns{
		urls.Path("", text("home")),
		urls.Path("article/<int:pk>/", web.Arg(func(_ *web.Request, pk int64) (*web.Response, error) {
			return web.Text(fmt.Sprint("article ", pk)), nil
		})),
		urls.Path("small/<int:n>/", web.Arg(func(_ *web.Request, n uint8) (*web.Response, error) {
			return web.Text(fmt.Sprint("small ", n)), nil
		})),
		urls.Path("small/<int:n>/", web.Arg(func(_ *web.Request, n *big.Int) (*web.Response, error) {
			return web.Text(fmt.Sprint("big ", n)), nil
		})),
		urls.Path("tag/<slug:tag>/<int:page>/", web.Arg2(func(_ *web.Request, tag string, page int) (*web.Response, error) {
			return web.Text(fmt.Sprint(tag, " ", page)), nil
		})),
		urls.Path("list/", web.Arg(page)),
		urls.Path("list/<int:page>/", web.Arg(page)),
		urls.Path("any/<int:n>/", web.View(func(r *web.Request) (*web.Response, error) {
			n, _ := r.Match.Kwarg("n")
			return web.Text(fmt.Sprintf("%T %v %s", n, n, r.PathValue("n"))), nil
		})),
		urls.Path("uuid/<uuid:id>/", web.Arg(func(_ *web.Request, id [16]byte) (*web.Response, error) {
			return web.Text(web.UUID(id).String()), nil
		})),
		urls.Path("three/<a>/<b>/<c>/", web.Arg3(func(_ *web.Request, a, b, c string) (*web.Response, error) {
			return web.Text(a + b + c), nil
		})),
	}, urls.Options{})
	tests := []struct {
		path   string
		status int
		body   string
	}{
		{"/", 200, "home"},
		{"/article/42/", 200, "article 42"},
		{"/article/9223372036854775807/", 200, "article 9223372036854775807"},
		{"/article/9223372036854775808/", 404, ""},
		{"/article/" + strings.Repeat("9", 5000) + "/", 404, ""},
		{"/small/255/", 200, "small 255"},
		{"/small/256/", 200, "big 256"},
		{"/small/99999999999999999999/", 200, "big 99999999999999999999"},
		{"/tag/go/3/", 200, "go 3"},
		{"/list/", 200, "page none"},
		{"/list/7/", 200, "page 7"},
		{"/any/007/", 200, "int64 7 007"},
		{"/any/99999999999999999999/", 200, "*big.Int 99999999999999999999 99999999999999999999"},
		{"/uuid/12345678-1234-1234-1234-123456789abc/", 200, "12345678-1234-1234-1234-123456789abc"},
		{"/three/x/y/z/", 200, "xyz"},
		{"/nowhere", 404, ""},
	}
	for _, tt := range tests {
		w := serve(t, res, "GET", tt.path)
		if w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body {
			t.Errorf("GET %.60s = %d %q, want %d %q", tt.path, w.Code, w.Body, tt.status, tt.body)
		}
	}
}

// page is a view with an optional argument.
func page(_ *web.Request, n *int64) (*web.Response, error) {
	if n == nil {
		return web.Text("page none"), nil
	}
	return web.Text(fmt.Sprint("page ", *n)), nil
}

func TestMethods(t *testing.T) {
	t.Parallel()
	res := mustNew(t, urls.Patterns{
		urls.Path("a/", text("list"), urls.Methods("GET")),
		urls.Path("a/", text("create"), urls.Methods("post", "PUT")),
		urls.Path("b/", text("only"), urls.Methods("GET")),
		urls.Path("b/", text("rest")),
		urls.Path("o/", text("own"), urls.Methods("GET", "OPTIONS")),
		urls.Include("sub/", urls.Patterns{urls.Path("", text("sub"))}, urls.Methods("DELETE")),
	}, urls.Options{})
	tests := []struct {
		method, path string
		status       int
		body, allow  string
	}{
		{"GET", "/a/", 200, "list", ""},
		{"HEAD", "/a/", 200, "", ""},
		{"POST", "/a/", 200, "create", ""},
		{"PUT", "/a/", 200, "create", ""},
		{"DELETE", "/a/", 405, "", "GET, HEAD, OPTIONS, POST, PUT"},
		{"OPTIONS", "/a/", 200, "", "GET, HEAD, OPTIONS, POST, PUT"},
		{"GET", "/b/", 200, "only", ""},
		{"POST", "/b/", 200, "rest", ""},
		{"OPTIONS", "/o/", 200, "own", ""},
		{"DELETE", "/sub/", 200, "sub", ""},
		{"GET", "/sub/", 405, "", "DELETE, OPTIONS"},
		{"DELETE", "/nowhere/", 404, "", ""},
	}
	for _, tt := range tests {
		w := serve(t, res, tt.method, tt.path)
		if w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body || w.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s = %d %q Allow %q, want %d %q Allow %q", tt.method, tt.path, w.Code, w.Body, w.Header().Get("Allow"), tt.status, tt.body, tt.allow)
		}
	}
	var m web.Match
	if !res.Lookup("/a/", &m) {
		t.Error("Lookup must not look at methods")
	}
}

// tracer is a middleware that writes down when it is made and when it is passed.
func tracer(log *[]string, name string) web.Middleware {
	return func(next web.Handler) web.Handler {
		*log = append(*log, "make "+name)
		return web.View(func(r *web.Request) (*web.Response, error) {
			*log = append(*log, name)
			r.OnView(func(*web.Request) (*web.Response, error) {
				*log = append(*log, "view hook of "+name)
				return nil, nil
			})
			return next.Serve(r)
		})
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	var log []string
	res := mustNew(t, urls.Patterns{
		urls.Include("admin/", urls.Patterns{
			urls.Path("a/", text("a")),
			urls.Path("b/", text("b"), urls.With(tracer(&log, "inner"))),
			urls.Include("c/", urls.Patterns{urls.Path("d/", text("d"))}, urls.With(tracer(&log, "deep"))),
		}, urls.With(tracer(&log, "one"), tracer(&log, "two"))),
		urls.Path("plain/", text("plain")),
	}, urls.Options{})
	made := slices.Clone(log)
	slices.Sort(made)
	if want := []string{"make deep", "make inner", "make one", "make two"}; !slices.Equal(made, want) {
		t.Fatalf("composed %q, want each once: %q", made, want)
	}
	tests := []struct{ path, want string }{
		{"/admin/a/", "one two view hook of one view hook of two"},
		{"/admin/b/", "one two inner view hook of one view hook of two view hook of inner"},
		{"/admin/c/d/", "one two deep view hook of one view hook of two view hook of deep"},
		{"/plain/", ""},
	}
	for _, tt := range tests {
		log = nil
		if w := serve(t, res, "GET", tt.path); w.Code != 200 {
			t.Errorf("GET %s = %d", tt.path, w.Code)
		}
		if got := strings.Join(log, " "); got != tt.want {
			t.Errorf("GET %s passed %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestHandlerErrorInsideWith(t *testing.T) {
	t.Parallel()
	var status int
	watch := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			resp, err := next.Serve(r)
			if resp != nil {
				status = resp.Status
			}
			return resp, err
		})
	}
	res := mustNew(t, urls.Patterns{
		urls.Path("x/", web.View(func(*web.Request) (*web.Response, error) { return nil, web.Forbidden("no") }), urls.With(watch)),
	}, urls.Options{})
	if w := serve(t, res, "GET", "/x/"); w.Code != 403 || status != 403 {
		t.Errorf("status %d, the middleware saw %d; want 403", w.Code, status)
	}
}

func TestOverride(t *testing.T) {
	t.Parallel()
	other := mustNew(t, urls.Patterns{urls.Path("x/", text("other"), urls.Name("x"))}, urls.Options{})
	res := mustNew(t, urls.Patterns{urls.Path("y/", text("site"), urls.Name("x"))}, urls.Options{})
	override := web.Compose(res, func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			r.SetContext(urls.WithResolver(r.Context(), other))
			return next.Serve(r)
		})
	})
	w := httptest.NewRecorder()
	config := &web.Config{Base: urls.WithResolver(context.Background(), res)}
	web.ToHTTP(override, config).ServeHTTP(w, httptest.NewRequest("GET", "/x/", nil))
	if w.Body.String() != "other" {
		t.Errorf("the request's own table was not used: %d %q", w.Code, w.Body)
	}
}

func TestScriptPrefix(t *testing.T) {
	t.Parallel()
	res := mustNew(t, urls.Patterns{
		urls.Path("a/<str:x>/", text("a"), urls.Name("a")),
		urls.Path("<path:p>", text("p"), urls.Name("p")),
	}, urls.Options{ScriptPrefix: "/my app"})
	if w := serve(t, res, "GET", "/my%20app/a/b/"); w.Code != 200 {
		t.Errorf("GET below the prefix = %d", w.Code)
	}
	ctx := urls.WithResolver(context.Background(), res)
	tests := []struct {
		name string
		ctx  context.Context
		want string
	}{
		{"the resolver's", ctx, "/my%20app/a/b/"},
		{"the context's", urls.WithScriptPrefix(ctx, "/100%"), "/100%25/a/b/"},
		{"none", urls.WithScriptPrefix(ctx, "/"), "/a/b/"},
	}
	for _, tt := range tests {
		if got, err := urls.Reverse(tt.ctx, "a", "b"); got != tt.want || err != nil {
			t.Errorf("%s prefix: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	if got, err := urls.Reverse(urls.WithScriptPrefix(ctx, "/"), "p", "/evil.example"); got != "/%2Fevil.example" || err != nil {
		t.Errorf("a URL with another host: %q, %v", got, err)
	}
}

func TestErrorHandlers(t *testing.T) {
	t.Parallel()
	view := func(*web.Request, error) (*web.Response, error) { return web.Text("lost"), nil }
	res := mustNew(t, urls.Patterns{urls.ErrorHandler(404, view)}, urls.Options{})
	if res.ErrorHandlerFor(404) == nil || res.ErrorHandlerFor(500) != nil {
		t.Error("ErrorHandlerFor does not give what was declared")
	}
	_, err := urls.New(urls.Patterns{urls.Include("a/", urls.Patterns{urls.ErrorHandler(404, view)})}, urls.Options{})
	if err == nil {
		t.Error("an error handler in an include was accepted")
	}
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	res := mustNew(t, urls.Patterns{
		urls.Path("a/", text("a"), urls.Name("a")),
		urls.Include("blog/", urls.Patterns{urls.AppName("blog"), urls.Path("<int:pk>/", text("p"), urls.Name("post")), urls.RePath("^x$", text("x"))}),
		urls.Include("other/", urls.Patterns{urls.Path("z/", text("z"))}),
	}, urls.Options{})
	var m web.Match
	err := res.Resolve("/blog/nope/", &m)
	missing, ok := errors.AsType[*urls.NotFoundError](err)
	if !ok || web.StatusOf(err) != http.StatusNotFound || missing.Path != "/blog/nope/" {
		t.Fatalf("Resolve = %v", err)
	}
	want := []urls.TriedPattern{
		{Parts: []string{"a/"}, Name: "a"},
		{Parts: []string{"blog/", "<int:pk>/"}, Name: "blog:post"},
		{Parts: []string{"blog/", "^x$"}},
		{Parts: []string{"other/"}},
	}
	if got := missing.Tried(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("Tried() = %v, want %v", got, want)
	}
}

// version is a converter's own type.
type version struct{ major, minor int }

func versionConverter() urls.Converter {
	return urls.NewConverter(`v[0-9]+\.[0-9]+`, func(text string) (version, error) {
		var v version
		_, err := fmt.Sscanf(text, "v%d.%d", &v.major, &v.minor)
		switch {
		case v.major == 13:
			return v, errors.New("there is no such version")
		case v.major == 66:
			return v, urls.Fail(errors.New("the database of versions is gone"))
		}
		return v, err
	}, func(v version) (string, error) {
		if v.major < 0 {
			return "", errors.New("negative")
		}
		return fmt.Sprintf("v%d.%d", v.major, v.minor), nil
	})
}

func TestConverter(t *testing.T) {
	t.Parallel()
	res := mustNew(t, urls.Patterns{
		urls.Path("api/<ver:v>/x/", web.Arg(func(_ *web.Request, v version) (*web.Response, error) {
			return web.Text(fmt.Sprint(v.major, "-", v.minor)), nil
		}), urls.Name("x")),
		urls.Path("api/<str:any>/x/", text("any")),
		urls.Include("own/", urls.Patterns{
			urls.WithConverter("v2", versionConverter()),
			urls.Include("<v2:v>/", urls.Patterns{urls.Path("y/", text("y"))}),
		}),
	}, urls.Options{Converters: map[string]urls.Converter{"ver": versionConverter()}})
	tests := []struct {
		path   string
		status int
		body   string
	}{
		{"/api/v1.2/x/", 200, "1-2"},
		{"/api/v1/x/", 200, "any"},
		{"/api/v13.0/x/", 200, "any"},
		{"/api/v66.0/x/", 500, ""},
		{"/own/v3.4/y/", 200, "y"},
		{"/own/v13.4/y/", 404, ""},
	}
	for _, tt := range tests {
		w := serve(t, res, "GET", tt.path)
		if w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body {
			t.Errorf("GET %s = %d %q, want %d %q", tt.path, w.Code, w.Body, tt.status, tt.body)
		}
	}
	ctx := urls.WithResolver(context.Background(), res)
	if got, err := urls.Reverse(ctx, "x", version{2, 5}); got != "/api/v2.5/x/" {
		t.Errorf("Reverse = %q, %v", got, err)
	}
	for _, arg := range []any{version{-1, 0}, "v1.2"} {
		if got, err := urls.Reverse(ctx, "x", arg); err == nil {
			t.Errorf("Reverse(%v) = %q, want an error", arg, got)
		}
	}
}

// TestSlowPatterns: no path keeps the resolver busy.
func TestSlowPatterns(t *testing.T) {
	t.Parallel()
	res := mustNew(t, urls.Patterns{
		urls.RePath(`^(?=x)x(a+)+\1$`, text("slow")),
		urls.RePath(`^(a+)+b$`, text("re2")),
		urls.Path("<slug:a>-<slug:b>-<slug:c>-<int:d>/<path:p>/<path:q>/end", text("many")),
		urls.Path("<path:a>/<path:b>/<path:c>/<path:d>/x", text("many")),
	}, urls.Options{MatchTimeout: 50 * time.Millisecond})
	for _, path := range []string{
		"/x" + strings.Repeat("a", 60) + "b",
		"/" + strings.Repeat("a", 100_000),
		"/" + strings.Repeat("a-", 100_000),
		"/" + strings.Repeat("a-1/", 100_000),
		"/" + strings.Repeat("/", 200_000),
	} {
		start := time.Now()
		var m web.Match
		err := res.Resolve(path, &m)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%.20s… (%d bytes) took %v (%v)", path, len(path), took, err)
		}
	}
	var m web.Match
	if err := res.Resolve("/x"+strings.Repeat("a", 60)+"b", &m); web.StatusOf(err) != http.StatusBadRequest {
		t.Errorf("a match that takes too long: %v, want a 400", err)
	}
}

func TestAllocations(t *testing.T) {
	res := mustNew(t, benchTable(1000), urls.Options{})
	var m web.Match
	for _, path := range []string{"/section7/static/page/", "/section7/5/", "/section7/5/slug/", "/section7/2026/11/slug/", "/section7/2026/11/slug/tab/", "/twig/a-b-c-12/", "/passed/by/", "/nowhere/"} {
		if n := testing.AllocsPerRun(100, func() { res.Lookup(path, &m) }); n != 0 {
			t.Errorf("Lookup(%s): %v allocations, want 0", path, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() { m = web.Match{}; res.Lookup("/long/a/b/c/d/e/", &m) }); n > 1 {
		t.Errorf("Lookup with five arguments: %v allocations, want 1", n)
	}
	ctx := reverseContext(t)
	if n := testing.AllocsPerRun(100, func() { _, _ = detail.Reverse(ctx, 123456) }); n > 1 {
		t.Errorf("Name1.Reverse: %v allocations, want 1", n)
	}
	home := urls.Name0("news:home")
	if n := testing.AllocsPerRun(100, func() { _, _ = home.Reverse(ctx) }); n > 0 {
		t.Errorf("Name0.Reverse: %v allocations, want 0", n)
	}
}
