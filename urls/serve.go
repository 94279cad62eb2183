package urls

import (
	"strings"

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

// pathInfo is the request's decoded path below the script prefix.
func (res *Resolver) pathInfo(r *web.Request) string {
	path := r.PathInfo()
	if r.Config().ScriptName != "" {
		return path // PathInfo has seen to it
	}
	if prefix := res.scriptPrefix(r.Context()); len(prefix) > 1 {
		if rest, ok := strings.CutPrefix(path, prefix[:len(prefix)-1]); ok && strings.HasPrefix(rest, "/") {
			return rest
		}
	}
	return path
}
