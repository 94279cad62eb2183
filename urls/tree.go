package urls

import (
	"math"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// treeNode is a node of the search tree: a radix tree over the literal parts of all routes, with an edge for each
// placeholder and regular expression between them. What the tree finds is what walk finds: the matching end point that
// was declared first. Every node knows the least order below it, so that a branch which can only lead to later end
// points than the one found is left alone.
type treeNode struct {
	prefix   string // literal text that leads here
	min      int    // least order of the leaves at and below the node
	ends     []*leaf
	anywhere []*leaf // behind a regular expression that need not reach the end of the path
	children []*treeNode
	index    string // first bytes of the children's prefixes
	params   []paramEdge
	specials []*specialEdge
}

// paramEdge is a placeholder that takes the whole run of its class: what follows cannot be part of the run.
type paramEdge struct {
	class class
	node  *treeNode
}

// specialEdge is a regular expression, or the rest of a route whose placeholders may have to give back.
type specialEdge struct {
	entry  *entry
	tokens []token // nil for a regular expression
	slots  int
	back   int // bytes before the place in the tree where the expression begins
	node   *treeNode
}

// newTree builds the tree of all leaves.
func newTree(leaves []*leaf) *treeNode {
	root := &treeNode{}
	for _, l := range leaves {
		n, reached := root, false
		for _, e := range l.chain {
			n, reached = n.insertEntry(e)
		}
		if reached {
			n.anywhere = append(n.anywhere, l)
		} else {
			n.ends = append(n.ends, l)
		}
	}
	root.finish()
	return root
}

// insertEntry adds what a pattern matches below n. It says whether the pattern has seen to the end of the path itself.
func (n *treeNode) insertEntry(e *entry) (at *treeNode, reached bool) {
	endpoint := e.p.isEndpoint()
	if e.re != nil && e.p.isRegex() {
		prefix, _ := e.re.Prefix()
		return n.insert(prefix).insertSpecial(specialEdge{entry: e, slots: len(e.slots), back: len(prefix)}), endpoint
	}
	literal := 0
	for i, t := range e.tokens {
		switch {
		case t.conv == nil:
			n = n.insert(t.text)
			literal += len(t.text)
		case e.re != nil: // a converter of its own: the whole route as an expression
			return n.insertSpecial(specialEdge{entry: e, slots: len(e.slots), back: literal}), endpoint
		case !endsByItself(e.tokens, i):
			rest := e.tokens[i:]
			return n.insertSpecial(specialEdge{entry: e, tokens: rest, slots: countParams(rest)}), endpoint
		default:
			n = n.insertParam(t.conv.class)
		}
	}
	return n, false
}

// endsByItself reports whether placeholder i always takes the whole run of its class.
func endsByItself(tokens []token, i int) bool {
	class := tokens[i].conv.class
	if class == classUUID || i+1 == len(tokens) {
		return true
	}
	next := tokens[i+1]
	return next.conv == nil && !class.contains(next.text[0])
}

func countParams(tokens []token) int {
	n := 0
	for _, t := range tokens {
		if t.conv != nil {
			n++
		}
	}
	return n
}

// insert adds literal text below n.
func (n *treeNode) insert(text string) *treeNode {
	if text == "" {
		return n
	}
	for _, c := range n.children {
		common := commonPrefix(c.prefix, text)
		if common == 0 {
			continue
		}
		if common < len(c.prefix) {
			lower := *c
			lower.prefix = c.prefix[common:]
			*c = treeNode{prefix: c.prefix[:common], children: []*treeNode{&lower}}
		}
		return c.insert(text[common:])
	}
	c := &treeNode{prefix: text}
	n.children = append(n.children, c)
	return c
}

func commonPrefix(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}

func (n *treeNode) insertParam(c class) *treeNode {
	for _, p := range n.params {
		if p.class == c {
			return p.node
		}
	}
	node := &treeNode{}
	n.params = append(n.params, paramEdge{c, node})
	return node
}

func (n *treeNode) insertSpecial(edge specialEdge) *treeNode {
	for _, s := range n.specials {
		if s.entry == edge.entry {
			return s.node
		}
	}
	edge.node = &treeNode{}
	n.specials = append(n.specials, &edge)
	return edge.node
}

// finish computes what the search looks up.
func (n *treeNode) finish() int {
	n.min = math.MaxInt
	for _, list := range [][]*leaf{n.ends, n.anywhere} {
		if len(list) > 0 {
			n.min = min(n.min, list[0].order)
		}
	}
	for _, c := range n.children {
		n.index += c.prefix[:1]
		n.min = min(n.min, c.finish())
	}
	for _, p := range n.params {
		n.min = min(n.min, p.node.finish())
	}
	for _, s := range n.specials {
		n.min = min(n.min, s.node.finish())
	}
	slices.SortFunc(n.params, func(a, b paramEdge) int { return a.node.min - b.node.min })
	slices.SortFunc(n.specials, func(a, b *specialEdge) int { return a.node.min - b.node.min })
	return n.min
}

// search is one walk through the tree.
type search struct {
	path   string
	method string
	spans  []span // captured on the way to where the search is

	best      int // order of the leaf found so far
	leaf      *leaf
	found     []span
	converted *web.Match // the values of the leaf found, if it has converters that may refuse
	err       error      // of the pattern with the order best, in place of a leaf
	allow     []string
}

// maxFew is the number of captures that a search keeps without an allocation.
const maxFew = 8

// lookup finds the first leaf for the path and the method, and stores the captured values in m.
func (t *table) lookup(path, method string, m *web.Match) (found, error) {
	var f found
	if len(path) == 0 || path[0] != '/' {
		m.Set(nil, 0)
		return f, nil
	}
	var few, fewFound [maxFew]span
	s := search{path: path, method: method, spans: few[:], found: fewFound[:], best: math.MaxInt}
	if t.maxSlots > maxFew {
		s.spans, s.found = make([]span, t.maxSlots), make([]span, t.maxSlots)
	}
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
		} else if i := strings.IndexByte(n.index, s.path[pos]); i >= 0 {
			c := n.children[i]
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
		copy(s.found, spans)
		return
	}
}
