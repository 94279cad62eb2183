// Package orm asks databases for rows in Go's terms: models are structs, columns are named by the addresses of fields, and
// the compiler checks both.
//
//	type Article struct {
//		ID        int64
//		Title     string
//		Author    orm.FK[User]
//		Published *time.Time
//	}
//
//	func (Article) Fields(a *Article) []orm.Field {
//		return []orm.Field{orm.Char(&a.Title, 200), orm.Ref(&a.Author).OnDelete(orm.Cascade)}
//	}
//
//	var a = orm.Fields[Article]() // &a.Title is the column
//
//	list, err := orm.Objects[Article]().
//		Filter(orm.Lte(a.Published, time.Now())).
//		Related(&a.Author).
//		OrderBy(orm.Desc(a.Published)).
//		Limit(25).All(ctx)
//
// # What replaces what in Django
//
// Model.objects is Objects[T](), a QuerySet is a Query[T] value, Q is a Predicate with And, Or and Not, F is F. Look-ups are
// functions (IContains, Gte ...); Lookup takes Django's strings where names come from outside. select_related is Related,
// prefetch_related is Prefetch, annotate is Annotate, values is Values. DoesNotExist is ErrNotFound.
//
// # What differs
//
// The database and the transaction are in the context: WithDatabases puts them there, Atomic opens a transaction for the
// code inside. Relations that a query did not load are loaded for all objects of its result at once, when the first is
// asked for. A nullable column is a pointer field; a nullable foreign key has a zero ID. Nothing in this package is global
// but the plans of types, which depend on the types alone.
package orm
