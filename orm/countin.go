package orm

import "github.com/nuages-go/nuages/orm/expr"

// CountIn is the number of a query's rows as a value: with OuterRef a count beside each row, which is much cheaper than an
// aggregate over a join when only a page of the rows is read.
//
//	replies := orm.Objects[Comment]().Filter(orm.F(&c.Article.ID).Eq(orm.OuterRef(&a.ID)))
//	q.Annotate(orm.As(&a.Replies, orm.CountIn(replies)))
func CountIn[T any](q Query[T]) Expr[int64] {
	s := q.s
	s.Values = []expr.Annotation{{Name: "n", Node: &expr.Aggregate{Name: "Count"}}}
	s.HasGroup = true // one group: all rows
	s.Order, s.Ordered = nil, true
	return Expr[int64]{n: expr.Subquery{Query: &s, Out: kindOf[int64]()}, err: s.Err}
}
