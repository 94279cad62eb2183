package serializers

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// yamlWidth is the column from which on texts go on in the next line.
const yamlWidth = 80

// yamlOther finds plain texts that YAML 1.1 reads as something else than a text.
var yamlOther = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF`,
	`~|null|Null|NULL|<<|=|`,
	`[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+`,
	`[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)`,
	`[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?`,
}, "|") + `)$`)

// mayBeOther says by the first character that a plain text needs a look at yamlOther.
func mayBeOther(s string) bool {
	return s == "" || strings.IndexByte("yYnNtTfFoO~<=-+.0123456789", s[0]) >= 0
}

// scalarFacts say in which styles a text may be written.
type scalarFacts struct {
	plain, single, multiline bool
}

func isYAMLBreak(r rune) bool { return r == '\n' || r == '\u0085' || r == '\u2028' || r == '\u2029' }

func isYAMLSpace(r rune) bool {
	return r == 0 || r == ' ' || r == '\t' || r == '\r' || isYAMLBreak(r)
}

// yamlPrintable says that a character may stand in a text that has no escapes.
func yamlPrintable(r rune) bool {
	return r == '\n' || r >= 0x20 && r <= 0x7e ||
		r != '\ufeff' && (r == '\u0085' || r >= 0xa0 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd)
}

// analyze looks at a text as PyYAML's analyze_scalar does, for block context and unicode output.
func analyze(text []rune) scalarFacts {
	if len(text) == 0 {
		return scalarFacts{plain: true, single: true}
	}
	f := scalarFacts{plain: true, single: true}
	if s := string(text[:min(3, len(text))]); s == "---" || s == "..." {
		f.plain = false
	}
	afterSpace, wasSpace, wasBreak := true, false, false
	for i, r := range text {
		last := i == len(text)-1
		beforeSpace := last || isYAMLSpace(text[i+1])
		switch {
		case i == 0 && strings.ContainsRune("#,[]{}&*!|>'\"%@`", r), i == 0 && strings.ContainsRune("?-", r) && beforeSpace,
			r == ':' && beforeSpace, r == '#' && afterSpace:
			f.plain = false
		}
		if !yamlPrintable(r) {
			f.plain, f.single = false, false
		}
		switch {
		case r == ' ':
			if i == 0 || last {
				f.plain = false
			}
			if wasBreak {
				f.plain, f.single = false, false
			}
			wasSpace, wasBreak = true, false
		case isYAMLBreak(r):
			f.plain, f.multiline = false, true
			if wasSpace {
				f.single = false
			}
			wasSpace, wasBreak = false, true
		default:
			wasSpace, wasBreak = false, false
		}
		afterSpace = isYAMLSpace(r)
	}
	return f
}

// simpleKey says that a text can stand before a colon.
func simpleKey(s string) bool {
	return s != "" && utf8.RuneCountInString(s) < 128 && !strings.ContainsAny(s, "\n\u0085\u2028\u2029")
}

// scalar writes a text in the simplest style that keeps it, its further lines indented. A key is not broken into lines.
func (y *yamlWriter) scalar(s string, indent int, key bool) {
	text := []rune(strings.ToValidUTF8(s, "\ufffd"))
	f := analyze(text)
	if !y.fresh || y.column > 0 && y.b[len(y.b)-1] != ' ' {
		y.raw(" ", 1)
	}
	switch {
	case f.plain && !(mayBeOther(s) && yamlOther.MatchString(s)):
		y.plain(text, indent, !key)
	case f.single && !(key && f.multiline):
		y.single(text, indent, !key)
	default:
		y.double(text, indent, !key)
	}
}

// runes writes a part of a text.
func (y *yamlWriter) runes(part []rune) {
	for _, r := range part {
		y.b = utf8.AppendRune(y.b, r)
	}
	y.column += len(part)
	y.fresh = false
}

// fold goes to the next line of a text.
func (y *yamlWriter) fold(indent int) {
	y.fresh = false
	y.line(indent)
	y.fresh = false
}

// plain writes a text without quotes. A single blank beyond the width becomes a line break.
func (y *yamlWriter) plain(text []rune, indent int, split bool) {
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && (text[end] == ' ') == (text[start] == ' ') {
			end++
		}
		if text[start] == ' ' && end == start+1 && y.column > yamlWidth && split {
			y.fold(indent)
		} else {
			y.runes(text[start:end])
		}
		start = end
	}
}

// single writes a text in single quotes. Line breaks become empty lines.
func (y *yamlWriter) single(text []rune, indent int, split bool) {
	y.raw("'", 1)
	kind := func(r rune) int {
		switch {
		case r == ' ':
			return 1
		case isYAMLBreak(r):
			return 2
		}
		return 0
	}
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && kind(text[end]) == kind(text[start]) {
			end++
		}
		part := text[start:end]
		switch kind(part[0]) {
		case 1:
			if len(part) == 1 && y.column > yamlWidth && split && start > 0 && end < len(text) {
				y.fold(indent)
			} else {
				y.runes(part)
			}
		case 2:
			if part[0] == '\n' {
				y.b = append(y.b, '\n')
			}
			for _, r := range part {
				y.b = utf8.AppendRune(y.b, r)
			}
			y.column, y.fresh = 0, true
			y.line(indent)
			y.fresh = false
		default:
			for _, r := range part {
				if r == '\'' {
					y.raw("''", 2)
				} else {
					y.runes([]rune{r})
				}
			}
		}
		start = end
	}
	y.raw("'", 1)
}

var yamlEscapes = map[rune]string{
	0: `\0`, '\a': `\a`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\v': `\v`, '\f': `\f`, '\r': `\r`, 0x1b: `\e`, '"': `\"`, '\\': `\\`,
	'\u0085': `\N`, '\u2028': `\L`, '\u2029': `\P`,
}

// escapeYAML is the escape of a character in double quotes, or "".
func escapeYAML(r rune) string {
	if esc := yamlEscapes[r]; esc != "" {
		return esc
	}
	switch {
	case r >= 0x20 && r <= 0x7e || r != '\ufeff' && (r >= 0xa0 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd):
		return ""
	case r <= 0xff:
		return fmt.Sprintf(`\x%02X`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return fmt.Sprintf(`\U%08X`, r)
}

// double writes a text in double quotes, with escapes. A line break that is none of the text follows a backslash.
func (y *yamlWriter) double(text []rune, indent int, split bool) {
	y.raw(`"`, 1)
	start := 0
	for end := 0; end <= len(text); end++ {
		if end == len(text) || escapeYAML(text[end]) != "" {
			if start < end {
				y.runes(text[start:end])
				start = end
			}
			if end < len(text) {
				esc := escapeYAML(text[end])
				y.raw(esc, len(esc))
				start = end + 1
			}
		}
		if split && 0 < end && end < len(text)-1 && (text[end] == ' ' || start >= end) && y.column+(end-start) > yamlWidth {
			if start < end {
				y.runes(text[start:end])
				start = end
			}
			y.raw(`\`, 1)
			y.fold(indent)
			if text[start] == ' ' {
				y.raw(`\`, 1)
			}
		}
	}
	y.raw(`"`, 1)
}
