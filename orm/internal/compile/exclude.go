package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// splitExclude writes NOT EXISTS over the related rows. The caller's Not stays; this is the EXISTS. Where an earlier condition
// of the same Filter has joined those rows, it speaks of that row alone.
//
// Django 6.1 django/db/models/sql/query.py split_exclude.
func (b *builder) splitExclude(p *expr.Pred, steps []*plan.Relation, can reuse) rwhere {
	inner := &expr.Query{Model: b.model, Where: []expr.Step{{Preds: []expr.Pred{*p}}}}
	if len(b.model.Key) == 0 {
		b.fail(fmt.Errorf("orm: %s: a negated condition over many rows needs a primary key", b.model.GoName()))
		return rwhere{}
	}
	b.single = true
	sub := b.c.builder(inner, b)
	joined := b.joinedRow(steps, func(i int) bool { return can[i] && b.aliases[i].refs > 0 })
	sub.outer = b.outer // an OuterRef in the condition speaks of the query around this one
	sub.link = func(w *writer) {
		inner := sub.aliases[0]
		var pairs []plan.ColumnPair
		for _, f := range b.model.Key {
			pairs = append(pairs, plan.ColumnPair{From: f.Column, To: f.Column})
		}
		if sub.start > 0 {
			inner = sub.aliases[sub.start]
			pairs = inner.pairs()
		}
		for i, p := range pairs {
			if i > 0 {
				w.str(" AND ")
			}
			w.qualified(inner.name, p.To)
			w.str(" = (")
			w.least(b, func(w *writer) { w.qualified(b.aliases[0].name, p.From) })
			w.str(")")
		}
		b.linkRow(w, joined, sub, steps)
	}
	sub.prepareSelect(selectOne)
	if sub.err != nil {
		b.fail(sub.err)
		return rwhere{}
	}
	sub.start = sub.withoutBase()
	n := rwhere{write: func(w *writer) {
		w.str("EXISTS(")
		sub.emit(w)
		w.str(")")
	}}
	for _, f := range b.model.Key { // the row that the subquery speaks of
		n.groups = append(n.groups, b.columnAt(0, f, f.Column))
	}
	if sub.empty {
		n.known = alwaysFalse
	}
	return n
}

// withoutBase returns the one table that is joined to the base, if nothing else needs the base: the query may begin there. It
// is 0 when the base is needed.
//
// Django 6.1 django/db/models/sql/query.py trim_start.
func (b *builder) withoutBase() int {
	start := 0
	for i, a := range b.aliases {
		if i == 0 || a.parent != 0 || a.refs == 0 {
			continue
		}
		if start > 0 || a.left || a.src != nil {
			return 0
		}
		start = i
	}
	if b.baseUsed || b.q.From != nil {
		return 0
	}
	return start
}

// linkRow ties the rows of a subquery to the row that the query itself has joined, if it has.
func (b *builder) linkRow(w *writer, outer int, sub *builder, steps []*plan.Relation) {
	inner := sub.joinedRow(steps, func(int) bool { return true })
	if outer < 0 || inner < 0 {
		return
	}
	left := sub.aliases[inner].left // where no row is a row of nulls, as it is outside
	for _, f := range sub.aliases[inner].model.Key {
		w.str(" AND ")
		if left {
			w.str("(")
			w.qualified(b.aliases[outer].name, f.Column)
			w.str(" IS NULL OR ")
		}
		w.qualified(sub.aliases[inner].name, f.Column)
		w.str(" = (")
		w.qualified(b.aliases[outer].name, f.Column)
		if left {
			w.str(")")
		}
		w.str(")")
	}
}

// joinedRow returns the join that the first many-valued relation of steps leads to, -1 if there is none that may be used.
func (b *builder) joinedRow(steps []*plan.Relation, may func(i int) bool) int {
	at := 0
	for _, rel := range steps {
		table, right := rel.To.TableIn(b.c.D.MaxName), rel.ToColumn
		if rel.Kind == plan.Many || rel.Kind == plan.ManyBack {
			table, right = rel.Through.TableIn(b.c.D.MaxName), rel.Left
		}
		next := -1
		for i, a := range b.aliases {
			same := !a.base && a.parent == at && a.table == table && a.leftColumn == rel.FromColumn && a.rightColumn == right && slices.Equal(a.more, rel.More)
			if same && (!rel.Multi() || may(i)) {
				next = i
				break
			}
		}
		if next < 0 || rel.Multi() {
			return next
		}
		at = next
	}
	return -1
}
