package views

import (
	"github.com/nuages-go/nuages/views/debug"
	"github.com/nuages-go/nuages/web"
)

// SensitivePost wraps a view whose form holds secrets: reports about its requests mask the named POST fields, whatever
// their names look like. Without names all fields are masked. Django: sensitive_post_parameters.
//
//	urls.Path("card/", views.SensitivePost(web.View(payByCard), "number", "cvc"))
func SensitivePost(view web.Handler, names ...string) web.Handler {
	if len(names) == 0 {
		names = []string{"*"}
	}
	return &sensitivePost{view, names}
}

type sensitivePost struct {
	web.Handler
	names []string
}

// Serve marks the request before the view can fail.
func (s *sensitivePost) Serve(r *web.Request) (*web.Response, error) {
	debug.HidePost(r, s.names...)
	return s.Handler.Serve(r)
}

// ViewName is the wrapped view's.
func (s *sensitivePost) ViewName() string { return web.HandlerName(s.Handler) }

// Unwrap returns the view.
func (s *sensitivePost) Unwrap() web.Handler { return s.Handler }
