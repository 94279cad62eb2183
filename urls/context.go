package urls

import (
	"context"
	"strconv"
)

// scope is what building URLs takes from a context.
type scope struct {
	res    *Resolver
	prefix string // "" for the resolver's own
}

type scopeKey struct{}

func scopeOf(ctx context.Context) *scope {
	sc, _ := ctx.Value(scopeKey{}).(*scope)
	return sc
}

// WithResolver returns a context in which a resolver builds and finds URLs: the site's base context, or a request's that
// is to be answered by another table. Django: set_urlconf, request.urlconf.
func WithResolver(ctx context.Context, res *Resolver) context.Context {
	next := &scope{res: res}
	if sc := scopeOf(ctx); sc != nil {
		next.prefix = sc.prefix
	}
	return context.WithValue(ctx, scopeKey{}, next)
}

// FromContext returns the resolver of a context; nil if it has none.
func FromContext(ctx context.Context) *Resolver {
	if sc := scopeOf(ctx); sc != nil {
		return sc.res
	}
	return nil
}

// WithScriptPrefix returns a context in which URLs are built, and request paths read, below prefix. Default: Options.ScriptPrefix. Django: set_script_prefix.
func WithScriptPrefix(ctx context.Context, prefix string) context.Context {
	return context.WithValue(ctx, scopeKey{}, &scope{res: FromContext(ctx), prefix: cleanPrefix(prefix)})
}

// ScriptPrefix is the path that the context's URLs are built below. Django: get_script_prefix.
func ScriptPrefix(ctx context.Context) string {
	if sc := scopeOf(ctx); sc != nil {
		if sc.prefix != "" {
			return sc.prefix
		}
		if sc.res != nil {
			return sc.res.opts.ScriptPrefix
		}
	}
	return "/"
}

// quoteForLog is a path as it stands in an error: quoted and not too long.
func quoteForLog(path string) string {
	if len(path) > 200 {
		path = path[:200] + "…"
	}
	return strconv.Quote(path)
}
