package template

import (
	"fmt"
	"unsafe"

	"github.com/nuages-go/nuages/template/internal/value"
)

// blockNode is {% block name %}.
type blockNode struct {
	name string
	body *NodeList
	tmpl *Template
}

func parseBlock(p *Parser, t Token) (Node, error) {
	bits := splitWords(t.Contents)
	if len(bits) != 2 {
		return nil, syntaxf("'%s' tag takes only one argument", bits[0])
	}
	name := bits[1]
	if p.tmpl.blocks[name] != nil {
		return nil, syntaxf("'%s' tag with name '%s' appears more than once", bits[0], name)
	}
	n := &blockNode{name: name, tmpl: p.tmpl}
	if p.tmpl.blocks == nil {
		p.tmpl.blocks = map[string]*blockNode{}
	}
	p.tmpl.blocks[name] = n
	body, end, err := p.ParseTo("endblock")
	if err != nil {
		return nil, err
	}
	if end.Contents != "endblock" && end.Contents != "endblock "+name {
		return nil, p.placed(p.unknownTag(end, "endblock", []string{"endblock", "endblock " + name}), end)
	}
	n.body = body
	return n, nil
}

// layout is an inheritance chain: a template and its parents, down to the one that is no child.
type layout struct {
	root   *Template
	chain  []*Template
	blocks map[string]*blockChain
	slots  int
	resets int64
}

// blockChain holds the definitions of a block, the most derived first.
type blockChain struct {
	index int
	defs  []blockDef
}

type blockDef struct {
	node *blockNode
	// slots is where the state of the block's template starts.
	slots int
}

// layoutRun is a layout during a render.
type layoutRun struct {
	*layout
	// depth is, for each block, how many of its definitions are being rendered.
	depth []int
	slots []slot
}

// newLayout joins the chain, from the template that was asked for to its last parent.
func newLayout(chain []*Template) *layout {
	l := &layout{root: chain[len(chain)-1], chain: chain, blocks: map[string]*blockChain{}}
	for _, t := range chain {
		for name, b := range t.blocks {
			bc := l.blocks[name]
			if bc == nil {
				bc = &blockChain{index: len(l.blocks)}
				l.blocks[name] = bc
			}
			bc.defs = append(bc.defs, blockDef{b, l.slots})
		}
		l.slots += t.nslots
	}
	return l
}

// runningBlock is the variable block inside of a block.
type runningBlock struct {
	node  *blockNode
	chain *blockChain // nil outside of inheritance
	run   *layoutRun
	c     *Context
}

// newBlockType makes the type of the variable block.
func newBlockType() *value.Type {
	return value.NewSpecial(tagBlock, "block", blockMember, func(v value.Value) value.Value {
		b, _ := blockOf(v)
		return value.OfString("<Block Node: " + b.node.name + ">")
	})
}

func blockOf(v value.Value) (*runningBlock, bool) {
	if !v.IsSpecial(tagBlock) {
		return nil, false
	}
	return (*runningBlock)(v.Pointer()), true
}

// blockMember gives block.name and, where block.super is not printed alone, block.super.
func blockMember(v value.Value, name string) (value.Value, bool) {
	b, _ := blockOf(v)
	switch name {
	case "name":
		return value.OfString(b.node.name), true
	case "super":
		return value.OfFunc(&value.Callable{Fn: func() (value.Value, error) {
			text, err := b.c.capture(b.super)
			return value.OfSafe(text), err
		}}), true
	}
	return value.Value{}, false
}

const noParent = "'BlockNode' object has no attribute 'context'. Did you use {{ block.super }} in a base template?"

// super writes the next definition of the block.
func (b *runningBlock) super(c *Context) error {
	if b.chain == nil {
		return syntaxf(noParent)
	}
	if b.run.depth[b.chain.index] >= len(b.chain.defs) {
		return nil
	}
	return b.run.render(c, b.chain)
}

// Render writes the most derived definition of the block.
func (n *blockNode) Render(c *Context) error {
	if c.layout != nil {
		if chain := c.layout.blocks[n.name]; chain != nil && c.layout.depth[chain.index] < len(chain.defs) {
			return c.layout.render(c, chain)
		}
	}
	return c.renderBlock(n, nil)
}

// render writes the next definition of a chain.
func (r *layoutRun) render(c *Context, chain *blockChain) error {
	def := chain.defs[r.depth[chain.index]]
	r.depth[chain.index]++
	slots := c.slots
	c.slots = r.slots[def.slots : def.slots+def.node.tmpl.nslots]
	err := c.renderBlock(def.node, chain)
	c.slots = slots
	r.depth[chain.index]--
	return err
}

func (c *Context) renderBlock(n *blockNode, chain *blockChain) error {
	c.nesting++
	defer func() { c.nesting-- }()
	if c.nesting > maxNesting {
		return fmt.Errorf("blocks are nested more than %d deep", maxNesting)
	}
	for c.nesting > len(c.blocks) {
		c.blocks = append(c.blocks, &runningBlock{})
	}
	mark := c.Push()
	b := c.blocks[c.nesting-1]
	*b = runningBlock{node: n, chain: chain, run: c.layout, c: c}
	c.set(symBlock, value.OfSpecial(c.dtl.blockType, unsafe.Pointer(b)))
	err := n.body.render(c)
	c.Pop(mark)
	return err
}
