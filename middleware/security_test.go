package middleware_test

import (
	"crypto/tls"
	"regexp"
	"testing"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		opts   middleware.SecurityOptions
		secure bool
		want   map[string]string
	}{
		{"defaults", middleware.SecurityOptions{}, false, map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "",
			"Permissions-Policy": "",
		}},
		{"all left out", middleware.SecurityOptions{AllowSniffing: true, ReferrerPolicy: middleware.Omit, OpenerPolicy: middleware.Omit}, false, map[string]string{
			"X-Content-Type-Options": "", "Referrer-Policy": "", "Cross-Origin-Opener-Policy": "",
		}},
		{"policy list", middleware.SecurityOptions{ReferrerPolicy: "a, b"}, false, map[string]string{"Referrer-Policy": "a,b"}},
		{"permissions", middleware.SecurityOptions{PermissionsPolicy: "camera=()"}, false, map[string]string{"Permissions-Policy": "camera=()"}},
		{"hsts on http", middleware.SecurityOptions{HSTS: time.Minute}, false, map[string]string{"Strict-Transport-Security": ""}},
		{"hsts", middleware.SecurityOptions{HSTS: time.Minute}, true, map[string]string{"Strict-Transport-Security": "max-age=60"}},
		{"hsts in full", middleware.SecurityOptions{HSTS: time.Minute, HSTSIncludeSubdomains: true, HSTSPreload: true}, true, map[string]string{
			"Strict-Transport-Security": "max-age=60; includeSubDomains; preload",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req := get("http://example.com/x")
			if tt.secure {
				req.TLS = new(tls.ConnectionState)
			}
			w := serve(t, nil, web.Compose(text("hi"), middleware.Security(tt.opts)), req)
			for name, want := range tt.want {
				wantHeader(t, w, name, want)
			}
		})
	}
}

func TestSecurityKeepsHeaders(t *testing.T) {
	t.Parallel()
	view := web.View(func(*web.Request) (*web.Response, error) {
		resp := web.Text("hi")
		resp.Header().Set("Referrer-Policy", "origin")
		return resp, nil
	})
	w := serve(t, nil, web.Compose(view, middleware.Security(middleware.SecurityOptions{})), get("http://example.com/"))
	wantHeader(t, w, "Referrer-Policy", "origin")
}

func TestSecurityRedirect(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		opts     middleware.SecurityOptions
		url      string
		secure   bool
		status   int
		location string
	}{
		{"off", middleware.SecurityOptions{}, "http://example.com/x?a=1", false, 200, ""},
		{"on", middleware.SecurityOptions{SSLRedirect: true}, "http://example.com/x?a=1", false, 301, "https://example.com/x?a=1"},
		{"secure already", middleware.SecurityOptions{SSLRedirect: true}, "http://example.com/x", true, 200, ""},
		{"other host", middleware.SecurityOptions{SSLRedirect: true, SSLHost: "s.example.com"}, "http://example.com/x", false, 301, "https://s.example.com/x"},
		{"exempt", middleware.SecurityOptions{SSLRedirect: true, RedirectExempt: []*regexp.Regexp{regexp.MustCompile(`^x/`)}}, "http://example.com/x/y", false, 200, ""},
		{"not exempt", middleware.SecurityOptions{SSLRedirect: true, RedirectExempt: []*regexp.Regexp{regexp.MustCompile(`^x/`)}}, "http://example.com/y/x/", false, 301, "https://example.com/y/x/"},
		{"bad host", middleware.SecurityOptions{SSLRedirect: true}, "http://evil.test/x", false, 400, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req := get(tt.url)
			if tt.secure {
				req.TLS = new(tls.ConnectionState)
			}
			w := serve(t, nil, web.Compose(text("hi"), middleware.Security(tt.opts)), req)
			if w.Code != tt.status {
				t.Errorf("status = %d, want %d", w.Code, tt.status)
			}
			wantHeader(t, w, "Location", tt.location)
		})
	}
}

func BenchmarkSecurity(b *testing.B) {
	bench(b, web.Compose(text("hi"), middleware.Security(middleware.SecurityOptions{HSTS: time.Hour})), get("http://example.com/"))
}
