package template

import (
	"errors"

	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

// urlNode is {% url name args… key=value… [as v] %}.
type urlNode struct {
	name   *Expr
	args   []*Expr
	kwargs []assignment
	target string
	span   span
}

func parseURL(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) < 2 {
		return nil, syntaxf("'%s' takes at least one argument, a URL pattern name.", bits[0])
	}
	n := &urlNode{span: spanOf(t)}
	var err error
	if n.name, err = p.Compile(bits[1]); err != nil {
		return nil, err
	}
	bits = bits[2:]
	if len(bits) >= 2 && bits[len(bits)-2] == "as" {
		n.target = bits[len(bits)-1]
		bits = bits[:len(bits)-2]
	}
	for _, bit := range bits {
		name, val := splitAssignment(bit)
		e, err := p.Compile(val)
		if err != nil {
			return nil, err
		}
		if name != "" {
			n.kwargs = assign(n.kwargs, name, e)
		} else {
			n.args = append(n.args, e)
		}
	}
	p.tmpl.urls = append(p.tmpl.urls, n)
	return n, nil
}

var errNoReverser = errors.New("{% url %} needs an engine with a Reverser (set Options.Reverser)")

var errMixedArgs = errors.New("url: positional and named arguments cannot be mixed")

// Render prints the address.
func (n *urlNode) Render(c *Context) error {
	name, err := n.name.eval(c)
	if err != nil {
		return err
	}
	if n.target == "" && len(n.args) <= 1 && len(n.kwargs) == 0 && c.dtl.urls != nil {
		if done, err := n.append(c, name); done || err != nil {
			return err
		}
	}
	var args []any
	if len(n.args) > 0 {
		args = make([]any, len(n.args))
	}
	for i, e := range n.args {
		v, err := e.eval(c)
		if err != nil {
			return err
		}
		args[i] = urlArg(v)
	}
	var kwargs map[string]any
	if len(n.kwargs) > 0 {
		kwargs = make(map[string]any, len(n.kwargs))
		for _, a := range n.kwargs {
			v, err := a.expr.eval(c)
			if err != nil {
				return err
			}
			kwargs[a.text] = urlArg(v)
		}
	}
	switch {
	case c.dtl.opts.Reverser == nil:
		return errNoReverser
	case len(args) > 0 && len(kwargs) > 0:
		return errMixedArgs
	}
	address, err := c.dtl.opts.Reverser.ReverseURL(c.env.Ctx, name.Str(), args, kwargs)
	if n.target != "" {
		if err != nil {
			address = ""
		}
		c.set(sym(n.target), value.OfString(address))
		return nil
	}
	if err != nil {
		return err
	}
	if c.env.Autoescape {
		c.out = filters.AppendEscaped(c.out, address)
	} else {
		c.out = append(c.out, address...)
	}
	return nil
}

// append prints an address with no or one argument straight into the page, if the site's URLs can do that.
func (n *urlNode) append(c *Context, name value.Value) (done bool, err error) {
	var arg value.Value
	if len(n.args) == 1 {
		if arg, err = n.args[0].eval(c); err != nil {
			return false, err
		}
	}
	start, urls, ctx := len(c.out), c.dtl.urls, c.env.Ctx
	switch {
	case len(n.args) == 0:
		c.out, done = urls.AppendURL(ctx, c.out, name.Str())
	case arg.Kind() == value.Int:
		c.out, done = urls.AppendURLInt(ctx, c.out, name.Str(), arg.Int())
	case arg.Kind() == value.String || arg.Kind() == value.Safe:
		c.out, done = urls.AppendURLText(ctx, c.out, name.Str(), arg.Text())
	}
	if done && c.env.Autoescape {
		c.out = filters.EscapeFrom(c.out, start)
	}
	return done, nil
}

// urlArg returns a value as reversing takes it: safe text as text.
func urlArg(v value.Value) any {
	switch v.Kind() {
	case value.Safe:
		return v.Text()
	case value.Int, value.Uint, value.Bool, value.String, value.Float, value.None:
		return v.Any()
	}
	a := v.Any()
	if _, internal := a.(value.Value); internal {
		return v.Str()
	}
	return a
}
