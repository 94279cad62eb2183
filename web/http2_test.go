package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/web"
)

// bothVersions serves h over HTTP/1.1 and HTTP/2.
func bothVersions(t *testing.T, h http.Handler, run func(t *testing.T, client *http.Client, url string)) {
	for _, h2 := range []bool{false, true} {
		t.Run(fmt.Sprint("HTTP/2 ", h2), func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewUnstartedServer(h)
			srv.EnableHTTP2 = h2
			srv.StartTLS()
			t.Cleanup(srv.Close)
			run(t, srv.Client(), srv.URL)
		})
	}
}

func TestTrailers(t *testing.T) {
	t.Parallel()
	native := web.View(func(*web.Request) (*web.Response, error) {
		return web.Stream("text/plain", func(w *web.StreamWriter) error {
			_, err := w.WriteString(strings.Repeat("x", 10000))
			w.SetTrailer("X-Sum", "42")
			return err
		}), nil
	})
	foreign := web.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		_, _ = io.WriteString(w, strings.Repeat("x", 10000))
		w.Header().Set("X-Sum", "42")
	}))
	for name, h := range map[string]web.Handler{"Stream": native, "FromHTTP": foreign} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothVersions(t, web.ToHTTP(web.Compose(h, mark), quiet), func(t *testing.T, client *http.Client, url string) {
				resp, err := client.Get(url)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				if len(body) != 10000 || err != nil || resp.Trailer.Get("X-Sum") != "42" || resp.Header.Get("X-Mark") == "" {
					t.Errorf("%d bytes, %v, trailer %v, header %v", len(body), err, resp.Trailer, resp.Header)
				}
			})
		})
	}
}

func TestRequestOverTheWire(t *testing.T) {
	t.Parallel()
	view := web.View(func(r *web.Request) (*web.Response, error) {
		host, err := r.Host()
		if err != nil {
			return nil, err
		}
		return web.Text(fmt.Sprint(r.IsSecure(), " ", strings.HasPrefix(host, "127.0.0.1:"), " ", r.Cookies()["b"], " ", r.POST().Get("a"))), nil
	})
	config := *quiet
	config.AllowedHosts = []string{"127.0.0.1"}
	bothVersions(t, web.ToHTTP(view, &config), func(t *testing.T, client *http.Client, url string) {
		req, _ := http.NewRequest(http.MethodPost, url, strings.NewReader("a=form"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Add("Cookie", "a=1; b=2")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if body, _ := io.ReadAll(resp.Body); string(body) != "true true 2 form" {
			t.Errorf("got %d %q", resp.StatusCode, body)
		}
	})
}

func TestContentLengthOverTheWire(t *testing.T) {
	t.Parallel()
	view := web.View(func(r *web.Request) (*web.Response, error) {
		n, err := strconv.Atoi(r.GET().Get("n"))
		return web.Text(strings.Repeat("x", n)), err
	})
	bothVersions(t, web.ToHTTP(view, quiet), func(t *testing.T, client *http.Client, url string) {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, n := range []int64{0, 1, 1999, 2000, 2001, 2048, 2049, 100000} {
				req, _ := http.NewRequest(method, fmt.Sprint(url, "/?n=", n), nil)
				resp, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				body, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.ContentLength != n || method == http.MethodGet && int64(len(body)) != n {
					t.Errorf("%s of %d bytes: Content-Length %d, body of %d", method, n, resp.ContentLength, len(body))
				}
			}
		}
	})
}

// HTTP/2 cannot switch protocols.
func TestUpgradeOverHTTP2(t *testing.T) {
	t.Parallel()
	view := web.View(func(*web.Request) (*web.Response, error) {
		return web.Upgrade("x", func(net.Conn, *bufio.ReadWriter) error { return nil }), nil
	})
	srv := httptest.NewUnstartedServer(web.ToHTTP(view, quiet))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNotImplemented {
		t.Errorf("status %d", resp.StatusCode)
	}
}
