package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// resolveWhere resolves all Filter and Exclude steps, and the annotations between them.
func (b *builder) resolveWhere() {
	defer b.resolveAnnotations(-1)
	if len(b.q.Where) == 0 {
		return
	}
	b.where = rwhere{op: expr.AndOp}
	for i := range b.q.Where {
		b.resolveAnnotations(i)
		b.chooseColumns(i)
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

// chooseColumns resolves the columns that ValuesByName chose before a Filter step: a join to many rows that the step adds is
// not theirs.
func (b *builder) chooseColumns(step int) {
	choose := func(into *map[string]*rexpr, n expr.Node) {
		name, ok := n.(expr.Name)
		if !ok || b.annots[name.Name] != nil {
			return
		}
		if *into == nil {
			*into = map[string]*rexpr{}
		}
		(*into)[name.Name] = b.resolveWide(n, nil)
	}
	if b.q.ValuesAfter == step+1 {
		for _, v := range b.q.Values {
			if !b.isAnnotation(v.Name) {
				choose(&b.chosen, v.Node)
			}
		}
	}
	if b.q.HasGroup && b.q.GroupAfter == step+1 {
		for _, n := range b.q.GroupBy {
			choose(&b.groupedBy, n)
		}
	}
}

// isAnnotation says that a name is one of the query's annotations, be it resolved yet or not.
func (b *builder) isAnnotation(name string) bool {
	for i := range b.q.Annotations {
		if b.q.Annotations[i].Name == name {
			return true
		}
	}
	return false
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

// deepest is how deep conditions may be nested. The databases give up earlier or somewhat later.
const deepest = 10_000

func isGroup(op expr.Op) bool { return op >= expr.AndOp }

// resolveGroupPred resolves And, Or, Xor and Not, and settles the joins of their parts. Negated says that the group stands
// under an odd number of Nots, branchNegated under any.
func (b *builder) resolveGroupPred(p *expr.Pred, branchNegated, negated bool, can reuse) (rwhere, map[int]bool) {
	if p.Own > 0 {
		can = b.ownJoins(p.Own)
	}
	if b.nested++; b.nested > deepest {
		b.fail(fmt.Errorf("orm: conditions are nested more than %d deep", deepest))
		return rwhere{}, nil
	}
	defer func() { b.nested-- }()
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
		if kn.isEmpty() {
			continue
		}
		v.add(need)
		n.kids = append(n.kids, kn)
	}
	if len(n.kids) == 0 { // nothing asked: Django's Q(), which stays nothing under a Not
		return rwhere{}, nil
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
		write := func(w *writer) { e.write(w) } // which settleGroup may change yet
		if e.isBoolColumn() && b.c.D.Name != "postgresql" {
			return rwhere{write: write, agg: e.agg, window: e.window, groups: e.leaves()}, nil
		}
		return rwhere{write: write, agg: e.agg, window: e.window, groups: e.leaves(), known: e.known}, nil
	}

	t, op, err := b.target(p)
	if err != nil {
		b.fail(err)
		return rwhere{}, nil
	}

	if t.rel != nil && p.Op == expr.Dynamic && len(t.transforms) == 0 {
		if err := checkRelated(p, t.rel.To); err != nil {
			b.fail(err)
			return rwhere{}, nil
		}
	}

	// A condition on many related rows under a Not asks that no related row fulfils it: a subquery.
	if branchNegated && t.multi() && !b.plain {
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
		right = b.resolveWide(p.Right, can)
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

	if right != nil && lhs.tuple == nil {
		right = b.oneValue(right)
	}
	leaf, isNull := b.lookup(lhs, op, p, right, t.part)
	if b.err != nil {
		return rwhere{}, nil
	}
	b.binders = append(b.binders, binderOf(lhs, op))
	if right != nil || leaf.known != unknown || lhs.json != nil || lhs.kind == schema.JSON || t.annotation != nil || t.node != nil || len(t.transforms) > 0 || t.part != nil || lhs.custom != nil || lhs.tuple != nil {
		b.single = true
	}

	wantsNull := isNull && leaf.known == unknown && p.Op != expr.None && nullWanted(p, op)
	requireOuter := wantsNull && !negated
	jsonNull := lhs.json != nil && op == expr.Exact && right == nil && p.Val.Kind == dialect.Null // a value of JSON, no NULL
	if negated && !jsonNull && !(isNull && nullWanted(p, op)) {
		requireOuter = true
		if !isNull && t.annotation == nil {
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
	for _, part := range lhs.tuple {
		if part.nullable || b.aliases[last].left {
			kids = append(kids, rwhere{write: func(w *writer) { part.write(w); w.str(" IS NOT NULL") }})
		}
	}
	if lhs.base != nil && (lhs.base.nullable || b.aliases[last].left) {
		base := lhs.base
		kids = append(kids, rwhere{groups: leaf.groupsWith(base), write: func(w *writer) { base.write(w); w.str(" IS NOT NULL") }})
	}
	for _, r := range rightColumns(right) {
		if r.column != "" && r.nullable {
			kids = append(kids, rwhere{write: func(w *writer) { r.write(w); w.str(" IS NOT NULL") }})
		}
	}
	if len(kids) == 1 {
		return leaf
	}
	return rwhere{op: expr.AndOp, kids: kids}
}

func rightColumns(right *rexpr) []*rexpr {
	if right == nil {
		return nil
	}
	return right.flat()
}

// groupsWith is what grouped rows are told apart by where a column stands beside the condition. An aggregate's is none.
func (n *rwhere) groupsWith(column *rexpr) []*rexpr {
	if n.agg {
		return nil
	}
	return []*rexpr{column}
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

// lookup builds the comparison of a resolved left side. It reports whether the condition became IS NULL.
func (b *builder) lookup(lhs *rexpr, op expr.Op, p *expr.Pred, right *rexpr, part *expr.Part) (rwhere, bool) {
	if lhs.tuple != nil {
		return b.tupleLookup(lhs, op, p, right)
	}
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
		if op == expr.In && right.subquery && right.sub != nil && right.sub.empty {
			leaf.known = alwaysFalse
		}
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
			return leaf, op == expr.IsNull
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
