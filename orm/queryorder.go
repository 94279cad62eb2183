package orm

import (
	"github.com/nuages-go/nuages/orm/expr"
)

// OrderBy sets the order, in place of an earlier one and of the model's own. Without arguments there is none.
func (q Query[T]) OrderBy(orders ...Order) Query[T] {
	q.refuseSliced("reorder")
	list := make([]expr.Order, len(orders))
	for i, o := range orders {
		if o.e != nil && q.s.Err == nil {
			q.s.Err = o.e
		}
		if o.o.Path != nil && q.s.Err == nil && !names(&q.s, o.o.Path) {
			q.s.Err = wrongModel(o.o.Path, q.s.Model)
		}
		list[i] = o.o
	}
	q.s.Order, q.s.Ordered = list, true
	return q
}

// IsOrdered says that the rows come in an order: the query's own, or else the model's. Django: QuerySet.ordered.
func (q Query[T]) IsOrdered() bool {
	if q.s.Ordered {
		return len(q.s.Order) > 0
	}
	return q.s.Model.Ready() == nil && len(q.s.Model.Order) > 0
}

// Reverse turns the order around.
func (q Query[T]) Reverse() Query[T] {
	q.refuseSliced("reverse")
	q.s.Reverse = !q.s.Reverse
	return q
}

// Limit keeps the first n rows. A negative n, as a calculation may give it, is an error.
func (q Query[T]) Limit(n int) Query[T] {
	if n < 0 {
		q.fail("a limit cannot be %d", n)
		return q
	}
	return q.Slice(0, n)
}

// Offset leaves out the first n rows.
func (q Query[T]) Offset(n int) Query[T] { return q.Slice(n, -1) }

// Slice keeps the rows from lo up to, not including, hi; a negative hi is the end. Slices of slices count from the first
// one's beginning.
func (q Query[T]) Slice(lo, hi int) Query[T] {
	if lo < 0 {
		q.fail("a slice cannot begin at %d", lo)
		return q
	}
	limit := -1
	if hi >= 0 {
		limit = max(0, hi-lo)
	}
	if q.s.Sliced {
		if q.s.Limit >= 0 {
			rest := max(0, q.s.Limit-lo)
			if limit < 0 || limit > rest {
				limit = rest
			}
		}
		lo += q.s.Offset
	}
	q.s.Sliced, q.s.Offset, q.s.Limit = true, lo, limit
	if limit == 0 {
		q.s.Empty = true
	}
	return q
}

// Distinct leaves out rows that are the same as an earlier one.
func (q Query[T]) Distinct() Query[T] {
	q.refuseSliced("make distinct")
	q.refuseCombined("make distinct")
	q.s.Distinct = true
	return q
}
