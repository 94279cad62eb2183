package compile

import (
	"fmt"
	"slices"
	"strings"

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

// rorder is one part of ORDER BY.
type rorder struct {
	e     *rexpr
	desc  bool
	nulls string
	rand  bool
}

// turn makes it the order in the other direction.
func (o *rorder) turn() {
	o.desc = !o.desc
	switch o.nulls {
	case "first":
		o.nulls = "last"
	case "last":
		o.nulls = "first"
	}
}

// resolveOrder resolves the query's order, or the model's default.
func (b *builder) resolveOrder(mode selectMode) []rorder {
	q := b.q
	var out []rorder
	switch {
	case q.Ordered:
		for _, o := range q.Order {
			out = append(out, b.orderPart(o)...)
			if b.err != nil {
				return nil
			}
		}
	case !b.grouped && !q.HasGroup && mode != selectOne:
		if mode == selectPK && !q.Sliced {
			return nil
		}
		out = b.defaultOrder(b.model, nil)
	}
	if q.Reverse {
		for i := range out {
			out[i].turn()
		}
	}
	if mode == selectOne || mode == selectPK { // which select no computed column that the order could name
		for i, o := range out {
			if o.e != nil && o.e.name != "" {
				plain := *o.e
				plain.name = ""
				out[i].e = &plain
			}
		}
	}
	// The same column twice orders nothing more.
	uniq := out[:0]
	seen := map[string]bool{}
	for _, o := range out {
		if o.e != nil && o.e.column != "" {
			key := b.aliases[o.e.alias].name + "." + o.e.column
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		uniq = append(uniq, o)
	}
	return uniq
}

// defaultOrder is the order of a model behind some relations, or of the query's own. Ordering by a relation means by the other
// model's order, which may lead on.
func (b *builder) defaultOrder(m *plan.Model, steps []*plan.Relation) []rorder {
	var out []rorder
	ordering, err := m.Ordering()
	if err != nil {
		b.fail(err)
	}
	for _, o := range ordering {
		if by, ok := o.By.(expr.Order); ok {
			out = append(out, b.orderBehind(steps, by)...)
			continue
		}
		path := append(steps[:len(steps):len(steps)], o.Steps...)
		part := []rorder(nil)
		if t, err := relationTarget(path, o.Field); o.Plain && err == nil {
			part = orders(b.resolveUsed(t, nil), o.Desc, "")
		} else {
			part = b.orderField(path, o.Field, o.Desc)
		}
		out = append(out, withNulls(part, o.Nulls)...)
	}
	return out
}

// orderField orders by a field; by a relation means by the other model's default order.
func (b *builder) orderField(steps []*plan.Relation, f *plan.Field, desc bool) []rorder {
	if f.Rel != nil && f.Rel.Kind == plan.Forward && f.Rel.To.Ready() == nil && len(f.Rel.To.Order) > 0 {
		if slices.Contains(steps, f.Rel) {
			b.fail(fmt.Errorf("orm: %s: the default order goes in circles by %s.%s (order by its key: orm.Asc(&x.%[3]s.ID))", b.model.GoName(), f.Model.GoName(), f.GoName))
			return nil
		}
		out := b.defaultOrder(f.Rel.To, append(steps[:len(steps):len(steps)], f.Rel))
		if desc {
			for i := range out {
				out[i].turn()
			}
		}
		return out
	}
	t, err := relationTarget(steps, f)
	if err != nil {
		b.fail(err)
		return nil
	}
	return orders(b.resolveUsed(t, nil), desc, "")
}

func (b *builder) orderPart(o expr.Order) []rorder {
	switch {
	case o.Path != nil:
		t, err := b.pathTarget(o.Path)
		if err != nil {
			b.fail(err)
			return nil
		}
		if t.annotation != nil {
			return []rorder{{e: t.annotation, desc: o.Desc, nulls: o.Nulls}}
		}
		if t.base > 0 || o.Plain {
			return orders(b.resolveUsed(t, nil), o.Desc, o.Nulls)
		}
		return withNulls(b.orderField(t.steps, t.field, o.Desc), o.Nulls)
	case o.Node != nil:
		return orders(b.resolveWide(o.Node, nil), o.Desc, o.Nulls)
	}
	name, desc := o.Name, o.Desc
	if strings.HasPrefix(name, "-") {
		name, desc = name[1:], !desc
	} else if strings.HasPrefix(name, "+") {
		name = name[1:]
	}
	if name == "?" {
		return []rorder{{rand: true}}
	}
	if q := b.q; q.Values != nil { // a computed column of the result
		for _, v := range q.Values {
			if _, plain := v.Node.(expr.Name); v.Name == name && !plain {
				e := b.resolve(v.Node, nil)
				named := *e
				named.name = name
				return []rorder{{e: &named, desc: desc, nulls: o.Nulls}}
			}
		}
	}
	t, direct, err := b.nameTarget(name, false)
	if err != nil {
		b.fail(err)
		return nil
	}
	if t.annotation == nil && len(t.transforms) == 0 && len(t.keys) == 0 && direct != nil {
		steps := t.steps
		if !strings.HasSuffix(name, "_id") && name != "pk" && direct.Rel != nil && direct.Rel.Kind == plan.Forward {
			if direct.Tuple == nil && t.field != direct { // the name is the relation's own, and was followed
				steps = steps[:max(0, len(steps)-1)]
			}
			return withNulls(b.orderField(steps, direct, desc), o.Nulls)
		}
	}
	return orders(b.resolveUsed(t, nil), desc, o.Nulls)
}

func (b *builder) writeOrder(w *writer, order []rorder) {
	before := w.again
	w.again = true
	defer func() { w.again = before }()
	for i, o := range order {
		if i == 0 {
			w.str(" ORDER BY ")
		} else {
			w.str(", ")
		}
		writeOrderPart(w, o)
	}
}

func writeOrderPart(w *writer, o rorder) {
	if o.rand {
		if w.d.Name == "mysql" {
			w.str("RAND()")
		} else {
			w.str("RANDOM()")
		}
		return
	}
	write := o.e.write
	if o.e.name != "" && !w.bare {
		write = func(w *writer) { w.ident(o.e.name) }
	}
	if !w.d.NullsFirstLast {
		mysqlNulls(w, o, write)
		o.nulls = ""
	}
	write(w)
	if o.desc {
		w.str(" DESC")
	} else {
		w.str(" ASC")
	}
	switch o.nulls {
	case "first":
		w.str(" NULLS FIRST")
	case "last":
		w.str(" NULLS LAST")
	}
}

// resolveGroup decides what GROUP BY names. Without an aggregate there is none.
func (b *builder) resolveGroup(mode selectMode) []*rexpr {
	q := b.q
	if !b.grouped && !q.HasGroup && !b.filters[1].hasAgg() {
		return nil
	}
	var group []*rexpr
	switch {
	case q.HasGroup:
		for _, n := range q.GroupBy {
			name, _ := n.(expr.Name)
			e := b.groupedBy[name.Name]
			if e == nil {
				e = b.resolveWide(n, nil)
			}
			group = append(group, e.flat()...)
		}
	case b.model.PK != nil && b.q.From == nil:
		group = append(group, b.columnAt(0, b.model.PK, b.model.PK.Column))
	default:
		for _, f := range b.model.Columns {
			group = append(group, b.fieldAt(0, f))
		}
	}
	for i := range b.cols {
		e := b.cols[i].e
		if q.Values == nil && e.column != "" && e.alias == 0 && !q.HasGroup && q.From == nil {
			continue // depends on the key
		}
		group = append(group, e.leaves()...)
	}
	for _, a := range q.Annotations {
		if a.Hidden || q.Values != nil {
			continue
		}
		group = append(group, b.annots[a.Name].leaves()...)
	}
	for _, o := range b.order {
		if o.e != nil && o.e.name == "" {
			group = append(group, o.e.leaves()...)
		}
	}
	group = b.filters[1].columns(group)
	return group
}

func writeGroup(w *writer, group []*rexpr) {
	var seen []string
	for _, e := range group {
		if e.isValue() {
			continue
		}
		start := len(w.args)
		text := string(w.capture(e.write))
		if slices.Contains(seen, text) && len(w.args) == start {
			continue
		}
		if len(seen) == 0 {
			w.str(" GROUP BY ")
		} else {
			w.str(", ")
		}
		seen = append(seen, text)
		w.str(text)
	}
}

// places is the number of digits after the point that a plain column of decimals has.
func (e *rexpr) places() int {
	if e.kind != schema.Decimal || e.column == "" || e.field == nil {
		return 0
	}
	return storedField(e.field).S.Places
}
