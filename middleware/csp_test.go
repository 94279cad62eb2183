package middleware_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		policy middleware.Policy
		nonce  string
		want   string
	}{
		{"empty", nil, "", ""},
		{"in order", middleware.Policy{{"img-src", []string{middleware.CSPSelf, "data:"}}, {"default-src", []string{middleware.CSPSelf}}}, "", "img-src 'self' data:; default-src 'self'"},
		{"bare", middleware.Policy{{"default-src", []string{middleware.CSPNone}}, {"upgrade-insecure-requests", nil}}, "", "default-src 'none'; upgrade-insecure-requests"},
		{"left out", middleware.Policy{{"script-src", []string{}}, {"default-src", []string{middleware.CSPSelf}}}, "", "default-src 'self'"},
		{"nonce unused", middleware.Policy{{"script-src", []string{middleware.CSPSelf, middleware.CSPNonce}}}, "", "script-src 'self'"},
		{"nonce used", middleware.Policy{{"script-src", []string{middleware.CSPSelf, middleware.CSPNonce}}}, "abc", "script-src 'self' 'nonce-abc'"},
		{"nothing but an unused nonce", middleware.Policy{{"script-src", []string{middleware.CSPNonce}}, {"img-src", []string{"*"}}}, "", "img-src *"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.policy.WithNonce(tt.nonce); got != tt.want {
				t.Errorf("policy = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCSP(t *testing.T) {
	t.Parallel()
	policy := middleware.Policy{{"script-src", []string{middleware.CSPSelf, middleware.CSPNonce}}}
	report := middleware.Policy{{"default-src", []string{middleware.CSPNone}}}
	var nonces []string
	asks := web.View(func(r *web.Request) (*web.Response, error) {
		nonces = []string{middleware.Nonce(r), middleware.NonceFrom(r.Context())}
		return web.Text("hi"), nil
	})
	own := web.View(func(*web.Request) (*web.Response, error) {
		resp := web.Text("hi")
		resp.Header().Set("Content-Security-Policy", "own")
		return resp, nil
	})
	both := middleware.CSPOptions{Policy: policy, ReportOnly: report}
	tests := []struct {
		name           string
		opts           middleware.CSPOptions
		view           web.Handler
		policy, report string
	}{
		{"none", middleware.CSPOptions{}, text("hi"), "", ""},
		{"both", both, text("hi"), "script-src 'self'", "default-src 'none'"},
		{"nonce", both, asks, "script-src 'self' 'nonce-NONCE'", "default-src 'none'"},
		{"own header", both, own, "own", "default-src 'none'"},
		{"override", both, middleware.CSPOverride(report)(text("hi")), "default-src 'none'", "default-src 'none'"},
		{"override with nothing", both, middleware.CSPOverride(nil)(text("hi")), "", "default-src 'none'"},
		{"report override", both, middleware.CSPReportOnlyOverride(middleware.Policy{})(text("hi")), "script-src 'self'", ""},
		{"override with nonce", middleware.CSPOptions{}, middleware.CSPOverride(policy)(asks), "script-src 'self' 'nonce-NONCE'", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { // not parallel: they share nonces
			nonces = nil
			w := serve(t, nil, web.Compose(tt.view, middleware.CSP(tt.opts)), get("http://example.com/"))
			if len(nonces) > 0 {
				if len(nonces[0]) != 22 || nonces[0] != nonces[1] {
					t.Fatalf("nonces = %q, want one of 22 characters, twice", nonces)
				}
				tt.policy = strings.ReplaceAll(tt.policy, "NONCE", nonces[0])
			}
			wantHeader(t, w, "Content-Security-Policy", tt.policy)
			wantHeader(t, w, "Content-Security-Policy-Report-Only", tt.report)
		})
	}
}

func TestCSPDebugPages(t *testing.T) {
	t.Parallel()
	failing := web.View(func(*web.Request) (*web.Response, error) { return nil, errors.New("broken") })
	chain := web.Compose(failing, middleware.CSP(middleware.CSPOptions{Policy: middleware.Policy{{"default-src", []string{middleware.CSPSelf}}}}))
	cfg := config()
	wantHeader(t, serve(t, cfg, chain, get("http://example.com/")), "Content-Security-Policy", "default-src 'self'")
	cfg = config()
	cfg.Debug = true
	wantHeader(t, serve(t, cfg, chain, get("http://example.com/")), "Content-Security-Policy", "")
}

func TestNonceWithoutLayer(t *testing.T) {
	t.Parallel()
	view := web.View(func(r *web.Request) (*web.Response, error) { return web.Text(middleware.Nonce(r)), nil })
	if w := serve(t, nil, web.Compose(view), get("http://example.com/")); w.Body.Len() != 0 {
		t.Errorf("nonce = %q, want none", w.Body)
	}
}

func BenchmarkCSP(b *testing.B) {
	opts := middleware.CSPOptions{Policy: middleware.Policy{{"script-src", []string{middleware.CSPSelf, middleware.CSPNonce}}}}
	b.Run("no nonce", func(b *testing.B) {
		bench(b, web.Compose(text("hi"), middleware.CSP(opts)), get("http://example.com/"))
	})
	b.Run("nonce", func(b *testing.B) {
		view := web.View(func(r *web.Request) (*web.Response, error) { return web.Text(middleware.Nonce(r)), nil })
		bench(b, web.Compose(view, middleware.CSP(opts)), get("http://example.com/"))
	})
}
