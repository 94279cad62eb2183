package pyre

import (
	"slices"
	"strconv"
	"strings"
)

// emitter writes a parsed pattern for one of the two engines.
type emitter struct {
	b     strings.Builder
	exact bool // for regexp2, which can do everything

	// What package regexp cannot do, or does only for some texts:
	construct string // the first construct that it cannot do
	dollar    bool   // $ before a final line feed
	boundary  bool   // \b next to letters beyond ASCII
}

func (e *emitter) cannot(construct string) {
	if e.construct == "" {
		e.construct = construct
	}
}

// open starts a group that captures nothing.
func (e *emitter) open(f flags) {
	if f&ignoreCase != 0 {
		e.b.WriteString("(?i:")
	} else {
		e.b.WriteString("(?:")
	}
}

func (e *emitter) close() { e.b.WriteByte(')') }

func (e *emitter) write(n *node) {
	switch n.op {
	case opLiteral:
		if n.r >= 0xD800 && n.r <= 0xDFFF {
			e.never()
			return
		}
		if n.flags&ignoreCase != 0 {
			e.open(n.flags)
			writeRune(&e.b, n.r)
			e.close()
			return
		}
		writeRune(&e.b, n.r)
	case opAny:
		if n.flags&dotAll != 0 {
			e.b.WriteString("(?s:.)")
		} else {
			e.b.WriteString(`[^\x0a]`)
		}
	case opClass:
		if n.flags&ignoreCase != 0 {
			e.open(n.flags)
			defer e.close()
		}
		n.class.write(&e.b, n.flags)
	case opCat:
		if n.wrapper {
			e.open(0)
			defer e.close()
		}
		for _, sub := range n.subs {
			e.write(sub)
		}
	case opAlternate:
		e.open(0)
		for i, sub := range n.subs {
			if i > 0 {
				e.b.WriteByte('|')
			}
			e.write(sub)
		}
		e.close()
	case opRepeat:
		e.repeat(n)
	case opGroup:
		e.b.WriteByte('(')
		e.write(n.subs[0])
		e.close()
	case opAt:
		e.at(n)
	case opLook:
		e.cannot("look-around")
		e.b.WriteString("(?")
		if n.behind {
			e.b.WriteByte('<')
		}
		if n.negative {
			e.b.WriteByte('!')
		} else {
			e.b.WriteByte('=')
		}
		e.write(n.subs[0])
		e.close()
	case opAtomic:
		e.cannot("an atomic group")
		e.b.WriteString("(?>")
		e.write(n.subs[0])
		e.close()
	case opBackref:
		e.cannot("a back-reference")
		e.open(n.flags)
		e.b.WriteString(`\k<` + strconv.Itoa(n.group) + `>`)
		e.close()
	case opConditional:
		e.cannot("a conditional group")
		e.b.WriteString("(?(" + strconv.Itoa(n.group) + ")(?:")
		e.write(n.subs[0])
		e.b.WriteString(")|(?:")
		e.write(n.subs[1])
		e.b.WriteString("))")
	case opFail:
		e.never()
	}
}

// never matches nothing.
func (e *emitter) never() { e.b.WriteString(`[^\x00-\x{10FFFF}]`) }

func (e *emitter) repeat(n *node) {
	if n.max > 1 && n.subs[0].captures() && nullable(n.subs[0]) {
		e.cannot("a repeated group that can be empty") // the engines differ in what the group holds in the end
	}
	if n.mode == possessive {
		e.cannot("a possessive quantifier")
		e.b.WriteString("(?>")
		defer e.close()
	}
	e.open(0)
	e.write(n.subs[0])
	e.close()
	switch {
	case n.min == 0 && n.max == infinite:
		e.b.WriteByte('*')
	case n.min == 1 && n.max == infinite:
		e.b.WriteByte('+')
	case n.min == 0 && n.max == 1:
		e.b.WriteByte('?')
	default:
		e.b.WriteString("{" + strconv.Itoa(n.min))
		if n.max != n.min {
			e.b.WriteByte(',')
			if n.max != infinite {
				e.b.WriteString(strconv.Itoa(n.max))
			}
		}
		e.b.WriteByte('}')
	}
	if n.mode == lazy {
		e.b.WriteByte('?')
	}
}

func (e *emitter) at(n *node) {
	switch n.at {
	case atBegin:
		if n.flags&multiLine != 0 {
			e.b.WriteString("(?m:^)")
		} else {
			e.b.WriteString(`\A`)
		}
	case atEnd:
		switch {
		case n.flags&multiLine != 0:
			e.b.WriteString("(?m:$)")
		case e.exact:
			e.b.WriteString(`\Z`) // regexp2's: at the end or before a final line feed
		default:
			e.dollar = true
			e.b.WriteString(`\z`)
		}
	case atStart:
		e.b.WriteString(`\A`)
	case atStop:
		e.b.WriteString(`\z`)
	case atBoundary:
		e.word(n.flags, `\b`, "(?:(?<=W)(?!W)|(?<!W)(?=W))")
	case atNoBoundary:
		e.word(n.flags, `\B`, "(?:(?<=W)(?=W)|(?<!W)(?!W))")
	}
}

func (e *emitter) word(f flags, simple, exact string) {
	if !e.exact {
		e.boundary = e.boundary || f&ascii == 0
		e.b.WriteString(simple)
		return
	}
	w := "[0-9A-Za-z_]"
	if f&ascii == 0 {
		w = `[\p{L}\p{N}_]`
	}
	e.b.WriteString(strings.ReplaceAll(exact, "W", w))
}

// captures reports whether n has a capturing group in it.
func (n *node) captures() bool {
	return n.op == opGroup || slices.ContainsFunc(n.subs, (*node).captures)
}

// nullable reports whether n may match nothing at all.
func nullable(n *node) bool {
	switch n.op {
	case opLiteral, opAny, opClass, opFail:
		return false
	case opCat:
		return !slices.ContainsFunc(n.subs, func(sub *node) bool { return !nullable(sub) })
	case opAlternate, opConditional:
		return slices.ContainsFunc(n.subs, nullable)
	case opRepeat:
		return n.min == 0 || nullable(n.subs[0])
	case opGroup, opAtomic:
		return nullable(n.subs[0])
	}
	return true
}
