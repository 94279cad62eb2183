package orm

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

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
