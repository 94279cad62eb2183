package orm

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// ValuesQuery reads expressions of a query's rows into structs of type R. Make it with Values.
type ValuesQuery[R any] struct {
	s     expr.Query
	codec []*plan.Codec
	types []reflect.Type
	off   []uintptr
}

// Values reads expressions into a struct of your own. With aggregates among them, rows are grouped by the others:
//
//	type perAuthor struct {
//		Name string
//		N    int64
//	}
//	orm.Values(q, func(r *perAuthor) []orm.Pick {
//		return []orm.Pick{orm.As(&r.Name, orm.F(&a.Author.To().Name)), orm.As(&r.N, orm.Count(&a.ID))}
//	}).OrderBy(orm.Desc(&orm.Fields[perAuthor]().N)).All(ctx)
//
// A value that may be null goes into a pointer field: orm.As(r.Published, orm.Max(a.Published)) for a field *time.Time.
func Values[R, T any](q Query[T], pick func(r *R) []Pick) ValuesQuery[R] {
	out := ValuesQuery[R]{s: q.s}
	out.s.Values = []expr.Annotation{}
	if typeOf[R]().Kind() != reflect.Struct {
		out.s.Err = errors.Join(out.s.Err, fmt.Errorf("orm: Values: a %s is not a struct whose fields take the values (one value of each row: orm.Flat)", typeOf[R]()))
		return out
	}
	row := Fields[R]() // pointer fields are filled, so that they too name a place
	for i, p := range pick(row) {
		off, ok := uintptr(0), false
		if at := plan.Lookup(p.dst); at != nil && at.Ref.Base == plan.PointerTo(row) {
			off, ok = at.Offset, true
		}
		f, found := plan.FieldOf(typeOf[R](), off)
		if p.err != nil || !ok || !found {
			out.s.Err = errors.Join(out.s.Err, p.err, fmt.Errorf("orm: Values: pick %d does not name a field of %s (begin at the argument of the function: func(r *%[2]s) []orm.Pick { … orm.As(&r.Field, …) })", i+1, typeOf[R]()))
			continue
		}
		kind := plan.GoKind(f.Type)
		c := plan.NewCodec(f.Type, kind)
		if c == nil {
			c = plan.NewCodec(f.Type, schema.JSON)
		}
		out.types = append(out.types, f.Type)
		out.codec, out.off = append(out.codec, c), append(out.off, off)
		name := "c" + strconv.Itoa(i+1)
		out.s.Values = append(out.s.Values, expr.Annotation{Name: name, Node: p.a.Node})
	}
	for _, v := range out.s.Values {
		if !compile.Holds(v.Node) {
			continue
		}
		out.s.HasGroup, out.s.GroupBy = true, nil
		for _, o := range out.s.Values {
			if !compile.Holds(o.Node) {
				out.s.GroupBy = append(out.s.GroupBy, o.Node)
			}
		}
		if !out.s.Ordered {
			out.s.Order, out.s.Ordered = nil, true
		}
		break
	}
	return out
}

// Filter limits the groups, or the rows when there is no aggregate. Conditions may be on columns of the query, and on
// fields of the result: orm.Gt(&orm.Fields[R]().N, 5).
func (q ValuesQuery[R]) Filter(ps ...Predicate) ValuesQuery[R] {
	n := len(q.s.Where)
	list := preds(ps)
	for i := range list {
		list[i] = q.ownPred(list[i])
	}
	q.s.Where = append(q.s.Where[:n:n], expr.Step{Preds: list})
	return q
}

// OrderBy sets the order of the result, by columns of the query or fields of the result: orm.Desc(&orm.Fields[R]().N).
func (q ValuesQuery[R]) OrderBy(orders ...Order) ValuesQuery[R] {
	list := make([]expr.Order, len(orders))
	for i, o := range orders {
		q.s.Err = errors.Join(q.s.Err, o.e)
		list[i] = q.ownOrder(o.o)
	}
	q.s.Order, q.s.Ordered = list, true
	return q
}

// Limit keeps the first n rows. A negative n is an error.
func (q ValuesQuery[R]) Limit(n int) ValuesQuery[R] {
	if n < 0 {
		q.s.Err = errors.Join(q.s.Err, fmt.Errorf("orm: a limit cannot be %d", n))
		return q
	}
	q.s.Sliced, q.s.Limit = true, n
	return q
}

// Distinct leaves out equal rows.
func (q ValuesQuery[R]) Distinct() ValuesQuery[R] { q.s.Distinct = true; return q }

// GroupBy groups the rows by expressions, which need not be among the values. Without it they are grouped by all values that
// hold no aggregate, when one of them does.
func (q ValuesQuery[R]) GroupBy(by ...AnyExpr) ValuesQuery[R] {
	q.s.HasGroup, q.s.GroupBy = true, make([]expr.Node, len(by))
	for i, e := range by {
		q.s.GroupBy[i] = e.exprNode()
	}
	if !q.s.Ordered {
		q.s.Ordered = true // the model's order speaks of single rows
	}
	return q
}

// Slice keeps the rows from lo up to, not including, hi; a negative hi is the end.
func (q ValuesQuery[R]) Slice(lo, hi int) ValuesQuery[R] {
	if lo < 0 {
		q.s.Err = errors.Join(q.s.Err, fmt.Errorf("orm: a slice cannot begin at %d", lo))
		return q
	}
	q.s.Sliced, q.s.Offset, q.s.Limit = true, lo, -1
	if hi >= 0 {
		q.s.Limit = max(0, hi-lo)
		q.s.Empty = q.s.Empty || q.s.Limit == 0
	}
	return q
}

// All runs the query.
func (q ValuesQuery[R]) All(ctx context.Context) ([]R, error) {
	db, s, err := route(ctx, &q.s.DB, q.s.Model, q.s.Lock != nil, q.s.Home)
	if err != nil {
		return nil, err
	}
	if err := db.mayLock(s, &q.s); err != nil {
		return nil, err
	}
	st, err := db.compiler(s).Select(&q.s)
	if err != nil || st.Empty {
		return nil, err
	}
	return q.read(ctx, db, s, st, false)
}

// Flat returns the values of one column or expression of a query's rows: Django's values_list(flat=True).
//
//	titles, err := orm.Flat(ctx, q, orm.F(&a.Title)) // []string
func Flat[T, V any](ctx context.Context, q Query[T], e Expr[V]) ([]V, error) {
	type row struct{ V V }
	list, err := Values(q, func(r *row) []Pick { return []Pick{As(&r.V, e)} }).All(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]V, len(list))
	for i := range list {
		out[i] = list[i].V
	}
	return out, nil
}
