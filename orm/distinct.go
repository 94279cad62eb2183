package orm

import (
	"github.com/nuages-go/nuages/orm/expr"
)

// DistinctOn keeps the first row of each group of equal values, in the order of the query, which must begin with those values
// (PostgreSQL). Columns are named by address, expressions given as they are, names of the dynamic layer as strings. Elsewhere
// number the rows: orm.RowNumber over a window, and a filter on it.
func (q Query[T]) DistinctOn(columns ...any) Query[T] {
	q.refuseSliced("make distinct")
	q.refuseCombined("make distinct")
	for _, c := range columns {
		var n expr.Node
		switch c := c.(type) {
		case string:
			n = expr.Name{Name: c}
		case AnyExpr:
			n = c.exprNode()
		default:
			p, err := pathOf(c)
			if err != nil {
				q.fail("DistinctOn: %w", err)
				return q
			}
			n = expr.Column{Path: p}
		}
		q.s.DistinctOn = append(q.s.DistinctOn[:len(q.s.DistinctOn):len(q.s.DistinctOn)], n)
	}
	return q
}
