package middleware

import (
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/nuages-go/nuages/web"
)

// AccessLogOptions configures AccessLog. The zero value writes structured records to the site's logger.
type AccessLogOptions struct {
	// Logger gets a record per request: method, path, status, bytes, took, ip, and route, request_id, referer and
	// user_agent if there are any. Default: web.Config.Logger, else slog.Default().
	Logger *slog.Logger
	// Console, if set, gets the line of Django's development server instead of a record:
	//	[20/Nov/2026 15:30:00] "GET / HTTP/1.1" 200 1234
	Console io.Writer
	// Color colours the lines by status. Set it for a terminal. Default: false.
	Color bool
	// Query keeps the query string in the records' path. It may hold what should not be logged. Default: false; the
	// console line always has it.
	Query bool
	// Skip leaves requests out of the log. It may be nil.
	Skip func(done web.Done) bool
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// AccessLog writes one line or record for each request, after its response was written, with the status and the number
// of bytes that were really sent. What a client sent is escaped: it cannot begin a line of its own or colour one.
func AccessLog(opts AccessLogOptions) web.Middleware {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	out := &lineWriter{w: opts.Console}
	return func(next web.Handler) web.Handler { return &accessLog{next, opts, out} }
}

type accessLog struct {
	next web.Handler
	opts AccessLogOptions
	out  *lineWriter
}

// lineWriter writes whole lines.
type lineWriter struct {
	mu  sync.Mutex // guards w and buf
	w   io.Writer
	buf []byte
}

// LayerInfo names the layer.
func (l *accessLog) LayerInfo() web.LayerInfo { return layerInfo(LayerAccessLog) }

// Serve registers the writing of the line.
func (l *accessLog) Serve(r *web.Request) (*web.Response, error) {
	begin := l.opts.Now()
	r.OnDone(func(done web.Done) { l.write(done, begin) })
	return l.next.Serve(r)
}

func (l *accessLog) write(done web.Done, begin time.Time) {
	if l.opts.Skip != nil && l.opts.Skip(done) {
		return
	}
	now := l.opts.Now()
	if l.opts.Console == nil {
		l.record(done, now.Sub(begin))
		return
	}

	l.out.mu.Lock()
	defer l.out.mu.Unlock()
	l.out.buf = appendLine(l.out.buf[:0], done, now, l.opts.Color)
	_, _ = l.out.w.Write(l.out.buf) // a log that cannot be written to must not fail the request
}

func (l *accessLog) record(done web.Done, took time.Duration) {
	r := done.Request
	logger := l.opts.Logger
	if logger == nil {
		if logger = r.Config().Logger; logger == nil {
			logger = slog.Default()
		}
	}
	level := slog.LevelInfo
	switch {
	case done.Status >= 500:
		level = slog.LevelError
	case done.Status >= 400:
		level = slog.LevelWarn
	}
	ctx := r.Context()
	if !logger.Enabled(ctx, level) {
		return
	}

	path := r.URL.EscapedPath()
	if l.opts.Query && r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	var few [12]slog.Attr
	attrs := append(few[:0],
		slog.String("method", printable(r.Method)),
		slog.String("path", printable(path)),
		slog.Int("status", done.Status),
		slog.Int64("bytes", done.Bytes),
		slog.Duration("took", took),
		slog.String("ip", clientIP(r)),
	)
	if route := r.Match.Route; route != nil {
		attrs = append(attrs, slog.String("route", route.Pattern))
	}
	if id := RequestIDOf(r); id != "" {
		if _, adds := logger.Handler().(logHandler); !adds {
			attrs = append(attrs, slog.String("request_id", id))
		}
	}
	if referer := r.Referer(); referer != "" {
		attrs = append(attrs, slog.String("referer", printable(referer)))
	}
	if agent := r.UserAgent(); agent != "" {
		attrs = append(attrs, slog.String("user_agent", printable(agent)))
	}
	logger.LogAttrs(ctx, level, "request", attrs...)
}

// clientIP is the client's address as text, "-" if it is not known.
func clientIP(r *web.Request) string {
	if ip := r.ClientIP(); ip.IsValid() {
		return ip.String()
	}
	return "-"
}

// appendLine appends Django's line. Django 6.1 django/core/servers/basehttp.py log_message.
func appendLine(b []byte, done web.Done, now time.Time, color bool) []byte {
	r := done.Request
	b = append(b, '[')
	b = now.AppendFormat(b, "02/Jan/2006 15:04:05")
	b = append(b, "] "...)
	sgr := ""
	if color {
		sgr = statusColor(done.Status)
	}
	if sgr != "" {
		b = append(b, "\x1b["...)
		b = append(b, sgr...)
		b = append(b, 'm')
	}
	b = append(b, '"')
	b = appendPrintable(b, r.Method)
	b = append(b, ' ')
	target := r.RequestURI
	if target == "" { // not from a connection: a test
		target = r.URL.RequestURI()
	}
	b = appendPrintable(b, target)
	b = append(b, ' ')
	b = append(b, r.Proto...)
	b = append(b, `" `...)
	b = strconv.AppendInt(b, int64(done.Status), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, done.Bytes, 10)
	if sgr != "" {
		b = append(b, "\x1b[0m"...)
	}
	return append(b, '\n')
}

// statusColor is the terminal's attribute for a status, as in Django's palette for dark terminals.
func statusColor(status int) string {
	switch {
	case status < 200:
		return "1" // bold
	case status < 300:
		return ""
	case status == 304:
		return "36" // cyan
	case status < 400:
		return "32" // green
	case status == 404:
		return "33" // yellow
	case status < 500:
		return "31;1" // red
	}
	return "35;1" // magenta
}

// maxLogged bounds each text of a client in the log.
const maxLogged = 2048

// printable is a client's text for a log: see appendPrintable.
func printable(s string) string {
	if len(s) <= maxLogged && plain(s) {
		return s
	}
	return string(appendPrintable(nil, s))
}

// appendPrintable appends a client's text with everything but printable ASCII, and quotes and backslashes, escaped, cut
// at 2 KiB.
func appendPrintable(b []byte, s string) []byte {
	more := len(s) > maxLogged
	if more {
		s = s[:maxLogged]
	}
	if plain(s) {
		b = append(b, s...)
	} else {
		for i := range len(s) {
			switch c := s[i]; {
			case c == '"' || c == '\\':
				b = append(b, '\\', c)
			case c == '\n':
				b = append(b, `\n`...)
			case c == '\r':
				b = append(b, `\r`...)
			case c < ' ' || c > '~':
				const digits = "0123456789abcdef"
				b = append(b, '\\', 'x', digits[c>>4], digits[c&15])
			default:
				b = append(b, c)
			}
		}
	}
	if more {
		b = append(b, "..."...)
	}
	return b
}

func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
