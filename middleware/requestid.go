package middleware

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"

	"github.com/nuages-go/nuages/web"
)

// RequestIDOptions configures RequestID.
type RequestIDOptions struct {
	// Header is read and written. Default: "X-Request-Id".
	Header string
	// Trust says whether the id that a request brings may be used; it is asked only when there is one. Default: the
	// connection comes from one of the site's trusted proxies.
	Trust func(r *web.Request) bool
	// Generate makes an id. Default: 32 random hexadecimal digits.
	Generate func() string
}

// RequestID gives each request an id: the one that a trusted proxy sent, else a new one. The id goes into the response
// header, the access log and the records of a logger made with LogHandler; code gets it with RequestIDOf.
func RequestID(opts RequestIDOptions) web.Middleware {
	if opts.Header == "" {
		opts.Header = "X-Request-Id"
	}
	opts.Header = http.CanonicalHeaderKey(opts.Header)
	if opts.Trust == nil {
		opts.Trust = (*web.Request).FromTrustedProxy
	}
	if opts.Generate == nil {
		opts.Generate = randomID
	}
	return func(next web.Handler) web.Handler { return &requestID{next, opts} }
}

type requestID struct {
	next web.Handler
	opts RequestIDOptions
}

// idValue is the id as a header's value.
type idValue [1]string

var ids = web.NewSlot[*idValue]("request id")

// LayerInfo names the layer.
func (l *requestID) LayerInfo() web.LayerInfo { return layerInfo(LayerRequestID) }

// Serve chooses the id and sends it back.
func (l *requestID) Serve(r *web.Request) (*web.Response, error) {
	id := first(r.Header, l.opts.Header)
	if id == "" || !validID(id) || !l.opts.Trust(r) {
		id = l.opts.Generate()
	}
	value := &idValue{id}
	ids.Set(r, value)

	resp, err := l.next.Serve(r)
	if err != nil {
		return nil, err
	}
	setDefault(resp.Header(), l.opts.Header, value[:1:1])
	return resp, nil
}

// RequestIDOf is the request's id, or "" when RequestID is not in the chain.
func RequestIDOf(r *web.Request) string {
	if value, ok := ids.Get(r); ok {
		return value[0]
	}
	return ""
}

// RequestIDFrom is RequestIDOf for code that has the request's context only.
func RequestIDFrom(ctx context.Context) string {
	if r, ok := web.FromContext(ctx); ok {
		return RequestIDOf(r)
	}
	return ""
}

// validID accepts up to 128 characters of those that UUIDs, ULIDs, trace ids and base64 are made of.
func validID(id string) bool {
	if len(id) > 128 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/', c == '+', c == '=', c == '@':
		default:
			return false
		}
	}
	return true
}

func randomID() string {
	var random [16]byte
	binary.NativeEndian.PutUint64(random[:], rand.Uint64()) //nolint:gosec // an id is no secret, and the generator is ChaCha8
	binary.NativeEndian.PutUint64(random[8:], rand.Uint64())
	var text [32]byte
	hex.Encode(text[:], random[:])
	return string(text[:])
}

// LogHandler adds request_id to the records whose context belongs to a request with an id.
//
//	logger := slog.New(middleware.LogHandler(slog.NewJSONHandler(os.Stderr, nil)))
func LogHandler(next slog.Handler) slog.Handler { return logHandler{next} }

type logHandler struct{ slog.Handler }

// Handle adds the id.
func (h logHandler) Handle(ctx context.Context, record slog.Record) error {
	if id := RequestIDFrom(ctx); id != "" {
		record = record.Clone()
		record.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs keeps the id for derived loggers.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the id for derived loggers.
func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
