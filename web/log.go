package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
)

// ErrorResponse turns an error into its response: a status page for an *Error, a 500 for anything else. The response's
// Err is err. A 500 or a suspicious request is logged here; other errors are when the response has been written, since
// middleware may still make something else of them (a redirect of a 404).
//
// What a view fails with because the client has gone away in the meantime is nobody's mistake: nobody will see a page, and
// it is not logged as a failure. The access log has StatusClientGone for it.
func (r *Request) ErrorResponse(err error) *Response {
	if r.clientGone(err) {
		resp := Empty(StatusClientGone)
		resp.Err = err
		r.logStatus(resp, StatusClientGone, err)
		return resp
	}
	page := r.config.ErrorPage
	if page == nil {
		page = plainErrorPage
	}
	resp := r.safely(page, err)
	resp.Err = err
	if e, ok := errors.AsType[*Error](err); ok {
		for name, values := range e.Header {
			resp.Header()[http.CanonicalHeaderKey(name)] = values
		}
	}
	if resp.Code() >= 500 || kindOf(err) != "" {
		r.logError(resp, err)
	}
	if resp.Code() >= 500 {
		_ = RequestFailed.SendRobust(r.Context(), FailedRequest{r, err}) // which has logged them
	}
	return resp
}

// StatusClientGone is the status of a request that its client gave up before the answer. Nobody receives it; nginx logs
// the same number.
const StatusClientGone = 499

// clientGone says that err comes from the end of the connection: net/http cancels the request's context then, without a
// cause of its own.
func (r *Request) clientGone(err error) bool {
	ctx := r.own.Context                                                                                  // the connection's, whatever layers have put around it
	return ctx.Err() != nil && errors.Is(err, context.Canceled) && context.Cause(ctx) == context.Canceled //nolint:errorlint // a cause that wraps it is another one
}

// safely makes an error's page; if that fails too, the plain one.
func (r *Request) safely(page func(*Request, error) *Response, err error) (resp *Response) {
	defer func() {
		if v := recover(); v != nil {
			r.logError(new(Response), fmt.Errorf("web: the error page failed: %w", panicToError(v)))
			resp = plainErrorPage(r, err)
		}
	}()
	resp = page(r, err)
	if resp != nil {
		if _, failure := Finish(r, resp); failure != nil {
			r.logError(new(Response), fmt.Errorf("web: the error page failed: %w", failure))
			resp = nil
		}
	}
	if resp == nil {
		resp = plainErrorPage(r, err)
	}
	return resp
}

func kindOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// logResponse writes the one record of a response that went wrong and has none yet.
func (r *Request) logResponse(resp *Response, t *transfer) {
	if t.err != nil {
		if t.lost || r.Request.Context().Err() != nil {
			return // the client went away
		}
		r.record(slog.LevelError, "request", "Response cut off", t.status, t.err)
		return
	}
	if resp.logged || t.status < 400 {
		return
	}
	r.logStatus(resp, t.status, resp.Err)
}

// logError writes the record of an error response. Django: log_response, with "django.request" and
// "django.security.<Kind>" as the loggers.
func (r *Request) logError(resp *Response, err error) { r.logStatus(resp, resp.Code(), err) }

// logStatus is logError for a response that was sent with another status than it has: a range beyond a file's end is a 416.
func (r *Request) logStatus(resp *Response, status int, err error) {
	resp.logged = true
	logger := "request"
	level, message := slog.LevelInfo, "Client gone"
	if status != StatusClientGone {
		if err != nil && status < 500 && StatusOf(err) >= 500 {
			status = StatusOf(err)
		}
		level = slog.LevelWarn
		if status >= 500 || err != nil && StatusOf(err) >= 500 {
			level = slog.LevelError
		}
		message = ReasonPhrase(status)
	}
	if kind := kindOf(err); kind != "" {
		logger, message = "security."+kind, err.Error()
		if level < slog.LevelError {
			level = slog.LevelError // Django logs suspicious operations as errors
		}
	}
	r.record(level, logger, message, status, err)
}

func (r *Request) record(level slog.Level, logger, message string, status int, err error) {
	log := r.config.Logger
	if log == nil {
		log = slog.Default()
	}
	ctx := r.Context()
	if !log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 6)
	attrs = append(attrs, slog.String("logger", logger), slog.Int("status", status), slog.String("method", r.Method), slog.String("path", r.URL.Path))
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
		if p, ok := errors.AsType[*PanicError](err); ok {
			attrs = append(attrs, slog.String("stack", p.StackTrace()))
		}
	}
	log.LogAttrs(context.WithoutCancel(ctx), level, message, attrs...)
}

// StackTrace is the stack as text: a function and its file:line for each frame, the innermost first. It begins where the
// panic began, without the functions that recovered it.
func (e *PanicError) StackTrace() string {
	var b strings.Builder
	frames := runtime.CallersFrames(e.Stack)
	for {
		frame, more := frames.Next()
		if frame.Function == "runtime.gopanic" {
			b.Reset()
		} else if frame.Function != "" {
			fmt.Fprintf(&b, "%s\n\t%s:%d\n", frame.Function, frame.File, frame.Line)
		}
		if !more {
			return b.String()
		}
	}
}

// ReasonPhrase is the standard text of a status code: "Not Found"; "Unknown Status Code" for others.
func ReasonPhrase(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "Unknown Status Code"
}

// plainErrorPage is the page for an error when the site has none of its own, in the words of Django's.
func plainErrorPage(_ *Request, err error) *Response {
	status := StatusOf(err)
	title, heading, detail := ReasonPhrase(status), ReasonPhrase(status), ""
	switch status {
	case http.StatusNotFound:
		detail = "The requested resource was not found on this server."
	case http.StatusInternalServerError:
		title, heading = "Server Error (500)", "Server Error (500)"
	case http.StatusForbidden:
		title, heading = "403 Forbidden", "403 Forbidden"
	case http.StatusBadRequest:
		title, heading = "Bad Request (400)", "Bad Request (400)"
	}
	return HTML("\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>" + title + "</title>\n</head>\n<body>\n  <h1>" + heading + "</h1><p>" + detail + "</p>\n</body>\n</html>\n").WithStatus(status)
}
