package migrate

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// renameInExpression gives a field another name inside an expression.
func renameInExpression(e schema.Expression, old, now string) schema.Expression {
	if e == nil {
		return nil
	}
	n, ok := e.(expr.Node)
	if !ok {
		return e
	}
	if out, ok := renameNode(n, old, now).(schema.Expression); ok {
		return out
	}
	return e
}

func renameNode(n expr.Node, old, now string) expr.Node {
	switch n := n.(type) {
	case expr.Name:
		n.Name = renameLookup(n.Name, old, now)
		return n
	case expr.Sorted:
		n.Of = renameNode(n.Of, old, now)
		return n
	case expr.Transform:
		n.Of = renameNode(n.Of, old, now)
		return n
	case expr.Cast:
		n.Of = renameNode(n.Of, old, now)
		return n
	case expr.Typed:
		n.Of = renameNode(n.Of, old, now)
		return n
	case expr.Binary:
		n.Left, n.Right = renameNode(n.Left, old, now), renameNode(n.Right, old, now)
		return n
	case expr.Func:
		n.Args = slices.Clone(n.Args)
		for i := range n.Args {
			n.Args[i] = renameNode(n.Args[i], old, now)
		}
		return n
	case expr.Call:
		n.Args = slices.Clone(n.Args)
		for i := range n.Args {
			n.Args[i] = renameNode(n.Args[i], old, now)
		}
		return n
	case expr.Pred:
		return renamePred(n, old, now)
	}
	return n
}

func renamePred(p expr.Pred, old, now string) expr.Pred {
	p.Name = renameLookup(p.Name, old, now)
	if p.Left != nil {
		p.Left = renameNode(p.Left, old, now)
	}
	if p.Right != nil {
		p.Right = renameNode(p.Right, old, now)
	}
	p.Kids = slices.Clone(p.Kids)
	for i := range p.Kids {
		p.Kids[i] = renamePred(p.Kids[i], old, now)
	}
	return p
}

// renameLookup changes the first part of a look-up: "words__gte".
func renameLookup(lookup, old, now string) string {
	field, rest, found := strings.Cut(lookup, "__")
	if field != old {
		return lookup
	}
	if found {
		return now + "__" + rest
	}
	return now
}
