package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nuages-go/nuages/web"
)

var anyone = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}

func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report é.tar.gz")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(path, day, day); err != nil {
		t.Fatal(err)
	}
	view := web.View(func(*web.Request) (*web.Response, error) { return web.File(path, web.Attachment) })
	tests := []struct {
		name   string
		header map[string]string
		status int
		body   string
		want   map[string]string
	}{
		{"whole", nil, 200, "0123456789", map[string]string{
			"Content-Type": "application/gzip", "Content-Length": "10", "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT", "Accept-Ranges": "bytes",
			"Content-Disposition": "attachment; filename*=utf-8''report%20%C3%A9.tar.gz",
		}},
		{"range", map[string]string{"Range": "bytes=2-4"}, 206, "234", map[string]string{"Content-Range": "bytes 2-4/10", "Content-Length": "3"}},
		{"end", map[string]string{"Range": "bytes=-3"}, 206, "789", nil},
		{"beyond", map[string]string{"Range": "bytes=20-"}, 416, "", map[string]string{"Content-Range": "bytes */10"}},
		{"stale If-Range", map[string]string{"Range": "bytes=2-4", "If-Range": "Wed, 31 Dec 2025 00:00:00 GMT"}, 200, "0123456789", nil},
		{"not modified", map[string]string{"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}, 304, "", map[string]string{"Content-Length": ""}},
		{"precondition", map[string]string{"If-Unmodified-Since": "Wed, 31 Dec 2025 00:00:00 GMT"}, 412, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(web.ToHTTP(view, quiet))
			defer srv.Close()
			req, _ := http.NewRequest(http.MethodGet, srv.URL, nil)
			for k, v := range tt.header {
				req.Header.Set(k, v)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if resp.StatusCode != tt.status || tt.status < 400 && string(body) != tt.body || err != nil {
				t.Errorf("got %d %q, %v", resp.StatusCode, body, err)
			}
			for k, want := range tt.want {
				if got := resp.Header.Get(k); got != want {
					t.Errorf("%s: %q, want %q", k, got, want)
				}
			}
		})
	}
}

func TestFileErrors(t *testing.T) {
	t.Parallel()
	if _, err := web.File(filepath.Join(t.TempDir(), "none")); web.StatusOf(err) != 404 {
		t.Errorf("missing file: %v", err)
	}
	if _, err := web.File(t.TempDir()); web.StatusOf(err) != 404 {
		t.Errorf("directory: %v", err)
	}
	for _, name := range []string{"../x", "/x", "a\x00b", "", strings.Repeat("x", 5000)} {
		if _, err := web.FileFS(os.DirFS(t.TempDir()), name); web.StatusOf(err) != 404 {
			t.Errorf("%.20q: %v", name, err)
		}
	}
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file + "/x", file + "\x00", strings.Repeat("x", 5000)} {
		if _, err := web.File(name); web.StatusOf(err) != 404 {
			t.Errorf("%.20q: %v", name, err)
		}
	}
}

// unseekable hides a file's Seek, as a file in an archive has none.
type unseekable struct{ fs.FS }

func (u unseekable) Open(name string) (fs.File, error) {
	f, err := u.FS.Open(name)
	return struct{ fs.File }{f}, err
}

func TestFileWithoutSeek(t *testing.T) {
	t.Parallel()
	fsys := unseekable{fstest.MapFS{"a.txt": {Data: []byte("0123456789"), ModTime: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}}}
	view := web.View(func(*web.Request) (*web.Response, error) { return web.FileFS(fsys, "a.txt") })
	rec := get(web.ToHTTP(view, quiet), "/")
	if rec.Body.String() != "0123456789" || rec.Header().Get("Content-Length") != "10" || rec.Header().Get("Last-Modified") == "" || rec.Header().Get("Content-Type") != "text/plain" {
		t.Errorf("got %q %v", rec.Body, rec.Header())
	}
}

type closeCounter struct {
	*strings.Reader
	closed *int
}

func (c closeCounter) Close() error { *c.closed++; return nil }

func TestContentIsClosedOnce(t *testing.T) {
	t.Parallel()
	closed := 0
	upper := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			resp, err := next.Serve(r)
			if err == nil {
				resp.WrapStream(func(w io.Writer) io.WriteCloser { return &upperWriter{w} })
			}
			return resp, err
		})
	}
	view := web.View(func(*web.Request) (*web.Response, error) {
		return web.Content("a.txt", time.Time{}, closeCounter{strings.NewReader("text"), &closed}), nil
	})
	rec := get(web.ToHTTP(web.Compose(view, upper), quiet), "/")
	if rec.Body.String() != "TEXT!" || rec.Header().Get("Content-Length") != "" || closed != 1 {
		t.Errorf("got %q %v, closed %d times", rec.Body, rec.Header(), closed)
	}
}

type upperWriter struct{ w io.Writer }

func (u *upperWriter) Write(p []byte) (int, error) {
	return io.WriteString(u.w, strings.ToUpper(string(p)))
}
func (u *upperWriter) Close() error { _, err := io.WriteString(u.w, "!"); return err }

func TestFileType(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.txt": "text/plain", "A.JPG": "image/jpeg", "a.svg": "image/svg+xml", "x.tar.gz": "application/gzip", "x.br": "application/x-brotli",
		"none": "application/octet-stream", "a.unknownext": "application/octet-stream", "": "application/octet-stream",
	} {
		if got := web.FileType(name); got != want {
			t.Errorf("FileType(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestEventStream(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	view := web.View(func(r *web.Request) (*web.Response, error) {
		return web.EventStream(func(send func(web.Event) error) error {
			defer close(ended)
			if err := send(web.Event{Name: "news", ID: "7\nx", Data: "one\r\ntwo", Retry: 3 * time.Second}); err != nil {
				return err
			}
			if err := send(web.Event{Data: r.LastEventID()}); err != nil {
				return err
			}
			<-r.Context().Done() // until the browser leaves
			return nil
		}), nil
	})
	srv := httptest.NewServer(web.ToHTTP(view, quiet))
	defer srv.Close()
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL, nil)
	req.Header.Set("Last-Event-ID", "6")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	const want = "id: 7x\nevent: news\nretry: 3000\ndata: one\ndata: two\n\ndata: 6\n\n"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(bufio.NewReader(resp.Body), got); err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
	if ct := resp.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Errorf("Content-Type %q", ct)
	}
	cancel()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("the stream goes on after the client has left")
	}
}

func TestEarlyHints(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(web.ToHTTP(web.View(func(r *web.Request) (*web.Response, error) {
		r.EarlyHints("</style.css>; rel=preload; as=style")
		return web.HTML("page"), nil
	}), quiet))
	defer srv.Close()
	var hints []string
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		hints = append(hints, fmt.Sprint(code, h["Link"]))
		return nil
	}}
	req, _ := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, srv.URL, nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if len(hints) != 1 || hints[0] != "103 [</style.css>; rel=preload; as=style]" || resp.Header.Get("Link") != "" {
		t.Errorf("hints %q, header %v", hints, resp.Header)
	}
}
