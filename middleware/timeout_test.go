package middleware_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func TestTimeout(t *testing.T) {
	t.Parallel()
	waits := func(d time.Duration) web.View {
		return func(r *web.Request) (*web.Response, error) {
			select {
			case <-r.Context().Done():
				return nil, r.Context().Err()
			case <-time.After(d):
				return web.Text("done"), nil
			}
		}
	}
	deaf := web.View(func(*web.Request) (*web.Response, error) { time.Sleep(time.Minute); return web.Text("late"), nil })
	refuses := web.View(func(r *web.Request) (*web.Response, error) {
		<-r.Context().Done()
		return nil, web.NotFound("no")
	})
	wraps := web.View(func(r *web.Request) (*web.Response, error) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Hour)
		defer cancel()
		<-ctx.Done()
		return nil, errors.Join(errors.New("query"), ctx.Err())
	})
	tests := []struct {
		name   string
		opts   middleware.TimeoutOptions
		view   web.Handler
		status int
	}{
		{"in time", middleware.TimeoutOptions{Limit: time.Second}, waits(500 * time.Millisecond), 200},
		{"too late", middleware.TimeoutOptions{Limit: time.Second}, waits(2 * time.Second), 503},
		{"default", middleware.TimeoutOptions{}, waits(31 * time.Second), 503},
		{"own status", middleware.TimeoutOptions{Limit: time.Second, Status: 504}, waits(2 * time.Second), 504},
		{"wrapped", middleware.TimeoutOptions{Limit: time.Second}, wraps, 503},
		{"late answer is sent", middleware.TimeoutOptions{Limit: time.Second}, deaf, 200},
		{"refusal stays", middleware.TimeoutOptions{Limit: time.Second}, refuses, 404},
		{"no limit", middleware.TimeoutOptions{Limit: -1}, waits(time.Hour), 200},
		{"exempt", middleware.TimeoutOptions{Limit: time.Second, Exempt: func(*web.Request) bool { return true }}, waits(time.Hour), 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // fails when a goroutine is left behind
				w := serve(t, quiet(), web.Compose(tt.view, middleware.Timeout(tt.opts)), get("http://example.com/"))
				if w.Code != tt.status {
					t.Errorf("status = %d, want %d", w.Code, tt.status)
				}
			})
		})
	}
}

// TestTimeoutLetsStreamsGoOn checks that the limit is for making a response, not for sending it.
func TestTimeoutLetsStreamsGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		view := web.View(func(r *web.Request) (*web.Response, error) {
			ctx := r.Context()
			return web.Stream("text/plain", func(w *web.StreamWriter) error {
				time.Sleep(time.Minute)
				if err := ctx.Err(); err != nil {
					return err
				}
				_, err := w.WriteString("all")
				return err
			}), nil
		})
		w := serve(t, nil, web.Compose(view, middleware.Timeout(middleware.TimeoutOptions{Limit: time.Second})), get("http://example.com/"))
		if w.Code != http.StatusOK || w.Body.String() != "all" {
			t.Errorf("answer = %d %q", w.Code, w.Body)
		}
	})
}

func TestTimeoutContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		view := web.View(func(r *web.Request) (*web.Response, error) {
			ctx := r.Context()
			if d, ok := ctx.Deadline(); !ok || time.Until(d) != time.Second {
				t.Errorf("deadline = %v, %v", d, ok)
			}
			<-ctx.Done()
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) || !errors.Is(context.Cause(ctx), middleware.ErrTimeout) {
				t.Errorf("error = %v, cause = %v", ctx.Err(), context.Cause(ctx))
			}
			return web.Text("hi"), nil
		})
		serve(t, nil, web.Compose(view, middleware.Timeout(middleware.TimeoutOptions{Limit: time.Second})), get("http://example.com/"))
	})
}

// TestTimeoutClientGone checks that a client that goes away is no time-out.
func TestTimeoutClientGone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	view := web.View(func(r *web.Request) (*web.Response, error) {
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://example.com/", nil)
	w := serve(t, quiet(), web.Compose(view, middleware.Timeout(middleware.TimeoutOptions{Limit: time.Hour})), req)
	if w.Code != web.StatusClientGone {
		t.Errorf("status = %d, want %d", w.Code, web.StatusClientGone)
	}
}

func BenchmarkTimeout(b *testing.B) {
	bench(b, web.Compose(text("hi"), middleware.Timeout(middleware.TimeoutOptions{})), get("http://example.com/"))
}
