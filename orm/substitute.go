package orm

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
)

// substitute puts other expressions into the places of a schema's expression that name fields. It is false when one has none,
// or when the expression holds what cannot be looked into.
func substitute(n expr.Node, node func(name string) expr.Node) (expr.Node, bool) {
	switch n := n.(type) {
	case nil:
		return nil, true
	case expr.Literal:
		return n, true
	case expr.Name:
		name, rest, _ := strings.Cut(n.Name, "__")
		value := node(name)
		for tr := range strings.SplitSeq(rest, "__") {
			if tr != "" && value != nil {
				value = expr.Transform{Of: value, Name: tr}
			}
		}
		return value, value != nil
	case expr.Binary:
		left, ok := substitute(n.Left, node)
		right, ok2 := substitute(n.Right, node)
		n.Left, n.Right = left, right
		return n, ok && ok2
	case expr.Func:
		args, ok := substituteAll(n.Args, node)
		n.Args = args
		return n, ok
	case expr.Call:
		args, ok := substituteAll(n.Args, node)
		n.Args = args
		return n, ok
	case expr.Sorted:
		of, ok := substitute(n.Of, node)
		n.Of = of
		return n, ok
	case expr.Transform:
		of, ok := substitute(n.Of, node)
		n.Of = of
		return n, ok
	case expr.Typed:
		of, ok := substitute(n.Of, node)
		n.Of = of
		return n, ok
	case expr.Pred:
		return substitutePred(n, node)
	}
	return n, false
}

func substituteAll(list []expr.Node, node func(name string) expr.Node) ([]expr.Node, bool) {
	out, all := slices.Clone(list), true
	for i := range out {
		x, ok := substitute(out[i], node)
		out[i], all = x, all && ok
	}
	return out, all
}

// substitutePred looks into a condition. A look-up by its string is left as it stands: what compiles it puts the value in.
func substitutePred(p expr.Pred, node func(name string) expr.Node) (expr.Pred, bool) {
	all := true
	if p.Op == expr.Dynamic {
		name, _, _ := strings.Cut(p.Name, "__")
		all = node(name) != nil
	}
	left, ok := substitute(p.Left, node)
	right, ok2 := substitute(p.Right, node)
	p.Left, p.Right, all = left, right, all && ok && ok2
	p.Kids = slices.Clone(p.Kids)
	for i := range p.Kids {
		kid, ok := substitutePred(p.Kids[i], node)
		p.Kids[i], all = kid, all && ok
	}
	return p, all
}

// replaceArgument turns the text around a parameter into that around a second argument.
func replaceArgument(text string) string { return strings.ReplaceAll(text, "{1}", "{2}") }
