package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/web"
)

type pageFunc func(ctx context.Context, w io.Writer) error

func (f pageFunc) Render(ctx context.Context, w io.Writer) error { return f(ctx, w) }

func TestBodyOfKinds(t *testing.T) {
	t.Parallel()
	page := web.Page(pageFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "page")
		return err
	}))
	if page.IsRendered() {
		t.Error("a new page is rendered")
	}
	if body, err := page.Body(); string(body) != "page" || err != nil || !page.IsRendered() {
		t.Errorf("page: %q, %v", body, err)
	}
	broken := web.Page(pageFunc(func(context.Context, io.Writer) error { return io.ErrShortWrite }))
	if _, err := broken.Body(); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("broken page: %v", err)
	}

	closed := false
	stream := web.Stream("text/plain", func(*web.StreamWriter) error { return nil })
	stream.OnClose(func() { closed = true })
	stream.Header().Set("Content-Length", "7")
	if _, err := stream.Body(); !errors.Is(err, web.ErrStreaming) || !stream.Streaming() {
		t.Errorf("stream: %v", err)
	}
	stream.SetBody([]byte("bytes"))
	if body, err := stream.Body(); string(body) != "bytes" || err != nil || !closed || stream.Header().Get("Content-Length") != "" {
		t.Errorf("after SetBody: %q, %v, closed %v, header %v", body, err, closed, stream.Header())
	}
	if got := web.Text("x").ContentType(); got != "text/plain; charset=utf-8" {
		t.Errorf("ContentType %q", got)
	}
}

// Hooks run between the resolver and the view, in order; the first response wins.
func TestDispatch(t *testing.T) {
	t.Parallel()
	view := web.View(func(*web.Request) (*web.Response, error) { return web.Text("view"), nil })
	tests := []struct {
		name  string
		hooks []string // "" for a hook that lets the request pass, "!" for one that fails
		want  string
	}{
		{"none", nil, "view"},
		{"pass", []string{"", ""}, "view"},
		{"answer", []string{"", "first", "second"}, "first"},
		{"failure", []string{"!", "late"}, "no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRequest(nil)
			for _, hook := range tt.hooks {
				r.OnView(func(*web.Request) (*web.Response, error) {
					switch hook {
					case "":
						return nil, nil
					case "!":
						return nil, web.Forbidden("no")
					}
					return web.Text(hook), nil
				})
			}
			resp, err := web.Dispatch(r, view)
			got := ""
			if err != nil {
				got = err.Error()
			} else if body, err := resp.Body(); err == nil {
				got = string(body)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A response that cannot be sent is the view's fault, and its error page passes through all layers, which add their headers.
func TestUnsendableResponseIsConvertedInside(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		view web.View
		want string
	}{
		{"header", func(*web.Request) (*web.Response, error) {
			resp := web.Text("x")
			resp.Header().Set("X-Name", "a\nb")
			return resp, nil
		}, "X-Name"},
		{"nothing", nothingAtAll, "web_test.nothingAtAll returned neither"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dispatch := web.View(func(r *web.Request) (*web.Response, error) { return web.Dispatch(r, tt.view) })
			mark := func(next web.Handler) web.Handler {
				return web.View(func(r *web.Request) (*web.Response, error) {
					resp, err := next.Serve(r)
					resp.Header().Set("X-Layer", "seen")
					return resp, err
				})
			}
			var log logLines
			rec := get(web.ToHTTP(web.Compose(dispatch, mark), log.config()), "/")
			if rec.Code != 500 || rec.Header().Get("X-Layer") != "seen" || !strings.Contains(log.String(), tt.want) {
				t.Errorf("%d %v, the log lacks %q:\n%s", rec.Code, rec.Header(), tt.want, log.String())
			}
		})
	}
}

func nothingAtAll(*web.Request) (*web.Response, error) { return nil, nil }

// A page that fails is an error of the view: the innermost layer already sees a 500.
func TestPageErrorIsConverted(t *testing.T) {
	t.Parallel()
	view := web.View(func(*web.Request) (*web.Response, error) {
		return web.Page(pageFunc(func(context.Context, io.Writer) error { panic("in the template") })), nil
	})
	seen := 0
	look := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			resp, err := next.Serve(r)
			if err == nil {
				seen = resp.Code()
			}
			return resp, err
		})
	}
	var log logLines
	rec := get(web.ToHTTP(web.Compose(view, look), log.config()), "/")
	if rec.Code != http.StatusInternalServerError || seen != rec.Code || strings.Count(log.String(), "in the template") != 1 {
		t.Errorf("status %d, the layer saw %d, log:\n%s", rec.Code, seen, log.String())
	}
}

func TestPOSTEndsTheRequest(t *testing.T) {
	t.Parallel()
	view := web.View(func(r *web.Request) (*web.Response, error) {
		r.GET()
		t.Error("the view went on")
		return web.Text("x"), nil
	})
	var log logLines
	rec := get(web.ToHTTP(web.Compose(view, web.Std(requestID)), log.config()), "/?"+strings.Repeat("a&", 2000))
	if rec.Code != http.StatusBadRequest || !strings.Contains(log.String(), "logger=security.TooManyFieldsSent") || strings.Contains(log.String(), "stack=") {
		t.Errorf("status %d, log:\n%s", rec.Code, log.String())
	}
}
