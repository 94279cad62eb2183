package urls

import (
	"math"
	"slices"
)

// treeNode is a node of the search tree: a radix tree over the literal parts of all routes, with an edge for each
// placeholder and regular expression between them. What the tree finds is what walk finds: the matching end point that
// was declared first. Every node knows the least order below it, so that a branch which can only lead to later end
// points than the one found is left alone.
type treeNode struct {
	prefix   string // literal text that leads here
	index    string // first bytes of the children's prefixes
	children []*treeNode
	byByte   *[256]uint8 // number of the child plus one, where there are many
	ends     []*leaf     // where the path ends here
	params   []paramEdge
	specials []*specialEdge
	anywhere []*leaf // behind a regular expression that need not reach the end of the path
	min      int     // least order of the leaves at and below the node
	others   int     // least order below params and specials
}

// manyChildren is from how many children on a table is faster than comparing bytes.
const manyChildren = 4

// child is the child whose prefix begins with a byte; nil if there is none.
func (n *treeNode) child(b byte) *treeNode {
	if n.byByte != nil {
		if i := n.byByte[b]; i > 0 {
			return n.children[i-1]
		}
		return nil
	}
	for i := range len(n.index) {
		if n.index[i] == b {
			return n.children[i]
		}
	}
	return nil
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
	n.min, n.others = math.MaxInt, math.MaxInt
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
		n.others = min(n.others, p.node.finish())
	}
	for _, s := range n.specials {
		n.others = min(n.others, s.node.finish())
	}
	n.min = min(n.min, n.others)
	if len(n.children) > manyChildren && len(n.children) < 256 {
		n.byByte = new([256]uint8)
		for i, c := range n.children {
			n.byByte[c.prefix[0]] = uint8(i + 1)
		}
	}
	slices.SortFunc(n.params, func(a, b paramEdge) int { return a.node.min - b.node.min })
	slices.SortFunc(n.specials, func(a, b *specialEdge) int { return a.node.min - b.node.min })
	return n.min
}
