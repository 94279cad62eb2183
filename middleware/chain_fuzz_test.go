package middleware_test

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// FuzzChain sends whatever net/http takes for a request through every layer and a site that looks at all of it: no input
// may end in a panic or a 500.
func FuzzChain(f *testing.F) {
	for _, seed := range []string{
		"GET /echo/?a=1&b=%ff HTTP/1.1\r\nHost: testserver\r\nCookie: a=1; b=\"\\054\"\r\nAccept: text/*;q=0.5\r\n\r\n",
		"GET /text HTTP/1.1\r\nHost: testserver\r\nAccept-Encoding: br;q=1, zstd, *;q=0\r\n\r\n",
		"GET /text/ HTTP/1.1\r\nHost: testserver\r\nIf-None-Match: W/\"a\", *\r\nIf-Modified-Since: Thu, 01-Jan-26 00:00:00 GMT\r\n\r\n",
		"POST /echo/ HTTP/1.1\r\nHost: testserver\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 71\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nb\r\n--x--",
		"POST /echo/ HTTP/1.1\r\nHost: testserver\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\na=1&b=%",
		"OPTIONS /both/ HTTP/1.1\r\nHost: testserver\r\nOrigin: https://app.test\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
		"GET //evil.test/ HTTP/1.1\r\nHost: testserver:80\r\nX-Forwarded-For: ::1, 1.2.3.4:5\r\nForwarded: for=\"[::1]:1\";proto=https\r\nReferer: http://testserver/x\r\n\r\n",
		"GET /static/%2e%2e/%00 HTTP/1.1\r\nHost: testserver\r\nRange: bytes=0-1,-5\r\n\r\n",
		"HEAD /download/attach/ HTTP/1.0\r\nHost: [::1]:8000\r\nX-Request-ID: a\r\n\r\n",
	} {
		f.Add(seed)
	}
	lenient := web.View(func(r *web.Request) (*web.Response, error) {
		resp, err := echo(r)
		if errors.Is(err, web.ErrBodyRead) { // echo's own mistake: a multipart body without fields is gone
			return web.Text("empty form"), nil
		}
		return resp, err
	})
	patterns := append(urls.Patterns{urls.Path("echo/", lenient)}, conformanceURLs(f.TempDir())...)
	resolver, err := urls.New(patterns, urls.Options{})
	if err != nil {
		f.Fatal(err)
	}
	cfg := quiet()
	cfg.AllowedHosts = []string{"testserver", "[::1]"}
	cfg.SecretKey = "a key for tests"
	cfg.Base = urls.WithResolver(context.Background(), resolver)
	stack := full()
	stack.RateLimit.Rate = 1e9
	stack.RateLimit.Burst = 1e9
	stack.AccessLog.Console = new(lineChecker)
	stack.CORS.Origins = []string{"https://*.app.test"}
	stack.Timeout.Limit = time.Minute
	handler := web.ToHTTP(web.Compose(resolver, middleware.Default(stack)...), cfg)

	f.Fuzz(func(t *testing.T, raw string) {
		req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
		if err != nil {
			return
		}
		for _, deliberate := range []string{"/raise/", "/status/", "/redir/", "/download/"} {
			if strings.Contains(req.URL.Path, deliberate) {
				return // views that fail on purpose, and files that are not here
			}
		}
		req.RemoteAddr = "192.0.2.1:1234"
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		if w.Code >= 500 || w.Code < 200 {
			t.Errorf("status %d for %q", w.Code, raw)
		}
		if location := w.Header().Get("Location"); strings.HasPrefix(location, "//") {
			t.Errorf("redirect to another host %q for %q", location, raw)
		}
		for name, values := range w.Header() {
			for _, value := range values {
				if strings.ContainsAny(value, "\r\n\x00") {
					t.Errorf("header %s: %q for %q", name, value, raw)
				}
			}
		}
	})
}

// lineChecker is a terminal that panics at what could not stand in one line.
type lineChecker struct{}

func (*lineChecker) Write(p []byte) (int, error) {
	for i, c := range p {
		if c > '~' || c < ' ' && (c != '\n' || i != len(p)-1) {
			panic("a log line holds " + string(p))
		}
	}
	return len(p), nil
}
