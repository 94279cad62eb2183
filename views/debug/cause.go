package debug

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// Cause is one error of a chain: errors that it wraps (with %w, errors.Join or an Unwrap method) are its Causes.
type Cause struct {
	// Type is the error's Go type, or the name of a well-known value: "*fs.PathError", "sql.ErrNoRows".
	Type string
	// Text is what its Error method returns, cut to 8 KB.
	Text string
	// Status is the HTTP status that the error asks for, or 0.
	Status int
	// Places are the lines of the program's source that may have made the error; see Report.View too.
	Places []Frame
	Causes []Cause
}

// Own is the part of Text that the error adds to the text of the one that it wraps; Rest is the other's text, or "".
func (c Cause) Own() string { return strings.TrimSuffix(c.Text, c.Rest()) }

// Rest is what Own leaves out.
func (c Cause) Rest() string {
	if len(c.Causes) == 1 && c.Causes[0].Text != "" && strings.HasSuffix(c.Text, c.Causes[0].Text) {
		return c.Causes[0].Text
	}
	return ""
}

// A chain may be circular or endless, and must not be.
const (
	maxDepth  = 40
	maxCauses = 200
	maxText   = 8 << 10
)

// causes turns an error into the tree of everything it wraps.
func causes(err error) Cause {
	left := maxCauses
	return causeOf(err, 0, &left)
}

func causeOf(err error, depth int, left *int) Cause {
	*left--
	c := Cause{Type: typeName(err), Text: errorText(err)}
	if e, ok := err.(*web.Error); ok { //nolint:errorlint // each node of the tree is looked at by itself
		c.Status = e.Status
	}
	for _, inner := range unwrap(err) {
		if inner == nil || depth >= maxDepth || *left <= 0 {
			continue
		}
		c.Causes = append(c.Causes, causeOf(inner, depth+1, left))
	}
	return c
}

func unwrap(err error) (inner []error) {
	defer func() { _ = recover() }() // an Unwrap method on a nil pointer, say
	switch e := err.(type) {         //nolint:errorlint // walking the tree by hand
	case interface{ Unwrap() error }:
		return []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}

// errorText calls Error, which may be the very method that is broken.
func errorText(err error) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprintf("(the Error method of %T panicked: %v)", err, v)
		}
	}()
	return cut(err.Error(), maxText)
}

func cut(text string, size int) string {
	if len(text) <= size {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.ToValidUTF8(text[:size], "") + fmt.Sprintf("… (%d bytes more)", len(text)-size)
}

// typeName names the values that everybody knows and the types of all other errors.
func typeName(err error) string {
	for _, known := range []struct {
		err  error
		name string
	}{
		{io.EOF, "io.EOF"},
		{io.ErrUnexpectedEOF, "io.ErrUnexpectedEOF"},
		{sql.ErrNoRows, "sql.ErrNoRows"},
		{sql.ErrTxDone, "sql.ErrTxDone"},
		{context.Canceled, "context.Canceled"},
		{context.DeadlineExceeded, "context.DeadlineExceeded"},
		{fs.ErrNotExist, "fs.ErrNotExist"},
		{fs.ErrPermission, "fs.ErrPermission"},
		{fs.ErrExist, "fs.ErrExist"},
		{http.ErrNoCookie, "http.ErrNoCookie"},
	} {
		if sameError(err, known.err) {
			return known.name
		}
	}
	return fmt.Sprintf("%T", err)
}

// sameError compares two error values; those of a type that cannot be compared are never the same.
func sameError(a, b error) (same bool) {
	defer func() { _ = recover() }()
	return a == b //nolint:errorlint // identity is the question
}

// plainTypes say nothing about what happened: they only carry a text.
func plainType(name string) bool {
	switch name {
	case "*fmt.wrapError", "*fmt.wrapErrors", "*errors.errorString", "*errors.joinError", "*fmt.fmtError", "*web.Error", "*web.PanicError":
		return true
	}
	return false
}

// telling is the type of the tree that says most: the first that is more than a text, from the outside in.
func (c Cause) telling() string {
	if !plainType(c.Type) {
		return c.Type
	}
	for _, inner := range c.Causes {
		if name := inner.telling(); name != "" {
			return name
		}
	}
	return ""
}

// headline picks what stands at the top of a report: the kind of error and its message.
func headline(err error, tree Cause) (kind, message string) {
	if p, ok := errors.AsType[*web.PanicError](err); ok {
		kind = "panic"
		if inner, ok := p.Value.(error); ok {
			kind = "panic: " + typeName(inner)
			return kind, errorText(inner)
		}
		return kind, cut(printValue(p.Value), maxText)
	}
	if kind = tree.telling(); kind == "" {
		kind = "error"
	}
	return kind, tree.Text
}

// printValue prints what was given to panic; its String method may panic itself.
func printValue(v any) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprintf("(a %T that cannot be printed: %v)", v, p)
		}
	}()
	return fmt.Sprint(v)
}
