package web

import (
	"net"
	"net/http"
	"strings"
)

// debugHosts are allowed in debug mode when no others are.
var debugHosts = []string{".localhost", "127.0.0.1", "[::1]"}

// Host returns the host that the browser asked for, with its port if it is in the header: "example.com:8000". An unknown
// or malformed host is a 400 (Django: DisallowedHost). Django: get_host. (The header as it came is r.Request.Host.)
func (r *Request) Host() (string, error) {
	host := r.rawHost()
	domain, _, ok := splitHostPort(host)
	if !ok || domain == "" {
		return "", Suspicious("DisallowedHost", "Invalid HTTP_HOST header: %q. The domain name provided is not valid according to RFC 1034/1035.", host)
	}
	allowed := r.config.AllowedHosts
	if len(allowed) == 0 && r.config.Debug {
		allowed = debugHosts
	}
	for _, pattern := range allowed {
		if pattern == "*" || sameDomain(domain, pattern) {
			return host, nil
		}
	}
	return "", Suspicious("DisallowedHost", "Invalid HTTP_HOST header: %q. You may need to add %q to ALLOWED_HOSTS.", host, domain)
}

// Port returns the port that the browser asked for, as far as it is known. Django: get_port.
func (r *Request) Port() string {
	if port := r.forwardedPort(); port != "" {
		return port
	}
	if r.Request.Host != "" {
		if _, port, ok := splitHostPort(r.rawHost()); ok && port != "" {
			return port
		}
	} else if _, port, err := net.SplitHostPort(r.localAddr()); err == nil {
		return port
	}
	return r.defaultPort()
}

func (r *Request) defaultPort() string {
	if r.IsSecure() {
		return "443"
	}
	return "80"
}

// forwardedPort is the port that a proxy names, where the site believes it.
func (r *Request) forwardedPort() string {
	if f := r.forwarded(); f != nil && f.port != "" {
		return f.port
	}
	if r.config.UseForwardedPort && r.believes() {
		if port := r.HeaderValue("X-Forwarded-Port"); digits(port) {
			return port
		}
	}
	return ""
}

func (r *Request) rawHost() string {
	if f := r.forwarded(); f != nil && f.host != "" {
		return f.host
	}
	if r.config.UseForwardedHost && r.believes() {
		if host := r.HeaderValue("X-Forwarded-Host"); host != "" {
			return host
		}
	}
	if r.Request.Host != "" {
		return r.Request.Host
	}
	host, _, err := net.SplitHostPort(r.localAddr()) // a request of HTTP/1.0
	if err != nil {
		return ""
	}
	if strings.IndexByte(host, ':') >= 0 {
		host = "[" + host + "]"
	}
	if port := r.Port(); port != r.defaultPort() {
		host += ":" + port
	}
	return host
}

// localAddr is the address of the socket that the request came in on.
func (r *Request) localAddr() string {
	if addr, ok := r.Request.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return addr.String()
	}
	return ""
}

// IsSecure says whether the visitor came over HTTPS.
func (r *Request) IsSecure() bool { return r.Scheme() == "https" }

// Scheme is "https" or "http".
func (r *Request) Scheme() string {
	if f := r.forwarded(); f != nil && f.proto != "" {
		return f.proto
	}
	if name := r.config.SecureProxyHeader; name != "" && r.believes() {
		if values := r.Header.Values(name); len(values) > 0 {
			first, _, _ := strings.Cut(values[0], ",")
			if strings.TrimSpace(first) == r.config.SecureProxyValue {
				return "https"
			}
			return "http"
		}
	}
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// splitHostPort takes a host apart as Django's split_domain_port does: a name of letters, digits, dots and hyphens or an
// address in brackets, then perhaps a port. The domain comes back in lower case without its last dot.
func splitHostPort(host string) (domain, port string, ok bool) {
	name := host
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		name, port = host[:i], host[i+1:]
		if port == "" || !digits(port) {
			return "", "", false
		}
	}
	if strings.HasPrefix(name, "[") {
		if !bracketedAddress(name) {
			return "", "", false
		}
	} else {
		for i := 0; i < len(name); i++ {
			if c := name[i]; !isLetter(c) && (c < '0' || c > '9') && c != '.' && c != '-' {
				return "", "", false
			}
		}
	}
	return strings.TrimSuffix(strings.ToLower(name), "."), port, true
}

// bracketedAddress matches \[[a-f0-9]*:[a-f0-9.:]+\].
func bracketedAddress(s string) bool {
	if len(s) < 4 || s[len(s)-1] != ']' {
		return false
	}
	s = s[1 : len(s)-1]
	head, rest, found := strings.Cut(s, ":")
	if !found || rest == "" {
		return false
	}
	for i := 0; i < len(head); i++ {
		if !isHex(head[i]) {
			return false
		}
	}
	for i := 0; i < len(rest); i++ {
		if c := rest[i]; !isHex(c) && c != '.' && c != ':' {
			return false
		}
	}
	return true
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// sameDomain says whether a host in lower case matches a pattern: the same name, or ".example.com" for the domain and
// what is below it. Django: is_same_domain.
func sameDomain(host, pattern string) bool {
	if pattern == "" {
		return false
	}
	if pattern[0] != '.' {
		return strings.EqualFold(host, pattern)
	}
	if strings.EqualFold(host, pattern[1:]) {
		return true
	}
	n := len(host) - len(pattern)
	return n >= 0 && strings.EqualFold(host[n:], pattern)
}
