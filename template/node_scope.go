package template

import (
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

func splitWords(s string) []string { return pyfmt.Fields(s) }

// withNode is {% with a=b c=d %}.
type withNode struct {
	vars []assignment
	body *NodeList
}

func parseWith(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	vars, rest, err := p.assignments(bits[1:], true)
	if err != nil {
		return nil, err
	}
	if len(vars) == 0 {
		return nil, syntaxf("'%s' expected at least one variable assignment", bits[0])
	}
	if len(rest) > 0 {
		return nil, syntaxf("'%s' received an invalid token: '%s'", bits[0], rest[0])
	}
	body, err := p.ParseUntil("endwith")
	return &withNode{vars, body}, err
}

// Render runs the body with the variables set. All values are those from before the tag.
func (n *withNode) Render(c *Context) error {
	var few [4]value.Value
	values := few[:0]
	for _, a := range n.vars {
		v, err := a.expr.eval(c)
		if err != nil {
			return err
		}
		values = append(values, v)
	}
	mark := c.Push()
	for i, a := range n.vars {
		c.set(a.name, values[i])
	}
	err := n.body.render(c)
	c.Pop(mark)
	return err
}

// autoescapeNode is {% autoescape on|off %}.
type autoescapeNode struct {
	on   bool
	body *NodeList
}

func parseAutoescape(p *Parser, t Token) (Node, error) {
	bits := splitWords(t.Contents)
	if len(bits) != 2 {
		return nil, syntaxf("'autoescape' tag requires exactly one argument.")
	}
	if bits[1] != "on" && bits[1] != "off" {
		return nil, syntaxf("'autoescape' argument should be 'on' or 'off'")
	}
	body, err := p.ParseUntil("endautoescape")
	return &autoescapeNode{bits[1] == "on", body}, err
}

// Render runs the body with escaping on or off.
func (n *autoescapeNode) Render(c *Context) error {
	old := c.env.Autoescape
	c.env.Autoescape = n.on
	err := n.body.render(c)
	c.env.Autoescape = old
	return err
}

func parseComment(p *Parser, _ Token) (Node, error) {
	return emptyNode{}, p.SkipPast("endcomment")
}

// emptyNode writes nothing.
type emptyNode struct{}

// Render does nothing.
func (emptyNode) Render(*Context) error { return nil }

// verbatimNode is {% verbatim %}: the lexer has made text of its body.
func parseVerbatim(p *Parser, _ Token) (Node, error) {
	list, err := p.ParseUntil("endverbatim")
	return verbatimNode{list}, err
}

type verbatimNode struct{ body *NodeList }

// Render writes the text.
func (n verbatimNode) Render(c *Context) error { return n.body.render(c) }

// filterNode is {% filter f|g %}.
type filterNode struct {
	expr *Expr
	body *NodeList
}

var symVar = sym("var")

func parseFilter(p *Parser, t Token) (Node, error) {
	rest := strings.TrimPrefix(t.Contents, firstWord(t.Contents))
	e, err := p.Compile("var|" + pyfmt.TrimSpace(rest))
	if err != nil {
		return nil, err
	}
	for _, call := range e.filters {
		if call.filter.Name == "escape" || call.filter.Name == "safe" {
			return nil, syntaxf("\"filter %s\" is not permitted. Use the \"autoescape\" tag instead.", call.filter.Name)
		}
	}
	body, err := p.ParseUntil("endfilter")
	return &filterNode{e, body}, err
}

// Render writes what the filters make of the body.
func (n *filterNode) Render(c *Context) error {
	text, err := c.capture(n.body.render)
	if err != nil {
		return err
	}
	mark := c.Push()
	c.set(symVar, value.OfSafe(text))
	v, err := n.expr.eval(c)
	c.Pop(mark)
	if err != nil {
		return err
	}
	if html, ok := v.HTML(); ok {
		c.out = append(c.out, html...)
		return nil
	}
	if !v.Kind().IsText() {
		return fmt.Errorf("filter: the result is no text but %s", v.Repr())
	}
	c.out = append(c.out, v.Text()...)
	return nil
}

func parseLoad(p *Parser, t Token) (Node, error) {
	bits := splitWords(t.Contents)
	if len(bits) >= 4 && bits[len(bits)-2] == "from" {
		name := bits[len(bits)-1]
		lib := p.dtl.libraries[name]
		if lib == nil {
			return nil, p.unknownLibrary(name)
		}
		part, missing := lib.only(bits[1 : len(bits)-2])
		if len(missing) > 0 {
			return nil, syntaxf("'%s' is not a valid tag or filter in tag library '%s'", missing[0], name)
		}
		p.libs = append(p.libs, part)
		return emptyNode{}, nil
	}
	for _, name := range bits[1:] {
		lib := p.dtl.libraries[name]
		if lib == nil {
			return nil, p.unknownLibrary(name)
		}
		p.libs = append(p.libs, lib)
	}
	return emptyNode{}, nil
}

func (p *Parser) unknownLibrary(name string) error {
	names := keysOf(p.dtl.libraries)
	err := syntaxf("'%s' is not a registered tag library. Must be one of:\n%s", name, strings.Join(names, "\n"))
	err.Hint = didYouMean(name, names)
	return err
}
