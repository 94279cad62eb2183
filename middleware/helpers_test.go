package middleware_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/nuages-go/nuages/web"
)

// config is a site's configuration for tests.
func config() *web.Config {
	return &web.Config{AllowedHosts: []string{"example.com", ".example.com"}, Base: context.Background()}
}

// text is a view that answers with a plain text.
func text(body string) web.View {
	return func(*web.Request) (*web.Response, error) { return web.Text(body), nil }
}

// serve sends a request through a chain and a real response writer.
func serve(t testing.TB, cfg *web.Config, h web.Handler, req *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	if cfg == nil {
		cfg = config()
	}
	w := httptest.NewRecorder()
	web.ToHTTP(h, cfg).ServeHTTP(w, req)
	return w
}

// get makes a GET request with headers given as pairs.
func get(url string, headers ...string) *http.Request {
	return request(http.MethodGet, url, headers...)
}

func request(method, url string, headers ...string) *http.Request {
	req := httptest.NewRequest(method, url, nil)
	req.RequestURI = req.URL.RequestURI() // as a server has it
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	return req
}

// wantHeader compares one response header; "" means that it must not be there.
func wantHeader(t *testing.T, w *httptest.ResponseRecorder, name, want string) {
	t.Helper()
	if got := w.Header().Get(name); got != want {
		t.Errorf("header %s = %q, want %q", name, got, want)
	}
}

// nullWriter is a response writer that costs nothing.
type nullWriter struct{ header http.Header }

func (w *nullWriter) Header() http.Header               { return w.header }
func (w *nullWriter) Write(p []byte) (int, error)       { return len(p), nil }
func (w *nullWriter) WriteString(s string) (int, error) { return len(s), nil }
func (w *nullWriter) WriteHeader(int)                   {}

// bench measures a layer around a small page.
func bench(b *testing.B, h web.Handler, req *http.Request) {
	b.Helper()
	handler := web.ToHTTP(h, config())
	w := &nullWriter{header: make(http.Header, 16)}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		handler.ServeHTTP(w, req)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// quiet is a configuration without a log, for requests that fail on purpose.
func quiet() *web.Config {
	cfg := config()
	cfg.Logger = slog.New(slog.DiscardHandler)
	return cfg
}
