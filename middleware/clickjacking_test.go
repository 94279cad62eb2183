package middleware_test

import (
	"testing"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func TestClickjacking(t *testing.T) {
	t.Parallel()
	own := web.View(func(*web.Request) (*web.Response, error) {
		resp := web.Text("hi")
		resp.Header().Set("X-Frame-Options", "ALLOWALL")
		return resp, nil
	})
	failing := web.View(func(*web.Request) (*web.Response, error) { return nil, web.NotFound("no") })
	tests := []struct {
		name string
		opts middleware.ClickjackingOptions
		view web.Handler
		want string
	}{
		{"default", middleware.ClickjackingOptions{}, text("hi"), "DENY"},
		{"same origin", middleware.ClickjackingOptions{FrameOptions: "sameorigin"}, text("hi"), "SAMEORIGIN"},
		{"own header", middleware.ClickjackingOptions{}, own, "ALLOWALL"},
		{"exempt", middleware.ClickjackingOptions{}, middleware.FrameExempt(text("hi")), ""},
		{"exempt view that fails", middleware.ClickjackingOptions{}, middleware.FrameExempt(failing), "DENY"},
		{"view denies", middleware.ClickjackingOptions{FrameOptions: "SAMEORIGIN"}, middleware.FrameDeny(text("hi")), "DENY"},
		{"view allows its origin", middleware.ClickjackingOptions{}, middleware.FrameSameOrigin(text("hi")), "SAMEORIGIN"},
		{"off", middleware.ClickjackingOptions{FrameOptions: middleware.Omit}, text("hi"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := serve(t, nil, web.Compose(tt.view, middleware.Clickjacking(tt.opts)), get("http://example.com/"))
			wantHeader(t, w, "X-Frame-Options", tt.want)
		})
	}
}

func TestDecoratorsKeepTheName(t *testing.T) {
	t.Parallel()
	view := text("hi")
	want := web.HandlerName(view)
	for _, h := range []web.Handler{
		middleware.FrameExempt(view), middleware.FrameDeny(view), middleware.NoAppendSlash(view), middleware.GzipPage(view),
		middleware.ConditionalPage(view), middleware.CSPOverride(nil)(view), middleware.CSPReportOnlyOverride(nil)(view),
	} {
		if got := web.HandlerName(h); got != want {
			t.Errorf("HandlerName = %q, want %q", got, want)
		}
	}
}

func BenchmarkClickjacking(b *testing.B) {
	bench(b, web.Compose(text("hi"), middleware.Clickjacking(middleware.ClickjackingOptions{})), get("http://example.com/"))
}
