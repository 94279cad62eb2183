package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// target is the left side of a comparison before its joins are made.
type target struct {
	base       int // the table to begin at
	steps      []*plan.Relation
	field      *plan.Field
	column     string
	annotation *rexpr
	node       expr.Node
	transforms []string
	keys       []string // inside JSON
	part       *expr.Part
	rel        *plan.Relation // that the name of a look-up ends at
}

func (t *target) multi() bool { return relationIsMulti(t.steps) }

// target finds what a condition compares, and with which operation.
func (b *builder) target(p *expr.Pred) (*target, expr.Op, error) {
	switch {
	case p.Op == expr.Dynamic:
		return b.dynamicTarget(p)
	case p.Op == expr.Own:
		return b.ownTarget(p)
	case p.Path != nil:
		t, err := b.pathTarget(p.Path)
		return t, p.Op, err
	}
	// Look through transforms down to a column, so that relations keep their meaning under Not.
	node := p.Left
	var transforms []string
	for {
		tr, ok := node.(expr.Transform)
		if !ok {
			break
		}
		transforms = append([]string{tr.Name}, transforms...)
		node = tr.Of
	}
	switch n := node.(type) {
	case expr.Column:
		t, err := b.pathTarget(n.Path)
		if err != nil {
			return nil, p.Op, err
		}
		t.transforms = transforms
		return t, p.Op, nil
	case expr.Walk:
		t, err := walkTarget(n.Steps)
		return t, p.Op, err
	case expr.Tuple:
		t, err := b.tupleTarget(n)
		return t, p.Op, err
	case expr.Name:
		t, _, err := b.nameTarget(n.Name, false)
		if err == nil {
			t.transforms = append(t.transforms, transforms...)
		}
		return t, p.Op, err
	}
	return &target{node: p.Left}, p.Op, nil
}

// walkTarget is the key at the end of a chain of relations.
func walkTarget(steps []*plan.Relation) (*target, error) {
	steps = expand(steps)
	last := steps[len(steps)-1]
	if err := last.To.Ready(); err != nil {
		return nil, err
	}
	f := last.To.KeyField()
	if last.Kind == plan.Forward {
		f = last.ToField()
	}
	if f == nil {
		return nil, fmt.Errorf("orm: %s has no primary key", last.To.GoName())
	}
	return &target{steps: steps, field: f, column: f.Column}, nil
}

// pathTarget resolves a key path of the builder's model.
func (b *builder) pathTarget(p *expr.Path) (*target, error) {
	steps, f, err := p.Resolve()
	if err != nil {
		return nil, err
	}
	root, base := p.Ref.Root(), 0
	if root.Model != b.model || root.Other {
		base = b.sourceOf(root)
		if base < 0 && (root.Other || !b.model.Inherits(root.Model) && !root.Model.Inherits(b.model)) {
			return nil, fmt.Errorf("orm: %s is used in a query of %s (its key paths begin at orm.Fields[%s], or Join what they name)", p, b.model.GoName(), b.model.GoName())
		}
	}
	if base > 0 && f.Extra {
		return &target{annotation: b.sourceColumn(base, f)}, nil
	}
	if f.Extra {
		a := b.annots[f.S.Name]
		if a == nil {
			return nil, fmt.Errorf("orm: %s is filled by an annotation, which this query does not have (add Annotate(orm.As(&..., ...)))", p)
		}
		return &target{annotation: a}, nil
	}
	t, err := relationTarget(steps, f)
	if err != nil || root.Model == b.model && base == 0 {
		return t, err
	}
	if base < 0 {
		return b.rebase(t, root.Model, p)
	}
	t.base = base
	return t, nil
}

// relationTarget names the column of a field; for a relation without a column, the other side's key.
func relationTarget(steps []*plan.Relation, f *plan.Field) (*target, error) {
	if f.Rel != nil && f.Rel.Kind != plan.Forward {
		steps = expand(append(steps[:len(steps):len(steps)], f.Rel))
		to := steps[len(steps)-1].To
		key := to.KeyField()
		if key == nil {
			return nil, fmt.Errorf("orm: %s has no primary key", to.GoName())
		}
		return &target{steps: steps, field: key, column: key.Column}, nil
	}
	steps = expand(steps)
	if f.Origin != nil {
		steps = append(steps[:len(steps):len(steps)], f.Via...)
		f = f.Origin
	}
	if len(f.Tuple) == 1 {
		f = f.Tuple[0]
	}
	return &target{steps: steps, field: f, column: f.Column}, nil
}

// resolveTarget joins what the target needs and returns its expression with the joins that it passes.
func (b *builder) resolveTarget(t *target, can reuse) (*rexpr, []int) {
	var e *rexpr
	var joins []int
	switch {
	case b.through != nil && t.annotation == nil && t.node == nil && t.field.Tuple == nil:
		return b.throughColumn(t), nil
	case t.annotation != nil:
		e = t.annotation
	case t.node != nil:
		e = b.resolve(t.node, can)
	case t.field.Tuple != nil:
		return b.resolveTuple(t, can)
	default:
		b.useSource(t.base)
		joins = b.walkFrom(t.base, t.steps, can)
		column := t.column
		joins, column, _ = b.trim(t.steps, joins, column)
		e = b.columnAt(joins[len(joins)-1], t.field, column)
	}
	if b.err != nil {
		return &rexpr{}, joins
	}
	for _, name := range t.transforms {
		e = b.transformNamed(t.field, e, name)
		if b.err != nil {
			return &rexpr{}, joins
		}
	}
	if len(t.keys) > 0 {
		e = b.jsonKey(e, t.keys)
	}
	return e, joins
}

// columnAt is a column of a table of the query.
func (b *builder) columnAt(alias int, f *plan.Field, column string) *rexpr {
	b.baseUsed = b.baseUsed || alias == 0
	e := &rexpr{kind: keyKind(f), field: f, custom: storedField(f).Custom, column: column, alias: alias, nullable: f.Nullable}
	a := b.aliases[alias]
	if column != f.Column { // trimmed: the nullability is that of the column that joins
		e.nullable = a.model.FieldNamed(column) == nil || a.model.FieldNamed(column).Nullable
	}
	e.write = func(w *writer) { w.qualified(a.name, column) }
	e.base = e
	return e
}

// keyKind is the kind of the values in a column: a foreign key holds the other table's kind.
func keyKind(f *plan.Field) schema.Kind {
	f = storedField(f)
	if f.S.Kind == schema.Generated && f.S.Output != nil {
		return f.S.Output.Kind
	}
	return f.S.Kind
}

// storedField is the field whose values a column holds: behind a foreign key, that of the other table.
func storedField(f *plan.Field) *plan.Field {
	for range 8 {
		if f.Rel == nil || f.Rel.Kind != plan.Forward || f.Tuple != nil {
			break
		}
		if err := f.Rel.To.Ready(); err != nil {
			break
		}
		next := f.Rel.To.FieldNamed(f.Rel.ToColumn)
		if next == nil {
			break
		}
		f = next
	}
	return f
}
