package textutil

import (
	"strings"
	"unicode/utf8"
)

// htmlPart is a piece of HTML as Python's HTMLParser sees it.
type htmlPart struct {
	kind htmlKind
	// raw is the piece as it was written; name the tag's name in lower case.
	raw, name string
	// selfClosing: the tag ends with />.
	selfClosing bool
}

type htmlKind uint8

const (
	htmlText htmlKind = iota
	htmlStart
	htmlEnd
	htmlOther // comments, declarations, processing instructions
)

// scanHTML cuts s into pieces. Like a browser it never fails: what is no tag is text.
func scanHTML(s string, yield func(htmlPart) bool) {
	textStart := 0
	flush := func(end int) bool {
		return textStart >= end || yield(htmlPart{kind: htmlText, raw: s[textStart:end]})
	}
	rawEnd := "" // the end tag that ends a script or style element
	for i := 0; i < len(s); {
		lt := strings.IndexByte(s[i:], '<')
		if lt < 0 {
			break
		}
		i += lt
		part, end := htmlAt(s, i)
		if end < 0 || rawEnd != "" && (part.kind != htmlEnd || part.name != rawEnd) {
			i++
			continue
		}
		rawEnd = ""
		if part.kind == htmlStart && !part.selfClosing && (part.name == "script" || part.name == "style") {
			rawEnd = part.name
		}
		part.raw = s[i:end]
		if !flush(i) || !yield(part) {
			return
		}
		i, textStart = end, end
	}
	flush(len(s))
}

// htmlAt reads the tag at i; end is -1 if there is none.
func htmlAt(s string, i int) (part htmlPart, end int) {
	rest := s[i:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		if strings.HasPrefix(rest[4:], ">") || strings.HasPrefix(rest[4:], "->") {
			return htmlPart{kind: htmlOther}, i + 4 + strings.IndexByte(rest[4:], '>') + 1
		}
		n := strings.Index(rest[4:], "-->")
		if m := strings.Index(rest[4:], "--!>"); m >= 0 && (n < 0 || m < n) {
			return htmlPart{kind: htmlOther}, i + 4 + m + 4
		}
		if n < 0 {
			return htmlPart{kind: htmlOther}, len(s)
		}
		return htmlPart{kind: htmlOther}, i + 4 + n + 3
	case strings.HasPrefix(rest, "<!"), strings.HasPrefix(rest, "<?"):
		n := strings.IndexByte(rest, '>')
		if n < 0 {
			return htmlPart{kind: htmlOther}, len(s)
		}
		return htmlPart{kind: htmlOther}, i + n + 1
	case strings.HasPrefix(rest, "</"):
		if len(rest) < 3 {
			return part, -1
		}
		if !isLetter(rest[2]) { // a bogus comment
			n := strings.IndexByte(rest, '>')
			if n < 0 {
				return part, -1
			}
			return htmlPart{kind: htmlOther}, i + n + 1
		}
		nameEnd, end := tagEnd(s, i+2)
		if end < 0 {
			return htmlPart{kind: htmlOther}, len(s)
		}
		return htmlPart{kind: htmlEnd, raw: s[i:end], name: strings.ToLower(s[i+2 : nameEnd])}, end
	case len(rest) > 1 && isLetter(rest[1]):
		nameEnd, end := tagEnd(s, i+1)
		if end < 0 {
			return htmlPart{kind: htmlOther}, len(s)
		}
		return htmlPart{
			kind: htmlStart, raw: s[i:end], name: strings.ToLower(s[i+1 : nameEnd]), selfClosing: strings.HasSuffix(s[i:end], "/>"),
		}, end
	}
	return part, -1
}

// tagEnd returns where the name that starts at i ends, and the offset after the tag's >, -1 if it is not closed.
func tagEnd(s string, i int) (nameEnd, end int) {
	nameEnd = i
	for nameEnd < len(s) && strings.IndexByte(" \t\n\r\f/>", s[nameEnd]) < 0 {
		nameEnd++
	}
	for j := nameEnd; j < len(s); j++ {
		switch s[j] {
		case '>':
			return nameEnd, j + 1
		case '=':
			k := j + 1
			for k < len(s) && isWrapSpace(s[k]) {
				k++
			}
			if k < len(s) && (s[k] == '"' || s[k] == '\'') {
				q := strings.IndexByte(s[k+1:], s[k])
				if q < 0 {
					return nameEnd, -1
				}
				j = k + 1 + q
			}
		}
	}
	return nameEnd, -1
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// maxStripDepth bounds how often tags are taken out of what taking out tags left.
const maxStripDepth = 50

// StripTags removes what looks like HTML tags.
func StripTags(s string) string {
	for range maxStripDepth {
		if strings.IndexByte(s, '<') < 0 || strings.IndexByte(s, '>') < 0 {
			return s
		}
		stripped := stripOnce(s)
		if strings.Count(stripped, "<") == strings.Count(s, "<") {
			return s
		}
		s = stripped
	}
	return strings.ReplaceAll(s, "<", "") // too deep to be honest
}

func stripOnce(s string) string {
	var b strings.Builder
	rest, script := len(s), false
	scanHTML(s, func(p htmlPart) bool {
		switch rest -= len(p.raw); {
		case p.kind != htmlText:
			script = p.kind == htmlStart && !p.selfClosing && (p.name == "script" || p.name == "style")
		case script:
			b.WriteString(p.raw)
		default:
			b.WriteString(closeEntities(p.raw, rest == 0))
		}
		return true
	})
	return b.String()
}

// closeEntities writes &name as &name;, as Python's parser gives it back. At the end of the page nothing follows the text.
func closeEntities(s string, end bool) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for s != "" {
		amp := strings.IndexByte(s, '&')
		if amp < 0 {
			break
		}
		n := entityEnd(s[amp:], end)
		b.WriteString(s[:amp+max(n, 1)])
		s = s[amp+max(n, 1):]
		if n > 0 {
			b.WriteByte(';')
			s = strings.TrimPrefix(s, ";")
		}
	}
	return b.String() + s
}

// entityEnd returns the length of the &name or &#number that s starts with, 0 if it is none.
func entityEnd(s string, end bool) int {
	digits, follows := "", isAlnum // what may not follow
	i := 1
	switch {
	case len(s) > 1 && isLetter(s[1]):
		for i < len(s) && (isAlnum(s[i]) || s[i] == '-' || s[i] == '.') {
			i++
		}
	case len(s) > 3 && s[1] == '#' && s[2]|0x20 == 'x':
		digits, i = "0123456789abcdefABCDEF", 3
	case len(s) > 2 && s[1] == '#':
		digits, i = "0123456789", 2
	default:
		return 0
	}
	if digits != "" {
		first := i
		for i < len(s) && strings.IndexByte(digits, s[i]) >= 0 {
			i++
		}
		if i == first || i < len(s) && strings.IndexByte("abcdefABCDEF", s[i]) >= 0 {
			return 0
		}
		follows = func(byte) bool { return false }
	}
	if i < len(s) || !end {
		return i
	}
	if digits != "" {
		return 0
	}
	for i--; i > 1; i-- { // a dash or a dot may end the name
		if !follows(s[i]) {
			return i
		}
	}
	return 0
}

func isAlnum(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' }

var voidElements = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true,
	"meta": true, "param": true, "source": true, "track": true, "wbr": true,
	"frame": true, "spacer": true,
}

// truncateHTML writes s until cut says that the limit is reached, and closes the tags that are open then. Cut gets a text
// without entities, how much was written, and returns what to write.
func truncateHTML(s string, cut func(text string, written int) (out string, done bool)) string {
	var b strings.Builder
	var open []string
	scanHTML(s, func(p htmlPart) bool {
		switch p.kind {
		case htmlStart:
			b.WriteString(p.raw)
			if voidElements[p.name] {
				return true
			}
			if p.selfClosing {
				b.WriteString("</" + p.name + ">")
			} else {
				open = append(open, p.name)
			}
		case htmlEnd:
			if voidElements[p.name] {
				return true
			}
			b.WriteString("</" + p.name + ">")
			for i := len(open) - 1; i >= 0; i-- {
				if open[i] == p.name {
					open = append(open[:i], open[i+1:]...)
					break
				}
			}
		case htmlText:
			out, done := cut(unescape(p.raw), utf8.RuneCountInString(b.String()))
			b.WriteString(out)
			if done {
				for i := len(open) - 1; i >= 0; i-- {
					b.WriteString("</" + open[i] + ">")
				}
				return false
			}
		}
		return true
	})
	return b.String()
}
