package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/web"
)

// httpCase is a request and what Django answered. The file's README describes the form.
type httpCase struct {
	Name, Method, URL string
	Headers           map[string]*string
	Body              json.RawMessage
	ContentType       string `json:"content_type"`
	Secure            bool
	Settings          map[string]json.RawMessage
	Response          struct {
		Status     int
		Reason     string
		Headers    [][2]string
		SetCookies []string `json:"set_cookies"`
		Body       json.RawMessage
		BodyGunzip *string `json:"body_gunzipped"`
	}
}

// The groups that are about requests and responses alone; the others need the resolver or the middleware.
var webGroups = []string{
	"method", "require", "query", "body", "multipart", "limits", "cookie-in", "cookie-out", "headers", "host", "status",
	"errors", "redirect", "condition", "decorated", "download", "accept", "script-name",
}

// otherPaths are requests of those groups whose view needs more than this package.
var otherPaths = []string{"/cached/", "/redir/name/", "/frame/", "/frame2/"}

// ourHeaders are compared; the rest comes from Django's middleware.
var ourHeaders = []string{"Content-Type", "Location", "Allow", "Cache-Control", "Content-Disposition", "Last-Modified", "Vary", "X-One", "X-Two", "Expires"}

// differences are cases in which we do something else on purpose.
var differences = map[string]string{
	"query/08": "raw UTF-8 in a query string is percent-encoded once; Django's WSGI layer takes it for Latin-1 first",
}

func TestConformance(t *testing.T) {
	data, err := os.ReadFile("testdata/conformance/http.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Now   time.Time
		Cases []httpCase
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	run, skipped := 0, 0
	for _, c := range file.Cases {
		group, _, _ := strings.Cut(c.Name, "/")
		path, _, _ := strings.Cut(c.URL, "?")
		if !slices.Contains(webGroups, group) || slices.Contains(otherPaths, path) {
			skipped++
			continue
		}
		run++
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(file.Now))
				c.run(t)
			})
		})
	}
	t.Logf("conformance http: %d cases here, %d in the packages above", run, skipped)
}

func (c *httpCase) run(t *testing.T) {
	if why := differences[c.Name]; why != "" {
		t.Skip(why)
	}
	rec := httptest.NewRecorder()
	web.ToHTTP(web.View(testSite), c.config(t)).ServeHTTP(rec, c.request(t))

	if rec.Code != c.Response.Status {
		t.Fatalf("status %d, want %d\n%s", rec.Code, c.Response.Status, rec.Body)
	}
	want := http.Header{}
	for _, h := range c.Response.Headers {
		if slices.Contains(ourHeaders, h[0]) || h[0] == "x-two" {
			want.Add(h[0], h[1])
		}
	}
	if vary := want.Get("Vary"); vary == "Accept-Encoding" {
		want.Del("Vary") // from GZipMiddleware
	}
	got := http.Header{}
	for _, name := range ourHeaders {
		for _, v := range rec.Header()[name] {
			got.Add(name, latin1(v))
		}
	}
	if c.Response.Status == http.StatusNoContent {
		got.Del("Content-Type")
		want.Del("Content-Type")
	}
	if c.Response.Status == http.StatusNotModified {
		want.Del("Content-Type") // a 304 made by hand keeps it in Django; net/http takes it off
		got.Del("Content-Type")
	}
	if strings.HasPrefix(c.URL, "/download/") {
		got.Del("Last-Modified") // Django's FileResponse has none
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("header (-Django +Nuages):\n%s", diff)
	}
	if diff := cmp.Diff(c.Response.SetCookies, rec.Header()["Set-Cookie"]); diff != "" {
		t.Errorf("cookies (-Django +Nuages):\n%s", diff)
	}
	c.compareBody(t, rec.Body.String())
}

func (c *httpCase) compareBody(t *testing.T, got string) {
	want := ""
	if c.Response.BodyGunzip != nil {
		want = *c.Response.BodyGunzip
	} else if json.Unmarshal(c.Response.Body, &want) != nil {
		return
	}
	if c.Response.Status == 204 || c.Response.Status == 304 {
		want = "" // Django's test client shows what no server sends
	}
	if strings.HasPrefix(want, `{"method"`) {
		var a, b map[string]any
		if json.Unmarshal([]byte(want), &a) != nil || json.Unmarshal([]byte(got), &b) != nil {
			t.Fatalf("body %s, want %s", got, want)
		}
		if c.ContentType != "" && a["content_type"] == "" {
			delete(a, "content_type") // the test client leaves the header out when the body is empty
			delete(b, "content_type")
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("body (-Django +Nuages):\n%s", diff)
		}
		return
	}
	if got != want {
		t.Errorf("body %q, want %q", got, want)
	}
}

func latin1(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func toLatin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

type serverAddr string

func (serverAddr) Network() string  { return "tcp" }
func (a serverAddr) String() string { return string(a) }

func (c *httpCase) request(t *testing.T) *http.Request {
	rawPath, query, _ := strings.Cut(c.URL, "?")
	path, err := url.PathUnescape(rawPath)
	if err != nil {
		t.Fatal(err)
	}
	var body string
	if len(c.Body) > 0 {
		var tagged struct{ V []byte }
		if json.Unmarshal(c.Body, &body) != nil && json.Unmarshal(c.Body, &tagged) == nil {
			body = string(tagged.V)
		}
	}
	req := httptest.NewRequest(c.Method, "/", strings.NewReader(body))
	req.URL = &url.URL{Path: path, RawQuery: query}
	req.Host = ""
	if c.ContentType != "" {
		req.Header.Set("Content-Type", c.ContentType)
	}
	hostGiven := false
	for name, value := range c.Headers {
		switch {
		case value == nil:
		case name == "Host":
			req.Host, hostGiven = *value, true
		default:
			req.Header.Set(name, toLatin1(*value))
		}
	}
	if !hostGiven {
		req = req.WithContext(context.WithValue(req.Context(), http.LocalAddrContextKey, serverAddr("testserver:80")))
	}
	return req
}

func (c *httpCase) config(t *testing.T) *web.Config {
	config := &web.Config{
		AllowedHosts: []string{"testserver", ".news.example", "[::1]"}, SecretKey: "a-secret-key-for-conformance",
		Logger: slog.New(slog.DiscardHandler),
	}
	for name, raw := range c.Settings {
		var err error
		switch name {
		case "DATA_UPLOAD_MAX_MEMORY_SIZE":
			err = json.Unmarshal(raw, &config.DataUploadMaxMemorySize)
		case "DATA_UPLOAD_MAX_NUMBER_FIELDS":
			err = json.Unmarshal(raw, &config.DataUploadMaxNumberFields)
		case "USE_X_FORWARDED_HOST":
			err = json.Unmarshal(raw, &config.UseForwardedHost)
		case "USE_X_FORWARDED_PORT":
			err = json.Unmarshal(raw, &config.UseForwardedPort)
		case "FORCE_SCRIPT_NAME":
			err = json.Unmarshal(raw, &config.ScriptName)
		case "SECURE_PROXY_SSL_HEADER":
			var pair []string
			err = json.Unmarshal(raw, &pair)
			config.SecureProxyHeader = strings.ReplaceAll(strings.TrimPrefix(pair[0], "HTTP_"), "_", "-")
			config.SecureProxyValue = pair[1]
		default:
			t.Fatalf("setting %s is not known here", name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return config
}

// testSite is generate/gen_http.py's views.
func testSite(r *web.Request) (*web.Response, error) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.PathInfo(), "/"), "/")
	arg := strings.TrimSuffix(rest, "/")
	text := web.View(func(*web.Request) (*web.Response, error) { return web.Text("plain ü"), nil })
	switch first {
	case "echo":
		return echo(r)
	case "text":
		return text(r)
	case "get-only":
		return web.RequireGET(text).Serve(r)
	case "post-only":
		return web.RequirePOST(text).Serve(r)
	case "safe":
		return web.RequireSafe(text).Serve(r)
	case "methods":
		return web.RequireMethods(text, "PUT", "DELETE").Serve(r)
	case "never":
		return web.NeverCache(text).Serve(r)
	case "control":
		return web.CacheControl(text, "max-age=60", "private", "no-transform").Serve(r)
	case "vary":
		return web.VaryOn(text, "User-Agent", "Cookie").Serve(r)
	case "vary2":
		return web.VaryOnCookie(web.View(headers)).Serve(r)
	case "headers":
		return headers(r)
	case "cookies":
		return cookies(r)
	case "status":
		var code int
		_, _ = fmt.Sscan(arg, &code)
		return web.HTML("body").WithStatus(code), nil
	case "raise":
		return nil, map[string]error{
			"404": web.NotFound("no such"), "403": web.Forbidden("no"), "400": web.BadRequest("bad"),
			"suspicious": web.Suspicious("SuspiciousOperation", "odd"), "500": io.ErrUnexpectedEOF,
		}[arg]
	case "redir":
		return redirect(arg)
	case "cond":
		return web.Condition(web.View(func(*web.Request) (*web.Response, error) { return web.HTML("cond"), nil }),
			func(*web.Request) (string, error) { return `"e1"`, nil },
			func(*web.Request) (time.Time, error) { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), nil }).Serve(r)
	case "stream":
		return web.Stream("text/plain", func(w *web.StreamWriter) error {
			for i := range 3 {
				if _, err := fmt.Fprintf(w, "part%d;", i); err != nil {
					return err
				}
			}
			return nil
		}), nil
	case "download":
		content := make([]byte, 64)
		for i := range content {
			content[i] = byte(i)
		}
		var opts []web.FileOption
		switch arg {
		case "attach":
			opts = []web.FileOption{web.Attachment, web.Filename(`naïve "q".bin`)}
		case "named":
			opts = []web.FileOption{web.Filename("n.txt")}
		}
		return web.Content("b.bin", time.Time{}, bytes.NewReader(content), opts...), nil
	case "accepts":
		var accepted []string
		for _, mediaType := range []string{"text/html", "application/json", "image/png"} {
			if r.Accepts(mediaType) {
				accepted = append(accepted, mediaType)
			}
		}
		preferred := r.PreferredType("text/html", "application/json", "text/plain")
		if preferred == "" {
			preferred = "None"
		}
		return web.HTML(strings.Join(accepted, ",") + "|" + preferred), nil
	case "json":
		type item struct {
			D time.Time `json:"d"`
			X string    `json:"x"`
		}
		return web.JSON([]any{1, item{time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC), "é<&>"}})
	case "kinds":
		return kinds()
	}
	return nil, web.NotFound("no such view: %s", first)
}

func echo(r *web.Request) (*web.Response, error) {
	host, err := r.Host()
	if err != nil {
		return nil, err
	}
	absolute, err := r.AbsoluteURL("")
	if err != nil {
		return nil, err
	}
	lists := func(v *web.Values) map[string][]string {
		m := map[string][]string{}
		for key, values := range v.Lists() {
			m[key] = values
		}
		return m
	}
	files := map[string][]any{}
	for f := range r.FILES().All() {
		files[f.Field] = []any{f.Name, f.ContentType, f.Size}
	}
	var length any
	if r.POST().Len() == 0 && len(files) == 0 {
		body, err := r.Body()
		if err != nil {
			return nil, err
		}
		length = len(body)
	}
	return web.JSON(map[string]any{
		"method": r.Method, "path": r.Path(), "get": lists(r.GET()), "post": lists(r.POST()), "files": files,
		"cookies": r.Cookies(), "host": host, "secure": r.IsSecure(), "full_path": r.FullPath(), "absolute": absolute,
		"content_type": r.ContentType(), "body_length": length, "kwargs": map[string]any{},
	})
}

func headers(*web.Request) (*web.Response, error) {
	resp := web.HTML("h")
	resp.Header().Set("X-One", "1")
	resp.Header().Set("x-two", "é")
	resp.Header().Set("Vary", "Accept")
	return resp, nil
}

func cookies(r *web.Request) (*web.Response, error) {
	resp := web.HTML("c")
	resp.SetCookie(web.Cookie{Name: "plain", Value: "v1"})
	resp.SetCookie(web.Cookie{
		Name: "full", Value: `a b;c,"d"é`, MaxAge: time.Hour, Path: "/p/", Domain: "news.example", Secure: true, HTTPOnly: true, SameSite: "Lax",
	})
	resp.SetCookie(web.Cookie{Name: "exp", Value: "x", Expires: time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)})
	resp.SetCookie(web.Cookie{Name: "delta", Value: "x", MaxAge: 24 * time.Hour})
	resp.SetCookie(web.Cookie{Name: "none", Value: "x", SameSite: "None", Secure: true})
	resp.SetCookie(web.Cookie{Name: "zero", Value: "x", MaxAge: -1})
	if err := resp.SetSignedCookie(r, web.Cookie{Name: "signed", Value: "val"}, "s"); err != nil {
		return nil, err
	}
	resp.DeleteCookie(web.Cookie{Name: "gone"})
	resp.DeleteCookie(web.Cookie{Name: "__Secure-gone", Path: "/p/", Domain: "news.example", SameSite: "Lax"})
	return resp, nil
}

func redirect(how string) (*web.Response, error) {
	switch how {
	case "url":
		return web.Redirect("/to/é/?a=b c")
	case "perm":
		return web.Redirect("/p/", web.Permanent)
	case "keep":
		return web.Redirect("/k/", web.PreserveRequest)
	case "permkeep":
		return web.Redirect("/k/", web.Permanent, web.PreserveRequest)
	case "rel":
		return web.Redirect("../x")
	case "abs":
		return web.Redirect("https://other.example/x")
	case "js":
		return web.Redirect("javascript:alert(1)")
	case "304":
		return web.NotModified(), nil
	case "405":
		return web.NotAllowed("GET", "PUT"), nil
	case "410":
		return web.HTML("gone").WithStatus(http.StatusGone), nil
	}
	return nil, web.NotFound("%s", how)
}

type textual string

func (t textual) MarshalText() ([]byte, error) { return []byte(t), nil }

func kinds() (*web.Response, error) {
	type values struct {
		Date  textual       `json:"date"`
		Time  textual       `json:"time"`
		Delta time.Duration `json:"delta"`
		Neg   time.Duration `json:"neg"`
		Dec   textual       `json:"dec"`
		UUID  textual       `json:"uuid"`
		Naive textual       `json:"naive"`
		Off   time.Time     `json:"off"`
		F     float64       `json:"f"`
		U     string        `json:"u"`
	}
	return web.JSON(values{
		"2026-03-04", "05:06:07.001", 26*time.Hour + 3500*time.Millisecond, -time.Second, "1.50", "00000000-0000-0000-0000-000000000001",
		"2026-03-04T05:06:07.123", time.Date(2026, 3, 4, 0, 0, 0, 0, time.FixedZone("", 19800)), 1, "\u2028",
	})
}
