package template

// partialNode is {% partialdef name [inline] %}.
type partialNode struct {
	name   string
	inline bool
	body   *NodeList
}

func parsePartialdef(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	n := &partialNode{}
	switch {
	case len(bits) < 2:
		return nil, syntaxf("'partialdef' tag requires a name")
	case len(bits) == 3 && bits[2] != "inline":
		return nil, syntaxf("The 'inline' argument does not have any parameters; either use 'inline' or remove it completely.")
	case len(bits) > 3:
		return nil, syntaxf("'partialdef' tag takes at most 2 arguments")
	}
	n.name, n.inline = bits[1], len(bits) == 3
	body, end, err := p.ParseTo("endpartialdef", "endpartialdef "+n.name)
	if err != nil {
		return nil, err
	}
	if end.Contents != "endpartialdef" && end.Contents != "endpartialdef "+n.name {
		return nil, p.placed(p.unknownTag(end, "endpartialdef", []string{"endpartialdef", "endpartialdef " + n.name}), end)
	}
	if p.tmpl.partials[n.name] != nil {
		return nil, syntaxf("Partial '%s' is already defined in the '%s' template.", n.name, p.tmpl.name)
	}
	if p.tmpl.partials == nil {
		p.tmpl.partials = map[string]*partialNode{}
	}
	n.body = body
	p.tmpl.partials[n.name] = n
	return n, nil
}

// Render writes the partial if it is inline.
func (n *partialNode) Render(c *Context) error {
	if !n.inline {
		return nil
	}
	return n.body.render(c)
}

// usePartialNode is {% partial name %}. The definition may come later.
type usePartialNode struct {
	name string
	tmpl *Template
	span span
}

func parsePartial(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) != 2 {
		return nil, syntaxf("'partial' tag requires a single argument")
	}
	n := &usePartialNode{name: bits[1], tmpl: p.tmpl, span: spanOf(t)}
	p.tmpl.uses = append(p.tmpl.uses, n)
	return n, nil
}

// Render writes the partial.
func (n *usePartialNode) Render(c *Context) error {
	def := n.tmpl.partials[n.name]
	if def == nil {
		return syntaxf("Partial '%s' is not defined in the current template.", n.name)
	}
	c.nesting++
	defer func() { c.nesting-- }()
	if c.nesting > maxNesting {
		return syntaxf("Partial '%s' uses itself.", n.name)
	}
	// As a template of its own, a partial starts with fresh state and outside of blocks.
	outer, slots, arena := c.layout, c.slots, len(c.arena)
	c.layout, c.slots = nil, c.takeSlots(n.tmpl.nslots)
	err := def.body.render(c)
	c.layout, c.slots, c.arena = outer, slots, c.arena[:arena]
	return err
}
