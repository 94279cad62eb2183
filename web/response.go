package web

import (
	"bytes"
	"context"
	"errors"
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
	// Status is the HTTP status code, 200 to 599 (101 is for Upgrade alone). 0 means 200.
	Status int
	// Err is the error that the response was made from; nil for an ordinary response.
	Err error
	// Template and Data are the page's template name and data, for tests and the debug page; empty for other responses.
	Template string
	Data     any

	contentType [1]string // holds until header is made; an array, so that it can serve as the header's value
	length      [1]string
	header      http.Header
	cookies     []Cookie
	text        string // the body, unless body, page or more says otherwise
	body        []byte
	page        Renderer // not rendered yet
	more        *responseMore
	logged      bool
	onWire      bool // header came from an http.Handler: its values are bytes as they are sent
}

// responseMore holds what few responses have.
type responseMore struct {
	stream  func(w *StreamWriter) error
	file    *fileBody
	foreign *foreignRun
	upgrade func(w http.ResponseWriter) error
	wraps   []func(io.Writer) io.WriteCloser
	closers []func()
	onPage  []func(*Response)
	fault   error
}

const (
	htmlType = "text/html; charset=utf-8"
	textType = "text/plain; charset=utf-8"
)

// Bytes is a response with a body and its content type. The body must not be changed afterwards.
func Bytes(contentType string, body []byte) *Response {
	return &Response{Status: http.StatusOK, contentType: [1]string{contentType}, body: body}
}

// HTML is a page of text/html; charset=utf-8. Django: HttpResponse.
func HTML(text string) *Response {
	return &Response{Status: http.StatusOK, contentType: [1]string{htmlType}, text: text}
}

// Text is a response of text/plain; charset=utf-8.
func Text(text string) *Response {
	return &Response{Status: http.StatusOK, contentType: [1]string{textType}, text: text}
}

// Empty is a response without a body: web.Empty(http.StatusNoContent).
func Empty(status int) *Response {
	resp := &Response{Status: status}
	if bodyAllowed(status) {
		resp.contentType[0] = htmlType
	}
	return resp
}

// Page is a response whose body is rendered after the view has returned and the OnPage hooks have run. Django:
// TemplateResponse.
func Page(page Renderer) *Response {
	return &Response{Status: http.StatusOK, contentType: [1]string{htmlType}, page: page}
}

// NotModified is a 304: no body, no content type.
func NotModified() *Response { return &Response{Status: http.StatusNotModified} }

// NotAllowed is a 405 whose Allow header lists methods.
func NotAllowed(methods ...string) *Response {
	resp := HTML("")
	resp.Status = http.StatusMethodNotAllowed
	resp.Header()["Allow"] = []string{joinComma(methods)}
	return resp
}

// WithStatus sets the status and returns the response: web.Text("made").WithStatus(201).
func (resp *Response) WithStatus(status int) *Response {
	resp.Status = status
	return resp
}

// Header returns the response's header to read and change. Cookies are not in it; see SetCookie. Values may hold any
// text: what is not Latin-1 is sent in RFC 2047 form; a line break makes the response a 500.
func (resp *Response) Header() http.Header {
	if resp.header == nil {
		resp.header = make(http.Header, 8)
		if resp.contentType[0] != "" {
			resp.header["Content-Type"] = resp.contentType[:1:1]
		}
	}
	return resp.header
}

// ContentType returns the Content-Type header without making the header map.
func (resp *Response) ContentType() string {
	if resp.header != nil {
		return resp.header.Get("Content-Type")
	}
	return resp.contentType[0]
}

// Code is the status with 0 read as 200.
func (resp *Response) Code() int {
	if resp.Status == 0 {
		return http.StatusOK
	}
	return resp.Status
}

// ErrStreaming is the error of Body for a response whose body does not exist as bytes.
var ErrStreaming = errors.New("web: the response streams its body: use WrapStream")

// Body returns the body. A page that no chain has rendered yet is rendered now, without the request's context (see
// Finish). The error is ErrStreaming if there are no bytes, or the rendering's. The bytes must not be changed.
func (resp *Response) Body() ([]byte, error) {
	if resp.page != nil {
		if err := resp.Render(context.Background()); err != nil {
			return nil, err
		}
	}
	if resp.Streaming() {
		return nil, ErrStreaming
	}
	if resp.body == nil && resp.text != "" {
		resp.body = []byte(resp.text)
	}
	return resp.body, nil
}

// SetBody replaces the body with bytes, whatever it was, and drops a Content-Length that was set.
func (resp *Response) SetBody(body []byte) {
	if resp.more != nil {
		resp.Close()
		resp.more = &responseMore{fault: resp.more.fault}
	}
	resp.page, resp.text, resp.body = nil, "", body
	if resp.header != nil {
		delete(resp.header, "Content-Length")
	}
}

// Streaming says that the body comes piece by piece (a stream, a file, an http.Handler's writing, an upgraded
// connection), so that there is no Body.
func (resp *Response) Streaming() bool {
	m := resp.more
	return m != nil && (m.stream != nil || m.file != nil || m.foreign != nil || m.upgrade != nil)
}

// Upgraded says that the response takes the connection over, so that there is no body to change.
func (resp *Response) Upgraded() bool {
	m := resp.more
	return m != nil && (m.upgrade != nil || m.foreign != nil && m.foreign.hijacked)
}

// IsRendered says that the response is not a page that still waits to be rendered.
func (resp *Response) IsRendered() bool { return resp.page == nil }

// Render renders a page that has not been rendered yet and runs the functions of OnRendered; for any other response it
// does nothing.
func (resp *Response) Render(ctx context.Context) error {
	page := resp.page
	if page == nil {
		return nil
	}
	var buf bytes.Buffer
	if err := page.Render(ctx, &buf); err != nil {
		return err
	}
	resp.page, resp.body = nil, buf.Bytes()
	if resp.more != nil {
		for _, f := range resp.more.onPage {
			f(resp)
		}
		resp.more.onPage = nil
	}
	return nil
}

// OnRendered registers a function to run when the page has been rendered; at once if it has been. Django:
// add_post_render_callback.
func (resp *Response) OnRendered(f func(*Response)) {
	if resp.page == nil {
		f(resp)
		return
	}
	m := resp.extra()
	m.onPage = append(m.onPage, f)
}

// OnClose registers a function to run when the response has been written or dropped, for instance to close what a
// stream reads from.
func (resp *Response) OnClose(f func()) {
	m := resp.extra()
	m.closers = append(m.closers, f)
}

// Close lets go of what the response holds: open files, a foreign handler that still runs. ToHTTP calls it; who takes a
// response and does not pass it on calls it too. It may be called more than once.
func (resp *Response) Close() {
	m := resp.more
	if m == nil {
		return
	}
	if m.foreign != nil {
		m.foreign.drop()
	}
	if m.file != nil {
		m.file.close()
	}
	closers := m.closers
	m.closers = nil
	for i := len(closers) - 1; i >= 0; i-- {
		closers[i]()
	}
}

func (resp *Response) extra() *responseMore {
	if resp.more == nil {
		resp.more = new(responseMore)
	}
	return resp.more
}

// fail remembers a mistake made while the response was built; it becomes a 500 when the response leaves its layer.
func (resp *Response) fail(err error) {
	if m := resp.extra(); m.fault == nil {
		m.fault = err
	}
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified || status == 0
}

func joinComma(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	var b bytes.Buffer
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(item)
	}
	return b.String()
}
