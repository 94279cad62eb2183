package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

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
		if slices.Contains(b.trail, f.Rel) {
			b.fail(fmt.Errorf("orm: %s: the default order goes in circles by %s.%s (order by its key: orm.Asc(&x.%[3]s.ID))", b.model.GoName(), f.Model.GoName(), f.GoName))
			return nil
		}
		b.trail = append(b.trail, f.Rel)
		out := b.defaultOrder(f.Rel.To, append(steps[:len(steps):len(steps)], f.Rel))
		b.trail = b.trail[:len(b.trail)-1]
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

// innerOrder is an order inside of OVER or of an aggregate: a relation means its column there, not the other model's order.
//
// Django 6.1 django/db/models/expressions.py OrderByList.
func (b *builder) innerOrder(o expr.Order) []rorder {
	name, desc := o.Name, o.Desc
	switch {
	case o.Path != nil:
		o.Plain = true
	case o.Node == nil && name != "?":
		if strings.HasPrefix(name, "-") {
			name, desc = name[1:], !desc
		}
		o = expr.Order{Node: expr.Name{Name: name}, Desc: desc, Nulls: o.Nulls}
	}
	return b.orderPart(o)
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
