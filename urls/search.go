package urls

import (
	"math"

	"github.com/nuages-go/nuages/web"
)

// search is one walk through the tree.
type search struct {
	path   string
	method string
	spans  [maxFew]span // captured on the way to where the search is

	best      int // order of the leaf found so far
	leaf      *leaf
	found     [maxFew]span // its captures
	converted *web.Match   // the values of the leaf found, if it has converters that may refuse
	err       error        // of the pattern with the order best, in place of a leaf
	allow     []string
}

// maxFew is the number of captures that a search keeps. Tables with longer chains of captures are walked through.
const maxFew = 12

// fewValues is how many values a match holds without an allocation.
const fewValues = 4

// lookup finds the first leaf for the path and the method, and stores the captured values in m.
//
// Nearly always there is only one way through the tree, and this function goes it. It prefers literal text and
// remembers the least order behind the branches that it passes by; only if one of those could win does it leave the
// path to search.
func (t *table) lookup(path, method string, m *web.Match) (found, error) {
	if len(path) == 0 || path[0] != '/' {
		m.Set(nil, 0)
		return found{}, nil
	}
	values := m.Room()
	n, pos, captured, passed := t.tree, 1, 0, math.MaxInt
	for pos < len(path) {
		if c := n.child(path[pos]); c != nil {
			if end := pos + len(c.prefix); end <= len(path) && path[pos:end] == c.prefix {
				passed = min(passed, n.others)
				n, pos = c, end
				continue
			}
		}
		if n.specials != nil || captured >= fewValues {
			return t.search(path, method, m)
		}
		switch len(n.params) {
		case 0:
			if passed < math.MaxInt {
				return t.search(path, method, m)
			}
			m.Set(nil, 0)
			return found{}, nil
		case 1:
		default:
			passed = min(passed, n.params[1].node.min)
		}
		p := &n.params[0]
		v := &values[captured]
		end := pos
		switch p.class {
		case classStr:
			for end < len(path) && path[end] != '/' {
				end++
			}
			v.SetText(path[pos:end])
		case classSlug:
			for end < len(path) && slugByte[path[end]] {
				end++
			}
			v.SetText(path[pos:end])
		case classInt:
			for end < len(path) && path[end]-'0' <= 9 {
				end++
			}
			v.SetInt(path[pos:end])
		case classUUID:
			if isUUID(path[pos:]) {
				end += uuidLen
				v.SetUUID(path[pos:end])
			}
		default:
			end = max(pos, runEnd(p.class, path, pos))
			v.SetText(path[pos:end])
		}
		if end == pos {
			if passed < math.MaxInt {
				return t.search(path, method, m)
			}
			m.Set(nil, 0)
			return found{}, nil
		}
		n, pos, captured = p.node, end, captured+1
	}
	if len(n.ends) > 0 {
		l := n.ends[0]
		if n.specials != nil { // they may match nothing
			passed = min(passed, n.specials[0].node.min)
		}
		if l.order < passed && l.plain && l.method == nil {
			if !l.hasInt || l.small(values[:]) {
				m.Set(&l.Route, captured)
				return found{ok: true}, nil
			}
		}
	} else if passed == math.MaxInt && n.specials == nil {
		m.Set(nil, 0)
		return found{}, nil
	}
	return t.search(path, method, m)
}

// small reports whether the numbers are certain to be ones that the view takes.
func (l *leaf) small(values []web.Value) bool {
	for i := range l.slots {
		if l.slots[i].conv.class != classInt {
			continue
		}
		if n, ok := values[i].Uint64(); !ok || l.limits != nil && l.limits[i] != 0 && n > l.limits[i] {
			return false
		}
	}
	return true
}

// search finds the first leaf by looking at every branch of the tree that could have it.
func (t *table) search(path, method string, m *web.Match) (found, error) {
	if t.maxSlots > maxFew {
		return t.resolveSlowly(path, method, m)
	}
	var f found
	s := search{path: path, method: method, best: math.MaxInt}
	s.visit(t.tree, 1, 0)
	switch {
	case s.err != nil:
		return f, s.err
	case s.leaf == nil:
		m.Set(nil, 0)
		f.allow = s.allow
		return f, nil
	case s.converted != nil:
		*m = *s.converted
	default:
		s.leaf.store(m, path, s.found[:len(s.leaf.slots)])
	}
	f.ok = true
	return f, nil
}

// visit looks for leaves at and below n, whose prefix ends at pos.
func (s *search) visit(n *treeNode, pos, captured int) {
down:
	for {
		if n.anywhere != nil {
			s.accept(n.anywhere, captured)
		}
		if pos == len(s.path) {
			if n.ends != nil {
				s.accept(n.ends, captured)
			}
			if n.specials == nil { // only an expression can match nothing
				return
			}
		} else if c := n.child(s.path[pos]); c != nil {
			if end := pos + len(c.prefix); end <= len(s.path) && s.path[pos:end] == c.prefix && c.min < s.best {
				if n.params == nil && n.specials == nil {
					n, pos = c, end
					continue
				}
				s.visit(c, end, captured)
			}
		}
		for _, e := range n.specials {
			if e.node.min < s.best {
				s.special(e, pos, captured)
			}
		}
		for i := range n.params {
			p := &n.params[i]
			if p.node.min >= s.best {
				return
			}
			end := runEnd(p.class, s.path, pos)
			if end < 0 {
				continue
			}
			s.spans[captured] = span{int32(pos), int32(end)}
			if i == len(n.params)-1 {
				n, pos, captured = p.node, end, captured+1
				continue down
			}
			s.visit(p.node, end, captured+1)
		}
		return
	}
}

// special follows an expression.
func (s *search) special(e *specialEdge, pos, captured int) {
	spans := s.spans[captured : captured+e.slots]
	if e.tokens != nil {
		if end, ok := matchTokens(e.tokens, s.path, pos, e.entry.p.isEndpoint(), spans); ok {
			s.visit(e.node, end, captured+e.slots)
		}
		return
	}
	pos -= e.back
	loc, err := e.entry.re.Find(s.path[pos:])
	if err != nil {
		s.best, s.err = e.node.min, timeoutError(e.entry, err)
	}
	if loc == nil {
		return
	}
	e.entry.spans(loc, pos, spans)
	s.visit(e.node, pos+loc[1], captured+e.slots)
}

// accept takes the first leaf of a list that comes before the one found and takes the method and the values.
func (s *search) accept(leaves []*leaf, captured int) {
	for _, l := range leaves {
		if l.order >= s.best {
			return
		}
		spans := s.spans[:captured]
		var converted *web.Match
		if l.custom {
			converted = new(web.Match)
			ok, err := l.fill(converted, s.path, spans)
			if err != nil {
				s.best, s.err, s.leaf = l.order, err, nil
				return
			}
			if !ok {
				continue
			}
		} else if !l.fits(s.path, spans) {
			continue
		}
		if l.method != nil && !l.method.has(s.method) {
			s.allow = append(s.allow, l.method...)
			continue
		}
		s.best, s.leaf, s.err, s.converted = l.order, l, nil, converted
		copy(s.found[:], spans)
		return
	}
}
