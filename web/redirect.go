package web

import (
	"net/http"
	"strings"
)

// RedirectOption changes a redirect.
type RedirectOption func(*redirectOptions)

type redirectOptions struct {
	permanent, preserve bool
	maxLength           int
	schemes             []string
}

// Permanent makes the redirect a 301 (with PreserveRequest a 308).
func Permanent(o *redirectOptions) { o.permanent = true }

// PreserveRequest makes the browser repeat the same method and body at the new place: 307 (with Permanent 308).
func PreserveRequest(o *redirectOptions) { o.preserve = true }

// MaxLength bounds the characters of the Location header; the default is 16384, a negative number is no bound.
func MaxLength(n int) RedirectOption {
	return func(o *redirectOptions) { o.maxLength = n }
}

// Schemes replaces the schemes that a redirect may lead to: http, https and ftp.
func Schemes(schemes ...string) RedirectOption {
	return func(o *redirectOptions) { o.schemes = schemes }
}

const redirectMaxLength = 16384

// Redirect sends the browser to a URL: 302, or what the options say. Characters that a URL must not hold are
// percent-encoded; a relative URL stays relative. A scheme other than http, https or ftp ("javascript:") and an over-long
// URL are errors with status 400 (Django: DisallowedRedirect), so that a redirect can take what a visitor sent; for
// whether it leads away from the site see IsSafeURL.
//
//	return web.Redirect("/articles/")
func Redirect(to string, opts ...RedirectOption) (*Response, error) {
	o := redirectOptions{maxLength: redirectMaxLength}
	for _, opt := range opts {
		opt(&o)
	}

	location := IRIToURI(to)
	if o.maxLength >= 0 && len(location) > o.maxLength {
		return nil, Suspicious("DisallowedRedirect", "Unsafe redirect exceeding %d characters", o.maxLength)
	}
	if scheme := urlScheme(to); scheme != "" && !allowedScheme(scheme, o.schemes) {
		return nil, Suspicious("DisallowedRedirect", "Unsafe redirect to URL with protocol '%s'", scheme)
	}

	resp := &Response{Status: o.status()}
	resp.header = http.Header{"Content-Type": {htmlType}, "Location": {location}}
	return resp, nil
}

func (o *redirectOptions) status() int {
	switch {
	case o.permanent && o.preserve:
		return http.StatusPermanentRedirect
	case o.permanent:
		return http.StatusMovedPermanently
	case o.preserve:
		return http.StatusTemporaryRedirect
	}
	return http.StatusFound
}

func allowedScheme(scheme string, schemes []string) bool {
	if schemes == nil {
		return scheme == "http" || scheme == "https" || scheme == "ftp"
	}
	for _, s := range schemes {
		if strings.EqualFold(s, scheme) {
			return true
		}
	}
	return false
}

// urlScheme is the scheme of a URL in lower case, as Python's urlsplit sees it: control characters and spaces in front
// and tabs and line breaks anywhere do not count, since browsers ignore them too.
func urlScheme(url string) string {
	url = strings.TrimLeft(url, asciiControlAndSpace)
	if strings.ContainsAny(url, "\t\r\n") {
		url = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(url)
	}
	i := strings.IndexByte(url, ':')
	if i <= 0 || !isLetter(url[0]) {
		return ""
	}
	for j := 1; j < i; j++ {
		c := url[j]
		if !isLetter(c) && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
			return ""
		}
	}
	return strings.ToLower(url[:i])
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

const asciiControlAndSpace = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "
