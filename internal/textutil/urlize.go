package textutil

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// URLize are the ways to make links of addresses in text.
type URLize struct {
	// Limit is the most characters of a link's text, 0 for all.
	Limit int
	// Limited says that Limit counts, even if it is 0.
	Limited bool
	// Nofollow adds rel="nofollow".
	Nofollow bool
	// Escape escapes the text; Safe says that it is HTML already.
	Escape, Safe bool
}

const maxURL = 2048

// commonDomain matches the names that are links without http:// or www. before them.
var commonDomain = regexp.MustCompile(`(?is)^` + label + `(?:\.` + label + `)*\.(com|edu|gov|int|mil|net|org)($|/.*)$`)

// label is a part of a domain name.
const label = `[a-z0-9\x{a1}-\x{ffff}](?:[a-z0-9\x{a1}-\x{ffff}-]{0,61}[a-z0-9\x{a1}-\x{ffff}])?`

var simpleURL = regexp.MustCompile(`(?i)^https?://\[?[\pL\pN_]`)

// Links makes links of the web and mail addresses in text.
func (u URLize) Links(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		end := i
		sep := isSplit(text, i)
		for end < len(text) && isSplit(text, end) == sep {
			_, size := utf8.DecodeRuneInString(text[end:])
			end += size
		}
		b.WriteString(u.word(text[i:end]))
		i = end
	}
	return b.String()
}

func isSplit(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r == '<' || r == '>' || r == '"' || r == '\'' || pyfmt.IsSpace(r)
}

func (u URLize) word(word string) string {
	if strings.ContainsAny(word, ".@:") {
		lead, middle, trail := trimPunctuation(word)
		if href, rel := u.address(middle); href != "" {
			shown := middle
			if r := []rune(middle); u.Limited && len(r) > u.Limit {
				shown = string(r[:max(0, u.Limit-1)]) + "…"
			}
			if u.Escape && !u.Safe {
				lead, trail, shown = Escape(lead), Escape(trail), Escape(shown)
			}
			return lead + `<a href="` + Escape(href) + `"` + rel + ">" + shown + "</a>" + trail
		}
	}
	if u.Escape && !u.Safe {
		return Escape(word)
	}
	return word
}

// address returns where a word links to, "" if it is no address.
func (u URLize) address(s string) (href, rel string) {
	if u.Nofollow {
		rel = ` rel="nofollow"`
	}
	short := utf8.RuneCountInString(s) <= maxURL
	switch {
	case short && simpleURL.MatchString(s):
		return SmartURLQuote(html.UnescapeString(s)), rel
	case short && (hasPrefixFold(s, "www.") || !hasPrefixFold(s, "http") && commonDomain.MatchString(s)):
		return SmartURLQuote("http://" + html.UnescapeString(s)), rel
	case !strings.Contains(s, ":") && isEmail(s):
		at := strings.LastIndexByte(s, '@')
		return "mailto:" + Quote(s[:at], "") + "@" + Quote(s[at+1:], ""), ""
	}
	return "", ""
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

const trailingPunctuation = ".,:;!"

// trimPunctuation takes the punctuation around a word off that is not part of an address.
func trimPunctuation(word string) (lead, middle, trail string) {
	middle = strings.TrimLeft(word, "([")
	lead = word[:len(word)-len(middle)]
	// How many more brackets close than open; what is cut off may hold other characters than them, as in Django.
	var unopened [2]int
	for i, pair := range []string{"()", "[]"} {
		unopened[i] = strings.Count(middle, pair[1:]) - strings.Count(middle, pair[:1])
	}
	for trimmed := true; trimmed && middle != ""; {
		trimmed = false
		for i, closing := range []string{")", "]"} {
			if unopened[i] > 0 && strings.HasSuffix(middle, closing) {
				n := lastRunes(middle, unopened[i])
				trail = middle[len(middle)-n:] + trail
				middle = middle[:len(middle)-n]
				trimmed = true
				unopened[i] = 0
			}
		}
		amp := strings.LastIndexByte(middle, '&')
		cut := trailingPunctuation
		if amp >= 0 {
			cut = ".,:!"
		}
		if stripped := strings.TrimRight(middle, cut); stripped != middle {
			trail = middle[len(stripped):] + trail
			middle = stripped
			trimmed = true
		}
		if strings.HasSuffix(middle, ";") {
			entity := middle
			if amp >= 0 {
				entity = middle[amp:]
			}
			if plain := html.UnescapeString(entity); plain == entity || strings.HasSuffix(plain, ";") {
				stripped := strings.TrimRight(middle, trailingPunctuation)
				keep := len(stripped)
				if amp >= 0 && len(middle)-len(strings.TrimRight(middle, ";")) > 1 {
					keep += strings.IndexByte(middle[keep:], ';') + 1
				}
				trail = middle[keep:] + trail
				middle = middle[:keep]
				trimmed = true
			}
		}
	}
	return lead, middle, trail
}

// lastRunes returns the length in bytes of the last n characters of s.
func lastRunes(s string, n int) int {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return len(s) - i
}

var (
	emailUser   = regexp.MustCompile(`(?i)^[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Z]+(\.[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Z]+)*$`)
	emailDomain = regexp.MustCompile(`(?i)^((?:[A-Z0-9](?:[A-Z0-9-]{0,61}[A-Z0-9])?\.)+)(?:[A-Z0-9-]{2,63})$`)
	emailIP     = regexp.MustCompile(`(?i)^\[([A-F0-9:.]+)\]$`)
)

func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || len(s) > 320 {
		return false
	}
	user, domain := s[:at], s[at+1:]
	if !emailUser.MatchString(user) {
		return false
	}
	if emailIP.MatchString(domain) || domain == "localhost" {
		return domain != "localhost"
	}
	ascii := strings.Map(func(r rune) rune { // other letters are allowed in domain names
		if r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsMark(r)) {
			return 'x'
		}
		return r
	}, domain)
	tld := ascii[strings.LastIndexByte(ascii, '.')+1:]
	return emailDomain.MatchString(ascii) && !strings.HasPrefix(tld, "-") && !strings.HasSuffix(tld, "-")
}

const urlDelims = "!$&'()*+,;=:/?#[]@~"

func requote(s string) string { return Quote(Unquote(s), urlDelims) }

// SmartURLQuote quotes a URL's characters that need it, and leaves those that are quoted.
func SmartURLQuote(s string) string {
	scheme, rest, netloc := "", s, ""
	if i := strings.Index(rest, "://"); i > 0 && isScheme(rest[:i]) {
		scheme, rest = strings.ToLower(rest[:i])+":", rest[i+1:]
	} else if i := strings.IndexByte(rest, ':'); i > 0 && isScheme(rest[:i]) {
		scheme, rest = strings.ToLower(rest[:i])+":", rest[i+1:]
	}
	rest, fragment, hasFragment := strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	hasNetloc := strings.HasPrefix(rest, "//")
	if hasNetloc {
		rest = rest[2:]
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			netloc, rest = rest[:i], rest[i:]
		} else {
			netloc, rest = rest, ""
		}
		if strings.Contains(netloc, "[") != strings.Contains(netloc, "]") {
			return requote(s)
		}
	}
	out := scheme
	if hasNetloc {
		out += "//" + requote(netloc)
	}
	out += requote(rest)
	if query != "" {
		if q := requoteQuery(query); q != "" {
			out += "?" + q
		}
	}
	if hasFragment && fragment != "" {
		out += "#" + requote(fragment)
	}
	return out
}

func isScheme(s string) bool {
	if !isLetter(s[0]) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !(r < utf8.RuneSelf && (isLetter(byte(r)) || r >= '0' && r <= '9' || r == '+' || r == '-' || r == '.'))
	}) < 0
}

func requoteQuery(query string) string {
	var parts []string
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		key, val, _ := strings.Cut(pair, "=")
		clean := func(s string) string { return QuotePlus(Unquote(Unquote(strings.ReplaceAll(s, "+", " ")))) }
		parts = append(parts, clean(key)+"="+clean(val))
	}
	return strings.Join(parts, "&")
}
