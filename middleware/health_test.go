package middleware_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	good := middleware.HealthCheck{Name: "good", Check: func(context.Context) error { return nil }}
	bad := middleware.HealthCheck{Name: "database", Check: func(context.Context) error { return errors.New("no route to host") }}
	slow := middleware.HealthCheck{Name: "slow", Check: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
	yes := func() bool { return true }
	tests := []struct {
		name   string
		opts   middleware.HealthOptions
		method string
		url    string
		status int
		body   string
	}{
		{"live", middleware.HealthOptions{}, "GET", "http://any.test/livez", 200, "ok"},
		{"ready", middleware.HealthOptions{}, "GET", "http://10.0.0.1/readyz", 200, "ok"},
		{"ready with checks", middleware.HealthOptions{Checks: []middleware.HealthCheck{good}}, "GET", "http://any.test/readyz", 200, "ok"},
		{"not ready", middleware.HealthOptions{Checks: []middleware.HealthCheck{good, bad}}, "GET", "http://any.test/readyz", 503, "unavailable"},
		{"slow", middleware.HealthOptions{Checks: []middleware.HealthCheck{slow}, Timeout: 10 * time.Millisecond}, "GET", "http://any.test/readyz", 503, "unavailable"},
		{"live all the same", middleware.HealthOptions{Checks: []middleware.HealthCheck{bad}, Draining: yes}, "GET", "http://any.test/livez", 200, "ok"},
		{"draining", middleware.HealthOptions{Draining: yes}, "GET", "http://any.test/readyz", 503, "unavailable"},
		{"head", middleware.HealthOptions{}, "HEAD", "http://any.test/livez", 200, ""},
		{"post", middleware.HealthOptions{}, "POST", "http://any.test/livez", 405, ""},
		{"own path", middleware.HealthOptions{LivePath: "/up"}, "GET", "http://any.test/up", 200, "ok"},
		{"other path", middleware.HealthOptions{}, "GET", "http://example.com/x", 200, "page"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			chain := web.Compose(text("page"), middleware.Health(tt.opts), middleware.Common(middleware.CommonOptions{}))
			w := serve(t, quiet(), chain, request(tt.method, tt.url))
			if w.Code != tt.status || w.Body.String() != tt.body {
				t.Errorf("answer = %d %q, want %d %q", w.Code, w.Body, tt.status, tt.body)
			}
			if strings.Contains(w.Body.String(), "database") {
				t.Error("the answer says what failed")
			}
		})
	}
}

func TestHealthRemembers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		check := middleware.HealthCheck{Name: "count", Check: func(context.Context) error { calls.Add(1); return nil }}
		chain := web.Compose(text("page"), middleware.Health(middleware.HealthOptions{Checks: []middleware.HealthCheck{check}}))
		for range 5 {
			serve(t, nil, chain, get("http://any.test/readyz"))
		}
		if calls.Load() != 1 {
			t.Errorf("%d checks for five probes at once, want 1", calls.Load())
		}
		time.Sleep(2 * time.Second)
		serve(t, nil, chain, get("http://any.test/readyz"))
		if calls.Load() != 2 {
			t.Errorf("%d checks after two seconds, want 2", calls.Load())
		}
	})
}

func BenchmarkHealth(b *testing.B) {
	bench(b, web.Compose(text("hi"), middleware.Health(middleware.HealthOptions{})), get("http://example.com/"))
}
