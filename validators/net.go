package validators

import (
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"
)

// Email wants a mail address: a name or a text in quotes, an at sign, and a domain, an IP address in brackets or localhost.
// International domains are allowed. Django: validate_email.
func Email[S ~string](s S) error {
	text := string(s)
	at := strings.LastIndexByte(text, '@')
	if at < 0 || utf8.RuneCountInString(text) > 320 || !mailUser(text[:at]) || !mailDomain(text[at+1:]) {
		return invalid("Enter a valid email address.", s)
	}
	return nil
}

// mailUser says whether the part before the at sign is words with single dots between, or a text in quotes.
func mailUser(user string) bool {
	if inner, ok := strings.CutPrefix(user, `"`); ok {
		inner, ok = strings.CutSuffix(inner, `"`)
		return ok && quotedText(inner)
	}
	for word := range strings.SplitSeq(user, ".") {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool {
			return !isASCIIWord(r) && !strings.ContainsRune("-!#$%&'*+/=?^`{}|~", r)
		}) {
			return false
		}
	}
	return true
}

func quotedText(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' {
			if i++; i == len(s) {
				return false
			}
			if c = s[i]; c < 1 || c == '\n' || c == '\r' || c > 127 {
				return false
			}
			continue
		}
		if c < 1 || c == '\t' || c == '\n' || c == '\r' || c == ' ' || c == '"' || c > 127 {
			return false
		}
	}
	return true
}

func mailDomain(domain string) bool {
	if domain == "localhost" || hostName(domain, false) {
		return true
	}
	inner, ok := strings.CutPrefix(domain, "[")
	if !ok {
		return false
	}
	inner, ok = strings.CutSuffix(inner, "]")
	return ok && !strings.Contains(inner, "%") && IP(inner) == nil
}

// DomainName wants the name of a domain with at least one dot, which may end in one. International names are allowed.
// Django: DomainNameValidator.
func DomainName[S ~string](s S) error {
	if utf8.RuneCountInString(string(s)) > 255 || !hostName(string(s), true) {
		return invalid("Enter a valid domain name.", s)
	}
	return nil
}

// hostName says whether a text is labels with dots between. The last is of letters, or punycode; root allows a dot at the
// end.
func hostName(name string, root bool) bool {
	if root {
		name = strings.TrimSuffix(name, ".")
	}
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		n := utf8.RuneCountInString(label)
		if n == 0 || n > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, func(r rune) bool {
			return r == '_' || !isASCIIWord(r) && r != '-' && !isInternational(r)
		}) {
			return false
		}
	}
	last := labels[len(labels)-1]
	if code := strings.ToLower(last); strings.HasPrefix(code, "xn--") && len(code) > 4 && strings.Trim(code[4:], "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
		return true
	}
	return !strings.ContainsAny(last, "0123456789") && len(last) > 1
}

// isInternational says that names of hosts may hold the character: beyond ASCII and its controls, as punycode.
func isInternational(r rune) bool { return r >= 0xa1 && r != utf8.RuneError }

// URL wants a whole address with the scheme http, https, ftp or ftps. Django: URLValidator.
func URL[S ~string](s S) error { return URLOf[S]("http", "https", "ftp", "ftps")(s) }

// URLOf is URL with other schemes. Django: URLValidator(schemes=…).
func URLOf[S ~string](schemes ...string) func(S) error {
	return func(s S) error {
		if !isURL(string(s), schemes) {
			return invalid("Enter a valid URL.", s)
		}
		return nil
	}
}

func isURL(text string, schemes []string) bool {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || utf8.RuneCountInString(text) > 2048 || strings.ContainsFunc(rest, isSpace) || !slices.Contains(schemes, strings.ToLower(scheme)) {
		return false
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	user, host, ok := strings.Cut(authority, "@")
	if !ok {
		user, host = "", authority
	} else if name, password, _ := strings.Cut(user, ":"); name == "" || strings.Contains(password, ":") {
		return false
	}
	host, ok = withoutPort(host)
	if !ok {
		return false
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && !strings.Contains(inner, "%") && IPv6(inner) == nil
	}
	if utf8.RuneCountInString(host) > 253 {
		return false
	}
	return strings.EqualFold(host, "localhost") || IPv4(host) == nil || hostName(host, true)
}

// withoutPort takes a port of one to five digits off a host.
func withoutPort(host string) (string, bool) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.HasSuffix(host, "]") {
		return host, true
	}
	port := host[i+1:]
	if port == "" || len(port) > 5 || strings.Trim(port, "0123456789") != "" {
		return host, false
	}
	return host[:i], true
}

// isSpace are the characters that Python's expressions call white space.
func isSpace(r rune) bool {
	switch r {
	case ' ', 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000:
		return true
	}
	return r >= '\t' && r <= '\r' || r >= 0x1c && r <= 0x1f || r >= 0x2000 && r <= 0x200a
}

// IPv4 wants an address of four numbers without leading zeros. Django: validate_ipv4_address.
func IPv4[S ~string](s S) error {
	if a, err := netip.ParseAddr(string(s)); err != nil || !a.Is4() {
		return invalid("Enter a valid IPv4 address.", s)
	}
	return nil
}

// IPv6 wants an address of the newer kind, in any of its spellings. Django: validate_ipv6_address.
func IPv6[S ~string](s S) error {
	a, err := netip.ParseAddr(string(s))
	if err != nil || !a.Is6() || utf8.RuneCountInString(string(s)) > maxIPv6 || strings.ContainsAny(a.Zone(), "%/") {
		return invalid("Enter a valid IPv6 address.", s)
	}
	return nil
}

// maxIPv6 is the longest spelling that is read, as in Django.
const maxIPv6 = 39

// IP wants an address of either kind. Django: validate_ipv46_address.
func IP[S ~string](s S) error {
	if IPv4(s) != nil && IPv6(s) != nil {
		return invalid("Enter a valid IPv4 or IPv6 address.", s)
	}
	return nil
}

// CleanIP is the one spelling of an IP address that Django stores: IPv6 in lower case with the longest run of zeros as ::,
// without a zone. Unpack makes ::ffff:1.2.3.4 the IPv4 address that it stands for. What is no IPv6 address stays as it is.
// Django: clean_ipv6_address.
func CleanIP(s string, unpack bool) string {
	if !strings.Contains(s, ":") {
		return s
	}
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is6() {
		return s
	}
	a = a.WithZone("")
	if unpack {
		a = a.Unmap()
	}
	return a.String()
}
