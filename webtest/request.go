package webtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// outgoing is a request that is being put together.
type outgoing struct {
	method, scheme, host, remote string
	url                          *url.URL
	query                        url.Values
	header                       http.Header
	body                         []byte
	follow                       bool
}

// RequestOption changes one request.
type RequestOption func(*outgoing)

// Header sets a header of the request.
func Header(name, value string) RequestOption {
	return func(out *outgoing) { out.header.Set(name, value) }
}

// Query adds fields to the query string.
func Query(query url.Values) RequestOption { return func(out *outgoing) { out.query = query } }

// HTTPS makes the request one over https.
func HTTPS() RequestOption { return func(out *outgoing) { out.scheme = "https" } }

// Host calls the site by another name. Default: "testserver".
func Host(name string) RequestOption { return func(out *outgoing) { out.host = name } }

// RemoteAddr is the address that the request comes from. Default: "127.0.0.1:54321".
func RemoteAddr(addr string) RequestOption { return func(out *outgoing) { out.remote = addr } }

// Follow follows redirects as a browser does; Response.Chain lists them. A loop fails the test.
func Follow() RequestOption { return func(out *outgoing) { out.follow = true } }

// Form are the fields of a form by their names: a string, a number, a bool, a []string for a field with several values,
// a File or a []File.
type Form map[string]any

// File is a file to upload.
type File struct {
	Name string
	// ContentType is the media type. Default: by the name's extension.
	ContentType string
	Content     []byte
}

// Post sends a form as browsers do: urlencoded, or multipart/form-data if it holds a file.
func (c *Client) Post(path string, form Form, opts ...RequestOption) *Response {
	c.t.Helper()
	contentType, body, err := form.encode()
	if err != nil {
		c.t.Fatalf("webtest: POST %s: %v", path, err)
	}
	return c.Send(http.MethodPost, path, contentType, body, opts...)
}

// PostMultipart sends a form as multipart/form-data even without a file. Django's client always does.
func (c *Client) PostMultipart(path string, form Form, opts ...RequestOption) *Response {
	c.t.Helper()
	contentType, body, err := form.encodeMultipart()
	if err != nil {
		c.t.Fatalf("webtest: POST %s: %v", path, err)
	}
	return c.Send(http.MethodPost, path, contentType, body, opts...)
}

// PostJSON sends a value as JSON.
func (c *Client) PostJSON(path string, v any, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.SendJSON(http.MethodPost, path, v, opts...)
}

// SendJSON sends a value as JSON with any method.
func (c *Client) SendJSON(method, path string, v any, opts ...RequestOption) *Response {
	c.t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		c.t.Fatalf("webtest: %s %s: %v", method, path, err)
	}
	return c.Send(method, path, "application/json", body, opts...)
}

func (f Form) encode() (contentType string, body []byte, err error) {
	values := url.Values{}
	for name, field := range f {
		switch field := field.(type) {
		case File, []File:
			return f.encodeMultipart()
		case []string:
			values[name] = field
		default:
			values.Set(name, fmt.Sprint(field))
		}
	}
	return "application/x-www-form-urlencoded", []byte(values.Encode()), nil
}

func (f Form) encodeMultipart() (contentType string, body []byte, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		switch field := f[name].(type) {
		case File:
			err = writeFile(w, name, field)
		case []File:
			for i := 0; i < len(field) && err == nil; i++ {
				err = writeFile(w, name, field[i])
			}
		case []string:
			for i := 0; i < len(field) && err == nil; i++ {
				err = w.WriteField(name, field[i])
			}
		default:
			err = w.WriteField(name, fmt.Sprint(field))
		}
		if err != nil {
			return "", nil, err
		}
	}
	err = w.Close()
	return w.FormDataContentType(), b.Bytes(), err
}

func writeFile(w *multipart.Writer, field string, file File) error {
	contentType := file.ContentType
	if contentType == "" {
		contentType = web.FileType(file.Name)
	}
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "%0D", "\n", "%0A")
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, escape.Replace(field), escape.Replace(file.Name))},
		"Content-Type":        {contentType},
	})
	if err != nil {
		return err
	}
	_, err = part.Write(file.Content)
	return err
}

// maxRedirects is how many redirects a browser follows before it gives up.
const maxRedirects = 20

func (c *Client) followRedirects(out outgoing, resp *Response) *Response {
	c.t.Helper()
	var chain []Hop
	for isRedirect(resp.Status) {
		location := resp.Header.Get("Location")
		next, err := out.url.Parse(location)
		if err != nil {
			c.t.Fatalf("webtest: redirect to %q: %v", location, err)
		}
		hop := Hop{URL: location, Status: resp.Status}
		if slices.Contains(chain, hop) || len(chain) == maxRedirects {
			c.t.Fatalf("webtest: redirects go round in a circle: %v then %s", chain, location)
		}
		chain = append(chain, hop)

		if next.Fragment == "" {
			next.Fragment = out.url.Fragment
		}
		out.url, out.host = next, next.Host
		if resp.Status != http.StatusTemporaryRedirect && resp.Status != http.StatusPermanentRedirect {
			if out.method != http.MethodHead {
				out.method = http.MethodGet
			}
			out.body = nil
			out.header.Del("Content-Type")
		}
		resp = c.send(out)
	}
	resp.Chain = chain
	return resp
}
