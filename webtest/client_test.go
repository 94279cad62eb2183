package webtest_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/nuages-go/nuages/web"
	"github.com/nuages-go/nuages/webtest"
)

// fakeT records failures in place of failing.
type fakeT struct {
	testing.TB
	mu     sync.Mutex // guards failed
	failed []string
}

func (t *fakeT) Helper() {}

func (t *fakeT) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = append(t.failed, fmt.Sprintf(format, args...))
}

func (t *fakeT) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

// failures runs f and returns what it reported.
func failures(t *testing.T, f func(t testing.TB)) string {
	fake := &fakeT{TB: t}
	done := make(chan struct{})
	go func() { // Fatalf ends its goroutine
		defer close(done)
		f(fake)
	}()
	<-done
	return strings.Join(fake.failed, "\n")
}

func redirect(to string, opts ...web.RedirectOption) (*web.Response, error) {
	return web.Redirect(to, opts...)
}

// echo is a small site for the client's own tests.
func echo(r *web.Request) (*web.Response, error) {
	switch r.URL.Path {
	case "/":
		return web.HTML("<h1>Hello</h1>"), nil
	case "/method":
		return web.Text(r.Method + " " + r.ContentType() + " " + r.URL.RawQuery), nil
	case "/form":
		var files []string
		for f := range r.FILES().All() {
			b, err := f.Bytes()
			if err != nil {
				return nil, err
			}
			files = append(files, fmt.Sprintf("%s %s %q", f.Name, f.ContentType, b))
		}
		return web.Text(fmt.Sprintf("%s %q %v", r.POST().Get("name"), r.POST().GetList("tag"), files)), nil
	case "/json":
		body, err := r.Body()
		if err != nil {
			return nil, err
		}
		return web.Bytes("application/json", []byte(`{"method": "`+r.Method+`", "got": `+string(body)+`}`)), nil
	case "/login":
		resp := web.Text("welcome")
		resp.SetCookie(web.Cookie{Name: "user", Value: "ada"})
		return resp, nil
	case "/whoami":
		user, _ := r.Cookie("user")
		return web.Text("you are " + user), nil
	case "/where":
		return web.Text(fmt.Sprintf("%v %s %s %s", r.IsSecure(), r.Request.Host, r.RemoteAddr, r.HeaderValue("X-Test"))), nil
	case "/old":
		return redirect("/older?x=1&y=2")
	case "/older":
		return redirect("/")
	case "/circle":
		return redirect("/circle")
	case "/away":
		return redirect("https://example.com/")
	case "/broken-link":
		return redirect("/nowhere")
	case "/fail":
		return nil, errors.New("out of ink")
	case "/panic":
		panic("no paper")
	case "/abort":
		panic(http.ErrAbortHandler)
	}
	return nil, web.NotFound("nothing at %s", r.URL.Path)
}

func newClient(t testing.TB, opts ...webtest.Option) *webtest.Client {
	handler := webtest.Record(web.Compose(web.View(echo)))
	return webtest.NewHandler(t, web.ToHTTP(handler, &web.Config{AllowedHosts: []string{"*"}, Logger: slog.New(slog.DiscardHandler)}), opts...)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		send func(c *webtest.Client) *webtest.Response
		want string
	}{
		{"get", func(c *webtest.Client) *webtest.Response { return c.Get("/method?a=1") }, "GET  a=1"},
		{"options", func(c *webtest.Client) *webtest.Response { return c.Options("/method") }, "OPTIONS  "},
		{"delete", func(c *webtest.Client) *webtest.Response { return c.Delete("/method") }, "DELETE  "},
		{"put", func(c *webtest.Client) *webtest.Response { return c.Put("/method", "text/plain", []byte("x")) }, "PUT text/plain "},
		{"patch", func(c *webtest.Client) *webtest.Response { return c.Patch("/method", "text/plain", []byte("x")) }, "PATCH text/plain "},
		{"query", func(c *webtest.Client) *webtest.Response {
			return c.Get("/method?a=1", webtest.Query(url.Values{"b": {"é"}}))
		}, "GET  a=1&b=%C3%A9"},
		{"form", func(c *webtest.Client) *webtest.Response {
			return c.Post("/form", webtest.Form{"name": "Ada & Co", "tag": []string{"a", "b"}})
		}, `Ada & Co ["a" "b"] []`},
		{"multipart", func(c *webtest.Client) *webtest.Response {
			return c.PostMultipart("/form", webtest.Form{"name": 7, "tag": []string{"a"}})
		}, `7 ["a"] []`},
		{"file", func(c *webtest.Client) *webtest.Response {
			return c.Post("/form", webtest.Form{"name": "x", "file": webtest.File{Name: `a"b.txt`, ContentType: "text/plain", Content: []byte("hi")}})
		}, `x [] [a"b.txt text/plain "hi"]`},
		{"files", func(c *webtest.Client) *webtest.Response {
			return c.Post("/form", webtest.Form{"f": []webtest.File{{Name: "1.png", Content: []byte("p")}, {Name: "2.json", Content: []byte("j")}}})
		}, ` [] [1.png image/png "p" 2.json application/json "j"]`},
		{"http", func(c *webtest.Client) *webtest.Response { return c.Get("/where") }, "false testserver 127.0.0.1:54321 "},
		{"https and more", func(c *webtest.Client) *webtest.Response {
			return c.Get("/where", webtest.HTTPS(), webtest.Host("example.com"), webtest.RemoteAddr("[::1]:1"), webtest.Header("X-Test", "yes"))
		}, "true example.com [::1]:1 yes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp := tt.send(newClient(t))
			if resp.Text() != tt.want || resp.Status != 200 {
				t.Errorf("response = %d %q, want 200 %q", resp.Status, resp.Text(), tt.want)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	resp := newClient(t).PostJSON("/json", map[string]int{"n": 1})
	var got struct {
		Method string
		Got    struct{ N int }
	}
	if resp.JSON(&got); got.Method != "POST" || got.Got.N != 1 {
		t.Errorf("JSON = %+v", got)
	}
	resp.AssertJSON(`{"got":{"n":1},"method":"POST"}`)
	if text := failures(t, func(t testing.TB) { newClient(t).Get("/").JSON(&got) }); !strings.Contains(text, "not JSON") {
		t.Errorf("JSON of a page reports %q", text)
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	client := newClient(t)
	client.Get("/whoami").AssertContains("you are ")
	if got := client.Get("/login").Cookies(); len(got) != 1 || got[0].Value != "ada" {
		t.Errorf("Cookies() = %v, want user=ada", got)
	}
	client.Get("/whoami").AssertContains("you are ada")
	if value, ok := client.Cookie("user"); value != "ada" || !ok {
		t.Errorf("Cookie(user) = %q, %v", value, ok)
	}
	client.SetCookie(&http.Cookie{Name: "user", Value: "bob"})
	client.With(t).Get("/whoami").AssertContains("you are bob")
	if _, ok := newClient(t).Cookie("user"); ok {
		t.Error("another client has the cookie too")
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	client := newClient(t, webtest.Secure(), webtest.DefaultHeader("X-Test", "always"))
	client.Get("/where").AssertContains("true testserver 127.0.0.1:54321 always")
}

func TestFollow(t *testing.T) {
	t.Parallel()
	client := newClient(t)
	resp := client.Get("/old", webtest.Follow()).AssertStatus(200).AssertContains("Hello").AssertRedirects("/")
	want := []webtest.Hop{{URL: "/older?x=1&y=2", Status: 302}, {URL: "/", Status: 302}}
	if len(resp.Chain) != 2 || resp.Chain[0] != want[0] || resp.Chain[1] != want[1] {
		t.Errorf("Chain = %v, want %v", resp.Chain, want)
	}
	if text := failures(t, func(t testing.TB) { newClient(t).Get("/circle", webtest.Follow()) }); !strings.Contains(text, "circle") {
		t.Errorf("a circle reports %q", text)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	if text := failures(t, func(t testing.TB) { newClient(t).Get("/fail") }); !strings.Contains(text, "GET /fail: out of ink") {
		t.Errorf("an error reports %q", text)
	}
	text := failures(t, func(t testing.TB) { newClient(t).Get("/panic") })
	if !strings.Contains(text, "panic: no paper") || !strings.Contains(text, "client_test.go") {
		t.Errorf("a panic reports %q, want its cause and place", text)
	}

	resp := newClient(t, webtest.AllowErrors()).Get("/fail").AssertStatus(500)
	if resp.Err == nil || resp.Err.Error() != "out of ink" {
		t.Errorf("Err = %v", resp.Err)
	}
	newClient(t).Get("/nowhere").AssertStatus(404)
	if !newClient(t).Get("/abort").Aborted {
		t.Error("Aborted = false for a broken connection")
	}
}

func TestAssertions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		assert func(c *webtest.Client)
		want   string // part of the failure; empty: none
	}{
		{"status", func(c *webtest.Client) { c.Get("/").AssertStatus(200) }, ""},
		{"other status", func(c *webtest.Client) { c.Get("/").AssertStatus(404) }, "status = 200, want 404; body:\n<h1>Hello"},
		{"contains", func(c *webtest.Client) {
			c.Get("/").AssertContains("Hello").AssertNotContains("Bye").AssertCount("h1", 2)
		}, ""},
		{"contains not", func(c *webtest.Client) { c.Get("/").AssertContains("Bye") }, `does not contain "Bye"`},
		{"contains in an error page", func(c *webtest.Client) { c.Get("/nowhere").AssertContains("") }, "status = 404, want 200"},
		{"contains not in an error page", func(c *webtest.Client) { c.Get("/nowhere").AssertNotContains("Hello") }, "status = 404, want 200"},
		{"count in an error page", func(c *webtest.Client) { c.Get("/nowhere").AssertCount("Hello", 0) }, "status = 404, want 200"},
		{"contains in the error page meant", func(c *webtest.Client) {
			c.Get("/nowhere").AssertStatus(404).AssertContains("").AssertNotContains("Hello").AssertCount("Hello", 0)
		}, ""},
		{"not contains", func(c *webtest.Client) { c.Get("/").AssertNotContains("Hello") }, `contains "Hello"`},
		{"count", func(c *webtest.Client) { c.Get("/").AssertCount("Hello", 3) }, `contains "Hello" 1 times, want 3`},
		{"header", func(c *webtest.Client) { c.Get("/").AssertHeader("Content-Type", "text/html; charset=utf-8") }, ""},
		{"other header", func(c *webtest.Client) { c.Get("/").AssertHeader("Vary", "Cookie") }, `Vary = "", want "Cookie"`},
		{"template", func(c *webtest.Client) { c.Get("/").AssertTemplate("x.html") }, `template = "", want "x.html"`},
		{"redirects", func(c *webtest.Client) { c.Get("/older").AssertRedirects("/") }, ""},
		{"redirects with a query in any order", func(c *webtest.Client) { c.Get("/old", webtest.Follow()) }, ""},
		{"redirects absolute", func(c *webtest.Client) { c.Get("/older").AssertRedirects("http://testserver/") }, ""},
		{"redirects away", func(c *webtest.Client) { c.Get("/away").AssertRedirects("https://example.com/") }, ""},
		{"redirects elsewhere", func(c *webtest.Client) { c.Get("/older").AssertRedirects("/x") }, `302 with Location "/", want a redirect to "/x"`},
		{"no redirect", func(c *webtest.Client) { c.Get("/").AssertRedirects("/") }, "200 with Location"},
		{"redirect to nothing", func(c *webtest.Client) { c.Get("/broken-link").AssertRedirects("/nowhere") }, "target /nowhere has status 404"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := failures(t, func(t testing.TB) { tt.assert(newClient(t)) })
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("failure = %q, want %q", got, tt.want)
			}
		})
	}
}
