package pyre

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

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
