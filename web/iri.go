package web

import "strings"

const upperHex = "0123456789ABCDEF"

// Characters that stay as they are, besides letters, digits and "_.-~".
const (
	iriSafe      = "/#%[]=:;$&()+,!?*@'"
	uriPathSafe  = "/:@&+$,-_.!~*'()"
	rfc5987Safe  = "!#$&+-.^_`|~"
	querySafe    = ""
	leadingSlash = "/%2F"
)

// IRIToURI percent-encodes what a URL must not hold and leaves what is encoded already. Django: iri_to_uri.
func IRIToURI(iri string) string { return quote(iri, iriSafe) }

// EscapeURIPath percent-encodes a path, with "?", "#", ";", "=" and "%". Django: escape_uri_path.
func EscapeURIPath(path string) string { return quote(path, uriPathSafe) }

// EscapeLeadingSlashes keeps a path from being read as //host. Django: escape_leading_slashes.
func EscapeLeadingSlashes(url string) string {
	if strings.HasPrefix(url, "//") {
		return leadingSlash + url[2:]
	}
	return url
}

// quote percent-encodes every byte of s but letters, digits, "_.-~" and safe, as Python's urllib.parse.quote does.
func quote(s, safe string) string {
	n := 0
	for i := 0; i < len(s); i++ {
		if !unreserved(s[i]) && strings.IndexByte(safe, s[i]) < 0 {
			n++
		}
	}
	if n == 0 {
		return s
	}
	b := make([]byte, 0, len(s)+2*n)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if unreserved(c) || strings.IndexByte(safe, c) >= 0 {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(b)
}

func unreserved(c byte) bool {
	return isLetter(c) || '0' <= c && c <= '9' || c == '_' || c == '.' || c == '-' || c == '~'
}
