package views

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// Redirect is a view that sends the browser elsewhere, whatever the request's method. Without a place to go the answer
// is 410 Gone. Django: RedirectView.
//
//	urls.Path("story/<int:pk>", views.Redirect{Name: "news:detail", Permanent: true})
//	urls.Path("feed", views.Redirect{URL: "/rss.xml"})
type Redirect struct {
	// URL is where to go. %(name)s stands for a keyword argument of the URL, %% for a percent sign.
	URL string
	// Name is a URL name, reversed with the same arguments as this URL's. URL wins if both are given.
	Name string
	// To computes the URL; "" means Gone. It wins over URL and Name. Django: get_redirect_url.
	To func(r *web.Request) (string, error)
	// Permanent makes it a 301 (with PreserveRequest a 308) in place of a 302 (307).
	Permanent bool
	// QueryString takes the query string of the request along.
	QueryString bool
	// PreserveRequest makes the browser repeat the method and the body at the new place.
	PreserveRequest bool
}

// Serve redirects.
func (v Redirect) Serve(r *web.Request) (*web.Response, error) {
	to, err := v.target(r)
	if err != nil {
		return nil, err
	}
	if to == "" {
		logger(r).LogAttrs(r.Context(), slog.LevelWarn, "Gone", slog.String("logger", "request"), slog.String("path", r.URL.Path))
		return web.HTML("").WithStatus(http.StatusGone), nil
	}
	if v.QueryString && r.URL.RawQuery != "" {
		sep := "?"
		if strings.Contains(to, "?") {
			sep = "&"
		}
		to += sep + r.URL.RawQuery
	}

	var how []web.RedirectOption
	if v.Permanent {
		how = append(how, web.Permanent)
	}
	if v.PreserveRequest {
		how = append(how, web.PreserveRequest)
	}
	return web.Redirect(to, how...)
}

func (v Redirect) target(r *web.Request) (string, error) {
	switch {
	case v.To != nil:
		return v.To(r)
	case v.URL != "":
		to, err := format(v.URL, func(name string) (string, bool) {
			value, ok := r.Match.Kwarg(name)
			return fmt.Sprint(value), ok
		})
		if strings.HasPrefix(to, "//") && !strings.HasPrefix(v.URL, "//") {
			to = "/%2F" + to[2:] // an argument must not turn a path into another host
		}
		return to, err
	case v.Name != "":
		// As in Django, a name that cannot be reversed with these arguments is Gone and not a failure.
		to, err := reverse(r, v.Name, r.Match.Args(), r.Match.Kwargs())
		if err != nil {
			return "", nil //nolint:nilerr // Gone
		}
		return to, nil
	}
	return "", nil
}

// format puts values in the place of %(name)s and %(name)d, which Django takes from Python. The text may hold escapes of
// a URL too (%20), which stay as they are.
func format(text string, lookup func(name string) (string, bool)) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "%")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		switch {
		case strings.HasPrefix(after, "%"):
			b.WriteByte('%')
			text = after[1:]
		case strings.HasPrefix(after, "("):
			name, rest, closed := strings.Cut(after[1:], ")")
			if !closed || rest == "" || rest[0] != 's' && rest[0] != 'd' {
				return "", fmt.Errorf("views: redirect URL %q: %%( is not followed by name)s", text)
			}
			value, ok := lookup(name)
			if !ok {
				return "", fmt.Errorf("views: redirect URL: the URL has no argument %q", name)
			}
			b.WriteString(value)
			text = rest[1:]
		default:
			b.WriteByte('%')
			text = after
		}
	}
}

// Check reports a URL whose placeholders cannot be read. A view without a target is meant to be Gone.
func (v Redirect) Check() []manage.Message {
	if _, err := format(v.URL, func(string) (string, bool) { return "", true }); err != nil {
		return []manage.Message{mistake("views.E002", "views.Redirect", err.Error(), "write %(name)s, and %% for a percent sign")}
	}
	return nil
}

// CheckRoute reports a name that cannot be reversed with the route's arguments, and a placeholder that has none: as in
// Django the answer to the first is 410, which is hardly what was meant.
func (v Redirect) CheckRoute(resolver *urls.Resolver, route urls.RouteInfo) []manage.Message {
	names, positional := kwargNames(route)
	switch {
	case v.To != nil:
		return nil
	case v.URL != "":
		_, err := format(v.URL, func(name string) (string, bool) { return "", slices.Contains(names, name) })
		if err != nil && len(v.Check()) == 0 {
			return []manage.Message{mistake("views.E010", route.At, err.Error(), "use a name that the route "+route.Pattern+" captures")}
		}
	case v.Name != "":
		if positional > 0 {
			names = nil
		}
		if err := resolver.CheckURL(v.Name, positional, names); err != nil {
			return []manage.Message{{
				Level: manage.Warning, ID: "views.W003", Object: route.At, Text: "the redirect is always 410 Gone: " + err.Error(),
				Hint: "set Name to a URL name that takes the same arguments as the route " + route.Pattern,
			}}
		}
	}
	return nil
}

// Pages returns none.
func (v Redirect) Pages() []template.AnyPage { return nil }

// ViewName tells where it leads.
func (v Redirect) ViewName() string {
	switch {
	case v.To != nil:
		return "views.Redirect(" + web.FuncName(v.To) + ")"
	case v.URL != "":
		return "views.Redirect(" + v.URL + ")"
	}
	return "views.Redirect(" + v.Name + ")"
}

var _ RouteChecker = Redirect{}
