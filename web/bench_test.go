package web_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/web"
)

// nullWriter is a ResponseWriter that costs nothing, so that only the framework is measured.
type nullWriter struct{ header http.Header }

func (w *nullWriter) Header() http.Header               { return w.header }
func (w *nullWriter) Write(p []byte) (int, error)       { return len(p), nil }
func (w *nullWriter) WriteString(s string) (int, error) { return len(s), nil }
func (w *nullWriter) WriteHeader(int)                   {}

func benchmarkHandler(b *testing.B, h http.Handler) {
	req := httptest.NewRequest(http.MethodGet, "/plaintext?a=1&b=2", nil)
	req.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	req.Header.Set("Cookie", "sessionid=abcdef; csrftoken=uvwxyz")
	req.Header.Set("User-Agent", "bench")
	w := &nullWriter{make(http.Header)}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, req)
	}
}

func plaintext(*web.Request) (*web.Response, error) { return web.Text("Hello, World!"), nil }

func BenchmarkPlaintext(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		benchmarkHandler(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = io.WriteString(w, "Hello, World!")
		}))
	})
	b.Run("web", func(b *testing.B) { benchmarkHandler(b, web.ToHTTP(web.View(plaintext), nil)) })
	b.Run("query", func(b *testing.B) {
		benchmarkHandler(b, web.ToHTTP(web.View(func(r *web.Request) (*web.Response, error) {
			return web.Text(r.GET().Get("b")), nil
		}), nil))
	})
	b.Run("cookie", func(b *testing.B) {
		benchmarkHandler(b, web.ToHTTP(web.View(func(r *web.Request) (*web.Response, error) {
			v, _ := r.Cookie("csrftoken")
			return web.Text(v), nil
		}), nil))
	})
	b.Run("middleware", func(b *testing.B) {
		layer := func(next web.Handler) web.Handler {
			return web.View(func(r *web.Request) (*web.Response, error) { return next.Serve(r) })
		}
		benchmarkHandler(b, web.ToHTTP(web.Compose(web.View(plaintext), layer, layer, layer, layer, layer), nil))
	})
	b.Run("Std", func(b *testing.B) {
		benchmarkHandler(b, web.ToHTTP(web.Compose(web.View(plaintext), web.Std(requestID)), nil))
	})
	b.Run("FromHTTP", func(b *testing.B) {
		benchmarkHandler(b, web.ToHTTP(web.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "Hello, World!")
		})), nil))
	})
}

// BenchmarkLoopback is the whole way through net/http's server, with the client in the same process.
func BenchmarkLoopback(b *testing.B) {
	for name, h := range map[string]http.Handler{
		"bare": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = io.WriteString(w, "Hello, World!")
		}),
		"web": web.ToHTTP(web.View(plaintext), nil),
	} {
		b.Run(name, func(b *testing.B) {
			srv := httptest.NewServer(h)
			defer srv.Close()
			b.ReportAllocs()
			for b.Loop() {
				resp, err := http.Get(srv.URL)
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
}

func BenchmarkJSON(b *testing.B) {
	type item struct {
		ID    int    `json:"id"`
		Title string `json:"title"`
		Tags  []string
	}
	items := make([]item, 20)
	for i := range items {
		items[i] = item{i, "The title of an article", []string{"one", "two"}}
	}
	b.Run("web", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := web.JSON(items); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(items); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkBind(b *testing.B) {
	req := httptest.NewRequest(http.MethodGet, "/?title=T&p=3&tags=a&tags=b", nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := web.Bind[order](web.NewRequest(req, nil)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMultipart(b *testing.B) {
	body := "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n" +
		strings.Repeat("x", 1<<20) + "\r\n--B--\r\n"
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		req.Header.Set("Content-Type", "multipart/form-data; boundary=B")
		r := web.NewRequest(req, nil)
		if r.FILES().Len() != 1 {
			b.Fatal("no file")
		}
		r.Close()
	}
}

func TestPlaintextAllocations(t *testing.T) {
	h := web.ToHTTP(web.View(plaintext), nil)
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	w := &nullWriter{make(http.Header)}
	got := testing.AllocsPerRun(1000, func() {
		clear(w.header)
		h.ServeHTTP(w, req)
	})
	if got > 2 { // Request, Response
		t.Errorf("%v allocations for a plain text response, want at most 2", got)
	}
}
