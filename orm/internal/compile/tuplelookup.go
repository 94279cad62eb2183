package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// tupleLookup compares several columns. It reports whether the condition became IS NULL.
//
// Django 6.1 django/db/models/fields/tuple_lookups.py.
func (b *builder) tupleLookup(lhs *rexpr, op expr.Op, p *expr.Pred, right *rexpr) (rwhere, bool) {
	switch {
	case right != nil:
		return b.tupleBeside(lhs, op, right), false
	case op == expr.IsNull && p.Val.Kind != dialect.Bool:
		b.fail(fmt.Errorf("orm: the value of isnull must be true or false"))
		return rwhere{}, true
	case op == expr.IsNull:
		return tupleNull(lhs, p.Val.N != 0), true
	case p.Val.Kind == dialect.Null && p.Raw == nil && (op == expr.Exact || op == expr.NotExact):
		return tupleNull(lhs, op == expr.Exact), true
	}
	switch op {
	case expr.In:
		return b.tupleIn(lhs, p), false
	case expr.Exact, expr.NotExact, expr.Gt, expr.Gte, expr.Lt, expr.Lte:
		values := b.tupleValues(lhs, p.Val, p.Raw)
		if b.err != nil {
			return rwhere{}, false
		}
		return b.tupleCompare(lhs, op, values), false
	}
	b.fail(b.noTupleLookup(lhs.field, op.String()))
	return rwhere{}, false
}

func (b *builder) noTupleLookup(f *plan.Field, name string) error {
	what := "several columns"
	if f != nil {
		what = aTuple(f)
	}
	return &FieldError{Name: name, Reason: fmt.Sprintf("unsupported look-up %q for %s (it has exact, in, gt, gte, lt, lte and isnull; compare its parts for all else)", name, what)}
}

// tupleNull holds when one of the columns is null, or when none is.
func tupleNull(lhs *rexpr, want bool) rwhere {
	n := rwhere{op: expr.AndOp}
	if want {
		n.op = expr.OrOp
	}
	for _, part := range lhs.tuple {
		sign := " IS NOT NULL"
		if want {
			sign = " IS NULL"
		}
		n.kids = append(n.kids, rwhere{groups: part.leaves(), agg: part.agg, window: part.window, write: func(w *writer) {
			part.write(w)
			w.str(sign)
		}})
	}
	return n
}

// tupleCompare compares the columns with values, the first that differs deciding.
func (b *builder) tupleCompare(lhs *rexpr, op expr.Op, values []dialect.Value) rwhere {
	part := func(i int, op expr.Op) rwhere {
		n, _ := b.lookup(lhs.tuple[i], op, &expr.Pred{Op: op, Val: values[i], Raw: values[i].Any()}, nil, nil)
		return n
	}
	return b.comparePairs(lhs, op, part)
}

// comparePairs builds a comparison of several columns from those of each.
func (b *builder) comparePairs(lhs *rexpr, op expr.Op, part func(i int, op expr.Op) rwhere) rwhere {
	last := len(lhs.tuple) - 1
	switch op {
	case expr.Exact, expr.NotExact:
		n := rwhere{op: expr.AndOp, negated: op == expr.NotExact}
		for i := range lhs.tuple {
			n.kids = append(n.kids, part(i, expr.Exact))
		}
		return n
	}
	strict := map[expr.Op]expr.Op{expr.Gt: expr.Gt, expr.Gte: expr.Gt, expr.Lt: expr.Lt, expr.Lte: expr.Lt}[op]
	// a >= 1 AND (a > 1 OR b > 2) ..., from the last column to the first: the first condition lets an index serve.
	n := part(last, op)
	for i := last - 1; i >= 0; i-- {
		loose := expr.Gte
		if strict == expr.Lt {
			loose = expr.Lte
		}
		n = rwhere{op: expr.AndOp, kids: []rwhere{part(i, loose), {op: expr.OrOp, kids: []rwhere{part(i, strict), n}}}}
	}
	return n
}

// tupleBeside compares the columns with those of another expression, or with the rows of a subquery.
func (b *builder) tupleBeside(lhs *rexpr, op expr.Op, right *rexpr) rwhere {
	if op != expr.In && comparisons[op] == "" {
		b.fail(b.noTupleLookup(lhs.field, op.String()))
		return rwhere{}
	}
	if right.width() != len(lhs.tuple) {
		b.fail(&FieldError{Name: "subquery", Reason: fmt.Sprintf("%s is compared with %d columns, not with %d (let the query select the key: leave out Values, or name as many)", tupleName(lhs), len(lhs.tuple), right.width())})
		return rwhere{}
	}
	if right.tuple != nil {
		if op == expr.In {
			op = expr.Exact
		}
		return b.comparePairs(lhs, op, func(i int, op expr.Op) rwhere {
			l, r := lhs.tuple[i], right.tuple[i]
			kids := []rwhere{{write: b.compareExpr(l, op, r), groups: append(l.leaves(), r.leaves()...), agg: l.agg || r.agg, window: l.window || r.window}}
			return kids[0]
		})
	}
	leaf := rwhere{agg: lhs.agg, window: lhs.window, groups: lhs.leaves(), write: b.compareExpr(lhs, op, right)}
	if right.sub != nil && right.sub.empty && op == expr.In {
		leaf.write, leaf.known = nil, alwaysFalse
	}
	return leaf
}
