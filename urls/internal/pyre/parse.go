package pyre

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Error is why a pattern cannot be compiled, in the words of Python's re.PatternError.
type Error struct {
	Msg string
	// Pos is the place in the pattern, in characters; -1 if it is not known.
	Pos int

	pattern []rune
}

// Error gives the message with the place, as Python prints it.
func (e *Error) Error() string {
	if e.Pos < 0 {
		return e.Msg
	}
	text := fmt.Sprintf("%s at position %d", e.Msg, e.Pos)
	line, column, lines := 1, 1, false
	for i, r := range e.pattern {
		if r != '\n' {
			if i < e.Pos {
				column++
			}
			continue
		}
		lines = true
		if i < e.Pos {
			line, column = line+1, 1
		}
	}
	if lines {
		text += fmt.Sprintf(" (line %d, column %d)", line, column)
	}
	return text
}

// op is the kind of a node.
type op uint8

const (
	opLiteral op = iota
	opAny
	opClass
	opCat
	opAlternate
	opRepeat
	opGroup // capturing
	opAt
	opLook
	opAtomic
	opBackref
	opConditional
	opFail // (?!)
)

// node is a part of a parsed pattern, with the flags that apply to it.
type node struct {
	op       op
	r        rune // of opLiteral
	flags    flags
	class    *class
	subs     []*node
	min, max int // of opRepeat; max is unlimited if it is infinite
	mode     repeatMode
	group    int
	at       atKind
	behind   bool // of opLook
	negative bool // of opLook
	global   bool // a flags group that was only read for its effect
	wrapper  bool // (?:…) or (?i:…): Python sees one item, whatever is in it
}

type repeatMode uint8

const (
	greedy repeatMode = iota
	lazy
	possessive
)

type atKind uint8

const (
	atBegin      atKind = iota // ^
	atEnd                      // $
	atStart                    // \A
	atStop                     // \Z
	atBoundary                 // \b
	atNoBoundary               // \B
)

const infinite = math.MaxInt32

type flags uint8

const (
	ignoreCase flags = 1 << iota
	multiLine
	dotAll
	verbose
	ascii
	unicodeFlag
	locale
)

var flagOf = map[rune]flags{'i': ignoreCase, 'm': multiLine, 's': dotAll, 'x': verbose, 'a': ascii, 'u': unicodeFlag, 'L': locale}

const typeFlags = ascii | unicodeFlag | locale

// parser reads a pattern the way Python's re._parser does, so that it accepts and refuses the same ones.
type parser struct {
	src   []rune
	index int    // after next
	next  []rune // a character, or a backslash with the character after it; nil at the end

	global       flags
	groups       int // number of groups opened so far, plus one
	open         map[int]bool
	widths       map[int][2]int
	names        []string // of group 1, 2 …
	byName       map[string]int
	lookbehind   int         // groups opened before the outermost look-behind that is open; 0 if none is
	conditionals map[int]int // group → place, of conditions on groups that may come later
}

// bailout carries an *Error up to parse.
type bailout struct{ err *Error }

func parse(pattern string) (p *parser, root *node, err *Error) {
	p = &parser{src: []rune(pattern), groups: 1, open: map[int]bool{}, widths: map[int][2]int{}, byName: map[string]int{}, conditionals: map[int]int{}}
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bailout)
			if !ok {
				panic(r)
			}
			err = b.err
		}
	}()
	// A global flag stands at the start and holds for the whole pattern.
	p.advance()
	root = p.alternation(0, 0)
	if p.next != nil {
		p.fail("unbalanced parenthesis", 0)
	}
	for group, pos := range p.conditionals {
		if group >= p.groups {
			panic(bailout{&Error{fmt.Sprintf("invalid group reference %d", group), pos, p.src}})
		}
	}
	return p, root, nil
}

func (p *parser) advance() {
	if p.index >= len(p.src) {
		p.next = nil
		return
	}
	size := 1
	if p.src[p.index] == '\\' {
		if p.index+1 >= len(p.src) {
			panic(bailout{&Error{"bad escape (end of pattern)", len(p.src) - 1, p.src}})
		}
		size = 2
	}
	p.next = p.src[p.index : p.index+size]
	p.index += size
}

func (p *parser) tell() int { return p.index - len(p.next) }

func (p *parser) seek(index int) { p.index = index; p.advance() }

func (p *parser) fail(msg string, offset int) {
	panic(bailout{&Error{msg, p.tell() - offset, p.src}})
}

// is reports whether the next token is the character r.
func (p *parser) is(r rune) bool { return len(p.next) == 1 && p.next[0] == r }

func (p *parser) accept(r rune) bool {
	if p.is(r) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) get() []rune {
	token := p.next
	p.advance()
	return token
}

// getWhile reads up to n characters of a set.
func (p *parser) getWhile(n int, set string) string {
	text := ""
	for ; n > 0 && len(p.next) == 1 && strings.ContainsRune(set, p.next[0]); n-- {
		text += string(p.get())
	}
	return text
}

func (p *parser) getUntil(end rune, name string) string {
	var text []rune
	for {
		token := p.get()
		if token == nil {
			if len(text) == 0 {
				p.fail("missing "+name, 0)
			}
			p.fail(fmt.Sprintf("missing %c, unterminated name", end), len(text))
		}
		if len(token) == 1 && token[0] == end {
			if len(text) == 0 {
				p.fail("missing "+name, 1)
			}
			return string(text)
		}
		text = append(text, token...)
	}
}

func (p *parser) alternation(f flags, depth int) *node {
	if depth > maxDepth {
		p.fail("the groups are nested too deeply", 0)
	}
	var items []*node
	for {
		items = append(items, p.sequence(&f, depth, depth == 0 && len(items) == 0))
		if !p.accept('|') {
			break
		}
		if depth == 0 {
			f |= p.global
		}
	}
	if len(items) == 1 {
		return items[0]
	}
	return &node{op: opAlternate, subs: items}
}

const maxDepth = 200

// sequence reads up to a '|' or a ')'.
func (p *parser) sequence(f *flags, depth int, first bool) *node {
	seq := &node{op: opCat}
	for p.next != nil && !p.is('|') && !p.is(')') {
		here := p.tell()
		token := p.get()
		if *f&verbose != 0 && len(token) == 1 {
			if strings.ContainsRune(" \t\n\r\v\f", token[0]) {
				continue
			}
			if token[0] == '#' {
				for t := p.get(); t != nil && !(len(t) == 1 && t[0] == '\n'); t = p.get() {
				}
				continue
			}
		}
		if token[0] == '\\' {
			seq.add(p.escape(token, *f))
			continue
		}
		switch r := token[0]; r {
		case '[':
			seq.add(p.charClass(here, *f))
		case '*', '+', '?', '{':
			if !p.repeat(seq, r, here+1) {
				seq.add(&node{op: opLiteral, r: r, flags: *f})
			}
		case '.':
			seq.add(&node{op: opAny, flags: *f})
		case '^':
			seq.add(&node{op: opAt, at: atBegin, flags: *f})
		case '$':
			seq.add(&node{op: opAt, at: atEnd, flags: *f})
		case '(':
			n := p.group(here, *f, depth, first && len(seq.subs) == 0)
			if n != nil && n.global {
				*f |= p.global
			} else if n != nil {
				seq.add(n)
			}
		default:
			seq.add(&node{op: opLiteral, r: r, flags: *f})
		}
	}
	return seq
}

func (n *node) add(sub *node) { n.subs = append(n.subs, sub) }

// repeat applies a quantifier to the last item. It is false for a '{' that is none.
func (p *parser) repeat(seq *node, r rune, here int) bool {
	low, high := 0, infinite
	size := 1 // of the quantifier's first token, for positions
	switch r {
	case '?':
		high = 1
	case '+':
		low = 1
	case '{':
		if p.is('}') {
			return false
		}
		lo := p.getWhile(math.MaxInt, digits)
		hi := lo
		if p.accept(',') {
			hi = p.getWhile(math.MaxInt, digits)
		}
		if !p.accept('}') {
			p.seek(here)
			return false
		}
		low, high = p.count(lo, 0), p.count(hi, infinite)
		if high < low {
			p.fail("min repeat greater than max repeat", p.tell()-here)
		}
	}
	if len(seq.subs) == 0 || seq.subs[len(seq.subs)-1].op == opAt {
		p.fail("nothing to repeat", p.tell()-here+size)
	}
	item := seq.subs[len(seq.subs)-1]
	if item.op == opRepeat && !item.wrapper {
		p.fail("multiple repeat", p.tell()-here+size)
	}
	n := &node{op: opRepeat, min: low, max: high, subs: []*node{item}}
	if p.accept('?') {
		n.mode = lazy
	} else if p.accept('+') {
		n.mode = possessive
	}
	seq.subs[len(seq.subs)-1] = n
	return true
}

const digits = "0123456789"

func (p *parser) count(text string, missing int) int {
	if text == "" {
		return missing
	}
	n, err := strconv.Atoi(text)
	if err != nil || n >= infinite {
		panic(bailout{&Error{"the repetition number is too large", -1, p.src}})
	}
	return n
}
