package views

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// RedirectTo sends the browser (302) to an object with an AbsoluteURL method, a named URL with its arguments, or a URL.
// For other statuses pass ResolveURL's result to web.Redirect. Django: redirect(to, *args).
//
//	return views.RedirectTo(r, article)
//	return views.RedirectTo(r, "news:detail", article.ID)
//	return views.RedirectTo(r, "/articles/")
//
// With a typed name the compiler checks the arguments: web.Redirect(Detail.URL(r, article.ID)).
func RedirectTo(r *web.Request, to any, args ...any) (*web.Response, error) {
	url, err := ResolveURL(r, to, args...)
	if err != nil {
		return nil, err
	}
	return web.Redirect(url)
}

// ResolveURL finds the URL that to stands for: an object's own (a method AbsoluteURL, with or without a context and an
// error), the URL of a name, or the text itself if it has a slash or a dot and is no name. Django: resolve_url.
func ResolveURL(r *web.Request, to any, args ...any) (string, error) {
	switch o := to.(type) {
	case interface{ AbsoluteURL() string }:
		return o.AbsoluteURL(), nil
	case interface{ AbsoluteURL() (string, error) }:
		return o.AbsoluteURL()
	case interface{ AbsoluteURL(context.Context) string }:
		return o.AbsoluteURL(r.Context()), nil
	case interface {
		AbsoluteURL(context.Context) (string, error)
	}:
		return o.AbsoluteURL(r.Context())
	}

	text, ok := to.(string)
	if !ok {
		if s, isStringer := to.(fmt.Stringer); isStringer {
			text = s.String()
		} else {
			return "", fmt.Errorf("views: %T has no URL (give it a method AbsoluteURL)", to)
		}
	}
	if strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") {
		return text, nil
	}
	url, err := reverse(r, text, args, nil)
	if err != nil && strings.ContainsAny(text, "/.") {
		return text, nil
	}
	return url, err
}

var errNoResolver = errors.New("views: the context has no URL table (serve the request through the site, or use urls.WithResolver)")

func reverse(r *web.Request, name string, args []any, kwargs map[string]any) (string, error) {
	resolver := urls.FromContext(r.Context())
	if resolver == nil {
		return "", errNoResolver
	}
	return resolver.ReverseURL(r.Context(), name, args, kwargs)
}
