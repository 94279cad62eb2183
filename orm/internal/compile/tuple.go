package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// tupleTarget is what a node that names several columns compares.
func (b *builder) tupleTarget(n expr.Tuple) (*target, error) {
	if n.Ref == nil {
		t := &target{field: n.Field, column: n.Field.Column}
		if n.Field.Origin != nil {
			t.steps, t.field = n.Field.Via, n.Field.Origin
		}
		return t, nil
	}
	m := n.Ref.Model
	if err := m.Ready(); err != nil {
		return nil, err
	}
	if n.Field == nil {
		n.Field = m.KeyField()
	}
	if n.Field == nil {
		return nil, fmt.Errorf("orm: %s has no primary key", m.GoName())
	}
	t, err := b.pathTarget(n.Ref.Leaf(n.Field.Columns()[0].Offset))
	if err == nil && n.Field.Tuple != nil {
		t.field, t.column = n.Field, ""
	}
	return t, err
}

// resolveTuple joins what leads to the columns and returns them as one expression.
func (b *builder) resolveTuple(t *target, can reuse) (*rexpr, []int) {
	if len(t.transforms)+len(t.keys) > 0 {
		b.fail(&FieldError{Name: t.field.S.Name, Reason: fmt.Sprintf("%s has no part %q", aTuple(t.field), strings.Join(append(t.transforms, t.keys...), "__"))})
		return &rexpr{}, nil
	}
	e := &rexpr{field: t.field, tuple: make([]*rexpr, len(t.field.Tuple))}
	if b.through != nil {
		for i, f := range t.field.Tuple {
			one := *t
			one.field, one.column = f, f.Column
			e.tuple[i] = b.throughColumn(&one)
		}
	} else {
		b.useSource(t.base)
		joins := b.walkFrom(t.base, t.steps, can)
		names := make([]string, len(t.field.Tuple))
		for i, f := range t.field.Tuple {
			names[i] = f.Column
		}
		joins, names = b.trimTuple(t.steps, joins, names)
		for i, f := range t.field.Tuple {
			e.tuple[i] = b.columnAt(joins[len(joins)-1], f, names[i])
		}
		e.finishTuple()
		return e, joins
	}
	e.finishTuple()
	return e, nil
}

// finishTuple makes the expression of its parts.
func (e *rexpr) finishTuple() {
	e.kids = e.tuple
	for _, p := range e.tuple {
		e.nullable, e.agg, e.window = e.nullable || p.nullable, e.agg || p.agg, e.window || p.window
	}
	parts := e.tuple
	e.write = func(w *writer) { writeRow(w, parts) }
}

// writeRow writes (a, b).
func writeRow(w *writer, parts []*rexpr) {
	w.str("(")
	for i, p := range parts {
		if i > 0 {
			w.str(", ")
		}
		p.write(w)
	}
	w.str(")")
}

// trimTuple leaves out the last joins when all columns wanted are those that join.
func (b *builder) trimTuple(steps []*plan.Relation, joins []int, columns []string) ([]int, []string) {
	for i := len(steps) - 1; i >= 0 && trims(steps[i]); i-- {
		rel := steps[i]
		own := make([]string, len(columns))
		for k, column := range columns {
			own[k] = near(rel, column)
		}
		if slices.Contains(own, "") {
			break
		}
		b.aliases[joins[len(joins)-1]].refs--
		joins, columns = joins[:len(joins)-1], own
	}
	return joins, columns
}

// aTuple says what a field of several columns is.
func aTuple(f *plan.Field) string {
	names := make([]string, len(f.Tuple))
	for i, c := range f.Tuple {
		names[i] = c.S.Name
	}
	what := fmt.Sprintf("%s.%s", f.Model.GoName(), f.GoName)
	if f.Rel == nil {
		what = "the composite key of " + f.Model.GoName()
	}
	return fmt.Sprintf("%s (%s)", what, strings.Join(names, ", "))
}

// oneValue refuses an expression of several columns where a value is wanted.
func (b *builder) oneValue(e *rexpr) *rexpr {
	switch {
	case b.err != nil:
	case e.tuple != nil && e.field != nil:
		b.fail(&FieldError{Name: e.field.S.Name, Reason: fmt.Sprintf("%s is several columns and cannot be one value here (name one of them)", aTuple(e.field))})
	case e.tuple != nil:
		b.fail(fmt.Errorf("orm: several columns cannot be one value here"))
	case e.width() > 1:
		b.fail(&FieldError{Name: "subquery", Reason: fmt.Sprintf("a subquery gives one column, not %d", e.width())})
	default:
		return e
	}
	return &rexpr{}
}

// width is the number of an expression's columns.
func (e *rexpr) width() int {
	switch {
	case e.tuple != nil:
		return len(e.tuple)
	case e.subquery && e.sub != nil && e.sub.combined == nil:
		return len(e.sub.cols)
	}
	return 1
}

// flat is an expression as its columns.
func (e *rexpr) flat() []*rexpr {
	if e.tuple != nil {
		return e.tuple
	}
	return []*rexpr{e}
}

// orders makes the order by an expression one by its columns.
func orders(e *rexpr, desc bool, nulls string) []rorder {
	var out []rorder
	for _, part := range e.flat() {
		out = append(out, rorder{e: part, desc: desc, nulls: nulls})
	}
	return out
}

// writeKeyColumns writes the columns of a model's key: (t.a, t.b), or the one column.
func writeKeyColumns(w *writer, m *plan.Model, table string) {
	if len(m.Key) > 1 {
		w.str("(")
		defer w.str(")")
	}
	for i, f := range m.Key {
		if i > 0 {
			w.str(", ")
		}
		w.qualified(table, f.Column)
	}
}
