package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Cookie is a cookie to set. Django: the arguments of set_cookie.
type Cookie struct {
	Name, Value string
	// Path is where the cookie counts. Default: "/".
	Path string
	// Domain is the host and its subdomains; empty means this host alone.
	Domain string
	// MaxAge is how long the cookie lives, in whole seconds; a negative one deletes it now. Default: until the browser is
	// closed. It also sets the Expires attribute. Expires is the moment instead; only one of the two may be given.
	MaxAge  time.Duration
	Expires time.Time
	// Secure keeps the cookie on HTTPS, HTTPOnly away from scripts; SameSite is "Lax", "Strict", "None" or empty.
	Secure, HTTPOnly bool
	SameSite         string
	// Partitioned gives each site that embeds this one its own jar (CHIPS). It needs Secure.
	Partitioned bool
}

// SetCookie adds a cookie to the response, in place of an earlier one of the same name. A cookie that cannot be sent (a
// name that is no token, an attribute with a ";") makes the response a 500 that says so.
func (resp *Response) SetCookie(c Cookie) {
	c, err := c.complete(time.Now())
	if err != nil {
		resp.fail(err)
		return
	}
	for i := range resp.cookies {
		if resp.cookies[i].Name == c.Name {
			resp.cookies[i] = c
			return
		}
	}
	resp.cookies = append(resp.cookies, c)
}

// DeleteCookie makes the browser forget a cookie. Path, Domain and SameSite of c must be those it was set with; a name
// that begins with __Secure- or __Host-, or SameSite None, makes it Secure.
func (resp *Response) DeleteCookie(c Cookie) {
	resp.SetCookie(Cookie{
		Name: c.Name, Path: c.Path, Domain: c.Domain, SameSite: c.SameSite,
		Secure: c.Secure || strings.HasPrefix(c.Name, "__Secure-") || strings.HasPrefix(c.Name, "__Host-") || strings.EqualFold(c.SameSite, "none"),
		MaxAge: -1, Expires: time.Unix(0, 0),
	})
}

// Cookies lists the cookies that the response sets. Attributes are complete: Path and, with a MaxAge, Expires.
func (resp *Response) Cookies() []Cookie { return resp.cookies }

// complete fills what follows from the other attributes and checks the rest.
func (c Cookie) complete(now time.Time) (Cookie, error) {
	if c.Path == "" {
		c.Path = "/"
	}
	switch {
	case c.MaxAge < 0:
		c.MaxAge, c.Expires = -1, epochOr(c.Expires, now)
	case c.MaxAge > 0 && !c.Expires.IsZero():
		return c, fmt.Errorf("web: cookie %q has both MaxAge and Expires: set one", c.Name)
	case c.MaxAge > 0:
		c.MaxAge = c.MaxAge.Truncate(time.Second)
		c.Expires = now.Add(c.MaxAge)
	case !c.Expires.IsZero():
		// Django adds a second, so that the date matches exactly (the clock moves on between the two).
		c.MaxAge = (c.Expires.Sub(now) + time.Second).Truncate(time.Second)
		if c.MaxAge <= 0 {
			c.MaxAge = -1
		}
	}
	switch {
	case c.Name == "" || !isToken(c.Name):
		return c, fmt.Errorf("web: cookie name %q is not a token of letters, digits and !#$%%&'*+-.^_`|~: only", c.Name)
	case !cookieAttribute(c.Path), !cookieAttribute(c.Domain):
		return c, fmt.Errorf("web: cookie %q: Path and Domain may not hold control characters or \";\"", c.Name)
	case c.SameSite != "" && !strings.EqualFold(c.SameSite, "lax") && !strings.EqualFold(c.SameSite, "strict") && !strings.EqualFold(c.SameSite, "none"):
		return c, fmt.Errorf("web: cookie %q: SameSite is %q: want Lax, Strict or None", c.Name, c.SameSite)
	}
	return c, nil
}

func epochOr(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t
}

// String is the cookie as the Set-Cookie header has it, with the attribute order and the quoting of Python's
// SimpleCookie. The receiver must come from Response.Cookies or have its Path and Expires filled in.
func (c Cookie) String() string { return string(c.append(nil)) }

func (c Cookie) append(b []byte) []byte {
	b = append(b, c.Name...)
	b = append(b, '=')
	b = appendCookieValue(b, c.Value)
	if c.Domain != "" {
		b = append(append(b, "; Domain="...), c.Domain...)
	}
	if !c.Expires.IsZero() {
		b = append(b, "; expires="...)
		b = c.Expires.UTC().AppendFormat(b, http.TimeFormat)
	}
	if c.HTTPOnly {
		b = append(b, "; HttpOnly"...)
	}
	if c.MaxAge != 0 {
		b = append(b, "; Max-Age="...)
		b = strconv.AppendInt(b, max(0, int64(c.MaxAge/time.Second)), 10)
	}
	if c.Partitioned {
		b = append(b, "; Partitioned"...)
	}
	if c.Path != "" {
		b = append(append(b, "; Path="...), c.Path...)
	}
	if c.SameSite != "" {
		b = append(append(b, "; SameSite="...), c.SameSite...)
	}
	if c.Secure {
		b = append(b, "; Secure"...)
	}
	return b
}

// cookieToken are the characters that need no quotes, cookieQuoted those that stay as they are inside quotes.
const (
	cookieToken  = "!#$%&'*+-.^_`|~:"
	cookieQuoted = cookieToken + " ()/<=>?@[]{}"
)

func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) && (s[i] < '0' || s[i] > '9') && strings.IndexByte(cookieToken, s[i]) < 0 {
			return false
		}
	}
	return true
}

func cookieAttribute(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f || s[i] == ';' {
			return false
		}
	}
	return true
}

// appendCookieValue quotes as Python's http.cookies._quote does: characters of Latin-1 outside the safe ones as three
// octal digits, others as they are.
func appendCookieValue(b []byte, s string) []byte {
	if s != "" && isToken(s) {
		return append(b, s...)
	}
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < utf8.RuneSelf && (isLetter(byte(r)) || '0' <= r && r <= '9' || strings.IndexByte(cookieQuoted, byte(r)) >= 0):
			b = append(b, byte(r))
		case r < 256:
			b = append(b, '\\', '0'+byte(r>>6), '0'+byte(r>>3&7), '0'+byte(r&7))
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

type cookiePair struct{ name, value string }

// Cookie returns the value of a cookie that the browser sent, and whether there is one. Django: COOKIES.
func (r *Request) Cookie(name string) (string, bool) {
	pairs := r.cookiePairs()
	for i := len(pairs) - 1; i >= 0; i-- {
		if pairs[i].name == name {
			return pairs[i].value, true
		}
	}
	return "", false
}

// Cookies returns all cookies that the browser sent; of several with one name, the last.
func (r *Request) Cookies() map[string]string {
	pairs := r.cookiePairs()
	m := make(map[string]string, len(pairs))
	for _, c := range pairs {
		m[c.name] = c.value
	}
	return m
}

func (r *Request) cookiePairs() []cookiePair {
	if r.gotCooks {
		return r.cookies
	}
	r.gotCooks = true
	for _, line := range r.Header["Cookie"] {
		r.cookies = parseCookies(r.cookies, line)
	}
	return r.cookies
}

// ParseCookies reads a Cookie header as Django's parse_cookie does: quotes and octal escapes undone, a piece without "="
// under the name "", of equal names the last.
func ParseCookies(header string) map[string]string {
	m := make(map[string]string)
	for _, c := range parseCookies(nil, header) {
		m[c.name] = c.value
	}
	return m
}

func parseCookies(pairs []cookiePair, header string) []cookiePair {
	if !utf8.ValidString(header) {
		header = decodeUTF8([]byte(header))
	}
	for header != "" {
		var piece string
		piece, header, _ = strings.Cut(header, ";")
		name, value, found := strings.Cut(piece, "=")
		if !found {
			name, value = "", piece
		}
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if name != "" || value != "" {
			pairs = append(pairs, cookiePair{name, unquoteCookie(value)})
		}
	}
	return pairs
}

// unquoteCookie undoes appendCookieValue, and more: any escaped character stands for itself.
func unquoteCookie(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s) || s[i+1] == '\n':
			b = append(b, s[i])
		case i+3 < len(s) && '0' <= s[i+1] && s[i+1] <= '3' && isOctal(s[i+2]) && isOctal(s[i+3]):
			b = utf8.AppendRune(b, rune(s[i+1]-'0')<<6|rune(s[i+2]-'0')<<3|rune(s[i+3]-'0'))
			i += 3
		default:
			i++
			b = append(b, s[i])
		}
	}
	return string(b)
}

func isOctal(c byte) bool { return '0' <= c && c <= '7' }
