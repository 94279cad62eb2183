package middleware

import (
	"io"
	"net/http"

	"github.com/nuages-go/nuages/web"
)

// BodyLimitOptions configures BodyLimit.
type BodyLimitOptions struct {
	// Max is the length in bytes that the body of a request may have. Default: 10 MiB; a negative number is no limit.
	Max int64
	// For, if set, gives the limit of one request in place of Max: uploads may be longer.
	For func(r *web.Request) int64
}

// BodyLimit refuses requests with a body over the limit with 413, at once if the client says the length, else when that
// many bytes have been read; the connection is closed then. web limits what is parsed (fields and files) by itself; this
// is the limit on everything that comes in.
func BodyLimit(opts BodyLimitOptions) web.Middleware {
	if opts.Max == 0 {
		opts.Max = 10 << 20
	}
	return func(next web.Handler) web.Handler { return &bodyLimit{next, opts} }
}

type bodyLimit struct {
	next web.Handler
	opts BodyLimitOptions
}

// LayerInfo names the layer.
func (l *bodyLimit) LayerInfo() web.LayerInfo { return layerInfo(LayerBodyLimit) }

// Serve limits the body.
func (l *bodyLimit) Serve(r *web.Request) (*web.Response, error) {
	limit := l.opts.Max
	if l.opts.For != nil {
		limit = l.opts.For(r)
	}
	if limit < 0 {
		return l.next.Serve(r)
	}
	if r.ContentLength > limit {
		return nil, tooLarge()
	}
	var body *limitedBody
	r.WrapBody(func(inner io.ReadCloser) io.ReadCloser {
		body = &limitedBody{ReadCloser: inner, limit: limit, left: limit}
		return body
	})
	resp, err := l.next.Serve(r)
	if body != nil && body.exceeded && err == nil && resp.Code() >= 400 { // the error of reading came back, whatever its clothes
		resp.Close()
		return nil, tooLarge()
	}
	return resp, err
}

func tooLarge() error {
	return &web.Error{
		Status:  http.StatusRequestEntityTooLarge,
		Message: "Request body too large",
		Header:  http.Header{"Connection": {"close"}},
	}
}

// limitedBody fails with an *http.MaxBytesError when more bytes than are left are read.
type limitedBody struct {
	io.ReadCloser
	limit, left int64
	exceeded    bool
}

// Read reads up to the limit, and one byte on to see whether there is more.
func (b *limitedBody) Read(p []byte) (int, error) {
	if b.exceeded {
		return 0, &http.MaxBytesError{Limit: b.limit}
	}
	if int64(len(p))-1 > b.left {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) <= b.left {
		b.left -= int64(n)
		return n, err
	}
	b.exceeded = true
	n = int(b.left)
	b.left = 0
	return n, &http.MaxBytesError{Limit: b.limit}
}
