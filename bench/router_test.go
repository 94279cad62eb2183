package bench

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// router is one competitor: how to look a path up, and how to serve it.
type router struct {
	name string
	// lookup finds the route of a path with its arguments. nil where the library has no way to do only that.
	lookup func(path string) bool
	serve  http.Handler
}

func routers(routes []string) []router {
	return []router{nuagesRouter(routes), muxRouter(routes), chiRouter(routes), ginRouter(routes), echoRouter(routes)}
}

func nuagesRouter(routes []string) router {
	view := web.View(func(r *web.Request) (*web.Response, error) { return ok, nil })
	var patterns urls.Patterns
	for _, r := range routes {
		patterns = append(patterns, urls.Path(rewrite(r, "<", ">")[1:], view))
	}
	res, err := urls.New(patterns, urls.Options{})
	if err != nil {
		panic(err)
	}
	var m web.Match
	return router{
		name:   "nuages",
		lookup: func(path string) bool { return res.Lookup(path, &m) },
		serve:  web.ToHTTP(res, &web.Config{}),
	}
}

var ok = web.Text("ok")

func muxRouter(routes []string) router {
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc(rewrite(r, "{", "}"), writeOK)
	}
	req := newRequest("/")
	return router{
		name:   "ServeMux",
		lookup: func(path string) bool { req.URL.Path = path; _, pattern := mux.Handler(req); return pattern != "" },
		serve:  mux,
	}
}

func chiRouter(routes []string) router {
	mux := chi.NewRouter()
	for _, r := range routes {
		mux.Get(rewrite(r, "{", "}"), writeOK)
	}
	rctx := chi.NewRouteContext()
	return router{
		name:   "chi",
		lookup: func(path string) bool { rctx.Reset(); return mux.Match(rctx, http.MethodGet, path) },
		serve:  mux,
	}
}

func ginRouter(routes []string) router {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	hit := false
	for _, r := range routes {
		engine.GET(r, func(c *gin.Context) { hit = true; c.Status(http.StatusOK) })
	}
	req, w := newRequest("/"), &nullWriter{header: http.Header{}}
	return router{
		name: "gin", // its tree cannot be asked alone: this includes taking a context from a pool
		lookup: func(path string) bool {
			hit = false
			req.URL.Path = path
			engine.ServeHTTP(w, req)
			return hit
		},
		serve: engine,
	}
}

func echoRouter(routes []string) router {
	e := echo.New()
	for _, r := range routes {
		e.GET(r, func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	}
	c := e.NewContext(newRequest("/"), nil)
	return router{
		name: "echo",
		lookup: func(path string) bool {
			e.Router().Find(http.MethodGet, path, c)
			return c.Path() != ""
		},
		serve: e,
	}
}

// BenchmarkRouter looks paths up, with the arguments into the match.
func BenchmarkRouter(b *testing.B) {
	for _, set := range sets() {
		for _, req := range requests(set.routes) {
			for _, r := range routers(set.routes) {
				b.Run(set.name+"/"+req.name+"/"+r.name, func(b *testing.B) {
					if hit := r.lookup(req.path); hit != (req.name != "miss") && r.name != "echo" {
						b.Fatalf("%s: hit = %v", req.path, hit)
					}
					b.ReportAllocs()
					for b.Loop() {
						r.lookup(req.path)
					}
				})
			}
		}
	}
}

// BenchmarkDispatch serves requests whole, from net/http's request to a written response.
func BenchmarkDispatch(b *testing.B) {
	for _, set := range sets() {
		for _, req := range requests(set.routes) {
			for _, r := range routers(set.routes) {
				b.Run(set.name+"/"+req.name+"/"+r.name, func(b *testing.B) {
					request, w := newRequest(req.path), &nullWriter{header: http.Header{}}
					b.ReportAllocs()
					for b.Loop() {
						r.serve.ServeHTTP(w, request)
					}
				})
			}
		}
	}
}

func sets() []struct {
	name   string
	routes []string
} {
	list := []struct {
		name   string
		routes []string
	}{{"github", githubRoutes}}
	for _, n := range []int{10, 100, 1000} {
		list = append(list, struct {
			name   string
			routes []string
		}{strconv.Itoa(n), generated(n)})
	}
	return list
}

func newRequest(path string) *http.Request {
	req, err := http.NewRequest(http.MethodGet, "http://localhost/", nil)
	if err != nil {
		panic(err)
	}
	req.URL.Path = path
	return req
}

func writeOK(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

// nullWriter throws the response away.
type nullWriter struct{ header http.Header }

func (w *nullWriter) Header() http.Header         { return w.header }
func (w *nullWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w *nullWriter) WriteHeader(int)             {}
