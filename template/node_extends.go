package template

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// extendsNode is {% extends %}; it holds what stands before it, which is printed first.
type extendsNode struct {
	parent *Expr
	source string
	text   []Node
	rest   *NodeList
	span   span
	tmpl   *Template
}

func parseExtends(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) != 2 {
		return nil, syntaxf("'%s' takes one argument", bits[0])
	}
	name, err := relativeName(p.tmpl.name, bits[1], false)
	if err != nil {
		return nil, err
	}
	n := &extendsNode{source: bits[1], span: spanOf(t), tmpl: p.tmpl}
	if n.parent, err = p.Compile(name); err != nil {
		return nil, err
	}
	// The rest of the template is parsed for its blocks; what stands between them is not printed.
	rest, err := p.parse()
	if err != nil {
		return nil, err
	}
	for _, child := range rest.nodes {
		if _, ok := child.(*extendsNode); ok {
			return nil, syntaxf("'%s' cannot appear more than once in the same template", bits[0])
		}
	}
	n.rest = rest
	p.extends = n
	return n, nil
}

// relativeName makes a name that starts with ./ or ../ in a tag of template name absolute. Quotes stay.
func relativeName(name, arg string, allowSelf bool) (string, error) {
	if len(arg) < 2 || (arg[0] != '"' && arg[0] != '\'') || arg[len(arg)-1] != arg[0] {
		return arg, nil
	}
	bare := arg[1 : len(arg)-1]
	if !strings.HasPrefix(bare, "./") && !strings.HasPrefix(bare, "../") {
		return arg, nil
	}
	joined := path.Clean(path.Join(path.Dir(strings.TrimLeft(name, "/")), bare))
	if strings.HasPrefix(joined, "../") || joined == ".." || strings.HasPrefix(path.Join("x", path.Dir(name), bare), "../") {
		return "", syntaxf("The relative path '%s' points outside the file hierarchy that template '%s' is in.", arg, name)
	}
	if !allowSelf && strings.TrimLeft(name, "/") == joined {
		return "", syntaxf("The relative path '%s' was translated to template name '%s', the same template in which the tag appears.", arg, name)
	}
	return arg[:1] + joined + arg[:1], nil
}

// Render is never called: a template with a parent is rendered by run.
func (n *extendsNode) Render(*Context) error { return nil }

// literalName returns the parent's name if it does not depend on data.
func (e *Expr) literalName() (string, bool) {
	if !e.isConst() || !e.term.literal.Kind().IsText() {
		return "", false
	}
	return e.term.literal.Text(), true
}

// run renders a template and its parents.
func (t *Template) run(c *Context) error {
	if t.extends == nil {
		return t.runPlain(c)
	}
	l := t.layout.Load()
	if l == nil || l.resets != t.dtl.resets.Load() {
		var err error
		var fixed bool
		resets := t.dtl.resets.Load()
		if l, fixed, err = t.resolveLayout(c); err != nil {
			return err
		}
		if l.resets = resets; fixed {
			t.layout.Store(l)
		}
	}
	// The text before the extends tags is printed first, the child's before its parent's.
	for cur := t; cur.extends != nil; {
		for _, n := range cur.extends.text {
			if err := n.Render(c); err != nil {
				return err
			}
		}
		next := c.parentIn(l, cur)
		if next == nil {
			break
		}
		cur = next
	}
	outer, slots, calls, arena := c.layout, c.slots, len(c.calls), len(c.arena)
	run := c.startRun(l)
	c.layout = run
	c.slots = run.slots[l.slots-l.root.nslots:]
	for _, cur := range l.chain[:len(l.chain)-1] {
		c.calls = append(c.calls, call{cur, cur.extends.span})
	}
	err := l.root.nodes.render(c)
	c.layout, c.slots, c.calls, c.arena = outer, slots, c.calls[:calls], c.arena[:arena]
	c.running--
	return err
}

// startRun returns the state of a chain.
func (c *Context) startRun(l *layout) *layoutRun {
	if c.running == len(c.runs) {
		c.runs = append(c.runs, &layoutRun{})
	}
	r := c.runs[c.running]
	c.running++
	r.layout, r.slots = l, c.takeSlots(l.slots)
	r.depth = slices.Grow(r.depth[:0], len(l.blocks))[:len(l.blocks)]
	clear(r.depth)
	return r
}

func (c *Context) parentIn(l *layout, t *Template) *Template {
	for i, cur := range l.chain {
		if cur == t && i+1 < len(l.chain) {
			return l.chain[i+1]
		}
	}
	return nil
}

func (t *Template) runPlain(c *Context) error {
	outer, slots, arena := c.layout, c.slots, len(c.arena)
	c.layout, c.slots = nil, c.takeSlots(t.nslots)
	err := t.nodes.render(c)
	c.layout, c.slots, c.arena = outer, slots, c.arena[:arena]
	return err
}

// resolveLayout finds the parents. Fixed says that they do not depend on data.
func (t *Template) resolveLayout(c *Context) (l *layout, fixed bool, err error) {
	chain := []*Template{t}
	fixed = true
	for cur := t; cur.extends != nil; {
		if len(chain) > maxDepth {
			return nil, false, c.failExtends(cur, fmt.Errorf("more than %d parents", maxDepth))
		}
		parent, err := cur.extends.find(c, chain)
		if err != nil {
			return nil, false, c.failExtends(cur, err)
		}
		if _, literal := cur.extends.parent.literalName(); !literal {
			fixed = false
		}
		chain = append(chain, parent)
		cur = parent
	}
	return newLayout(chain), fixed, nil
}

func (c *Context) failExtends(t *Template, err error) error {
	s := t.extends.span
	list := &NodeList{tmpl: t, nodes: []Node{t.extends}, spans: []span{s}}
	return c.fail(err, list, 0)
}

// find returns the parent of the last template in chain.
func (n *extendsNode) find(c *Context, chain []*Template) (*Template, error) {
	if name, ok := n.parent.literalName(); ok {
		if name == "" {
			return nil, syntaxf("Invalid template name in 'extends' tag: ''.")
		}
		return n.tmpl.dtl.findParent(name, chain)
	}
	v, err := n.parent.eval(c)
	if err != nil {
		return nil, err
	}
	if t, ok := v.Any().(*Template); ok {
		return t, nil
	}
	if !v.Truth() {
		return nil, syntaxf("Invalid template name in 'extends' tag: %s. Got this from the '%s' variable.", v.Repr(), n.source)
	}
	if !v.Kind().IsText() {
		return nil, &NotFoundError{Name: v.Repr()}
	}
	return n.tmpl.dtl.findParent(v.Text(), chain)
}

func (e *DTL) findParent(name string, chain []*Template) (*Template, error) {
	if strings.Contains(name, "#") {
		return e.lookup(name)
	}
	return e.find(name, chain)
}
