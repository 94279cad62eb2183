package template

import (
	"errors"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

// translateNode is {% translate "text" [noop] [context "c"] [as v] %}.
type translateNode struct {
	expr    *Expr
	context *Expr
	noop    bool
	target  string
}

func parseTranslate(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) < 2 {
		return nil, syntaxf("'%s' takes at least one argument", bits[0])
	}
	n := &translateNode{}
	var err error
	if n.expr, err = p.Compile(bits[1]); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for rest := bits[2:]; len(rest) > 0; {
		option := rest[0]
		rest = rest[1:]
		if seen[option] {
			return nil, syntaxf("The '%s' option was specified more than once.", option)
		}
		seen[option] = true
		switch option {
		case "noop":
			n.noop = true
			continue
		case "context", "as":
		default:
			return nil, syntaxf("Unknown argument for '%s' tag: '%s'. The only options available are 'noop', 'context' \"xxx\", and 'as VAR'.",
				bits[0], option)
		}
		if len(rest) == 0 {
			return nil, syntaxf("No argument provided to the '%s' tag for the %s option.", bits[0], option)
		}
		arg := rest[0]
		rest = rest[1:]
		if option == "as" {
			n.target = arg
			continue
		}
		if arg == "as" || arg == "noop" {
			return nil, syntaxf("Invalid argument '%s' provided to the '%s' tag for the context option", arg, bits[0])
		}
		if n.context, err = p.Compile(arg); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// Render prints the translation of the text, or of a variable's value.
func (n *translateNode) Render(c *Context) error {
	v, err := n.expr.term.eval(c)
	if err != nil {
		return err
	}
	switch {
	case v.IsUndefined():
		if v, err = n.expr.eval(c); err != nil {
			return err
		}
	default:
		if !n.noop && !n.expr.term.translate {
			msgctxt := ""
			if n.context != nil {
				ctxt, err := n.context.eval(c)
				if err != nil {
					return err
				}
				msgctxt = ctxt.Str()
			}
			text := c.translate(msgctxt, strings.ReplaceAll(v.Str(), "%", "%%"))
			if v.IsSafe() {
				v = value.OfSafe(text)
			} else {
				v = value.OfString(text)
			}
		}
		if v, err = n.expr.apply(c, v); err != nil {
			return err
		}
	}
	text := strings.ReplaceAll(string(c.env.Print(nil, v)), "%%", "%")
	if n.target == "" {
		c.out = append(c.out, text...)
		return nil
	}
	if c.env.Autoescape || v.IsSafe() {
		c.set(sym(n.target), value.OfSafe(text))
	} else {
		c.set(sym(n.target), value.OfString(text))
	}
	return nil
}

// blockTranslateNode is {% blocktranslate %}.
type blockTranslateNode struct {
	tag              string
	with             []assignment
	count            *assignment
	context          *Expr
	target           string
	singular, plural message
}

// message is a text with places for variables, and their names.
type message struct {
	text string
	vars []string
}

func parseBlockTranslate(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	n := &blockTranslateNode{tag: bits[0]}
	trimmed, err := n.options(p, bits)
	if err != nil {
		return nil, err
	}
	texts, end := p.messageTokens(t)
	n.singular = newMessage(texts, trimmed)
	if n.count != nil {
		if end.Contents != "plural" {
			return nil, syntaxf("'%s' doesn't allow other block tags inside it", n.tag)
		}
		texts, end = p.messageTokens(end)
		n.plural = newMessage(texts, trimmed)
		if len(texts) == 0 { // nothing after plural: the first text is for every number
			n.count = nil
		}
	}
	if end.Contents != "end"+n.tag {
		return nil, syntaxf("'%s' doesn't allow other block tags (seen %s) inside it", n.tag, pyfmt.Quote(end.Contents))
	}
	return n, nil
}

func (n *blockTranslateNode) options(p *Parser, bits []string) (trimmed bool, err error) {
	seen := map[string]bool{}
	for rest := bits[1:]; len(rest) > 0; {
		option := rest[0]
		rest = rest[1:]
		if seen[option] {
			return false, syntaxf("The '%s' option was specified more than once.", option)
		}
		seen[option] = true
		switch option {
		case "with":
			if n.with, rest, err = p.assignments(rest, true); err != nil {
				return false, err
			}
			if len(n.with) == 0 {
				return false, syntaxf("\"with\" in '%s' tag needs at least one keyword argument.", bits[0])
			}
		case "count":
			var vars []assignment
			if vars, rest, err = p.assignments(rest, true); err != nil {
				return false, err
			}
			if len(vars) != 1 {
				return false, syntaxf("\"count\" in '%s' tag expected exactly one keyword argument.", bits[0])
			}
			n.count = &vars[0]
		case "context":
			if len(rest) > 0 {
				n.context, err = p.Compile(rest[0])
			}
			if len(rest) == 0 || err != nil {
				return false, syntaxf("\"context\" in '%s' tag expected exactly one argument.", bits[0])
			}
			rest = rest[1:]
		case "trimmed":
			trimmed = true
		case "asvar":
			if len(rest) == 0 {
				return false, syntaxf("No argument provided to the '%s' tag for the asvar option.", bits[0])
			}
			n.target, rest = rest[0], rest[1:]
		default:
			return false, syntaxf("Unknown argument for '%s' tag: %s.", bits[0], pyfmt.Quote(option))
		}
	}
	return trimmed, nil
}

// messageTokens takes the texts and variables up to the next tag; last is the token before.
func (p *Parser) messageTokens(last Token) (texts []Token, end Token) {
	for end = last; ; {
		t, ok := p.NextToken()
		if !ok {
			return texts, end
		}
		end = t
		if t.Kind != TextToken && t.Kind != VariableToken {
			return texts, end
		}
		texts = append(texts, t)
	}
}

func newMessage(texts []Token, trimmed bool) message {
	var m message
	var b strings.Builder
	for _, t := range texts {
		if t.Kind == TextToken {
			b.WriteString(strings.ReplaceAll(t.Contents, "%", "%%"))
			continue
		}
		b.WriteString("%(" + t.Contents + ")s")
		m.vars = append(m.vars, t.Contents)
	}
	m.text = b.String()
	if trimmed {
		lines := strings.Split(strings.TrimFunc(m.text, pyfmt.IsSpace), "\n")
		for i, line := range lines {
			lines[i] = strings.TrimFunc(line, pyfmt.IsSpace)
		}
		m.text = strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), " ")
	}
	return m
}

// Render prints the translation with the variables' values.
func (n *blockTranslateNode) Render(c *Context) error {
	mark := c.Push()
	text, err := n.render(c)
	c.Pop(mark)
	if err != nil {
		return err
	}
	if n.target != "" {
		c.set(sym(n.target), value.OfSafe(text))
		return nil
	}
	c.out = append(c.out, text...)
	return nil
}

func (n *blockTranslateNode) render(c *Context) (string, error) {
	msgctxt := ""
	if n.context != nil {
		v, err := n.context.eval(c)
		if err != nil {
			return "", err
		}
		msgctxt = v.Str()
	}
	values := make([]value.Value, len(n.with))
	for i, a := range n.with {
		v, err := a.expr.eval(c)
		if err != nil {
			return "", err
		}
		values[i] = v
	}
	for i, a := range n.with {
		c.set(a.name, values[i])
	}
	vars, original := n.singular.vars, n.singular.text
	translated := original
	if n.count != nil {
		v, err := n.count.expr.eval(c)
		if err != nil {
			return "", err
		}
		if !v.Kind().IsNumber() {
			return "", syntaxf("'%s' argument to '%s' tag must be a number.", n.count.text, n.tag)
		}
		c.set(n.count.name, v)
		vars = slices.Concat(vars, n.plural.vars)
		if f, _ := v.AsFloat(); f != 1 {
			original = n.plural.text
		}
		translated = original
		if tr := c.dtl.opts.Translator; tr != nil {
			count, _ := v.Int64()
			translated = tr.TranslatePlural(c.env.Ctx, msgctxt, n.singular.text, n.plural.text, int(count))
		}
	} else {
		translated = c.translate(msgctxt, original)
	}
	data := value.NewPairs()
	for _, name := range vars {
		text, err := n.variable(c, name)
		if err != nil {
			return "", err
		}
		data.Set(value.OfString(name), value.OfString(text))
	}
	for _, text := range []string{translated, original} { // a translation with a wrong place falls back to the text
		if out, ok := pyfmt.Percent(text, messageArg{data}); ok {
			return out, nil
		}
	}
	return "", errors.New("the text of " + n.tag + " cannot be formatted")
}

// variable prints a variable of the message.
func (n *blockTranslateNode) variable(c *Context, name string) (string, error) {
	a, ok := c.Lookup(name)
	if !ok {
		invalid := strings.ReplaceAll(c.dtl.opts.StringIfInvalid, "%s", name)
		return string(c.env.Print(nil, value.OfString(invalid))), nil
	}
	v, err := c.settle(c.env.Reg.Of(a))
	if err != nil {
		return "", err
	}
	return string(c.env.Print(nil, v)), nil
}

// messageArg gives the variables of a message to the % operator.
type messageArg struct{ *value.Pairs }

var _ pyfmt.Arg = messageArg{}
