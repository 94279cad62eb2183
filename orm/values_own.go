package orm

import (
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// own is the expression that a key path of the result stands for, or nil for one of the query's own tables.
func (q *ValuesQuery[R]) own(p *expr.Path) expr.Node {
	if p == nil || p.Ref.Parent != nil || p.Ref.Base != plan.PointerTo(Fields[R]()) || p.Ref.Model == q.s.Model {
		return nil
	}
	for i := range q.s.Joins {
		if q.s.Joins[i].Ref == p.Ref { // a table whose rows have the type of the result
			return nil
		}
	}
	for i, off := range q.off {
		if off == p.Offset && i < len(q.s.Values) {
			return q.s.Values[i].Node
		}
	}
	return nil
}

func (q *ValuesQuery[R]) ownNode(n expr.Node) expr.Node {
	out, _ := rewrite(n, func(n expr.Node) (expr.Node, bool) {
		if c, ok := n.(expr.Column); ok {
			if own := q.own(c.Path); own != nil {
				return own, true
			}
		}
		return n, true
	})
	return out
}

func (q *ValuesQuery[R]) ownOrder(o expr.Order) expr.Order {
	if own := q.own(o.Path); own != nil {
		o.Path, o.Node = nil, own
	} else if o.Node != nil {
		o.Node = q.ownNode(o.Node)
	}
	return o
}

func (q *ValuesQuery[R]) ownPred(p expr.Pred) expr.Pred {
	if own := q.own(p.Path); own != nil {
		p.Path, p.Left = nil, own
	}
	p.Left, p.Right = q.ownNode(p.Left), q.ownNode(p.Right)
	for i := range p.Kids {
		if i == 0 {
			p.Kids = append([]expr.Pred(nil), p.Kids...)
		}
		p.Kids[i] = q.ownPred(p.Kids[i])
	}
	return p
}
