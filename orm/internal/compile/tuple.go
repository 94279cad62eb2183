package compile

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
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

// tupleLookup compares several columns. It reports whether the condition became IS NULL.
//
// Django 6.1 django/db/models/fields/tuple_lookups.py.
func (b *builder) tupleLookup(lhs *rexpr, op expr.Op, p *expr.Pred, right *rexpr) (rwhere, bool) {
	switch {
	case right != nil:
		return b.tupleBeside(lhs, op, right), false
	case op == expr.IsNull && p.Val.Kind != dialect.Bool:
		b.fail(fmt.Errorf("orm: the value of isnull must be true or false"))
		return rwhere{}, true
	case op == expr.IsNull:
		return tupleNull(lhs, p.Val.N != 0), true
	case p.Val.Kind == dialect.Null && p.Raw == nil && (op == expr.Exact || op == expr.NotExact):
		return tupleNull(lhs, op == expr.Exact), true
	}
	switch op {
	case expr.In:
		return b.tupleIn(lhs, p), false
	case expr.Exact, expr.NotExact, expr.Gt, expr.Gte, expr.Lt, expr.Lte:
		values := b.tupleValues(lhs, p.Val, p.Raw)
		if b.err != nil {
			return rwhere{}, false
		}
		return b.tupleCompare(lhs, op, values), false
	}
	b.fail(b.noTupleLookup(lhs.field, op.String()))
	return rwhere{}, false
}

func (b *builder) noTupleLookup(f *plan.Field, name string) error {
	what := "several columns"
	if f != nil {
		what = aTuple(f)
	}
	return &FieldError{Name: name, Reason: fmt.Sprintf("unsupported look-up %q for %s (it has exact, in, gt, gte, lt, lte and isnull; compare its parts for all else)", name, what)}
}

// tupleNull holds when one of the columns is null, or when none is.
func tupleNull(lhs *rexpr, want bool) rwhere {
	n := rwhere{op: expr.AndOp}
	if want {
		n.op = expr.OrOp
	}
	for _, part := range lhs.tuple {
		sign := " IS NOT NULL"
		if want {
			sign = " IS NULL"
		}
		n.kids = append(n.kids, rwhere{groups: part.leaves(), agg: part.agg, window: part.window, write: func(w *writer) {
			part.write(w)
			w.str(sign)
		}})
	}
	return n
}

// tupleValues are the values of a key: a tuple, a list, an array or a struct of as many.
func (b *builder) tupleValues(lhs *rexpr, v dialect.Value, raw any) []dialect.Value {
	parts, ok := v.Values(), v.Kind == dialect.Tuple || v.Kind == dialect.List
	if !ok {
		parts, ok = rawParts(raw)
	}
	if !ok && v.Kind == dialect.Custom {
		if err, failed := v.X.(error); failed {
			b.fail(fmt.Errorf("orm: %w", err))
			return nil
		}
		parts, ok = rawParts(v.X)
	}
	if !ok || len(parts) != len(lhs.tuple) {
		got := "a single value"
		if ok {
			got = fmt.Sprintf("%d", len(parts))
		}
		b.fail(fmt.Errorf("orm: %s is compared with %d values, in a list or an object, not with %s", tupleName(lhs), len(lhs.tuple), got))
		return nil
	}
	parts = settled(parts)
	for i := range parts {
		if parts[i].Kind == dialect.Null {
			b.fail(fmt.Errorf("orm: %s is compared with a key whose part %d is null, which no row has (leave it out, or ask for isnull)", tupleName(lhs), i+1))
			return nil
		}
	}
	return parts
}

func tupleName(lhs *rexpr) string {
	if lhs.field == nil {
		return fmt.Sprintf("a list of %d columns", len(lhs.tuple))
	}
	return aTuple(lhs.field)
}

// rawParts takes a Go value apart that is a key: a list, an array, or a struct with a field for each column.
func rawParts(raw any) ([]dialect.Value, bool) {
	rv := reflect.ValueOf(raw)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	var out []dialect.Value
	switch rv.Kind() {
	case reflect.Slice, reflect.Array:
		if rv.Type().Elem().Kind() == reflect.Uint8 { // bytes are one value
			return nil, false
		}
		for i := range rv.Len() {
			out = append(out, partValue(rv.Index(i).Interface()))
		}
		return out, true
	case reflect.Struct:
		for i := range rv.NumField() {
			if !rv.Type().Field(i).IsExported() {
				return nil, false
			}
			out = append(out, partValue(rv.Field(i).Interface()))
		}
		return out, rv.NumField() > 1
	}
	return nil, false
}

// settled are the parts of a key with objects among them as their keys.
func settled(parts []dialect.Value) []dialect.Value {
	if !slices.ContainsFunc(parts, func(v dialect.Value) bool { return v.Kind == dialect.Custom }) {
		return parts
	}
	parts = slices.Clone(parts) // other queries may have them too
	for i, v := range parts {
		if v.Kind == dialect.Custom {
			parts[i] = partValue(v.X)
		}
	}
	return parts
}

// partValue is a part of a key as a value: of an object its own key, of what has no form of its own what the column's codec
// makes of it.
func partValue(x any) dialect.Value {
	if rv := reflect.ValueOf(x); rv.Kind() == reflect.Pointer && !rv.IsNil() && rv.Elem().Kind() == reflect.Struct {
		if m := plan.Known(rv.Type().Elem()); m != nil && m.Ready() == nil && m.PK != nil {
			return m.PK.Codec.Get(m.PK.At(rv.UnsafePointer()))
		}
	}
	if v, err := plan.ValueOf(x); err == nil {
		return v
	}
	return plan.GoValue(x)
}

// tupleCompare compares the columns with values, the first that differs deciding.
func (b *builder) tupleCompare(lhs *rexpr, op expr.Op, values []dialect.Value) rwhere {
	part := func(i int, op expr.Op) rwhere {
		n, _ := b.lookup(lhs.tuple[i], op, &expr.Pred{Op: op, Val: values[i], Raw: values[i].Any()}, nil, nil)
		return n
	}
	return b.comparePairs(lhs, op, part)
}

// comparePairs builds a comparison of several columns from those of each.
func (b *builder) comparePairs(lhs *rexpr, op expr.Op, part func(i int, op expr.Op) rwhere) rwhere {
	last := len(lhs.tuple) - 1
	switch op {
	case expr.Exact, expr.NotExact:
		n := rwhere{op: expr.AndOp, negated: op == expr.NotExact}
		for i := range lhs.tuple {
			n.kids = append(n.kids, part(i, expr.Exact))
		}
		return n
	}
	strict := map[expr.Op]expr.Op{expr.Gt: expr.Gt, expr.Gte: expr.Gt, expr.Lt: expr.Lt, expr.Lte: expr.Lt}[op]
	// a >= 1 AND (a > 1 OR b > 2) ..., from the last column to the first: the first condition lets an index serve.
	n := part(last, op)
	for i := last - 1; i >= 0; i-- {
		loose := expr.Gte
		if strict == expr.Lt {
			loose = expr.Lte
		}
		n = rwhere{op: expr.AndOp, kids: []rwhere{part(i, loose), {op: expr.OrOp, kids: []rwhere{part(i, strict), n}}}}
	}
	return n
}

// tupleBeside compares the columns with those of another expression, or with the rows of a subquery.
func (b *builder) tupleBeside(lhs *rexpr, op expr.Op, right *rexpr) rwhere {
	if op != expr.In && comparisons[op] == "" {
		b.fail(b.noTupleLookup(lhs.field, op.String()))
		return rwhere{}
	}
	if right.width() != len(lhs.tuple) {
		b.fail(&FieldError{Name: "subquery", Reason: fmt.Sprintf("%s is compared with %d columns, not with %d (let the query select the key: leave out Values, or name as many)", tupleName(lhs), len(lhs.tuple), right.width())})
		return rwhere{}
	}
	if right.tuple != nil {
		if op == expr.In {
			op = expr.Exact
		}
		return b.comparePairs(lhs, op, func(i int, op expr.Op) rwhere {
			l, r := lhs.tuple[i], right.tuple[i]
			kids := []rwhere{{write: b.compareExpr(l, op, r), groups: append(l.leaves(), r.leaves()...), agg: l.agg || r.agg, window: l.window || r.window}}
			return kids[0]
		})
	}
	leaf := rwhere{agg: lhs.agg, window: lhs.window, groups: lhs.leaves(), write: b.compareExpr(lhs, op, right)}
	if right.sub != nil && right.sub.empty && op == expr.In {
		leaf.write, leaf.known = nil, alwaysFalse
	}
	return leaf
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
