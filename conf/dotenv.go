package conf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The limits of a .env file; interpolation could otherwise grow without bounds.
const (
	maxFile  = 1 << 20
	maxValue = 64 << 10
)

// Var is one variable of a .env file.
type Var struct {
	Name, Value string
	// Line is where it stands, counted from 1.
	Line int
}

// SyntaxError is a line of a .env file that cannot be read.
type SyntaxError struct {
	File string
	Line int
	Text string
}

// Error returns "file:line: text".
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text) }

// Parse reads a .env file; file is its name in errors. lookup gives the environment's values for ${NAME} and may be nil.
// All mistakes are reported together, and the variables that could be read are returned with them. When a name occurs twice both are
// returned; the later one counts.
func Parse(file string, data []byte, lookup func(name string) (string, bool)) ([]Var, error) {
	if len(data) > maxFile {
		return nil, &SyntaxError{file, 1, "larger than 1 MiB"}
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, &SyntaxError{file, 1, "not UTF-8 text"}
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	p := &envParser{file: file, rest: text, line: 1, lookup: lookup, seen: map[string]string{}}
	for p.rest != "" {
		p.statement()
	}
	return p.vars, errors.Join(p.errs...)
}

type envParser struct {
	file   string
	rest   string
	line   int
	lookup func(string) (string, bool)
	seen   map[string]string
	vars   []Var
	errs   []error
}

func (p *envParser) fail(line int, format string, args ...any) {
	p.errs = append(p.errs, &SyntaxError{p.file, line, fmt.Sprintf(format, args...)})
}

// statement reads one assignment, comment or empty line.
func (p *envParser) statement() {
	line := p.line
	p.rest = strings.TrimLeft(p.rest, " \t")
	if p.rest == "" || p.rest[0] == '\n' || p.rest[0] == '#' {
		p.skipLine()
		return
	}
	if after, ok := strings.CutPrefix(p.rest, "export"); ok && after != "" && (after[0] == ' ' || after[0] == '\t') {
		p.rest = strings.TrimLeft(after, " \t")
	}

	n := nameLength(p.rest)
	name := p.rest[:n]
	rest := strings.TrimLeft(p.rest[n:], " \t")
	if n == 0 || !strings.HasPrefix(rest, "=") {
		word, _, _ := strings.Cut(p.rest, "\n")
		if head, _, ok := strings.Cut(word, "="); ok {
			word = head
		}
		p.fail(line, "no NAME=value at %q (write a name of letters, digits and underscores, and =)", firstRunes(word, 20))
		p.skipLine()
		return
	}
	p.rest = strings.TrimLeft(rest[1:], " \t")

	value, ok := p.value(name)
	if !ok {
		return
	}
	p.seen[name] = value
	p.vars = append(p.vars, Var{name, value, line})
}

// value reads what stands behind the equals sign, up to the end of the line.
func (p *envParser) value(name string) (string, bool) {
	if p.rest == "" {
		return "", true
	}
	quote := p.rest[0]
	if quote != '\'' && quote != '"' {
		raw, _, _ := strings.Cut(p.rest, "\n")
		line := p.line
		p.rest = p.rest[len(raw):]
		p.skipLine()
		if strings.HasPrefix(raw, "#") {
			raw = ""
		}
		for i := 1; i < len(raw); i++ {
			if raw[i] == '#' && (raw[i-1] == ' ' || raw[i-1] == '\t') {
				raw = raw[:i]
				break
			}
		}
		return p.expand(strings.TrimRight(raw, " \t\r"), line, false)
	}

	line := p.line
	end := closingQuote(p.rest, quote)
	if end < 0 {
		p.fail(line, "the value of %s has no closing %c", name, quote)
		p.skipLine()
		return "", false
	}
	raw := p.rest[1:end]
	p.line += strings.Count(raw, "\n")
	p.rest = strings.TrimLeft(p.rest[end+1:], " \t\r")
	if p.rest != "" && p.rest[0] != '\n' && p.rest[0] != '#' {
		p.fail(p.line, "text after the closing %c of %s", quote, name)
		p.skipLine()
		return "", false
	}
	p.skipLine()
	if quote == '\'' {
		return raw, true
	}
	return p.expand(raw, line, true)
}

func (p *envParser) skipLine() {
	_, rest, found := strings.Cut(p.rest, "\n")
	p.rest = rest
	if found {
		p.line++
	}
}

// closingQuote finds the quote that ends the string at the start of s; a backslash protects one in double quotes.
func closingQuote(s string, quote byte) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quote == '"':
			i++
		case s[i] == quote:
			return i
		}
	}
	return -1
}

// expand replaces ${NAME} and, in double quotes, escapes.
func (p *envParser) expand(raw string, line int, escapes bool) (string, bool) {
	if !strings.ContainsAny(raw, `\$`) {
		return raw, true
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		switch {
		case escapes && raw[i] == '\\' && i+1 < len(raw):
			i++
			b.WriteString(unescape(raw[i]))
		case raw[i] == '$' && i+1 < len(raw) && raw[i+1] == '{':
			end := strings.IndexByte(raw[i:], '}')
			if end < 0 {
				p.fail(line, "${ without }")
				return "", false
			}
			value, ok := p.variable(raw[i+2:i+end], line)
			if !ok {
				return "", false
			}
			b.WriteString(value)
			i += end
		default:
			b.WriteByte(raw[i])
		}
		if b.Len() > maxValue {
			p.fail(line, "a value longer than 64 KiB")
			return "", false
		}
	}
	return b.String(), true
}

func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '\\', '"', '$', '\'':
		return string(rune(c))
	}
	return `\` + string([]byte{c})
}

// variable returns the value for the inside of ${...}.
func (p *envParser) variable(inner string, line int) (string, bool) {
	name, fallback, hasFallback := strings.Cut(inner, ":-")
	if name == "" || nameLength(name) != len(name) {
		p.fail(line, "${%s}: not a name", firstRunes(inner, 20))
		return "", false
	}
	value, ok := "", false
	if p.lookup != nil {
		value, ok = p.lookup(name)
	}
	if !ok {
		value, ok = p.seen[name]
	}
	if hasFallback && value == "" {
		return fallback, true
	}
	if !ok {
		p.fail(line, "${%s} is not set (write ${%s:-} if it may be empty)", name, name)
	}
	return value, ok
}

func nameLength(s string) int {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
