package template

import (
	"unsafe"

	"github.com/nuages-go/nuages/template/internal/value"
)

// regroupNode is {% regroup list by attr as var %}.
type regroupNode struct {
	list, key *Expr
	target    symbol
	name      string
}

// group is one of the groups: grouper and list.
type group struct {
	grouper value.Value
	items   []value.Value
}

var symItem = sym("nuages regroup item")

func newGroupType() *value.Type {
	return value.NewSpecial(tagGroup, "GroupedResult", func(v value.Value, name string) (value.Value, bool) {
		g := (*group)(v.Pointer())
		switch name {
		case "grouper", "0":
			return g.grouper, true
		case "list", "1":
			return value.OfList(g.items), true
		case "__iter__":
			return value.OfTuple(g.grouper, value.OfList(g.items)), true
		}
		return value.Value{}, false
	}, func(v value.Value) value.Value {
		g := (*group)(v.Pointer())
		return value.OfString("GroupedResult(grouper=" + g.grouper.Repr() + ", list=" + value.OfList(g.items).Repr() + ")")
	})
}

func parseRegroup(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) != 6 {
		return nil, syntaxf("'regroup' tag takes five arguments")
	}
	n := &regroupNode{name: bits[5]}
	if bits[2] != "by" {
		return nil, syntaxf("second argument to 'regroup' tag must be 'by'")
	}
	if bits[4] != "as" {
		return nil, syntaxf("next-to-last argument to 'regroup' tag must be 'as'")
	}
	n.target = sym(bits[5])
	var err error
	if n.list, err = p.Compile(bits[1]); err != nil {
		return nil, err
	}
	if n.key, err = p.Compile("item." + bits[3]); err != nil {
		return nil, err
	}
	if path := n.key.term.path; path != nil {
		path.root = symItem
	}
	return n, nil
}

// Render sets the variable to the groups of neighbours with the same key.
func (n *regroupNode) Render(c *Context) error {
	v, err := n.list.evalNone(c)
	if err != nil {
		return err
	}
	if v.IsNone() {
		c.set(n.target, value.OfList(nil))
		return nil
	}
	var seq value.Sequence
	if err := seq.Fill(v); err != nil {
		return err
	}
	var groups []*group
	mark := c.Push()
	for i := range seq.Len() {
		item := seq.At(i)
		c.set(symItem, item)
		var key value.Value
		if key, err = n.key.evalNone(c); err != nil {
			break
		}
		if len(groups) == 0 || !value.Equal(groups[len(groups)-1].grouper, key) {
			groups = append(groups, &group{grouper: key})
		}
		last := groups[len(groups)-1]
		last.items = append(last.items, item)
	}
	c.Pop(mark)
	if err != nil {
		return err
	}
	out := make([]value.Value, len(groups))
	for i, g := range groups {
		out[i] = value.OfSpecial(c.dtl.groupType, unsafe.Pointer(g))
	}
	c.set(n.target, value.OfList(out))
	return nil
}
