package orm

import (
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
)

// And keeps the rows that all queries have: Django's q & r. Unlike Intersection it is one query, that can be filtered on. The
// conditions of the others are added as if by Filter; the order is that of the last query that has one.
func (q Query[T]) And(others ...Query[T]) Query[T] {
	for i := range others {
		r := &others[i]
		if q.refuseMerge("And", r) {
			return q
		}
		q.s.Empty = q.s.Empty || r.s.Empty
		n := len(q.s.Where)
		q.s.Where = append(q.s.Where[:n:n], r.s.Where...)
		q.takeOrder(r)
	}
	return q
}

// Or keeps the rows that at least one query has: Django's q | r. Unlike Union it is one query, that can be filtered on. Over
// relations to many rows a row may come several times: use Distinct.
func (q Query[T]) Or(others ...Query[T]) Query[T] { return q.either("Or", expr.OrOp, others) }

// Xor keeps the rows that an odd number of the queries have: Django's q ^ r.
func (q Query[T]) Xor(others ...Query[T]) Query[T] { return q.either("Xor", expr.XorOp, others) }

func (q Query[T]) either(name string, op expr.Op, others []Query[T]) Query[T] {
	kids := []expr.Pred{rowsOf(&q.s)}
	empty := q.s.Empty
	for i := range others {
		r := &others[i]
		if q.refuseMerge(name, r) {
			return q
		}
		if len(q.s.Annotations) > 0 {
			q.fail("%s: annotate the combined query, not its parts", name)
			return q
		}
		empty = empty && r.s.Empty
		kids = append(kids, rowsOf(&r.s))
		q.takeOrder(r)
	}
	q.s.Where, q.s.Empty = []expr.Step{{Preds: []expr.Pred{{Op: op, Kids: kids}}}}, empty
	return q
}

// rowsOf is the condition that a row is one of a query's. Each Filter keeps joins of its own.
func rowsOf(s *expr.Query) expr.Pred {
	all := expr.Pred{Op: expr.AndOp}
	if s.Empty {
		all.Kids = append(all.Kids, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}})
	}
	for i, step := range s.Where {
		p := expr.Pred{Op: expr.AndOp, Own: uint8(min(i, 254) + 1), Kids: step.Preds}
		if step.Negate {
			p = expr.Not(p)
		}
		all.Kids = append(all.Kids, p)
	}
	return all
}

func (q *Query[T]) takeOrder(r *Query[T]) {
	if r.s.Ordered && len(r.s.Order) > 0 {
		q.s.Order, q.s.Ordered, q.s.Reverse = r.s.Order, true, r.s.Reverse
	}
}

// refuseMerge refuses queries whose conditions alone do not say which rows they have.
func (q *Query[T]) refuseMerge(name string, r *Query[T]) bool {
	for _, s := range []*expr.Query{&q.s, &r.s} {
		switch {
		case s.Err != nil:
			q.fail("%w", s.Err)
		case s.Sliced:
			q.fail("%s: cannot combine queries once a slice has been taken", name)
		case s.Combined != nil || s.Values != nil || len(s.DistinctOn) > 0:
			q.fail("%s: cannot combine a union, DistinctOn or a query of values (Wrap it)", name)
		case len(s.Where) > 250:
			q.fail("%s: a query with %d Filters", name, len(s.Where))
		}
	}
	switch {
	case q.s.Distinct != r.s.Distinct:
		q.fail("%s: one query is distinct and the other is not", name)
	case len(r.s.Annotations) > 0:
		q.fail("%s: annotate the combined query, not its parts", name)
	case q.s.From != r.s.From || len(r.s.Joins) > 0 && !slices.EqualFunc(q.s.Joins, r.s.Joins, sameJoin):
		q.fail("%s: the queries are of different tables", name)
	case databaseOf(&q.s) != databaseOf(&r.s):
		q.fail("%s: one query is for the database %q, the other for %q", name, databaseOf(&q.s), databaseOf(&r.s))
	}
	return q.s.Err != nil
}

func sameJoin(a, b expr.Join) bool { return a.Ref == b.Ref && a.Table == b.Table && a.Left == b.Left }

func databaseOf(s *expr.Query) string { return alias(s.DB) }
