package web_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nuages-go/nuages/web"
)

var quiet = &web.Config{AllowedHosts: []string{"*"}, Logger: slog.New(slog.DiscardHandler)}

// mark is Nuages middleware that changes the header, which must be possible for every kind of response.
func mark(next web.Handler) web.Handler {
	return web.View(func(r *web.Request) (*web.Response, error) {
		resp, err := next.Serve(r)
		if err == nil {
			resp.Header().Set("X-Mark", "streaming="+fmt.Sprint(resp.Streaming()))
		}
		return resp, err
	})
}

func TestFromHTTP(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("0123456789", 10000)
	tests := []struct {
		name    string
		handler http.HandlerFunc
		status  int
		body    string
		mark    string
		header  map[string]string
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}, 200, "", "streaming=false", nil},
		{"small", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-A", "1")
			w.WriteHeader(201)
			_, _ = io.WriteString(w, "<p>made")
			w.Header().Set("X-Late", "1")
		}, 201, "<p>made", "streaming=false", map[string]string{"X-A": "1", "X-Late": "", "Content-Type": "text/html; charset=utf-8", "Content-Length": "7"}},
		{"one big write", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, big) }, 200, big, "streaming=true", map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
		{"many writes", func(w http.ResponseWriter, _ *http.Request) {
			for i := range 10000 {
				if n, err := io.WriteString(w, big[i*10:i*10+10]); n != 10 || err != nil {
					panic(fmt.Sprint(n, err))
				}
			}
		}, 200, big, "streaming=true", nil},
		{"flushed", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "b")
		}, 200, "ab", "streaming=true", nil},
		{"copied", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "a/b")
			w.WriteHeader(200)
			_, _ = io.Copy(w, strings.NewReader(big))
		}, 200, big, "streaming=true", map[string]string{"Content-Type": "a/b"}},
		{"panic", func(http.ResponseWriter, *http.Request) { panic("x") }, 500, "", "streaming=false", nil},
		{"panic after a few bytes", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a"); panic("x") }, 500, "", "streaming=false", nil},
		{"no content", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, 204, "", "streaming=false", nil},
		{"error", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 404) }, 404, "no\n", "streaming=false", map[string]string{"X-Content-Type-Options": "nosniff"}},
		{"goexit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, 500, "", "streaming=false", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(web.ToHTTP(web.Compose(web.FromHTTP(tt.handler), mark), quiet))
			defer srv.Close()
			resp, err := http.Get(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || tt.status < 500 && string(body) != tt.body {
				t.Errorf("got %d with %d bytes, want %d with %d", resp.StatusCode, len(body), tt.status, len(tt.body))
			}
			if got := resp.Header.Get("X-Mark"); got != tt.mark {
				t.Errorf("X-Mark %q, want %q", got, tt.mark)
			}
			for name, want := range tt.header {
				if got := resp.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestFromHTTPDropped(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	endless := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1000)); err != nil {
				<-r.Context().Done()
				ended <- err
				return
			}
		}
	})
	replace := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			resp, err := next.Serve(r)
			if err != nil {
				return nil, err
			}
			resp.Close()
			return web.Text("instead"), nil
		})
	}
	rec := get(web.ToHTTP(web.Compose(web.FromHTTP(endless), replace), quiet), "/")
	if rec.Body.String() != "instead" {
		t.Errorf("body %q", rec.Body)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the dropped handler's write succeeded")
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the handler still runs")
	}
}

func TestFromHTTPFailureAfterHeader(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(web.ToHTTP(web.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 100000))
		panic("late")
	})), quiet))
	defer srv.Close()
	resp, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the client took a part for the whole")
	}
}

func TestFromHTTPFileServer(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("abcdefghij", 5000)
	fsys := fstest.MapFS{"f.txt": {Data: []byte(content), ModTime: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}}
	srv := httptest.NewServer(web.ToHTTP(web.FromHTTP(http.FileServerFS(fsys)), quiet))
	defer srv.Close()
	for _, tt := range []struct {
		ranges string
		status int
		length int
	}{{"", 200, 50000}, {"bytes=0-9", 206, 10}, {"bytes=10000-", 206, 40000}, {"bytes=60000-", 416, -1}} {
		req, _ := http.NewRequest("GET", srv.URL+"/f.txt", nil)
		if tt.ranges != "" {
			req.Header.Set("Range", tt.ranges)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != tt.status || tt.length >= 0 && len(body) != tt.length {
			t.Errorf("%q: %d with %d bytes, %v", tt.ranges, resp.StatusCode, len(body), err)
		}
	}
}

func TestFromHTTPReverseProxy(t *testing.T) {
	t.Parallel()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := range 5 {
			fmt.Fprintf(w, "part %d;", i)
			w.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	}))
	defer backend.Close()
	target, _ := url.Parse(backend.URL)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.FlushInterval = time.Millisecond // flushes from a goroutine of its own
	srv := httptest.NewServer(web.ToHTTP(web.Compose(web.FromHTTP(proxy), mark), quiet))
	defer srv.Close()
	resp, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "part 0;part 1;part 2;part 3;part 4;" {
		t.Errorf("body %q, %v", body, err)
	}
}

func TestHijack(t *testing.T) {
	t.Parallel()
	shout := func(conn net.Conn, rw *bufio.ReadWriter) error {
		line, err := rw.ReadString('\n')
		if err != nil {
			return err
		}
		_, _ = rw.WriteString(strings.ToUpper(line))
		return rw.Flush()
	}
	for name, h := range map[string]web.Handler{
		"FromHTTP": web.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			defer conn.Close()
			_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: shout\r\nConnection: Upgrade\r\n\r\n")
			_ = rw.Flush()
			_ = shout(conn, rw)
		})),
		"Upgrade": web.View(func(*web.Request) (*web.Response, error) { return web.Upgrade("shout", shout), nil }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(web.ToHTTP(web.Compose(h, web.Std(requestID), mark), quiet))
			defer srv.Close()
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\nhello\n")
			all, _ := io.ReadAll(conn)
			if !bytes.HasPrefix(all, []byte("HTTP/1.1 101 ")) || !bytes.HasSuffix(all, []byte("\r\n\r\nHELLO\n")) {
				t.Errorf("got %q", all)
			}
		})
	}
}

// gzipAll is middleware that wraps the ResponseWriter.
func gzipAll(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		next.ServeHTTP(gzipWriter{w, z}, r)
		_ = z.Close()
	})
}

type gzipWriter struct {
	http.ResponseWriter
	z *gzip.Writer
}

func (w gzipWriter) WriteHeader(status int) {
	w.Header().Del("Content-Length")
	w.ResponseWriter.WriteHeader(status)
}
func (w gzipWriter) Write(p []byte) (int, error) { return w.z.Write(p) }
func (w gzipWriter) Flush() {
	_ = w.z.Flush()
	w.ResponseWriter.(http.Flusher).Flush()
}

func teapot(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "tea", http.StatusTeapot) })
}

func footer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		w.Header().Del("Content-Length")
		_, _ = io.WriteString(w, "-footer")
	})
}

func TestStd(t *testing.T) {
	t.Parallel()
	page := func(*web.Request) (*web.Response, error) {
		resp := web.HTML("page")
		resp.Template = "page.html"
		resp.SetCookie(web.Cookie{Name: "a", Value: "1"})
		return resp, nil
	}
	long := func(*web.Request) (*web.Response, error) { return web.HTML(strings.Repeat("long", 5000)), nil }
	stream := func(*web.Request) (*web.Response, error) {
		return web.Stream("text/plain", func(w *web.StreamWriter) error {
			for range 100 {
				if _, err := w.Write(make([]byte, 1000)); err != nil {
					return err
				}
			}
			return w.Flush()
		}), nil
	}
	fails := func(*web.Request) (*web.Response, error) { return nil, errors.New("inside") }
	tests := []struct {
		name     string
		view     web.View
		mw       func(http.Handler) http.Handler
		status   int
		length   int
		template string
		err      bool
		mark     string
	}{
		{"untouched", page, requestID, 200, 4, "page.html", false, "streaming=false"},
		{"untouched stream", stream, requestID, 200, 100000, "", false, "streaming=true"},
		{"untouched error", fails, requestID, 500, -1, "", true, "streaming=false"},
		{"wrapped", page, gzipAll, 200, 4, "page.html", false, "streaming=false"},
		{"wrapped long", long, gzipAll, 200, 20000, "", false, "streaming=false"},
		{"wrapped stream", stream, gzipAll, 200, 100000, "", false, "streaming=true"},
		{"wrapped error", fails, gzipAll, 500, -1, "", true, "streaming=false"},
		{"replaced", page, teapot, 418, 4, "", false, "streaming=false"},
		{"with a footer", page, footer, 200, 11, "page.html", false, "streaming=false"},
		{"timeout handler", page, func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "late") }, 200, 4, "page.html", false, "streaming=false"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var template string
			var failed bool
			look := func(next web.Handler) web.Handler {
				return web.View(func(r *web.Request) (*web.Response, error) {
					before := r.Request
					resp, err := next.Serve(r)
					if err != nil {
						return nil, err
					}
					if r.Request != before || r.Context().Err() != nil {
						t.Error("the request was not put back")
					}
					template, failed = resp.Template, resp.Err != nil
					return resp, nil
				})
			}
			srv := httptest.NewServer(web.ToHTTP(web.Compose(tt.view, look, mark, web.Std(tt.mw)), quiet))
			defer srv.Close()
			resp, err := http.Get(srv.URL) // the client unpacks gzip
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || tt.length >= 0 && len(strings.TrimSpace(string(body))) != tt.length && tt.status != 418 {
				t.Errorf("got %d with %d bytes, want %d with %d", resp.StatusCode, len(body), tt.status, tt.length)
			}
			if template != tt.template || failed != tt.err {
				t.Errorf("template %q, error %v; want %q, %v", template, failed, tt.template, tt.err)
			}
			if got := resp.Header.Get("X-Mark"); got != tt.mark {
				t.Errorf("X-Mark %q, want %q", got, tt.mark)
			}
			if tt.template != "" && resp.Header.Get("Set-Cookie") != "a=1; Path=/" {
				t.Errorf("cookies %q", resp.Header["Set-Cookie"])
			}
		})
	}
}

// A middleware may give up on the chain inside it, which still uses the request.
func TestStdTimeout(t *testing.T) {
	t.Parallel()
	slow := web.View(func(r *web.Request) (*web.Response, error) {
		time.Sleep(50 * time.Millisecond)
		r.GET()
		return web.Text("late"), nil
	})
	outer := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			resp, err := next.Serve(r)
			r.GET()
			return resp, err
		})
	}
	timeout := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Millisecond, "too late") }
	rec := get(web.ToHTTP(web.Compose(slow, outer, web.Std(timeout)), quiet), "/?a=1")
	if rec.Code != http.StatusServiceUnavailable || rec.Body.String() != "too late" {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
}

// A response that a middleware drops without closing it leaves no goroutine behind.
func TestForgottenResponse(t *testing.T) { // not parallel: it counts goroutines
	replace := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			if _, err := next.Serve(r); err != nil {
				return nil, err
			}
			return web.Text("instead"), nil
		})
	}
	endless := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 10000)); err != nil {
				return
			}
		}
	})
	h := web.ToHTTP(web.Compose(web.FromHTTP(endless), web.Std(requestID), replace), quiet)
	before := runtime.NumGoroutine()
	for range 50 {
		get(h, "/")
	}
	if after := runtime.NumGoroutine(); after > before+5 {
		t.Errorf("%d goroutines more than before", after-before)
	}
}

func TestStdSharesTheRequest(t *testing.T) {
	t.Parallel()
	slot := web.NewSlot[string]("who")
	inner := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			slot.Set(r, "ada")
			return next.Serve(r)
		})
	}
	outer := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			resp, err := next.Serve(r)
			if who, _ := slot.Get(r); who != "ada" || r.URL.Path != "/mount/x" {
				t.Errorf("the outer layer sees %q at %s", who, r.URL.Path)
			}
			return resp, err
		})
	}
	strip := func(h http.Handler) http.Handler { return http.StripPrefix("/mount", h) }
	view := web.View(func(r *web.Request) (*web.Response, error) { return web.Text(r.PathInfo()), nil })
	rec := get(web.ToHTTP(web.Compose(view, outer, web.Std(strip), inner), quiet), "/mount/x")
	if rec.Body.String() != "/x" {
		t.Errorf("the view sees %q", rec.Body)
	}
}
