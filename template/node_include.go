package template

import (
	"fmt"
	"sync/atomic"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

// includeNode is {% include name [with a=b …] [only] %}.
type includeNode struct {
	template *Expr
	with     []assignment
	only     bool
	span     span
	tmpl     *Template
	// found is the template of a literal name, until the engine is reset.
	found atomic.Pointer[foundTemplate]
}

type foundTemplate struct {
	tmpl   *Template
	resets int64
}

func parseInclude(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) < 2 {
		return nil, syntaxf("'%s' tag takes at least one argument: the name of the template to be included.", bits[0])
	}
	n := &includeNode{span: spanOf(t), tmpl: p.tmpl}
	seen := map[string]bool{}
	for rest := bits[2:]; len(rest) > 0; {
		option := rest[0]
		rest = rest[1:]
		if seen[option] {
			return nil, syntaxf("The '%s' option was specified more than once.", option)
		}
		switch option {
		case "with":
			var err error
			if n.with, rest, err = p.assignments(rest, false); err != nil {
				return nil, err
			}
			if len(n.with) == 0 {
				return nil, syntaxf("\"with\" in '%s' tag needs at least one keyword argument.", bits[0])
			}
		case "only":
			n.only = true
		default:
			return nil, syntaxf("Unknown argument for '%s' tag: %s.", bits[0], pyfmt.Quote(option))
		}
		seen[option] = true
	}
	name, err := relativeName(p.tmpl.name, bits[1], true)
	if err != nil {
		return nil, err
	}
	n.template, err = p.Compile(name)
	p.tmpl.includes = append(p.tmpl.includes, n)
	return n, err
}

// Render writes the included template.
func (n *includeNode) Render(c *Context) error {
	t, err := n.find(c)
	if err != nil {
		return err
	}
	if len(c.calls) >= maxDepth {
		return fmt.Errorf("templates are included more than %d deep", maxDepth)
	}
	values := make([]value.Value, 0, 4)
	for _, a := range n.with {
		v, err := a.expr.eval(c)
		if err != nil {
			return err
		}
		values = append(values, v)
	}
	c.calls = append(c.calls, call{n.tmpl, n.span})
	mark, base, isolated := c.Push(), c.base, c.isolated
	if n.only {
		c.base, c.isolated = len(c.scope), true
	}
	for i, a := range n.with {
		c.set(a.name, values[i])
	}
	err = t.run(c)
	c.Pop(mark)
	c.base, c.isolated = base, isolated
	c.calls = c.calls[:len(c.calls)-1]
	return err
}

// find returns the template that the tag names, which may be a list of names or a template.
func (n *includeNode) find(c *Context) (*Template, error) {
	if name, ok := n.template.literalName(); ok {
		resets := c.dtl.resets.Load()
		if f := n.found.Load(); f != nil && f.resets == resets {
			return f.tmpl, nil
		}
		t, err := c.dtl.lookup(name)
		if err == nil {
			n.found.Store(&foundTemplate{t, resets})
		}
		return t, err
	}
	v, err := n.template.eval(c)
	if err != nil {
		return nil, err
	}
	switch {
	case v.Kind().IsText():
		if v.Text() == "" {
			return nil, &NotFoundError{}
		}
		name, err := relativeName(n.tmpl.name, `"`+v.Text()+`"`, true)
		if err != nil {
			return nil, err
		}
		return c.dtl.lookup(name[1 : len(name)-1])
	case v.IsNone():
		return nil, &NotFoundError{}
	}
	if t, ok := v.Any().(*Template); ok {
		return t, nil
	}
	names, err := v.Elements()
	if err != nil {
		return nil, err
	}
	missing := &NotFoundError{}
	for i, name := range names {
		t, err := c.dtl.lookup(name.Str())
		if err == nil {
			return t, nil
		}
		if i > 0 {
			missing.Name += ", "
		}
		missing.Name += name.Str()
	}
	return nil, missing
}
