package orm

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Rows is what a table can be made of: a Query, whose rows are objects, or the ValuesQuery of orm.Values, whose rows are
// structs of your own.
type Rows[R any] interface{ table(*R) *expr.Table }

func (q Query[T]) table(*T) *expr.Table {
	return &expr.Table{Model: model[T](), Query: &q.s}
}

func (q ValuesQuery[R]) table(*R) *expr.Table {
	return &expr.Table{Model: model[R](), Query: &q.s, Fields: q.off}
}

// Table is a query that stands where a table does, with rows of type R: a common table expression (With, Recursive), a query
// in brackets (Subtable) or one that runs for each row beside it (Lateral). From reads it, Join joins it to another query.
// orm.Fields[R]() names its columns; R is described as a model is, but has no table of its own: the column of a field
// CommentCount is comment_count, and an orm.FK leads on to the objects that it names.
type Table[R any] struct {
	t   *expr.Table
	ref *plan.Ref
	err error
}

// AnyTable is a Table of any rows, as Join takes it.
type AnyTable interface{ join() expr.Join }

func (t Table[R]) join() expr.Join {
	ref := t.ref
	if ref == nil {
		ref = model[R]().Root()
	}
	return expr.Join{Ref: ref, Table: t.t, Err: t.err}
}

func newTable[R any](name string, rows Rows[R]) Table[R] {
	x := rows.table(nil)
	x.Name = name
	return Table[R]{t: x}
}

// With is a common table expression, WITH name AS (…): the statements that use it compute its rows once and may name them
// several times. The name is for people who read the statement.
//
//	type perAuthor struct {
//		Author orm.FK[User]
//		Likes  int64
//	}
//	var p = orm.Fields[perAuthor]()
//
//	sums := orm.With("sums", orm.Values(articles, func(r *perAuthor) []orm.Pick {
//		return []orm.Pick{orm.As(&r.Author.ID, orm.F(&a.Author.ID)), orm.As(&r.Likes, orm.Sum(&a.Likes))}
//	}))
//	best, err := orm.From(sums).Filter(orm.Gt(&p.Likes, 100)).Related(&p.Author).All(ctx) // []*perAuthor
func With[R any](name string, rows Rows[R]) Table[R] {
	t := newTable(name, rows)
	t.err = tableName(name)
	return t
}

// Recursive is a common table expression that reads itself, WITH RECURSIVE name AS (…): it begins with the rows of start, and
// next finds further rows beside those found last, until there are none. That walks a tree:
//
//	type node struct {
//		Category orm.FK[Category]
//		Depth    int64
//	}
//	var n = orm.Fields[node]()
//
//	tree := orm.Recursive("tree",
//		orm.Values(orm.Objects[Category]().Filter(orm.IsNull(&c.Parent)), func(r *node) []orm.Pick {
//			return []orm.Pick{orm.As(&r.Category.ID, orm.F(&c.ID)), orm.As(&r.Depth, orm.Val[int64](0))}
//		}),
//		func(up orm.Table[node]) orm.Rows[node] {
//			children := orm.Objects[Category]().Join(up, orm.F(&c.Parent.ID).Eq(orm.F(&n.Category.ID)))
//			return orm.Values(children, func(r *node) []orm.Pick {
//				return []orm.Pick{orm.As(&r.Category.ID, orm.F(&c.ID)), orm.As(&r.Depth, orm.F(&n.Depth).Plus(1))}
//			})
//		})
//
// Where the data may go in a circle the database follows it for ever: limit the depth in next, or use Unique when the rows
// of the circle are equal. A context with a deadline ends a statement that does not end.
func Recursive[R any](name string, start Rows[R], next func(found Table[R]) Rows[R]) Table[R] {
	t := newTable(name, start)
	t.err = tableName(name)
	x := next(t).table(nil)
	t.t.Next, t.t.NextFields = x.Query, x.Fields
	if (x.Fields == nil) != (t.t.Fields == nil) && t.err == nil {
		t.err = fmt.Errorf("orm: table %q: both parts must give objects, or both values", name)
	}
	return t
}

// Subtable is a query in brackets, FROM (SELECT …): the way to join grouped rows, or another model's table that no relation
// leads to.
func Subtable[R any](rows Rows[R]) Table[R] { return newTable("", rows) }

// Lateral is a query in brackets that runs for each row that it is joined to, and speaks of that row with OuterRef: the
// latest three comments of each article.
//
//	latest := orm.Lateral(orm.Objects[Comment]().
//		Filter(orm.F(&c.Article.ID).Eq(orm.OuterRef(&a.ID))).OrderBy(orm.Desc(&c.Created)).Limit(3))
//	orm.Values(articles.Join(latest), …) // &a.Title, &c.Text
//
// SQLite and MariaDB have no lateral joins. There the rows are numbered by a window function, which gives the same rows when
// the query compares with OuterRef by Eq only; anything else is an error.
func Lateral[R any](rows Rows[R]) Table[R] {
	t := newTable("", rows)
	t.t.Lateral = true
	return t
}

func tableName(name string) error {
	if err := checkAlias(name); err != nil || len(name) > 63 {
		return fmt.Errorf("orm: %q is not a name for a common table (at most 63 characters; no quotes, brackets, spaces, control characters, semicolons, # or comments)", name)
	}
	return nil
}

// Unique makes a recursive table leave out rows that it has found before (UNION in place of UNION ALL).
func (t Table[R]) Unique() Table[R] { return t.with(func(x *expr.Table) { x.Unique = true }) }

// Materialized asks PostgreSQL and SQLite to compute a common table once; NotMaterialized to make it part of the statement
// around. Others choose by themselves.
func (t Table[R]) Materialized() Table[R] {
	return t.with(func(x *expr.Table) { x.Hint = "MATERIALIZED" })
}

// NotMaterialized asks PostgreSQL and SQLite to make a common table part of the statement around.
func (t Table[R]) NotMaterialized() Table[R] {
	return t.with(func(x *expr.Table) { x.Hint = "NOT MATERIALIZED" })
}

func (t Table[R]) with(change func(x *expr.Table)) Table[R] {
	x := *t.t
	x.Same = t.t.Origin()
	change(&x)
	t.t = &x
	return t
}

// As names the columns of a joined table by another reference value than that of its type. It is needed where the query or
// another joined table is of the same type; make the value once, with Other.
func (t Table[R]) As(ref *R) Table[R] {
	t.ref = refOf(ref)
	if (t.ref == nil || t.ref.Parent != nil) && t.err == nil {
		t.err = fmt.Errorf("orm: As takes a reference value of %s (orm.Fields, orm.Other)", typeOf[R]().Name())
	}
	return t
}

// Other makes a further reference value of a model, for tables that are joined to their like. It lives as long as the
// process: keep it in a package-level variable.
//
//	var older = orm.Other[Article]()
func Other[T any]() *T {
	r := plan.NewRef(model[T](), nil, nil, false)
	r.Other = true
	return plan.At[T](r.Base)
}

// From is the query of a table's rows. They can be filtered, ordered, annotated and joined like objects, but not changed.
func From[R any](t Table[R]) Query[R] {
	q := Objects[R]()
	q.s.From, q.s.Err, q.s.Scoped = t.t, t.err, false
	if t.t.Lateral {
		q.fail("a lateral query needs rows to run beside (Join it)")
	}
	if x := t.t.Query; x.Err != nil {
		q.s.Err = x.Err
	}
	q.s.DB, q.s.Home = t.t.Query.DB, t.t.Query.Home
	return q
}

// Wrap is the query of this query's rows: SELECT … FROM (this query). It allows what the query itself does not any more:
// filters and annotations after a slice, a union or a Distinct.
func (q Query[T]) Wrap() Query[T] { return From(Subtable[T](q)) }

// Join adds the rows of a table beside each row of the query, where the conditions hold; rows without any are left out. Its
// columns are named by orm.Fields of its type.
func (q Query[T]) Join(t AnyTable, on ...Predicate) Query[T] { return q.addJoin(t, on, false) }

// LeftJoin is Join that keeps rows without any, with nulls in place of the table's columns.
func (q Query[T]) LeftJoin(t AnyTable, on ...Predicate) Query[T] { return q.addJoin(t, on, true) }

func (q Query[T]) addJoin(t AnyTable, on []Predicate, left bool) Query[T] {
	q.refuseSliced("join a table to")
	q.refuseCombined("join a table")
	j := t.join()
	j.Left = j.Left || left
	j.On = append(j.On[:len(j.On):len(j.On)], preds(on)...)
	if j.Err == nil && j.Table != nil {
		j.Err = j.Table.Query.Err
	}
	n := len(q.s.Joins)
	q.s.Joins = append(q.s.Joins[:n:n], j)
	for i := range j.On {
		if err := checkRoot(&q.s, &j.On[i]); err != nil && q.s.Err == nil {
			q.s.Err = err
		}
	}
	if j.Err != nil && q.s.Err == nil {
		q.s.Err = j.Err
	}
	return q
}

// filtered is a relation with conditions of its own.
type filtered struct{ j expr.Join }

func (f filtered) join() expr.Join { return f.j }

// FilteredRelation is a relation whose join has conditions: LEFT JOIN … ON (… AND conditions). Rows without such a related
// row stay, with nulls. As is a reference value that names the related columns in filters, annotations, orders and aggregates;
// the relation by itself (&a.Comments) is not affected. Give it to LeftJoin:
//
//	var good = orm.Other[Comment]()
//
//	orm.Objects[Article]().LeftJoin(orm.FilteredRelation(&a.Comments, good, orm.Eq(&good.Approved, true))).
//		Annotate(orm.As(&a.Replies, orm.Count(&good.ID)))
//
// Join in place of LeftJoin means the same: a condition on the rows decides.
func FilteredRelation[R any](f interface {
	AnyRef
	To() *R
}, as *R, on ...Predicate,
) AnyTable {
	j := expr.Join{Rel: f.keyPath(), Ref: refOf(as), On: preds(on), Left: true}
	switch {
	case j.Rel == nil:
		j.Err = errNotField
	case j.Ref == nil || j.Ref.Parent != nil:
		j.Err = fmt.Errorf("orm: FilteredRelation takes a reference value of %s (orm.Fields, orm.Other)", typeOf[R]().Name())
	}
	return filtered{j}
}
