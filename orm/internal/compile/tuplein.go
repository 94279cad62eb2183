package compile

import (
	"reflect"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// tupleIn holds when the columns are one of a list of keys. Keys with a null part, or one that a column cannot hold, are left
// out: no row has them.
func (b *builder) tupleIn(lhs *rexpr, p *expr.Pred) rwhere {
	var rows [][]dialect.Value
	plain := true
	for i, key := range b.tupleList(lhs, p) {
		parts, null := key.Values(), false
		if key.Kind != dialect.Tuple && key.Kind != dialect.List {
			parts = b.tupleValues(lhs, key, key.X)
		}
		if b.err == nil && len(parts) != len(lhs.tuple) {
			parts = b.tupleValues(lhs, key, rawAt(p.Raw, i)) // for the message
		}
		if b.err != nil {
			return rwhere{}
		}
		parts = settled(parts)
		for k, v := range parts {
			null = null || v.Kind == dialect.Null || outOfRange(b.c.D, lhs.tuple[k], expr.Exact, v) == alwaysFalse
		}
		if null {
			continue
		}
		rows = append(rows, parts)
	}
	if len(rows) == 0 {
		return rwhere{known: alwaysFalse}
	}
	if len(rows) == 1 {
		return b.tupleCompare(lhs, expr.Exact, rows[0])
	}
	for _, part := range lhs.tuple {
		plain = plain && !part.custom.Wrapped() && part.kind != schema.JSON
	}
	if !plain { // values that are written in a form of their own, one by one
		any := rwhere{op: expr.OrOp}
		for _, row := range rows {
			any.kids = append(any.kids, b.tupleCompare(lhs, expr.Exact, row))
		}
		return any
	}
	list := make([][]dialect.Value, len(rows))
	for i, row := range rows {
		list[i] = make([]dialect.Value, len(row))
		for k, v := range row {
			list[i][k] = b.prepare(lhs.tuple[k], expr.Exact, v)
		}
	}
	if b.err != nil {
		return rwhere{}
	}
	return rwhere{agg: lhs.agg, window: lhs.window, groups: lhs.leaves(), write: func(w *writer) {
		lhs.write(w)
		w.str(" IN (")
		b.writeRows(w, lhs.tuple, list)
		w.str(")")
	}}
}

// tupleList are the keys of a list.
func (b *builder) tupleList(lhs *rexpr, p *expr.Pred) []dialect.Value {
	if p.Val.Kind == dialect.List {
		return p.Val.Values()
	}
	raw := p.Raw
	if p.Val.Kind == dialect.Custom {
		raw = p.Val.X
	}
	rv := reflect.ValueOf(raw)
	if rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array {
		b.fail(b.noTupleList(lhs))
		return nil
	}
	out := make([]dialect.Value, rv.Len())
	for i := range out {
		x := rv.Index(i).Interface()
		parts, ok := rawParts(x)
		if !ok {
			b.tupleValues(lhs, dialect.Value{}, x)
			return nil
		}
		out[i] = dialect.ListValue(parts)
	}
	return out
}

func (b *builder) noTupleList(lhs *rexpr) error {
	return &FieldError{Name: "in", Reason: "the look-up in of " + tupleName(lhs) + " takes a list of keys, each a list of values or an object, or a query"}
}

func rawAt(raw any, i int) any {
	if rv := reflect.ValueOf(raw); rv.Kind() == reflect.Slice && i < rv.Len() {
		return rv.Index(i).Interface()
	}
	return raw
}

// writeRows writes the keys of an IN.
func (b *builder) writeRows(w *writer, columns []*rexpr, list [][]dialect.Value) {
	big := len(w.args)+len(list)*len(columns) > w.d.MaxParams-64
	switch {
	case w.d.Arrays && !w.literal && b.writeArrays(w, columns, list):
		return
	case big && w.d.Name == "sqlite":
		writeRowsJSON(w, columns, list)
		return
	case w.d.Name == "sqlite":
		w.str("VALUES ")
	}
	for i, row := range list {
		if i > 0 {
			w.str(", ")
		}
		w.str("(")
		for k, v := range row {
			if k > 0 {
				w.str(", ")
			}
			switch {
			case !big:
				w.arg(v)
			case v.Kind == dialect.Text:
				w.buf = mysqlText(w.buf, v.S)
			default:
				w.buf = AppendLiteral(w.buf, w.d, w.d.Bind(v))
			}
		}
		w.str(")")
	}
}

// arrayTypes are the types of lists that PostgreSQL takes for kinds of columns.
var arrayTypes = map[dialect.ValueKind]string{
	dialect.Int: "bigint", dialect.Text: "text", dialect.UUID: "uuid", dialect.Date: "date", dialect.Time: "timestamp with time zone",
	dialect.Bool: "boolean", dialect.Float: "double precision", dialect.Decimal: "numeric",
}

// writeArrays writes the keys as one list for each column, so that the text is the same for any number of them. It reports
// false when a column's values have no such form.
func (b *builder) writeArrays(w *writer, columns []*rexpr, list [][]dialect.Value) bool {
	lists := make([][]dialect.Value, len(columns))
	for k := range columns {
		lists[k] = make([]dialect.Value, len(list))
		for i := range list {
			lists[k][i] = list[i][k]
		}
		if !sameKind(lists[k]) || arrayTypes[lists[k][0].Kind] == "" || columns[k].kind == schema.IP {
			return false
		}
	}
	w.str("SELECT * FROM unnest(")
	for k, vs := range lists {
		if k > 0 {
			w.str(", ")
		}
		w.arg(dialect.ListValue(vs))
		w.str("::" + arrayTypes[vs[0].Kind] + "[]")
	}
	w.str(")")
	return true
}

// writeRowsJSON writes more keys than SQLite takes parameters, as one JSON array.
func writeRowsJSON(w *writer, columns []*rexpr, list [][]dialect.Value) {
	buf := []byte{'['}
	for i, row := range list {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, '[')
		for k, v := range row {
			if k > 0 {
				buf = append(buf, ',')
			}
			buf = appendJSONScalar(buf, w.d.Bind(v))
		}
		buf = append(buf, ']')
	}
	w.str("SELECT ")
	for k := range columns {
		if k > 0 {
			w.str(", ")
		}
		w.str("JSON_EXTRACT(value, '$[" + string(rune('0'+k)) + "]')")
	}
	w.str(" FROM json_each(")
	w.arg(dialect.TextValue(string(append(buf, ']'))))
	w.str(")")
}

// trims says that the columns of this side of a relation stand for those of the other: each row has its other row. Of a
// relation over several columns some may be null, and of one without a constraint the other row may not be there.
func trims(r *plan.Relation) bool {
	return r.Kind == plan.Forward && (r.Field.Tuple == nil || !r.Null && !r.Field.S.Rel.NoConstraint)
}

// near is a column of this side of a relation that is joined with one of the other, "" if there is none.
func near(r *plan.Relation, far string) string {
	if r.ToColumn == far {
		return r.FromColumn
	}
	for _, p := range r.More {
		if p.To == far {
			return p.From
		}
	}
	return ""
}
