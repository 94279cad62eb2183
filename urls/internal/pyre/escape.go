package pyre

import (
	"fmt"
	"strconv"
	"unicode"
)

const (
	hexDigits   = "0123456789abcdefABCDEF"
	octalDigits = "01234567"
)

// escape reads an escape outside a character class.
func (p *parser) escape(token []rune, f flags) *node {
	switch token[1] {
	case 'A':
		return &node{op: opAt, at: atStart}
	case 'Z', 'z': // \z is Python 3.14's name for it
		return &node{op: opAt, at: atStop}
	case 'b':
		return &node{op: opAt, at: atBoundary, flags: f}
	case 'B':
		return &node{op: opAt, at: atNoBoundary, flags: f}
	case 'd', 'D', 's', 'S', 'w', 'W':
		return &node{op: opClass, class: &class{items: []classItem{{category: token[1]}}}, flags: f}
	}
	if r, ok := controlEscape(token[1]); ok && token[1] != 'b' {
		return &node{op: opLiteral, r: r, flags: f}
	}
	c := token[1]
	switch {
	case c == '0':
		text := p.getWhile(2, octalDigits)
		n, _ := strconv.ParseInt("0"+text, 8, 32)
		return &node{op: opLiteral, r: rune(n), flags: f}
	case c >= '1' && c <= '9':
		return p.backref(token, f)
	}
	return &node{op: opLiteral, r: p.codeEscape(token), flags: f}
}

// backref reads \1 to \99, or an octal escape of three digits.
func (p *parser) backref(token []rune, f flags) *node {
	text := string(token[1])
	if len(p.next) == 1 && p.next[0] >= '0' && p.next[0] <= '9' {
		text += string(p.get())
		if isOctal(text) && len(p.next) == 1 && isOctal(string(p.next)) {
			text += string(p.get())
			n, _ := strconv.ParseInt(text, 8, 32)
			if n > 0o377 {
				p.fail(`octal escape value \`+text+" outside of range 0-0o377", len(text)+1)
			}
			return &node{op: opLiteral, r: rune(n), flags: f}
		}
	}
	group, _ := strconv.Atoi(text)
	if group >= p.groups {
		p.fail(fmt.Sprintf("invalid group reference %d", group), len(text))
	}
	if p.open[group] {
		p.fail("cannot refer to an open group", len(text)+1)
	}
	p.checkLookbehind(group)
	return &node{op: opBackref, group: group, flags: f}
}

func isOctal(text string) bool {
	for _, r := range text {
		if r < '0' || r > '7' {
			return false
		}
	}
	return true
}

// controlEscape is the character of \a, \b (in a class), \f, \n, \r, \t, \v and \\.
func controlEscape(c rune) (rune, bool) {
	switch c {
	case 'a':
		return '\a', true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'v':
		return '\v', true
	case '\\':
		return '\\', true
	}
	return 0, false
}

// codeEscape reads \x, \u, \U and escaped punctuation.
func (p *parser) codeEscape(token []rune) rune {
	c := token[1]
	size := map[rune]int{'x': 2, 'u': 4, 'U': 8}[c]
	switch {
	case size > 0:
		text := p.getWhile(size, hexDigits)
		if len(text) != size {
			p.fail(`incomplete escape \`+string(c)+text, len(text)+2)
		}
		n, err := strconv.ParseUint(text, 16, 32)
		if err != nil || n > unicode.MaxRune {
			p.fail(`bad escape \`+string(c)+text, len(text)+2)
		}
		return rune(n)
	case c == 'N':
		if !p.accept('{') {
			p.fail("missing {", 0)
		}
		name := p.getUntil('}', "character name")
		p.fail(`named characters (\N{`+name+`}) are not supported: write the character itself`, len([]rune(name))+4)
	case c < 128 && unicode.IsLetter(c) || c >= '0' && c <= '9':
		p.fail(`bad escape \`+string(c), len(token))
	}
	return c
}
