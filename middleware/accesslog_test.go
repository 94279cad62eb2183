package middleware_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func clock() time.Time { return time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC) }

func TestAccessLogConsole(t *testing.T) {
	t.Parallel()
	status := func(code int) web.View {
		return func(*web.Request) (*web.Response, error) { return web.Text("hello").WithStatus(code), nil }
	}
	tests := []struct {
		name, method, target string
		view                 web.Handler
		color                bool
		want                 string
	}{
		{"plain", "GET", "/a?b=1", status(200), false, `[20/Nov/2026 15:30:00] "GET /a?b=1 HTTP/1.1" 200 5` + "\n"},
		{"head", "HEAD", "/", status(200), false, `[20/Nov/2026 15:30:00] "HEAD / HTTP/1.1" 200 0` + "\n"},
		{"200 has no colour", "GET", "/", status(200), true, `[20/Nov/2026 15:30:00] "GET / HTTP/1.1" 200 5` + "\n"},
		{"304", "GET", "/", status(304), true, "[20/Nov/2026 15:30:00] \x1b[36m\"GET / HTTP/1.1\" 304 0\x1b[0m\n"},
		{"redirect", "GET", "/", status(302), true, "[20/Nov/2026 15:30:00] \x1b[32m\"GET / HTTP/1.1\" 302 5\x1b[0m\n"},
		{"not found", "GET", "/", status(404), true, "[20/Nov/2026 15:30:00] \x1b[33m\"GET / HTTP/1.1\" 404 5\x1b[0m\n"},
		{"bad request", "GET", "/", status(400), true, "[20/Nov/2026 15:30:00] \x1b[31;1m\"GET / HTTP/1.1\" 400 5\x1b[0m\n"},
		{"server error", "GET", "/", status(500), true, "[20/Nov/2026 15:30:00] \x1b[35;1m\"GET / HTTP/1.1\" 500 5\x1b[0m\n"},
		{"injection", "GET", "/\r\nx\x1b[31m\"é", status(200), false, `[20/Nov/2026 15:30:00] "GET /\r\nx\x1b[31m\"\xc3\xa9 HTTP/1.1" 200 5` + "\n"},
		{"stream", "GET", "/", web.View(func(*web.Request) (*web.Response, error) {
			return web.Stream("text/plain", func(w *web.StreamWriter) error { _, err := w.WriteString("streamed"); return err }), nil
		}), false, `[20/Nov/2026 15:30:00] "GET / HTTP/1.1" 200 8` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			req := httptest.NewRequest(tt.method, "http://example.com/", nil)
			req.RequestURI = tt.target
			serve(t, nil, web.Compose(tt.view, middleware.AccessLog(middleware.AccessLogOptions{Console: &out, Color: tt.color, Now: clock})), req)
			if got := out.String(); got != tt.want {
				t.Errorf("line = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAccessLogRecord(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, nil))
	chain := web.Compose(web.View(func(*web.Request) (*web.Response, error) { return nil, web.NotFound("no") }),
		middleware.RequestID(middleware.RequestIDOptions{Generate: func() string { return "made" }}),
		middleware.AccessLog(middleware.AccessLogOptions{Logger: logger, Now: clock}))
	cfg := config()
	cfg.Logger = slog.New(slog.DiscardHandler)
	serve(t, cfg, chain, get("http://example.com/x?token=secret", "User-Agent", "a\nb", "Referer", "http://other.test/"))
	var record map[string]any
	if err := json.Unmarshal(out.Bytes(), &record); err != nil {
		t.Fatalf("%v in %s", err, out.Bytes())
	}
	want := map[string]any{
		"level": "WARN", "msg": "request", "method": "GET", "path": "/x", "status": 404.0, "ip": "192.0.2.1", "request_id": "made",
		"user_agent": `a\nb`, "referer": "http://other.test/", "took": 0.0,
	}
	for key, value := range want {
		if record[key] != value {
			t.Errorf("%s = %v, want %v", key, record[key], value)
		}
	}
	if strings.Contains(out.String(), "secret") {
		t.Error("the query string is in the log")
	}
}

func TestAccessLogSkip(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	skip := func(done web.Done) bool { return done.Request.URL.Path == "/livez" }
	chain := web.Compose(text("hi"), middleware.AccessLog(middleware.AccessLogOptions{Console: &out, Skip: skip, Now: clock}))
	serve(t, nil, chain, get("http://example.com/livez"))
	if out.Len() != 0 {
		t.Errorf("line = %q, want none", out.String())
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("GET / HTTP/1.1")
	f.Add("\x1b[31m\n\"\\\xff")
	f.Add(strings.Repeat("é", 3000))
	f.Fuzz(func(t *testing.T, s string) {
		got := middleware.Printable(s)
		for i := range len(got) {
			if got[i] < ' ' || got[i] > '~' {
				t.Fatalf("printable(%q) = %q", s, got)
			}
		}
		if len(got) > 4*2048+3 {
			t.Errorf("printable of %d bytes has %d", len(s), len(got))
		}
	})
}

func BenchmarkAccessLog(b *testing.B) {
	b.Run("console", func(b *testing.B) {
		bench(b, web.Compose(text("hi"), middleware.AccessLog(middleware.AccessLogOptions{Console: io.Discard})), get("http://example.com/"))
	})
	b.Run("json", func(b *testing.B) {
		logger := slog.New(slog.NewJSONHandler(io.Discard, nil))
		bench(b, web.Compose(text("hi"), middleware.AccessLog(middleware.AccessLogOptions{Logger: logger})), get("http://example.com/"))
	})
}
