package compile

import (
	"slices"
	"strconv"

	"github.com/nuages-go/nuages/orm/expr"
)

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

// writeGroup writes GROUP BY. A computed column of the result is named by its place.
func (b *builder) writeGroup(w *writer) {
	var seen []string
	var done []*rexpr
	write := func(e *rexpr, place int) {
		if e.isValue() || slices.Contains(done, e) {
			return
		}
		done = append(done, e)
		start, text := len(w.args), ""
		if place > 0 {
			text = strconv.Itoa(place)
		} else {
			text = string(w.capture(e.write))
		}
		if slices.Contains(seen, text) && len(w.args) == start {
			return
		}
		if len(seen) == 0 {
			w.str(" GROUP BY ")
		} else {
			w.str(", ")
		}
		seen = append(seen, text)
		w.str(text)
	}
	for _, e := range b.group {
		place := b.placeOf(e)
		if place == 0 && e.external != nil { // a subquery depends on what it takes from the row
			for _, x := range *e.external {
				for _, leaf := range x.leaves() {
					write(leaf, b.placeOf(leaf))
				}
			}
			continue
		}
		write(e, place)
	}
}

// placeOf is the place of a computed expression among the columns of the result, counted from 1; 0 when it is not there.
func (b *builder) placeOf(e *rexpr) int {
	if e.column != "" || b.mode == selectOne || b.mode == selectCount || !b.filters[2].isEmpty() {
		return 0
	}
	return 1 + slices.IndexFunc(b.cols, func(c column) bool { return c.e == e })
}

// settleGroup prepares what is written more than once in a grouped query, for the databases that compare its texts.
func (b *builder) settleGroup() {
	switch {
	case len(b.group) == 0:
	case b.c.D.Dollar:
		for _, e := range b.group {
			e.repeats()
		}
	case b.c.D.Name == "mysql":
		for _, e := range b.filters[1].columns(nil) {
			e.inHaving(b)
			for _, part := range []*rexpr{e.base, e.of} {
				if part != nil && part != e {
					part.inHaving(b)
				}
			}
			if e.json != nil {
				e.json.of.inHaving(b)
			}
		}
	}
}

// repeats makes an expression that is written again name the parameters of the first time: PostgreSQL takes two expressions
// for one only if their parameters are the same.
func (e *rexpr) repeats() {
	if e.column != "" || e.settled {
		return
	}
	e.settled = true
	write := e.write
	e.write = func(w *writer) {
		if w.replay != nil { // inside of another one
			write(w)
			return
		}
		if params, again := w.first[e]; again {
			w.replay = &params
			write(w)
			w.replay = nil
			return
		}
		start := len(w.trace)
		w.tracing++
		write(w)
		w.tracing--
		if w.first == nil {
			w.first = map[*rexpr][]int{}
		}
		w.first[e] = slices.Clone(w.trace[start:])
	}
}

// inHaving makes an expression by which rows are grouped the least of its group where HAVING names it, which it is: MariaDB
// knows only columns of the result there, and those that GROUP BY names as they are.
func (e *rexpr) inHaving(b *builder) {
	if e.settled || e.agg || e.external != nil || e.write == nil || e.isValue() {
		return
	}
	e.settled = true
	write := e.write
	e.write = func(w *writer) { w.least(b, write) }
}

// least writes an expression of a query's rows, in HAVING the least of the group.
func (w *writer) least(b *builder, write func(w *writer)) {
	if w.having != b {
		write(w)
		return
	}
	w.having = nil
	w.str("MIN(")
	write(w)
	w.str(")")
	w.having = b
}

// overRows writes what stands inside of an aggregate, where rows are rows.
func overRows(w *writer, write func(w *writer)) {
	having := w.having
	w.having = nil
	write(w)
	w.having = having
}
