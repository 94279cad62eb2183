package urls

import (
	"strings"

	"github.com/nuages-go/nuages/web"
)

// slot is a place for one captured value.
type slot struct {
	name  string // "" for a positional argument
	conv  *Converter
	group int // of re
	entry int // index of the pattern in the leaf's chain
}

// leaf is an end point.
type leaf struct {
	web.Route
	order  int
	chain  []*entry // from below the root to the end point
	slots  []slot   // of the whole chain
	limits []uint64 // largest number for each slot whose view takes a fixed-size integer; nil if there is none
	hasInt bool     // there is an int converter
	custom bool     // there is a converter that may refuse a text
	plain  bool     // the values are the captures: none is hidden or may go, no converter refuses
	loose  bool     // a positional slot of an include may have to go at match time
	method methodSet
	layers []web.Handler // what to serve from the outermost With to the view
}

// leaf builds the end point of the chain of patterns that e ends.
func (b *builder) leaf(e *entry) {
	l := &leaf{order: len(b.leaves)}
	for at := e; at.parent != nil; at = at.parent {
		l.chain = append([]*entry{at}, l.chain...)
	}
	l.Handler = e.p.handler
	l.Name = e.p.name
	l.Resolver = l
	extra := map[string]any{}
	extraAt := map[string]int{} // the innermost pattern that gives the keyword argument
	for i, at := range l.chain {
		l.Pattern = joinRoute(l.Pattern, at.text)
		if at.appName != "" {
			l.AppNames = append(l.AppNames, at.appName)
		}
		if at.namespace != "" {
			l.Namespaces = append(l.Namespaces, at.namespace)
		}
		if at == e {
			l.Own = len(l.slots)
		}
		for _, s := range at.slots {
			s.entry = i
			l.slots = append(l.slots, s)
			l.Params = append(l.Params, s.name)
			l.hasInt = l.hasInt || s.conv.class == classInt
			l.custom = l.custom || s.conv.class == classCustom
		}
		for name, v := range at.p.kwargs {
			extra[name] = v
			extraAt[name] = i
		}
		l.Methods = mergeMethods(l.Methods, at.p.methods)
	}
	if len(extra) > 0 {
		l.Extra = extra
	}
	l.hide(extraAt)

	if view, isFunc := l.Handler.(web.View); l.Handler == nil || isFunc && view == nil {
		b.fail(e.p, configError("pattern %q has no handler.", e.text))
		return
	}
	view := l.Name
	if view == "" {
		view = web.HandlerName(l.Handler)
	}
	l.ViewName = strings.Join(append(l.Namespaces[:len(l.Namespaces):len(l.Namespaces)], view), ":")
	l.method = methodSetOf(l.Methods)
	l.plain = !l.custom && !l.loose
	b.checkArgs(e, l)
	l.layers = b.layersOf(l.chain, l.Handler)
	e.leaf = l
	b.leaves = append(b.leaves, l)
}

// hide marks the slots that an extra keyword argument of the same or a later pattern, or a later slot that is always
// there, takes the place of.
func (l *leaf) hide(extraAt map[string]int) {
	hidden := make([]bool, len(l.slots))
	any := false
	last := map[string]bool{}
	for i := len(l.slots) - 1; i >= 0; i-- {
		s := l.slots[i]
		if s.name == "" {
			for _, at := range extraAt {
				if at >= s.entry && s.entry < len(l.chain)-1 {
					hidden[i] = true
				}
			}
			for _, later := range l.slots[i+1:] {
				if later.name == "" || s.entry == len(l.chain)-1 {
					continue
				}
				if l.chain[later.entry].p.isRegex() {
					l.loose = true
				} else {
					hidden[i] = true
				}
			}
		} else {
			at, ok := extraAt[s.name]
			hidden[i] = ok && at >= s.entry || last[s.name]
			if !l.chain[s.entry].p.isRegex() {
				last[s.name] = true
			}
		}
		any = any || hidden[i]
	}
	if any {
		l.Hidden = hidden
	}
}

// joinRoute joins two routes without the second's leading ^.
func joinRoute(a, b string) string {
	if a == "" {
		return b
	}
	return a + strings.TrimPrefix(b, "^")
}
