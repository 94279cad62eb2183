package orm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
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
//	}).All(ctx)
func Values[R, T any](q Query[T], pick func(r *R) []Pick) ValuesQuery[R] {
	out := ValuesQuery[R]{s: q.s}
	var r R
	base := plan.PointerTo(&r)
	size := typeOf[R]().Size()
	out.s.Values = []expr.Annotation{}
	for i, p := range pick(&r) {
		off := plan.Offset(base, p.dst)
		f, ok := plan.FieldOf(typeOf[R](), off)
		if p.err != nil || p.dst == nil || off >= size || !ok {
			out.s.Err = errors.Join(out.s.Err, p.err, fmt.Errorf("orm: Values: pick %d does not name a field of %s", i+1, typeOf[R]()))
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

// Filter limits the groups, or the rows when there is no aggregate.
func (q ValuesQuery[R]) Filter(ps ...Predicate) ValuesQuery[R] {
	n := len(q.s.Where)
	q.s.Where = append(q.s.Where[:n:n], expr.Step{Preds: preds(ps)})
	return q
}

// OrderBy sets the order of the result.
func (q ValuesQuery[R]) OrderBy(orders ...Order) ValuesQuery[R] {
	list := make([]expr.Order, len(orders))
	for i, o := range orders {
		list[i] = o.o
	}
	q.s.Order, q.s.Ordered = list, true
	return q
}

// Limit keeps the first n rows.
func (q ValuesQuery[R]) Limit(n int) ValuesQuery[R] {
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

// Alias is Annotate without the value in the result: for conditions and orders.
func (q Query[T]) Alias(picks ...Pick) Query[T] {
	hidden := make([]Pick, len(picks))
	for i, p := range picks {
		p.a.Hidden = true
		hidden[i] = p
	}
	return q.Annotate(hidden...)
}

// ValuesByName makes the rows of the result the named fields and annotations, for Rows and Maps: Django's values() at the
// dynamic edges. Aggregates annotated afterwards are computed for each group of equal values. Without names, all fields.
func (q Query[T]) ValuesByName(names ...string) Query[T] {
	q.s.Values, q.s.ValuesAfter = []expr.Annotation{}, len(q.s.Where)+1
	if len(names) == 0 {
		if err := q.s.Model.Ready(); err != nil {
			q.fail("%w", err)
			return q
		}
		for _, f := range q.s.Model.Columns {
			name := f.S.Name
			if f.Rel != nil {
				name = f.Column
			}
			q.s.Values = append(q.s.Values, expr.Annotation{Name: name, Node: expr.Name{Name: name}})
		}
		for _, a := range q.s.Annotations {
			if !a.Hidden {
				q.s.Values = append(q.s.Values, expr.Annotation{Name: a.Name, Node: expr.Name{Name: a.Name}})
			}
		}
	}
	for _, name := range names {
		if err := checkAlias(name); err != nil && q.s.Err == nil {
			q.s.Err = err
		}
		q.s.Values = append(q.s.Values, expr.Annotation{Name: name, Node: expr.Name{Name: name}})
	}
	return q
}

// extendValues adds an annotation to the values chosen before; an aggregate groups by those.
func (q *Query[T]) extendValues(a expr.Annotation) {
	if q.s.Values == nil {
		return
	}
	if compile.Holds(a.Node) && !q.s.HasGroup {
		q.s.HasGroup, q.s.GroupBy, q.s.GroupAfter = true, nil, q.s.ValuesAfter
		for _, v := range q.s.Values {
			q.s.GroupBy = append(q.s.GroupBy, v.Node)
		}
	}
	if a.Hidden {
		return
	}
	n := len(q.s.Values)
	q.s.Values = append(q.s.Values[:n:n], expr.Annotation{Name: a.Name, Node: expr.Name{Name: a.Name}})
}

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

// Rows runs a query of ValuesByName and returns its rows. Values are nil, bool, int64, float64, string, []byte, time.Time,
// time.Duration, Decimal, [16]byte, or what JSON decodes to; a composite key is a []any.
func (q Query[T]) Rows(ctx context.Context) ([][]any, error) {
	_, rows, err := q.rows(ctx)
	return rows, err
}

// Maps is Rows with the names of the values.
func (q Query[T]) Maps(ctx context.Context) ([]map[string]any, error) {
	names, rows, err := q.rows(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]any, len(rows))
	for i, row := range rows {
		out[i] = make(map[string]any, len(names))
		for j, name := range names {
			out[i][name] = row[j]
		}
	}
	return out, nil
}

func (q Query[T]) rows(ctx context.Context) ([]string, [][]any, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := db.mayLock(s, &q.s); err != nil {
		return nil, nil, err
	}
	if q.s.Values == nil && q.s.Combined == nil {
		q = q.ValuesByName()
	}
	st, err := db.compiler(s).Select(&q.s)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, f := range st.Layout.Fields {
		names = append(names, f.S.Name)
	}
	for _, a := range st.Layout.Annotations {
		names = append(names, a.Name)
	}
	if st.Empty {
		return names, nil, nil
	}
	var out [][]any
	err = db.query(ctx, s, st.SQL, st.Args, false, func(r dialect.Row) error {
		row := make([]any, 0, len(names))
		for i, f := range st.Layout.Fields {
			v, err := readOwn(r, i, f.S.Kind, f.Custom)
			if err != nil {
				return err
			}
			row = append(row, padded(v, f.S.Places))
		}
		for i := range st.Layout.Annotations {
			v, err := readOutput(r, &st.Layout.Annotations[i])
			if err != nil {
				return err
			}
			row = append(row, padded(v, st.Layout.Annotations[i].Places))
		}
		out = append(out, row)
		return nil
	})
	return names, out, err
}

// readOutput reads a computed column; what is several columns is a list of their values, nil where the key is null.
func readOutput(r dialect.Row, o *compile.Output) (any, error) {
	if o.Parts == nil {
		return readOwn(r, o.Col, o.Kind, o.Custom)
	}
	list := make([]any, len(o.Parts))
	for i, p := range o.Parts {
		v, err := readOwn(r, p.Col, p.Kind, p.Custom)
		if err != nil {
			return nil, err
		}
		if v == nil {
			return nil, nil
		}
		list[i] = v
	}
	return list, nil
}

// readOwn is readAny for a column that may have a codec of its own.
func readOwn(r dialect.Row, i int, kind schema.Kind, c *plan.Custom) (any, error) {
	if c == nil || r.Null(i) {
		return readAny(r, i, kind)
	}
	return c.Any(r, i)
}

// readAny reads a column of a kind as the Go value for it.
func readAny(r dialect.Row, i int, kind schema.Kind) (any, error) {
	if r.Null(i) {
		return nil, nil
	}
	switch kind {
	case schema.Boolean:
		return r.Bool(i), nil
	case schema.Date, schema.DateTime:
		return r.Time(i)
	case schema.Time, schema.Duration:
		if kind == schema.Time {
			return r.Clock(i)
		}
		return r.Duration(i)
	case schema.Decimal:
		return NewDecimal(r.Text(i))
	case schema.UUID:
		return r.UUID(i)
	case schema.Float:
		return r.Float(i), nil
	case schema.JSON:
		v := r.Any(i)
		s, ok := v.(string)
		if !ok {
			return v, nil
		}
		var out any
		if json.Unmarshal([]byte(s), &out) != nil {
			return s, nil // a text inside a document, taken out by its path
		}
		return out, nil
	}
	return r.Any(i), nil
}

// AggregateByName computes several values over all rows, by name: Django's aggregate() at the dynamic edges.
func (q Query[T]) AggregateByName(ctx context.Context, picks ...Pick) (map[string]any, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return nil, err
	}
	if q.s.Err != nil {
		return nil, q.s.Err
	}
	list := make([]expr.Annotation, len(picks))
	for i, p := range picks {
		if err := errors.Join(p.err, checkAlias(p.a.Name)); err != nil {
			return nil, err
		}
		list[i] = p.a
	}
	st, err := db.compiler(s).Aggregate(&q.s, list)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	err = db.query(ctx, s, st.SQL, st.Args, false, func(r dialect.Row) error {
		for _, a := range st.Layout.Annotations {
			v, err := readOwn(r, a.Col, a.Kind, a.Custom)
			if err != nil {
				return err
			}
			out[a.Name] = v
		}
		return nil
	})
	return out, err
}

// Dates returns the different days, weeks, months, quarters or years of a date or moment, in order: Django's dates().
// Unit is "day", "week", "month", "quarter" or "year".
func (q Query[T]) Dates(ctx context.Context, field, unit string, desc bool) ([]time.Time, error) {
	return q.dates(ctx, field, unit, desc, schema.Date)
}

// DateTimes is Dates for moments, in the current time zone; unit may be "hour", "minute" or "second" too.
func (q Query[T]) DateTimes(ctx context.Context, field, unit string, desc bool) ([]time.Time, error) {
	return q.dates(ctx, field, unit, desc, schema.DateTime)
}

func (q Query[T]) dates(ctx context.Context, field, unit string, desc bool, out schema.Kind) ([]time.Time, error) {
	switch unit {
	case "year", "quarter", "month", "week", "day":
	case "hour", "minute", "second":
		if out == schema.Date {
			return nil, fmt.Errorf("orm: Dates: unit %q (use DateTimes)", unit)
		}
	default:
		return nil, fmt.Errorf("orm: unknown unit %q (year, quarter, month, week, day)", unit)
	}
	q.refuseSliced("take dates of")
	q.refuseCombined("take dates")
	n := expr.Func{Name: "Trunc", Args: []expr.Node{expr.Name{Name: field}}, Unit: unit, Out: out}
	q.s.Values = []expr.Annotation{{Name: "datefield", Node: n}}
	q.s.Distinct = true
	q.s.Order, q.s.Ordered = []expr.Order{{Name: "datefield", Desc: desc}}, true
	addStep(&q.s, expr.Pred{Op: expr.IsNull, Left: expr.Name{Name: field}, Val: dialect.BoolValue(false)})
	q.s.Where[len(q.s.Where)-1].Share = true // the date of the row that an earlier Filter has joined
	rows, err := q.Rows(ctx)
	if err != nil {
		return nil, err
	}
	zone := time.UTC
	if s := scopeOf(ctx); out == schema.DateTime && s != nil && s.zone != "" {
		if loc, err := time.LoadLocation(s.zone); err == nil {
			zone = loc
		}
	}
	list := make([]time.Time, len(rows))
	for i, r := range rows {
		t, _ := r[0].(time.Time)
		list[i] = t.In(zone)
	}
	return list, nil
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

// InBulkAll returns all objects of the query by a unique column: Django's in_bulk() without keys.
func InBulkAll[T any, K comparable](ctx context.Context, q Query[T], f *K) (map[K]*T, error) {
	pf, err := bulkKey(q, f)
	if err != nil {
		return nil, err
	}
	list, err := q.All(ctx)
	return byKey[T, K](list, pf), err
}

// bulkKey is the unique column by which objects are returned.
func bulkKey[T, K any](q Query[T], f *K) (*plan.Field, error) {
	if err := q.s.Model.Ready(); err != nil {
		return nil, err
	}
	pf, _, err := fieldOf(q.s.Model, f)
	if err != nil {
		return nil, err
	}
	if !pf.S.Unique && !pf.S.PrimaryKey && !uniqueTogether(&q.s.Model.Schema, q.s.Model, []string{pf.S.Name}) {
		return nil, fmt.Errorf("orm: InBulk: %s.%s is not unique", q.s.Model.GoName(), pf.GoName)
	}
	return pf, nil
}

func byKey[T any, K comparable](list []*T, pf *plan.Field) map[K]*T {
	out := make(map[K]*T, len(list))
	for _, obj := range list {
		out[*plan.At[K](pf.At(plan.PointerTo(obj)))] = obj
	}
	return out
}

// InBulk returns the objects with the given keys, by key: the primary key or another unique column. Without keys there are no
// objects; InBulkAll returns all.
func InBulk[T any, K comparable](ctx context.Context, q Query[T], f *K, keys ...K) (map[K]*T, error) {
	pf, err := bulkKey(q, f)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return map[K]*T{}, nil
	}
	list, err := q.Filter(In(f, keys...)).All(ctx)
	return byKey[T, K](list, pf), err
}

// Contains says whether a saved object is among the rows of the query.
func (q Query[T]) Contains(ctx context.Context, obj *T) (bool, error) {
	if err := q.s.Model.Ready(); err != nil {
		return false, err
	}
	if q.s.Values != nil {
		return false, errors.New("orm: Contains: a query of values has no objects")
	}
	if obj == nil {
		return false, noObject("Contains", q.s.Model)
	}
	v, err := valueOf(obj)
	if err != nil {
		return false, err
	}
	return q.Filter(Predicate{expr.Pred{Op: expr.Exact, Left: expr.Name{Name: "pk"}, Val: v}}).Exists(ctx)
}
