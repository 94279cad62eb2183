package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/web"
)

func newRequest(config *web.Config, headers ...string) *web.Request {
	req := httptest.NewRequest(http.MethodGet, "/path/", nil)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header[headers[i]] = append(req.Header[headers[i]], headers[i+1])
	}
	return web.NewRequest(req, config)
}

func TestTrustedProxies(t *testing.T) {
	t.Parallel()
	config := &web.Config{
		AllowedHosts:   []string{"example.com", "news.example"},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("10.0.0.0/8")}, // httptest's peer is 192.0.2.1
	}
	tests := []struct {
		name              string
		peer              string
		headers           []string
		ip, scheme, host  string
		port              string
		forwardedVanishes bool
	}{
		{"none", "", nil, "192.0.2.1", "http", "example.com", "80", false},
		{"one hop", "", []string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "news.example"}, "203.0.113.9", "https", "news.example", "443", false},
		{"spoofed first hop", "", []string{"X-Forwarded-For", "1.2.3.4, 203.0.113.9"}, "203.0.113.9", "http", "example.com", "80", false},
		{"two proxies", "", []string{"X-Forwarded-For", "1.2.3.4, 203.0.113.9, 10.1.1.1", "X-Forwarded-Proto", "http, https, http"}, "203.0.113.9", "https", "example.com", "443", false},
		{"two lines", "", []string{"X-Forwarded-For", "1.2.3.4", "X-Forwarded-For", "203.0.113.9,10.1.1.1"}, "203.0.113.9", "http", "example.com", "80", false},
		{"only proxies", "", []string{"X-Forwarded-For", "10.2.2.2, 10.1.1.1"}, "10.2.2.2", "http", "example.com", "80", false},
		{"junk", "", []string{"X-Forwarded-For", "203.0.113.9, unknown"}, "192.0.2.1", "http", "example.com", "80", false},
		{"spoofed proto", "", []string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https, http"}, "203.0.113.9", "http", "example.com", "80", false},
		{"port", "", []string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Port", "8443"}, "203.0.113.9", "http", "example.com", "8443", false},
		{"IPv6 with port", "", []string{"X-Forwarded-For", "[2001:db8::1]:4711"}, "2001:db8::1", "http", "example.com", "80", false},
		{"RFC 7239", "", []string{"Forwarded", `for="[2001:db8::9]:1";proto=https;host=news.example, for=10.0.0.3;proto=http;by=10.0.0.4`}, "2001:db8::9", "https", "news.example", "443", false},
		{"RFC 7239, unknown", "", []string{"Forwarded", `for=1.2.3.4, for=_hidden;proto=https`}, "192.0.2.1", "https", "example.com", "443", false},
		{"stranger", "198.51.100.7:999", []string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https", "Forwarded", "for=1.1.1.1", "X-Forwarded-Host", "news.example"}, "198.51.100.7", "http", "example.com", "80", true},
		{"unix socket", "@", []string{"X-Forwarded-For", "203.0.113.9"}, "invalid IP", "http", "example.com", "80", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req := httptest.NewRequest(http.MethodGet, "/", nil)
			if tt.peer != "" {
				req.RemoteAddr = tt.peer
			}
			for i := 0; i < len(tt.headers); i += 2 {
				req.Header.Add(tt.headers[i], tt.headers[i+1])
			}
			r := web.NewRequest(req, config)
			if got := r.ClientIP().String(); got != tt.ip {
				t.Errorf("ClientIP %s, want %s", got, tt.ip)
			}
			if got := r.Scheme(); got != tt.scheme {
				t.Errorf("Scheme %s, want %s", got, tt.scheme)
			}
			if got, err := r.Host(); got != tt.host || err != nil {
				t.Errorf("Host %s, %v, want %s", got, err, tt.host)
			}
			if got := r.Port(); got != tt.port {
				t.Errorf("Port %s, want %s", got, tt.port)
			}
			if tt.forwardedVanishes && (r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "") {
				t.Error("a stranger's forwarded headers were kept")
			}
		})
	}
}

func TestHost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		config  web.Config
		headers []string
		want    string
	}{
		{"debug localhost", web.Config{Debug: true}, []string{"Host", "localhost:8000"}, "localhost:8000"},
		{"debug subdomain", web.Config{Debug: true}, []string{"Host", "a.localhost"}, "a.localhost"},
		{"debug address", web.Config{Debug: true}, []string{"Host", "[::1]:8000"}, "[::1]:8000"},
		{"debug elsewhere", web.Config{Debug: true}, []string{"Host", "example.com"}, ""},
		{"nothing allowed", web.Config{}, []string{"Host", "localhost"}, ""},
		{"any", web.Config{AllowedHosts: []string{"*"}}, []string{"Host", "what.ever"}, "what.ever"},
		{"any, malformed", web.Config{AllowedHosts: []string{"*"}}, []string{"Host", "a/b"}, ""},
		{"case", web.Config{AllowedHosts: []string{"Example.COM"}}, []string{"Host", "eXample.com"}, "eXample.com"},
		{"suffix only", web.Config{AllowedHosts: []string{".example.com"}}, []string{"Host", "badexample.com"}, ""},
		{"last dot", web.Config{AllowedHosts: []string{"example.com"}}, []string{"Host", "example.com."}, "example.com."},
		{"proxy header by promise", web.Config{AllowedHosts: []string{"a.example"}, UseForwardedHost: true}, []string{"X-Forwarded-Host", "a.example"}, "a.example"},
		{"port of letters", web.Config{AllowedHosts: []string{"*"}}, []string{"Host", "a:b"}, ""},
		{"empty port", web.Config{AllowedHosts: []string{"*"}}, []string{"Host", "a:"}, ""},
		{"line break", web.Config{AllowedHosts: []string{"*"}}, []string{"Host", "a\n"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := newRequest(&tt.config, tt.headers...).Host()
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if e, ok := errors.AsType[*web.Error](err); err != nil && (!ok || e.Kind != "DisallowedHost" || e.Status != 400) {
				t.Errorf("error %#v", err)
			}
		})
	}
}

func TestUnderscoreHeadersAreDropped(t *testing.T) {
	t.Parallel()
	r := newRequest(nil, "X_forwarded_for", "1.2.3.4", "X-Ok", "1")
	if len(r.Header) != 1 || r.HeaderValue("x_ok") != "1" {
		t.Errorf("header %v", r.Header)
	}
}

func TestHeaderValueJoinsLines(t *testing.T) {
	t.Parallel()
	r := newRequest(nil, "Accept", "a/b", "Accept", "c/d", "Cookie", "a=1", "Cookie", "b=2")
	if got := r.HeaderValue("Accept") + "|" + r.HeaderValue("Cookie"); got != "a/b,c/d|a=1; b=2" {
		t.Errorf("got %q", got)
	}
	if got := r.Cookies(); len(got) != 2 || got["b"] != "2" {
		t.Errorf("cookies %v", got)
	}
}

func TestAbsoluteURL(t *testing.T) {
	t.Parallel()
	config := &web.Config{AllowedHosts: []string{"example.com"}}
	for location, want := range map[string]string{
		"":                  "http://example.com/path/?a=%20b",
		"/x/":               "http://example.com/x/",
		"x":                 "http://example.com/path/x",
		"../x":              "http://example.com/x",
		"?page=2":           "http://example.com/path/?page=2",
		"#top":              "http://example.com/path/#top",
		"//cdn.example/x":   "http://cdn.example/x",
		"https://o.example": "https://o.example",
		"/é?q=ü":            "http://example.com/%C3%A9?q=%C3%BC",
		"/a/../b":           "http://example.com/b",
	} {
		req := httptest.NewRequest(http.MethodGet, "/path/", nil)
		req.URL.RawQuery = "a=%20b"
		got, err := web.NewRequest(req, config).AbsoluteURL(location)
		if err != nil || got != want {
			t.Errorf("AbsoluteURL(%q) = %q, %v, want %q", location, got, err, want)
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, script, path, wantPath, wantInfo, wantFull, wantSlash string }{
		{"plain", "", "/a/b", "/a/b", "/a/b", "/a/b?q=1", "/a/b/?q=1"},
		{"script stripped", "/app", "/app/a", "/app/a", "/a", "/app/a?q=1", "/app/a/?q=1"},
		{"script added", "/app/", "/a", "/app/a", "/a", "/app/a?q=1", "/app/a/?q=1"},
		{"script twin", "/app", "/apple", "/app/apple", "/apple", "/app/apple?q=1", "/app/apple/?q=1"},
		{"escaped", "", "/é;?/", "/é;?/", "/é;?/", "/%C3%A9%3B%3F/?q=1", "/%C3%A9%3B%3F/?q=1"},
		{"broken UTF-8", "", "/a\xff/", "/a%FF/", "/a%FF/", "/a%25FF/?q=1", "/a%25FF/?q=1"},
		{"empty", "", "", "/", "/", "/?q=1", "/?q=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req := httptest.NewRequest(http.MethodGet, "/", nil)
			req.URL.Path, req.URL.RawQuery = tt.path, "q=1"
			r := web.NewRequest(req, &web.Config{ScriptName: tt.script})
			got := []string{r.Path(), r.PathInfo(), r.FullPath(), r.FullPathSlash()}
			if diff := cmp.Diff([]string{tt.wantPath, tt.wantInfo, tt.wantFull, tt.wantSlash}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPreferredType(t *testing.T) {
	t.Parallel()
	tests := []struct {
		accept string
		offers []string
		want   string
	}{
		{"text/*;q=0.5, application/json", []string{"text/html", "application/json"}, "application/json"},
		{"text/html;level=1;q=0.2, text/html;q=0.8", []string{"text/html;level=1", "text/html"}, "text/html"},
		{"*/*", []string{"a/b", "c/d"}, "a/b"},
		{"text/html;q=nan", []string{"text/html"}, ""},
		{"text/html;q=7", []string{"text/html"}, "text/html"},
		{"image/png", []string{"text/html"}, ""},
	}
	for _, tt := range tests {
		if got := newRequest(nil, "Accept", tt.accept).PreferredType(tt.offers...); got != tt.want {
			t.Errorf("%q among %q: got %q, want %q", tt.accept, tt.offers, got, tt.want)
		}
	}
	if m, ok := newRequest(nil, "Accept", "text/*;q=0.25").AcceptedType("text/html"); !ok || m.Quality != 0.25 || m.String() != "text/*" {
		t.Errorf("AcceptedType = %v, %v", m, ok)
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	post := func(contentType, body string, config *web.Config) *web.Request {
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		req.Header.Set("Content-Type", contentType)
		return web.NewRequest(req, config)
	}
	const form = "application/x-www-form-urlencoded"

	t.Run("twice", func(t *testing.T) {
		r := post(form, "a=1", nil)
		if r.POST().Get("a") != "1" {
			t.Error("POST is empty")
		}
		if body, err := r.Body(); string(body) != "a=1" || err != nil {
			t.Errorf("Body after POST: %q, %v", body, err)
		}
	})
	t.Run("read directly", func(t *testing.T) {
		r := post(form, "a=1", nil)
		_, _ = io.ReadAll(r.Request.Body)
		if _, err := r.Body(); !errors.Is(err, web.ErrBodyRead) {
			t.Errorf("Body: %v", err)
		}
		if r.POST().Len() != 0 {
			t.Error("POST is not empty")
		}
	})
	t.Run("understated length", func(t *testing.T) {
		r := post("text/plain", strings.Repeat("x", 100), &web.Config{DataUploadMaxMemorySize: 50})
		r.ContentLength = 10
		if _, err := r.Body(); web.StatusOf(err) != 400 {
			t.Errorf("Body: %v", err)
		}
	})
	t.Run("no limit", func(t *testing.T) {
		r := post("text/plain", strings.Repeat("x", 5<<20), &web.Config{DataUploadMaxMemorySize: -1})
		if body, err := r.Body(); len(body) != 5<<20 || err != nil {
			t.Errorf("Body: %d bytes, %v", len(body), err)
		}
	})
	t.Run("MaxBytesHandler", func(t *testing.T) {
		view := web.View(func(r *web.Request) (*web.Response, error) { return web.Text(r.POST().Get("a")), nil })
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a="+strings.Repeat("x", 100)))
		req.Header.Set("Content-Type", form)
		req.ContentLength = -1
		rec := httptest.NewRecorder()
		http.MaxBytesHandler(web.ToHTTP(view, quiet), 50).ServeHTTP(rec, req)
		if rec.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d", rec.Code)
		}
	})
	t.Run("client gone", func(t *testing.T) {
		req := httptest.NewRequest(http.MethodPost, "/", io.MultiReader(strings.NewReader("a=1"), failingReader{}))
		req.Header.Set("Content-Type", form)
		if _, _, err := web.NewRequest(req, nil).Form(); web.StatusOf(err) != 400 || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Form: %v", err)
		}
	})
	t.Run("PUT", func(t *testing.T) {
		r := post(form, "a=1", nil)
		r.Method = http.MethodPut
		if r.POST().Len() != 0 {
			t.Error("a PUT fills POST")
		}
		if values, _, err := r.ParseForm(); values.Get("a") != "1" || err != nil {
			t.Errorf("ParseForm: %v, %v", values, err)
		}
		if r.POST().Get("a") != "1" || r.FormValue("a") != "1" {
			t.Error("POST is empty after ParseForm")
		}
	})
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestSlot(t *testing.T) {
	t.Parallel()
	a, b := web.NewSlot[int]("a"), web.NewSlot[int]("b")
	r := newRequest(nil)
	a.Set(r, 1)
	b.Set(r, 2)
	a.Set(r, 3)
	if v, ok := a.Get(r); v != 3 || !ok {
		t.Errorf("a = %d, %v", v, ok)
	}
	if _, ok := a.Get(newRequest(nil)); ok {
		t.Error("another request has the value")
	}
}

func TestFromContextElsewhere(t *testing.T) {
	t.Parallel()
	if _, ok := web.FromContext(context.Background()); ok {
		t.Error("found a request")
	}
}
