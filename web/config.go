package web

import (
	"context"
	"log/slog"
)

// Config is what the request layer needs to know of a site. The zero value serves with Django's defaults. It is read
// by many goroutines and must not change once requests are served.
type Config struct {
	// Debug shows errors in full. Never on in production.
	Debug bool
	// AllowedHosts are the host names that the site answers to: "example.com", ".example.com" (and its subdomains), "*".
	// Default: with Debug .localhost, 127.0.0.1 and [::1]; without it none.
	AllowedHosts []string
	// Base carries the site's values (databases, templates, resolver) into each request's context. Only its values count.
	Base context.Context
	// ErrorPage makes the response for an error. Default: a short plain page.
	ErrorPage func(r *Request, err error) *Response
	// Logger gets the records of failed requests. Default: slog.Default().
	Logger *slog.Logger
}

var defaultConfig Config

// ErrorResponse turns an error into its response, once for each error: a status page for an *Error, a 500 for anything
// else. The response's Err is err.
func (r *Request) ErrorResponse(err error) *Response {
	page := r.config.ErrorPage
	if page == nil {
		page = plainErrorPage
	}
	resp := page(r, err)
	resp.Err = err
	return resp
}
