package web_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/web"
)

func TestParseHeader(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line, value string
		params      map[string]string
	}{
		{" Text/HTML ; Charset=UTF-8", "text/html", map[string]string{"charset": "UTF-8"}},
		{`a; b="x;y\"z\\"; c=" "`, "a", map[string]string{"b": `x;y"z\`, "c": " "}},
		{"a; n*=iso-8859-1'en'%A3", "a", map[string]string{"n": "£"}},
		{"a; n*=utf-8''%e2%82%ac%ZZ", "a", map[string]string{"n": "€%ZZ"}},
		{"a; n*=plain", "a", map[string]string{"n": "plain"}},
		{`a; n="open`, "a", map[string]string{"n": `"open`}},
		{";;;", "", map[string]string{}},
		{strings.Repeat("x", 20000), "", nil},
	}
	for _, tt := range tests {
		value, params := web.ParseHeader(tt.line)
		if value != tt.value || len(params)+len(tt.params) > 0 && !cmp.Equal(params, tt.params) {
			t.Errorf("ParseHeader(%.50q) = %q, %q, want %q, %q", tt.line, value, params, tt.value, tt.params)
		}
	}
}

func TestMeta(t *testing.T) {
	t.Parallel()
	req := httptest.NewRequest(http.MethodPost, "/app/x?q=1", strings.NewReader("{}"))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "test")
	req = req.WithContext(context.WithValue(req.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 8000}))
	r := web.NewRequest(req, &web.Config{ScriptName: "/app"})
	for name, want := range map[string]string{
		"REQUEST_METHOD": "POST", "QUERY_STRING": "q=1", "PATH_INFO": "/x", "SCRIPT_NAME": "/app", "REMOTE_ADDR": "192.0.2.1", "SERVER_NAME": "10.0.0.1",
		"SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "CONTENT_TYPE": "application/json", "HTTP_USER_AGENT": "test", "HTTP_HOST": "example.com", "NONE": "", "HTTP_NONE": "",
	} {
		if got := r.Meta(name); got != want {
			t.Errorf("Meta(%s) = %q, want %q", name, got, want)
		}
	}
	if got := r.FullPathInfo(); got != "/x?q=1" {
		t.Errorf("FullPathInfo = %q", got)
	}
}

func TestConditionalKeepsWhatA304Needs(t *testing.T) {
	t.Parallel()
	closed := false
	resp := web.HTML("page")
	for name, value := range map[string]string{
		"Etag": `W/"a"`, "Cache-Control": "max-age=1", "Vary": "Cookie", "Expires": "x", "Content-Location": "/x", "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT", "X-Own": "1",
	} {
		resp.Header().Set(name, value)
	}
	resp.SetCookie(web.Cookie{Name: "a", Value: "1"})
	resp.OnClose(func() { closed = true })
	got := web.Conditional(newRequest(nil, "If-None-Match", `"b", "a"`), resp)
	if got.Status != 304 || !closed || len(got.Cookies()) != 1 {
		t.Errorf("status %d, closed %v, cookies %v", got.Status, closed, got.Cookies())
	}
	want := http.Header{
		"Etag": {`W/"a"`}, "Cache-Control": {"max-age=1"}, "Vary": {"Cookie"}, "Expires": {"x"}, "Content-Location": {"/x"}, "Last-Modified": {"Thu, 01 Jan 2026 00:00:00 GMT"},
	}
	if diff := cmp.Diff(want, got.Header()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	failing := web.HTML("x").WithStatus(404)
	failing.Header().Set("Etag", `"a"`)
	if web.Conditional(newRequest(nil, "If-None-Match", `"a"`), failing) != failing {
		t.Error("a 404 became another response")
	}
}

type named struct{}

func (named) Serve(*web.Request) (*web.Response, error) { return web.Text("x"), nil }

func TestNames(t *testing.T) {
	t.Parallel()
	view := web.View(plaintext)
	for want, h := range map[string]web.Handler{
		"web_test.plaintext": web.NeverCache(web.RequireGET(view)),
		"web_test.named":     named{},
		"http.fileHandler":   web.FromHTTP(http.FileServer(http.Dir("."))),
		"web_test.teapotAll": web.FromHTTP(http.HandlerFunc(teapotAll)),
	} {
		if got := web.HandlerName(h); got != want {
			t.Errorf("HandlerName = %q, want %q", got, want)
		}
	}
	layers := web.Compose(view, web.Std(requestID), mark).Layers()
	if len(layers) != 2 || layers[0].Name != "web_test.requestID" {
		t.Errorf("layers %v", layers)
	}
}

func teapotAll(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }

func TestIsSafeURL(t *testing.T) {
	t.Parallel()
	r := newRequest(&web.Config{AllowedHosts: []string{"example.com"}})
	for url, want := range map[string]bool{"/x": true, "http://example.com/": true, "https://example.com/": true, "//evil.example": false, `\\evil.example`: false, "": false} {
		if got := r.IsSafeURL(url); got != want {
			t.Errorf("IsSafeURL(%q) = %v", url, got)
		}
	}
	if strings.Repeat("x", 3000) != "" && web.IsSafeURL("/"+strings.Repeat("x", 3000), false) {
		t.Error("an endless URL is safe")
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	tests := []struct {
		to     string
		opts   []web.RedirectOption
		status int // of the error from 400 on
		want   string
	}{
		{"/é", nil, 302, "/%C3%A9"},
		{"/a\r\nSet-Cookie: x", nil, 302, "/a%0D%0ASet-Cookie:%20x"},
		{"mailto:a@b.example", nil, 400, ""},
		{"mailto:a@b.example", []web.RedirectOption{web.Schemes("mailto")}, 302, "mailto:a@b.example"},
		{"\tjavascript:alert(1)", nil, 400, ""},
		{"java\nscript:alert(1)", nil, 400, ""},
		{"DATA:text/html,x", nil, 400, ""},
		{"/" + strings.Repeat("x", 16384), nil, 400, ""},
		{"/" + strings.Repeat("x", 16384), []web.RedirectOption{web.MaxLength(-1), web.Permanent}, 301, "/" + strings.Repeat("x", 16384)},
		{"a:b/c", nil, 400, ""},
		{"1a:b", nil, 302, "1a:b"},
	}
	for _, tt := range tests {
		resp, err := web.Redirect(tt.to, tt.opts...)
		if err != nil {
			if web.StatusOf(err) != tt.status {
				t.Errorf("Redirect(%.40q): %v", tt.to, err)
			}
			continue
		}
		if resp.Status != tt.status || resp.Header().Get("Location") != tt.want {
			t.Errorf("Redirect(%.40q) = %d %.40q, want %d %.40q", tt.to, resp.Status, resp.Header().Get("Location"), tt.status, tt.want)
		}
	}
}
