package pyfmt

import (
	"strings"
	"unicode"
)

// The letters whose capitals are more than one letter.
const special = "ßŉǰΐΰևẖẗẘẙẚﬀﬁﬂﬃﬄﬅﬆﬓﬔﬕﬖﬗ"

var upperOf = strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ΐ", "Ϊ́", "ΰ", "Ϋ́", "և", "ԵՒ", "ẖ", "H̱", "ẗ", "T̈",
	"ẘ", "W̊", "ẙ", "Y̊", "ẚ", "Aʾ", "ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST",
	"ﬓ", "ՄՆ", "ﬔ", "ՄԵ", "ﬕ", "ՄԻ", "ﬖ", "ՎՆ", "ﬗ", "ՄԽ")

// Upper is Python's str.upper(): ß becomes SS.
func Upper(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			if strings.ContainsAny(s, special) {
				s = upperOf.Replace(s)
			}
			break
		}
	}
	return strings.ToUpper(s)
}

// Lower is Python's str.lower(): İ becomes i with a dot, a capital sigma at a word's end a final sigma.
func Lower(s string) string {
	if !strings.ContainsAny(s, "İΣ") {
		return strings.ToLower(s)
	}
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case r == 'İ':
			b.WriteString("i̇")
		case r == 'Σ' && finalSigma(runes, i):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func finalSigma(runes []rune, i int) bool {
	before, after := false, false
	for j := i - 1; j >= 0; j-- {
		if ignorable(runes[j]) {
			continue
		}
		before = unicode.IsLetter(runes[j])
		break
	}
	for j := i + 1; j < len(runes); j++ {
		if ignorable(runes[j]) {
			continue
		}
		after = unicode.IsLetter(runes[j])
		break
	}
	return before && !after
}

func ignorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || r == '\'' || r == '.' || r == ':' || r == '’' || r == '·'
}
