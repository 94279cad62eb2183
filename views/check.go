package views

import (
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/template"
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

// mistake is an error of a generic view's configuration.
func mistake(id, object, text, hint string) manage.Message {
	return manage.Message{Level: manage.Error, ID: id, Object: object, Text: text, Hint: hint}
}
