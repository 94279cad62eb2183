package web

import (
	"io"
	"net/http"
	"strconv"
)

// FromTrustedProxy says whether the connection comes from one of Config.TrustedProxies, so that what its headers say can
// be believed.
func (r *Request) FromTrustedProxy() bool { return r.fromProxy() }

// Size is the length of the body in bytes, without a copy of it; -1 for a response that streams. A page that waits is
// rendered first, as by Body.
func (resp *Response) Size() (int, error) {
	if resp.Streaming() {
		return -1, nil
	}
	if resp.page == nil && resp.body == nil {
		return len(resp.text), nil
	}
	body, err := resp.Body()
	return len(body), err
}

// SetContentLength sets the Content-Length header to the length of the body, unless there is one or the response
// streams. (ToHTTP sends it in any case.)
func (resp *Response) SetContentLength() error {
	header := resp.Header()
	if _, ok := header["Content-Length"]; ok || resp.Streaming() {
		return nil
	}
	n, err := resp.Size()
	if err != nil {
		return err
	}
	resp.length[0] = strconv.Itoa(n)
	header["Content-Length"] = resp.length[:1:1]
	return nil
}

// WrapBody puts a reader around the request's body, for middleware that limits or counts what comes in. It does nothing
// for a request without a body. Call it before anything is read.
func (r *Request) WrapBody(wrap func(io.ReadCloser) io.ReadCloser) {
	switch b := r.Request.Body.(type) {
	case nil:
	case *trackedBody:
		b.ReadCloser = wrap(b.ReadCloser)
	default:
		if b != http.NoBody {
			r.Request.Body = wrap(b)
		}
	}
}
