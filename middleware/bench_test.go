package middleware_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// BenchmarkStack measures what the default layers cost a plain text view behind the URL table.
func BenchmarkStack(b *testing.B) {
	resolver, err := urls.New(urls.Patterns{urls.Path("plaintext", text("Hello, World!"))}, urls.Options{})
	if err != nil {
		b.Fatal(err)
	}
	cfg := config()
	cfg.Base = urls.WithResolver(context.Background(), resolver)
	req := get("http://example.com/plaintext")
	measure := func(b *testing.B, handler http.Handler) {
		w := &nullWriter{header: make(http.Header, 16)}
		b.ReportAllocs()
		for b.Loop() {
			clear(w.header)
			handler.ServeHTTP(w, req)
		}
	}
	b.Run("net/http", func(b *testing.B) {
		measure(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write([]byte("Hello, World!"))
		}))
	})
	b.Run("no layers", func(b *testing.B) { measure(b, web.ToHTTP(resolver, cfg)) })
	b.Run("default", func(b *testing.B) {
		measure(b, web.ToHTTP(web.Compose(resolver, middleware.Default(middleware.Stack{})...), cfg))
	})
	b.Run("full", func(b *testing.B) {
		s := full()
		s.AccessLog, s.RateLimit, s.BrokenLinks = nil, nil, nil
		measure(b, web.ToHTTP(web.Compose(resolver, middleware.Default(s)...), cfg))
	})
}

// TestStackAllocations guards the cost of the default layers: one header map and the text of the length.
func TestStackAllocations(t *testing.T) { // not parallel: it counts allocations
	resolver, err := urls.New(urls.Patterns{urls.Path("plaintext", text("Hello, World!"))}, urls.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := config()
	cfg.Base = urls.WithResolver(context.Background(), resolver)
	req := get("http://example.com/plaintext")
	count := func(h web.Handler) float64 {
		handler := web.ToHTTP(h, cfg)
		w := &nullWriter{header: make(http.Header, 16)}
		return testing.AllocsPerRun(100, func() {
			clear(w.header)
			handler.ServeHTTP(w, req)
		})
	}
	bare := count(resolver)
	if got := count(web.Compose(resolver, middleware.Default(middleware.Stack{})...)); got > bare+3 {
		t.Errorf("the default stack allocates %.0f times, without layers %.0f: want at most 3 more", got, bare)
	}
}
