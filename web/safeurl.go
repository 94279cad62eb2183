package web

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxURLLength = 2048 // Django's MAX_URL_LENGTH: longer URLs are not looked at

// IsSafeURL says whether a redirect to url stays on one of the hosts: it is relative, or http or https to one of them.
// With requireHTTPS plain http is refused. Use it before redirecting to what a visitor sent ("?next="). Django:
// url_has_allowed_host_and_scheme.
func IsSafeURL(url string, requireHTTPS bool, hosts ...string) bool {
	url = strings.TrimSpace(url)
	if url == "" {
		return false
	}
	// Browsers read a backslash as a slash, so both readings must be safe.
	return safeURL(url, requireHTTPS, hosts) && safeURL(strings.ReplaceAll(url, `\`, "/"), requireHTTPS, hosts)
}

// IsSafeURL says whether a redirect to url stays on this site: the request's own host, and HTTPS if that is what the
// visitor uses.
func (r *Request) IsSafeURL(url string) bool {
	host, err := r.Host()
	return err == nil && IsSafeURL(url, r.IsSecure(), host)
}

func safeURL(url string, requireHTTPS bool, hosts []string) bool {
	if len(url) > maxURLLength || strings.HasPrefix(url, "///") {
		return false
	}
	if first, _ := utf8.DecodeRuneInString(url); unicode.Is(unicode.C, first) || first == utf8.RuneError {
		return false
	}
	scheme, netloc, ok := splitURL(url)
	if !ok || netloc == "" && scheme != "" {
		return false
	}
	if netloc != "" && !contains(hosts, netloc) {
		return false
	}
	if scheme == "" && netloc != "" {
		scheme = "http"
	}
	return scheme == "" || scheme == "https" || scheme == "http" && !requireHTTPS
}

func contains(hosts []string, host string) bool {
	for _, h := range hosts {
		if h == host {
			return true
		}
	}
	return false
}

// splitURL finds scheme and network location as Python's urlsplit does. It is false for brackets that do not pair.
func splitURL(url string) (scheme, netloc string, ok bool) {
	url = strings.TrimLeft(url, asciiControlAndSpace)
	if strings.ContainsAny(url, "\t\r\n") {
		url = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(url)
	}
	if scheme = urlScheme(url); scheme != "" {
		url = url[len(scheme)+1:]
	}
	if rest, found := strings.CutPrefix(url, "//"); found {
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		netloc = rest[:end]
		if strings.Contains(netloc, "[") != strings.Contains(netloc, "]") {
			return "", "", false
		}
	}
	return scheme, netloc, true
}
