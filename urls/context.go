package urls

import (
	"context"
	"strconv"
)

type resolverKey struct{}

// WithResolver returns a context in which a resolver builds and finds URLs: the site's base context, or a request's that
// is to be answered by another table.
func WithResolver(ctx context.Context, res *Resolver) context.Context {
	return context.WithValue(ctx, resolverKey{}, res)
}

// FromContext returns the resolver of a context; nil if it has none.
func FromContext(ctx context.Context) *Resolver {
	res, _ := ctx.Value(resolverKey{}).(*Resolver)
	return res
}

type prefixKey struct{}

// WithScriptPrefix returns a context in which URLs are built below prefix, which begins and ends with a slash. Django:
// set_script_prefix.
func WithScriptPrefix(ctx context.Context, prefix string) context.Context {
	return context.WithValue(ctx, prefixKey{}, prefix)
}

// quoteForLog is a path as it stands in an error: quoted and not too long.
func quoteForLog(path string) string {
	if len(path) > 200 {
		path = path[:200] + "…"
	}
	return strconv.Quote(path)
}
