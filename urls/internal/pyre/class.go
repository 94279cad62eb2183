package pyre

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// class is a set of characters in square brackets, or one of \d \s \w and their complements.
type class struct {
	items  []classItem
	negate bool
}

// classItem is a range, or a category if that is set.
type classItem struct {
	lo, hi   rune
	category rune // d D s S w W
}

// charClass reads what follows a '['.
func (p *parser) charClass(here int, f flags) *node {
	c := &class{negate: p.accept('^')}
	unterminated := func() { p.fail("unterminated character set", p.tell()-here) }
	for {
		token := p.get()
		if token == nil {
			unterminated()
		}
		if len(token) == 1 && token[0] == ']' && len(c.items) > 0 {
			break
		}
		item := p.classItem(token)
		if !p.accept('-') {
			c.items = append(c.items, item)
			continue
		}
		that := p.get()
		if that == nil {
			unterminated()
		}
		if len(that) == 1 && that[0] == ']' {
			c.items = append(c.items, item, classItem{lo: '-', hi: '-'})
			break
		}
		end := p.classItem(that)
		if item.category != 0 || end.category != 0 || end.lo < item.lo {
			p.fail("bad character range "+string(token)+"-"+string(that), len(token)+1+len(that))
		}
		c.items = append(c.items, classItem{lo: item.lo, hi: end.lo})
	}
	return &node{op: opClass, class: c, flags: f}
}

func (p *parser) classItem(token []rune) classItem {
	if token[0] != '\\' {
		return classItem{lo: token[0], hi: token[0]}
	}
	c := token[1]
	if strings.ContainsRune("dDsSwW", c) {
		return classItem{category: c}
	}
	if r, ok := controlEscape(c); ok {
		return classItem{lo: r, hi: r}
	}
	if c >= '0' && c <= '7' {
		text := string(c) + p.getWhile(2, octalDigits)
		n := rune(0)
		for _, d := range text {
			n = n*8 + d - '0'
		}
		if n > 0o377 {
			p.fail(`octal escape value \`+text+" outside of range 0-0o377", len(text)+1)
		}
		return classItem{lo: n, hi: n}
	}
	r := p.codeEscape(token)
	return classItem{lo: r, hi: r}
}

// write writes the class in the syntax that package regexp and regexp2 share: brackets, ranges and \p{…}.
func (c *class) write(b *strings.Builder, f flags) {
	negate := c.negate
	if len(c.items) == 1 && strings.ContainsRune("DSW", c.items[0].category) {
		c = &class{items: []classItem{{category: unicode.ToLower(c.items[0].category)}}}
		negate = !negate
	}
	b.WriteByte('[')
	if negate {
		b.WriteByte('^')
	}
	for _, item := range c.items {
		switch {
		case item.category == 0:
			writeRange(b, item.lo, item.hi)
		case f&ascii == 0 && item.category == 'd':
			b.WriteString(`\p{Nd}`)
		case f&ascii == 0 && item.category == 'w':
			b.WriteString(`\p{L}\p{N}_`)
		default:
			for ranges := categoryRanges(item.category, f&ascii != 0); len(ranges) > 0; ranges = ranges[2:] {
				writeRange(b, ranges[0], ranges[1])
			}
		}
	}
	b.WriteByte(']')
}

func writeRange(b *strings.Builder, lo, hi rune) {
	// Surrogates are no characters of a Go string.
	if lo >= 0xD800 && lo <= 0xDFFF {
		lo = 0xE000
	}
	if hi >= 0xD800 && hi <= 0xDFFF {
		hi = 0xD7FF
	}
	if lo > hi {
		return
	}
	writeRune(b, lo)
	if hi > lo {
		b.WriteByte('-')
		writeRune(b, hi)
	}
}

// writeRune writes a character as itself or, if it could mean something, by its number.
func writeRune(b *strings.Builder, r rune) {
	switch {
	case r >= 128 || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '/':
		b.WriteRune(r)
	default:
		const hex = "0123456789abcdef"
		b.WriteString(`\x`)
		b.WriteByte(hex[r>>4])
		b.WriteByte(hex[r&15])
	}
}

// categoryRanges are the characters of a category, as pairs.
func categoryRanges(category rune, ascii bool) []rune {
	set := categories()
	if ascii {
		set = asciiCategories()
	}
	ranges := set[unicode.ToLower(category)]
	if unicode.IsUpper(category) {
		return complement(ranges)
	}
	return ranges
}

func asciiCategories() map[rune][]rune {
	return map[rune][]rune{
		'd': {'0', '9'},
		's': {'\t', '\r', ' ', ' '},
		'w': {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'},
	}
}

// categories are \d, \s and \w of a str pattern: str.isdecimal, str.isspace, str.isalnum and the underscore.
var categories = sync.OnceValue(func() map[rune][]rune {
	return map[rune][]rune{
		'd': tableRanges(unicode.Nd),
		's': {'\t', '\r', 0x1c, ' ', 0x85, 0x85, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000},
		'w': tableRanges(unicode.L, unicode.N, &unicode.RangeTable{R16: []unicode.Range16{{Lo: '_', Hi: '_', Stride: 1}}}),
	}
})

// tableRanges are the characters of Unicode tables, as sorted pairs.
func tableRanges(tables ...*unicode.RangeTable) []rune {
	var pairs [][2]rune
	for _, t := range tables {
		for _, r := range t.R16 {
			for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
				pairs = append(pairs, [2]rune{c, c})
			}
		}
		for _, r := range t.R32 {
			for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
				pairs = append(pairs, [2]rune{c, c})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	var ranges []rune
	for _, p := range pairs {
		if n := len(ranges); n > 0 && p[0] <= ranges[n-1]+1 {
			ranges[n-1] = max(ranges[n-1], p[1])
			continue
		}
		ranges = append(ranges, p[0], p[1])
	}
	return ranges
}

func complement(ranges []rune) []rune {
	var out []rune
	next := rune(0)
	for ; len(ranges) > 0; ranges = ranges[2:] {
		if ranges[0] > next {
			out = append(out, next, ranges[0]-1)
		}
		next = ranges[1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}
