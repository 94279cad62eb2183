package urls

import (
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// pyFormat is Python's format % mapping. Django builds URLs with it, so a '%' in a route means what it means there; as a
// rule that is an error, in Python's words.
func pyFormat(format string, args Params) (string, error) {
	if strings.IndexByte(format, '%') < 0 {
		return format, nil
	}
	f := formatter{format: []rune(format), args: args}
	for f.pos < len(f.format) {
		r := f.format[f.pos]
		f.pos++
		if r != '%' {
			f.out.WriteRune(r)
		} else if err := f.conversion(); err != nil {
			return "", err
		}
	}
	return f.out.String(), nil
}

type formatter struct {
	format []rune
	pos    int
	args   Params
	out    strings.Builder
	used   bool // the mapping itself was printed, or a key was looked up
}

// peek is the next character; 0 at the end.
func (f *formatter) peek() rune {
	if f.pos < len(f.format) {
		return f.format[f.pos]
	}
	return 0
}

// conversion formats what follows a '%'.
func (f *formatter) conversion() error {
	if f.peek() == '%' {
		f.pos++
		f.out.WriteByte('%')
		return nil
	}
	var value any = f.args
	keyed := f.peek() == '('
	if keyed {
		var err error
		if value, err = f.key(); err != nil {
			return err
		}
	}
	left := false
	for f.pos < len(f.format) && strings.ContainsRune("-+ #0", f.peek()) {
		left = left || f.peek() == '-'
		f.pos++
	}
	width, _ := f.number()
	precision := -1
	if f.peek() == '.' {
		f.pos++
		precision, _ = f.number()
	}
	if strings.ContainsRune("hlL", f.peek()) {
		f.pos++
	}
	if f.pos >= len(f.format) {
		return pythonError("incomplete format")
	}
	c := f.format[f.pos]
	f.pos++
	text := ""
	switch c {
	case 's':
		text = pyStr(value)
	case 'r', 'a':
		text = pyRepr(value)
	case 'd', 'i', 'u', 'o', 'x', 'X', 'e', 'E', 'f', 'F', 'g', 'G', 'c', '*':
		return pythonError(fmt.Sprintf("%%%c format: a number is required", c))
	default:
		shown := c
		if c < ' ' || c > '~' {
			shown = '?'
		}
		return pythonError(fmt.Sprintf("unsupported format character '%c' (0x%x) at index %d", shown, c, f.pos-1))
	}
	if !keyed && f.used {
		return pythonError("not enough arguments for format string")
	}
	f.used = true
	f.pad(text, width, precision, left)
	return nil
}

// key looks up the parameter of a %(name)s.
func (f *formatter) key() (any, error) {
	start, depth := f.pos+1, 0
	for ; f.pos < len(f.format); f.pos++ {
		switch f.format[f.pos] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth > 0 {
			continue
		}
		name := string(f.format[start:f.pos])
		f.pos++
		for _, p := range f.args {
			if p.Name == name {
				return p.Value, nil
			}
		}
		return nil, pythonError(pyfmt.Quote(name))
	}
	return nil, pythonError("incomplete format key")
}

// maxWidth bounds what a width can make of a URL.
const maxWidth = 10000

func (f *formatter) number() (n int, ok bool) {
	for ; f.peek() >= '0' && f.peek() <= '9'; f.pos++ {
		n, ok = min(n*10+int(f.peek()-'0'), maxWidth), true
	}
	return n, ok
}

func (f *formatter) pad(text string, width, precision int, left bool) {
	runes := []rune(text)
	if precision >= 0 && precision < len(runes) {
		runes = runes[:precision]
	}
	space := strings.Repeat(" ", max(0, width-len(runes)))
	if left {
		f.out.WriteString(string(runes) + space)
	} else {
		f.out.WriteString(space + string(runes))
	}
}
