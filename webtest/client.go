package webtest

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/web"
)

// host is the name that the client calls the site by, unless told otherwise. Django's is the same.
const host = "testserver"

// Client is a browser without a window: it sends requests straight into a site's handler, without a socket, keeps
// cookies, and hands back responses that can be looked into. It belongs to one test and is safe for concurrent use.
type Client struct {
	t       testing.TB
	handler http.Handler
	jar     *cookiejar.Jar
	header  http.Header
	secure  bool
	errors  bool
	log     *queryCount

	instance  *nuages.Instance // nil for a bare handler
	databases orm.Databases
	mirrors   map[string]string
	debug     bool
	quiet     bool
	fixtures  []string
}

// Option changes a Client.
type Option func(*Client)

// Secure makes every request one over https.
func Secure() Option { return func(c *Client) { c.secure = true } }

// DefaultHeader is sent with every request.
func DefaultHeader(name, value string) Option {
	return func(c *Client) { c.header.Add(name, value) }
}

// AllowErrors lets a view fail: without it, an error or a panic that becomes a 500 fails the test with its cause and
// stack. Django: raise_request_exception=False.
func AllowErrors() Option { return func(c *Client) { c.errors = true } }

// NewHandler makes a client of any http.Handler: a middleware under test, or a view made servable by web.ToHTTP. What the
// response was made of (Template, Data, Err) is known for handlers that pass through Record.
func NewHandler(t testing.TB, h http.Handler, opts ...Option) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatalf("webtest: %v", err)
	}
	c := &Client{t: t, handler: h, jar: jar, header: http.Header{}, log: new(queryCount), databases: orm.Databases{}}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// With returns the same client, with the same cookies, for a subtest: its failures are reported to t.
func (c *Client) With(t testing.TB) *Client {
	other := *c
	other.t = t
	return &other
}

// Handler is what the client sends its requests to, for a test that makes its own.
func (c *Client) Handler() http.Handler { return c.handler }

// Get sends a GET request. Path may hold a query string.
func (c *Client) Get(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Send(http.MethodGet, path, "", nil, opts...)
}

// Head sends a HEAD request.
func (c *Client) Head(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Send(http.MethodHead, path, "", nil, opts...)
}

// Options sends an OPTIONS request.
func (c *Client) Options(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Send(http.MethodOptions, path, "", nil, opts...)
}

// Delete sends a DELETE request.
func (c *Client) Delete(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Send(http.MethodDelete, path, "", nil, opts...)
}

// Put sends a PUT request with a body of the given type.
func (c *Client) Put(path, contentType string, body []byte, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Send(http.MethodPut, path, contentType, body, opts...)
}

// Patch sends a PATCH request with a body of the given type.
func (c *Client) Patch(path, contentType string, body []byte, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Send(http.MethodPatch, path, contentType, body, opts...)
}

// Send sends a request with any method and body. The other methods are short for it.
func (c *Client) Send(method, path, contentType string, body []byte, opts ...RequestOption) *Response {
	c.t.Helper()
	out := outgoing{method: method, header: c.header.Clone(), body: body, scheme: "http", host: host}
	if c.secure {
		out.scheme = "https"
	}
	if contentType != "" {
		out.header.Set("Content-Type", contentType)
	}
	for _, opt := range opts {
		opt(&out)
	}

	target, err := (&url.URL{Scheme: out.scheme, Host: out.host, Path: "/"}).Parse(path)
	if err != nil {
		c.t.Fatalf("webtest: %q is not a URL: %v", path, err)
	}
	if out.query != nil {
		query := target.Query()
		maps.Copy(query, out.query)
		target.RawQuery = query.Encode()
	}
	out.url = target

	resp := c.send(out)
	if out.follow {
		resp = c.followRedirects(out, resp)
	}
	return resp
}

// send carries out one request.
func (c *Client) send(out outgoing) *Response {
	c.t.Helper()
	rec := &record{}
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	ctx = context.WithValue(ctx, recordKey{}, rec)

	req := httptest.NewRequestWithContext(ctx, out.method, out.url.String(), bytes.NewReader(out.body))
	req.RemoteAddr = "127.0.0.1:54321"
	maps.Copy(req.Header, out.header)
	if len(out.body) == 0 {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	if out.remote != "" {
		req.RemoteAddr = out.remote
	}
	for _, cookie := range c.jar.Cookies(out.url) {
		req.AddCookie(cookie)
	}

	w := httptest.NewRecorder()
	func() {
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				panic(v)
			} else if v != nil {
				rec.aborted = true
			}
		}()
		c.handler.ServeHTTP(w, req)
	}()

	result := w.Result()
	c.jar.SetCookies(out.url, result.Cookies())
	resp := &Response{
		t: c.t, client: c, Status: result.StatusCode, Header: result.Header, Body: w.Body.Bytes(), URL: out.url.String(),
		Aborted: rec.aborted,
	}
	rec.describe(resp)
	c.log.add(resp.Queries)
	c.reportError(out, resp)
	return resp
}

// reportError fails the test for a view's error that became a 500.
func (c *Client) reportError(out outgoing, resp *Response) {
	c.t.Helper()
	if c.errors || resp.Err == nil || web.StatusOf(resp.Err) < http.StatusInternalServerError {
		return
	}
	c.t.Fatalf("webtest: %s %s: %s", out.method, out.url.RequestURI(), errorText(resp.Err))
}

// Cookie returns the value of a cookie that the site has set, and whether there is one.
func (c *Client) Cookie(name string) (string, bool) {
	cookies := c.jar.Cookies(c.home())
	i := slices.IndexFunc(cookies, func(cookie *http.Cookie) bool { return cookie.Name == name })
	if i < 0 {
		return "", false
	}
	return cookies[i].Value, true
}

// SetCookie gives the client a cookie, as if the site had set it.
func (c *Client) SetCookie(cookie *http.Cookie) {
	c.jar.SetCookies(c.home(), []*http.Cookie{cookie})
}

func (c *Client) home() *url.URL { return &url.URL{Scheme: "https", Host: host, Path: "/"} }

// isRedirect says whether a status asks for another request.
func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func isText(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.Contains(contentType, "json") || strings.Contains(contentType, "xml")
}
