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
	return web.Decorate(view, func(r *web.Request) (*web.Response, error) {
		debug.HidePost(r, names...) // before the view can fail
		return view.Serve(r)
	})
}
