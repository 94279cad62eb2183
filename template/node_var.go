package template

import (
	"github.com/nuages-go/nuages/template/internal/value"
)

// varNode is {{ expression }}.
type varNode struct{ expr *Expr }

// pathNode is {{ a.b.c }} without filters, the most frequent tag.
type pathNode struct {
	expr *Expr
	path *varPath
}

func newVarNode(e *Expr) Node {
	if e.term.path != nil && len(e.filters) == 0 {
		p := e.term.path
		if len(p.steps) == 1 && p.root == symBlock && p.steps[0].Name == "super" {
			return &superNode{pathNode{e, p}}
		}
		return &pathNode{e, p}
	}
	return &varNode{e}
}

// Render prints the value.
func (n *varNode) Render(c *Context) error {
	v, err := n.expr.eval(c)
	if err != nil {
		return err
	}
	c.print(v)
	return nil
}

// Render prints the value.
func (n *pathNode) Render(c *Context) error {
	v, err := n.path.resolve(c)
	if err != nil {
		return err
	}
	if v.IsUndefined() {
		if v, err = n.expr.eval(c); err != nil {
			return err
		}
	}
	c.print(v)
	return nil
}

func (c *Context) print(v value.Value) { c.out = c.env.Print(c.out, v) }

// superNode is {{ block.super }}: it writes the parent's block in place.
type superNode struct{ pathNode }

// Render writes the parent's block.
func (n *superNode) Render(c *Context) error {
	v, err := c.lookup(n.path)
	if err != nil {
		return err
	}
	if b, ok := blockOf(v); ok {
		return b.super(c)
	}
	return n.pathNode.Render(c)
}
