package nuages_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

const key = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789-test-key"

// say is a view that answers with a text.
func say(text string) web.Handler {
	return web.View(func(*web.Request) (*web.Response, error) { return web.Text(text), nil })
}

// build makes an instance that the test closes.
func build(t testing.TB, site nuages.Site) *nuages.Instance {
	t.Helper()
	if site.Logger == nil {
		site.Logger = slog.New(slog.DiscardHandler)
	}
	app, err := nuages.New(site)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	return app
}

func get(h http.Handler, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
	return w
}

// run executes a command of a site and returns what it printed.
func run(t *testing.T, app *nuages.Instance, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := app.Call(manage.WithStreams(t.Context(), manage.Streams{Out: &out, Err: &out}), args...)
	return out.String(), err
}

func TestDefaultStack(t *testing.T) {
	t.Parallel()
	app := build(t, nuages.Site{
		Settings: nuages.Settings{SecretKey: key, AllowedHosts: []string{"example.com"}, SecureHSTSSeconds: 60, SecureProxySSLHeader: "X-Proto: https"},
		URLs:     urls.Patterns{urls.Path("", say("front")), urls.Path("news/", say("news"))},
	})
	h := app.Handler()
	w := get(h, "http://example.com/")
	if w.Code != 200 || w.Body.String() != "front" {
		t.Errorf("GET / = %d %q", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Content-Length": "5", "Strict-Transport-Security": "",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if w := get(h, "http://example.com/news"); w.Code != 301 || w.Header().Get("Location") != "/news/" {
		t.Errorf("GET /news = %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := get(h, "http://evil.example/"); w.Code != 400 {
		t.Errorf("other host = %d, want 400", w.Code)
	}
	if w := get(h, "http://example.com/nowhere/"); w.Code != 404 {
		t.Errorf("GET /nowhere/ = %d", w.Code)
	}
	r := httptest.NewRequest(http.MethodGet, "http://example.com/", nil)
	r.Header.Set("X-Proto", "https")
	secure := httptest.NewRecorder()
	h.ServeHTTP(secure, r)
	if got := secure.Header().Get("Strict-Transport-Security"); got != "max-age=60" {
		t.Errorf("HSTS over HTTPS = %q", got)
	}
}

// TestTwoSitesInOneProcess builds many sites with the same names at once; each answers with its own values only.
func TestTwoSitesInOneProcess(t *testing.T) {
	t.Parallel()
	type Page struct{ Word string }
	home := urls.Name0("home")
	page := template.Page[Page]("page.html")
	for i := range 8 {
		t.Run(fmt.Sprintf("site %d", i), func(t *testing.T) {
			t.Parallel()
			word := fmt.Sprintf("word%d", i)
			view := web.View(func(r *web.Request) (*web.Response, error) {
				app := nuages.FromContext(r.Context())
				return views.Render(r, page, Page{Word: home.URL(r) + " " + app.Settings().TimeZone})
			})
			ready := 0
			app := build(t, nuages.Site{
				Settings:  nuages.Settings{SecretKey: key, AllowedHosts: []string{word + ".example"}, TimeZone: []string{"UTC", "Europe/Paris"}[i%2], Debug: i%3 == 0},
				Apps:      []apps.App{{Name: "one", Ready: func(ctx context.Context) error { ready++; return nil }}},
				URLs:      urls.Patterns{urls.Path(word+"/", view, urls.Name("home"))},
				Templates: []fs.FS{fstest.MapFS{"page.html": {Data: []byte(word + " {{ word }}")}}},
			})
			want := fmt.Sprintf("%s /%s/ %s", word, word, []string{"UTC", "Europe/Paris"}[i%2])
			for range 50 {
				if w := get(app.Handler(), "http://"+word+".example/"+word+"/"); w.Code != 200 || w.Body.String() != want {
					t.Fatalf("answer = %d %q, want %q", w.Code, w.Body, want)
				}
			}
			if other := get(app.Handler(), fmt.Sprintf("http://word%d.example/", (i+1)%8)); other.Code != 400 {
				t.Errorf("the host of another site got %d", other.Code)
			}
			if ready != 1 {
				t.Errorf("Ready ran %d times", ready)
			}
			if out, err := run(t, app, "routes"); err != nil || !strings.Contains(out, "/"+word+"/") {
				t.Errorf("routes = %v\n%s", err, out)
			}
		})
	}
}

func TestEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	type Page struct{ Title string }
	_, err := nuages.New(nuages.Site{
		Settings: nuages.Settings{
			TimeZone: "Mars/Olympus", LogLevel: "loud", XFrameOptions: "MAYBE", AllowedHosts: []string{"https://example.com/"}, SecureReferrerPolicy: "never",
			DatabaseURL: "nosuch:db",
		},
		Apps: []apps.App{{Name: "two"}, {Name: "two"}, {Name: "Bad Name"}},
		URLs: urls.Patterns{urls.Path("a/<int:pk>/<int:pk>/", say("x")), urls.Path("b/<nosuch:x>/", say("x"))},
	})
	start, ok := errors.AsType[*nuages.StartError](err)
	if !ok {
		t.Fatalf("New = %v, want a *StartError", err)
	}
	for _, want := range []string{
		"SECRET_KEY: (settings.E001)", "TIME_ZONE: (settings.E001)", "LOG_LEVEL", "X_FRAME_OPTIONS", "ALLOWED_HOSTS", "security.E023", "apps.E002", "apps.E001",
		"databases.E002", "nuages_test.go", "nosuch",
	} {
		if !strings.Contains(start.Error(), want) {
			t.Errorf("the report has no %q:\n%v", want, err)
		}
	}

	_, err = nuages.New(nuages.Site{
		Settings:  nuages.Settings{SecretKey: key},
		URLs:      urls.Patterns{urls.Path("a/", say("x"), urls.Name("a"))},
		Names:     []urls.AnyName{urls.Name0("b"), urls.Name1[int64]("a")},
		Templates: []fs.FS{fstest.MapFS{"p.html": {Data: []byte("{{ titel }}")}, "q.html": {Data: []byte("{% url 'c' %}{% nosuch %}")}}},
		Pages:     []template.AnyPage{template.Page[Page]("p.html"), template.Page[Page]("missing.html")},
	})
	for _, want := range []string{"p.html:1:", "titel", "q.html:1:", "missing.html", `"b"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the report has no %q:\n%v", want, err)
		}
	}
}

// A middleware that cannot be built is reported with everything else.
func TestMiddlewareThatCannotBeBuilt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		mw   web.Middleware
		want string
	}{
		"nil":     {nil, "web: middleware 1 of the chain is nil"},
		"nothing": {func(web.Handler) web.Handler { return nil }, "web: middleware 1 of the chain returned no handler"},
		"panic":   {func(web.Handler) web.Handler { panic("acme: no key (set Options.Key)") }, "acme: no key (set Options.Key)"},
	} {
		_, err := nuages.New(nuages.Site{Middleware: []web.Middleware{tt.mw}})
		for _, want := range []string{"(middleware.E001) " + tt.want, "SECRET_KEY"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the report has no %q:\n%v", name, want, err)
			}
		}
	}
}

// Settings that no request would ever fit are mistakes, not silence.
func TestSettingsThatNeverMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		set  func(s *nuages.Settings)
		want string // "" for no mistake
	}{
		{"names", hosts("example.com", ".example.com", "*", "127.0.0.1", "[::1]", "A-b.example"), ""},
		{"pattern", hosts("*.example.com"), `"*.example.com" is not a host name`},
		{"port", hosts("example.com:8000"), `"example.com:8000" is not a host name`},
		{"bare IPv6", hosts("::1"), `"::1" is not a host name`},
		{"last dot", hosts("example.com."), `"example.com." is not a host name`},
		{"URL", hosts("https://example.com"), "is not a host name"},
		{"empty", hosts(""), "is not a host name"},
		{"redirect host", func(s *nuages.Settings) { s.SecureSSLHost = "secure.example.com:8443" }, ""},
		{"redirect host with scheme", func(s *nuages.Settings) { s.SecureSSLHost = "https://example.com" }, `"https://example.com" is not a host`},
		{"static without slash", func(s *nuages.Settings) { s.StaticURL = "/static" }, "(urls.E006) The STATIC_URL setting must end with a slash."},
		{"media without slash", func(s *nuages.Settings) { s.MediaURL = "https://cdn.example/m" }, "(urls.E006) The MEDIA_URL setting must end with a slash."},
		{"no such directory", func(s *nuages.Settings) { s.FileUploadTempDir = "/no/such" }, "(files.E001)"},
		{"proxy header", proxyHeader("X-Forwarded-Proto: https"), ""},
		{"proxy header of Django", proxyHeader("HTTP_X_FORWARDED_PROTO: https"), "X-Forwarded-Proto, and not as Django's"},
		{"proxy header without value", proxyHeader("X-Forwarded-Proto:"), "has no value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			settings := nuages.Settings{SecretKey: key}
			tt.set(&settings)
			app, err := nuages.New(nuages.Site{Settings: settings})
			if err == nil {
				app.Close()
			}
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New = %v, want %q", err, tt.want)
			}
		})
	}
}

func hosts(items ...string) func(*nuages.Settings) {
	return func(s *nuages.Settings) { s.AllowedHosts = items }
}

func proxyHeader(text string) func(*nuages.Settings) {
	return func(s *nuages.Settings) { s.SecureProxySSLHeader = text }
}

func TestReadyError(t *testing.T) {
	t.Parallel()
	_, err := nuages.New(nuages.Site{
		Settings: nuages.Settings{SecretKey: key},
		Apps:     []apps.App{{Name: "news", Ready: func(context.Context) error { return io.ErrUnexpectedEOF }}},
	})
	if err == nil || !strings.Contains(err.Error(), "(apps.E003) nuages: application news: unexpected EOF") {
		t.Errorf("New = %v", err)
	}
}

func TestCheckCommand(t *testing.T) {
	t.Parallel()
	own := manage.Check{Tags: []string{"own"}, Run: func(ctx context.Context) []manage.Message {
		if nuages.FromContext(ctx) == nil {
			return []manage.Message{{Level: manage.Critical, Text: "no site in the context"}}
		}
		return []manage.Message{{Level: manage.Warning, ID: "own.W001", Text: "Doubtful."}, {Level: manage.Warning, ID: "own.W002", Text: "Silenced."}}
	}}
	app := build(t, nuages.Site{
		Settings: nuages.Settings{SecretKey: "short", SilencedSystemChecks: []string{"own.W002"}}, Checks: []manage.Check{own},
		URLs: urls.Patterns{urls.Path("", say("x"))},
	})
	tests := []struct {
		name string
		args []string
		want []string
		fail bool
	}{
		{"plain", []string{"check"}, []string{"WARNINGS:\n?: (own.W001) Doubtful.", "System check identified 1 issue (1 silenced)."}, false},
		{"tag", []string{"check", "--tag", "urls"}, []string{"System check identified no issues (0 silenced)."}, false},
		{"no such tag", []string{"check", "-t", "nosuch"}, []string{`no system check with the tag "nosuch"`}, true},
		{"fail level", []string{"check", "--fail-level", "warning"}, []string{"own.W001"}, true},
		{"deploy", []string{"check", "--deploy", "--fail-level=CRITICAL"}, []string{"security.W004", "security.W008", "security.W009", "security.W020"}, false},
		{"tags", []string{"check", "--list-tags"}, []string{"own\nsecurity\nsettings\ntemplates\nurls\n"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, app, tt.args...)
			if err != nil {
				out += err.Error()
			}
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("%v printed no %q:\n%s", tt.args, want, out)
				}
			}
			if (err != nil) != tt.fail {
				t.Errorf("%v = %v", tt.args, err)
			}
		})
	}
	if messages := app.Check(t.Context(), true); len(messages) < 4 {
		t.Errorf("Check(deploy) = %v", messages)
	}
}

func TestSettingsCommand(t *testing.T) {
	t.Parallel()
	app := build(t, nuages.Site{Settings: nuages.Settings{SecretKey: key, AllowedHosts: []string{"a.example", "b.example"}, DatabaseURL: ""}})
	out, err := run(t, app, "settings")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SECRET_KEY", "****", "a.example,b.example", "code", "APPEND_SLASH", "true", "X_FRAME_OPTIONS"} {
		if !strings.Contains(out, want) {
			t.Errorf("settings has no %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, key) {
		t.Error("the secret key is shown")
	}
	out, _ = run(t, app, "settings", "--changed", "--json")
	if !strings.Contains(out, `"name": "ALLOWED_HOSTS"`) || strings.Contains(out, "APPEND_SLASH") {
		t.Errorf("settings --changed --json:\n%s", out)
	}
}

func TestServeRefusesDebug(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]nuages.Settings{
		"DEBUG is on": {SecretKey: key, Debug: true}, "ALLOWED_HOSTS is empty": {SecretKey: key},
	} {
		if _, err := run(t, build(t, nuages.Site{Settings: s}), "serve", "127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("serve = %v, want %q", err, want)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		app, err := nuages.New(nuages.Site{Settings: nuages.Settings{SecretKey: key}, URLs: urls.Patterns{urls.Path("", say("x"))}})
		if err != nil {
			b.Fatal(err)
		}
		app.Close()
	}
}

func BenchmarkRequest(b *testing.B) {
	app := build(b, nuages.Site{Settings: nuages.Settings{SecretKey: key, AllowedHosts: []string{"example.com"}}, URLs: urls.Patterns{urls.Path("", say("x"))}})
	h, r := app.Handler(), httptest.NewRequest(http.MethodGet, "http://example.com/", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(nullWriter{http.Header{}}, r)
	}
}

// nullWriter keeps nothing.
type nullWriter struct{ header http.Header }

func (w nullWriter) Header() http.Header         { return w.header }
func (w nullWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w nullWriter) WriteHeader(int)             {}
