package debug_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/views/debug"
	"github.com/nuages-go/nuages/web"
)

// articleDetail is a view that fails in the ordinary way: it returns an error that wraps others.
func articleDetail(r *web.Request) (*web.Response, error) {
	if err := loadAuthor(r.Context(), 42); err != nil {
		return nil, fmt.Errorf("article 7: load author: %w", err)
	}
	return web.Text("fine"), nil
}

func loadAuthor(_ context.Context, id int) error {
	return errors.Join(
		fmt.Errorf("author %d is not in the cache: %w", id, &fs.PathError{Op: "open", Path: "/var/cache/author-42", Err: fs.ErrNotExist}),
		fmt.Errorf("ask the directory: %w", context.DeadlineExceeded),
	)
}

// tagList panics as programs do.
func tagList(*web.Request) (*web.Response, error) {
	tags := []string{"go", "web"}
	return web.Text(pick(tags, 5)), nil
}

func pick(tags []string, i int) string { return tags[i] }

func noSuchArticle(*web.Request) (*web.Response, error) {
	return nil, web.NotFound("No Article matches the given query.")
}

// settings has secrets at every level.
type settings struct {
	Debug        bool
	SecretKey    string
	AllowedHosts []string
	Databases    map[string]database
	Timeout      time.Duration
	Nested       struct {
		Mail struct{ Host, Password string }
	}
	Started time.Time
	Hook    func()
	Empty   *database
}

type database struct {
	URL      string
	PoolSize int
}

func siteSettings() settings {
	s := settings{
		Debug: true, SecretKey: "top-secret-key", AllowedHosts: []string{"localhost", ".example.com"}, Timeout: 30 * time.Second,
		Databases: map[string]database{"default": {URL: "postgres://news:hunter2@db/news", PoolSize: 8}},
	}
	s.Nested.Mail.Host, s.Nested.Mail.Password = "smtp.example.com", "hunter3"
	return s
}

func request(method, target string, header ...string) *web.Request {
	req := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	return web.NewRequest(req, &web.Config{Debug: true})
}

// fail serves a view and returns the error that came out, with the stack if it panicked.
func fail(r *web.Request, view web.View) (err error) {
	r.Match.Route = &web.Route{Handler: view, Pattern: "article/<int:pk>", Name: "detail", ViewName: "news:detail"}
	defer func() {
		if v := recover(); v != nil {
			err = web.NewPanicError(v)
		}
	}()
	_, err = view(r)
	return err
}

func wantAll(t *testing.T, what, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %q", what, want)
		}
	}
}

func wantNone(t *testing.T, what, text string, unwanted ...string) {
	t.Helper()
	for _, bad := range unwanted {
		if strings.Contains(text, bad) {
			t.Errorf("%s contains %q", what, bad)
		}
	}
}

// keep writes a page where NUAGES_PAGES says, to look at it.
func keep(t *testing.T, name string, page []byte) {
	t.Helper()
	if dir := os.Getenv("NUAGES_PAGES"); dir != "" {
		if err := os.WriteFile(dir+"/"+name, page, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReturnedError(t *testing.T) {
	t.Parallel()
	r := request("GET", "/article/7?page=2&token=abc", "Cookie", "sessionid=s3cret; theme=dark", "Authorization", "Bearer zzz", "Accept", "text/html")
	rep := debug.New(r, fail(r, articleDetail), debug.Options{Settings: siteSettings()})
	keep(t, "returned.html", rep.HTML())

	if rep.Status != http.StatusInternalServerError || rep.Kind != "*fs.PathError" {
		t.Errorf("Status, Kind = %d, %s", rep.Status, rep.Kind)
	}
	if rep.Recovered || len(rep.Stack) != 0 {
		t.Errorf("a returned error has a stack: %v", rep.Stack)
	}
	if rep.View == nil || rep.View.Func != "debug_test.articleDetail" || rep.View.File != "views/debug/report_test.go" {
		t.Fatalf("View = %+v", rep.View)
	}
	var noted []string
	for _, line := range rep.View.Lines {
		if line.Noted {
			noted = append(noted, strings.TrimSpace(line.Text))
		}
	}
	if len(noted) != 1 || !strings.Contains(noted[0], "load author") {
		t.Errorf("noted lines = %q", noted)
	}
	if origin := rep.Origin(); origin == nil || !strings.HasSuffix(origin.File, "report_test.go") {
		t.Errorf("Origin = %+v", origin)
	}

	for what, text := range map[string]string{"HTML": string(rep.HTML()), "Text": rep.Text()} {
		wantAll(t, what, text, "article 7: load author", "fs.ErrNotExist", "context.DeadlineExceeded", "debug_test.articleDetail",
			"page", "theme", "dark", "article/&lt;int:pk&gt;"[:8], "smtp.example.com", "news:detail", debug.Masked)
		wantNone(t, what, text, "s3cret", "Bearer zzz", "top-secret-key", "hunter2", "hunter3", "token=abc")
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	r := request("GET", "/tags/")
	rep := debug.New(r, fail(r, tagList), debug.Options{})
	keep(t, "panic.html", rep.HTML())

	if rep.Kind != "panic: runtime.boundsError" || !rep.Recovered {
		t.Errorf("Kind = %q, Recovered = %v", rep.Kind, rep.Recovered)
	}
	if rep.Message != "runtime error: index out of range [5] with length 2" {
		t.Errorf("Message = %q", rep.Message)
	}
	if len(rep.Stack) < 3 || rep.Stack[0].Func != "debug_test.pick" || rep.Stack[1].Func != "debug_test.tagList" {
		t.Fatalf("Stack = %+v", rep.Stack)
	}
	for _, frame := range rep.Stack {
		if strings.HasPrefix(frame.Func, "runtime.gopanic") || strings.Contains(frame.Func, "NewPanicError") {
			t.Errorf("the panic machinery is part of the stack: %s", frame.Func)
		}
	}
	lines := rep.Stack[1].Lines
	if len(lines) != 15 || !lines[7].Marked || !strings.Contains(lines[7].Text, "pick(tags, 5)") {
		t.Errorf("source of tagList = %+v", lines)
	}
	if rep.Stack[0].Owner != debug.Site || rep.Stack[len(rep.Stack)-1].Owner != debug.Go {
		t.Errorf("owners: %s … %s", rep.Stack[0].Owner, rep.Stack[len(rep.Stack)-1].Owner)
	}
	wantAll(t, "Text", rep.Text(), "index out of range [5]", "goroutine ", "debug_test.pick")
}

func TestTemplateError(t *testing.T) {
	t.Parallel()
	source := "{% extends \"base.html\" %}\n<h1>{{ article.title }}</h1>\n<p>{{ article.body|trunkate:20 }}</p>\n"
	start := strings.Index(source, "{{ article.body")
	err := fmt.Errorf("render: %w", &template.SyntaxError{
		Position: template.Position{File: "news/detail.html", Line: 3, Col: 4}, Msg: "Invalid filter: 'trunkate'",
		Hint: `did you mean "truncatewords"?`, Source: source, Start: start, End: start + len("{{ article.body|trunkate:20 }}"),
		Chain: []template.Position{{File: "news/page.html", Line: 1, Col: 1}},
	})
	r := request("GET", "/article/7")
	rep := debug.New(r, fail(r, func(*web.Request) (*web.Response, error) { return nil, err }), debug.Options{})
	keep(t, "template.html", rep.HTML())
	for what, text := range map[string]string{"HTML": string(rep.HTML()), "Text": rep.Text()} {
		wantAll(t, what, text, "news/detail.html:3:4", "Invalid filter:", "trunkate:20", "did you mean", "news/page.html:1:1")
	}
	wantAll(t, "HTML", string(rep.HTML()), "<p><mark>{{ article.body|trunkate:20 }}</mark>&lt;/p&gt;"[3:])
}

func TestWithoutRequest(t *testing.T) {
	t.Parallel()
	rep := debug.New(nil, errors.New("debug test: the nightly job stopped"), debug.Options{})
	if rep.Request != nil || rep.Title() != "debug test: the nightly job stopped" {
		t.Errorf("Title = %q", rep.Title())
	}
	wantAll(t, "Text", rep.Text(), "nightly job", "Environment")
	wantAll(t, "HTML", string(rep.HTML()), "nightly job", "Environment")
}

// valueView and pointerView are handlers of their own.
type valueView struct{}

func (valueView) Serve(*web.Request) (*web.Response, error) { return nil, errors.New("x") }

type pointerView struct{}

func (*pointerView) Serve(*web.Request) (*web.Response, error) { return nil, errors.New("x") }

// borrowing names another function as its own.
type borrowing struct{ valueView }

func (borrowing) ViewFunc() any { return articleDetail }

type borrowingNothing struct{ valueView }

func (borrowingNothing) ViewFunc() any { return nil }

func argView(*web.Request, int64) (*web.Response, error) { return nil, errors.New("x") }

// The view is found behind whatever the URL table holds.
func TestViewIsFound(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		handler web.Handler
		want    string
	}{
		{"function", web.View(articleDetail), "debug_test.articleDetail"},
		{"function with arguments", web.Arg(argView), "debug_test.argView"},
		{"decorated", web.NeverCache(web.RequireSafe(web.View(articleDetail))), "debug_test.articleDetail"},
		{"value", valueView{}, "debug_test.valueView.Serve"},
		{"pointer to a value", &valueView{}, "debug_test.valueView.Serve"},
		{"pointer", &pointerView{}, "debug_test.(*pointerView).Serve"},
		{"another's function", borrowing{}, "debug_test.articleDetail"},
		{"none", nil, ""},
	}
	for _, tt := range tests {
		r := request("GET", "/")
		r.Match.Route = &web.Route{Handler: tt.handler, ViewName: "named"}
		rep := debug.New(r, errors.New("debug test: anything"), debug.Options{})
		got := ""
		if rep.View != nil {
			got = rep.View.Func
		}
		if got != tt.want {
			t.Errorf("%s: View = %q, want %q", tt.name, got, tt.want)
		}
	}
	r := request("GET", "/")
	r.Match.Route = &web.Route{Handler: borrowingNothing{}}
	if rep := debug.New(r, errors.New("x"), debug.Options{}); rep.View != nil && strings.Contains(rep.View.Func, "articleDetail") {
		t.Errorf("View = %+v", rep.View)
	}
}

// A JSON body is shown and masked at every level.
func TestJSONBody(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"object", `{"title": "Tides", "user": {"name": "ada", "password": "s3cret"}, "tags": ["a", "b"]}`, "user.password  " + debug.Masked},
		{"list", `["first"]`, `["first"]`},
		{"broken", `{"title": `, "(not JSON)"},
	}
	for _, tt := range tests {
		req := httptest.NewRequest("POST", "/", strings.NewReader(tt.body))
		req.Header.Set("Content-Type", "application/json")
		rep := debug.New(web.NewRequest(req, &web.Config{Debug: true}), errors.New("x"), debug.Options{})
		wantAll(t, tt.name, rep.Text(), "POST", tt.want)
		wantNone(t, tt.name, rep.Text(), "s3cret")
	}
}

// A form's fields are shown, hidden ones masked, and a body that cannot be read leaves a note.
func TestFormBody(t *testing.T) {
	t.Parallel()
	form := func(body string) *web.Request {
		req := httptest.NewRequest("POST", "/", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return web.NewRequest(req, &web.Config{Debug: true})
	}
	r := form("name=ada&password=s3cret&pin=98765")
	debug.HidePost(r, "pin")
	text := debug.New(r, errors.New("x"), debug.Options{}).Text()
	wantAll(t, "form", text, "ada", debug.Masked)
	wantNone(t, "form", text, "s3cret", "98765")

	text = debug.New(form(strings.Repeat("a=1&", 5000)), errors.New("x"), debug.Options{}).Text()
	wantAll(t, "too many fields", text, "(not readable)")
}
