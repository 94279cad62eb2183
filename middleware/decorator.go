package middleware

import "github.com/nuages-go/nuages/web"

// after is a decorator that changes the response of a view.
func after(h web.Handler, change func(r *web.Request, resp *web.Response)) web.Handler {
	return web.Decorate(h, func(r *web.Request) (*web.Response, error) {
		resp, err := h.Serve(r)
		if err != nil {
			return nil, err
		}
		if resp != nil {
			change(r, resp)
		}
		return resp, nil
	})
}

// within puts a view inside a middleware. Django: decorator_from_middleware.
func within(mw web.Middleware, h web.Handler) web.Handler { return web.Decorate(h, mw(h).Serve) }

// NoAppendSlash keeps Common from redirecting to the view when the slash at the end of its path is missing. A handler of
// one's own does the same with a method AppendSlash() bool. Django: no_append_slash.
func NoAppendSlash(h web.Handler) web.Handler { return &unslashed{h} }

type unslashed struct{ web.Handler }

// ViewName is the name of the view inside.
func (u *unslashed) ViewName() string { return web.HandlerName(u.Handler) }

// Unwrap returns the view inside.
func (u *unslashed) Unwrap() web.Handler { return u.Handler }

// AppendSlash says no.
func (*unslashed) AppendSlash() bool { return false }

// appendsSlash asks a view and what it wraps whether a missing slash may be appended.
func appendsSlash(h web.Handler) bool {
	for h != nil {
		if marked, ok := h.(interface{ AppendSlash() bool }); ok {
			return marked.AppendSlash()
		}
		wrapper, ok := h.(interface{ Unwrap() web.Handler })
		if !ok {
			return true
		}
		h = wrapper.Unwrap()
	}
	return true
}
