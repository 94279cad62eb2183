package orm

import (
	"context"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Query is a question about the rows of a model: Django's QuerySet. It is a value: each step returns a new one and leaves
// the old as it was, so a query can be kept at package level and used by many goroutines. Nothing runs until a method
// takes a context; mistakes made on the way are returned then.
type Query[T any] struct{ s expr.Query }

// Objects is the query of all rows of a model, but for those that its Scope hides (Scoper). Django: Model.objects.
func Objects[T any]() Query[T] {
	return Query[T]{expr.Query{Model: model[T](), Limit: -1, Scoped: true}}
}

// Broken is a query whose calls all return an error: for a function that returns a query and finds that it cannot.
func Broken[T any](err error) Query[T] {
	q := Objects[T]()
	q.s.Err = err
	return q
}

func (q Query[T]) spec() *expr.Query { return &q.s }

// Err returns the first mistake made while the query was built, if it is known yet.
func (q Query[T]) Err() error { return q.s.Err }

// Model describes the query's model.
func (q Query[T]) Model() Model { return Model{q.s.Model} }

func (q *Query[T]) fail(format string, args ...any) {
	if q.s.Err == nil {
		q.s.Err = fmt.Errorf("orm: "+format, args...)
	}
}

func (q *Query[T]) refuseSliced(what string) {
	if q.s.Sliced {
		q.fail("cannot %s a query once a slice has been taken", what)
	}
}

func (q *Query[T]) refuseCombined(what string) {
	if q.s.Combined != nil {
		q.fail("cannot %s after a union, intersection or difference", what)
	}
}

// Filter keeps the rows for which all conditions hold. Conditions of one call on a relation to many rows speak of the same
// related row; those of two calls may be fulfilled by two.
func (q Query[T]) Filter(ps ...Predicate) Query[T] { return q.where(ps, false) }

// Exclude leaves out the rows for which all conditions hold.
func (q Query[T]) Exclude(ps ...Predicate) Query[T] { return q.where(ps, true) }

func (q Query[T]) where(ps []Predicate, negate bool) Query[T] {
	q.refuseSliced("filter")
	q.refuseCombined("filter")
	if len(ps) == 0 {
		return q
	}
	n := len(q.s.Where)
	steps, list := q.s.Where[:n:n], []expr.Pred(nil)
	if n == 0 && len(ps) == 1 { // most queries: one piece of memory for both lists
		first := new(firstStep)
		steps, list = first.steps[:0], first.preds[:]
	} else {
		list = make([]expr.Pred, len(ps))
	}
	for i := range ps {
		list[i] = ps[i].p
		if err := checkRoot(&q.s, &list[i]); err != nil && q.s.Err == nil {
			q.s.Err = err
		}
	}
	q.s.Where = append(steps, expr.Step{Preds: list, Negate: negate})
	return q
}

// firstStep is the memory of a query's first condition.
type firstStep struct {
	steps [1]expr.Step
	preds [1]expr.Pred
}

// checkRoot finds a key path of another model where the query is built, so that the message has the right line.
func checkRoot(s *expr.Query, p *expr.Pred) error {
	if p.Err != nil {
		return p.Err
	}
	if p.Path != nil && !names(s, p.Path) {
		return wrongModel(p.Path, s.Model)
	}
	for i := range p.Kids {
		if err := checkRoot(s, &p.Kids[i]); err != nil {
			return err
		}
	}
	return nil
}

// names says that a key path begins at the query's model, or at a table that is joined.
func names(s *expr.Query, p *plan.Path) bool {
	root := p.Ref.Root()
	if !root.Other && (root.Model == s.Model || embeds(s.Model, root.Model)) {
		return true
	}
	for i := range s.Joins {
		if s.Joins[i].Ref == root {
			return true
		}
	}
	return false
}

func wrongModel(p *plan.Path, m *plan.Model) error {
	return fmt.Errorf("orm: %s is used in a query of %s (a key path must begin at orm.Fields[%[2]s], or at a table that the query joins)", p, m.GoName())
}

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

// Limit keeps the first n rows.
func (q Query[T]) Limit(n int) Query[T] { return q.Slice(0, n) }

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

// None is the query without rows. It never asks the database.
func (q Query[T]) None() Query[T] { q.s.Empty = true; return q }

// Related loads relations to one row together with the objects, by a join: Related(&a.Author, &a.Author.To().Company).
func (q Query[T]) Related(fields ...AnyRef) Query[T] {
	q.refuseCombined("join relations")
	for _, f := range fields {
		p := f.keyPath()
		if p == nil {
			if q.s.Err == nil {
				q.s.Err = errNotField
			}
			continue
		}
		n := len(q.s.Related)
		q.s.Related = append(q.s.Related[:n:n], expr.Relation{Path: p})
	}
	return q
}

// RelatedByName is Related for the dynamic edges: "author", "author__company".
func (q Query[T]) RelatedByName(names ...string) Query[T] {
	q.refuseCombined("join relations")
	for _, name := range names {
		n := len(q.s.Related)
		q.s.Related = append(q.s.Related[:n:n], expr.Relation{Name: name})
	}
	return q
}

// AnyRef is a relation field in a reference value: *FK or *Many.
type AnyRef interface{ keyPath() *plan.Path }

func (f *ForeignKey[T, K]) keyPath() *plan.Path { return plan.Lookup(plan.PointerTo(f)) }
func (m *Many[T]) keyPath() *plan.Path          { return plan.Lookup(plan.PointerTo(m)) }

// Prefetch loads relations with one more query for each: Prefetch(&a.Tags, &a.Comments). For a foreign key this is the
// way to load each related object once.
func (q Query[T]) Prefetch(fields ...AnyRef) Query[T] {
	for _, f := range fields {
		p := f.keyPath()
		if p == nil {
			if q.s.Err == nil {
				q.s.Err = errNotField
			}
			continue
		}
		n := len(q.s.Prefetch)
		q.s.Prefetch = append(q.s.Prefetch[:n:n], expr.Prefetch{Path: p})
	}
	return q
}

// Annotate computes values for each row: a struct field that the model declares with orm.Extra takes the value, and
// further conditions and orders may use it.
//
//	q.Annotate(orm.As(&a.CommentCount, orm.Count(&orm.Rev[Comment](&c.Article).ID)))
func (q Query[T]) Annotate(picks ...Pick) Query[T] {
	q.refuseSliced("annotate")
	q.refuseCombined("annotate")
	for _, p := range picks {
		n := len(q.s.Annotations)
		a := p.a
		a.After = len(q.s.Where)
		if a.Field != nil {
			a.Name = SnakeCase(a.Field.Name)
		}
		if p.err != nil && q.s.Err == nil {
			q.s.Err = p.err
		}
		if err := checkAlias(a.Name); err != nil && q.s.Err == nil {
			q.s.Err = err
		}
		if a.Field == nil && q.s.Model.Ready() == nil && q.s.Model.FieldNamed(a.Name) != nil && q.s.Err == nil {
			q.s.Err = fmt.Errorf("orm: the annotation %q conflicts with a field of %s", a.Name, q.s.Model.GoName())
		}
		q.s.Annotations = append(q.s.Annotations[:n:n], a)
		q.extendValues(a)
	}
	return q
}

// Pick is an expression with the place for its value. Make it with As or Named.
type Pick struct {
	a   expr.Annotation
	err error
	dst plan.Pointer
}

// As gives an expression's value to a struct field.
func As[V any](dst *V, e Expr[V]) Pick {
	return Pick{a: expr.Annotation{Field: plan.Lookup(plan.PointerTo(dst)), Node: e.n}, err: e.err, dst: plan.PointerTo(dst)}
}

// Named gives an expression a name, for conditions and orders by name and for ValuesMap.
func Named(name string, e AnyExpr) Pick {
	return Pick{a: expr.Annotation{Name: name, Node: e.exprNode()}}
}

// checkAlias refuses names that could change the meaning of a statement even in quotes.
func checkAlias(name string) error {
	if name == "" {
		return fmt.Errorf("orm: an annotation needs a name, or a field that the model declares with orm.Extra")
	}
	if strings.ContainsAny(name, "\"'`;[]#%") || strings.Contains(name, "--") || strings.Contains(name, "/*") || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return fmt.Errorf("orm: %q is not a name for an annotation (no quotes, brackets, spaces, control characters, semicolons, # or comments)", name)
	}
	return nil
}

// Only loads the named columns and the key; the other fields keep their zero values until Load fills them. Save leaves them
// out, unless they were given a value.
func (q Query[T]) Only(fields ...any) Query[T] { return q.choose(fields, true) }

// Defer leaves columns out, as Only does with all but those it names. Without arguments nothing is left out any more:
// Django's defer(None).
func (q Query[T]) Defer(fields ...any) Query[T] { return q.choose(fields, false) }

func (q Query[T]) choose(fields []any, only bool) Query[T] {
	q.refuseCombined("choose columns")
	if err := q.s.Model.Ready(); err != nil {
		q.fail("%w", err)
		return q
	}
	var list []*plan.Field
	for _, f := range fields {
		pf, _, err := fieldOf(q.s.Model, f)
		if err != nil {
			if q.s.Err == nil {
				q.s.Err = err
			}
			return q
		}
		if pf.Tuple != nil { // a relation over columns
			list = append(list, pf.Tuple...)
			continue
		}
		list = append(list, pf)
	}
	if only {
		q.s.Only = list
	} else if len(fields) == 0 {
		q.s.Only, q.s.Defer = nil, nil
	} else {
		n := len(q.s.Defer)
		q.s.Defer = append(q.s.Defer[:n:n], list...)
	}
	return q
}

// Using asks the database with that name.
func (q Query[T]) Using(name string) Query[T] { q.s.DB = name; return q }

// FetchRaise makes the later load of a relation that the query did not load an error, in place of a query.
func (q Query[T]) FetchRaise() Query[T] { q.s.FetchRaise = true; return q }

// Union, Intersection and Difference combine results. Afterwards only orders, slices and terminal calls are allowed.
func (q Query[T]) Union(others ...Query[T]) Query[T] { return q.combine("union", others) }

// UnionAll is Union that keeps equal rows.
func (q Query[T]) UnionAll(others ...Query[T]) Query[T] { return q.combine("union all", others) }

// Intersection keeps the rows that all results have.
func (q Query[T]) Intersection(others ...Query[T]) Query[T] { return q.combine("intersect", others) }

// Difference keeps the rows that the others do not have.
func (q Query[T]) Difference(others ...Query[T]) Query[T] { return q.combine("except", others) }

func (q Query[T]) combine(op string, others []Query[T]) Query[T] {
	parts := []*expr.Query{plainPart(&q.s)}
	for i := range others {
		parts = append(parts, plainPart(&others[i].s))
		if others[i].s.Err != nil && q.s.Err == nil {
			q.s.Err = others[i].s.Err
		}
	}
	return Query[T]{expr.Query{Model: q.s.Model, Limit: -1, DB: q.s.DB, Err: q.s.Err, Combined: &expr.Combined{Op: op, Queries: parts}}}
}

// plainPart is a query as a part of a combined one: an order only matters under a slice.
func plainPart(s *expr.Query) *expr.Query {
	p := *s
	if !p.Sliced {
		p.Order, p.Ordered = nil, true
	}
	return &p
}

// SQL returns the statement that All would run, and its arguments, for eyes and tests.
func (q Query[T]) SQL(ctx context.Context) (string, []any, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return "", nil, err
	}
	st, err := db.compiler(s).Select(&q.s)
	if err != nil {
		return "", nil, err
	}
	args := make([]any, len(st.Args))
	for i, a := range st.Args {
		args[i] = a.Any()
	}
	return st.SQL, args, nil
}
