package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// ParseETags reads the entity tags of an If-Match or If-None-Match header, quotes and W/ included; a lone "*" comes back
// as such, what is no tag is left out. Django: parse_etags.
func ParseETags(header string) []string {
	header = strings.TrimSpace(header)
	if header == "" {
		return nil
	}
	if header == "*" {
		return []string{"*"}
	}
	var tags []string
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimSpace(part); isETag(part) {
			tags = append(tags, part)
		}
	}
	return tags
}

// QuoteETag puts quotes around a tag that has none. Django: quote_etag.
func QuoteETag(tag string) string {
	if isETag(tag) {
		return tag
	}
	return `"` + tag + `"`
}

func isETag(s string) bool {
	s = strings.TrimPrefix(s, "W/")
	return len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' && strings.IndexByte(s[1:len(s)-1], '"') < 0
}

// Precondition is the outcome of a request's conditional headers.
type Precondition int

// The outcomes.
const (
	// Proceed: there is no condition, or it holds.
	Proceed Precondition = iota
	// Unchanged: the client has this version already; answer 304.
	Unchanged
	// Failed: the client asked for another version; answer 412.
	Failed
)

// CheckPreconditions evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since, in that order, for a
// resource with an entity tag (quoted; "" if it has none) and a time of last change (zero if it is not known). Django:
// get_conditional_response.
func CheckPreconditions(r *Request, etag string, modified time.Time) Precondition {
	h := r.Header
	if h["If-Match"] == nil && h["If-None-Match"] == nil && h["If-Modified-Since"] == nil && h["If-Unmodified-Since"] == nil {
		return Proceed
	}
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	modified = modified.Truncate(time.Second)

	if tags := ParseETags(r.HeaderValue("If-Match")); len(tags) > 0 {
		if !strongMatch(etag, tags) {
			return Failed
		}
	} else if since, ok := ParseHTTPDate(r.HeaderValue("If-Unmodified-Since")); ok && (modified.IsZero() || modified.After(since)) {
		return Failed
	}

	if tags := ParseETags(r.HeaderValue("If-None-Match")); len(tags) > 0 {
		if weakMatch(etag, tags) {
			if safe {
				return Unchanged
			}
			return Failed
		}
	} else if since, ok := ParseHTTPDate(r.HeaderValue("If-Modified-Since")); ok && safe && !modified.IsZero() && !modified.After(since) {
		return Unchanged
	}
	return Proceed
}

func strongMatch(etag string, tags []string) bool {
	return etag != "" && (tags[0] == "*" || !strings.HasPrefix(etag, "W/") && slices.Contains(tags, etag))
}

func weakMatch(etag string, tags []string) bool {
	if etag == "" {
		return false
	}
	if tags[0] == "*" {
		return true
	}
	etag = strings.TrimPrefix(etag, "W/")
	return slices.ContainsFunc(tags, func(tag string) bool { return strings.TrimPrefix(tag, "W/") == etag })
}

// Conditional applies the request's conditions to a response that has an ETag or Last-Modified header: it returns resp,
// or a 304 with what a 304 keeps of it (RFC 9110 §15.4.5, and the cookies), or a 412. Only a response with a status of
// 200 to 299 is changed.
func Conditional(r *Request, resp *Response) *Response {
	if code := resp.Code(); code < 200 || code > 299 || resp.header == nil {
		return resp
	}
	modified, _ := ParseHTTPDate(resp.header.Get("Last-Modified"))
	switch CheckPreconditions(r, resp.header.Get("Etag"), modified) {
	case Unchanged:
		return resp.notModified()
	case Failed:
		resp.Close()
		return HTML("").WithStatus(http.StatusPreconditionFailed)
	}
	return resp
}

func (resp *Response) notModified() *Response {
	changed := NotModified()
	header := changed.Header()
	for _, name := range []string{"Cache-Control", "Content-Location", "Date", "Etag", "Expires", "Last-Modified", "Vary"} {
		if values := resp.header[name]; values != nil {
			header[name] = values
		}
	}
	changed.cookies = resp.cookies
	resp.Close()
	return changed
}

// Condition answers requests for what the client has already, or no longer, without calling the view: etag and modified
// tell the version of what the view would show; either may be nil, and say "" or the zero time when there is nothing. The
// tag gets quotes if it has none. GET and HEAD responses get the headers. Django: @condition.
func Condition(view Handler, etag func(*Request) (string, error), modified func(*Request) (time.Time, error)) Handler {
	return Decorate(view, func(r *Request) (*Response, error) {
		var tag string
		var date time.Time
		var err error
		if modified != nil {
			if date, err = modified(r); err != nil {
				return nil, err
			}
		}
		if etag != nil {
			if tag, err = etag(r); err != nil {
				return nil, err
			}
			if tag != "" {
				tag = QuoteETag(tag)
			}
		}

		var resp *Response
		switch CheckPreconditions(r, tag, date) {
		case Unchanged:
			resp = NotModified()
		case Failed:
			resp = HTML("").WithStatus(http.StatusPreconditionFailed)
		default:
			if resp, err = view.Serve(r); err != nil || resp == nil {
				return nil, err
			}
		}

		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			header := resp.Header()
			if !date.IsZero() && header["Last-Modified"] == nil {
				header["Last-Modified"] = []string{HTTPDate(date)}
			}
			if tag != "" && header["Etag"] == nil {
				header["Etag"] = []string{tag}
			}
		}
		return resp, nil
	})
}
