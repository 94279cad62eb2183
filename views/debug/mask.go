package debug

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Masked stands in a report where a secret was.
const Masked = "********************"

// hiddenNames is the rule by which Django hides settings and request data.
//
// Django 6.1 django/views/debug.py SafeExceptionReporterFilter.hidden_settings.
var hiddenNames = regexp.MustCompile(`(?i)API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE`)

// Mask knows which names hold secrets. The zero value is Django's rule: a name that contains API, AUTH, TOKEN, KEY,
// SECRET, PASS, SIGNATURE or HTTP_COOKIE, in any case.
type Mask struct {
	// Names replaces Django's rule.
	Names *regexp.Regexp
	// Also names more fields, exactly as they are written.
	Also []string
}

// Hides says whether the value that belongs to name must not be shown.
func (m Mask) Hides(name string) bool {
	for _, also := range m.Also {
		if also == "*" || also == name {
			return true
		}
	}
	rule := m.Names
	if rule == nil {
		rule = hiddenNames
	}
	return rule.MatchString(name)
}

// Text returns value, or Masked if name is hidden. A password inside a URL is masked whatever the name.
func (m Mask) Text(name, value string) string {
	if m.Hides(name) {
		return Masked
	}
	return m.inside(value)
}

// inside masks the secrets that a harmless name's value can hold: a password in a URL or in a data source name, a hidden
// query parameter.
func (m Mask) inside(value string) string {
	if strings.Contains(value, "://") {
		return m.URL(value)
	}
	return dsnPassword.ReplaceAllString(value, "${1}"+Masked)
}

// dsnPassword is libpq's and ODBC's way: "host=db user=news password=secret".
var dsnPassword = regexp.MustCompile(`(?i)(\b(?:password|passwd|pwd)\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s;&]+)`)

// Header is Text for an HTTP header, whose name Django knows as HTTP_X_API_KEY.
func (m Mask) Header(name, value string) string {
	if m.Hides("HTTP_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))) || m.Hides(name) {
		return Masked
	}
	if http.CanonicalHeaderKey(name) == "Referer" {
		return m.URL(value)
	}
	return m.inside(value)
}

// Cookie is Text for a cookie. The session and the CSRF secret are masked too, since whoever has them is the visitor.
func (m Mask) Cookie(name, value string) string {
	lower := strings.ToLower(name)
	if strings.Contains(lower, "session") || strings.Contains(lower, "csrf") {
		return Masked
	}
	return m.Text(name, value)
}

// URL masks the values of the hidden query parameters, and a password.
func (m Mask) URL(text string) string {
	text = maskUserinfo(text)
	before, query, found := strings.Cut(text, "?")
	if !found {
		return text
	}
	query, fragment, hasFragment := strings.Cut(query, "#")
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, hasValue := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if hasValue && (err != nil || m.Hides(plain)) {
			pairs[i] = name + "=" + Masked
		}
	}
	text = before + "?" + strings.Join(pairs, "&")
	if hasFragment {
		text += "#" + fragment
	}
	return text
}

var userinfo = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://[^\s/?#:@]*):[^\s/?#]*@`)

// maskUserinfo hides the password in "scheme://user:password@host".
func maskUserinfo(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	return userinfo.ReplaceAllString(text, "$1:"+Masked+"@")
}
