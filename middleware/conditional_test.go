package middleware_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

const helloTag = `"5d41402abc4b2a76b9719d911017c592"` // MD5 of "hello"

func TestConditionalGet(t *testing.T) {
	t.Parallel()
	const date, before, after = "Thu, 01 Jan 2026 00:00:00 GMT", "Wed, 31 Dec 2025 00:00:00 GMT", "Fri, 02 Jan 2026 00:00:00 GMT"
	tests := []struct {
		name    string
		method  string
		set     []string // response headers
		headers []string
		status  int
		etag    string
	}{
		{"tag", "GET", nil, nil, 200, helloTag},
		{"no tag for HEAD", "HEAD", nil, nil, 200, ""},
		{"no tag for POST", "POST", nil, nil, 200, ""},
		{"no-store", "GET", []string{"Cache-Control", "private, No-Store"}, nil, 200, ""},
		{"own tag", "GET", []string{"ETag", `"own"`}, nil, 200, `"own"`},
		{"none match", "GET", nil, []string{"If-None-Match", helloTag}, 304, helloTag},
		{"none match weak", "GET", nil, []string{"If-None-Match", "W/" + helloTag}, 304, helloTag},
		{"none match star", "GET", nil, []string{"If-None-Match", "*"}, 304, helloTag},
		{"none match list", "GET", nil, []string{"If-None-Match", `"x", ` + helloTag}, 304, helloTag},
		{"none match two lines", "GET", nil, []string{"If-None-Match", `"x"`, "If-None-Match", helloTag}, 304, helloTag},
		{"none match other", "GET", nil, []string{"If-None-Match", `"x"`}, 200, helloTag},
		{"match", "GET", nil, []string{"If-Match", helloTag}, 200, helloTag},
		{"match other", "GET", nil, []string{"If-Match", `"x"`}, 412, ""},
		{"match weak", "GET", []string{"ETag", `W/"own"`}, []string{"If-Match", `W/"own"`}, 412, ""},
		{"match before date", "GET", []string{"Last-Modified", date}, []string{"If-Match", helloTag, "If-Unmodified-Since", before}, 200, helloTag},
		{"not modified since", "GET", []string{"Last-Modified", date}, []string{"If-Modified-Since", date}, 304, helloTag},
		{"modified since", "GET", []string{"Last-Modified", date}, []string{"If-Modified-Since", before}, 200, helloTag},
		{"tag before date", "GET", []string{"Last-Modified", date}, []string{"If-None-Match", `"x"`, "If-Modified-Since", after}, 200, helloTag},
		{"unmodified since", "GET", []string{"Last-Modified", date}, []string{"If-Unmodified-Since", before}, 412, ""},
		{"junk date", "GET", []string{"Last-Modified", date}, []string{"If-Modified-Since", "junk"}, 200, helloTag},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			view := web.View(func(*web.Request) (*web.Response, error) {
				resp := web.Text("hello")
				resp.SetCookie(web.Cookie{Name: "c", Value: "v"})
				for i := 0; i < len(tt.set); i += 2 {
					resp.Header().Set(tt.set[i], tt.set[i+1])
				}
				return resp, nil
			})
			w := serve(t, nil, web.Compose(view, middleware.ConditionalGet()), request(tt.method, "http://example.com/", tt.headers...))
			if w.Code != tt.status {
				t.Errorf("status = %d, want %d", w.Code, tt.status)
			}
			wantHeader(t, w, "ETag", tt.etag)
			if tt.status == http.StatusNotModified {
				if w.Body.Len() > 0 || w.Header().Get("Content-Type") != "" {
					t.Errorf("304 with body %q and content type %q", w.Body, w.Header().Get("Content-Type"))
				}
				if w.Header().Get("Set-Cookie") == "" {
					t.Error("304 lost its cookies")
				}
			}
		})
	}
}

func TestConditionalGetLeavesErrorsAlone(t *testing.T) {
	t.Parallel()
	view := web.View(func(*web.Request) (*web.Response, error) { return nil, web.NotFound("no") })
	w := serve(t, nil, web.Compose(view, middleware.ConditionalGet()), get("http://example.com/", "If-None-Match", "*"))
	if w.Code != http.StatusNotFound {
		t.Errorf("status = %d, want 404", w.Code)
	}
}

func TestConditionalGetStream(t *testing.T) {
	t.Parallel()
	view := web.View(func(*web.Request) (*web.Response, error) {
		return web.Stream("text/plain", func(w *web.StreamWriter) error { _, err := w.WriteString("hello"); return err }), nil
	})
	w := serve(t, nil, web.Compose(view, middleware.ConditionalGet()), get("http://example.com/"))
	wantHeader(t, w, "ETag", "")
	if w.Body.String() != "hello" {
		t.Errorf("body = %q", w.Body)
	}
}

func TestConditionalPage(t *testing.T) {
	t.Parallel()
	w := serve(t, nil, web.Compose(middleware.ConditionalPage(text("hello"))), get("http://example.com/", "If-None-Match", helloTag))
	if w.Code != http.StatusNotModified {
		t.Errorf("status = %d, want 304", w.Code)
	}
}

func BenchmarkConditionalGet(b *testing.B) {
	b.Run("page of 4 KiB", func(b *testing.B) {
		bench(b, web.Compose(text(strings.Repeat("x", 4096)), middleware.ConditionalGet()), get("http://example.com/"))
	})
	b.Run("not modified", func(b *testing.B) {
		bench(b, web.Compose(text("hello"), middleware.ConditionalGet()), get("http://example.com/", "If-None-Match", helloTag))
	})
}
