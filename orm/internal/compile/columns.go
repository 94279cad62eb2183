package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// resolveColumns decides what is selected.
func (b *builder) resolveColumns(mode selectMode) (*Layout, []column) {
	q := b.q
	l := &Layout{Model: b.model}
	switch mode {
	case selectOne:
		return l, nil
	case selectCount:
		return l, nil
	case selectPK:
		cols := b.keyColumns()
		if cols == nil {
			b.fail(fmt.Errorf("orm: %s has no primary key", b.model.GoName()))
		}
		return l, cols
	}

	var cols []column
	if q.Values != nil {
		for _, v := range q.Values {
			e := b.annots[v.Name]
			if n, ok := v.Node.(expr.Name); !ok || n.Name != v.Name || e == nil {
				if e = b.chosen[v.Name]; e == nil {
					e = b.resolveWide(v.Node, nil)
				}
			}
			if b.err != nil {
				return l, nil
			}
			if e.tuple != nil {
				cols = b.tupleColumns(l, v, e, cols)
				continue
			}
			if e = b.oneValue(e); b.err != nil {
				return l, nil
			}
			l.Annotations = append(l.Annotations, Output{Name: v.Name, Field: v.Field, Kind: e.kind, Col: len(cols), Custom: e.custom, Places: e.places()})
			cols = append(cols, column{e: e, alias: v.Name})
			b.grouped = b.grouped || e.agg
			if b.earlier != nil {
				b.earlier[v.Name] = e
			}
		}
		l.Width = len(cols)
		return l, cols
	}

	l.Fields = b.chosenFields()
	for _, f := range l.Fields {
		cols = append(cols, column{e: b.fieldAt(0, f)})
	}
	if mode == selectValue {
		if key := b.keyColumns(); len(cols) > 1 && key != nil {
			l.Fields = b.model.Key
			return l, key
		}
		return l, cols
	}
	if mode == selectRows {
		cols = b.joinRelated(l, cols)
	}
	for _, a := range slices.Concat(b.inherited, q.Annotations) {
		if a.Hidden {
			continue
		}
		e := b.annots[a.Name]
		l.Annotations = append(l.Annotations, Output{Name: a.Name, Field: a.Field, Kind: e.kind, Col: len(cols), Custom: e.custom, Places: e.places()})
		cols = append(cols, column{e: e, alias: a.Name})
	}
	l.Width = len(cols)
	return l, cols
}

// keyColumns are the columns of the model's key.
func (b *builder) keyColumns() []column {
	var cols []column
	for _, f := range b.model.Key {
		cols = append(cols, column{e: b.columnAt(0, f, f.Column)})
	}
	return cols
}

// tupleColumns adds a value of several columns to the result.
func (b *builder) tupleColumns(l *Layout, v expr.Annotation, e *rexpr, cols []column) []column {
	out := Output{Name: v.Name, Field: v.Field, Col: len(cols)}
	for i, part := range e.tuple {
		name := fmt.Sprintf("%s_%d", v.Name, i+1)
		out.Parts = append(out.Parts, Output{Name: name, Kind: part.kind, Col: len(cols), Custom: part.custom})
		cols = append(cols, column{e: part, alias: name})
		b.grouped = b.grouped || part.agg
	}
	l.Annotations = append(l.Annotations, out)
	return cols
}

// chosenFields are the columns after Only and Defer. The primary key always comes.
func (b *builder) chosenFields() []*plan.Field {
	q := b.q
	columns := b.model.Columns
	if b.fields != nil {
		columns = b.fields
	}
	if len(q.Only) == 0 && len(q.Defer) == 0 {
		return columns
	}
	var out []*plan.Field
	for _, f := range columns {
		keep := len(q.Only) == 0 || slices.Contains(q.Only, f)
		if keep && slices.Contains(q.Defer, f) {
			keep = false
		}
		if keep || slices.Contains(b.model.Key, f) {
			out = append(out, f)
		}
	}
	return out
}

// joinRelated adds the columns of the relations that Related asks for.
func (b *builder) joinRelated(l *Layout, cols []column) []column {
	for _, r := range b.q.Related {
		steps, err := b.relatedSteps(r)
		if err != nil {
			b.fail(err)
			return cols
		}
		if first := steps[0]; first.Kind == plan.Forward && leftOut(l.Fields, first.Field) {
			b.fail(fmt.Errorf("orm: %s.%s cannot be left out (Only, Defer) and followed by Related in one query", b.model.GoName(), first.Field.GoName))
			return cols
		}
		list, at := &l.Related, 0
		for _, rel := range steps {
			joins := b.walkFrom(at, rel.Joins(nil), nil)
			at = joins[len(joins)-1]
			var node *Joined
			for _, j := range *list {
				if j.Rel == rel {
					node = j
				}
			}
			if node == nil {
				node = &Joined{Rel: rel, Model: rel.To, Fields: rel.To.Columns, Start: len(cols)}
				for _, f := range rel.To.Columns {
					if f.Column == rel.ToColumn || f.S.PrimaryKey {
						node.PK = len(cols)
					}
					cols = append(cols, column{e: b.fieldAt(at, f)})
				}
				*list = append(*list, node)
			}
			list = &node.Children
		}
	}
	return cols
}

// leftOut says that one of the columns of a relation is not among those that are read.
func leftOut(read []*plan.Field, f *plan.Field) bool {
	return slices.ContainsFunc(f.Columns(), func(c *plan.Field) bool { return !slices.Contains(read, c) })
}

func (b *builder) relatedSteps(r expr.Relation) ([]*plan.Relation, error) {
	if r.Path == nil {
		return b.c.Steps(b.model, r.Name, true)
	}
	steps, f, err := r.Path.Resolve()
	if err != nil {
		return nil, err
	}
	if f.Rel == nil {
		return nil, fmt.Errorf("orm: Related(%s): the field is not a relation", r.Path)
	}
	root := r.Path.Ref.Root()
	steps, ok := b.model.Own(root.Model, append(steps[:len(steps):len(steps)], f.Rel))
	if !ok || root.Other {
		return nil, fmt.Errorf("orm: %s is used in a query of %s", r.Path, b.model.GoName())
	}
	if relationIsMulti(steps) {
		return nil, fmt.Errorf("orm: Related(%s): the relation leads to many rows (use Prefetch)", r.Path)
	}
	for _, s := range steps {
		if err := s.To.Ready(); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

// places is the number of digits after the point that a plain column of decimals has.
func (e *rexpr) places() int {
	if e.kind != schema.Decimal || e.column == "" || e.field == nil {
		return 0
	}
	f := storedField(e.field)
	if f.S.Kind == schema.Generated && f.S.Output != nil {
		return f.S.Output.Places
	}
	return f.S.Places
}
