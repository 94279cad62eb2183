package template

import "github.com/nuages-go/nuages/template/internal/value"

// Parent is optional for a Node: its bodies and expressions are checked at start-up.
type Parent interface {
	// Parts returns the expressions that the tag evaluates, and its bodies.
	Parts() ([]*Expr, []*NodeList)
}

// Assigner is optional for a Node: the variables that the tag sets for the tags after it. Without it start-up checks take
// it that the tag may set any name.
type Assigner interface {
	Assigns() []string
}

// list checks the nodes of a body.
func (k *checker) list(l *NodeList) {
	if l == nil {
		return
	}
	tmpl, at := k.tmpl, k.at
	k.tmpl = l.tmpl
	for i, n := range l.nodes {
		k.at = l.spans[i]
		k.node(n)
	}
	k.tmpl, k.at = tmpl, at
}

// scoped checks a body in a scope of its own.
func (k *checker) scoped(l *NodeList) {
	k.push()
	k.list(l)
	k.pop()
}

func (k *checker) node(n Node) {
	switch n := n.(type) {
	case textNode, constNode, emptyNode, debugNode, resetCycleNode, *nowNode:
		k.target(n)
	case *pathNode:
		k.expr(n.expr)
	case *superNode:
		k.super()
	case *varNode:
		k.expr(n.expr)
	case *ifNode:
		k.ifNode(n)
	case *forNode:
		k.forNode(n)
	case *withNode:
		k.with(n.vars)
		k.list(n.body)
		k.pop()
	case *blockNode:
		k.block(n.name)
	case *includeNode:
		k.include(n)
	case *autoescapeNode:
		k.list(n.body)
	case verbatimNode:
		k.list(n.body)
	case *spacelessNode:
		k.list(n.body)
	case *switchNode:
		k.list(n.body)
	case *filterNode:
		k.args(n.expr)
		k.list(n.body)
	case *timezoneNode:
		k.expr(n.zone)
		k.list(n.body)
	case *languageNode:
		k.expr(n.code)
		k.list(n.body)
	case *cacheNode:
		k.exprs(n.ttl, n.using)
		k.exprs(n.vary...)
		k.list(n.body)
	case *ifchangedNode:
		k.exprs(n.vars...)
		k.list(n.body)
		k.list(n.same)
	case *cycleNode:
		k.exprs(n.values...)
		if n.named {
			k.set(n.name.Value(), nil)
		}
	case *partialNode:
		if n.inline {
			k.list(n.body)
		}
	case *usePartialNode:
		k.partial(n)
	case *regroupNode:
		k.regroup(n)
	case *firstofNode:
		for _, e := range n.vars {
			k.asked(e)
		}
		k.target(n)
	case *urlNode:
		k.exprs(n.name)
		k.exprs(n.args...)
		k.assignments(n.kwargs)
		k.target(n)
	case *widthratioNode:
		k.exprs(n.value, n.max, n.width)
		k.target(n)
	case *staticNode:
		k.expr(n.path)
		k.target(n)
	case *prefixNode:
		k.target(n)
	case *querystringNode:
		k.exprs(n.args...)
		k.assignments(n.kwargs)
		k.target(n)
	case *asNode:
		k.set(n.name, nil)
	case *translateNode:
		k.exprs(n.expr, n.context)
		k.target(n)
	case *blockTranslateNode:
		k.blockTranslate(n)
	case csrfNode:
	case cspNode:
		k.expr(n.media)
	case *loremNode:
		k.expr(n.count)
	case *funcNode:
		n.check(k)
	default:
		k.custom(n)
	}
}

// target notes the variable that a tag sets by "as name".
func (k *checker) target(n Node) {
	text := &shape{kind: textShape}
	name := ""
	switch n := n.(type) {
	case *nowNode:
		name = n.target
	case *firstofNode:
		name = n.target
	case *urlNode:
		name = n.target
	case *widthratioNode:
		name = n.target
	case *staticNode:
		name = n.target
	case *prefixNode:
		name = n.target
	case *querystringNode:
		name = n.target
	case *translateNode:
		name = n.target
	}
	if name != "" {
		k.set(name, text)
	}
}

func (k *checker) assignments(list []assignment) {
	for _, a := range list {
		k.expr(a.expr)
	}
}

// with opens a scope with the variables.
func (k *checker) with(vars []assignment) {
	shapes := make([]*shape, len(vars))
	for i, a := range vars {
		shapes[i] = k.expr(a.expr)
	}
	k.push()
	for i, a := range vars {
		k.set(a.text, shapes[i])
	}
}

// ifNode checks the branches. One that asks for a name that does not exist is never taken, and not checked.
func (k *checker) ifNode(n *ifNode) {
	for _, b := range n.branches {
		if c, ok := b.cond.(exprCond); ok && k.isUnknown(c.expr) && len(c.expr.filters) == 0 && len(c.expr.term.path.steps) == 0 {
			continue
		}
		if a, ok := b.cond.(andCond); ok {
			if c, ok := a.x.(exprCond); ok && k.isUnknown(c.expr) {
				continue
			}
		}
		k.condition(b.cond)
		k.list(b.body)
	}
}

func (k *checker) condition(c condition) {
	switch c := c.(type) {
	case exprCond:
		if c.expr.term.path != nil && len(c.expr.term.path.steps) == 0 {
			k.asked(c.expr)
			return
		}
		k.expr(c.expr)
	case notCond:
		k.condition(c.x)
	case andCond:
		k.condition(c.x)
		k.condition(c.y)
	case orCond:
		k.condition(c.x)
		k.condition(c.y)
	case *compareCond:
		k.condition(c.x)
		k.condition(c.y)
	}
}

func (k *checker) forNode(n *forNode) {
	elem := k.items(n.seq)
	k.push()
	k.set("forloop", &shape{kind: loopShape})
	for i, name := range n.vars {
		k.set(name, k.unpacked(n, elem, i))
	}
	k.list(n.body)
	k.pop()
	k.list(n.empty)
}

// unpacked returns the shape of the i-th variable of a for tag.
func (k *checker) unpacked(n *forNode, elem *shape, i int) *shape {
	if len(n.vars) == 1 || elem == nil {
		return elem
	}
	if elem.kind == tupleShape {
		if len(elem.elems) != len(n.vars) {
			if i == 0 {
				k.problem("", "need %d values to unpack in for loop; got %d", len(n.vars), len(elem.elems))
			}
			return nil
		}
		return elem.elems[i]
	}
	if elem.kind == groupShape {
		if i == 1 {
			return &shape{kind: listShape, elem: elem.elem}
		}
		return nil
	}
	inner, ok := elem.items()
	if !ok && i == 0 {
		k.problem("", "%s cannot be unpacked into %d variables", article(elem.name()), len(n.vars))
	}
	return inner
}

// block checks the next definition of a block, the most derived first.
func (k *checker) block(name string) {
	defs := k.blocks[name]
	i := k.depth[name]
	if i >= len(defs) {
		return
	}
	k.depth[name]++
	k.push()
	k.set("block", &shape{kind: blockShape})
	k.set("\x00"+name, nil) // tells super which block is meant
	k.list(defs[i].body)
	k.pop()
	k.depth[name]--
}

// super checks the parent's definition of the block that is looked at.
func (k *checker) super() {
	for i := len(k.scope) - 1; i >= 0; i-- {
		if name := k.scope[i].name; len(name) > 1 && name[0] == 0 {
			name = name[1:]
			if k.depth[name] >= len(k.blocks[name]) && len(k.blocks[name]) == 1 && len(k.active) > 0 && k.active[len(k.active)-1].extends == nil {
				k.problem("", "{{ block.super }} in a template without a parent")
				return
			}
			k.block(name)
			return
		}
	}
	k.problem("", "{{ block.super }} outside of a block")
}

func (k *checker) include(n *includeNode) {
	k.expr(n.template)
	shapes := make([]*shape, len(n.with))
	for i, a := range n.with {
		shapes[i] = k.expr(a.expr)
	}
	name, literal := n.template.literalName()
	if !literal {
		return
	}
	t, err := k.dtl.lookup(name)
	if err != nil {
		return // links reports it
	}
	scope, isolated, open := k.scope, k.isolated, k.open
	k.push()
	if n.only {
		k.scope, k.isolated, k.open = nil, true, false
		k.push()
	}
	for i, a := range n.with {
		k.set(a.text, shapes[i])
	}
	k.template(t)
	k.scope, k.isolated, k.open = scope, isolated, open
}

func (k *checker) partial(n *usePartialNode) {
	def := n.tmpl.partials[n.name]
	if def == nil || k.depth["\x01"+n.name] > 0 {
		return
	}
	k.depth["\x01"+n.name]++
	k.list(def.body)
	k.depth["\x01"+n.name]--
}

func (k *checker) regroup(n *regroupNode) {
	elem := k.items(n.list)
	k.push()
	k.set(symItem.Value(), elem)
	if path := n.key.term.path; path != nil && elem != nil {
		s := elem
		for _, step := range path.steps {
			if s == nil {
				break
			}
			next, problem, hint := s.member(step.Name, step)
			if problem != "" {
				k.problem(hint, "%s", problem)
				break
			}
			s = next
		}
	}
	k.pop()
	k.set(n.name, &shape{kind: listShape, elem: &shape{kind: groupShape, elem: elem}})
}

func (k *checker) blockTranslate(n *blockTranslateNode) {
	k.with(n.with)
	if n.count != nil {
		s := k.expr(n.count.expr)
		k.set(n.count.text, s)
	}
	for _, m := range []message{n.singular, n.plural} {
		for _, name := range m.vars {
			p := &varPath{name: name, root: sym(name), first: value.NewStep(name), processor: k.dtl.processor(name)}
			if _, known := k.root(p); !known {
				k.unknownRoot(p)
			}
		}
	}
	k.pop()
	if n.target != "" {
		k.set(n.target, &shape{kind: textShape})
	}
}

// custom checks a tag of another package as far as it shows itself.
func (k *checker) custom(n Node) {
	if p, ok := n.(Parent); ok {
		exprs, bodies := p.Parts()
		k.exprs(exprs...)
		open := k.open
		k.open = true // the tag may set variables for its bodies
		for _, body := range bodies {
			k.scoped(body)
		}
		k.open = open
	}
	if a, ok := n.(Assigner); ok {
		for _, name := range a.Assigns() {
			k.set(name, nil)
		}
		return
	}
	k.open = true
}
