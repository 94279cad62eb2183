package dialect

import (
	"strings"
	"unicode/utf8"
)

// PythonJSON rewrites JSON without spaces as Python's json.dumps writes it, which is what Django stores in columns of text
// and compares them by: a space after commas and colons, and ASCII only.
func PythonJSON(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == ',' || r == ':' || r >= utf8.RuneSelf }) {
		return s
	}
	const hex = "0123456789abcdef"
	escape := func(b []byte, n rune) []byte {
		return append(b, '\\', 'u', hex[n>>12&15], hex[n>>8&15], hex[n>>4&15], hex[n&15])
	}
	b := make([]byte, 0, len(s)+len(s)/4)
	inside := false
	for i, r := range s {
		switch {
		case r >= 0x10000:
			r -= 0x10000
			b = escape(escape(b, 0xd800+(r>>10)), 0xdc00+(r&0x3ff))
		case r >= utf8.RuneSelf:
			b = escape(b, r)
		case r == '"' && !(inside && escaped(s[:i])):
			inside = !inside
			b = append(b, '"')
		case !inside && (r == ',' || r == ':') && i+1 < len(s) && s[i+1] != ' ':
			b = append(b, byte(r), ' ')
		default:
			b = append(b, byte(r))
		}
	}
	return string(b)
}

// escaped says whether a text ends in a backslash that is not one half of two.
func escaped(s string) bool {
	return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 1
}
