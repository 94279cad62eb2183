// Package expr is the tree of a query: conditions, expressions and the query itself, as values without types.
//
// Package orm puts a typed face on it (orm.Eq, orm.F, orm.Query); orm.Lookup and the dynamic layer make the same trees from
// strings; orm/internal/compile turns them into SQL. A program needs this package only to build queries that package orm
// has no words for, and to write conditions into migration files:
//
//	schema.Constraint{Name: "words_range", Check: expr.And(expr.Where("words__gte", 0), expr.Where("words__lt", 100000))}
package expr
