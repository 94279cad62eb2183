package web

import (
	"errors"
	"net/http"
)

// Std makes a Middleware of any func(http.Handler) http.Handler, the form of net/http's own ecosystem. It is called once,
// when the chain is built.
//
// A response that it passes through untouched keeps everything (Template, Data, Err, a stream, a file); one that it writes
// through a ResponseWriter of its own is rebuilt from what arrives, see FromHTTP. The middleware must hand on the request
// it got or one derived from it by WithContext or Clone.
func Std(mw func(http.Handler) http.Handler) Middleware {
	return func(next Handler) Handler {
		return &stdLayer{handler: mw(&stdInner{next}), name: FuncName(mw)}
	}
}

type stdLayer struct {
	handler http.Handler
	name    string
}

// LayerInfo names the layer after the middleware's function.
func (s *stdLayer) LayerInfo() LayerInfo { return LayerInfo{Name: s.name} }

// Serve runs the middleware with the chain inside it.
func (s *stdLayer) Serve(r *Request) (*Response, error) {
	saved, ctx, query := r.Request, r.ctx, r.query
	resp, err := newForeignRun(r).start(s.handler)
	r.Request, r.ctx, r.query = saved, ctx, query
	return resp, err
}

// stdInner is the chain inside a standard middleware, as an http.Handler.
type stdInner struct{ next Handler }

func (s *stdInner) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	f, ok := req.Context().Value(foreignKey{}).(*foreignRun)
	if !ok {
		panic(errors.New("web: a standard middleware passed on a request without the context of the one it got: derive it with WithContext or Clone"))
	}
	if !f.enter() {
		return // the middleware has answered without waiting, and the request is no longer ours
	}
	defer f.leave()
	r := f.r
	if req.URL.RawQuery != r.URL.RawQuery {
		r.query = nil
	}
	r.Request, r.ctx = req, req.Context()

	resp, err := s.next.Serve(r)
	if err != nil {
		resp = r.ErrorResponse(err)
	}
	if resp == nil {
		resp = r.ErrorResponse(errors.New("web: " + HandlerName(s.next) + " returned neither a response nor an error"))
	}
	if err := resp.check(); err != nil {
		resp.Close()
		resp = r.ErrorResponse(err)
	}

	f.mu.Lock()
	f.known = resp
	if w == http.ResponseWriter(f) && f.status == 0 && f.inner == nil {
		copyHeader(f.header, resp.Header(), resp.onWire) // one map for both, as in net/http
		f.inner = resp
		f.mu.Unlock()
		return
	}
	if !resp.Streaming() {
		f.keep = max(f.keep, len(resp.body)+len(resp.text)+1024) // it is in memory anyway
	}
	f.mu.Unlock()
	t := transfer{open: true}
	defer func() {
		resp.Close()
		if t.err != nil {
			r.logResponse(resp, &t)
		}
	}()
	t.write(w, r, resp)
}
