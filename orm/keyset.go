package orm

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// After continues a list from a row: the rows that come after it in the query's order. It is the way to page through
// long lists, since no row is read twice. The order must be by columns of the model, the last of them unique. Directions may
// differ, and columns may be null. A limit stays: page := q.Limit(25) continues with page.After(last). After nil begins at the
// start.
func (q Query[T]) After(obj *T) Query[T] { return q.beside(obj, false) }

// Before is After in the other direction: the rows that come before, in the query's order. The page before a row is
// q.Before(row).Reverse().Limit(25), which comes backwards.
func (q Query[T]) Before(obj *T) Query[T] { return q.beside(obj, true) }

// orderPart is a column of a query's order.
type orderPart struct {
	f     *plan.Field
	desc  bool
	nulls string
}

// ownOrder is the order of a query by columns of its model, the query's own or the model's. It is false when other things
// take part, such as the order of another model that a relation stands for.
func (q *Query[T]) ownOrder() ([]orderPart, bool) { return q.orderParts(true) }

// orderParts is ownOrder, in which a relation may count as its column.
func (q *Query[T]) orderParts(exact bool) ([]orderPart, bool) {
	m := q.s.Model
	var parts []orderPart
	if !q.s.Ordered {
		ordering, err := m.Ordering()
		if err != nil {
			q.fail("%w", err)
			return nil, false
		}
		for _, o := range ordering {
			if len(o.Steps) > 0 || o.By != nil {
				return nil, false
			}
			if exact && followsOrder(o.Field, o.Plain) {
				return nil, false
			}
			for _, c := range o.Field.Columns() {
				parts = append(parts, orderPart{c, o.Desc, o.Nulls})
			}
		}
		return parts, true
	}
	for _, o := range q.s.Order {
		var f *plan.Field
		desc, plain := o.Desc, o.Plain
		switch {
		case o.Path != nil && o.Path.Ref == m.Root():
			if _, pf, err := o.Path.Resolve(); err == nil {
				f = pf
			}
		case o.Node != nil:
			if t, ok := o.Node.(expr.Tuple); ok && t.Ref == m.Root() {
				f = m.KeyField()
			}
		case o.Name != "":
			f = m.FieldNamed(strings.TrimPrefix(o.Name, "-"))
			desc = desc != strings.HasPrefix(o.Name, "-")
			plain = plainName(o.Name)
		}
		if exact && f != nil && followsOrder(f, plain) {
			return nil, false
		}
		if f == nil || f.Extra || !f.S.HasColumn() && f.Tuple == nil {
			return nil, false
		}
		for _, c := range f.Columns() {
			parts = append(parts, orderPart{c, desc, o.Nulls})
		}
	}
	return parts, true
}

func (q Query[T]) beside(obj *T, before bool) Query[T] {
	if obj == nil {
		return q
	}
	if q.s.Sliced && q.s.Offset > 0 {
		q.fail("After and Before continue from a row, not from an offset (leave Offset out; Limit may stay)")
		return q
	}
	q.refuseCombined("filter")
	if err := q.s.Model.Ready(); err != nil {
		q.fail("%w", err)
		return q
	}
	parts, ok := q.ownOrder()
	if !ok {
		q.fail("After and Before need an order by columns of %s", q.s.Model.GoName())
		return q
	}
	if !endsUnique(q.s.Model, parts) {
		q.fail("After and Before need an order that ends in a unique column (add orm.Asc(&…ID))")
		return q
	}
	back := before != q.s.Reverse
	keys := make([]expr.KeyPart, len(parts))
	nullable := false
	for i, p := range parts {
		keys[i] = expr.KeyPart{Of: expr.Name{Name: p.f.Column}, Desc: p.desc, Nulls: p.nulls, Value: p.f.Codec.Get(p.f.At(plan.PointerTo(obj)))}
		nullable = nullable || p.f.Nullable
	}
	if nullable {
		addStep(&q.s, expr.Pred{Op: expr.IsTrue, Left: expr.Keyset{Parts: keys, Back: back}})
		return q
	}
	// (a > 1) or (a = 1 and (b > 2)) ..., from the last column to the first.
	var cond *expr.Pred
	for _, k := range slices.Backward(keys) {
		op := expr.Gt
		if k.Desc != back {
			op = expr.Lt
		}
		further := expr.Pred{Op: op, Left: k.Of, Val: k.Value}
		if cond != nil {
			further = expr.Or(further, expr.And(expr.Pred{Op: expr.Exact, Left: k.Of, Val: k.Value}, *cond))
		}
		cond = &further
	}
	addStep(&q.s, *cond)
	return q
}

// endsUnique says that an order ends in a unique column, or in the last of the columns of the key.
func endsUnique(m *plan.Model, parts []orderPart) bool {
	last := len(parts) - 1
	if last < 0 {
		return false
	}
	f := parts[last].f
	if f.S.PrimaryKey || f.S.Unique && !f.Nullable {
		return true
	}
	if !slices.Contains(m.Key, f) {
		return false
	}
	return !slices.ContainsFunc(m.Key, func(k *plan.Field) bool {
		return !slices.ContainsFunc(parts, func(p orderPart) bool { return p.f == k })
	})
}

// IsTotallyOrdered says that the order leaves no two rows in the same place: it holds the key, or a unique column or set of
// columns without nulls. Django: QuerySet.totally_ordered.
func (q Query[T]) IsTotallyOrdered() bool {
	m := q.s.Model
	if m.Ready() != nil || q.s.Combined != nil || q.s.HasGroup {
		return false
	}
	var names []string
	add := func(f *plan.Field) bool {
		names = append(names, f.S.Name)
		return f.S.PrimaryKey || f.S.Unique && !f.Nullable
	}
	if !q.s.Ordered {
		ordering, _ := m.Ordering()
		for _, o := range ordering {
			if len(o.Steps) == 0 && o.By == nil && add(o.Field) {
				return true
			}
		}
		return uniqueTogether(&m.Schema, m, names)
	}
	for _, o := range q.s.Order { // what is no plain column neither helps nor harms
		one := Query[T]{expr.Query{Model: m, Ordered: true, Order: []expr.Order{o}}}
		parts, ok := one.orderParts(false)
		if !ok {
			continue
		}
		for _, p := range parts {
			if add(p.f) {
				return true
			}
		}
	}
	return uniqueTogether(&m.Schema, m, names)
}

// uniqueTogether says that some of the named fields are the key, or unique together and never null.
func uniqueTogether(s *schema.Model, m *plan.Model, names []string) bool {
	holds := func(set []string, key bool) bool {
		for _, name := range set {
			f := m.FieldNamed(name)
			if f == nil || !slices.Contains(names, f.S.Name) || f.Nullable && !key {
				return false
			}
		}
		return len(set) > 0
	}
	if holds(s.PrimaryKey, true) || slices.ContainsFunc(s.UniqueTogether, func(set []string) bool { return holds(set, false) }) {
		return true
	}
	for _, c := range s.Constraints {
		if c.Check == nil && c.Where == nil && len(c.Expressions) == 0 && holds(c.Fields, false) {
			return true
		}
	}
	return false
}
