package compile

import (
	"fmt"
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// ranking stands for a lateral query where the database has none: the rows of all outer rows at once, numbered among those
// of the same outer row. That gives the same rows when the query speaks of the outer row by equalities only.
type ranking struct {
	sub    *builder
	outer  []*rexpr
	lo, hi int // hi is -1 for no end
}

const lateralHelp = "a lateral join needs PostgreSQL or MySQL here; elsewhere it may compare with OuterRef by Eq only, without groups, Distinct or OuterRef in its values"

// rank resolves a lateral query as a ranking.
func (b *builder) rank(t *expr.Table) *ranking {
	q := *t.Query
	r := &ranking{lo: q.Offset, hi: -1}
	if q.Sliced && q.Limit >= 0 {
		r.hi = q.Offset + q.Limit
	}
	if q.Distinct || len(q.DistinctOn) > 0 || q.HasGroup || q.Combined != nil || q.From != nil && hasOuterQuery(q.From.Query) {
		b.fail(fmt.Errorf("orm: %s", lateralHelp))
		return nil
	}
	var keys []expr.Node
	var steps []expr.Step
	for _, s := range q.Where {
		if s.Negate {
			if hasOuter(s.Preds...) {
				b.fail(fmt.Errorf("orm: %s", lateralHelp))
				return nil
			}
			steps = append(steps, s)
			continue
		}
		var rest []expr.Pred
		for _, p := range flattened(s.Preds) {
			inner, outer := correlation(&p)
			switch {
			case inner != nil:
				keys = append(keys, inner)
				r.outer = append(r.outer, b.resolve(outer, nil))
			case hasOuter(p):
				b.fail(fmt.Errorf("orm: %s", lateralHelp))
				return nil
			default:
				rest = append(rest, p)
			}
		}
		s.Preds = rest
		steps = append(steps, s)
	}
	q.Where, q.Sliced, q.Limit, q.Offset = steps, false, -1, 0
	r.sub = b.tablePart(t, &q, nil)
	if b.err != nil {
		return nil
	}
	if r.sub.grouped || len(r.sub.group) > 0 {
		b.fail(fmt.Errorf("orm: %s", lateralHelp))
		return nil
	}
	r.addColumns(keys, t.Query.Sliced)
	if r.sub.err != nil {
		b.fail(r.sub.err)
	}
	return r
}

// addColumns adds what the rows are joined by, and their number.
func (r *ranking) addColumns(keys []expr.Node, sliced bool) {
	sub := r.sub
	var parts []*rexpr
	for i, k := range keys {
		e := sub.resolve(k, nil)
		parts = append(parts, e)
		sub.cols = append(sub.cols, column{e: e, alias: keyName(i)})
	}
	if !sliced {
		return
	}
	order := sub.resolveOrder(selectRows)
	if sub.err != nil {
		return
	}
	for i := range order { // inside the call there are no names of columns
		if order[i].e != nil {
			plain := *order[i].e
			plain.name = ""
			order[i].e = &plain
		}
	}
	number := &rexpr{kind: schema.Integer, write: func(w *writer) {
		w.str("ROW_NUMBER() OVER (")
		for i, e := range parts {
			if i == 0 {
				w.str("PARTITION BY ")
			} else {
				w.str(", ")
			}
			e.write(w)
		}
		sub.writeOrder(w, order)
		w.str(")")
	}}
	sub.cols = append(sub.cols, column{e: number, alias: "_row"})
}

func keyName(i int) string { return "_key" + strconv.Itoa(i+1) }

// conditions tie the numbered rows to the outer row.
func (r *ranking) conditions(table string) []func(w *writer) {
	var out []func(w *writer)
	for i, e := range r.outer {
		out = append(out, func(w *writer) {
			w.qualified(table, keyName(i))
			w.str(" = ")
			e.write(w)
		})
	}
	if r.lo > 0 {
		out = append(out, func(w *writer) { w.qualified(table, "_row"); w.str(" > "); w.arg(dialect.IntValue(int64(r.lo))) })
	}
	if r.hi >= 0 {
		out = append(out, func(w *writer) { w.qualified(table, "_row"); w.str(" <= "); w.arg(dialect.IntValue(int64(r.hi))) })
	}
	return out
}

// flattened takes nested Ands apart.
func flattened(ps []expr.Pred) []expr.Pred {
	var out []expr.Pred
	for _, p := range ps {
		if p.Op == expr.AndOp {
			out = append(out, flattened(p.Kids)...)
			continue
		}
		out = append(out, p)
	}
	return out
}

// correlation takes inner = OuterRef(x) apart, whichever way around it stands.
func correlation(p *expr.Pred) (inner, outer expr.Node) {
	if p.Op != expr.Exact || p.Right == nil || p.Err != nil {
		return nil, nil
	}
	left := p.Left
	if p.Path != nil {
		left = expr.Column{Path: p.Path}
	}
	if left == nil {
		return nil, nil
	}
	if o, ok := p.Right.(expr.Outer); ok && !hasOuterNode(left) {
		return left, o.Of
	}
	if o, ok := left.(expr.Outer); ok && !hasOuterNode(p.Right) {
		return p.Right, o.Of
	}
	return nil, nil
}

func hasOuter(ps ...expr.Pred) bool {
	for i := range ps {
		p := &ps[i]
		if hasOuterNode(p.Left) || hasOuterNode(p.Right) || hasOuter(p.Kids...) {
			return true
		}
	}
	return false
}

// hasOuterNode says that an expression may speak of the query around. Inside a subquery an OuterRef is that subquery's own.
func hasOuterNode(n expr.Node) bool {
	switch n := n.(type) {
	case expr.Outer:
		return true
	case expr.Binary:
		return hasOuterNode(n.Left) || hasOuterNode(n.Right)
	case expr.Func:
		for _, a := range n.Args {
			if hasOuterNode(a) {
				return true
			}
		}
	case expr.Transform:
		return hasOuterNode(n.Of)
	case expr.Typed:
		return hasOuterNode(n.Of)
	case expr.Cast:
		return hasOuterNode(n.Of)
	case *expr.Case:
		for i := range n.Whens {
			if hasOuter(n.Whens[i].If) || hasOuterNode(n.Whens[i].Then) {
				return true
			}
		}
		return hasOuterNode(n.Default)
	case expr.Pred:
		return hasOuter(n)
	}
	return false
}

func hasOuterQuery(q *expr.Query) bool {
	for i := range q.Where {
		if hasOuter(q.Where[i].Preds...) {
			return true
		}
	}
	return false
}
