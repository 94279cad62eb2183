package dialect

import (
	"strings"
	"unicode/utf8"
)

// PythonJSON rewrites JSON without spaces as Python's json.dumps writes it, which is what Django stores in columns of text
// and compares them by: a space after commas and colons, and ASCII only.
func PythonJSON(s string) string { return rewriteJSON(s, true) }

// SpacedJSON is PythonJSON that keeps letters beyond ASCII.
func SpacedJSON(s string) string { return rewriteJSON(s, false) }

func rewriteJSON(s string, ascii bool) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == ',' || r == ':' || r >= utf8.RuneSelf && ascii }) {
		return s
	}
	b := make([]byte, 0, len(s)+len(s)/4)
	inside, backslash := false, false
	for i, r := range s {
		switch {
		case r >= 0x10000 && ascii:
			r -= 0x10000
			b = appendEscape(appendEscape(b, 0xd800+(r>>10)), 0xdc00+(r&0x3ff))
		case r >= utf8.RuneSelf && ascii:
			b = appendEscape(b, r)
		case !inside && (r == ',' || r == ':') && i+1 < len(s) && s[i+1] != ' ':
			b = append(b, byte(r), ' ')
		default:
			b = utf8.AppendRune(b, r)
		}
		if r == '"' && !backslash {
			inside = !inside
		}
		backslash = r == '\\' && !backslash
	}
	return string(b)
}

// appendEscape appends a character as JSON's \uXXXX.
func appendEscape(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
