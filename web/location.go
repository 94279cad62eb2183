package web

import (
	"net/url"
	"path"
	"strings"
	"unicode/utf8"
)

// PathInfo is the path below the site's script name, decoded: what the URL patterns are matched with. A sequence that is
// not UTF-8 stays percent-encoded.
func (r *Request) PathInfo() string {
	p := r.URL.Path
	if prefix := r.config.ScriptName; prefix != "" {
		if rest, ok := strings.CutPrefix(p, strings.TrimSuffix(prefix, "/")); ok && (rest == "" || rest[0] == '/') {
			p = rest
		}
	}
	if p == "" {
		return "/"
	}
	if !utf8.ValidString(p) {
		p = escapeBroken(p)
	}
	return p
}

// Path is the whole path, script name included.
func (r *Request) Path() string {
	prefix := r.config.ScriptName
	if prefix == "" {
		return r.PathInfo()
	}
	return strings.TrimSuffix(prefix, "/") + r.PathInfo()
}

// FullPath is the path with the query string, as it stands in a link. Django: get_full_path.
func (r *Request) FullPath() string { return r.fullPath(r.Path(), false) }

// FullPathInfo is FullPath without the script name. Django: get_full_path_info.
func (r *Request) FullPathInfo() string { return r.fullPath(r.PathInfo(), false) }

// FullPathSlash is FullPath with a slash put at the end of the path if there is none. Django:
// get_full_path(force_append_slash=True).
func (r *Request) FullPathSlash() string { return r.fullPath(r.Path(), true) }

func (r *Request) fullPath(p string, slash bool) string {
	full := EscapeURIPath(p)
	if slash && !strings.HasSuffix(full, "/") {
		full += "/"
	}
	if r.URL.RawQuery != "" {
		full += "?" + IRIToURI(r.URL.RawQuery)
	}
	return full
}

// AbsoluteURL makes a whole URL from a location, which is taken relative to the request's path: "?page=2", "/about/",
// "//cdn.example/x". An empty location is the request's own URL. The error is Host's. Django: build_absolute_uri.
func (r *Request) AbsoluteURL(location string) (string, error) {
	if location == "" {
		location = "//" + r.FullPath()
	} else if urlScheme(location) != "" && strings.Contains(location, "//") {
		return IRIToURI(location), nil
	}
	host, err := r.Host()
	if err != nil {
		return "", err
	}
	base := r.Scheme() + "://" + host

	if rooted := strings.HasPrefix(location, "/") && !strings.HasPrefix(location, "//"); rooted || strings.HasPrefix(location, "///") {
		p := location
		if !rooted {
			p = location[2:]
		}
		if !strings.Contains(p, "/./") && !strings.Contains(p, "/../") {
			return IRIToURI(base + p), nil
		}
	}
	return IRIToURI(joinURL(base+EscapeURIPath(r.Path()), location)), nil
}

// joinURL resolves ref against base; what net/url cannot read is put behind base's directory.
func joinURL(base, ref string) string {
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := url.Parse(IRIToURI(ref))
	if err != nil {
		return b.Scheme + "://" + b.Host + path.Join(path.Dir(b.Path), "/"+EscapeURIPath(ref))
	}
	return b.ResolveReference(u).String()
}

// escapeBroken percent-encodes the bytes of s that are not UTF-8. Django: repercent_broken_unicode.
func escapeBroken(s string) string {
	b := make([]byte, 0, len(s)+8)
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			b = append(b, '%', upperHex[s[0]>>4], upperHex[s[0]&15])
		} else {
			b = append(b, s[:n]...)
		}
		s = s[n:]
	}
	return string(b)
}
