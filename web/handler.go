package web

// Handler answers a request. It is the one interface of the framework: views, generic views, resolvers and the whole
// middleware chain satisfy it.
//
// Serve returns either a response or an error, never both. An error becomes a page in one place: an *Error carries its
// status (see NotFound, Forbidden, BadRequest), anything else is a 500. Serve is called from many goroutines at once.
type Handler interface {
	Serve(r *Request) (*Response, error)
}

// View is a function that is a Handler, as http.HandlerFunc is an http.Handler. Django calls it a function view.
type View func(r *Request) (*Response, error)

// Serve calls v.
func (v View) Serve(r *Request) (*Response, error) { return v(r) }

// Middleware wraps a handler in another one. It is called once, when the site is built; the handler that it returns is
// called for each request.
type Middleware func(next Handler) Handler

// LayerInfo says what a middleware is and where it belongs, for the order check and the routes command.
type LayerInfo struct {
	// Name is how Before and After of other layers refer to this one: "security", "sessions", "csrf".
	Name string
	// Before lists the layers that must be further in than this one, After those that must be further out.
	// A layer that is not in the chain is ignored.
	Before, After []string
}

// Layer is optional for a handler that a Middleware returns: it names the layer.
type Layer interface {
	Handler
	LayerInfo() LayerInfo
}
