package middleware

import (
	"crypto/md5" //nolint:gosec // Django's ETag; not a matter of security
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/nuages-go/nuages/web"
)

// ConditionalGet gives responses to GET requests an ETag, the MD5 sum of the body, and answers with 304 when the client
// has that version already, or with 412 when it asked for another one. Streamed and empty bodies, and those with
// Cache-Control: no-store, get no ETag of their own. Django: ConditionalGetMiddleware.
func ConditionalGet() web.Middleware {
	return func(next web.Handler) web.Handler { return &conditionalGet{next} }
}

type conditionalGet struct{ next web.Handler }

// LayerInfo names the layer.
func (c *conditionalGet) LayerInfo() web.LayerInfo { return layerInfo(LayerConditionalGet) }

// Serve adds the ETag and compares it with the request's conditions.
func (c *conditionalGet) Serve(r *web.Request) (*web.Response, error) {
	resp, err := c.next.Serve(r)
	if err != nil || r.Method != http.MethodGet {
		return resp, err // too late to stop an unsafe request, and the body of HEAD is not the page's
	}

	h := resp.Header()
	if _, ok := h["Etag"]; !ok && !noStore(h) {
		if err := setETag(resp, h); err != nil {
			return nil, err
		}
	}
	etag, modified := first(h, "Etag"), first(h, "Last-Modified")
	if etag == "" && modified == "" {
		return resp, nil
	}
	return conditional(r, resp, etag, modified), nil
}

// ConditionalPage is ConditionalGet around one view. Django: conditional_page.
func ConditionalPage(h web.Handler) web.Handler { return within(ConditionalGet(), h) }

func setETag(resp *web.Response, h http.Header) error {
	if resp.Streaming() {
		return nil
	}
	body, err := resp.Body()
	if err != nil || len(body) == 0 {
		return err
	}
	sum := md5.Sum(body) //nolint:gosec // as above
	var etag [34]byte
	etag[0], etag[33] = '"', '"'
	hex.Encode(etag[1:33], sum[:])
	h["Etag"] = []string{string(etag[:])}
	return nil
}

func noStore(h http.Header) bool {
	values := h["Cache-Control"]
	if len(values) == 0 {
		return false
	}
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), "no-store") {
				return true
			}
		}
	}
	return false
}

// conditional answers for a response with an ETag or a date: the response itself, a 304 or a 412, in the order of
// RFC 9110 §13.2.2. Django 6.1 django/utils/cache.py get_conditional_response.
func conditional(r *web.Request, resp *web.Response, etag, modified string) *web.Response {
	if code := resp.Code(); code < 200 || code > 299 {
		return resp
	}
	ifMatch, ifNoneMatch := joined(r.Header, "If-Match"), joined(r.Header, "If-None-Match")
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead

	matches := ParseETags(ifMatch)
	if len(matches) > 0 {
		if !strongMatch(etag, matches) {
			return preconditionFailed(resp)
		}
	} else if changedSince(r.Header, "If-Unmodified-Since", modified) {
		return preconditionFailed(resp)
	}

	noneMatches := ParseETags(ifNoneMatch)
	if len(noneMatches) > 0 {
		if weakMatch(etag, noneMatches) {
			if safe {
				return notModified(resp)
			}
			return preconditionFailed(resp)
		}
	} else if safe && unchangedSince(r.Header, modified) {
		return notModified(resp)
	}
	return resp
}

// changedSince says that the header holds a date and the response is newer, or of unknown age.
func changedSince(h http.Header, name, modified string) bool {
	limit, ok := parseHTTPDate(first(h, name))
	if !ok {
		return false
	}
	t, known := parseHTTPDate(modified)
	return !known || t.After(limit)
}

// unchangedSince says that If-Modified-Since holds a date and the response is not newer.
func unchangedSince(h http.Header, modified string) bool {
	limit, ok := parseHTTPDate(first(h, "If-Modified-Since"))
	if !ok {
		return false
	}
	t, known := parseHTTPDate(modified)
	return known && !t.After(limit)
}

// notModified turns the response into a 304, which keeps only what RFC 9110 §15.4.5 lists, and the cookies.
func notModified(resp *web.Response) *web.Response {
	resp.SetBody(nil)
	resp.Status = http.StatusNotModified
	h := resp.Header()
	for key := range h {
		switch key {
		case "Cache-Control", "Content-Location", "Date", "Etag", "Expires", "Last-Modified", "Vary":
		default:
			delete(h, key)
		}
	}
	return resp
}

func preconditionFailed(old *web.Response) *web.Response {
	old.Close()
	resp := web.HTML("")
	resp.Status = http.StatusPreconditionFailed
	return resp
}

// ParseETags splits the value of If-Match or If-None-Match: {"*"} for a star, else those entity tags, quotes and W/
// included, that are well-formed. Django: django.utils.http.parse_etags.
func ParseETags(value string) []string {
	if value = strings.TrimSpace(value); value == "" {
		return nil
	}
	if value == "*" {
		return []string{"*"}
	}
	var tags []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); isETag(part) {
			tags = append(tags, part)
		}
	}
	return tags
}

func isETag(tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	return len(tag) >= 2 && tag[0] == '"' && strings.IndexByte(tag[1:], '"') == len(tag)-2
}

// strongMatch compares for If-Match: a weak tag never matches.
func strongMatch(etag string, tags []string) bool {
	if etag == "" {
		return false
	}
	if tags[0] == "*" {
		return true
	}
	if strings.HasPrefix(etag, "W/") {
		return false
	}
	for _, tag := range tags {
		if tag == etag {
			return true
		}
	}
	return false
}

// weakMatch compares for If-None-Match: W/ does not count.
func weakMatch(etag string, tags []string) bool {
	if etag == "" {
		return false
	}
	if tags[0] == "*" {
		return true
	}
	etag = strings.TrimPrefix(etag, "W/")
	for _, tag := range tags {
		if strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
}

// first is a header's first value by its canonical key.
func first(h http.Header, key string) string {
	if values := h[key]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// joined is a header's values by its canonical key, put together as one list.
func joined(h http.Header, key string) string {
	values := h[key]
	switch len(values) {
	case 0:
		return ""
	case 1:
		return values[0]
	}
	return strings.Join(values, ",")
}

// parseHTTPDate reads the three forms of dates in headers.
func parseHTTPDate(value string) (time.Time, bool) {
	if value == "" {
		return time.Time{}, false
	}
	t, err := http.ParseTime(value)
	return t, err == nil
}
