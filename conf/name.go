package conf

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// VarName turns a field's name into a variable's: "SecureHSTSSeconds" into "SECURE_HSTS_SECONDS".
func VarName(field string) string {
	var b strings.Builder
	rs := []rune(field)
	for i, r := range rs {
		if i > 0 && startsWord(rs, i) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// startsWord says whether a new word begins at i: a capital after a small letter or digit, the last capital of a run
// that goes on in small letters (but not in the plural s of an initialism: URLs), a digit after a letter.
func startsWord(rs []rune, i int) bool {
	r, prev := rs[i], rs[i-1]
	switch {
	case inNumeronym(rs, i):
		return false
	case unicode.IsDigit(r):
		return !unicode.IsDigit(prev)
	case !unicode.IsUpper(r):
		return false
	case !unicode.IsUpper(prev):
		return true
	}
	plural := i+1 < len(rs) && rs[i+1] == 's' && (i+2 == len(rs) || !unicode.IsLower(rs[i+2]))
	return i+1 < len(rs) && unicode.IsLower(rs[i+1]) && !plural
}

// inNumeronym says whether i is behind the first letter of a word such as I18N: a capital, digits, and a capital that
// begins no word of its own.
func inNumeronym(rs []rune, i int) bool {
	first := i - 1
	for first > 0 && unicode.IsDigit(rs[first]) {
		first--
	}
	last := i
	for last < len(rs) && unicode.IsDigit(rs[last]) {
		last++
	}
	return last < len(rs) && last-first > 1 && unicode.IsUpper(rs[first]) && unicode.IsUpper(rs[last]) &&
		(first == 0 || !unicode.IsUpper(rs[first-1])) && (last+1 == len(rs) || !unicode.IsLower(rs[last+1]))
}

// secretNames is Django's hidden_settings expression.
var secretNames = regexp.MustCompile(`(?i)API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE`)

// Stars stand for a secret value.
const Stars = "********************"

// IsSecret says whether the name of a setting tells that its value is secret.
func IsSecret(name string) bool { return secretNames.MatchString(name) }

// Mask hides the value of a setting with a secret name, and the password in a URL. An empty value stays empty, so that one
// sees that it is missing.
func Mask(name, value string) string {
	if value == "" {
		return ""
	}
	if IsSecret(name) {
		return Stars
	}
	if strings.Contains(value, "://") {
		u, err := url.Parse(value)
		switch {
		case err != nil && strings.Contains(value, "@"):
			return Stars
		case err == nil && u.User != nil:
			if _, has := u.User.Password(); has {
				scheme, rest, _ := strings.Cut(value, "://")
				userinfo, host, ok := strings.Cut(rest, "@")
				if last := strings.LastIndexByte(rest[:max(0, authorityEnd(rest))], '@'); last >= 0 {
					userinfo, host, ok = rest[:last], rest[last+1:], true
				}
				user, _, _ := strings.Cut(userinfo, ":")
				if ok {
					return scheme + "://" + user + ":" + Stars + "@" + host
				}
			}
		}
	}
	return value
}

func authorityEnd(rest string) int {
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return i
	}
	return len(rest)
}
