package compile

import (
	"fmt"
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
)

// inList writes IN. Nulls in the list are dropped, an empty list never holds.
func (b *builder) inList(lhs *rexpr, v dialect.Value) (func(w *writer), truth) {
	vs := v.Values()
	if v.Kind != dialect.List {
		vs = []dialect.Value{v}
	}
	list := make([]dialect.Value, 0, len(vs))
	for _, x := range vs {
		if x.Kind == dialect.Null || outOfRange(b.c.D, lhs, expr.Exact, x) == alwaysFalse {
			continue
		}
		list = append(list, b.prepare(lhs, expr.Exact, x))
	}
	if len(list) == 0 {
		return nil, alwaysFalse
	}
	return func(w *writer) {
		lhs.write(w)
		if w.d.Arrays && !w.literal && sameKind(list) {
			w.str(" = ANY(")
			w.arg(dialect.ListValue(list))
			w.str(")")
			return
		}
		w.str(" IN (")
		if len(w.args)+len(list) > w.d.MaxParams-64 {
			switch w.d.Name { // more values than the database takes parameters
			case "sqlite": // numbers and texts go in as one JSON array
				writeBigList(w, list)
				return
			case "mysql":
				mysqlBigList(w, list)
				return
			}
		}
		for i, x := range list {
			if i > 0 {
				w.str(", ")
			}
			lhs.beside(w, x)
		}
		w.str(")")
	}, unknown
}

func writeBigList(w *writer, list []dialect.Value) {
	buf := []byte{'['}
	for i, x := range list {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = appendJSONScalar(buf, w.d.Bind(x))
	}
	w.str("SELECT value FROM json_each(")
	w.arg(dialect.TextValue(string(append(buf, ']'))))
	w.str("))")
}

func appendJSONScalar(buf []byte, x dialect.Value) []byte {
	switch x.Kind {
	case dialect.Int:
		return strconv.AppendInt(buf, x.N, 10)
	case dialect.Float:
		return strconv.AppendFloat(buf, x.Float(), 'g', -1, 64)
	}
	return appendJSONString(buf, x.S)
}

func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
