package template

import (
	"slices"

	"github.com/nuages-go/nuages/template/internal/value"
)

// cycleNode is {% cycle a b … [as name [silent]] %}. Named reuses share the node.
type cycleNode struct {
	values []*Expr
	name   symbol
	named  bool
	silent bool
	slot   int
}

func parseCycle(p *Parser, t Token) (Node, error) {
	args := t.Split()
	if len(args) < 2 {
		return nil, syntaxf("'cycle' tag requires at least two arguments")
	}
	if len(args) == 2 { // {% cycle name %}
		name := args[1]
		if len(p.cycles) == 0 {
			return nil, syntaxf("No named cycles in template. '%s' is not defined", name)
		}
		n := p.cycles[name]
		if n == nil {
			return nil, syntaxf("Named cycle '%s' does not exist", name)
		}
		return n, nil
	}
	n := &cycleNode{slot: p.slot()}
	asForm := false
	if len(args) > 4 {
		// {% cycle a b as name [silent] %}
		if args[len(args)-3] == "as" {
			if args[len(args)-1] != "silent" {
				return nil, syntaxf("Only 'silent' flag is allowed after cycle's name, not '%s'.", args[len(args)-1])
			}
			asForm, n.silent = true, true
			args = args[:len(args)-1]
		} else if args[len(args)-2] == "as" {
			asForm = true
		}
	}
	words := args[1:]
	var err error
	if asForm {
		name := args[len(args)-1]
		words = args[1 : len(args)-2]
		n.name, n.named = sym(name), true
		if p.cycles == nil {
			p.cycles = map[string]*cycleNode{}
		}
		p.cycles[name] = n
	}
	if n.values, err = p.compileAll(words); err != nil {
		return nil, err
	}
	p.lastCycle = n
	return n, nil
}

// Render prints the next value, or sets the variable.
func (n *cycleNode) Render(c *Context) error {
	s := &c.slots[n.slot]
	e := n.values[s.n%len(n.values)]
	s.n++
	v, err := e.eval(c)
	if err != nil {
		return err
	}
	if n.named {
		c.setUpward(n.name, v)
		if n.silent {
			return nil
		}
	}
	c.print(v)
	return nil
}

// resetCycleNode is {% resetcycle [name] %}.
type resetCycleNode struct{ cycle *cycleNode }

func parseResetCycle(p *Parser, t Token) (Node, error) {
	args := t.Split()
	switch {
	case len(args) > 2:
		return nil, syntaxf("'%s' tag accepts at most one argument.", args[0])
	case len(args) == 2:
		n := p.cycles[args[1]]
		if n == nil {
			return nil, syntaxf("Named cycle '%s' does not exist.", args[1])
		}
		return resetCycleNode{n}, nil
	case p.lastCycle == nil:
		return nil, syntaxf("No cycles in template.")
	}
	return resetCycleNode{p.lastCycle}, nil
}

// Render starts the cycle anew.
func (n resetCycleNode) Render(c *Context) error {
	c.slots[n.cycle.slot].n = 0
	return nil
}

// ifchangedNode is {% ifchanged [a b …] %}.
type ifchangedNode struct {
	vars       []*Expr
	body, same *NodeList
	slot       int
}

// changedState is what an ifchanged tag saw last in a loop.
type changedState struct {
	node   *ifchangedNode
	values []value.Value
	text   string
}

func parseIfchanged(p *Parser, t Token) (Node, error) {
	vars, err := p.compileAll(t.Split()[1:])
	if err != nil {
		return nil, err
	}
	n := &ifchangedNode{vars: vars, slot: p.slot()}
	var end Token
	if n.body, end, err = p.ParseTo("else", "endifchanged"); err != nil {
		return nil, err
	}
	if end.Contents == "else" {
		n.same, err = p.ParseUntil("endifchanged")
	}
	return n, err
}

// Render writes the body if the values, or without values what it writes, differ from the time before in the loop.
func (n *ifchangedNode) Render(c *Context) error {
	var values []value.Value
	var text string
	if len(n.vars) > 0 {
		values = make([]value.Value, len(n.vars))
		for i, e := range n.vars {
			v, err := e.evalNone(c)
			if err != nil {
				return err
			}
			values[i] = v
		}
	} else {
		var err error
		if text, err = c.capture(n.body.render); err != nil {
			return err
		}
	}
	if n.unchanged(c, values, text) {
		if n.same != nil {
			return n.same.render(c)
		}
		return nil
	}
	if len(n.vars) > 0 || text == "" { // a body that printed nothing runs again, as in Django
		return n.body.render(c)
	}
	c.out = append(c.out, text...)
	return nil
}

// unchanged compares with the time before, and remembers.
func (n *ifchangedNode) unchanged(c *Context, values []value.Value, text string) bool {
	l := c.currentLoop()
	if l == nil {
		s := &c.slots[n.slot]
		if s.set && s.text == text && equalAll(s.values, values) {
			return true
		}
		*s = slot{set: true, text: text, values: values}
		return false
	}
	i := slices.IndexFunc(l.changed, func(s changedState) bool { return s.node == n })
	if i < 0 {
		l.changed = append(l.changed, changedState{n, values, text})
		return false
	}
	s := &l.changed[i]
	if s.text == text && equalAll(s.values, values) {
		return true
	}
	s.values, s.text = values, text
	return false
}

func equalAll(a, b []value.Value) bool { return slices.EqualFunc(a, b, value.Equal) }
