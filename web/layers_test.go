package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/web"
)

func TestFromTrustedProxy(t *testing.T) {
	t.Parallel()
	config := &web.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for addr, want := range map[string]bool{"10.1.2.3:1": true, "192.0.2.1:1": false, "@": false, "[::ffff:10.0.0.1]:1": true} {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.RemoteAddr = addr
		if got := web.NewRequest(req, config).FromTrustedProxy(); got != want {
			t.Errorf("FromTrustedProxy for %s = %v, want %v", addr, got, want)
		}
	}
}

func TestSizeAndContentLength(t *testing.T) {
	t.Parallel()
	stream := web.Stream("text/plain", func(*web.StreamWriter) error { return nil })
	own := web.Text("hello")
	own.Header().Set("Content-Length", "3")
	tests := []struct {
		name   string
		resp   *web.Response
		size   int
		header string
	}{
		{"text", web.Text("hello"), 5, "5"},
		{"bytes", web.Bytes("text/plain", []byte("hello!")), 6, "6"},
		{"empty", web.Text(""), 0, "0"},
		{"stream", stream, -1, ""},
		{"own length", own, 5, "3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if n, err := tt.resp.Size(); n != tt.size || err != nil {
				t.Errorf("Size = %d, %v, want %d", n, err, tt.size)
			}
			if err := tt.resp.SetContentLength(); err != nil {
				t.Fatal(err)
			}
			if got := tt.resp.Header().Get("Content-Length"); got != tt.header {
				t.Errorf("Content-Length = %q, want %q", got, tt.header)
			}
		})
	}
}

func TestWrapBody(t *testing.T) {
	t.Parallel()
	req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a=1"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r := web.NewRequest(req, nil)
	calls := 0
	r.WrapBody(func(inner io.ReadCloser) io.ReadCloser { calls++; return inner })
	if got := r.POST().Get("a"); got != "1" || calls != 1 {
		t.Errorf("a = %q after %d calls", got, calls)
	}
	web.NewRequest(httptest.NewRequest(http.MethodGet, "/", nil), nil).WrapBody(func(io.ReadCloser) io.ReadCloser {
		t.Error("called for a request without a body")
		return nil
	})
}

// TestContextOfCancellableSite checks that a site whose base context can be cancelled costs no goroutine for each
// context that is derived from a request's.
func TestContextOfCancellableSite(t *testing.T) { // not parallel: it counts goroutines
	base, cancel := context.WithCancel(t.Context())
	defer cancel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r := web.NewRequest(httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil), &web.Config{Base: base})
	before := runtime.NumGoroutine()
	for range 50 {
		_, cancel := context.WithCancel(r.Context())
		defer cancel()
	}
	if n := runtime.NumGoroutine(); n >= before+50 {
		t.Errorf("%d goroutines for 50 contexts", n-before)
	}
}

func TestUnsendableHeaders(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"a\r\nX: 1", "a\nb", "a\rb", "a\x00b"} {
		view := web.View(func(*web.Request) (*web.Response, error) {
			resp := web.Text("hi")
			resp.Header()["X-Bad"] = []string{value}
			return resp, nil
		})
		w := httptest.NewRecorder()
		web.ToHTTP(view, quiet).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if w.Code != http.StatusInternalServerError || w.Header().Get("X-Bad") != "" {
			t.Errorf("header %q: status = %d, header %q", value, w.Code, w.Header().Get("X-Bad"))
		}
	}
}
