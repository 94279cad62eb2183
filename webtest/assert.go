package webtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// AssertStatus fails the test unless the response has the status. The assertions return the response, to put one after
// the other:
//
//	client.Get("/").AssertStatus(200).AssertTemplate("news/list.html").AssertContains("Front page")
func (r *Response) AssertStatus(want int) *Response {
	r.t.Helper()
	r.expected = want
	if r.Status != want {
		r.t.Errorf("%s: status = %d, want %d%s", r.URL, r.Status, want, r.excerpt())
	}
	return r
}

// AssertContains fails the test unless the response is a 200, or has the status that AssertStatus has named before, and its
// body contains the text. Django: assertContains.
func (r *Response) AssertContains(text string) *Response {
	r.t.Helper()
	r.assertOK()
	if !strings.Contains(r.Text(), text) {
		r.t.Errorf("%s: body does not contain %q%s", r.URL, text, r.excerpt())
	}
	return r
}

// assertOK fails the test for a status that nobody has named: on an error page a text is easily missing, or there by chance.
func (r *Response) assertOK() {
	r.t.Helper()
	if r.expected == 0 && r.Status != http.StatusOK {
		r.t.Errorf("%s: status = %d, want 200 (or name another one with AssertStatus first)", r.URL, r.Status)
	}
}

// AssertCount fails the test unless the body contains the text exactly n times; about the status see AssertContains.
func (r *Response) AssertCount(text string, n int) *Response {
	r.t.Helper()
	r.assertOK()
	if got := strings.Count(r.Text(), text); got != n {
		r.t.Errorf("%s: body contains %q %d times, want %d%s", r.URL, text, got, n, r.excerpt())
	}
	return r
}

// AssertNotContains fails the test if the body contains the text; about the status see AssertContains. Django:
// assertNotContains.
func (r *Response) AssertNotContains(text string) *Response {
	r.t.Helper()
	r.assertOK()
	if strings.Contains(r.Text(), text) {
		r.t.Errorf("%s: body contains %q%s", r.URL, text, r.excerpt())
	}
	return r
}

// AssertHeader fails the test unless the header has the value.
func (r *Response) AssertHeader(name, want string) *Response {
	r.t.Helper()
	if got := r.Header.Get(name); got != want {
		r.t.Errorf("%s: %s = %q, want %q", r.URL, name, got, want)
	}
	return r
}

// AssertRedirects fails the test unless the response, or the first of the redirects that were followed to it, leads to
// the URL. Unless the redirects were followed, the target is fetched and must answer 200. Django: assertRedirects.
func (r *Response) AssertRedirects(to string) *Response {
	r.t.Helper()
	if len(r.Chain) > 0 {
		last := r.Chain[len(r.Chain)-1]
		if !r.sameURL(last.URL, to) {
			r.t.Errorf("%s: redirects = %v, want them to end at %q", r.URL, r.Chain, to)
		}
		return r
	}

	location := r.Header.Get("Location")
	if !isRedirect(r.Status) || !r.sameURL(location, to) {
		r.t.Errorf("%s: %d with Location %q, want a redirect to %q%s", r.URL, r.Status, location, to, r.excerpt())
		return r
	}
	target, err := r.resolve(location)
	if err != nil {
		r.t.Errorf("%s: Location %q: %v", r.URL, location, err)
		return r
	}
	if target.Hostname() != host {
		return r // another site is not ours to fetch
	}
	if got := r.client.With(r.t).Get(location).Status; got != http.StatusOK {
		r.t.Errorf("%s: its redirect's target %s has status %d, want 200", r.URL, location, got)
	}
	return r
}

// AssertTemplate fails the test unless the response was rendered from the template. Django: assertTemplateUsed.
func (r *Response) AssertTemplate(name string) *Response {
	r.t.Helper()
	if r.Template != name {
		r.t.Errorf("%s: template = %q, want %q", r.URL, r.Template, name)
	}
	return r
}

// AssertJSON fails the test unless the body is JSON equal to want, which is JSON text: spaces and the order of keys do
// not count. Django: assertJSONEqual.
func (r *Response) AssertJSON(want string) *Response {
	r.t.Helper()
	var got, expected any
	r.JSON(&got)
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		r.t.Fatalf("webtest: the JSON that the test wants: %v", err)
	}
	if !reflect.DeepEqual(got, expected) {
		r.t.Errorf("%s: JSON = %s, want %s", r.URL, r.Body, want)
	}
	return r
}

// sameURL compares two addresses, either of which may be relative; the order of the query's fields does not count.
func (r *Response) sameURL(got, want string) bool {
	a, err := r.resolve(got)
	if err != nil {
		return false
	}
	b, err := r.resolve(want)
	if err != nil {
		return false
	}
	queryA, queryB := a.Query().Encode(), b.Query().Encode()
	a.RawQuery, b.RawQuery = "", ""
	return a.String() == b.String() && queryA == queryB
}

func (r *Response) resolve(location string) (*url.URL, error) {
	base, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	return base.Parse(location)
}

// excerptLength is how much of a body a failure shows.
const excerptLength = 1500

// excerpt shows the beginning of a text body, for a failure.
func (r *Response) excerpt() string {
	if len(r.Body) == 0 || !isText(r.Header.Get("Content-Type")) {
		return ""
	}
	text := r.Text()
	if len(text) > excerptLength {
		text = text[:excerptLength] + "…"
	}
	return "; body:\n" + text
}

// errorText is an error with the stack of the panic that caused it, if one did.
func errorText(err error) string {
	if p, ok := errors.AsType[*web.PanicError](err); ok {
		return fmt.Sprintf("%v\n%s", err, p.StackTrace())
	}
	return err.Error()
}
