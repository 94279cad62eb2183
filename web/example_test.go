package web_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/nuages-go/nuages/web"
)

// serve shows what a handler answers to a request.
func serve(h http.Handler, req *http.Request) {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	fmt.Println(rec.Code, rec.Body)
}

func Example() {
	mux := http.NewServeMux()
	mux.Handle("/hello/{name}", web.View(func(r *web.Request) (*web.Response, error) {
		return web.Text("hello " + r.PathValue("name")), nil
	}))
	serve(mux, httptest.NewRequest("GET", "/hello/ada", nil))
	// Output: 200 hello ada
}

func ExampleCompose() {
	timing := func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			resp, err := next.Serve(r)
			if err != nil {
				return nil, err
			}
			resp.Header().Set("Server-Timing", "total;dur=1")
			return resp, nil
		})
	}
	view := web.View(func(*web.Request) (*web.Response, error) { return nil, web.NotFound("no such article") })
	chain := web.Compose(view, timing)

	rec := httptest.NewRecorder()
	web.ToHTTP(chain, quiet).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	fmt.Println(rec.Code, rec.Header().Get("Server-Timing")) // the middleware saw the 404 as a response
	// Output: 404 total;dur=1
}

func ExampleRedirect() {
	view := web.View(func(r *web.Request) (*web.Response, error) {
		next := r.GET().Get("next")
		if !r.IsSafeURL(next) {
			next = "/"
		}
		return web.Redirect(next)
	})
	for _, next := range []string{"/inbox/", "https://evil.example/"} {
		rec := httptest.NewRecorder()
		web.ToHTTP(view, quiet).ServeHTTP(rec, httptest.NewRequest("GET", "/?next="+next, nil))
		fmt.Println(rec.Code, rec.Header().Get("Location"))
	}
	// Output:
	// 302 /inbox/
	// 302 /
}

func ExampleJSON() {
	resp, err := web.JSON(map[string]any{
		"at":   time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
		"took": 3 * time.Second,
		"é":    "<",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := resp.Body()
	fmt.Println(string(body))
	// Output: {"at": "2026-01-02T03:04:05.678Z", "took": "P0DT00H00M03S", "\u00e9": "<"}
}

func ExampleStream() {
	view := web.View(func(*web.Request) (*web.Response, error) {
		return web.Stream("text/csv", func(w *web.StreamWriter) error {
			for i := range 3 {
				if _, err := fmt.Fprintf(w, "%d,%d\n", i, i*i); err != nil {
					return err
				}
			}
			return nil
		}), nil
	})
	serve(web.ToHTTP(view, nil), httptest.NewRequest("GET", "/", nil))
	// Output:
	// 200 0,0
	// 1,1
	// 2,4
}

func ExampleContent() {
	view := web.View(func(*web.Request) (*web.Response, error) {
		return web.Content("song.mp3", time.Time{}, strings.NewReader("0123456789"), web.Attachment), nil
	})
	req := httptest.NewRequest("GET", "/", nil)
	req.Header.Set("Range", "bytes=3-5")
	serve(web.ToHTTP(view, nil), req)
	// Output: 206 345
}

func ExampleFromHTTP() {
	legacy := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "from net/http") })
	serve(web.ToHTTP(web.Compose(web.FromHTTP(legacy)), nil), httptest.NewRequest("GET", "/", nil))
	// Output: 200 from net/http
}

func ExampleStd() {
	cors := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			next.ServeHTTP(w, r)
		})
	}
	view := web.View(func(*web.Request) (*web.Response, error) { return web.Text("shared"), nil })
	rec := httptest.NewRecorder()
	web.ToHTTP(web.Compose(view, web.Std(cors)), nil).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	fmt.Println(rec.Body, rec.Header().Get("Access-Control-Allow-Origin"))
	// Output: shared *
}

func ExampleFieldErrors() {
	var errs web.FieldErrors
	errs.Add("title", "This field is required.")
	errs.Add("", "The dates overlap.")
	out, _ := json.Marshal(&errs)
	fmt.Println(string(out))
	// Output: {"title":["This field is required."],"__all__":["The dates overlap."]}
}

func ExampleCondition() {
	view := web.Condition(
		web.View(func(*web.Request) (*web.Response, error) { return web.HTML("expensive page"), nil }),
		func(*web.Request) (string, error) { return "v7", nil }, nil)
	req := httptest.NewRequest("GET", "/", nil)
	req.Header.Set("If-None-Match", `"v7"`)
	serve(web.ToHTTP(view, nil), req)
	// Output: 304
}

func ExampleSlot() {
	type user struct{ name string }
	current := web.NewSlot[*user]("user") // at package level, unexported

	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), nil)
	current.Set(r, &user{"ada"})
	u, ok := current.Get(r)
	fmt.Println(u.name, ok)
	// Output: ada true
}
