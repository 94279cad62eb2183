package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

func (b *builder) statement(w *writer) (*Statement, error) {
	if b.err != nil {
		return nil, b.err
	}
	return &Statement{SQL: string(w.buf), Args: w.args, Layout: b.layout, Empty: b.empty, Binders: b.binders, Reusable: !b.single && !b.empty}, nil
}

// Exists compiles SELECT 1 ... LIMIT 1.
func (c *Compiler) Exists(q *expr.Query) (*Statement, error) {
	b := c.builder(q, nil)
	w := &writer{d: c.D}
	b.prepareSelect(selectOne)
	if b.err == nil && !b.empty {
		b.emit(w)
	}
	return b.statement(w)
}

// Count compiles the number of rows.
func (c *Compiler) Count(q *expr.Query) (*Statement, error) {
	w := &writer{d: c.D}
	q = withoutWindows(q.Whole())
	b := c.builder(q, nil)
	if c.plainRows(q) {
		plain := *q
		plain.Order, plain.Ordered = nil, true
		b.q = &plain
		b.prepareSelect(selectCount)
		if b.filters[1].isEmpty() {
			if b.err == nil && !b.empty {
				b.emit(w)
			}
			return b.statement(w)
		}
		b = c.builder(q, nil) // a condition speaks of groups: count those
	}
	b.prepareSelect(selectInside)
	b.cols = once(b.cols)
	if b.err == nil && !b.empty {
		w.str("SELECT COUNT(*) FROM (")
		b.emit(w)
		w.str(") ")
		w.ident("subquery")
	}
	return b.statement(w)
}

// once leaves out columns of a name that came before: values may be asked for twice, but not in a table in brackets.
func once(cols []column) []column {
	out := cols[:0:0]
	for _, c := range cols {
		if c.alias == "" || !slices.ContainsFunc(out, func(o column) bool { return o.alias == c.alias }) {
			out = append(out, c)
		}
	}
	return out
}

// withoutWindows leaves out what is computed beside the rows by window functions and changes nothing about their number.
func withoutWindows(q *expr.Query) *expr.Query {
	if len(q.Annotations) == 0 || q.Values != nil || q.Distinct || len(q.DistinctOn) > 0 || q.Sliced || q.HasGroup {
		return q
	}
	for _, a := range q.Annotations {
		if a.After < len(q.Where) || !holds(a.Node) || Holds(a.Node) { // a condition may speak of it, or it makes groups
			return q
		}
	}
	plain := *q
	plain.Annotations = nil
	return &plain
}

// plainRows says that each row of the result is one row of the joined tables, so that it can be counted or summed directly.
func (c *Compiler) plainRows(q *expr.Query) bool {
	if q.Sliced || q.Distinct || len(q.DistinctOn) > 0 || q.Combined != nil && len(q.Combined.Queries) == 0 || q.HasGroup {
		return false
	}
	for _, a := range q.Annotations {
		if holds(a.Node) {
			return false
		}
	}
	for _, v := range q.Values {
		if holds(v.Node) {
			return false
		}
	}
	return true
}

// Holds says that an expression holds an aggregate, so that it needs groups.
func Holds(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.Window:
		return false
	case expr.Binary:
		return Holds(n.Left) || Holds(n.Right)
	}
	return holds(n)
}

// holds says that an expression holds an aggregate or a window function.
func holds(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.Aggregate, *expr.Window:
		return true
	case expr.Binary:
		return holds(n.Left) || holds(n.Right)
	case expr.Func:
		for _, a := range n.Args {
			if holds(a) {
				return true
			}
		}
	case expr.Call:
		return n.Of.Aggregate || slices.ContainsFunc(n.Args, holds)
	case expr.JSONAt:
		return holds(n.Of)
	case expr.Transform:
		return holds(n.Of)
	case expr.Typed:
		return holds(n.Of)
	case expr.Cast:
		return holds(n.Of)
	case *expr.Case:
		for _, w := range n.Whens {
			if holds(w.Then) {
				return true
			}
		}
		return n.Default != nil && holds(n.Default)
	}
	return false
}

// Aggregate compiles functions over all rows of a query.
func (c *Compiler) Aggregate(q *expr.Query, aggs []expr.Annotation) (*Statement, error) {
	w := &writer{d: c.D}
	q = q.Whole()
	b := c.builder(q, nil)
	plain := *q
	plain.Order, plain.Ordered = nil, true
	grouped := plain
	if c.plainRows(q) && q.Combined == nil {
		plain.Values = aggs
		plain.HasGroup = true // one group: all rows
		plain.Related, plain.Prefetch = nil, nil
		b.q, b.earlier = &plain, map[string]*rexpr{}
		b.prepareSelect(selectRows)
		if !b.filters[1].isEmpty() && b.err == nil { // a condition speaks of groups
			return c.aggregateOver(c.builder(&grouped, nil), aggs)
		}
		for i, a := range aggs {
			if b.err == nil {
				b.mustAggregate(a, b.cols[i].e)
			}
		}
		if b.err == nil {
			b.emit(w)
		}
		return b.statement(w)
	}

	// The rows are groups or a slice: aggregate over them from outside.
	if !q.Sliced {
		b.q = &plain
	}
	return c.aggregateOver(b, aggs)
}

// Expression writes an expression of a model without arguments, for DDL: bare column names, values as literals.
func (c *Compiler) Expression(m *plan.Model, n expr.Node) (string, error) {
	b := c.builder(&expr.Query{Model: m}, nil)
	b.annots = map[string]*rexpr{}
	w := &writer{d: c.D, literal: true, bare: true}
	if p, ok := n.(expr.Pred); ok {
		r, _ := b.resolvePred(p, nil)
		if b.err == nil {
			for r.op == expr.AndOp && !r.negated && len(r.kids) == 1 {
				r = r.kids[0]
			}
			r.sql(w)
		}
	} else if e := b.resolve(n, nil); b.err == nil {
		e.write(w)
	}
	if b.err == nil && b.hasJoins() {
		b.fail(fmt.Errorf("orm: an index or constraint cannot follow relations"))
	}
	return string(w.buf), b.err
}
