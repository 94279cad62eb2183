package web

import (
	"encoding/base64"
	"strings"
)

// encodeWord is s as one encoded word of RFC 2047, in the shorter of the two encodings, as Python's email.header does.
func encodeWord(s string) string {
	q := 0
	for i := 0; i < len(s); i++ {
		if qSafe(s[i]) || s[i] == ' ' {
			q++
		} else {
			q += 3
		}
	}
	if base64.StdEncoding.EncodedLen(len(s)) < q {
		return "=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
	}
	var b strings.Builder
	b.WriteString("=?utf-8?q?")
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('_')
		case qSafe(c):
			b.WriteByte(c)
		default:
			b.WriteByte('=')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
	b.WriteString("?=")
	return b.String()
}

func qSafe(c byte) bool {
	return isLetter(c) || '0' <= c && c <= '9' || strings.IndexByte("-!*+/", c) >= 0
}
