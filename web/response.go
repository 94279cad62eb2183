package web

import (
	"context"
	"io"
	"net/http"
)

// Renderer is something that writes itself: a template with its data, a component.
type Renderer interface {
	Render(ctx context.Context, w io.Writer) error
}

// Response is an answer that has not been sent yet. Middleware may change every part of it; tests may look into it. It
// belongs to the goroutine of its request. Its body is one of: bytes, a stream, a file, a lazily rendered page, or an
// http.Handler's own writing.
type Response struct {
	// Status is the HTTP status code. 0 means 200.
	Status int
	// Err is the error that the response was made from; nil for an ordinary response.
	Err error
	// Template and Data are the page's template name and data, for tests and the debug page; empty for other responses.
	Template string
	Data     any

	contentType string
	header      http.Header
	body        []byte
	page        Renderer
}

// Bytes is a response with a body and its content type.
func Bytes(contentType string, body []byte) *Response {
	return &Response{Status: http.StatusOK, contentType: contentType, body: body}
}

// HTML is a page of text/html; charset=utf-8.
func HTML(text string) *Response { return Bytes("text/html; charset=utf-8", []byte(text)) }

// Text is a response of text/plain; charset=utf-8.
func Text(text string) *Response { return Bytes("text/plain; charset=utf-8", []byte(text)) }

// Page is a response whose body is rendered after the view has returned and the OnPage hooks have run. Django:
// TemplateResponse.
func Page(page Renderer) *Response {
	return &Response{Status: http.StatusOK, contentType: "text/html; charset=utf-8", page: page}
}

// Header returns the response's header to read and change.
func (resp *Response) Header() http.Header {
	if resp.header == nil {
		resp.header = make(http.Header, 8)
		if resp.contentType != "" {
			resp.header["Content-Type"] = []string{resp.contentType}
		}
	}
	return resp.header
}

func plainErrorPage(r *Request, err error) *Response {
	status := StatusOf(err)
	resp := HTML("<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>" + http.StatusText(status) + "</title>\n</head>\n<body>\n  <h1>" + http.StatusText(status) + "</h1><p></p>\n</body>\n</html>\n")
	resp.Status = status
	return resp
}
