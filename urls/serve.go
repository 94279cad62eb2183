package urls

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/nuages-go/nuages/web"
)

// Serve answers a request: it finds the route of its path, runs the OnView hooks and the view, and renders the page. It
// is the innermost handler of a site's chain. A request whose context has another resolver (see WithResolver) is
// answered by that one: Django's request.urlconf.
func (res *Resolver) Serve(r *web.Request) (*web.Response, error) {
	if other := FromContext(r.Context()); other != nil {
		res = other
	}
	lang := res.language(r.Context())
	path := res.pathInfo(r)
	f, err := res.table(lang).lookup(path, r.Method, &r.Match)
	if err != nil {
		return nil, err
	}
	if !f.ok {
		if f.allow != nil {
			return allowed(r, f.allow)
		}
		return nil, res.notFound(lang, path)
	}
	return web.Dispatch(r, r.Match.Route.Resolver.(*leaf).layers[0])
}

// pathInfo is the request's decoded path below the script prefix. Bytes that are not UTF-8 stay percent-encoded.
func (res *Resolver) pathInfo(r *web.Request) string {
	path := r.URL.Path
	if prefix := res.scriptPrefix(r.Context()); len(prefix) > 1 {
		path = strings.TrimPrefix(path, strings.TrimSuffix(prefix, "/"))
	}
	if !utf8.ValidString(path) {
		path = percentBroken(path)
	}
	return path
}

// percentBroken percent-encodes the bytes that are not part of valid UTF-8.
func percentBroken(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(path); {
		r, size := utf8.DecodeRuneInString(path[i:])
		if r == utf8.RuneError && size == 1 {
			b.WriteByte('%')
			b.WriteByte(hex[path[i]>>4])
			b.WriteByte(hex[path[i]&15])
		} else {
			b.WriteString(path[i : i+size])
		}
		i += size
	}
	return b.String()
}

// NotFoundError says that no pattern matches a path. It is an error of status 404. Django: Resolver404.
type NotFoundError struct {
	// Path is the path that was looked up.
	Path string

	resolver *Resolver
	language string
}

func (res *Resolver) notFound(language, path string) error {
	return &NotFoundError{path, res, language}
}

// Error names the path.
func (e *NotFoundError) Error() string { return "urls: no pattern matches " + quoteForLog(e.Path) }

// Unwrap returns a *web.Error of status 404.
func (e *NotFoundError) Unwrap() error { return &web.Error{Status: http.StatusNotFound} }
