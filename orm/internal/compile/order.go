package compile

import (
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Orders says what is wrong with an order of a model by a name, without writing any SQL.
func (c *Compiler) Orders(m *plan.Model, o expr.Order) error {
	b := c.builder(&expr.Query{Model: m, Limit: -1}, nil)
	b.orderPart(o)
	return b.err
}

// orderBehind is an order by names or an expression, as a model behind some relations declares it.
func (b *builder) orderBehind(steps []*plan.Relation, o expr.Order) []rorder {
	if len(steps) == 0 || o.Name == "?" {
		return b.orderPart(o)
	}
	prefix := ""
	for _, s := range steps {
		prefix += s.Name + "__"
	}
	switch {
	case o.Node != nil:
		node, err := prefixed(o.Node, prefix)
		if err != nil {
			b.fail(err)
			return nil
		}
		o.Node = node
	case strings.HasPrefix(o.Name, "-"):
		o.Name = "-" + prefix + o.Name[1:]
	default:
		o.Name = prefix + o.Name
	}
	return b.orderPart(o)
}

// prefixed is an expression whose names begin behind some relations. Django: prefix_references.
func prefixed(n expr.Node, prefix string) (expr.Node, error) {
	var err error
	list := func(args []expr.Node) []expr.Node {
		out := make([]expr.Node, len(args))
		for i, a := range args {
			x, e := prefixed(a, prefix)
			if out[i] = x; e != nil {
				err = e
			}
		}
		return out
	}
	one := func(n expr.Node) expr.Node { return list([]expr.Node{n})[0] }
	switch n := n.(type) {
	case expr.Name:
		n.Name = prefix + n.Name
		return n, nil
	case expr.Literal:
		return n, nil
	case expr.Binary:
		n.Left, n.Right = one(n.Left), one(n.Right)
		return n, err
	case expr.Func:
		n.Args = list(n.Args)
		return n, err
	case expr.Call:
		n.Args = list(n.Args)
		return n, err
	case expr.Transform:
		n.Of = one(n.Of)
		return n, err
	}
	return nil, fmt.Errorf("orm: an order by a %T cannot be followed through a relation (order by columns of the other model)", n)
}

// withNulls says where the rows without a value go; an order that says nothing leaves it to the parts.
func withNulls(list []rorder, nulls string) []rorder {
	if nulls != "" {
		for i := range list {
			list[i].nulls = nulls
		}
	}
	return list
}
