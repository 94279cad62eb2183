package web

import (
	"net/http"
	"slices"
)

// decorated is a view with something around it.
type decorated struct {
	View
	inner Handler
}

// Decorate puts serve around a view, and keeps what others know of the view: its name, the types of its path arguments
// (see ArgTypesOf), marks such as an AppendSlash method. serve calls the view, or does not. Python has functools.wraps for
// this.
//
//	func LogIt(view web.Handler) web.Handler {
//		return web.Decorate(view, func(r *web.Request) (*web.Response, error) {
//			slog.InfoContext(r.Context(), "called", "view", web.HandlerName(view))
//			return view.Serve(r)
//		})
//	}
func Decorate(view Handler, serve View) Handler { return &decorated{serve, view} }

// ViewName is the name of the view inside.
func (d *decorated) ViewName() string { return HandlerName(d.inner) }

// Unwrap returns the view inside.
func (d *decorated) Unwrap() Handler { return d.inner }

// RequireMethods answers other methods than the given ones with a 405. Django: @require_http_methods.
func RequireMethods(view Handler, methods ...string) Handler {
	methods = slices.Clone(methods)
	return Decorate(view, func(r *Request) (*Response, error) {
		if !slices.Contains(methods, r.Method) {
			return NotAllowed(methods...), nil
		}
		return view.Serve(r)
	})
}

// RequireGET lets only GET through. Django: @require_GET.
func RequireGET(view Handler) Handler { return RequireMethods(view, http.MethodGet) }

// RequirePOST lets only POST through. Django: @require_POST.
func RequirePOST(view Handler) Handler { return RequireMethods(view, http.MethodPost) }

// RequireSafe lets GET and HEAD through. Django: @require_safe.
func RequireSafe(view Handler) Handler {
	return RequireMethods(view, http.MethodGet, http.MethodHead)
}

// after makes a decorator of a function that changes responses.
func after(view Handler, change func(*Response)) Handler {
	return Decorate(view, func(r *Request) (*Response, error) {
		resp, err := view.Serve(r)
		if err != nil || resp == nil {
			return nil, err
		}
		change(resp)
		return resp, nil
	})
}

// NeverCache tells browsers and caches to keep no copy. Django: @never_cache.
func NeverCache(view Handler) Handler {
	return after(view, func(resp *Response) { AddNeverCache(resp.Header()) })
}

// CacheControl adds directives to the Cache-Control header: CacheControl(view, "max-age=60", "private"). Django:
// @cache_control.
func CacheControl(view Handler, directives ...string) Handler {
	return after(view, func(resp *Response) { PatchCacheControl(resp.Header(), directives...) })
}

// VaryOn adds request headers to Vary: a cache keeps one copy for each of their values. Django: @vary_on_headers.
func VaryOn(view Handler, headers ...string) Handler {
	return after(view, func(resp *Response) { PatchVary(resp.Header(), headers...) })
}

// VaryOnCookie is VaryOn for cookies. Django: @vary_on_cookie.
func VaryOnCookie(view Handler) Handler { return VaryOn(view, "Cookie") }
