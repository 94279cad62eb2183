package middleware_test

import (
	"testing"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func TestCORS(t *testing.T) {
	t.Parallel()
	one := middleware.CORSOptions{Origins: []string{"https://app.test", "https://*.wild.test"}}
	preflight := []string{"Access-Control-Request-Method", "PUT"}
	tests := []struct {
		name   string
		opts   middleware.CORSOptions
		method string
		header []string
		status int
		want   map[string]string
	}{
		{"no origin", one, "GET", nil, 200, map[string]string{"Access-Control-Allow-Origin": "", "Vary": "Origin"}},
		{"allowed", one, "GET", []string{"Origin", "https://app.test"}, 200, map[string]string{"Access-Control-Allow-Origin": "https://app.test", "Vary": "Origin"}},
		{"not allowed", one, "GET", []string{"Origin", "https://evil.test"}, 200, map[string]string{"Access-Control-Allow-Origin": "", "Vary": "Origin"}},
		{"null", one, "GET", []string{"Origin", "null"}, 200, map[string]string{"Access-Control-Allow-Origin": ""}},
		{"other scheme", one, "GET", []string{"Origin", "http://app.test"}, 200, map[string]string{"Access-Control-Allow-Origin": ""}},
		{"subdomain", one, "GET", []string{"Origin", "https://a.wild.test"}, 200, map[string]string{"Access-Control-Allow-Origin": "https://a.wild.test"}},
		{"not a subdomain", one, "GET", []string{"Origin", "https://evilwild.test"}, 200, map[string]string{"Access-Control-Allow-Origin": ""}},
		{"domain itself", one, "GET", []string{"Origin", "https://wild.test"}, 200, map[string]string{"Access-Control-Allow-Origin": ""}},
		{"user in front", one, "GET", []string{"Origin", "https://evil.test@a.wild.test"}, 200, map[string]string{"Access-Control-Allow-Origin": ""}},
		{"all", middleware.CORSOptions{Origins: []string{"*"}}, "GET", []string{"Origin", "https://x.test"}, 200, map[string]string{"Access-Control-Allow-Origin": "*", "Vary": ""}},
		{"credentials and exposed", middleware.CORSOptions{Origins: []string{"https://app.test"}, Credentials: true, Expose: []string{"X-A", "X-B"}}, "GET", []string{"Origin", "https://app.test"}, 200, map[string]string{
			"Access-Control-Allow-Credentials": "true", "Access-Control-Expose-Headers": "X-A, X-B",
		}},
		{"preflight", one, "OPTIONS", append([]string{"Origin", "https://app.test"}, preflight...), 204, map[string]string{
			"Access-Control-Allow-Origin": "https://app.test", "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
			"Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, User-Agent, X-CSRFToken, X-Requested-With", "Access-Control-Max-Age": "86400",
		}},
		{"preflight, any header", middleware.CORSOptions{Origins: []string{"*"}, Headers: []string{"*"}, MaxAge: -1, Methods: []string{"PUT"}}, "OPTIONS", append([]string{"Origin", "https://app.test", "Access-Control-Request-Headers", "x-a"}, preflight...), 204, map[string]string{
			"Access-Control-Allow-Headers": "x-a", "Access-Control-Allow-Methods": "PUT", "Access-Control-Max-Age": "",
		}},
		{"preflight, not allowed", one, "OPTIONS", append([]string{"Origin", "https://evil.test"}, preflight...), 204, map[string]string{"Access-Control-Allow-Origin": "", "Access-Control-Allow-Methods": ""}},
		{"options of the view", one, "OPTIONS", []string{"Origin", "https://app.test"}, 200, map[string]string{"Access-Control-Allow-Origin": "https://app.test"}},
		{"other path", middleware.CORSOptions{Origins: []string{"*"}, Paths: []string{"/api/"}}, "GET", []string{"Origin", "https://x.test"}, 200, map[string]string{"Access-Control-Allow-Origin": ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := serve(t, nil, web.Compose(text("hi"), middleware.CORS(tt.opts)), request(tt.method, "http://example.com/x", tt.header...))
			if w.Code != tt.status {
				t.Errorf("status = %d, want %d", w.Code, tt.status)
			}
			for name, want := range tt.want {
				wantHeader(t, w, name, want)
			}
		})
	}
}

func TestCORSRefusesCredentialsForAll(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	middleware.CORS(middleware.CORSOptions{Origins: []string{"*"}, Credentials: true, MaxAge: time.Hour})
}

func BenchmarkCORS(b *testing.B) {
	opts := middleware.CORSOptions{Origins: []string{"https://app.test"}}
	b.Run("same origin", func(b *testing.B) {
		bench(b, web.Compose(text("hi"), middleware.CORS(opts)), get("http://example.com/"))
	})
	b.Run("cross origin", func(b *testing.B) {
		bench(b, web.Compose(text("hi"), middleware.CORS(opts)), get("http://example.com/", "Origin", "https://app.test"))
	})
}
