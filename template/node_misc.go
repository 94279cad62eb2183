package template

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/internal/textutil"
	"github.com/nuages-go/nuages/template/internal/value"
)

// firstofNode is {% firstof a b "else" [as v] %}.
type firstofNode struct {
	vars   []*Expr
	target string
}

func parseFirstof(p *Parser, t Token) (Node, error) {
	bits := t.Split()[1:]
	n := &firstofNode{}
	if len(bits) == 0 {
		return nil, syntaxf("'firstof' statement requires at least one argument")
	}
	if len(bits) >= 2 && bits[len(bits)-2] == "as" {
		n.target = bits[len(bits)-1]
		bits = bits[:len(bits)-2]
	}
	var err error
	n.vars, err = p.compileAll(bits)
	return n, err
}

// Render prints the first true value.
func (n *firstofNode) Render(c *Context) error {
	var first string
	for _, e := range n.vars {
		v, err := e.evalNone(c)
		if err != nil {
			return err
		}
		if v.Truth() {
			first = string(c.env.Print(nil, v))
			break
		}
	}
	if n.target != "" {
		if c.env.Autoescape {
			c.set(sym(n.target), value.OfSafe(first))
		} else {
			c.set(sym(n.target), value.OfString(first))
		}
		return nil
	}
	c.out = append(c.out, first...)
	return nil
}

// spacelessNode is {% spaceless %}.
type spacelessNode struct{ body *NodeList }

func parseSpaceless(p *Parser, _ Token) (Node, error) {
	body, err := p.ParseUntil("endspaceless")
	return &spacelessNode{body}, err
}

// Render writes the body without the white space between tags.
func (n *spacelessNode) Render(c *Context) error {
	text, err := c.capture(n.body.render)
	if err != nil {
		return err
	}
	c.out = append(c.out, textutil.StripSpacesBetweenTags(pyfmt.TrimSpace(text))...)
	return nil
}

func parseTemplatetag(p *Parser, t Token) (Node, error) {
	bits := splitWords(t.Contents)
	if len(bits) != 2 {
		return nil, syntaxf("'templatetag' statement takes one argument")
	}
	names := []string{"openblock", "closeblock", "openvariable", "closevariable", "openbrace", "closebrace", "opencomment", "closecomment"}
	texts := []string{"{%", "%}", "{{", "}}", "{", "}", "{#", "#}"}
	i := slices.Index(names, bits[1])
	if i < 0 {
		return nil, syntaxf("Invalid templatetag argument: '%s'. Must be one of: %s",
			bits[1], "['"+strings.Join(names, "', '")+"']")
	}
	return constNode(texts[i]), nil
}

// constNode writes a text that a tag stands for.
type constNode string

// Render writes the text.
func (n constNode) Render(c *Context) error {
	c.out = append(c.out, n...)
	return nil
}

// widthratioNode is {% widthratio value max width [as v] %}.
type widthratioNode struct {
	value, max, width *Expr
	target            string
}

func parseWidthratio(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	n := &widthratioNode{}
	switch len(bits) {
	case 4:
	case 6:
		if bits[4] != "as" {
			return nil, syntaxf("Invalid syntax in widthratio tag. Expecting 'as' keyword")
		}
		n.target = bits[5]
	default:
		return nil, syntaxf("widthratio takes at least three arguments")
	}
	args, err := p.compileAll(bits[1:4])
	if err != nil {
		return nil, err
	}
	n.value, n.max, n.width = args[0], args[1], args[2]
	return n, nil
}

// Render prints value / max × width, rounded half to even.
func (n *widthratioNode) Render(c *Context) error {
	text, err := n.ratio(c)
	if err != nil {
		return err
	}
	if n.target != "" {
		c.set(sym(n.target), value.OfString(text))
		return nil
	}
	c.out = append(c.out, text...)
	return nil
}

// errWidth is also what a filter's error in one of the arguments becomes.
const errWidth = "widthratio final argument must be a number"

func (n *widthratioNode) ratio(c *Context) (string, error) {
	var v [3]value.Value
	for i, e := range []*Expr{n.value, n.max, n.width} {
		var err error
		if v[i], err = e.eval(c); err != nil {
			var missing *VariableError
			if errors.As(err, &missing) {
				return "", nil
			}
			return "", syntaxf("%s", errWidth)
		}
	}
	width, ok := v[2].BigInt()
	if !ok {
		return "", syntaxf("%s", errWidth)
	}
	a, aok := v[0].ParseNumber()
	b, bok := v[1].ParseNumber()
	if !aok || !bok {
		return "", nil
	}
	if b == 0 {
		return "0", nil
	}
	w, _ := value.OfBig(width).AsFloat()
	ratio := a / b * w
	if math.IsNaN(ratio) || math.IsInf(ratio, 0) {
		return "", nil
	}
	return strconv.FormatFloat(math.RoundToEven(ratio)+0, 'f', 0, 64), nil
}

// nowNode is {% now "format" [as v] %}.
type nowNode struct {
	format string
	target string
}

func parseNow(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	n := &nowNode{}
	if len(bits) == 4 && bits[2] == "as" {
		n.target = bits[3]
		bits = bits[:2]
	}
	if len(bits) != 2 {
		return nil, syntaxf("'now' statement takes one argument")
	}
	if format := []rune(bits[1]); len(format) > 2 { // without the quotes
		n.format = string(format[1 : len(format)-1])
	}
	return n, nil
}

// Render prints the current date and time.
func (n *nowNode) Render(c *Context) error {
	text, err := c.env.NowText(n.format)
	if err != nil {
		return err
	}
	if n.target != "" {
		c.set(sym(n.target), value.OfString(text))
		return nil
	}
	c.out = append(c.out, text...)
	return nil
}

// debugNode is {% debug %}: it prints the variables if the engine debugs.
type debugNode struct{}

func parseDebug(*Parser, Token) (Node, error) { return debugNode{}, nil }

// Render prints the variables.
func (debugNode) Render(c *Context) error {
	if !c.dtl.opts.Debug {
		return nil
	}
	var names []string
	for _, b := range c.scope {
		names = append(names, b.name.Value())
	}
	for name := range c.data {
		names = append(names, name)
	}
	names = append(names, c.root.Type().Names()...)
	for _, v := range c.dtl.vars {
		names = append(names, v.name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if v, ok := c.Lookup(name); ok {
			line := name + " = " + c.env.Reg.Of(v).Repr() + "\n"
			c.out = textutil.AppendEscaped(c.out, line)
		}
	}
	return nil
}
