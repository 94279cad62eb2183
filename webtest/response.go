package webtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/web"
)

// Response is what came back, and what it was made of.
type Response struct {
	// Status is the status code, Header what was sent with it, Body the whole body.
	Status int
	Header http.Header
	Body   []byte
	// URL is the address that answered: after redirects, the last one.
	URL string
	// Chain lists the redirects that were followed.
	Chain []Hop

	// Template is the name of the template and Data what it was rendered with; empty for other responses. DataOf gives it its type.
	Template string
	Data     any
	// Err is the error that the response was made from; nil for an ordinary one.
	Err error
	// Request is the request as the site saw it; its Match says which pattern and view answered. It is nil for a handler
	// that does not pass through Record.
	Request *web.Request
	// Queries are the database queries that the request made, in order.
	Queries []orm.QueryEntry
	// Aborted says that the site broke the connection off.
	Aborted bool

	t        testing.TB
	client   *Client
	expected int // the status that AssertStatus has named; 0 before
}

// Hop is one redirect: where to, and with which status.
type Hop struct {
	URL    string
	Status int
}

// String is "302 to /login/".
func (h Hop) String() string { return fmt.Sprintf("%d to %s", h.Status, h.URL) }

// Text returns the body as a string.
func (r *Response) Text() string { return string(r.Body) }

// Cookies returns the cookies that the response sets.
func (r *Response) Cookies() []*http.Cookie { return (&http.Response{Header: r.Header}).Cookies() }

// JSON decodes the body into v, which is a pointer. Anything that is not JSON fails the test.
func (r *Response) JSON(v any) *Response {
	r.t.Helper()
	if contentType := r.Header.Get("Content-Type"); !strings.Contains(contentType, "json") {
		r.t.Fatalf("webtest: %s is %q, not JSON", r.URL, contentType)
	}
	if err := json.NewDecoder(bytes.NewReader(r.Body)).Decode(v); err != nil {
		r.t.Fatalf("webtest: JSON of %s: %v", r.URL, err)
	}
	return r
}

// DataOf returns what the response's template was rendered with, as the type that the page declares. Another type fails
// the test.
//
//	list := webtest.DataOf[news.FrontPage](client.Get("/"))
func DataOf[T any](r *Response) T {
	r.t.Helper()
	switch data := r.Data.(type) {
	case T:
		return data
	case *T:
		return *data
	}
	var want T
	r.t.Fatalf("webtest: the data of %s is %T, want %T", r.URL, r.Data, want)
	return want
}

// record is where Record puts what it sees of one request.
type record struct {
	response *web.Response
	request  *web.Request
	aborted  bool
}

type recordKey struct{}

// Record is the middleware that lets a client look into responses. New puts it around a site; with NewHandler it is for
// the test to do so.
func Record(next web.Handler) web.Handler {
	return web.View(func(r *web.Request) (*web.Response, error) {
		rec, ok := r.Context().Value(recordKey{}).(*record)
		if !ok {
			return next.Serve(r)
		}
		r.SetContext(orm.WithQueryLog(r.Context(), new(orm.QueryLog)))
		resp, err := next.Serve(r)
		rec.request, rec.response = r, resp
		return resp, err
	})
}

func (rec *record) describe(resp *Response) {
	resp.Request = rec.request
	if rec.response != nil {
		resp.Template, resp.Data, resp.Err = rec.response.Template, rec.response.Data, rec.response.Err
	}
	if rec.request != nil {
		// A layer further in may have put its own log into the context; a page is rendered with it too.
		resp.Queries = statements(orm.QueryLogFrom(rec.request.Context()))
	}
}
