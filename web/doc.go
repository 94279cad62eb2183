// Package web is the request layer: Request, Response, Handler, Middleware and HTTP errors. It sits on net/http and
// works alone:
//
//	mux.Handle("/hello", web.View(func(r *web.Request) (*web.Response, error) {
//		return web.Text("hello"), nil
//	}))
//
// A handler returns a response or an error. A response is a value until the end, so middleware can change it and tests
// can look into it; errors become pages in one place.
package web
