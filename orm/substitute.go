package orm

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
)

// substitute puts other expressions into the places of a schema's expression that name fields. It is false when one has none,
// or when the expression holds what cannot be looked into.
func substitute(n expr.Node, node func(name string) expr.Node) (expr.Node, bool) {
	return rewrite(n, func(n expr.Node) (expr.Node, bool) {
		named, ok := n.(expr.Name)
		if !ok {
			return n, false
		}
		name, rest, _ := strings.Cut(named.Name, "__")
		value := node(name)
		for tr := range strings.SplitSeq(rest, "__") {
			if tr != "" && value != nil {
				value = expr.Transform{Of: value, Name: tr}
			}
		}
		return value, value != nil
	})
}

// rewrite copies an expression with other leaves: names, columns, and whatever else cannot be looked into. It is false when a
// leaf is.
func rewrite(n expr.Node, leaf func(n expr.Node) (expr.Node, bool)) (expr.Node, bool) {
	switch n := n.(type) {
	case nil:
		return nil, true
	case expr.Literal:
		return n, true
	case expr.Binary:
		left, ok := rewrite(n.Left, leaf)
		right, ok2 := rewrite(n.Right, leaf)
		n.Left, n.Right = left, right
		return n, ok && ok2
	case expr.Func:
		args, ok := rewriteAll(n.Args, leaf)
		n.Args = args
		return n, ok
	case expr.Call:
		args, ok := rewriteAll(n.Args, leaf)
		n.Args = args
		return n, ok
	case expr.Sorted:
		of, ok := rewrite(n.Of, leaf)
		n.Of = of
		return n, ok
	case expr.Transform:
		of, ok := rewrite(n.Of, leaf)
		n.Of = of
		return n, ok
	case expr.Typed:
		of, ok := rewrite(n.Of, leaf)
		n.Of = of
		return n, ok
	case expr.Pred:
		return rewritePred(n, leaf)
	}
	return leaf(n)
}

func rewriteAll(list []expr.Node, leaf func(n expr.Node) (expr.Node, bool)) ([]expr.Node, bool) {
	out, all := slices.Clone(list), true
	for i := range out {
		x, ok := rewrite(out[i], leaf)
		out[i], all = x, all && ok
	}
	return out, all
}

// rewritePred looks into a condition. A look-up by its string is left as it stands: what compiles it puts the value in.
func rewritePred(p expr.Pred, leaf func(n expr.Node) (expr.Node, bool)) (expr.Pred, bool) {
	all := true
	if p.Op == expr.Dynamic {
		name, _, _ := strings.Cut(p.Name, "__")
		_, all = leaf(expr.Name{Name: name})
	}
	left, ok := rewrite(p.Left, leaf)
	right, ok2 := rewrite(p.Right, leaf)
	p.Left, p.Right, all = left, right, all && ok && ok2
	p.Kids = slices.Clone(p.Kids)
	for i := range p.Kids {
		kid, ok := rewritePred(p.Kids[i], leaf)
		p.Kids[i], all = kid, all && ok
	}
	return p, all
}

// replaceArgument turns the text around a parameter into that around a second argument.
func replaceArgument(text string) string { return strings.ReplaceAll(text, "{1}", "{2}") }
