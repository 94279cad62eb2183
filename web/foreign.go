package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// FromHTTP makes a Handler of any http.Handler.
//
// A small answer comes back as an ordinary response with bytes. From a large, flushed or endless one the status and
// header come back at once, for the middleware to work on, and the handler's further writing goes straight to the client;
// nothing is collected in memory. Hijacking works. A response that is dropped ends the handler: its context is cancelled
// and its writes fail.
func FromHTTP(h http.Handler) Handler { return &fromHTTP{h} }

type fromHTTP struct{ handler http.Handler }

// ViewName is the wrapped handler's type.
func (f *fromHTTP) ViewName() string {
	if fn, ok := f.handler.(http.HandlerFunc); ok {
		return FuncName(fn)
	}
	return typeName(f.handler)
}

// Serve runs the handler until its status and header are known.
func (f *fromHTTP) Serve(r *Request) (*Response, error) {
	return newForeignRun(r).start(f.handler)
}

// foreignBuffer is how much of a body is kept back to see whether there is more, as net/http does.
const foreignBuffer = 4 << 10

// errDropped is what the writes of a handler get when its response has been dropped.
var errDropped = errors.New("web: the response was dropped")

// foreignRun is an http.Handler's work on one request and the http.ResponseWriter that it writes to. The handler runs in
// a goroutine of its own; it and the request's goroutine take turns: the latter waits for ready or done, the former, once
// it has written more than fits the buffer, for resumed. A handler may write from several goroutines, as
// httputil.ReverseProxy does, which a coroutine could not bear.
type foreignRun struct {
	r      *Request
	cancel context.CancelFunc

	ready   chan struct{} // closed when status and header are final although the handler is not done
	resumed chan struct{} // closed when the body may flow or the response was dropped
	done    chan struct{} // closed when the handler has returned

	mu       sync.Mutex // guards what follows
	header   http.Header
	sent     http.Header // the header as it was when it became final
	status   int
	buf      []byte
	keep     int // bytes of buf that are kept back
	isReady  bool
	isOver   bool // resumed is closed
	dropped  bool
	hijacked bool
	aborted  bool
	failure  error
	target   *StreamWriter
	writer   http.ResponseWriter

	inner *Response // Std: what the chain inside answered, as long as nobody has written it
	known *Response // Std: the last such answer, for its Template, Data and Err

	active int  // Std: calls of the chain inside that have not returned
	ended  bool // Std: it is too late for such a call
	idle   sync.Cond
}

func newForeignRun(r *Request) *foreignRun {
	f := &foreignRun{
		r: r, keep: foreignBuffer, header: make(http.Header),
		ready: make(chan struct{}), resumed: make(chan struct{}), done: make(chan struct{}),
	}
	f.idle.L = &f.mu
	return f
}

// enter lets the chain inside a standard middleware begin, unless the middleware is done.
func (f *foreignRun) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return false
	}
	f.active++
	return true
}

func (f *foreignRun) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.active--; f.active == 0 {
		f.idle.Signal()
	}
}

// start runs h and returns its response when that is known.
func (f *foreignRun) start(h http.Handler) (*Response, error) {
	ctx, cancel := context.WithCancel(context.WithValue(f.r.ctx, foreignKey{}, f))
	f.cancel = cancel
	go f.run(h, f.r.WithContext(ctx))

	select {
	case <-f.ready:
	case <-f.done:
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.isReady {
		return f.whole()
	}
	f.r.OnClose(f.drop) // if a middleware forgets to close a response that it drops
	resp := &Response{Status: f.status, header: f.sent, onWire: true, more: &responseMore{foreign: f}}
	f.describe(resp)
	return resp, nil
}

type foreignKey struct{}

func (f *foreignRun) run(h http.Handler, req *http.Request) {
	defer close(f.done)
	returned := false
	defer func() {
		v := recover()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.ended = true
		for f.active > 0 { // a middleware may return before the chain inside it (http.TimeoutHandler)
			f.idle.Wait()
		}
		if f.inner == nil || v != nil {
			f.cancel()
		}
		switch {
		case v == http.ErrAbortHandler: //nolint:errorlint // as net/http compares it
			f.aborted = true
		case v != nil:
			f.failure = panicToError(v)
		case !returned:
			f.failure = errors.New("web: the handler ended its goroutine")
		}
	}()
	h.ServeHTTP(f, req)
	returned = true
}

// whole makes the response of a handler that is done and has written no more than the buffer holds.
func (f *foreignRun) whole() (*Response, error) {
	if f.aborted {
		panic(http.ErrAbortHandler)
	}
	if f.failure != nil {
		return nil, f.failure
	}
	if resp := f.inner; resp != nil && f.status == 0 {
		resp.header, resp.onWire = f.header, true
		if resp.Streaming() {
			resp.OnClose(f.cancel) // what it will stream may need the context
		} else {
			f.cancel()
		}
		return resp, nil
	}
	f.finalHeader(http.StatusOK)
	resp := &Response{Status: f.status, header: f.sent, body: f.buf, onWire: true}
	f.describe(resp)
	return resp, nil
}

// describe passes on what is known of the response of the chain inside, if the middleware has let its status stand.
func (f *foreignRun) describe(resp *Response) {
	if known := f.known; known != nil && known.Code() == f.status {
		resp.Template, resp.Data, resp.Err, resp.logged = known.Template, known.Data, known.Err, known.logged
	}
	if _, typed := resp.header["Content-Type"]; !typed && len(f.buf) > 0 && resp.header["Content-Encoding"] == nil {
		resp.header["Content-Type"] = []string{http.DetectContentType(f.buf)}
	}
}

// finalHeader fixes status and header. The mutex is held.
func (f *foreignRun) finalHeader(status int) {
	if f.status != 0 {
		return
	}
	f.status = status
	f.sent = f.header.Clone()
}

// Header is the handler's header map.
func (f *foreignRun) Header() http.Header { return f.header }

// WriteHeader fixes status and header; an informational status goes out at once.
func (f *foreignRun) WriteHeader(status int) {
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		if w := f.r.writer; w != nil {
			copyHeader(w.Header(), f.header, true)
			w.WriteHeader(status)
		}
		return
	}
	f.takeInner()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.finalHeader(status)
}

// takeInner writes the inner response out, when the middleware wants to write after it.
func (f *foreignRun) takeInner() {
	f.mu.Lock()
	inner := f.inner
	f.inner = nil
	f.mu.Unlock()
	if inner != nil {
		(&transfer{open: true}).write(f, f.r, inner)
		inner.Close()
	}
}

// Write keeps p back or, when there is too much, waits until the body may flow.
func (f *foreignRun) Write(p []byte) (int, error) {
	f.takeInner()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.finalHeader(http.StatusOK)
	if !bodyAllowed(f.status) && len(p) > 0 {
		return 0, http.ErrBodyNotAllowed
	}
	if !f.isReady && len(f.buf)+len(p) <= f.keep {
		f.buf = append(f.buf, p...)
		return len(p), nil
	}
	if len(f.buf) == 0 && !f.isReady {
		f.buf = append(f.buf, p[:min(len(p), 512)]...) // for the content type
		kept := len(f.buf)
		if err := f.wait(); err != nil {
			return 0, err
		}
		n, err := f.target.Write(p[kept:])
		return kept + n, err
	}
	if err := f.wait(); err != nil {
		return 0, err
	}
	return f.target.Write(p)
}

// wait hands the response over and returns when the body may flow. The mutex is held before and after.
func (f *foreignRun) wait() error {
	if !f.isReady {
		f.isReady = true
		close(f.ready)
	}
	if !f.isOver {
		f.mu.Unlock()
		<-f.resumed
		f.mu.Lock()
	}
	if f.dropped {
		return errDropped
	}
	return nil
}

// FlushError sends what was written so far.
func (f *foreignRun) FlushError() error {
	f.takeInner()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.finalHeader(http.StatusOK)
	if err := f.wait(); err != nil {
		return err
	}
	if f.target == nil {
		return nil
	}
	return f.target.Flush()
}

// Flush is FlushError without the error.
func (f *foreignRun) Flush() { _ = f.FlushError() }

// Hijack takes the connection over.
func (f *foreignRun) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	f.mu.Lock()
	if f.status != 0 && f.status != http.StatusSwitchingProtocols || f.isReady {
		f.mu.Unlock()
		return nil, nil, errors.New("web: Hijack after the response was begun")
	}
	f.hijacked = true
	f.finalHeader(http.StatusSwitchingProtocols)
	err := f.wait()
	w := f.writer
	f.mu.Unlock()
	if err != nil {
		return nil, nil, err
	}
	return http.NewResponseController(w).Hijack()
}

// ReadFrom lets io.Copy use the connection's own way of copying (sendfile).
func (f *foreignRun) ReadFrom(src io.Reader) (int64, error) {
	f.takeInner()
	f.mu.Lock()
	if f.header["Content-Type"] == nil || f.status == 0 || f.status == http.StatusNoContent || f.status == http.StatusNotModified {
		f.mu.Unlock()
		return io.Copy(writerOnly{f}, src)
	}
	defer f.mu.Unlock()
	if err := f.wait(); err != nil {
		return 0, err
	}
	if to, ok := f.target.http.(io.ReaderFrom); ok && len(f.target.inner) == 0 {
		return to.ReadFrom(src)
	}
	return io.Copy(f.target, src)
}

type writerOnly struct{ io.Writer }

// Unwrap gives http.ResponseController the way to deadlines; what must not pass by the response is a method above.
func (f *foreignRun) Unwrap() http.ResponseWriter { return f.r.writer }

// resume lets the body flow: to w through sw, or, for a hijacked connection, to w itself. It returns when the handler has.
func (f *foreignRun) resume(w http.ResponseWriter, sw *StreamWriter) error {
	f.mu.Lock()
	if f.dropped || f.isOver {
		f.mu.Unlock()
		return errDropped
	}
	var err error
	if sw != nil && len(f.buf) > 0 {
		_, err = sw.Write(f.buf)
	}
	f.buf, f.writer, f.target = nil, w, sw
	f.isOver = true
	close(f.resumed)
	f.mu.Unlock()
	<-f.done

	if f.aborted {
		panic(http.ErrAbortHandler)
	}
	if f.failure != nil {
		return f.failure
	}
	for name, values := range f.header { // what was declared as a trailer
		if strings.HasPrefix(name, http.TrailerPrefix) || isTrailer(f.sent, name) {
			w.Header()[name] = values
		}
	}
	return err
}

func isTrailer(h http.Header, name string) bool {
	for _, line := range h["Trailer"] {
		for _, item := range splitList(line) {
			if http.CanonicalHeaderKey(item) == name {
				return true
			}
		}
	}
	return false
}

// drop ends a handler whose response nobody wants any more and waits for it.
func (f *foreignRun) drop() {
	f.cancel()
	f.mu.Lock()
	if !f.isOver {
		f.isOver, f.dropped = true, true
		close(f.resumed)
	}
	f.mu.Unlock()
	<-f.done
}
