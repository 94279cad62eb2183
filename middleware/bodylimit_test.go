package middleware_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	reads := web.View(func(r *web.Request) (*web.Response, error) {
		body, err := io.ReadAll(r.Request.Body)
		if err != nil {
			return nil, err
		}
		return web.Text(string(body)), nil
	})
	disguises := web.View(func(r *web.Request) (*web.Response, error) {
		if _, err := io.ReadAll(r.Request.Body); err != nil {
			return nil, errors.New("cannot parse")
		}
		return web.Text("parsed"), nil
	})
	ignores := text("ignored")
	form := web.View(func(r *web.Request) (*web.Response, error) { return web.Text(r.POST().Get("a")), nil })
	twice := web.View(func(r *web.Request) (*web.Response, error) {
		if _, err := io.ReadAll(r.Request.Body); err != nil {
			return nil, err
		}
		_, err := r.Body()
		if !errors.Is(err, web.ErrBodyRead) {
			return nil, errors.New("the limit hides that the body was read")
		}
		return web.Text("ok"), nil
	})
	tests := []struct {
		name    string
		opts    middleware.BodyLimitOptions
		view    web.Handler
		body    string
		chunked bool
		status  int
	}{
		{"under", middleware.BodyLimitOptions{Max: 10}, reads, "123456789", false, 200},
		{"just", middleware.BodyLimitOptions{Max: 10}, reads, "1234567890", false, 200},
		{"just, of unknown length", middleware.BodyLimitOptions{Max: 10}, reads, "1234567890", true, 200},
		{"over", middleware.BodyLimitOptions{Max: 10}, reads, "12345678901", false, 413},
		{"over, of unknown length", middleware.BodyLimitOptions{Max: 10}, reads, "12345678901", true, 413},
		{"over, error disguised", middleware.BodyLimitOptions{Max: 10}, disguises, "12345678901", true, 413},
		{"over, not read", middleware.BodyLimitOptions{Max: 10}, ignores, "12345678901", true, 200},
		{"default", middleware.BodyLimitOptions{}, reads, strings.Repeat("x", 1<<20), true, 200},
		{"none", middleware.BodyLimitOptions{Max: -1}, reads, strings.Repeat("x", 11<<20), true, 200},
		{"by request", middleware.BodyLimitOptions{Max: 1, For: func(*web.Request) int64 { return 100 }}, reads, "12345678901", true, 200},
		{"form", middleware.BodyLimitOptions{Max: 10}, form, "a=1", true, 200},
		{"form over", middleware.BodyLimitOptions{Max: 10}, form, "a=1234567890", true, 413},
		{"read twice", middleware.BodyLimitOptions{Max: 10}, twice, "a=1", true, 200},
		{"no body", middleware.BodyLimitOptions{Max: 10}, reads, "", false, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req := httptest.NewRequest(http.MethodPost, "http://example.com/", strings.NewReader(tt.body))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if tt.chunked {
				req.ContentLength = -1
			}
			w := serve(t, quiet(), web.Compose(tt.view, middleware.BodyLimit(tt.opts)), req)
			if w.Code != tt.status {
				t.Errorf("status = %d, want %d", w.Code, tt.status)
			}
			if w.Code == http.StatusRequestEntityTooLarge {
				wantHeader(t, w, "Connection", "close")
			}
		})
	}
}

func BenchmarkBodyLimit(b *testing.B) {
	bench(b, web.Compose(text("hi"), middleware.BodyLimit(middleware.BodyLimitOptions{})), get("http://example.com/"))
}
