package views_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/views/debug"
	"github.com/nuages-go/nuages/web"
)

var errSecret = errors.New("password of the database is hunter2")

// failing patterns: one URL for each kind of error.
func failingPatterns(more ...urls.Pattern) urls.Patterns {
	view := func(err error) web.Handler {
		return web.View(func(*web.Request) (*web.Response, error) { return nil, err })
	}
	return append(urls.Patterns{
		urls.Path("home", web.View(func(*web.Request) (*web.Response, error) { return web.Text("home"), nil })),
		urls.Path("boom", view(fmt.Errorf("load: %w", errSecret)), urls.Name("boom")),
		urls.Path("panic", web.View(func(*web.Request) (*web.Response, error) { panic(errSecret) })),
		urls.Path("missing", view(&web.Error{Status: 404, Message: "No <Article> matches.", Err: errSecret})),
		urls.Path("forbidden", view(web.Forbidden("Not <yours>."))),
		urls.Path("bad", view(web.BadRequest("Bad <input>."))),
		urls.Path("gone", view(&web.Error{Status: 410})),
		urls.Path("exhausted", view(fmt.Errorf("%w: hunter2", orm.ErrPoolExhausted))),
		urls.Path("busy", view(&web.Error{Status: 503, Message: "Back soon.", Header: http.Header{"Retry-After": {"60"}}})),
	}, more...)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

const (
	html        = "text/html; charset=utf-8"
	text        = "text/plain; charset=utf-8"
	problemJSON = "application/problem+json"
)

func TestErrorPageInProduction(t *testing.T) {
	t.Parallel()
	s := site{patterns: failingPatterns(), config: web.Config{Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{Settings: errSecret})}}
	tests := []struct {
		name, path, accept string
		status             int
		contentType, want  string
	}{
		{"failure", "/boom", "text/html", 500, html, "Internal Server Error"},
		{"panic", "/panic", "text/html", 500, html, "Internal Server Error"},
		{"no pattern", "/nowhere", "text/html", 404, html, "There is nothing at this address."},
		{"view's 404", "/missing", "", 404, html, "Not Found"},
		{"anything is HTML", "/missing", "*/*", 404, html, "Not Found"},
		{"forbidden", "/forbidden", "text/html", 403, html, "You are not allowed"},
		{"bad request", "/bad", "text/html", 400, html, "could not make sense"},
		{"gone", "/gone", "text/html", 410, html, "has been removed"},
		{"busy", "/busy", "text/html", 503, html, "try again soon"},
		{"no connection", "/exhausted", "text/html", 503, html, "try again soon"},
		{"no connection, json", "/exhausted", "application/json", 503, problemJSON, `"status":503`},
		{"text", "/missing", "text/plain", 404, text, "Not Found\n"},
		{"image", "/missing", "image/png", 404, text, "Not Found\n"},
		{"json", "/missing", "application/json", 404, problemJSON, `"detail":"No \u003cArticle\u003e matches."`},
		{"axios", "/boom", "application/json, text/plain, */*", 500, problemJSON, `{"type":"about:blank","title":"Internal Server Error","status":500}`},
		{"browser", "/boom", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 500, html, "<h1>"},
		{"json less", "/missing", "text/html, application/json;q=0.5", 404, html, "<h1>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := s.get(t, tt.path, "Accept", tt.accept)
			wantResponse(t, w, tt.status, tt.contentType, tt.want)
			for _, secret := range []string{"hunter2", "load:", "errorpage_test.go", "Article>", "goroutine"} {
				if strings.Contains(w.Body.String(), secret) {
					t.Errorf("the page tells %q:\n%s", secret, w.Body)
				}
			}
			if !strings.Contains(w.Header().Get("Vary"), "Accept") {
				t.Errorf("Vary = %q", w.Header().Get("Vary"))
			}
		})
	}
	if got := s.get(t, "/busy").Header().Get("Retry-After"); got != "60" {
		t.Errorf("Retry-After = %q", got)
	}
	if got := s.get(t, "/exhausted").Header().Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After without a connection = %q", got)
	}
	if csp := s.get(t, "/missing").Header().Get("Content-Security-Policy"); !strings.Contains(csp, "style-src 'sha256-") {
		t.Errorf("the plain page's policy = %q", csp)
	}
}

// The error of web.Bind names the fields.
func TestProblemFields(t *testing.T) {
	t.Parallel()
	var fields web.FieldErrors
	fields.Add("items.0.a/b", "Enter a number.")
	fields.Add("title", "This field is required.")
	s := site{
		patterns: urls.Patterns{urls.Path("", web.View(func(*web.Request) (*web.Response, error) {
			return nil, fmt.Errorf("order: %w", &web.Error{Status: 422, Message: "The data are not valid.", Err: &fields})
		}))},
		config: web.Config{Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})},
	}
	wantResponse(t, s.get(t, "/", "Accept", "application/json"), 422, problemJSON, `"status":422,"detail":"The data are not valid.",`+
		`"errors":[{"detail":"Enter a number.","pointer":"#/items/0/a~1b"},{"detail":"This field is required.","pointer":"#/title"}]}`)
	wantResponse(t, s.get(t, "/", "Accept", "text/html"), 422, html, "not valid")
}

func TestErrorTemplates(t *testing.T) {
	t.Parallel()
	s := site{
		patterns: failingPatterns(), config: web.Config{Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})},
		engine: fakeEngine{"404.html": shows, "403.html": shows, "400.html": shows, "500.html": shows, "410.html": shows},
	}
	tests := []struct {
		path   string
		status int
		want   string
	}{
		{"/missing", 404, "<p>map[exception:No <Article> matches. request_path:/missing]</p>"},
		{"/no%20where", 404, "<p>map[exception:Not Found request_path:/no%20where]</p>"},
		{"/forbidden", 403, "<p>map[exception:Not <yours>.]</p>"},
		{"/bad", 400, "<p>map[]</p>"},
		{"/boom", 500, "<p>map[]</p>"},
		{"/panic", 500, "<p>map[]</p>"},
		{"/gone", 410, "<p>map[]</p>"},
	}
	for _, tt := range tests {
		w := s.get(t, tt.path)
		wantResponse(t, w, tt.status, html)
		if w.Body.String() != tt.want {
			t.Errorf("%s: body = %q, want %q", tt.path, w.Body, tt.want)
		}
	}
}

func TestErrorHandlers(t *testing.T) {
	t.Parallel()
	handler := func(r *web.Request, err error) (*web.Response, error) {
		return web.Text("handled " + err.Error()).WithStatus(web.StatusOf(err)), nil
	}
	s := site{
		patterns: failingPatterns(urls.ErrorHandler(404, handler), urls.ErrorHandler(403, handler)),
		engine:   fakeEngine{"404.html": shows},
		config:   web.Config{Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})},
	}
	wantResponse(t, s.get(t, "/forbidden", "Accept", "application/json"), 403, text, "handled Not <yours>.")
	wantResponse(t, s.get(t, "/nowhere"), 404, text, "handled ")
	wantResponse(t, s.get(t, "/boom"), 500, html, "Internal Server Error")
}

func TestOnFailure(t *testing.T) {
	t.Parallel()
	for _, debugging := range []bool{false, true} {
		var reports []string
		s := site{patterns: failingPatterns(), config: web.Config{Debug: debugging, Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{
			OnFailure: func(r *web.Request, err error) {
				report := debug.New(r, err, debug.Options{})
				reports = append(reports, report.Title())
				if !strings.Contains(report.Text(), "hunter2") {
					t.Error("the report does not tell the error")
				}
				panic("the hook panics")
			},
		})}}
		for _, path := range []string{"/boom", "/panic", "/missing", "/forbidden", "/bad", "/busy", "/home"} {
			if w := s.get(t, path); path == "/boom" && w.Code != 500 {
				t.Errorf("%s = %d", path, w.Code)
			}
		}
		want := "load: password of the database is hunter2 at /boom; password of the database is hunter2 at /panic"
		if debugging {
			want = ""
		}
		if got := strings.Join(reports, "; "); got != want {
			t.Errorf("debug %v: reports = %q, want %q", debugging, got, want)
		}
	}
}

// What a site adds can fail in every way; the visitor still gets a page, and the log the failure.
func TestErrorPagesThatFail(t *testing.T) {
	t.Parallel()
	failingHandler := func(*web.Request, error) (*web.Response, error) { return nil, errors.New("the handler is broken") }
	panickingHandler := func(*web.Request, error) (*web.Response, error) { panic("the handler panics") }
	tests := []struct {
		name     string
		patterns urls.Patterns
		engine   fakeEngine
		want     string
		logged   []string
	}{
		{"template", failingPatterns(), fakeEngine{"404.html": fails}, "There is nothing at this address.", []string{"the template is broken"}},
		{"panicking template", failingPatterns(), fakeEngine{"404.html": panics}, "There is nothing at this address.", []string{"the template panics"}},
		{"handler", failingPatterns(urls.ErrorHandler(404, failingHandler)), fakeEngine{"404.html": shows}, "<p>map[", []string{"the handler is broken"}},
		{"panicking handler", failingPatterns(urls.ErrorHandler(404, panickingHandler)), nil, "There is nothing at this address.", []string{"the handler panics", "errorpage_test.go"}},
		{
			"both", failingPatterns(urls.ErrorHandler(404, failingHandler)),
			fakeEngine{"404.html": fails},
			"There is nothing at this address.",
			[]string{"the handler is broken", "the template is broken"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			s := site{patterns: tt.patterns, engine: tt.engine, config: web.Config{
				Logger: slog.New(slog.NewTextHandler(&log, nil)), ErrorPage: views.ErrorPage(views.ErrorOptions{}),
			}}
			wantResponse(t, s.get(t, "/missing"), 404, html, tt.want)
			for _, want := range tt.logged {
				if !strings.Contains(log.String(), want) {
					t.Errorf("the log lacks %q:\n%s", want, log.String())
				}
			}
		})
	}
}

func TestDebugPages(t *testing.T) {
	t.Parallel()
	s := site{
		patterns: failingPatterns(), engine: fakeEngine{"404.html": shows, "403.html": shows, "500.html": shows},
		config: web.Config{Debug: true, Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{Settings: struct{ SecretKey, Name string }{secretKey, "newsroom"}})},
	}
	tests := []struct {
		name, path, accept, agent string
		status                    int
		contentType               string
		want                      []string
	}{
		{"failure", "/boom", "text/html", "", 500, html, []string{"hunter2", "load: ", "newsroom", "errorpage_test.go"}},
		{"panic", "/panic", "text/html", "", 500, html, []string{"hunter2", "Stack"}},
		{"bad request", "/bad", "text/html", "", 400, html, []string{"400 Bad Request", "Bad &lt;input&gt;."}},
		{"no pattern", "/hme", "text/html", "", 404, html, []string{"Page not found", "/home"}},
		{"view's 404", "/missing", "text/html", "", 404, html, []string{"No &lt;Article&gt; matches.", "raised by"}},
		{"forbidden has no technical page", "/forbidden", "text/html", "", 403, html, []string{"<p>map[exception:"}},
		{"a status that a view asked for", "/busy", "text/html", "", 503, html, []string{"try again soon"}},
		{"curl", "/boom", "*/*", "curl/8.5.0", 500, text, []string{"500 Internal Server Error\nGET /boom", "hunter2"}},
		{"curl that wants HTML", "/boom", "text/html", "curl/8.5.0", 500, html, []string{"<h1>"}},
		{"curl and a 404", "/hme", "*/*", "curl/8.5.0", 404, text, []string{"matches none of these patterns", "boom  [boom]"}},
		{"fetch", "/boom", "*/*", "Mozilla/5.0", 500, html, []string{"<h1>"}},
		{"json", "/boom", "application/json", "", 500, problemJSON, []string{`"debug":{"error":"load: password`, `"view":"views_test.`}},
		{"json 404", "/missing", "application/json", "", 404, problemJSON, []string{`"detail":"No`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := s.get(t, tt.path, "Accept", tt.accept, "User-Agent", tt.agent)
			wantResponse(t, w, tt.status, tt.contentType, tt.want...)
			if strings.Contains(w.Body.String(), secretKey) {
				t.Error("the page shows the secret key")
			}
		})
	}
	if csp := s.get(t, "/boom", "Accept", "text/html").Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("the debug page's policy = %q", csp)
	}
}

func TestWelcomePage(t *testing.T) {
	t.Parallel()
	page := views.ErrorPage(views.ErrorOptions{})
	empty := site{config: web.Config{Debug: true, Logger: quiet(), ErrorPage: page}}
	wantResponse(t, empty.get(t, "/"), 200, html, "It works.")
	wantResponse(t, empty.get(t, "/elsewhere", "Accept", "text/html"), 404, html, "Page not found")
	empty.config.Debug = false
	wantResponse(t, empty.get(t, "/"), 404, html, "There is nothing at this address.")
}

func TestSensitivePost(t *testing.T) {
	t.Parallel()
	view := web.View(func(r *web.Request) (*web.Response, error) { return nil, errSecret })
	s := site{
		patterns: urls.Patterns{
			urls.Path("some", views.SensitivePost(view, "number", "cvc")),
			urls.Path("all", views.SensitivePost(view)),
		},
		config: web.Config{Debug: true, Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})},
	}
	for path, want := range map[string]bool{"/some": true, "/all": false} {
		body := post(t, s, path, "number=4111&cvc=999&holder=Ada")
		if strings.Contains(body, "4111") || strings.Contains(body, "999<") {
			t.Errorf("%s shows the card", path)
		}
		if got := strings.Contains(body, "Ada"); got != want {
			t.Errorf("%s shows the holder: %v, want %v", path, got, want)
		}
	}
}

func TestErrorPageKeepsAborting(t *testing.T) {
	t.Parallel()
	s := site{
		patterns: failingPatterns(urls.ErrorHandler(404, func(*web.Request, error) (*web.Response, error) { panic(http.ErrAbortHandler) })),
		config:   web.Config{Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})},
	}
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			t.Errorf("panic(%v)", v)
		}
	}()
	s.get(t, "/missing")
}

// Whatever a client asks and whatever the error says, there is an answer of the error's status.
func FuzzErrorPage(f *testing.F) {
	f.Add("/a", "text/html", "curl/8", "oops", 404, true)
	f.Add("/%zz", "application/json;q=x,*/*", "", "<script>", 500, false)
	page := views.ErrorPage(views.ErrorOptions{})
	f.Fuzz(func(t *testing.T, path, accept, agent, message string, status int, debugging bool) {
		if status < 400 || status > 599 {
			status = 500
		}
		req := httptest.NewRequest("GET", "/", nil)
		req.URL.Path = path
		req.Header.Set("Accept", accept)
		req.Header.Set("User-Agent", agent)
		r := web.NewRequest(req, &web.Config{Debug: debugging, Logger: quiet()})
		resp := page(r, &web.Error{Status: status, Message: message})
		if resp == nil || resp.Code() != status {
			t.Fatalf("response = %v", resp)
		}
		if body, err := resp.Body(); err != nil || len(body) == 0 {
			t.Fatalf("body = %q, %v", body, err)
		}
	})
}

// The plain page tells a visitor what to do about each status, and nothing of the error.
func TestPlainPageOfEachStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		400: "could not make sense", 401: "have logged in", 403: "not allowed", 404: "nothing at this address", 405: "this kind of request",
		409: "did not accept", 410: "has been removed", 413: "larger than the server accepts", 415: "in this form", 422: "not valid",
		429: "wait a moment", 500: "tell the people who run the site", 503: "try again soon", 504: "tell the people who run the site",
	} {
		s := site{
			patterns: urls.Patterns{urls.Path("", web.View(func(*web.Request) (*web.Response, error) {
				return nil, &web.Error{Status: status, Message: "<secret>", Err: errSecret}
			}))},
			config: web.Config{Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})},
		}
		w := s.get(t, "/")
		wantResponse(t, w, status, html, fmt.Sprintf(`<p class="code">%d</p>`, status), want)
		if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("%d: the page tells the error:\n%s", status, w.Body)
		}
	}
}

// A request made to fill the debug page does not fill it, and what it holds stays text.
func TestDebugPageOfAHostileRequest(t *testing.T) {
	t.Parallel()
	s := site{patterns: failingPatterns(), config: web.Config{Debug: true, Logger: quiet(), ErrorPage: views.ErrorPage(views.ErrorOptions{})}}
	var query strings.Builder
	for i := range 900 {
		fmt.Fprintf(&query, "f%d=%%3Cscript%%3Ealert(%d)%%3C/script%%3E&", i, i)
	}
	for _, path := range []string{"/boom?", "/nowhere?"} {
		w := s.get(t, path+query.String(), "Accept", "text/html", "X-Evil", `"><script>alert(1)</script>`, "Cookie", "sessionid=s3cr3t; a=<script>alert(2)</script>")
		body := w.Body.String()
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "s3cr3t") {
			t.Errorf("%s: the page lets through what the client sent", path)
		}
		if !strings.Contains(body, "more") || len(body) > 400<<10 {
			t.Errorf("%s: the page has %d bytes", path, len(body))
		}
	}
}
