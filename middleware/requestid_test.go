package middleware_test

import (
	"bytes"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func TestRequestID(t *testing.T) {
	t.Parallel()
	fixed := func() string { return "made" }
	tests := []struct {
		name   string
		opts   middleware.RequestIDOptions
		proxy  string
		header []string
		want   string
	}{
		{"made", middleware.RequestIDOptions{Generate: fixed}, "", nil, "made"},
		{"not from a proxy", middleware.RequestIDOptions{Generate: fixed}, "", []string{"X-Request-ID", "abc"}, "made"},
		{"from a proxy", middleware.RequestIDOptions{Generate: fixed}, "192.0.2.0/24", []string{"X-Request-ID", "abc-1.2"}, "abc-1.2"},
		{"other proxy", middleware.RequestIDOptions{Generate: fixed}, "198.51.100.0/24", []string{"X-Request-ID", "abc"}, "made"},
		{"odd characters", middleware.RequestIDOptions{Generate: fixed}, "192.0.2.0/24", []string{"X-Request-ID", "a\"b"}, "made"},
		{"too long", middleware.RequestIDOptions{Generate: fixed}, "192.0.2.0/24", []string{"X-Request-ID", strings.Repeat("a", 129)}, "made"},
		{"own rule", middleware.RequestIDOptions{Generate: fixed, Trust: func(*web.Request) bool { return true }}, "", []string{"X-Request-ID", "abc"}, "abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			if tt.proxy != "" {
				cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(tt.proxy)}
			}
			view := web.View(func(r *web.Request) (*web.Response, error) {
				return web.Text(middleware.RequestIDOf(r) + " " + middleware.RequestIDFrom(r.Context())), nil
			})
			w := serve(t, cfg, web.Compose(view, middleware.RequestID(tt.opts)), get("http://example.com/", tt.header...))
			wantHeader(t, w, "X-Request-Id", tt.want)
			if got, want := w.Body.String(), tt.want+" "+tt.want; got != want {
				t.Errorf("in the view = %q, want %q", got, want)
			}
		})
	}
}

func TestRequestIDIsRandom(t *testing.T) {
	t.Parallel()
	chain := web.Compose(text("hi"), middleware.RequestID(middleware.RequestIDOptions{Header: "x-trace"}))
	a := serve(t, nil, chain, get("http://example.com/")).Header().Get("X-Trace")
	b := serve(t, nil, chain, get("http://example.com/")).Header().Get("X-Trace")
	if len(a) != 32 || len(b) != 32 || a == b {
		t.Errorf("ids = %q, %q: want two of 32 digits", a, b)
	}
}

func TestLogHandler(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(middleware.LogHandler(slog.NewTextHandler(&out, nil))).With("app", "news")
	view := web.View(func(r *web.Request) (*web.Response, error) {
		logger.InfoContext(r.Context(), "hello")
		return web.Text("hi"), nil
	})
	made := middleware.RequestIDOptions{Generate: func() string { return "made" }}
	serve(t, nil, web.Compose(view, middleware.RequestID(made)), get("http://example.com/"))
	if got := out.String(); !strings.Contains(got, "msg=hello app=news request_id=made\n") {
		t.Errorf("record = %q", got)
	}
}

func BenchmarkRequestID(b *testing.B) {
	bench(b, web.Compose(text("hi"), middleware.RequestID(middleware.RequestIDOptions{})), get("http://example.com/"))
}
