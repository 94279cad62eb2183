package textutil

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// Slugify makes s a part of a URL: lower-case ASCII letters, digits, _ and -; what has no ASCII form is dropped.
func Slugify(s string) string {
	var b strings.Builder
	dash := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r >= utf8.RuneSelf:
		case r == '-' || pyfmt.IsSpace(r):
			if !dash {
				b.WriteByte('-')
			}
			dash = true
		case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
			dash = false
		}
	}
	return strings.Trim(b.String(), "-_")
}

// Title is Django's title filter: Python's str.title, but neither after an apostrophe nor after a digit.
func Title(s string) string {
	if isASCII(s) {
		return titleASCII(s)
	}
	b := []byte(pyfmt.Title(s))
	for i := 1; i+1 < len(b); i++ {
		if b[i] == '\'' && b[i-1] >= 'a' && b[i-1] <= 'z' && b[i+1] >= 'A' && b[i+1] <= 'Z' {
			b[i+1] += 'a' - 'A'
		}
	}
	runes := []rune(string(b))
	for i := 1; i < len(runes); i++ {
		if runes[i] >= 'A' && runes[i] <= 'Z' && unicode.IsDigit(runes[i-1]) {
			runes[i] += 'a' - 'A'
		}
	}
	return string(runes)
}

// titleASCII is Title for text of ASCII alone.
func titleASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		switch {
		case !isLetter(c):
		case i > 0 && (isLetter(s[i-1]) || s[i-1] >= '0' && s[i-1] <= '9' || s[i-1] == '\'' && i > 1 && b[i-2] >= 'a' && b[i-2] <= 'z'):
			// After a letter, a digit, or an apostrophe in a word.
			b[i] = c | 0x20
		default:
			b[i] = c &^ 0x20
		}
	}
	return string(b)
}

// Capfirst makes the first letter a capital.
func Capfirst(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return pyfmt.Upper(s[:size]) + s[size:]
}

// NormalizeNewlines turns \r\n and \r into \n.
func NormalizeNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// Linebreaks makes paragraphs of the blocks between empty lines, and <br> of single newlines.
func Linebreaks(s string, escape bool) string {
	var b strings.Builder
	for i, para := range splitParagraphs(NormalizeNewlines(s)) {
		if i > 0 {
			b.WriteString("\n\n")
		}
		if escape {
			para = Escape(para)
		}
		b.WriteString("<p>" + strings.ReplaceAll(para, "\n", "<br>") + "</p>")
	}
	return b.String()
}

// splitParagraphs cuts at runs of two or more newlines.
func splitParagraphs(s string) []string {
	var out []string
	for {
		i := strings.Index(s, "\n\n")
		if i < 0 {
			return append(out, s)
		}
		out = append(out, s[:i])
		s = strings.TrimLeft(s[i:], "\n")
	}
}

// LinebreaksBR makes <br> of newlines.
func LinebreaksBR(s string, escape bool) string {
	s = NormalizeNewlines(s)
	if escape {
		s = Escape(s)
	}
	return strings.ReplaceAll(s, "\n", "<br>")
}

// Phone2Numeric turns the letters of a phone number into digits.
func Phone2Numeric(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return rune("22233344455566677778889999"[r-'a'])
		}
		return r
	}, pyfmt.Lower(s))
}

// StripSpacesBetweenTags removes white space between > and <.
func StripSpacesBetweenTags(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		gt := strings.IndexByte(s[i:], '>')
		if gt < 0 {
			b.WriteString(s[i:])
			break
		}
		gt += i + 1
		b.WriteString(s[i:gt])
		rest := strings.TrimLeftFunc(s[gt:], pyfmt.IsSpace)
		if strings.HasPrefix(rest, "<") {
			gt = len(s) - len(rest)
		}
		i = gt
	}
	return b.String()
}

// Wrap breaks lines at white space so that they are at most width characters long, where words allow it.
func Wrap(s string, width int) string {
	var out []string
	for _, line := range pyfmt.SplitLines(s) {
		wrapped := wrapLine(line, width)
		if len(wrapped) == 0 {
			wrapped = []string{line}
		}
		out = append(out, wrapped...)
	}
	if strings.HasSuffix(s, "\n") {
		out = append(out, "")
	}
	return strings.Join(out, "\n")
}

func isWrapSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func expandTabs(s string) string {
	if strings.IndexByte(s, '\t') < 0 {
		return s
	}
	var b strings.Builder
	col := 0
	for _, r := range s {
		if r == '\t' {
			n := 8 - col%8
			b.WriteString(strings.Repeat(" ", n))
			col += n
			continue
		}
		b.WriteRune(r)
		col++
	}
	return b.String()
}

func wrapLine(line string, width int) []string {
	var chunks []string
	for line = expandTabs(line); line != ""; {
		i := 1
		for i < len(line) && isWrapSpace(line[i]) == isWrapSpace(line[0]) {
			i++
		}
		chunks = append(chunks, line[:i])
		line = line[i:]
	}
	var lines []string
	for len(chunks) > 0 {
		if len(lines) > 0 && strings.TrimSpace(chunks[0]) == "" {
			chunks = chunks[1:]
		}
		n, length := 0, 0
		for n < len(chunks) {
			l := utf8.RuneCountInString(chunks[n])
			if length+l > width {
				break
			}
			length += l
			n++
		}
		if n == 0 && len(chunks) > 0 {
			n = 1
		}
		cur := chunks[:n]
		chunks = chunks[n:]
		if len(cur) > 0 && strings.TrimSpace(cur[len(cur)-1]) == "" {
			cur = cur[:len(cur)-1]
		}
		if len(cur) > 0 {
			lines = append(lines, strings.Join(cur, ""))
		}
	}
	return lines
}

// List joins words for a sentence: "a, b or c".
func List(words []string, last string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
