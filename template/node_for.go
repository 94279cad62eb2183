package template

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/nuages-go/nuages/template/internal/value"
)

// forNode is {% for x in list %}.
type forNode struct {
	names    []symbol
	vars     []string
	seq      *Expr
	reversed bool
	body     *NodeList
	empty    *NodeList
}

// loop is the forloop variable of one running loop.
type loop struct {
	parent  *loop
	seq     value.Sequence
	i, n    int
	changed []changedState
}

func parseFor(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) < 4 {
		return nil, syntaxf("'for' statements should have at least four words: %s", t.Contents)
	}
	n := &forNode{reversed: bits[len(bits)-1] == "reversed"}
	in := len(bits) - 2
	if n.reversed {
		in--
	}
	if bits[in] != "in" {
		return nil, syntaxf("'for' statements should use the format 'for x in y': %s", t.Contents)
	}
	for name := range strings.SplitSeq(strings.Join(bits[1:in], " "), ",") {
		name = strings.Trim(name, " ")
		if name == "" || strings.ContainsAny(name, " \"'|") {
			return nil, syntaxf("'for' tag received an invalid argument: %s", t.Contents)
		}
		n.vars = append(n.vars, name)
		n.names = append(n.names, sym(name))
	}
	var err error
	if n.seq, err = p.Compile(bits[in+1]); err != nil {
		return nil, err
	}
	var end Token
	if n.body, end, err = p.ParseTo("empty", "endfor"); err != nil {
		return nil, err
	}
	if end.Contents == "empty" {
		n.empty, err = p.ParseUntil("endfor")
	}
	return n, err
}

// The tags of the values that the engine makes itself.
const (
	tagLoop uint8 = iota + 1
	tagBlock
	tagGroup
)

// newLoopType makes the type of the variable forloop.
func newLoopType() *value.Type { return value.NewSpecial(tagLoop, "forloop", loopMember, loopDict) }

func loopOf(v value.Value) (*loop, bool) {
	if !v.IsSpecial(tagLoop) {
		return nil, false
	}
	return (*loop)(v.Pointer()), true
}

func loopMember(v value.Value, name string) (value.Value, bool) {
	l, _ := loopOf(v)
	switch name {
	case "counter":
		return value.OfInt(int64(l.i + 1)), true
	case "counter0":
		return value.OfInt(int64(l.i)), true
	case "revcounter":
		return value.OfInt(int64(l.n - l.i)), true
	case "revcounter0":
		return value.OfInt(int64(l.n - l.i - 1)), true
	case "first":
		return value.OfBool(l.i == 0), true
	case "last":
		return value.OfBool(l.i == l.n-1), true
	case "length":
		return value.OfInt(int64(l.n)), true
	case "parentloop":
		if l.parent == nil {
			return value.OfDict(value.NewPairs()), true
		}
		return value.OfSpecial(v.Type(), unsafe.Pointer(l.parent)), true
	}
	return value.Value{}, false
}

func loopDict(v value.Value) value.Value {
	d := value.NewPairs()
	for _, name := range []string{"parentloop", "length", "counter0", "counter", "revcounter", "revcounter0", "first", "last"} {
		member, _ := loopMember(v, name)
		if _, nested := loopOf(member); nested {
			member = loopDict(member)
		}
		d.Set(value.OfString(name), member)
	}
	return value.OfDict(d)
}

// currentLoop returns the loop that the variable forloop is here, nil if there is none.
func (c *Context) currentLoop() *loop {
	for i := len(c.scope) - 1; i >= c.base; i-- {
		if c.scope[i].name == symForloop {
			l, _ := loopOf(c.scope[i].value)
			return l
		}
	}
	return nil
}

// startLoop returns a loop state of its own for each nesting level.
func (c *Context) startLoop() *loop {
	if c.depth == len(c.loops) {
		c.loops = append(c.loops, &loop{})
	}
	l := c.loops[c.depth]
	c.depth++
	l.parent, l.i, l.changed = c.currentLoop(), 0, l.changed[:0]
	return l
}

// Render runs the body for each element.
func (n *forNode) Render(c *Context) error {
	if c.depth > maxNesting {
		return fmt.Errorf("loops are nested more than %d deep", maxNesting)
	}
	l := c.startLoop()
	defer func() { c.depth-- }()
	mark := c.Push()
	defer c.Pop(mark)
	seq, err := n.seq.evalNone(c)
	if err != nil {
		return err
	}
	if seq.IsNone() {
		return n.renderEmpty(c)
	}
	if err := l.seq.Fill(seq); err != nil {
		return err
	}
	if l.n = l.seq.Len(); l.n == 0 {
		return n.renderEmpty(c)
	}
	defer l.seq.Reset()
	c.set(symForloop, value.OfSpecial(c.dtl.loopType, unsafe.Pointer(l)))
	if len(n.names) > 1 {
		return n.renderUnpacked(c, l)
	}
	c.set(n.names[0], value.Value{})
	at := slices.IndexFunc(c.scope[c.frame:], func(b binding) bool { return b.name == n.names[0] }) + c.frame
	for i := range l.n {
		l.i = i
		if err := c.turn(); err != nil {
			return err
		}
		c.scope[at].value = l.at(n.reversed)
		for j, node := range n.body.nodes {
			if err := node.Render(c); err != nil {
				return c.fail(err, n.body, j)
			}
		}
		if c.w != nil {
			if err := c.flush(streamChunk); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxOutput bounds how much a render that does not stream may write.
const maxOutput = 256 << 20

// turn counts the turns of loops, and stops a render that nobody waits for any more or that writes too much.
func (c *Context) turn() error {
	if c.turns++; c.turns&255 != 0 {
		return nil
	}
	if len(c.out) > maxOutput {
		return fmt.Errorf("the page is larger than %d bytes (use Stream)", maxOutput)
	}
	return c.env.Ctx.Err()
}

// streamChunk is how much output a streaming render collects before it is handed on.
const streamChunk = 32 << 10

func (l *loop) at(reversed bool) value.Value {
	if reversed {
		return l.seq.At(l.n - 1 - l.i)
	}
	return l.seq.At(l.i)
}

func (n *forNode) renderEmpty(c *Context) error {
	if n.empty == nil {
		return nil
	}
	return n.empty.render(c)
}

func (n *forNode) renderUnpacked(c *Context, l *loop) error {
	for i := range l.n {
		if err := c.turn(); err != nil {
			return err
		}
		l.i = i
		item, err := c.settle(l.at(n.reversed))
		if err != nil {
			return err
		}
		var parts value.Sequence
		got := 1
		fillErr := parts.Fill(item)
		if fillErr == nil {
			got = parts.Len()
		}
		if got != len(n.names) {
			return fmt.Errorf("need %d values to unpack in for loop; got %d", len(n.names), got)
		}
		mark := c.Push()
		for j, name := range n.names {
			c.set(name, parts.At(j))
		}
		err = n.body.render(c)
		c.Pop(mark)
		if err != nil {
			return err
		}
		if err := c.flush(streamChunk); err != nil {
			return err
		}
	}
	return nil
}
