package middleware_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func TestRateLimit(t *testing.T) {
	t.Parallel()
	now := clock()
	limit := middleware.RateLimit(middleware.RateLimitOptions{
		Rate: 1, Burst: 2, Now: func() time.Time { return now },
		Exempt: func(r *web.Request) bool { return r.URL.Path == "/free" },
	})
	chain := web.Compose(text("hi"), limit)
	steps := []struct {
		name   string
		wait   time.Duration
		addr   string
		path   string
		status int
		retry  string
	}{
		{"first", 0, "192.0.2.1:1", "/", 200, ""},
		{"burst", 0, "192.0.2.1:2", "/", 200, ""},
		{"over", 0, "192.0.2.1:3", "/", 429, "1"},
		{"refused ones do not count", 0, "192.0.2.1:3", "/", 429, "1"},
		{"exempt", 0, "192.0.2.1:3", "/free", 200, ""},
		{"another client", 0, "192.0.2.2:1", "/", 200, ""},
		{"half a second later", 500 * time.Millisecond, "192.0.2.1:1", "/", 429, "1"},
		{"a second later", 500 * time.Millisecond, "192.0.2.1:1", "/", 200, ""},
		{"no more", 0, "192.0.2.1:1", "/", 429, "1"},
		{"rested: the burst", 10 * time.Second, "192.0.2.1:1", "/", 200, ""},
		{"rested: its second", 0, "192.0.2.1:1", "/", 200, ""},
		{"rested: no third", 0, "192.0.2.1:1", "/", 429, "1"},
		{"unix socket", 0, "@", "/", 200, ""},
		{"unix socket again", 0, "@", "/", 200, ""},
		{"unix socket once more", 0, "@", "/", 200, ""},
		{"IPv6", 0, "[2001:db8::1]:1", "/", 200, ""},
		{"IPv6, same network", 0, "[2001:db8::2]:1", "/", 200, ""},
		{"IPv6, same network, over", 0, "[2001:db8::3]:1", "/", 429, "1"},
		{"IPv6, other network", 0, "[2001:db8:0:1::1]:1", "/", 200, ""},
	}
	for _, step := range steps { // in order: they share the clock
		now = now.Add(step.wait)
		req := get("http://example.com" + step.path)
		req.RemoteAddr = step.addr
		w := serve(t, quiet(), chain, req)
		if w.Code != step.status {
			t.Errorf("%s: status = %d, want %d", step.name, w.Code, step.status)
		}
		wantHeader(t, w, "Retry-After", step.retry)
	}
}

func TestRateLimitKey(t *testing.T) {
	t.Parallel()
	now := clock()
	chain := web.Compose(text("hi"), middleware.RateLimit(middleware.RateLimitOptions{
		Rate: 1, Burst: 1, Now: func() time.Time { return now },
		Key: func(r *web.Request) string { return r.Header.Get("X-Key") },
	}))
	for _, step := range []struct {
		key    string
		status int
	}{{"a", 200}, {"a", 429}, {"b", 200}, {"", 200}, {"", 200}} {
		if w := serve(t, quiet(), chain, get("http://example.com/", "X-Key", step.key)); w.Code != step.status {
			t.Errorf("key %q: status = %d, want %d", step.key, w.Code, step.status)
		}
	}
}

// TestRateLimitManyClients floods the table: it must neither grow nor forget the busiest client.
func TestRateLimitManyClients(t *testing.T) {
	t.Parallel()
	now := clock()
	chain := web.Compose(text("hi"), middleware.RateLimit(middleware.RateLimitOptions{
		Rate: 1, Burst: 3, MaxClients: 64, Now: func() time.Time { return now },
		Key: func(r *web.Request) string { return r.Header.Get("X-Key") },
	}))
	for range 3 {
		serve(t, quiet(), chain, get("http://example.com/", "X-Key", "busy"))
	}
	for i := range 1000 {
		if w := serve(t, quiet(), chain, get("http://example.com/", "X-Key", fmt.Sprint("client", i))); w.Code != http.StatusOK {
			t.Fatalf("client %d: status = %d", i, w.Code)
		}
	}
	if w := serve(t, quiet(), chain, get("http://example.com/", "X-Key", "busy")); w.Code != http.StatusTooManyRequests {
		t.Errorf("busy client: status = %d, want 429", w.Code)
	}
}

func TestRateLimitConcurrently(t *testing.T) {
	t.Parallel()
	now := clock()
	handler := web.ToHTTP(web.Compose(text("hi"), middleware.RateLimit(middleware.RateLimitOptions{Rate: 1, Burst: 50, Now: func() time.Time { return now }})), quiet())
	var passed atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 25 {
				w := &statusWriter{nullWriter: nullWriter{header: http.Header{}}}
				handler.ServeHTTP(w, get("http://example.com/"))
				if w.status == http.StatusOK {
					passed.Add(1)
				}
			}
		})
	}
	group.Wait()
	if passed.Load() != 50 {
		t.Errorf("%d requests passed, want 50", passed.Load())
	}
}

type statusWriter struct {
	nullWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) { w.status = status }

func BenchmarkRateLimit(b *testing.B) {
	bench(b, web.Compose(text("hi"), middleware.RateLimit(middleware.RateLimitOptions{Rate: 1e9, Burst: 1e6})), get("http://example.com/"))
}
