package pyre

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
