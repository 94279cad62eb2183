package web

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
)

// Error is an error with an HTTP status. Message may be shown to the visitor; Err is the cause, for the log only.
type Error struct {
	// Status is the HTTP status code of the response, 400 to 599.
	Status int
	// Message is the public text. Default: the status text.
	Message string
	// Header is added to the response, for instance Allow or Retry-After. It may be nil.
	Header http.Header
	// Err is the cause; it never reaches a browser unless Debug is on.
	Err error
	// Kind names what is suspicious about the request ("DisallowedHost"), and with it the log record's group. Empty for
	// an ordinary error. Django has a subclass of SuspiciousOperation for each.
	Kind string
}

// Error returns the message and the cause.
func (e *Error) Error() string {
	text := e.Message
	if text == "" {
		text = http.StatusText(e.Status)
	}
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", strings.TrimSuffix(text, "."), e.Err)
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// NotFound is a 404 with a message for people. Django: raise Http404(message).
func NotFound(format string, args ...any) error {
	return statusError(http.StatusNotFound, format, args)
}

// Forbidden is a 403. Django: raise PermissionDenied(message).
func Forbidden(format string, args ...any) error {
	return statusError(http.StatusForbidden, format, args)
}

// BadRequest is a 400. Django: raise BadRequest(message).
func BadRequest(format string, args ...any) error {
	return statusError(http.StatusBadRequest, format, args)
}

// Suspicious is a 400 whose log record goes to the security group kind. Django: SuspiciousOperation and its subclasses.
func Suspicious(kind, format string, args ...any) error {
	return &Error{Status: http.StatusBadRequest, Kind: kind, Message: fmt.Sprintf(format, args...)}
}

func statusError(status int, format string, args []any) error {
	if len(args) == 0 {
		return &Error{Status: status, Message: format}
	}
	return &Error{Status: status, Message: fmt.Sprintf(format, args...)}
}

// StatusOf is the HTTP status that an error stands for: an *Error's own in the chain, else 500.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok && e.Status != 0 {
		return e.Status
	}
	return http.StatusInternalServerError
}

// PanicError is a panic in a view or middleware, with the stack where it happened.
type PanicError struct {
	Value any
	// Stack holds the program counters of the panicking goroutine, the innermost first.
	Stack []uintptr
}

// NewPanicError makes one from a recovered value. Call it in the deferred function that recovered.
func NewPanicError(value any) *PanicError {
	pcs := make([]uintptr, 64)
	return &PanicError{Value: value, Stack: pcs[:runtime.Callers(2, pcs)]}
}

// Error returns "panic: " and the value.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
