package textutil

import (
	"strings"
	"unicode/utf8"
)

// AppendEscaped appends s with & < > " ' as HTML entities. Text without them is copied as a whole.
func AppendEscaped(dst []byte, s string) []byte {
	for {
		i := nextSpecial(s)
		if i == len(s) {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		switch s[i] {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&quot;"...)
		default:
			dst = append(dst, "&#x27;"...)
		}
		s = s[i+1:]
	}
}

// EscapeFrom escapes what was appended to dst at start and after.
func EscapeFrom(dst []byte, start int) []byte {
	for _, c := range dst[start:] {
		if special[c] != 0 {
			return AppendEscaped(dst[:start], string(dst[start:]))
		}
	}
	return dst
}

// special marks the characters that are escaped.
var special = [256]uint8{'&': 1, '<': 1, '>': 1, '"': 1, '\'': 1}

// nextSpecial returns where the first character that must be escaped is, len(s) if there is none.
func nextSpecial(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 { // eight at once: most text needs no escaping
		w := s[i : i+8]
		if special[w[0]]|special[w[1]]|special[w[2]]|special[w[3]]|special[w[4]]|special[w[5]]|special[w[6]]|special[w[7]] != 0 {
			break
		}
	}
	for ; i < len(s); i++ {
		if special[s[i]] != 0 {
			return i
		}
	}
	return len(s)
}

// Escape returns s with & < > " ' as HTML entities.
func Escape(s string) string {
	if nextSpecial(s) == len(s) {
		return s
	}
	return string(AppendEscaped(make([]byte, 0, len(s)+16), s))
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
