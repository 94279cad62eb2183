package middleware_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

// show sends one GET request through a chain and prints the status and some headers of the answer.
func show(h web.Handler, url string, headers ...string) {
	w := httptest.NewRecorder()
	web.ToHTTP(h, &web.Config{AllowedHosts: []string{".example.com"}, Logger: slog.New(slog.DiscardHandler)}).ServeHTTP(w, get(url))
	fmt.Println(w.Code)
	for _, name := range headers {
		fmt.Printf("%s: %s\n", name, w.Header().Get(name))
	}
}

func hello(*web.Request) (*web.Response, error) { return web.HTML("<p>hello</p>"), nil }

func ExampleDefault() {
	chain := web.Compose(web.View(hello), middleware.Default(middleware.Stack{
		Security: middleware.SecurityOptions{HSTS: 365 * 24 * time.Hour},
		Compress: new(middleware.CompressOptions),
	})...)
	for _, layer := range chain.Layers() {
		fmt.Println(layer.Name)
	}
	show(chain, "http://example.com/", "X-Frame-Options")
	// Output:
	// security
	// gzip
	// common
	// clickjacking
	// 200
	// X-Frame-Options: DENY
}

func ExampleSecurity() {
	chain := web.Compose(web.View(hello), middleware.Security(middleware.SecurityOptions{SSLRedirect: true}))
	show(chain, "http://example.com/a?b=1", "Location", "Referrer-Policy")
	// Output:
	// 301
	// Location: https://example.com/a?b=1
	// Referrer-Policy: same-origin
}

func ExampleCSP() {
	view := web.View(func(r *web.Request) (*web.Response, error) {
		return web.HTML(`<script nonce="` + middleware.Nonce(r) + `">…</script>`), nil
	})
	chain := web.Compose(view, middleware.CSP(middleware.CSPOptions{Policy: middleware.Policy{
		{Name: "default-src", Sources: []string{middleware.CSPSelf}},
		{Name: "script-src", Sources: []string{middleware.CSPSelf, middleware.CSPNonce}},
		{Name: "upgrade-insecure-requests"},
	}}))
	w := httptest.NewRecorder()
	web.ToHTTP(chain, nil).ServeHTTP(w, get("http://example.com/"))
	header := w.Header().Get("Content-Security-Policy")
	before, after, _ := strings.Cut(header, "'nonce-")
	nonce, after, _ := strings.Cut(after, "'")
	fmt.Println(before + "…" + after)
	fmt.Println(strings.Contains(w.Body.String(), nonce))
	// Output:
	// default-src 'self'; script-src 'self' …; upgrade-insecure-requests
	// true
}

func ExampleFrameExempt() {
	chain := web.Compose(middleware.FrameExempt(web.View(hello)), middleware.Clickjacking(middleware.ClickjackingOptions{}))
	show(chain, "http://example.com/", "X-Frame-Options")
	// Output:
	// 200
	// X-Frame-Options:
}

func ExampleAccessLog() {
	now := func() time.Time { return time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC) }
	chain := web.Compose(web.View(hello), middleware.AccessLog(middleware.AccessLogOptions{Console: os.Stdout, Now: now}))
	show(chain, "http://example.com/news?page=2")
	// Output:
	// [20/Nov/2026 15:30:00] "GET /news?page=2 HTTP/1.1" 200 12
	// 200
}

func ExampleRateLimit() {
	chain := web.Compose(web.View(hello), middleware.RateLimit(middleware.RateLimitOptions{Rate: 0.1, Burst: 1}))
	show(chain, "http://example.com/")
	show(chain, "http://example.com/", "Retry-After")
	// Output:
	// 200
	// 429
	// Retry-After: 10
}

func ExampleHealth() {
	ready := false
	chain := web.Compose(web.View(hello), middleware.Health(middleware.HealthOptions{Draining: func() bool { return !ready }}))
	show(chain, "http://10.0.0.7/livez")
	show(chain, "http://10.0.0.7/readyz")
	// Output:
	// 200
	// 503
}

func ExampleCheckOrder() {
	chain := web.Compose(web.View(hello), middleware.ConditionalGet(), middleware.Compress(middleware.CompressOptions{}))
	for _, m := range middleware.CheckOrder(chain.Layers()) {
		fmt.Println(m.ID, m.Text)
		fmt.Println(m.Hint)
	}
	// Output:
	// middleware.W001 conditional-get must come after gzip, but is at place 1 and gzip at place 2
	// Move conditional-get below gzip: the ETag must be that of the page, not of its compressed form.
}

// A layer of one's own is a function that takes the next handler. One that implements web.Layer takes part in the order
// check.
func Example() {
	maintenance := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			if strings.HasPrefix(r.URL.Path, "/shop/") {
				return nil, &web.Error{Status: http.StatusServiceUnavailable, Message: "Back at noon"}
			}
			return next.Serve(r)
		})
	}
	chain := web.Compose(web.View(hello), maintenance)
	show(chain, "http://example.com/shop/cart")
	show(chain, "http://example.com/")
	// Output:
	// 503
	// 200
}
