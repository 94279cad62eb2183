package urls

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// token is a piece of a route: literal text, or a placeholder when conv is set.
type token struct {
	text string // the literal, or the placeholder's name
	conv *Converter
}

// parseRoute splits a route into its pieces. Django 6.1 django/urls/resolvers.py _route_to_regex: a placeholder is
// <name> or <converter:name>; what does not look like one is literal text.
func parseRoute(route string, converters func(name string) *Converter) ([]token, error) {
	var tokens []token
	literal := ""
	for rest := route; rest != ""; {
		open := strings.IndexByte(rest, '<')
		if open < 0 {
			literal += rest
			break
		}
		end := strings.IndexByte(rest[open:], '>')
		if end < 0 {
			literal += rest
			break
		}
		inside := rest[open+1 : open+end]
		if inside == "" { // "<>" is text, unless a later '>' closes a name that begins with... nothing can
			literal += rest[:open+2]
			rest = rest[open+2:]
			continue
		}
		literal += rest[:open]
		rest = rest[open+end+1:]

		if strings.ContainsAny(inside, " \t\n\r\v\f") {
			return nil, configError("URL route %s cannot contain whitespace in angle brackets <…>.", pyfmt.Quote(route))
		}
		convName, name := "str", inside
		if before, after, ok := strings.Cut(inside, ":"); ok && before != "" && after != "" {
			convName, name = before, after
		}
		if !isIdentifier(name) {
			return nil, configError("URL route %s uses parameter name %s which isn't a valid Python identifier.", pyfmt.Quote(route), pyfmt.Quote(name))
		}
		conv := converters(convName)
		if conv == nil {
			return nil, configError("URL route %s uses invalid converter %s.", pyfmt.Quote(route), pyfmt.Quote(convName))
		}
		if literal != "" {
			tokens = append(tokens, token{text: literal})
			literal = ""
		}
		tokens = append(tokens, token{text: name, conv: conv})
	}
	if literal != "" {
		tokens = append(tokens, token{text: literal})
	}
	return tokens, nil
}

// isIdentifier is Python's str.isidentifier.
func isIdentifier(name string) bool {
	for i, r := range name {
		switch {
		case r == '_' || unicode.In(r, unicode.L, unicode.Nl, unicode.Other_ID_Start):
		case i > 0 && unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc, unicode.Other_ID_Continue):
		default:
			return false
		}
	}
	return name != "" && utf8.ValidString(name)
}

// routeRegex is the regular expression that Django makes of the route. It shows in messages, and reversing joins these.
func routeRegex(tokens []token, endpoint bool) string {
	var b strings.Builder
	b.WriteByte('^')
	for _, t := range tokens {
		if t.conv == nil {
			b.WriteString(escapeRegex(t.text))
			continue
		}
		fmt.Fprintf(&b, "(?P<%s>%s)", t.text, t.conv.regex)
	}
	if endpoint {
		b.WriteString(`\Z`)
	}
	return b.String()
}

// escapeRegex is Python's re.escape.
func escapeRegex(text string) string {
	const special = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"
	if !strings.ContainsAny(text, special) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(special, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
