package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// expand puts the links between the tables of parents and children into a chain of relations.
func expand(steps []*plan.Relation) []*plan.Relation {
	plain := true
	for _, s := range steps {
		plain = plain && s.Origin == nil
	}
	if plain {
		return steps
	}
	var out []*plan.Relation
	for _, s := range steps {
		out = s.Joins(out)
	}
	return out
}

// fieldAt is a field of a model whose own table is at alias; an inherited one is in a parent's table, which is joined.
func (b *builder) fieldAt(alias int, f *plan.Field) *rexpr {
	if f.Origin == nil {
		return b.columnAt(alias, f, f.Column)
	}
	joins := b.walkFrom(alias, f.Via, nil)
	return b.columnAt(joins[len(joins)-1], f.Origin, f.Column)
}

// rebase makes a target that was named from a parent, a child or a proxy one of the query's model.
func (b *builder) rebase(t *target, root *plan.Model, p *expr.Path) (*target, error) {
	if b.model.Inherits(root) {
		t.steps = append(b.model.Up(root), t.steps...)
		return t, nil
	}
	up := root.Up(b.model)
	if len(t.steps) < len(up) || !slices.Equal(t.steps[:len(up)], up) {
		return nil, fmt.Errorf("orm: %s is used where only what %s has can stand", p, b.model.GoName())
	}
	t.steps = t.steps[len(up):]
	return t, nil
}
