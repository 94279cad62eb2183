package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/signals"
	"github.com/nuages-go/nuages/web"
)

// logLines collects log records as text.
type logLines struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logLines) config() *web.Config {
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	return &web.Config{AllowedHosts: []string{"example.com"}, Logger: slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{ReplaceAttr: drop}))}
}

func get(h http.Handler, target string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, target, nil))
	return rec
}

func answer(resp *web.Response) web.View {
	return func(*web.Request) (*web.Response, error) { return resp, nil }
}

func TestErrorsBecomePages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		view   web.View
		status int
		log    []string
	}{
		{"error", func(*web.Request) (*web.Response, error) { return nil, errors.New("boom") }, 500, []string{"level=ERROR", `msg="Internal Server Error"`, "logger=request", "error=boom", "path=/x"}},
		{"not found", func(*web.Request) (*web.Response, error) { return nil, web.NotFound("no %s", "such") }, 404, []string{"level=WARN", `msg="Not Found"`, `error="no such"`}},
		{"panic", func(*web.Request) (*web.Response, error) { panic("oh") }, 500, []string{"level=ERROR", `error="panic: oh"`, "stack=", "http_test.go:"}},
		{"runtime error", func(r *web.Request) (*web.Response, error) { return web.Text(r.Header["None"][0]), nil }, 500, []string{"index out of range"}},
		{"suspicious", func(*web.Request) (*web.Response, error) { return nil, web.Suspicious("DisallowedHost", "bad host") }, 400, []string{"level=ERROR", "logger=security.DisallowedHost", `msg="bad host"`}},
		{"neither", func(*web.Request) (*web.Response, error) { return nil, nil }, 500, []string{"neither a response nor an error"}},
		{"status of a view", answer(web.Text("gone").WithStatus(410)), 410, []string{"level=WARN", "msg=Gone"}},
		{"limit in POST", func(r *web.Request) (*web.Response, error) { r.GET(); return web.Text("x"), nil }, 200, nil},
		{"line break in a header", func(*web.Request) (*web.Response, error) {
			resp := web.Text("x")
			resp.Header().Set("X-Name", "a\r\nSet-Cookie: b=c")
			return resp, nil
		}, 500, []string{"header X-Name contains a line break"}},
		{"bad cookie", func(*web.Request) (*web.Response, error) {
			resp := web.Text("x")
			resp.SetCookie(web.Cookie{Name: "a b", Value: "v"})
			return resp, nil
		}, 500, []string{"is not a token"}},
		{"bad status", answer(web.Text("x").WithStatus(42)), 500, []string{"status 42"}},
		{"informational status", answer(web.Empty(103)), 500, []string{"status 103", "EarlyHints"}},
		{"cause behind a sentence", func(*web.Request) (*web.Response, error) {
			return nil, &web.Error{Status: 400, Message: "It broke.", Err: errors.New("EOF")}
		}, 400, []string{`error="It broke: EOF"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log logLines
			rec := get(web.ToHTTP(tt.view, log.config()), "/x")
			if rec.Code != tt.status {
				t.Errorf("status %d, want %d", rec.Code, tt.status)
			}
			text := log.String()
			if want := min(1, len(tt.log)); strings.Count(text, "\n") != want {
				t.Errorf("%d log records, want %d:\n%s", strings.Count(text, "\n"), want, text)
			}
			for _, part := range tt.log {
				if !strings.Contains(text, part) {
					t.Errorf("the log lacks %q:\n%s", part, text)
				}
			}
		})
	}
}

// The record tells what was sent: a range beyond a file's end is found out while writing.
func TestLogHasTheSentStatus(t *testing.T) {
	t.Parallel()
	var log logLines
	h := web.ToHTTP(answer(web.Content("a.txt", time.Time{}, strings.NewReader("0123"))), log.config())
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.Header.Set("Range", "bytes=20-")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	if want := "status=416"; rec.Code != 416 || !strings.Contains(log.String(), want) || strings.Contains(log.String(), "msg=OK") {
		t.Errorf("status %d, the log lacks %q:\n%s", rec.Code, want, log.String())
	}
}

// A client that goes away is no failure of the program: no error page is made, nothing is logged as an error.
func TestClientGone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		err    error
		gone   bool
		status int
		log    string
	}{
		{"gone", fmt.Errorf("query: %w", context.Canceled), true, web.StatusClientGone, `level=INFO msg="Client gone"`},
		{"canceled by the program", context.Canceled, false, 500, "level=ERROR"},
		{"another failure", errors.New("boom"), true, 500, "level=ERROR"},
		{"refusal", web.NotFound("no"), true, 404, "level=WARN"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log logLines
			config := log.config()
			pages := 0
			config.ErrorPage = func(_ *web.Request, err error) *web.Response {
				pages++
				return web.Text("page").WithStatus(web.StatusOf(err))
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			view := web.View(func(*web.Request) (*web.Response, error) {
				if tt.gone {
					cancel()
				}
				return nil, tt.err
			})
			rec := httptest.NewRecorder()
			web.ToHTTP(web.Compose(view), config).ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
			wantPages := 1
			if tt.status == web.StatusClientGone {
				wantPages = 0
			}
			if rec.Code != tt.status || pages != wantPages {
				t.Errorf("status %d after %d pages, want %d after %d", rec.Code, pages, tt.status, wantPages)
			}
			if !strings.Contains(log.String(), tt.log) || strings.Count(log.String(), "\n") != 1 {
				t.Errorf("log is not one record with %q:\n%s", tt.log, log.String())
			}
		})
	}
}

// The stack of a panic begins where it happened.
func TestStackTraceBeginsAtThePanic(t *testing.T) {
	t.Parallel()
	var stack string
	func() {
		defer func() { stack = web.NewPanicError(recover()).StackTrace() }()
		panic("here")
	}()
	if first, _, _ := strings.Cut(stack, "\n"); !strings.Contains(first, "TestStackTraceBeginsAtThePanic.func1") || strings.Contains(first, "func1.1") {
		t.Errorf("the stack begins with %q:\n%s", first, stack)
	}
}

func TestRequestFailedIsSent(t *testing.T) {
	t.Parallel()
	var got []string
	hub, err := signals.NewHub(signals.Options{}, web.RequestFailed.On(func(_ context.Context, f web.FailedRequest) error {
		got = append(got, f.Request.URL.Path+" "+f.Err.Error())
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	var log logLines
	config := log.config()
	config.Base = signals.With(context.Background(), hub)
	for _, view := range []web.View{
		func(*web.Request) (*web.Response, error) { return nil, errors.New("boom") },
		func(*web.Request) (*web.Response, error) { return nil, web.NotFound("gone") },
	} {
		get(web.ToHTTP(view, config), "/x")
	}
	if len(got) != 1 || got[0] != "/x boom" {
		t.Errorf("sent %q", got)
	}
}

func TestErrorPageFails(t *testing.T) {
	t.Parallel()
	var log logLines
	config := log.config()
	config.ErrorPage = func(*web.Request, error) *web.Response { panic("in the error page") }
	rec := get(web.ToHTTP(web.View(func(*web.Request) (*web.Response, error) { return nil, errors.New("first") }), config), "/")
	if rec.Code != 500 || !strings.Contains(rec.Body.String(), "Server Error") {
		t.Errorf("got %d %s", rec.Code, rec.Body)
	}
	for _, part := range []string{"first", "in the error page"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log lacks %q:\n%s", part, log.String())
		}
	}
}

func TestWriting(t *testing.T) {
	t.Parallel()
	stream := func() *web.Response {
		return web.Stream("text/plain", func(w *web.StreamWriter) error {
			_, err := w.WriteString("streamed")
			return err
		})
	}
	header := func(name, value string) *web.Response {
		resp := web.Text("x")
		resp.Header().Set(name, value)
		return resp
	}
	tests := []struct {
		name, method string
		resp         *web.Response
		status       int
		body         string
		header       map[string]string // "" for a header that must not be there
	}{
		{"text", "GET", web.Text("hi"), 200, "hi", map[string]string{"Content-Type": "text/plain; charset=utf-8", "Content-Length": "2"}},
		{"bytes", "GET", web.Bytes("a/b", []byte{1}), 200, "\x01", map[string]string{"Content-Type": "a/b", "Content-Length": "1"}},
		{"HEAD", "HEAD", web.HTML("page"), 200, "", map[string]string{"Content-Length": "4"}},
		{"empty", "GET", web.Empty(204), 204, "", map[string]string{"Content-Length": "", "Content-Type": ""}},
		{"204 with a body", "GET", web.Text("x").WithStatus(204), 204, "", map[string]string{"Content-Length": ""}},
		{"not modified", "GET", web.NotModified(), 304, "", map[string]string{"Content-Length": "", "Content-Type": ""}},
		{"stream", "GET", stream(), 200, "streamed", map[string]string{"Content-Length": ""}},
		{"HEAD of a stream", "HEAD", stream(), 200, "", map[string]string{"Content-Length": ""}},
		{"zero status", "GET", &web.Response{}, 200, "", map[string]string{"Content-Length": "0"}},
		{"Latin-1 header", "GET", header("X-A", "é"), 200, "x", map[string]string{"X-A": "\xe9"}},
		{"other header", "GET", header("X-A", "漢字"), 200, "x", map[string]string{"X-A": "=?utf-8?b?5ryi5a2X?="}},
		{"mostly ASCII header", "GET", header("X-A", "some plain text and →"), 200, "x", map[string]string{"X-A": "=?utf-8?q?some_plain_text_and_=E2=86=92?="}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec := httptest.NewRecorder()
			web.ToHTTP(answer(tt.resp), nil).ServeHTTP(rec, httptest.NewRequest(tt.method, "/", nil))
			if rec.Code != tt.status || rec.Body.String() != tt.body {
				t.Errorf("got %d %q, want %d %q", rec.Code, rec.Body, tt.status, tt.body)
			}
			for name, want := range tt.header {
				if got := rec.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

type greeting struct{ text string }

func (g *greeting) Render(ctx context.Context, w io.Writer) error {
	if _, ok := web.FromContext(ctx); !ok {
		return errors.New("rendered without the request")
	}
	_, err := io.WriteString(w, g.text)
	return err
}

func TestPageHooks(t *testing.T) {
	t.Parallel()
	var order []string
	view := web.View(func(*web.Request) (*web.Response, error) {
		resp := web.Page(&greeting{"hello"})
		resp.Template = "hello.html"
		resp.OnRendered(func(*web.Response) { order = append(order, "rendered") })
		return resp, nil
	})
	outer := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			for _, name := range []string{"first", "second"} {
				r.OnPage(func(*web.Request, *web.Response) error { order = append(order, name); return nil })
			}
			r.OnDone(func(d web.Done) { order = append(order, fmt.Sprint("done ", d.Status, d.Bytes)) })
			resp, err := next.Serve(r)
			if err != nil {
				return nil, err
			}
			if !resp.IsRendered() {
				t.Error("the middleware sees a page that was not rendered")
			}
			body, err := resp.Body()
			if err != nil {
				return nil, err
			}
			resp.SetBody(append(body, '!'))
			return resp, nil
		})
	}
	rec := get(web.ToHTTP(web.Compose(view, outer), nil), "/")
	if rec.Body.String() != "hello!" {
		t.Errorf("body %q", rec.Body)
	}
	if got, want := strings.Join(order, ", "), "second, first, rendered, done 200 6"; got != want {
		t.Errorf("order %q, want %q", got, want)
	}
}

func TestStreamFailureCutsTheConnection(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("halfway") },
		"panic": func() error { panic("halfway") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log logLines
			done := make(chan web.Done, 1)
			view := web.View(func(r *web.Request) (*web.Response, error) {
				r.OnDone(func(d web.Done) { done <- d })
				return web.Stream("text/plain", func(w *web.StreamWriter) error {
					_, _ = w.WriteString(strings.Repeat("x", 10000))
					if err := w.Flush(); err != nil {
						return err
					}
					return fail()
				}), nil
			})
			srv := httptest.NewServer(web.ToHTTP(view, log.config()))
			defer srv.Close()
			resp, err := http.Get(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if body, err := io.ReadAll(resp.Body); err == nil {
				t.Errorf("the client took %d bytes for the whole", len(body))
			}
			if d := <-done; d.Err == nil || d.Bytes != 10000 {
				t.Errorf("Done %+v", d)
			}
			if text := log.String(); !strings.Contains(text, "halfway") || strings.Count(text, "\n") != 1 {
				t.Errorf("log:\n%s", text)
			}
			if resp, err := http.Get(srv.URL); err != nil { // the process lives
				t.Error(err)
			} else {
				resp.Body.Close()
			}
		})
	}
}

// requestID is middleware as third parties write it.
func requestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "42")
		next.ServeHTTP(w, r)
	})
}

// The package works without the rest of the framework: a view is an http.Handler.
func TestStandsAlone(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("GET /hello/{name}", requestID(web.View(func(r *web.Request) (*web.Response, error) {
		return web.Text("hello " + r.PathValue("name")), nil
	})))
	rec := get(mux, "/hello/you")
	if rec.Body.String() != "hello you" || rec.Header().Get("X-Request-Id") != "42" {
		t.Errorf("got %q %v", rec.Body, rec.Header())
	}
}

func TestContextJoinsSiteAndConnection(t *testing.T) {
	t.Parallel()
	type key string
	config := &web.Config{Base: context.WithValue(context.Background(), key("db"), "site")}
	view := web.View(func(r *web.Request) (*web.Response, error) {
		ctx := r.Context()
		if same, ok := web.FromContext(ctx); !ok || same != r {
			return nil, errors.New("FromContext did not find the request")
		}
		return web.Text(fmt.Sprint(ctx.Value(key("db")), ctx.Value(key("conn")), ctx.Err())), nil
	})
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), key("conn"), "client"))
	cancel()
	rec := httptest.NewRecorder()
	web.ToHTTP(view, config).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
	if got, want := rec.Body.String(), "siteclientcontext canceled"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAbortHandlerPassesThrough(t *testing.T) {
	t.Parallel()
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("recovered %v", v)
		}
	}()
	get(web.ToHTTP(web.View(func(*web.Request) (*web.Response, error) { panic(http.ErrAbortHandler) }), nil), "/")
}
