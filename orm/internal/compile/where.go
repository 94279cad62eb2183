package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// truth is what is known of a condition before it runs.
type truth int8

const (
	unknown     truth = 0
	alwaysTrue  truth = 1
	alwaysFalse truth = -1
)

// rwhere is a resolved condition: a leaf with a write function, or a group.
type rwhere struct {
	op      expr.Op // AndOp, OrOp, XorOp; 0 for a leaf
	negated bool
	kids    []rwhere
	write   func(w *writer)
	known   truth // of a leaf
	agg     bool  // holds an aggregate: belongs to HAVING
	window  bool  // holds a window function
	groups  []*rexpr
}

// state says whether the condition is known to hold, or not to.
func (n *rwhere) state() truth {
	var s truth
	switch {
	case n.op == 0 && n.write == nil && n.known == unknown:
		s = alwaysTrue // nothing asked
	case n.op == 0:
		s = n.known
	default:
		full, empty := 0, 0
		for i := range n.kids {
			switch n.kids[i].state() {
			case alwaysTrue:
				full++
			case alwaysFalse:
				empty++
			}
		}
		switch {
		case n.op == expr.AndOp && empty > 0, n.op == expr.OrOp && len(n.kids) > 0 && empty == len(n.kids):
			s = alwaysFalse
		case n.op == expr.AndOp && full == len(n.kids), n.op == expr.OrOp && full > 0, len(n.kids) == 0:
			s = alwaysTrue
		case n.op == expr.XorOp && full+empty == len(n.kids):
			s = alwaysFalse
			if full%2 == 1 {
				s = alwaysTrue
			}
		}
	}
	if n.negated {
		s = -s
	}
	return s
}

func (n *rwhere) isEmpty() bool { return n.op == 0 && n.write == nil && n.known == unknown }

func (n *rwhere) hasAgg() bool {
	if n.agg {
		return true
	}
	for i := range n.kids {
		if n.kids[i].hasAgg() {
			return true
		}
	}
	return false
}

func (n *rwhere) hasWindow() bool {
	if n.window {
		return true
	}
	for i := range n.kids {
		if n.kids[i].hasWindow() {
			return true
		}
	}
	return false
}

func (n *rwhere) columns(into []*rexpr) []*rexpr {
	into = append(into, n.groups...)
	for i := range n.kids {
		into = n.kids[i].columns(into)
	}
	return into
}

// split takes the condition apart: what rows must hold, what groups must hold, and what needs window functions.
func (n *rwhere) split() (where, having, qualify rwhere) {
	if !n.hasAgg() && !n.hasWindow() {
		return *n, rwhere{}, rwhere{}
	}
	if n.op == expr.AndOp && !n.negated {
		where, having, qualify = rwhere{op: expr.AndOp}, rwhere{op: expr.AndOp}, rwhere{op: expr.AndOp}
		for i := range n.kids {
			w, h, q := n.kids[i].split()
			if !w.isEmpty() {
				where.kids = append(where.kids, w)
			}
			if !h.isEmpty() {
				having.kids = append(having.kids, h)
			}
			if !q.isEmpty() {
				qualify.kids = append(qualify.kids, q)
			}
		}
		return none(where), none(having), none(qualify)
	}
	if n.hasWindow() {
		return rwhere{}, rwhere{}, *n
	}
	return rwhere{}, *n, rwhere{}
}

func none(n rwhere) rwhere {
	if len(n.kids) == 0 {
		return rwhere{}
	}
	return n
}

// clause writes the keyword and the condition, if there is anything to say.
func (n *rwhere) clause(w *writer, keyword string) {
	if n.isEmpty() || n.state() == alwaysTrue {
		return
	}
	w.str(keyword)
	if n.op == expr.AndOp && !n.negated {
		n.join(w, " AND ")
		return
	}
	n.sql(w)
}

// sql writes the condition. Parts that are known are left out.
func (n *rwhere) sql(w *writer) {
	switch n.state() {
	case alwaysTrue:
		w.str("1 = 1")
		return
	case alwaysFalse:
		w.str("1 = 0")
		return
	}
	if n.negated {
		w.str("NOT ")
	}
	if n.op == 0 {
		if n.negated {
			w.str("(")
		}
		n.write(w)
		if n.negated {
			w.str(")")
		}
		return
	}
	if n.op == expr.XorOp {
		n.parity(w)
		return
	}
	live := 0
	for i := range n.kids {
		if n.kids[i].state() == unknown {
			live++
		}
	}
	paren := n.negated || live > 1
	if paren {
		w.str("(")
	}
	if n.op == expr.AndOp {
		n.join(w, " AND ")
	} else {
		n.join(w, " OR ")
	}
	if paren {
		w.str(")")
	}
}

func (n *rwhere) join(w *writer, word string) {
	first := true
	for i := range n.kids {
		if n.kids[i].state() != unknown {
			continue
		}
		if !first {
			w.str(word)
		}
		first = false
		n.kids[i].sql(w)
	}
}

// parity writes XOR for databases without one: an odd number of the conditions hold.
func (n *rwhere) parity(w *writer) {
	w.str("(")
	for i := range n.kids {
		if i > 0 {
			w.str(" + ")
		}
		w.str("CASE WHEN ")
		n.kids[i].sql(w)
		w.str(" THEN 1 ELSE 0 END")
	}
	w.str(") % 2 = 1")
}

// resolveWhere resolves all Filter and Exclude steps, and the annotations between them.
func (b *builder) resolveWhere() {
	defer b.resolveAnnotations(-1)
	if len(b.q.Where) == 0 {
		return
	}
	b.where = rwhere{op: expr.AndOp}
	for i := range b.q.Where {
		b.resolveAnnotations(i)
		b.groupJoins = nil
		step := &b.q.Where[i]
		var inner []int
		for j, a := range b.aliases {
			if !a.base && !a.left {
				inner = append(inner, j)
			}
		}
		p := expr.Pred{Op: expr.AndOp, Kids: step.Preds}
		if len(step.Preds) == 1 {
			p = step.Preds[0]
		}
		if step.Negate {
			p = expr.Pred{Op: expr.NotOp, Kids: []expr.Pred{p}}
		}
		can := reuse{}
		if step.Share {
			for j := range b.aliases {
				can[j] = true
			}
		}
		var n rwhere
		if isGroup(p.Op) {
			n, _ = b.resolveGroupPred(&p, false, false, can)
		} else {
			n, _ = b.resolveGroupPred(&expr.Pred{Op: expr.AndOp, Kids: []expr.Pred{p}}, false, false, can)
		}
		if b.err != nil {
			return
		}
		if n.op == expr.AndOp && !n.negated {
			b.where.kids = append(b.where.kids, n.kids...)
		} else {
			b.where.kids = append(b.where.kids, n)
		}
		b.demote(inner)
	}
	if len(b.where.kids) == 0 {
		b.where = rwhere{}
	}
}

// ownJoins is the set of joins that the groups of a number share.
func (b *builder) ownJoins(n uint8) reuse {
	if b.groupJoins == nil {
		b.groupJoins = map[uint8]reuse{}
	}
	if b.groupJoins[n] == nil {
		b.groupJoins[n] = reuse{}
	}
	return b.groupJoins[n]
}

func isGroup(op expr.Op) bool { return op >= expr.AndOp }

// resolveGroupPred resolves And, Or, Xor and Not, and settles the joins of their parts. Negated says that the group stands
// under an odd number of Nots, branchNegated under any.
func (b *builder) resolveGroupPred(p *expr.Pred, branchNegated, negated bool, can reuse) (rwhere, map[int]bool) {
	if p.Own > 0 {
		can = b.ownJoins(p.Own)
	}
	n := rwhere{op: p.Op}
	kids := p.Kids
	if p.Op == expr.NotOp {
		n.negated = true
		branchNegated, negated = true, !negated
		n.op = expr.AndOp
		if len(kids) == 1 && isGroup(kids[0].Op) && kids[0].Op != expr.NotOp {
			n.op, kids = kids[0].Op, kids[0].Kids
		}
	}
	v := newVotes(n.op == expr.OrOp, n.op == expr.XorOp, negated, len(kids))
	for i := range kids {
		k := &kids[i]
		if k.Op == expr.None && k.Err == nil {
			continue
		}
		var kn rwhere
		var need map[int]bool
		if isGroup(k.Op) {
			kn, need = b.resolveGroupPred(k, branchNegated, negated, can)
		} else {
			kn, need = b.resolveLeaf(k, branchNegated, negated, can)
		}
		if b.err != nil {
			return n, nil
		}
		v.add(need)
		n.kids = append(n.kids, kn)
	}
	return n, v.settle(b)
}

// resolveLeaf resolves one comparison.
//
// Django 6.1 django/db/models/sql/query.py build_filter.
func (b *builder) resolveLeaf(p *expr.Pred, branchNegated, negated bool, can reuse) (rwhere, map[int]bool) {
	if p.Err != nil {
		b.fail(p.Err)
		return rwhere{}, nil
	}
	if p.Op == expr.IsTrue {
		e := b.resolve(p.Left, can)
		if b.err != nil {
			return rwhere{}, nil
		}
		if e.isBoolColumn() && b.c.D.Name != "postgresql" {
			return rwhere{write: e.write, agg: e.agg, window: e.window, groups: e.leaves()}, nil
		}
		return rwhere{write: e.write, agg: e.agg, window: e.window, groups: e.leaves(), known: e.known}, nil
	}

	t, op, err := b.target(p)
	if err != nil {
		b.fail(err)
		return rwhere{}, nil
	}

	// A condition on many related rows under a Not asks that no related row fulfils it: a subquery.
	if branchNegated && t.multi() {
		if t.base > 0 {
			b.fail(fmt.Errorf("orm: a negated condition over many rows cannot begin at a joined table (use orm.ExistsIn)"))
			return rwhere{}, nil
		}
		return b.splitExclude(p, t.steps, can), nil
	}

	if lit, ok := p.Right.(expr.Literal); ok && lit.Kind == schema.JSON { // JSONNull: a value after all
		value := *p
		value.Right, value.Val = nil, lit.Value
		p = &value
	}
	before := b.refCounts()
	var right *rexpr
	if p.Right != nil {
		right = b.resolve(p.Right, can)
	}
	lhs, joins := b.resolveTarget(t, can)
	if b.err != nil {
		return rwhere{}, nil
	}
	used := b.newRefs(before)
	for _, j := range joins {
		used[j] = true
		can[j] = true
	}

	leaf, isNull := b.lookup(lhs, op, p, right, t.part)
	if b.err != nil {
		return rwhere{}, nil
	}
	b.binders = append(b.binders, binderOf(lhs, op))
	if right != nil || leaf.known != unknown || lhs.json != nil || lhs.kind == schema.JSON || t.annotation != nil || t.node != nil || len(t.transforms) > 0 || t.part != nil || lhs.custom != nil {
		b.single = true
	}

	wantsNull := isNull && leaf.known == unknown && p.Op != expr.None && nullWanted(p, op)
	requireOuter := wantsNull && !negated
	if negated && !(isNull && nullWanted(p, op)) {
		requireOuter = true
		if !isNull {
			leaf = b.nullSafe(leaf, lhs, joins, right)
		}
	}
	if t.annotation != nil || requireOuter {
		return leaf, nil
	}
	delete(used, 0)
	return leaf, used
}

// nullSafe keeps rows with a null in a negated comparison: NOT (a = 1 AND a IS NOT NULL).
func (b *builder) nullSafe(leaf rwhere, lhs *rexpr, joins []int, right *rexpr) rwhere {
	kids := []rwhere{leaf}
	last := 0
	if len(joins) > 0 {
		last = joins[len(joins)-1]
	}
	if lhs.base != nil && (lhs.base.nullable || b.aliases[last].left) {
		base := lhs.base
		kids = append(kids, rwhere{write: func(w *writer) { base.write(w); w.str(" IS NOT NULL") }})
	}
	if right != nil && right.column != "" && right.nullable {
		kids = append(kids, rwhere{write: func(w *writer) { right.write(w); w.str(" IS NOT NULL") }})
	}
	if len(kids) == 1 {
		return leaf
	}
	return rwhere{op: expr.AndOp, kids: kids}
}

func (b *builder) refCounts() []int {
	out := make([]int, len(b.aliases))
	for i, a := range b.aliases {
		out[i] = a.refs
	}
	return out
}

func (b *builder) newRefs(before []int) map[int]bool {
	used := map[int]bool{}
	for i, a := range b.aliases {
		if i > 0 && (i >= len(before) || a.refs > before[i]) {
			used[i] = true
		}
	}
	return used
}

// splitExclude writes NOT EXISTS over the related rows. The caller's Not stays; this is the EXISTS. Where an earlier condition
// of the same Filter has joined those rows, it speaks of that row alone.
//
// Django 6.1 django/db/models/sql/query.py split_exclude.
func (b *builder) splitExclude(p *expr.Pred, steps []*plan.Relation, can reuse) rwhere {
	inner := &expr.Query{Model: b.model, Where: []expr.Step{{Preds: []expr.Pred{*p}}}}
	pk := b.model.PK
	if pk == nil {
		b.fail(fmt.Errorf("orm: %s: a negated condition over many rows needs a primary key", b.model.GoName()))
		return rwhere{}
	}
	b.single = true
	sub := b.c.builder(inner, b)
	joined := b.joinedRow(steps, func(i int) bool { return can[i] && b.aliases[i].refs > 0 })
	sub.outer = b.outer // an OuterRef in the condition speaks of the query around this one
	sub.link = func(w *writer) {
		inner, outer := sub.aliases[0], pk.Column
		column := outer
		if sub.start > 0 {
			inner = sub.aliases[sub.start]
			column, outer = inner.rightColumn, inner.leftColumn
		}
		w.qualified(inner.name, column)
		w.str(" = (")
		w.qualified(b.aliases[0].name, outer)
		w.str(")")
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
	if outer < 0 || inner < 0 || sub.aliases[inner].model.PK == nil {
		return
	}
	pk := sub.aliases[inner].model.PK.Column
	w.str(" AND ")
	w.qualified(sub.aliases[inner].name, pk)
	w.str(" = (")
	w.qualified(b.aliases[outer].name, pk)
	w.str(")")
}

// joinedRow returns the join that the first many-valued relation of steps leads to, -1 if there is none that may be used.
func (b *builder) joinedRow(steps []*plan.Relation, may func(i int) bool) int {
	at := 0
	for _, rel := range steps {
		table, right := rel.To.Schema.Table, rel.ToColumn
		if rel.Kind == plan.Many || rel.Kind == plan.ManyBack {
			table, right = rel.Table, rel.Left
		}
		next := -1
		for i, a := range b.aliases {
			same := !a.base && a.parent == at && a.table == table && a.leftColumn == rel.FromColumn && a.rightColumn == right
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

// lookup builds the comparison of a resolved left side. It reports whether the condition became IS NULL.
func (b *builder) lookup(lhs *rexpr, op expr.Op, p *expr.Pred, right *rexpr, part *expr.Part) (rwhere, bool) {
	leaf := rwhere{agg: lhs.agg, window: lhs.window, groups: lhs.leaves()}
	if op == expr.Own {
		if lhs.custom != nil && !b.allowed(lhs, op, part) {
			return leaf, false
		}
		leaf.write = b.ownLookup(lhs, part, p.Val, p.Raw, right)
		if right != nil {
			leaf.agg, leaf.window = leaf.agg || right.agg, leaf.window || right.window
			leaf.groups = append(leaf.groups, right.leaves()...)
		}
		return leaf, false
	}
	if right != nil && len(lhs.bilateral) > 0 {
		right = b.mirror(lhs, right)
	}
	if right != nil {
		leaf.agg = leaf.agg || right.agg
		leaf.window = leaf.window || right.window
		leaf.groups = append(leaf.groups, right.leaves()...)
		leaf.write = b.compareExpr(lhs, op, right)
		return leaf, false
	}

	if lhs.custom != nil && !b.allowed(lhs, op, part) {
		return leaf, false
	}
	v := p.Val
	if op == expr.IsNull || v.Kind == dialect.Null && (op == expr.Exact || op == expr.IExact || op == expr.NotExact) {
		want := op != expr.NotExact
		if op == expr.IsNull {
			if v.Kind != dialect.Bool {
				b.fail(fmt.Errorf("orm: the value of isnull must be true or false"))
				return leaf, true
			}
			want = v.N != 0
		}
		if lhs.json != nil {
			leaf.write = b.jsonNull(lhs, op, want)
			return leaf, false
		}
		leaf.write = func(w *writer) {
			lhs.write(w)
			if want {
				w.str(" IS NULL")
			} else {
				w.str(" IS NOT NULL")
			}
		}
		return leaf, true
	}
	if len(lhs.bilateral) > 0 || lhs.custom.Wrapped() {
		leaf.write, leaf.known = b.mirrored(lhs, op, v)
		return leaf, false
	}
	if lhs.json != nil || lhs.kind == schema.JSON {
		leaf.write, leaf.known = b.jsonLookup(lhs, op, b.jsonValue(v), p.Raw)
		return leaf, false
	}
	if lhs.unit == "year" || lhs.unit == "iso_year" {
		if write, ok := b.yearLookup(lhs, op, v); ok {
			leaf.write = write
			return leaf, false
		}
	}
	leaf.write, leaf.known = b.compareValue(lhs, op, v)
	return leaf, false
}

// relationIsMulti says that one of the steps leads to many rows.
func relationIsMulti(steps []*plan.Relation) bool {
	for _, s := range steps {
		if s.Multi() {
			return true
		}
	}
	return false
}

// nullWanted says whether a null condition asks for nulls (as opposed to for values).
func nullWanted(p *expr.Pred, op expr.Op) bool {
	if op == expr.IsNull {
		return p.Val.N != 0
	}
	return op != expr.NotExact
}
