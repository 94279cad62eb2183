package views

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// Checker is a view whose mistakes show before the first request. The site calls it for every handler of its URL table
// when it starts; the generic views are Checkers, and a view of your own may be one.
type Checker interface {
	web.Handler
	// Check returns what is wrong with the view.
	Check() []manage.Message
	// Pages returns the pages that the view renders, to be checked against their templates.
	Pages() []template.AnyPage
}

// AsChecker finds the Checker that a handler is, or that the decorators around it hold (web.NeverCache, SensitivePost).
func AsChecker(h web.Handler) (Checker, bool) {
	for range 32 {
		if c, ok := h.(Checker); ok {
			return c, true
		}
		outer, ok := h.(interface{ Unwrap() web.Handler })
		if !ok {
			break
		}
		h = outer.Unwrap()
	}
	return nil, false
}

// RouteChecker is a Checker that also depends on the pattern that leads to it: on its arguments, on other URLs.
type RouteChecker interface {
	Checker
	// CheckRoute returns what is wrong with the view at that route.
	CheckRoute(resolver *urls.Resolver, route urls.RouteInfo) []manage.Message
}

// CheckRoute asks a view that is a RouteChecker.
func CheckRoute(view Checker, resolver *urls.Resolver, route urls.RouteInfo) []manage.Message {
	if c, ok := view.(RouteChecker); ok {
		return c.CheckRoute(resolver, route)
	}
	return nil
}

// kwargNames are the names of the keyword arguments that a route gives its view; positional counts the others.
func kwargNames(route urls.RouteInfo) (names []string, positional int) {
	for _, param := range route.Params { // "pk int", or "int" without a name
		name, _, named := strings.Cut(param, " ")
		if named {
			names = append(names, name)
		} else {
			positional++
		}
	}
	for name := range route.Kwargs {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), positional
}

// mistake is an error of a generic view's configuration.
func mistake(id, object, text, hint string) manage.Message {
	return manage.Message{Level: manage.Error, ID: id, Object: object, Text: text, Hint: hint}
}
