package middleware

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/nuages-go/nuages/web"
)

// TimeoutOptions configures Timeout.
type TimeoutOptions struct {
	// Limit is how long the chain inside may take to make its response. Default: 30 seconds; a negative limit is none.
	Limit time.Duration
	// Status is the answer's: 503, or 504 for a site that mostly waits for other servers. Default: 503.
	Status int
	// Exempt lets a request take as long as it needs. It may be nil.
	Exempt func(r *web.Request) bool
}

// ErrTimeout is the cause (context.Cause) of a context that Timeout ended.
var ErrTimeout = errors.New("middleware: the request took too long")

// Timeout ends the context of a request that takes too long. Databases, templates and other code that heed the context
// return then, and the error that they return is answered with 503 Service Unavailable. A response that is made in spite
// of it is sent. The limit covers the making of a response, not its sending: streams, files and upgraded connections
// may go on.
//
// The view runs on the goroutine of its request, so that nothing is left running behind an answer; a view that heeds no
// context is not interrupted.
func Timeout(opts TimeoutOptions) web.Middleware {
	if opts.Limit == 0 {
		opts.Limit = 30 * time.Second
	}
	if opts.Status == 0 {
		opts.Status = http.StatusServiceUnavailable
	}
	return func(next web.Handler) web.Handler { return &timeout{next, opts} }
}

type timeout struct {
	next web.Handler
	opts TimeoutOptions
}

// LayerInfo names the layer.
func (t *timeout) LayerInfo() web.LayerInfo { return layerInfo(LayerTimeout) }

// Serve runs the rest of the chain under the limit.
func (t *timeout) Serve(r *web.Request) (*web.Response, error) {
	if t.opts.Limit < 0 || t.opts.Exempt != nil && t.opts.Exempt(r) {
		return t.next.Serve(r)
	}
	parent := r.Context()
	inner, cancel := context.WithCancelCause(parent)
	timer := time.AfterFunc(t.opts.Limit, func() { cancel(ErrTimeout) })
	defer timer.Stop()
	r.OnDone(func(web.Done) { cancel(nil) }) // not earlier: a stream may still use the context
	r.SetContext(&limited{Context: inner, deadline: time.Now().Add(t.opts.Limit)})

	resp, err := t.next.Serve(r)
	inTime := timer.Stop()
	if err == nil {
		err = resp.Err
	}
	if inTime || err == nil || !errors.Is(context.Cause(inner), ErrTimeout) || !endedByContext(err) {
		return resp, unlessResponse(resp, err)
	}
	if resp != nil {
		resp.Close()
	}
	return nil, &web.Error{Status: t.opts.Status, Err: errors.Join(ErrTimeout, err)}
}

// endedByContext reports whether an error can come from the end of the context: a refusal of the view (a 404, a 403)
// cannot.
func endedByContext(err error) bool {
	return web.StatusOf(err) >= 500 || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func unlessResponse(resp *web.Response, err error) error {
	if resp != nil {
		return nil
	}
	return err
}

// limited is a context whose deadline can be lifted: it is known to those who ask, but only the timer enforces it.
type limited struct {
	context.Context
	deadline time.Time
}

// Deadline is when the limit is reached, or an earlier deadline of the connection.
func (c *limited) Deadline() (time.Time, bool) {
	if d, ok := c.Context.Deadline(); ok && d.Before(c.deadline) {
		return d, true
	}
	return c.deadline, true
}

// Err is context.DeadlineExceeded when the limit was reached.
func (c *limited) Err() error {
	err := c.Context.Err()
	if err != nil && errors.Is(context.Cause(c.Context), ErrTimeout) {
		return context.DeadlineExceeded
	}
	return err
}
