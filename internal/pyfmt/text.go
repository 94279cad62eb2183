package pyfmt

import (
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSpace says whether Python's str.isspace holds for r.
func IsSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1c && r <= 0x1f
	}
	return unicode.IsSpace(r)
}

// TrimSpace is Python's str.strip().
func TrimSpace(s string) string { return strings.TrimFunc(s, IsSpace) }

// Fields is Python's str.split().
func Fields(s string) []string { return strings.FieldsFunc(s, IsSpace) }

func digitValue(r rune) (int, bool) {
	if r < 0x80 {
		return int(r - '0'), r >= '0' && r <= '9'
	}
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	// Decimal digits come in runs of ten that start at a multiple of the run.
	zero := r
	for i := 0; i < 9 && unicode.Is(unicode.Nd, zero-1); i++ {
		zero--
	}
	return int(r-zero) % 10, true
}

// ParseInt reads what Python's int() reads from text.
func ParseInt(s string) (*big.Int, bool) {
	s, ok := digitsOnly(TrimSpace(s))
	if !ok || s == "" || len(s) > 4300 { // Python refuses longer numbers too
		return nil, false
	}
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || digits == "" {
		return nil, false
	}
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return nil, false
		}
	}
	return new(big.Int).SetString(strings.TrimPrefix(s, "+"), 10)
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as Python's repr prints a str.
func AppendQuoted(dst []byte, s string) []byte {
	quote := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		quote = '"'
	}
	dst = append(dst, quote)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == rune(quote) || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == utf8.RuneError && size == 1:
			dst = append(dst, `\udc`...)
			dst = append(dst, hexDigits[s[i]>>4], hexDigits[s[i]&15])
		case r < 0x80 && r >= 0x20 && r != 0x7f, r >= 0x80 && unicode.IsPrint(r):
			dst = append(dst, s[i:i+size]...)
		default:
			dst = appendEscape(dst, r)
		}
		i += size
	}
	return append(dst, quote)
}

func appendEscape(dst []byte, r rune) []byte {
	width, letter := 2, byte('x')
	switch {
	case r > 0xffff:
		width, letter = 8, 'U'
	case r > 0xff:
		width, letter = 4, 'u'
	}
	dst = append(dst, '\\', letter)
	for i := width - 1; i >= 0; i-- {
		dst = append(dst, hexDigits[(r>>(4*i))&15])
	}
	return dst
}

// Quote is AppendQuoted as a string.
func Quote(s string) string { return string(AppendQuoted(nil, s)) }

// AppendBytes appends b as Python's repr prints bytes: b'…'.
func AppendBytes(dst, b []byte) []byte {
	quote := byte('\'')
	if strings.IndexByte(string(b), '\'') >= 0 && strings.IndexByte(string(b), '"') < 0 {
		quote = '"'
	}
	dst = append(dst, 'b', quote)
	for _, c := range b {
		switch {
		case c == quote || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c < 0x20 || c >= 0x7f:
			dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, quote)
}

// Title is Python's str.title(): each run of letters starts with a capital.
func Title(s string) string {
	var b strings.Builder
	inWord := false
	runes := []rune(s)
	for i, r := range runes {
		cased := unicode.In(r, unicode.Upper, unicode.Lower, unicode.Title, unicode.Other_Lowercase, unicode.Other_Uppercase)
		switch {
		case !cased:
			b.WriteRune(r)
		case inWord && r == 'Σ' && finalSigma(runes, i):
			b.WriteRune('ς')
		case inWord:
			b.WriteString(Lower(string(r)))
		default:
			b.WriteString(titleRune(r))
		}
		inWord = cased
	}
	return b.String()
}

// titleRune is a letter at a word's start; of a ligature only the first letter is a capital.
func titleRune(r rune) string {
	if t := unicode.ToTitle(r); t != r || r < utf8.RuneSelf {
		return string(t)
	}
	upper := Upper(string(r))
	_, size := utf8.DecodeRuneInString(upper)
	if r == 'ŉ' || size == len(upper) {
		return upper
	}
	return upper[:size] + Lower(upper[size:])
}

// Capitalize is Python's str.capitalize().
func Capitalize(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return titleRune(r) + Lower(s[size:])
}

// SplitLines is Python's str.splitlines().
func SplitLines(s string) []string {
	var lines []string
	start := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch r {
		case '\n', '\v', '\f', '\r', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
			lines = append(lines, s[start:i])
			if r == '\r' && i+1 < len(s) && s[i+1] == '\n' {
				size = 2
			}
			start = i + size
		}
		i += size
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}
