package textutil

import (
	"strings"
	"unicode/utf8"
)

// AppendEscaped appends s with & < > " ' as HTML entities. Text without them is copied as a whole.
func AppendEscaped(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		entity := entities[s[i]]
		if entity == "" {
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, entity...)
		start = i + 1
	}
	return append(dst, s[start:]...)
}

var entities = [256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#x27;"}

// Escape returns s with & < > " ' as HTML entities.
func Escape(s string) string {
	for i := 0; i < len(s); i++ {
		if entities[s[i]] != "" {
			return string(AppendEscaped(make([]byte, 0, len(s)+16), s))
		}
	}
	return s
}

const hexDigits = "0123456789ABCDEF"

// EscapeJS makes s part of a JavaScript string literal.
func EscapeJS(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x20, strings.ContainsRune(`\'"><&=-;`+"`", r), r == 0x2028, r == 0x2029:
			b.WriteString(`\u`)
			for shift := 12; shift >= 0; shift -= 4 {
				b.WriteByte(hexDigits[(r>>shift)&15])
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Quote is Python's urllib.parse.quote: bytes other than letters, digits, _.-~ and those in safe become %XX.
func Quote(s, safe string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isUnreserved(c) || c < utf8.RuneSelf && strings.IndexByte(safe, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-' || c == '~'
}

// QuotePlus is Python's urllib.parse.quote_plus.
func QuotePlus(s string) string { return strings.ReplaceAll(Quote(s, " "), " ", "+") }

// IRIToURI encodes the characters of an IRI that a URI may not have.
func IRIToURI(s string) string { return Quote(s, "/#%[]=:;$&()+,!?*@'~") }

// Unquote is Python's urllib.parse.unquote: %XX becomes the byte; what is not UTF-8 then becomes U+FFFD.
func Unquote(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi >= 0 && lo >= 0 {
				b = append(b, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
