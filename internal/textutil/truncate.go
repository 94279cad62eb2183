package textutil

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

func unescape(s string) string { return html.UnescapeString(s) }

func addEnding(s, ending string) string {
	if strings.HasSuffix(s, ending) && ending != "…" {
		return s
	}
	return s + ending
}

func isCombining(r rune) bool {
	return r >= 0x300 && unicode.Is(unicode.Mn, r) && norm.NFC.PropertiesString(string(r)).CCC() != 0
}

// TruncateChars cuts s to length characters, the ellipsis included.
func TruncateChars(s string, length int) string {
	if length <= 0 {
		return ""
	}
	if isASCII(s[:min(len(s), length+1)]) { // nothing to compose, nor to combine, where the cut may be
		if len(s) <= length {
			return s
		}
		return s[:length-1] + "…"
	}
	s = norm.NFC.String(s)
	cutAt, end, n := length-1, -1, 0
	for i, r := range s {
		if isCombining(r) {
			continue
		}
		n++
		if end < 0 && n > cutAt {
			end = i
		}
		if n > length {
			return addEnding(s[:end], "…")
		}
	}
	return s
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// TruncateWords cuts s to length words, and joins them by single spaces.
func TruncateWords(s string, length int, ending string) string {
	if length <= 0 {
		return ""
	}
	// Most texts are longer than what is kept: only the words that are needed are looked at.
	var out strings.Builder
	out.Grow(min(len(s), 8*min(length, len(s))) + len(ending))
	for n := 0; ; n++ {
		s = s[spaceEnd(s):]
		if s == "" {
			return out.String()
		}
		if n == length {
			if !strings.HasSuffix(out.String(), ending) || ending == "…" {
				out.WriteString(ending)
			}
			return out.String()
		}
		if n > 0 {
			out.WriteByte(' ')
		}
		end := wordEnd(s)
		out.WriteString(s[:end])
		s = s[end:]
	}
}

// spaceEnd returns where the white space at the start of s ends.
func spaceEnd(s string) int {
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if !pyfmt.IsSpace(r) {
			return i
		}
		i += size
	}
	return len(s)
}

// wordEnd returns where the word at the start of s ends.
func wordEnd(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c <= ' ' && pyfmt.IsSpace(rune(c)) {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if pyfmt.IsSpace(r) {
			return i
		}
		i += size
	}
	return len(s)
}

// TruncateCharsHTML cuts the text of HTML to length characters, the ellipsis included, and closes open tags.
func TruncateCharsHTML(s string, length int) string {
	if length <= 0 {
		return ""
	}
	s = norm.NFC.String(s)
	total := utf8.RuneCountInString(s)
	remaining, seen := length-1, 0
	return truncateHTML(s, func(text string, written int) (string, bool) {
		n := utf8.RuneCountInString(text)
		seen += n
		if seen == length && written+n == total {
			return text, true
		}
		if remaining < n {
			out := Escape(string([]rune(text)[:remaining]))
			remaining = 0
			return addEnding(out, "…"), true
		}
		remaining -= n
		return Escape(text), false
	})
}

// TruncateWordsHTML cuts the text of HTML to length words, and closes open tags.
func TruncateWordsHTML(s string, length int, ending string) string {
	if length <= 0 {
		return ""
	}
	return truncateHTML(s, func(text string, _ int) (string, bool) {
		words := splitInner(text)
		if len(words) > length {
			out := Escape(strings.Join(words[:length], " "))
			length = 0
			return addEnding(out, ending), true
		}
		length -= len(words)
		return Escape(strings.Join(words, " ")), false
	})
}

// splitInner cuts at white space between words; that at the ends stays.
func splitInner(s string) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !pyfmt.IsSpace(r) {
			i += size
			continue
		}
		rest := strings.TrimLeftFunc(s[i:], pyfmt.IsSpace)
		end := len(s) - len(rest)
		if i > 0 && rest != "" {
			out = append(out, s[start:i])
			start = end
		}
		i = end
	}
	return append(out, s[start:])
}
