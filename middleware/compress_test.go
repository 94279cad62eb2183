package middleware_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

// unpack decodes a body; a broken or cut one fails the test.
func unpack(t testing.TB, encoding string, body []byte) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	switch encoding {
	case "gzip":
		zr, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = zr
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		zr, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer zr.Close()
		r = zr
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("unpack %s: %v", encoding, err)
	}
	return string(plain)
}

func TestCompress(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("All the news that fits. ", 100)
	random := make([]byte, 1000)
	for i := range random {
		random[i] = byte(rand.IntN(256))
	}
	with := func(body string, headers ...string) web.View {
		return func(*web.Request) (*web.Response, error) {
			resp := web.HTML(body)
			for i := 0; i < len(headers); i += 2 {
				resp.Header().Set(headers[i], headers[i+1])
			}
			return resp, nil
		}
	}
	django := middleware.CompressOptions{Encodings: []middleware.Encoding{middleware.Gzip}, AnyMention: true}
	tests := []struct {
		name     string
		opts     middleware.CompressOptions
		view     web.Handler
		accept   string
		encoding string
		vary     string
		etag     string
	}{
		{"zstd", middleware.CompressOptions{}, with(page), "gzip, deflate, br, zstd", "zstd", "Accept-Encoding", ""},
		{"brotli", middleware.CompressOptions{}, with(page), "gzip, br", "br", "Accept-Encoding", ""},
		{"gzip", middleware.CompressOptions{}, with(page), "gzip", "gzip", "Accept-Encoding", ""},
		{"not accepted", middleware.CompressOptions{}, with(page), "deflate", "", "Accept-Encoding", ""},
		{"refused", middleware.CompressOptions{}, with(page), "gzip;q=0", "", "Accept-Encoding", ""},
		{"no header", middleware.CompressOptions{}, with(page), "", "", "Accept-Encoding", ""},
		{"short", middleware.CompressOptions{}, with(strings.Repeat("x", 199)), "gzip", "", "", ""},
		{"long enough", middleware.CompressOptions{}, with(strings.Repeat("x", 200)), "gzip", "gzip", "Accept-Encoding", ""},
		{"own limit", middleware.CompressOptions{MinLength: 10000}, with(page), "gzip", "", "", ""},
		{"does not shrink", middleware.CompressOptions{}, with(string(random)), "gzip", "", "Accept-Encoding", ""},
		{"encoded already", middleware.CompressOptions{}, with(page, "Content-Encoding", "x"), "gzip", "x", "", ""},
		{"part", middleware.CompressOptions{}, with(page, "Content-Range", "bytes 0-9/10"), "gzip", "", "", ""},
		{"image", middleware.CompressOptions{}, with(page, "Content-Type", "image/png"), "gzip", "", "", ""},
		{"svg", middleware.CompressOptions{}, with(page, "Content-Type", "image/svg+xml"), "gzip", "gzip", "Accept-Encoding", ""},
		{"strong tag", middleware.CompressOptions{}, with(page, "ETag", `"a"`), "gzip", "gzip", "Accept-Encoding", `W/"a"`},
		{"weak tag", middleware.CompressOptions{}, with(page, "ETag", `W/"a"`), "gzip", "gzip", "Accept-Encoding", `W/"a"`},
		{"vary kept", middleware.CompressOptions{}, with(page, "Vary", "Cookie"), "gzip", "gzip", "Cookie, Accept-Encoding", ""},
		{"vary star", middleware.CompressOptions{}, with(page, "Vary", "*"), "gzip", "gzip", "*", ""},
		{"django: any mention", django, with(page), "gzip;q=0", "gzip", "Accept-Encoding", ""},
		{"django: star", django, with(page), "*", "", "Accept-Encoding", ""},
		{"skip", middleware.CompressOptions{Skip: func(*web.Request, *web.Response) bool { return true }}, with(page), "gzip", "", "", ""},
		{"one view", middleware.CompressOptions{MinLength: 1 << 20}, middleware.GzipPage(with(page)), "gzip, br", "gzip", "Accept-Encoding", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			chain := web.Compose(tt.view, middleware.Compress(tt.opts))
			plain := serve(t, nil, web.Compose(tt.view), get("http://example.com/")).Body.String()
			req := get("http://example.com/")
			if tt.accept != "" {
				req.Header.Set("Accept-Encoding", tt.accept)
			}
			w := serve(t, nil, chain, req)
			wantHeader(t, w, "Content-Encoding", tt.encoding)
			wantHeader(t, w, "Vary", tt.vary)
			wantHeader(t, w, "ETag", tt.etag)
			if got := w.Header().Get("Content-Length"); got != "" && got != itoa(w.Body.Len()) {
				t.Errorf("Content-Length = %s for %d bytes", got, w.Body.Len())
			}
			if got := unpack(t, tt.encoding, w.Body.Bytes()); got != plain {
				t.Errorf("body of %d bytes differs from the page of %d", len(got), len(plain))
			}
		})
	}
}

// TestCompressPadding checks that every amount of filling can be read, and that lengths differ.
func TestCompressPadding(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("padded ", 100)
	for _, encoding := range []middleware.Encoding{middleware.Gzip, middleware.Brotli, middleware.Zstd} {
		t.Run(string(encoding), func(t *testing.T) {
			t.Parallel()
			for name, padding := range map[string]int{"none": -1, "default": 0, "much": 400} {
				chain := web.Compose(text(page), middleware.Compress(middleware.CompressOptions{Encodings: []middleware.Encoding{encoding}, Padding: padding}))
				lengths := map[int]bool{}
				for range 200 {
					w := serve(t, nil, chain, get("http://example.com/", "Accept-Encoding", string(encoding)))
					wantHeader(t, w, "Content-Encoding", string(encoding))
					if got := unpack(t, string(encoding), w.Body.Bytes()); got != page {
						t.Fatalf("%s: body = %q", name, got)
					}
					lengths[w.Body.Len()] = true
				}
				if padding < 0 && len(lengths) != 1 || padding >= 0 && len(lengths) < 20 {
					t.Errorf("%s: %d different lengths", name, len(lengths))
				}
			}
		})
	}
}

func TestCompressStream(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"gzip", "br", "zstd"} {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			next, sent := make(chan struct{}), make(chan struct{})
			view := web.View(func(*web.Request) (*web.Response, error) {
				return web.Stream("text/plain", func(w *web.StreamWriter) error {
					for range 3 {
						if _, err := w.WriteString("tick "); err != nil {
							return err
						}
						if err := w.Flush(); err != nil {
							return err
						}
						sent <- struct{}{}
						<-next
					}
					return nil
				}), nil
			})
			server := httptest.NewServer(web.ToHTTP(web.Compose(view, middleware.Compress(middleware.CompressOptions{})), &web.Config{AllowedHosts: []string{"*"}}))
			defer server.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept-Encoding", encoding)
			go func() { <-sent }()
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if got := resp.Header.Get("Content-Encoding"); got != encoding {
				t.Fatalf("Content-Encoding = %q, want %q", got, encoding)
			}
			var r io.Reader
			switch encoding {
			case "gzip":
				if r, err = gzip.NewReader(resp.Body); err != nil {
					t.Fatal(err)
				}
			case "br":
				r = brotli.NewReader(resp.Body)
			case "zstd":
				zr, err := zstd.NewReader(resp.Body, zstd.WithDecoderConcurrency(1))
				if err != nil {
					t.Fatal(err)
				}
				defer zr.Close()
				r = zr
			}
			buf := make([]byte, 5)
			for i := range 3 { // each piece arrives while the stream is open
				if _, err := io.ReadFull(r, buf); err != nil || string(buf) != "tick " {
					t.Fatalf("piece %d = %q, %v", i, buf, err)
				}
				next <- struct{}{}
				if i < 2 {
					<-sent
				}
			}
			if rest, err := io.ReadAll(r); err != nil || len(rest) != 0 {
				t.Errorf("rest = %q, %v", rest, err)
			}
		})
	}
}

func TestCompressHead(t *testing.T) {
	t.Parallel()
	chain := web.Compose(text(strings.Repeat("x", 1000)), middleware.Compress(middleware.CompressOptions{Padding: -1}))
	w := serve(t, nil, chain, request("HEAD", "http://example.com/", "Accept-Encoding", "gzip"))
	if w.Body.Len() != 0 {
		t.Errorf("HEAD with a body of %d bytes", w.Body.Len())
	}
	wantHeader(t, w, "Content-Encoding", "gzip")
}

func TestCompressUnknownEncoding(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic for an unknown coding")
		}
	}()
	middleware.Compress(middleware.CompressOptions{Encodings: []middleware.Encoding{"lzma"}})
}

func FuzzCompress(f *testing.F) {
	f.Add([]byte(strings.Repeat("hello ", 100)), byte(0), 0)
	f.Add([]byte(strings.Repeat("\x00", 300)), byte(1), 99)
	f.Add([]byte(strings.Repeat("ab", 200)), byte(2), 300)
	all := []middleware.Encoding{middleware.Gzip, middleware.Brotli, middleware.Zstd}
	f.Fuzz(func(t *testing.T, body []byte, which byte, padding int) {
		encoding := all[int(which)%len(all)]
		view := web.View(func(*web.Request) (*web.Response, error) { return web.Bytes("text/plain", body), nil })
		chain := web.Compose(view, middleware.Compress(middleware.CompressOptions{MinLength: 1, Padding: padding % 2000, Encodings: []middleware.Encoding{encoding}}))
		w := serve(t, nil, chain, get("http://example.com/", "Accept-Encoding", string(encoding)))
		if got := unpack(t, w.Header().Get("Content-Encoding"), w.Body.Bytes()); got != string(body) {
			t.Errorf("%s: %d bytes came back as %d", encoding, len(body), len(got))
		}
	})
}

func BenchmarkCompress(b *testing.B) {
	page := strings.Repeat("<li><a href=\"/article/1\">All the news that fits, and then some</a></li>\n", 120)
	for _, encoding := range []string{"gzip", "br", "zstd"} {
		b.Run(encoding, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			bench(b, web.Compose(text(page), middleware.Compress(middleware.CompressOptions{})), get("http://example.com/", "Accept-Encoding", encoding))
		})
	}
	b.Run("short page", func(b *testing.B) {
		bench(b, web.Compose(text("hi"), middleware.Compress(middleware.CompressOptions{})), get("http://example.com/", "Accept-Encoding", "gzip"))
	})
}
