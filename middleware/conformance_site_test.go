package middleware_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

// conformanceURLs are the views and routes of the site that the requests were sent to.
func conformanceURLs(root string) urls.Patterns {
	plain := web.View(plainView)
	redirectTo := func(v views.Redirect) web.Handler { return v }
	return urls.Patterns{
		urls.Path("echo/", web.View(echo), urls.Name("echo")),
		urls.Path("echo/<int:n>/", web.View(echo), urls.Name("echo_n")),
		urls.Path("text/", plain, urls.Name("text")),
		urls.Path("big/", page(strings.Repeat("x", 500)), urls.Name("big")),
		urls.Path("noslash", plain, urls.Name("noslash")),
		urls.Path("both/", views.Methods{
			Get:  page("got"),
			Post: web.View(func(*web.Request) (*web.Response, error) { return web.HTML("posted").WithStatus(201), nil }),
		}, urls.Name("both")),
		urls.Path("status/<int:code>/", web.Arg(func(_ *web.Request, code int) (*web.Response, error) {
			return web.HTML("body").WithStatus(code), nil
		}), urls.Name("status")),
		urls.Path("raise/<str:kind>/", web.Arg(raise), urls.Name("raise")),
		urls.Path("cookies/", web.View(setCookies), urls.Name("cookies")),
		urls.Path("headers/", web.View(setHeaders), urls.Name("headers")),
		urls.Path("etag/", page("with etag", "ETag", `"custom"`), urls.Name("etag")),
		urls.Path("dated/", page("dated", "Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"), urls.Name("dated")),
		urls.Path("cond/", web.Condition(page("cond"),
			func(*web.Request) (string, error) { return `"e1"`, nil },
			func(*web.Request) (time.Time, error) { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), nil }), urls.Name("cond")),
		urls.Path("stream/", web.View(stream), urls.Name("stream")),
		urls.Path("download/<str:mode>/", web.Arg(func(_ *web.Request, mode string) (*web.Response, error) { return download(root, mode) }), urls.Name("download")),
		urls.Path("accepts/", web.View(accepts), urls.Name("accepts")),
		urls.Path("redir/<str:how>/", web.Arg(redir), urls.Name("redir")),
		urls.Path("json/", web.View(jsonList), urls.Name("json")),
		urls.Path("kinds/", web.View(jsonKinds), urls.Name("kinds")),
		urls.Path("static/<path:path>", web.Arg(func(r *web.Request, name string) (*web.Response, error) { return serveStatic(r, root, name) }), urls.Name("static")),
		urls.Path("get-only/", web.RequireGET(plain), urls.Name("get_only")),
		urls.Path("post-only/", web.RequirePOST(plain), urls.Name("post_only")),
		urls.Path("safe/", web.RequireSafe(plain), urls.Name("safe")),
		urls.Path("methods/", web.RequireMethods(plain, "PUT", "DELETE"), urls.Name("methods")),
		urls.Path("never/", web.NeverCache(plain), urls.Name("never")),
		urls.Path("control/", web.CacheControl(plain, "max-age=60", "private", "no-transform"), urls.Name("control")),
		urls.Path("vary/", web.VaryOn(plain, "User-Agent", "Cookie"), urls.Name("vary")),
		urls.Path("vary2/", web.VaryOnCookie(web.View(setHeaders)), urls.Name("vary2")),
		urls.Path("frame/", middleware.FrameExempt(plain), urls.Name("frame")),
		urls.Path("frame2/", middleware.FrameSameOrigin(plain), urls.Name("frame2")),
		urls.Path("noappend/", middleware.NoAppendSlash(plain), urls.Name("noappend")),
		urls.Path("go/<int:n>/", redirectTo(views.Redirect{Name: "echo_n"}), urls.Name("go")),
		urls.Path("gone/", redirectTo(views.Redirect{}), urls.Name("gone")),
		urls.Path("goto/", redirectTo(views.Redirect{URL: "/new/%(x)s", Permanent: true, QueryString: true}), urls.Name("goto")),
		urls.Path("moved/<str:x>/", redirectTo(views.Redirect{URL: "/new/%(x)s/?p=100%%", QueryString: true}), urls.Name("moved")),
	}
}

// page is a view of a fixed page with headers.
func page(body string, headers ...string) web.View {
	return func(*web.Request) (*web.Response, error) {
		resp := web.HTML(body)
		for i := 0; i < len(headers); i += 2 {
			resp.Header().Set(headers[i], headers[i+1])
		}
		return resp, nil
	}
}

func plainView(*web.Request) (*web.Response, error) { return web.Text("plain ü"), nil }

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

func (o object) append(b []byte) ([]byte, error) {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ", "...)
		}
		var err error
		if b, err = web.AppendJSON(b, m.name); err != nil {
			return nil, err
		}
		b = append(b, ": "...)
		if inner, ok := m.value.(object); ok {
			b, err = inner.append(b)
		} else {
			b, err = web.AppendJSON(b, m.value)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func lists(values *web.Values) object {
	o := object{}
	for key, list := range values.Lists() {
		o = append(o, member{key, list})
	}
	return o
}

// echo says what it understood of the request.
func echo(r *web.Request) (*web.Response, error) {
	get, post, uploads := r.GET(), r.POST(), r.FILES()
	files := object{}
	for file := range uploads.All() {
		files = append(files, member{file.Field, []any{file.Name, file.ContentType, file.Size}})
	}
	cookies := object{}
	jar := r.Cookies()
	for _, name := range sortedKeys(jar) {
		cookies = append(cookies, member{name, jar[name]})
	}
	kwargs := object{}
	for name, value := range r.Match.Captured() {
		kwargs = append(kwargs, member{name, value.Any()})
	}
	host, err := r.Host()
	if err != nil {
		return nil, err
	}
	absolute, err := r.AbsoluteURL("")
	if err != nil {
		return nil, err
	}
	var length any
	if post.Len() == 0 && uploads.Len() == 0 {
		body, err := r.Body()
		if err != nil {
			return nil, err
		}
		length = len(body)
	}
	body, err := object{
		{"method", r.Method},
		{"path", r.Path()},
		{"get", lists(get)},
		{"post", lists(post)},
		{"files", files},
		{"cookies", cookies},
		{"host", host},
		{"secure", r.IsSecure()},
		{"full_path", r.FullPath()},
		{"absolute", absolute},
		{"content_type", r.ContentType()},
		{"body_length", length},
		{"kwargs", kwargs},
	}.append(nil)
	if err != nil {
		return nil, err
	}
	return web.Bytes("application/json", body), nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func raise(_ *web.Request, kind string) (*web.Response, error) {
	switch kind {
	case "404":
		return nil, web.NotFound("no such")
	case "403":
		return nil, web.Forbidden("no")
	case "400":
		return nil, web.BadRequest("bad")
	case "suspicious":
		return nil, web.Suspicious("SuspiciousOperation", "odd")
	}
	return nil, fmt.Errorf("boom")
}

func setCookies(r *web.Request) (*web.Response, error) {
	resp := web.HTML("c")
	resp.SetCookie(web.Cookie{Name: "plain", Value: "v1"})
	resp.SetCookie(web.Cookie{Name: "full", Value: "a b;c,\"d\"é", MaxAge: time.Hour, Path: "/p/", Domain: "news.example", Secure: true, HTTPOnly: true, SameSite: "Lax"})
	resp.SetCookie(web.Cookie{Name: "exp", Value: "x", Expires: time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)})
	resp.SetCookie(web.Cookie{Name: "delta", Value: "x", MaxAge: 24 * time.Hour})
	resp.SetCookie(web.Cookie{Name: "none", Value: "x", SameSite: "None", Secure: true})
	resp.SetCookie(web.Cookie{Name: "zero", Value: "x", MaxAge: -1})
	if err := resp.SetSignedCookie(r, web.Cookie{Name: "signed", Value: "val"}, "s"); err != nil {
		return nil, err
	}
	resp.DeleteCookie(web.Cookie{Name: "gone"})
	resp.DeleteCookie(web.Cookie{Name: "__Secure-gone", Path: "/p/", Domain: "news.example", SameSite: "Lax"})
	return resp, nil
}

func setHeaders(*web.Request) (*web.Response, error) {
	resp := web.HTML("h")
	resp.Header().Set("X-One", "1")
	resp.Header().Set("x-two", "é")
	resp.Header().Set("Vary", "Accept")
	return resp, nil
}

func stream(*web.Request) (*web.Response, error) {
	return web.Stream("text/plain", func(w *web.StreamWriter) error {
		for i := range 3 {
			if _, err := fmt.Fprintf(w, "part%d;", i); err != nil {
				return err
			}
		}
		return nil
	}), nil
}

func download(root, mode string) (*web.Response, error) {
	var opts []web.FileOption
	switch mode {
	case "attach":
		opts = []web.FileOption{web.Attachment, web.Filename(`naïve "q".bin`)}
	case "named":
		opts = []web.FileOption{web.Filename("n.txt")}
	}
	f, err := os.Open(filepath.Join(root, "b.bin"))
	if err != nil {
		return nil, err
	}
	return web.Content("b.bin", time.Time{}, f, opts...), nil // Django's FileResponse has no Last-Modified
}

func accepts(r *web.Request) (*web.Response, error) {
	var accepted []string
	for _, kind := range []string{"text/html", "application/json", "image/png"} {
		if r.Accepts(kind) {
			accepted = append(accepted, kind)
		}
	}
	preferred := r.PreferredType("text/html", "application/json", "text/plain")
	if preferred == "" {
		preferred = "None"
	}
	return web.HTML(strings.Join(accepted, ",") + "|" + preferred), nil
}

func redir(r *web.Request, how string) (*web.Response, error) {
	switch how {
	case "url":
		return web.Redirect("/to/é/?a=b c")
	case "name":
		to, err := urls.FromContext(r.Context()).Reverse(r.Context(), "status", nil, map[string]any{"code": 204})
		if err != nil {
			return nil, err
		}
		return web.Redirect(to)
	case "perm":
		return web.Redirect("/p/", web.Permanent)
	case "keep":
		return web.Redirect("/k/", web.PreserveRequest)
	case "permkeep":
		return web.Redirect("/k/", web.Permanent, web.PreserveRequest)
	case "rel":
		return web.Redirect("../x")
	case "abs":
		return web.Redirect("https://other.example/x")
	case "js":
		return web.Redirect("javascript:alert(1)")
	case "304":
		return web.NotModified(), nil
	case "405":
		return web.NotAllowed("GET", "PUT"), nil
	case "410":
		return web.HTML("gone").WithStatus(410), nil
	}
	return nil, fmt.Errorf("no redirect %q", how)
}

func jsonList(*web.Request) (*web.Response, error) {
	inner, err := object{
		{"d", time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC)}, {"x", "é<&>"},
	}.append([]byte("[1, "))
	if err != nil {
		return nil, err
	}
	return web.Bytes("application/json", append(inner, ']')), nil
}

func jsonKinds(*web.Request) (*web.Response, error) {
	body, err := object{
		{"date", "2026-03-04"},
		{"time", "05:06:07.001"}, // Go has no type of its own for these
		{"delta", 26*time.Hour + 3500*time.Millisecond},
		{"neg", -time.Second},
		{"dec", "1.50"},
		{"uuid", "00000000-0000-0000-0000-000000000001"},
		{"naive", "2026-03-04T05:06:07.123"},
		{"off", time.Date(2026, 3, 4, 0, 0, 0, 0, time.FixedZone("", 5*3600+1800))},
		{"f", 1.0},
		{"u", "\u2028"},
	}.append(nil)
	if err != nil {
		return nil, err
	}
	return web.Bytes("application/json", body), nil
}

// serveStatic is django.views.static.serve.
func serveStatic(r *web.Request, root, name string) (*web.Response, error) {
	name = strings.TrimLeft(path.Clean(name), "/")
	if name == ".." || strings.HasPrefix(name, "../") {
		return nil, web.Suspicious("SuspiciousFileOperation", "The path %q leads out of the static files", name)
	}
	full := filepath.Join(root, filepath.FromSlash(name))
	info, err := os.Stat(full)
	if err != nil || info.IsDir() {
		return nil, web.NotFound("no such file")
	}
	if since, ok := web.ParseHTTPDate(r.HeaderValue("If-Modified-Since")); ok && !info.ModTime().Truncate(time.Second).After(since) {
		return web.NotModified(), nil
	}
	kind, encoded := name, ""
	if trimmed, ok := strings.CutSuffix(name, ".gz"); ok {
		kind, encoded = trimmed, "gzip"
	}
	resp, err := web.File(full, web.ContentType(web.FileType(kind)))
	if err != nil {
		return nil, err
	}
	if encoded != "" {
		resp.Header().Set("Content-Encoding", encoded)
	}
	return resp, nil
}
