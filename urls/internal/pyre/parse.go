package pyre

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/nuages-go/nuages/internal/pyfmt"
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

// group reads what follows a '('. It is nil for a comment.
func (p *parser) group(start int, f flags, depth int, first bool) *node {
	if !p.accept('?') {
		return p.capture(start, "", f, depth)
	}
	char := p.get()
	if char == nil {
		p.fail("unexpected end of pattern", 0)
	}
	switch string(char) {
	case "P":
		return p.named(start, f, depth)
	case ":":
		return p.wrapped(start, f, depth)
	case "#":
		for {
			if p.next == nil {
				p.fail("missing ), unterminated comment", p.tell()-start)
			}
			if t := p.get(); len(t) == 1 && t[0] == ')' {
				return nil
			}
		}
	case "=", "!":
		return p.look(start, false, string(char) == "!", f, depth)
	case "<":
		char = p.get()
		if char == nil {
			p.fail("unexpected end of pattern", 0)
		}
		if s := string(char); s != "=" && s != "!" {
			p.fail("unknown extension ?<"+s, len(char)+2)
		}
		return p.look(start, true, string(char) == "!", f, depth)
	case "(":
		return p.conditional(start, f, depth)
	case ">":
		sub := p.alternation(f, depth+1)
		p.closing(start)
		return &node{op: opAtomic, subs: []*node{sub}}
	}
	if _, ok := flagOf[char[0]]; len(char) == 1 && (ok || char[0] == '-') {
		add, del, global := p.flags(char[0])
		if global {
			if !first {
				p.fail("global flags not at the start of the expression", p.tell()-start)
			}
			return &node{global: true}
		}
		f = (f | add) &^ del
		if add&typeFlags != 0 {
			f = f&^typeFlags | add&typeFlags
		}
		return p.wrapped(start, f, depth)
	}
	p.fail("unknown extension ?"+string(char), len(char)+1)
	return nil
}

func (p *parser) closing(start int) {
	if !p.accept(')') {
		p.fail("missing ), unterminated subpattern", p.tell()-start)
	}
}

// wrapped reads the inside of a group that captures nothing.
func (p *parser) wrapped(start int, f flags, depth int) *node {
	sub := p.alternation(f, depth+1)
	p.closing(start)
	return &node{op: opCat, subs: []*node{sub}, wrapper: true}
}

func (p *parser) capture(start int, name string, f flags, depth int) *node {
	group := p.groups
	p.groups++
	if name != "" {
		if was, ok := p.byName[name]; ok {
			p.fail(fmt.Sprintf("redefinition of group name %s as group %d; was group %d", pyfmt.Quote(name), group, was), len([]rune(name))+1)
		}
		p.byName[name] = group
	}
	p.names = append(p.names, name)
	p.open[group] = true
	sub := p.alternation(f, depth+1)
	p.closing(start)
	delete(p.open, group)
	lo, hi := p.width(sub)
	p.widths[group] = [2]int{lo, hi}
	return &node{op: opGroup, group: group, subs: []*node{sub}}
}

func (p *parser) groupName(name string) {
	if !isIdentifier(name) {
		p.fail("bad character in group name "+pyfmt.Quote(name), len([]rune(name))+1)
	}
}

func isIdentifier(name string) bool {
	for i, r := range name {
		switch {
		case r == '_' || unicode.In(r, unicode.L, unicode.Nl, unicode.Other_ID_Start):
		case i > 0 && unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc, unicode.Other_ID_Continue):
		default:
			return false
		}
	}
	return name != ""
}

// named reads what follows "(?P".
func (p *parser) named(start int, f flags, depth int) *node {
	switch {
	case p.accept('<'):
		name := p.getUntil('>', "group name")
		p.groupName(name)
		return p.capture(start, name, f, depth)
	case p.accept('='):
		name := p.getUntil(')', "group name")
		p.groupName(name)
		group, ok := p.byName[name]
		if !ok {
			p.fail("unknown group name "+pyfmt.Quote(name), len([]rune(name))+1)
		}
		if p.open[group] {
			p.fail("cannot refer to an open group", len([]rune(name))+1)
		}
		p.checkLookbehind(group)
		return &node{op: opBackref, group: group, flags: f}
	}
	char := p.get()
	if char == nil {
		p.fail("unexpected end of pattern", 0)
	}
	p.fail("unknown extension ?P"+string(char), len(char)+2)
	return nil
}

// checkLookbehind refuses a reference to a group of the same look-behind.
func (p *parser) checkLookbehind(group int) {
	if p.lookbehind == 0 {
		return
	}
	if p.open[group] {
		p.fail("cannot refer to an open group", 0)
	}
	if group >= p.lookbehind {
		p.fail("cannot refer to group defined in the same lookbehind subpattern", 0)
	}
}

func (p *parser) look(start int, behind, negative bool, f flags, depth int) *node {
	outermost := behind && p.lookbehind == 0
	if outermost {
		p.lookbehind = p.groups
	}
	sub := p.alternation(f, depth+1)
	if outermost {
		p.lookbehind = 0
	}
	p.closing(start)
	if behind {
		if lo, hi := p.width(sub); lo != hi {
			panic(bailout{&Error{"look-behind requires fixed-width pattern", -1, p.src}})
		}
	}
	if negative && sub.op == opCat && len(sub.subs) == 0 {
		return &node{op: opFail}
	}
	return &node{op: opLook, behind: behind, negative: negative, subs: []*node{sub}}
}

func (p *parser) conditional(start int, f flags, depth int) *node {
	name := p.getUntil(')', "group name")
	size := len([]rune(name)) + 1
	group, err := strconv.Atoi(name)
	if err != nil || strings.ContainsAny(name, "+-_") {
		p.groupName(name)
		var ok bool
		if group, ok = p.byName[name]; !ok {
			p.fail("unknown group name "+pyfmt.Quote(name), size)
		}
	} else {
		if group == 0 {
			p.fail("bad group number", size)
		}
		if _, ok := p.conditionals[group]; !ok {
			p.conditionals[group] = p.tell() - size
		}
	}
	p.checkLookbehind(group)
	yes := p.sequence(&f, depth+1, false)
	no := &node{op: opCat}
	if p.accept('|') {
		no = p.sequence(&f, depth+1, false)
		if p.is('|') {
			p.fail("conditional backref with more than two branches", 0)
		}
	}
	p.closing(start)
	return &node{op: opConditional, group: group, subs: []*node{yes, no}}
}

// flags reads the flags after "(?"; global says that they end with a ')'.
func (p *parser) flags(char rune) (add, del flags, global bool) {
	isFlag := func(t []rune) bool { return len(t) == 1 && flagOf[t[0]] != 0 }
	bad := func(t []rune, missing string) {
		if t == nil {
			p.fail(missing, 0)
		}
		msg := missing
		if len(t) == 1 && unicode.IsLetter(t[0]) {
			msg = "unknown flag"
		}
		p.fail(msg, len(t))
	}
	if char != '-' {
		for {
			flag := flagOf[char]
			if flag == locale {
				p.fail("bad inline flags: cannot use 'L' flag with a str pattern", 0)
			}
			add |= flag
			if flag&typeFlags != 0 && add&typeFlags != flag {
				p.fail("bad inline flags: flags 'a', 'u' and 'L' are incompatible", 0)
			}
			t := p.get()
			if t == nil {
				p.fail("missing -, : or )", 0)
			}
			if len(t) == 1 && strings.ContainsRune(")-:", t[0]) {
				char = t[0]
				break
			}
			if !isFlag(t) {
				bad(t, "missing -, : or )")
			}
			char = t[0]
		}
	}
	if char == ')' {
		p.global |= add
		return 0, 0, true
	}
	if char == '-' {
		t := p.get()
		if !isFlag(t) {
			bad(t, "missing flag")
		}
		for {
			flag := flagOf[t[0]]
			if flag&typeFlags != 0 {
				p.fail("bad inline flags: cannot turn off flags 'a', 'u' and 'L'", 0)
			}
			del |= flag
			t = p.get()
			if len(t) == 1 && t[0] == ':' {
				break
			}
			if !isFlag(t) {
				bad(t, "missing :")
			}
		}
	}
	if add&del != 0 {
		p.fail("bad inline flags: flag turned on and off", 1)
	}
	return add, del, false
}

// width is the least and the greatest number of characters that n can match.
func (p *parser) width(n *node) (lo, hi int) {
	switch n.op {
	case opLiteral, opAny, opClass:
		return 1, 1
	case opCat:
		for _, sub := range n.subs {
			l, h := p.width(sub)
			lo, hi = lo+l, hi+h
		}
	case opAlternate:
		lo = infinite
		for _, sub := range n.subs {
			l, h := p.width(sub)
			lo, hi = min(lo, l), max(hi, h)
		}
	case opRepeat:
		l, h := p.width(n.subs[0])
		lo, hi = times(l, n.min), times(h, n.max)
	case opGroup, opAtomic:
		return p.width(n.subs[0])
	case opBackref:
		w := p.widths[n.group]
		return w[0], w[1]
	case opConditional:
		l, h := p.width(n.subs[0])
		l2, h2 := p.width(n.subs[1])
		lo, hi = min(l, l2), max(h, h2)
	}
	return min(lo, infinite), min(hi, infinite)
}

func times(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	if a > infinite/b {
		return infinite
	}
	return a * b
}
