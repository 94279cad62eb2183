package views

import (
	"net/http"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/web"
)

// Methods is a view with a handler for each request method. HEAD is answered by Get unless Head is given, OPTIONS with
// the list of methods, any other method with 405. Django: View with its get and post methods.
//
//	urls.Path("article/<int:pk>", views.Methods{Get: web.Arg(show), Post: web.Arg(comment)})
type Methods struct {
	Get, Head, Post, Put, Patch, Delete, Options, Trace web.Handler
}

// handlers pairs the handlers with their methods in the order in which Allow lists them.
func (m Methods) handlers() [8]methodHandler {
	head := m.Head
	if head == nil {
		head = m.Get
	}
	options := m.Options
	if options == nil {
		options = web.View(m.options)
	}
	return [...]methodHandler{
		{http.MethodGet, m.Get},
		{http.MethodPost, m.Post},
		{http.MethodPut, m.Put},
		{http.MethodPatch, m.Patch},
		{http.MethodDelete, m.Delete},
		{http.MethodHead, head},
		{http.MethodOptions, options},
		{http.MethodTrace, m.Trace},
	}
}

type methodHandler struct {
	method  string
	handler web.Handler
}

// Serve calls the handler of the request's method.
func (m Methods) Serve(r *web.Request) (*web.Response, error) {
	switch r.Method { // the two that matter first
	case http.MethodGet:
		if m.Get != nil {
			return m.Get.Serve(r)
		}
	case http.MethodPost:
		if m.Post != nil {
			return m.Post.Serve(r)
		}
	}
	for _, h := range m.handlers() {
		if h.method == r.Method && h.handler != nil {
			return h.handler.Serve(r)
		}
	}
	return web.NotAllowed(m.Allowed()...), nil
}

// Allowed lists the methods that the view answers.
func (m Methods) Allowed() []string {
	var allowed []string
	for _, h := range m.handlers() {
		if h.handler != nil {
			allowed = append(allowed, h.method)
		}
	}
	return allowed
}

func (m Methods) options(*web.Request) (*web.Response, error) {
	return optionsResponse(m.Allowed()), nil
}

// optionsResponse is the answer to OPTIONS: no body, the methods in Allow.
func optionsResponse(methods []string) *web.Response {
	resp := web.NotAllowed(methods...)
	resp.Status = http.StatusOK
	resp.Header().Set("Content-Length", "0")
	return resp
}

// readOnly answers everything but GET and HEAD for a view that only shows; nil means that the view must.
func readOnly(r *web.Request) *web.Response {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return nil
	case http.MethodOptions:
		return optionsResponse(readMethods())
	}
	return web.NotAllowed(readMethods()...)
}

func readMethods() []string { return []string{http.MethodGet, http.MethodHead, http.MethodOptions} }

// implied says that the handler of a method is not one that was given.
func (m Methods) implied(method string) bool {
	return method == http.MethodOptions && m.Options == nil || method == http.MethodHead && m.Head == nil
}

// ArgTypes are the types of the path arguments, for the check at start-up; all handlers must agree (see Check).
func (m Methods) ArgTypes() []reflect.Type {
	for _, h := range m.handlers() {
		if args := web.ArgTypesOf(h.handler); args != nil {
			return args
		}
	}
	return nil
}

// Check reports a view without handlers, and handlers that take different path arguments.
func (m Methods) Check() []manage.Message {
	var found []manage.Message
	any, want := false, m.ArgTypes()
	for _, h := range m.handlers() {
		if h.handler == nil || m.implied(h.method) {
			continue
		}
		any = true
		if args := web.ArgTypesOf(h.handler); args != nil && !slices.Equal(args, want) {
			found = append(found, manage.Message{
				Level: manage.Error, ID: "views.E004", Object: web.HandlerName(h.handler),
				Text: "the handlers of one views.Methods take different path arguments",
				Hint: "the route gives every handler the same arguments: use the same types in the same order",
			})
		}
		found = append(found, checkInside(h.handler)...)
	}
	if !any {
		found = append(found, manage.Message{
			Level: manage.Error, ID: "views.E003", Object: "views.Methods",
			Text: "no request method has a handler", Hint: "set Get or Post",
		})
	}
	return found
}

// Pages returns the pages of the handlers.
func (m Methods) Pages() []template.AnyPage {
	var pages []template.AnyPage
	for _, h := range m.handlers() {
		if v, ok := AsChecker(h.handler); ok && !m.implied(h.method) {
			pages = append(pages, v.Pages()...)
		}
	}
	return pages
}

func checkInside(h web.Handler) []manage.Message {
	if v, ok := AsChecker(h); ok {
		return v.Check()
	}
	return nil
}

var _ Checker = Methods{}
