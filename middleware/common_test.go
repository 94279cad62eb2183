package middleware_test

import (
	"context"
	"net/http"
	"regexp"
	"testing"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// site is a chain of Common around URL patterns.
func site(t testing.TB, cfg *web.Config, opts middleware.CommonOptions, patterns urls.Patterns) (*web.Chain, *web.Config) {
	t.Helper()
	resolver, err := urls.New(patterns, urls.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if cfg == nil {
		cfg = config()
	}
	cfg.Base = urls.WithResolver(context.Background(), resolver)
	return web.Compose(resolver, middleware.Common(opts)), cfg
}

func TestCommonAppendSlash(t *testing.T) {
	t.Parallel()
	patterns := urls.Patterns{
		urls.Path("a/", text("a")),
		urls.Path("noslash", text("noslash")),
		urls.Path("fixed/", middleware.NoAppendSlash(text("fixed"))),
		urls.Path("wrapped/", middleware.FrameDeny(middleware.NoAppendSlash(text("wrapped")))),
		urls.Path("gone/", web.View(func(*web.Request) (*web.Response, error) { return nil, web.NotFound("gone") })),
		urls.Path("<path:p>/end/", text("p")),
	}
	tests := []struct {
		name     string
		opts     middleware.CommonOptions
		debug    bool
		method   string
		url      string
		status   int
		location string
	}{
		{"resolves", middleware.CommonOptions{}, false, "GET", "/a/", 200, ""},
		{"appended", middleware.CommonOptions{}, false, "GET", "/a", 301, "/a/"},
		{"query kept", middleware.CommonOptions{}, false, "GET", "/a?x=1&y=%20", 301, "/a/?x=1&y=%20"},
		{"post", middleware.CommonOptions{}, false, "POST", "/a", 301, "/a/"},
		{"post in debug", middleware.CommonOptions{}, true, "POST", "/a", 500, ""},
		{"get in debug", middleware.CommonOptions{}, true, "GET", "/a", 301, "/a/"},
		{"without slash resolves", middleware.CommonOptions{}, false, "GET", "/noslash", 200, ""},
		{"neither resolves", middleware.CommonOptions{}, false, "GET", "/nowhere", 404, ""},
		{"with slash resolves to 404", middleware.CommonOptions{}, false, "GET", "/gone/", 404, ""},
		{"turned off", middleware.CommonOptions{NoAppendSlash: true}, false, "GET", "/a", 404, ""},
		{"marked view", middleware.CommonOptions{}, false, "GET", "/fixed", 404, ""},
		{"marked view inside a decorator", middleware.CommonOptions{}, false, "GET", "/wrapped", 404, ""},
		{"no other host", middleware.CommonOptions{}, false, "GET", "//evil.test/end", 301, "/%2Fevil.test/end/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			cfg.Debug = tt.debug
			chain, cfg := site(t, cfg, tt.opts, patterns)
			req := request(tt.method, "http://example.com/")
			u, err := req.URL.Parse("http://example.com" + tt.url)
			if err != nil {
				t.Fatal(err)
			}
			req.URL = u
			w := serve(t, cfg, chain, req)
			if w.Code != tt.status {
				t.Errorf("status = %d, want %d", w.Code, tt.status)
			}
			wantHeader(t, w, "Location", tt.location)
		})
	}
}

func TestCommonAppendSlashInTheRequestsLanguage(t *testing.T) {
	t.Parallel()
	resolver, err := urls.New(urls.Patterns{urls.I18n(urls.Patterns{urls.Path("a/", text("a"))})}, urls.Options{
		LanguageCode: "en",
		Language: func(ctx context.Context) string {
			r, _ := web.FromContext(ctx)
			return r.Header.Get("X-Language")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := quiet()
	cfg.Base = urls.WithResolver(context.Background(), resolver)
	chain := web.Compose(resolver, middleware.Common(middleware.CommonOptions{}))
	wantHeader(t, serve(t, cfg, chain, get("http://example.com/de/a", "X-Language", "de")), "Location", "/de/a/")
	wantHeader(t, serve(t, cfg, chain, get("http://example.com/de/a", "X-Language", "en")), "Location", "")
}

func TestCommonPrependWWW(t *testing.T) {
	t.Parallel()
	chain, cfg := site(t, nil, middleware.CommonOptions{PrependWWW: true}, urls.Patterns{urls.Path("a/", text("a"))})
	for url, want := range map[string]string{
		"http://example.com/a/?x=1":    "http://www.example.com/a/?x=1",
		"http://example.com/a?x=1":     "http://www.example.com/a/?x=1",
		"http://example.com/nowhere":   "http://www.example.com/nowhere",
		"http://www.example.com/a/":    "",
		"http://example.com:8000/a/":   "http://www.example.com:8000/a/",
		"http://sub.example.com/other": "http://www.sub.example.com/other",
	} {
		w := serve(t, cfg, chain, get(url))
		wantHeader(t, w, "Location", want)
	}
}

func TestCommonRefuses(t *testing.T) {
	t.Parallel()
	opts := middleware.CommonOptions{DisallowedUserAgents: []*regexp.Regexp{regexp.MustCompile(`(?i)bad.?bot`)}}
	chain, cfg := site(t, nil, opts, urls.Patterns{urls.Path("", text("home"))})
	if w := serve(t, cfg, chain, get("http://example.com/", "User-Agent", "the BadBot 1.0")); w.Code != http.StatusForbidden {
		t.Errorf("bad robot: status = %d, want 403", w.Code)
	}
	if w := serve(t, cfg, chain, get("http://evil.test/")); w.Code != http.StatusBadRequest {
		t.Errorf("unknown host: status = %d, want 400", w.Code)
	}
	w := serve(t, cfg, chain, get("http://example.com/", "User-Agent", "Mozilla/5.0"))
	if w.Code != http.StatusOK {
		t.Errorf("status = %d, want 200", w.Code)
	}
	wantHeader(t, w, "Content-Length", "4")
}

func BenchmarkCommon(b *testing.B) {
	chain, cfg := site(b, nil, middleware.CommonOptions{}, urls.Patterns{urls.Path("", text("home"))})
	handler := web.ToHTTP(chain, cfg)
	req := get("http://example.com/")
	w := &nullWriter{header: make(http.Header, 16)}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		handler.ServeHTTP(w, req)
	}
}
