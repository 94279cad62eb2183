package template

import (
	"strings"
	"unicode/utf8"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// TokenKind is what a piece of a template is.
type TokenKind uint8

// The kinds of tokens.
const (
	TextToken TokenKind = iota
	VariableToken
	BlockToken
	CommentToken
)

// Token is a piece of a template.
type Token struct {
	Kind TokenKind
	// Contents is the text, or what stands between the braces, without the white space around it.
	Contents string
	// Line counts from 1. Start and End are byte offsets in the source.
	Line, Start, End int
}

// lex cuts a template into tokens, in time linear in its length.
func lex(source string) []Token {
	l := lexer{source: source, line: 1}
	l.tokens = make([]Token, 0, 2*strings.Count(source, "{%")+2*strings.Count(source, "{{")+1)
	l.run()
	return l.tokens
}

type lexer struct {
	source string
	tokens []Token
	line   int
	// verbatim is the end tag that ends a verbatim block, "" outside of one.
	verbatim string
	// dead holds, for each kind of tag, the offset up to which no closing brace is.
	dead [4]int
}

func (l *lexer) run() {
	textStart, i := 0, 0
	for {
		open := strings.IndexByte(l.source[i:], '{')
		if open < 0 || i+open+1 >= len(l.source) {
			break
		}
		start := i + open
		kind, end := l.tagAt(start)
		if kind == TextToken {
			i = start + 1
			continue
		}
		l.text(textStart, start)
		l.tag(kind, start, end)
		textStart, i = end, end
	}
	l.text(textStart, len(l.source))
}

// tagAt returns the kind of the tag that opens at start and where it ends; TextToken if none does.
func (l *lexer) tagAt(start int) (TokenKind, int) {
	var kind TokenKind
	var closing string
	switch l.source[start+1] {
	case '%':
		kind, closing = BlockToken, "%}"
	case '{':
		kind, closing = VariableToken, "}}"
	case '#':
		kind, closing = CommentToken, "#}"
	default:
		return TextToken, 0
	}
	from := start + 2
	if from < l.dead[kind] {
		return TextToken, 0
	}
	line := l.source[from:]
	if n := strings.IndexByte(line, '\n'); n >= 0 { // a tag stands on one line
		line = line[:n]
	}
	n := strings.Index(line, closing)
	if n < 0 {
		l.dead[kind] = from + len(line)
		return TextToken, 0
	}
	return kind, from + n + 2
}

func (l *lexer) text(start, end int) {
	if start == end {
		return
	}
	l.tokens = append(l.tokens, Token{Kind: TextToken, Contents: l.source[start:end], Line: l.line, Start: start, End: end})
	l.line += strings.Count(l.source[start:end], "\n")
}

func (l *lexer) tag(kind TokenKind, start, end int) {
	contents := pyfmt.TrimSpace(l.source[start+2 : end-2])
	if kind == BlockToken {
		if l.verbatim != "" {
			if contents != l.verbatim {
				l.text(start, end)
				return
			}
			l.verbatim = ""
		} else if contents == "verbatim" || strings.HasPrefix(contents, "verbatim ") {
			l.verbatim = "end" + contents
		}
	} else if l.verbatim != "" {
		l.text(start, end)
		return
	}
	l.tokens = append(l.tokens, Token{Kind: kind, Contents: contents, Line: l.line, Start: start, End: end})
}

// Split cuts the contents at white space, except inside of quotes. Django: split_contents.
func (t Token) Split() []string {
	bits := smartSplit(t.Contents)
	out := bits[:0]
	for i := 0; i < len(bits); i++ {
		bit := bits[i]
		if strings.HasPrefix(bit, `_("`) || strings.HasPrefix(bit, `_('`) {
			sentinel := bit[2:3] + ")"
			for !strings.HasSuffix(bit, sentinel) && i+1 < len(bits) {
				i++
				bit += " " + bits[i]
			}
		}
		out = append(out, bit)
	}
	return out
}

// smartSplit cuts s at white space, except inside of quotes. Django: smart_split.
func smartSplit(s string) []string {
	var out []string
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if pyfmt.IsSpace(r) {
			i += size
			continue
		}
		end := plainEnd(s, i)
		quoted := false
		for end < len(s) && (s[end] == '"' || s[end] == '\'') {
			q := quoteEnd(s, end)
			if q < 0 {
				break
			}
			quoted = true
			end = plainEnd(s, q)
		}
		if !quoted {
			end = i
			for end < len(s) {
				r, size := utf8.DecodeRuneInString(s[end:])
				if pyfmt.IsSpace(r) {
					break
				}
				end += size
			}
		}
		out = append(out, s[i:end])
		i = end
	}
	return out
}

// plainEnd returns where the text without white space and quotes that starts at i ends.
func plainEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '"' || r == '\'' || pyfmt.IsSpace(r) {
			break
		}
		i += size
	}
	return i
}

// quoteEnd returns the offset after the string literal that starts at i, -1 if it is not closed.
func quoteEnd(s string, i int) int {
	quote := s[i]
	for i++; i < len(s); i++ {
		switch s[i] {
		case quote:
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}
