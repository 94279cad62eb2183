package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// Request is a request on its way through the site: the *http.Request with what the framework adds. It is made by
// ToHTTP (or by webtest) and belongs to one goroutine at a time.
//
// The standard request is embedded, so r.Method, r.URL and r.Header are what they always are. Methods that Nuages
// defines with the same name (Context, Cookie, FormValue ...) apply its limits and Django's rules. Those of net/http that
// remain and read the body (MultipartReader, FormFile) take it from POST, FILES and Body.
//
// A method that reads what the client sent and has no error result (GET, POST, FILES) ends the request where it stands
// if the data break a limit or a rule: it panics with a value that the chain turns into a 400. So call them from the
// request's own goroutine.
type Request struct {
	*http.Request

	// Match is what the URL resolver found. Its Route is nil until then, so in the middleware's way in.
	Match Match

	// CurrentApp names the application instance that reversing prefers; empty means Match's namespace.
	CurrentApp string

	config *Config
	ctx    context.Context
	own    requestContext
	slots  []slotValue
	onView []func(*Request) (*Response, error)
	onPage []func(*Request, *Response) error
	onDone []func(Done)

	writer   http.ResponseWriter // nil outside a server
	sent     transfer
	query    *Values
	cookies  []cookiePair
	gotCooks bool
	more     *requestMore
}

// requestMore holds what few requests have.
type requestMore struct {
	body     []byte
	bodyErr  error
	bodyRead bool // by Body, into body
	form     *form
	formErr  error
	parsed   bool // the body was parsed into form, or there is none to parse
	handlers []UploadHandler
	closers  []func()
	proxied  *forwarded
}

// Done is what is known of a request when its response has been written.
type Done struct {
	Request *Request
	// Status and Bytes are what went over the wire: the status code and the length of the body.
	Status int
	Bytes  int64
	// Err is the error that the response was made from, or the error of writing it.
	Err error
}

// Flush hands the response's last bytes to the client, which otherwise has them when all hooks are done: for a hook that
// takes its time. A client knows that it has all of a response by its Content-Length (see Response.SetContentLength).
func (d Done) Flush() {
	if w := d.Request.writer; w != nil {
		_ = http.NewResponseController(w).Flush() // the client may be gone, or the connection be somebody else's by now
	}
}

// NewRequest wraps a standard request for the site that config describes. A nil config means the defaults. Whoever calls
// it in place of ToHTTP calls Close when the response has been used.
func NewRequest(req *http.Request, config *Config) *Request {
	if config == nil {
		config = &defaultConfig
	}
	r := &Request{Request: req, config: config}
	r.own = requestContext{Context: req.Context(), r: r}
	r.ctx = &r.own
	if lowerCase(req.Method) {
		req.Method = strings.ToUpper(req.Method) // as in Django: "get" is GET
	}
	if _, tracked := req.Body.(*trackedBody); req.Body != nil && req.Body != http.NoBody && !tracked {
		req.Body = &trackedBody{ReadCloser: req.Body}
	}
	r.cleanHeader()
	return r
}

func lowerCase(method string) bool {
	for i := 0; i < len(method); i++ {
		if method[i] >= 'a' && method[i] <= 'z' {
			return true
		}
	}
	return false
}

// Context carries the request's cancellation, its deadline, the site's databases, templates and resolver, and the
// request itself (see FromContext). It is cancelled when the client goes away.
func (r *Request) Context() context.Context { return r.ctx }

// SetContext replaces the context, which must be derived from r.Context().
func (r *Request) SetContext(ctx context.Context) { r.ctx = ctx }

// Config is the configuration of the site that the request belongs to. It must not be changed.
func (r *Request) Config() *Config { return r.config }

// HTTP returns the standard request with r's context, to hand to net/http code. Its PathValue gives what the route
// captured.
func (r *Request) HTTP() *http.Request {
	req := r.Request.WithContext(r.ctx)
	r.Match.setPathValues(req)
	return req
}

// OnView registers a function to run after the URL was resolved and before the view, in the order of registration.
// A response or an error ends the request there. Django: a middleware's process_view.
func (r *Request) OnView(hook func(*Request) (*Response, error)) { r.onView = append(r.onView, hook) }

// OnPage registers a function that may change a lazily rendered page before it is rendered; the last registered runs
// first. Django: a middleware's process_template_response.
func (r *Request) OnPage(hook func(*Request, *Response) error) { r.onPage = append(r.onPage, hook) }

// OnDone registers a function to run when the response has been written. The end of it may still lie in a buffer; see
// Done.Flush.
func (r *Request) OnDone(hook func(Done)) { r.onDone = append(r.onDone, hook) }

// OnClose registers a function to run when the request is over, whatever became of it; the last registered runs first.
func (r *Request) OnClose(f func()) {
	m := r.extra()
	m.closers = append(m.closers, f)
}

// Close lets go of what the request holds, such as the temporary files of uploads. ToHTTP calls it.
func (r *Request) Close() {
	m := r.more
	if m == nil {
		return
	}
	closers := m.closers
	m.closers = nil
	for i := len(closers) - 1; i >= 0; i-- {
		closers[i]()
	}
}

func (r *Request) extra() *requestMore {
	if r.more == nil {
		r.more = new(requestMore)
	}
	return r.more
}

// Dispatch is the end of a request's way in, for whoever has found its view: it runs the OnView hooks, then the view,
// then Finish.
func Dispatch(r *Request, view Handler) (*Response, error) {
	for len(r.onView) > 0 { // each hook runs once, those too that middleware inside the URL table add
		hook := r.onView[0]
		r.onView = r.onView[1:]
		resp, err := hook(r)
		if err != nil {
			return nil, err
		}
		if resp != nil {
			return Finish(r, resp)
		}
	}
	resp, err := view.Serve(r)
	if err != nil {
		return nil, err
	}
	if resp == nil {
		return nil, fmt.Errorf("web: %s returned neither a response nor an error", HandlerName(view))
	}
	if err := resp.check(); err != nil { // here, so that the error's page gets the headers of all layers
		resp.Close()
		return nil, err
	}
	return Finish(r, resp)
}

// Finish renders a page that was not rendered yet, after the OnPage hooks had their chance; any other response it
// returns as it is.
func Finish(r *Request, resp *Response) (*Response, error) {
	if resp == nil || resp.page == nil && resp.more == nil {
		return resp, nil
	}
	if resp.page != nil {
		for i := len(r.onPage) - 1; i >= 0; i-- {
			if err := r.onPage[i](r, resp); err != nil {
				return nil, err
			}
		}
		if err := resp.Render(r.ctx); err != nil {
			return nil, err
		}
	}
	if resp.more != nil && resp.more.fault != nil {
		resp.Close()
		return nil, resp.more.fault
	}
	return resp, nil
}

// FromContext returns the request that a context belongs to.
func FromContext(ctx context.Context) (*Request, bool) {
	r, ok := ctx.Value(requestKey{}).(*Request)
	return r, ok
}

type requestKey struct{}

// requestContext joins the connection's context with the site's values without a copy of the request.
type requestContext struct {
	context.Context
	r *Request
}

func (c *requestContext) Value(key any) any {
	if key == (requestKey{}) {
		return c.r
	}
	// The connection's context comes first: it is the one that is cancelled, and the context package asks for that by a
	// key of its own; the site's values may lie in a context that can be cancelled too.
	if v := c.Context.Value(key); v != nil {
		return v
	}
	if base := c.r.config.Base; base != nil {
		return base.Value(key)
	}
	return nil
}
