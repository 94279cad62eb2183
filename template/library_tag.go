package template

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/template/internal/value"
)

// SimpleTag adds a tag that calls a function and prints its result, escaped unless it is a SafeString, or sets a variable
// with {% name arguments as variable %}:
//
//	func(format string, t time.Time) string
//	func(ctx context.Context, numbers ...int) (int, error)
//	func(c *template.Context, title string, options struct{ Width int; CSSClass string }) template.SafeString
//
// The first parameter may be a context.Context or a *Context. Further arguments are a variadic parameter; named ones,
// {% name title width=3 css_class="x" %}, are the fields of a last parameter that is an unnamed struct, a struct whose
// type's name ends in Options, or a map[string]any. Django: simple_tag.
func (l *Library) SimpleTag(name string, fn any) *Library {
	b, err := newBinding(fn)
	if err != nil {
		l.errorf("tag %s: %w", name, err)
		return l
	}
	return l.Tag(name, func(p *Parser, t Token) (Node, error) {
		n := &funcNode{name: name, fn: b}
		return n, n.parse(p, t, 0)
	})
}

// SimpleBlockTag adds a tag with a body: the function gets what the body prints, as its first argument of type
// SafeString. The end tag is "end" and the name. Django: simple_block_tag.
func (l *Library) SimpleBlockTag(name string, fn any) *Library {
	b, err := newBinding(fn)
	if err == nil && (len(b.params) == 0 || b.params[0] != safeType) {
		err = fmt.Errorf("%T must take the body as a SafeString", fn)
	}
	if err != nil {
		l.errorf("tag %s: %w", name, err)
		return l
	}
	return l.Tag(name, func(p *Parser, t Token) (Node, error) {
		n := &funcNode{name: name, fn: b}
		if err := n.parse(p, t, 1); err != nil {
			return nil, err
		}
		var err error
		n.body, err = p.ParseUntil("end" + name)
		return n, err
	})
}

// InclusionTag adds a tag that renders a template with the data that a function returns: a pointer to a struct, or a
// map[string]any. The template sees that data alone, and csrf_token. Django: inclusion_tag.
func (l *Library) InclusionTag(name, file string, fn any) *Library {
	b, err := newBinding(fn)
	if err != nil {
		l.errorf("tag %s: %w", name, err)
		return l
	}
	return l.Tag(name, func(p *Parser, t Token) (Node, error) {
		n := &funcNode{name: name, fn: b, file: file, tmpl: p.tmpl, span: spanOf(t)}
		return n, n.parse(p, t, 0)
	})
}

// funcNode calls a Go function.
type funcNode struct {
	name   string
	fn     *funcBinding
	args   []*Expr
	kwargs []assignment
	target string
	body   *NodeList
	// file is the template of an inclusion tag.
	file string
	tmpl *Template
	span span
}

// parse compiles the arguments. Given is how many the tag itself gives before them.
func (n *funcNode) parse(p *Parser, t Token, given int) error {
	bits := t.Split()[1:]
	if n.file == "" && len(bits) >= 2 && bits[len(bits)-2] == "as" {
		n.target = bits[len(bits)-1]
		bits = bits[:len(bits)-2]
	}
	for _, bit := range bits {
		name, val := splitAssignment(bit)
		e, err := p.Compile(val)
		switch {
		case err != nil:
			return err
		case name == "" && len(n.kwargs) > 0:
			return syntaxf("'%s' received some positional argument(s) after some keyword argument(s)", n.name)
		case name == "":
			n.args = append(n.args, e)
		case slices.ContainsFunc(n.kwargs, func(a assignment) bool { return a.text == name }):
			return syntaxf("'%s' received multiple values for keyword argument '%s'", n.name, name)
		default:
			n.kwargs = append(n.kwargs, assignment{sym(name), name, e})
		}
	}
	for _, a := range n.kwargs {
		if _, ok := n.fn.fields[a.text]; !ok && n.fn.keywords != anyMapType {
			err := syntaxf("'%s' received unexpected keyword argument '%s'", n.name, a.text)
			err.Hint = didYouMean(a.text, keysOf(n.fn.fields))
			return err
		}
	}
	want := len(n.fn.params) - given
	if len(n.args) < want {
		return syntaxf("'%s' did not receive value(s) for the argument(s): it takes %d, %d given", n.name, want, len(n.args))
	}
	if len(n.args) > want && n.fn.variadic == nil {
		return syntaxf("'%s' received too many positional arguments", n.name)
	}
	return nil
}

// Render calls the function.
func (n *funcNode) Render(c *Context) error {
	args := make([]value.Value, 0, len(n.args)+1)
	if n.body != nil {
		text, err := c.capture(n.body.render)
		if err != nil {
			return err
		}
		args = append(args, value.OfSafe(text))
	}
	for _, e := range n.args {
		v, err := e.eval(c)
		if err != nil {
			return err
		}
		args = append(args, v)
	}
	var kwargs []namedValue
	for _, a := range n.kwargs {
		v, err := a.expr.eval(c)
		if err != nil {
			return err
		}
		kwargs = append(kwargs, namedValue{a.text, v})
	}
	out, err := n.fn.call(callInfo{&c.env, c}, args, kwargs)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", n.name, err)
	case n.file != "":
		return n.include(c, out)
	case n.target != "":
		c.set(sym(n.target), out)
		return nil
	}
	switch html, safe := out.HTML(); {
	case safe:
		c.out = append(c.out, html...)
	case c.env.Autoescape:
		c.out = append(c.out, Escape(out.Str()).html...)
	default:
		c.out = value.AppendStr(c.out, out)
	}
	return nil
}

// include renders the template of an inclusion tag with the function's result as its data.
func (n *funcNode) include(c *Context, data value.Value) error {
	t, err := c.dtl.lookup(n.file)
	if err != nil {
		return err
	}
	if len(c.calls) >= maxDepth {
		return fmt.Errorf("templates are included more than %d deep", maxDepth)
	}
	outer := *c
	c.calls = append(c.calls, call{n.tmpl, n.span})
	c.Push()
	c.base, c.isolated, c.inclusion = len(c.scope), false, true
	c.data, c.root = nil, data
	err = t.run(c)
	c.Pop(outer.frame)
	c.base, c.isolated, c.inclusion, c.data, c.root = outer.base, outer.isolated, outer.inclusion, outer.data, outer.root
	c.calls = c.calls[:len(outer.calls)]
	return err
}

// check checks the arguments, and an inclusion tag's template against the function's result.
func (n *funcNode) check(k *checker) {
	k.exprs(n.args...)
	k.assignments(n.kwargs)
	k.list(n.body)
	if n.target != "" {
		k.set(n.target, shapeOf(k.dtl.reg.TypeOf(n.fn.fn.Type().Out(0))))
	}
	if n.file == "" {
		return
	}
	t, err := k.dtl.lookup(n.file)
	if err != nil {
		k.missing(n.name, n.file, err)
		return
	}
	data := shapeOf(k.dtl.reg.TypeOf(n.fn.fn.Type().Out(0)))
	outer := *k
	k.scope, k.isolated, k.data, k.inclusion = nil, false, data, true
	k.open = data == nil || data.typ == nil || data.typ.Go().Kind() == reflect.Map
	k.template(t)
	found, seen := k.found, k.seen
	*k = outer
	k.found, k.seen = found, seen
}
