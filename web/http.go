package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ToHTTP makes a handler servable by net/http. A nil config means the defaults.
//
// What h fails with becomes a page and a log record; a failure after the header was sent cuts the connection (it panics
// with http.ErrAbortHandler, which net/http expects), so that no client takes a part for the whole.
func ToHTTP(h Handler, config *Config) http.Handler {
	if config == nil {
		config = &defaultConfig
	}
	return &httpHandler{guard{h}, config}
}

type httpHandler struct {
	handler guard
	config  *Config
}

func (h *httpHandler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r := NewRequest(req, h.config)
	r.writer = w
	t := &r.sent
	var resp *Response
	defer func() { r.end(resp, t) }()

	resp, _ = h.handler.Serve(r) // the guard has turned every error into a response
	if err := resp.check(); err != nil {
		resp.Close()
		resp = r.ErrorResponse(err)
	}
	t.write(w, r, resp)
}

// end is the end of every request, good or bad.
func (r *Request) end(resp *Response, t *transfer) {
	defer r.Close() // also when a hook panics
	if resp != nil {
		resp.Close()
		r.logResponse(resp, t)
	}
	if len(r.onDone) > 0 {
		done := Done{Request: r, Status: t.status, Bytes: t.bytes, Err: t.err}
		if resp != nil && done.Err == nil {
			done.Err = resp.Err
		}
		for _, hook := range r.onDone {
			hook(done)
		}
	}
}

// ServeHTTP serves the view with the default configuration, so that a single view can be mounted on an http.ServeMux.
func (v View) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	(&httpHandler{guard{v}, &defaultConfig}).ServeHTTP(w, req)
}

// check finds what cannot be sent, before anything has been.
func (resp *Response) check() error {
	switch {
	case resp.Status == 0:
	case resp.Status < 100 || resp.Status > 599:
		return fmt.Errorf("web: the response has status %d: want 200 to 599", resp.Status)
	case resp.Status < 200 && !resp.Upgraded():
		return fmt.Errorf("web: the response has status %d, after which a client waits for another one (use EarlyHints for 103, Upgrade for 101)", resp.Status)
	}
	for name, values := range resp.header {
		for _, v := range values {
			if unsendable(v) {
				return fmt.Errorf("web: header %s contains a line break or a NUL: %q", name, v)
			}
		}
		if unsendable(name) {
			return fmt.Errorf("web: a header's name contains a line break or a NUL: %q", name)
		}
	}
	return nil
}

// unsendable says that a text would end the header line, for some reader of it.
func unsendable(s string) bool {
	return strings.IndexByte(s, '\n') >= 0 || strings.IndexByte(s, '\r') >= 0 || strings.IndexByte(s, 0) >= 0
}

// transfer is one response on its way over the wire.
type transfer struct {
	status int
	bytes  int64
	err    error
	open   bool // somebody may write more behind the body: its length is not the response's
	lost   bool // the connection took no more
}

func (t *transfer) write(w http.ResponseWriter, r *Request, resp *Response) {
	t.status = resp.Code()
	header := w.Header()
	if resp.header == nil {
		if resp.contentType[0] != "" {
			header["Content-Type"] = resp.contentType[:]
		} else {
			header["Content-Type"] = nil // do not guess one
		}
	} else {
		copyHeader(header, resp.header, resp.onWire)
	}
	for i := range resp.cookies {
		header["Set-Cookie"] = append(header["Set-Cookie"], resp.cookies[i].String())
	}

	if resp.Streaming() {
		t.stream(w, r, resp)
		return
	}
	if !bodyAllowed(t.status) {
		delete(header, "Content-Length")
		w.WriteHeader(t.status)
		return
	}
	size := len(resp.body)
	if resp.body == nil {
		size = len(resp.text)
	}
	if header["Content-Length"] == nil && (r.Method == http.MethodHead || !t.open && !countsItself(w, size)) {
		resp.length[0] = strconv.Itoa(size)
		header["Content-Length"] = resp.length[:]
	}
	w.WriteHeader(t.status)
	if r.Method == http.MethodHead || size == 0 {
		return
	}
	var n int
	if resp.body != nil {
		n, t.err = w.Write(resp.body)
	} else {
		n, t.err = io.WriteString(w, resp.text)
	}
	t.bytes, t.lost = int64(n), t.err != nil
}

// countsItself says whether w is net/http's own writer and will find out a small body's length at no cost: the handler
// returns before its buffer of 2048 bytes is full. It is known by a method that wrappers do not have.
func countsItself(w http.ResponseWriter, size int) bool {
	if size == 0 || size > 2000 {
		return false
	}
	_, own := w.(interface{ EnableFullDuplex() error })
	return own
}

// stream writes a body that comes piece by piece.
func (t *transfer) stream(w http.ResponseWriter, r *Request, resp *Response) {
	m := resp.more
	counter := &countingResponse{ResponseWriter: w, t: t}
	defer func() {
		if v := recover(); v != nil {
			if v != http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
				t.err = panicToError(v)
			}
			panic(http.ErrAbortHandler)
		}
	}()

	switch {
	case m.upgrade != nil:
		t.err = m.upgrade(counter)
	case m.foreign != nil && m.foreign.hijacked:
		t.err = m.foreign.resume(w, nil)
	case m.file != nil && len(m.wraps) == 0 && t.status == http.StatusOK:
		m.file.serve(counter, r)
	default:
		if !bodyAllowed(t.status) || r.Method == http.MethodHead {
			w.WriteHeader(t.status)
			return
		}
		w.WriteHeader(t.status)
		sw := newStreamWriter(counter, m.wraps)
		t.err = m.produce(sw)
		if t.err == nil {
			t.err = sw.close()
		}
	}
	if t.err != nil && !errors.Is(t.err, http.ErrHandlerTimeout) {
		panic(http.ErrAbortHandler)
	}
}

// produce writes the body of a stream, file or foreign handler.
func (m *responseMore) produce(w *StreamWriter) error {
	switch {
	case m.stream != nil:
		return m.stream(w)
	case m.file != nil:
		return m.file.copyTo(w)
	}
	return m.foreign.resume(w.http, w)
}

// countingResponse counts what a streaming body sends and remembers the status that http.ServeContent chose.
type countingResponse struct {
	http.ResponseWriter
	t *transfer
}

func (c *countingResponse) WriteHeader(status int) {
	if status >= 200 {
		c.t.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *countingResponse) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.count(int64(n), err)
	return n, err
}

func (c *countingResponse) WriteString(s string) (int, error) {
	n, err := io.WriteString(c.ResponseWriter, s)
	c.count(int64(n), err)
	return n, err
}

func (c *countingResponse) count(n int64, err error) {
	c.t.bytes += n
	c.t.lost = c.t.lost || err != nil
}

// ReadFrom lets the connection use sendfile.
func (c *countingResponse) ReadFrom(src io.Reader) (int64, error) {
	n, err := io.Copy(c.ResponseWriter, src)
	c.t.bytes += n
	return n, err
}

func (c *countingResponse) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// copyHeader puts the values of from into to, as bytes on the wire unless they are that already. Cookies and Vary are added to
// what is there.
func copyHeader(to, from http.Header, onWire bool) {
	for name, values := range from {
		for i, v := range values {
			if !onWire && !ascii(v) && name != "Set-Cookie" {
				values = slices.Clone(values) // responses may share it
				for ; i < len(values); i++ {
					values[i] = wireText(values[i])
				}
				break
			}
		}
		if old := to[name]; len(old) > 0 && (name == "Set-Cookie" || name == "Vary") {
			values = append(old[:len(old):len(old)], values...)
		}
		to[name] = values
	}
	if _, ok := from["Content-Type"]; !ok {
		to["Content-Type"] = nil
	}
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// wireText is a header's value as bytes on the wire: Latin-1 if it fits, else RFC 2047's form, as Django sends it. Text
// that is not UTF-8 goes out as it is.
func wireText(s string) string {
	if ascii(s) || !utf8.ValidString(s) {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return encodeWord(s)
		}
		b = append(b, byte(r))
	}
	return string(b)
}
