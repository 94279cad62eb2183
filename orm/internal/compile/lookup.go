package compile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

var comparisons = map[expr.Op]string{
	expr.Exact: " = ", expr.NotExact: " <> ", expr.Gt: " > ", expr.Gte: " >= ", expr.Lt: " < ", expr.Lte: " <= ",
}

// compareValue writes a comparison with a value.
func (b *builder) compareValue(lhs *rexpr, op expr.Op, v dialect.Value) (func(w *writer), truth) {
	switch op {
	case expr.In:
		return b.inList(lhs, v)
	case expr.Range:
		vs := v.Values()
		if len(vs) != 2 {
			b.fail(fmt.Errorf("orm: a range has two values, not %d", len(vs)))
			return nil, unknown
		}
		above, below := outOfRange(b.c.D, lhs, expr.Gte, vs[0]), outOfRange(b.c.D, lhs, expr.Lte, vs[1])
		switch {
		case above == alwaysFalse || below == alwaysFalse:
			return nil, alwaysFalse
		case above == alwaysTrue && below == alwaysTrue:
			return nil, alwaysTrue
		case above == alwaysTrue:
			return b.compareValue(lhs, expr.Lte, vs[1])
		case below == alwaysTrue:
			return b.compareValue(lhs, expr.Gte, vs[0])
		}
		lo, hi := b.prepare(lhs, expr.Gte, vs[0]), b.prepare(lhs, expr.Lte, vs[1])
		return func(w *writer) {
			lhs.write(w)
			w.str(" BETWEEN ")
			lhs.beside(w, lo)
			w.str(" AND ")
			lhs.beside(w, hi)
		}, unknown
	case expr.Contains, expr.IContains, expr.StartsWith, expr.IStartsWith, expr.EndsWith, expr.IEndsWith, expr.IExact, expr.Regex, expr.IRegex:
		if v.Kind == dialect.Custom || v.Kind == dialect.List || v.Kind == dialect.Null {
			b.fail(fmt.Errorf("orm: look-up %s compares with a text, not with %T", op, v.Any()))
			return nil, unknown
		}
		pattern := dialect.TextValue(textPattern(b.c.D, op, lhs.kind, v))
		return func(w *writer) { b.writeText(w, lhs, op, func(w *writer) { w.arg(pattern) }) }, unknown
	}
	sign, ok := comparisons[op]
	if !ok {
		b.fail(fmt.Errorf("orm: look-up %s does not fit a %s field", op, lhs.kind))
		return nil, unknown
	}
	if v.Kind == dialect.List {
		b.fail(fmt.Errorf("orm: look-up %s compares with one value, not with a list (use in)", op))
		return nil, unknown
	}
	if v.Kind == dialect.Null {
		b.fail(fmt.Errorf("orm: look-up %s cannot compare with no value (use isnull)", op))
		return nil, unknown
	}
	if known := outOfRange(b.c.D, lhs, op, v); known != unknown {
		return func(w *writer) { w.str("1 = 0") }, known
	}
	pv := b.prepare(lhs, op, v)
	if lhs.kind == schema.Boolean && op == expr.Exact && pv.Kind == dialect.Bool && lhs.isBoolColumn() {
		return func(w *writer) {
			if pv.N == 0 {
				w.str("NOT ")
			}
			lhs.write(w)
		}, unknown
	}
	return func(w *writer) {
		lhs.write(w)
		w.str(sign)
		lhs.beside(w, pv)
	}, unknown
}

// beside writes a value that an expression is compared with. A column tells SQLite that the digits of a decimal are a number;
// what is computed does not.
func (e *rexpr) beside(w *writer, v dialect.Value) {
	if v.Kind == dialect.Decimal && w.d.Name == "sqlite" && (e.column == "" || e.field == nil) {
		w.str("CAST(")
		w.arg(v)
		w.str(" AS NUMERIC)")
		return
	}
	w.arg(v)
}

// LikePattern is the pattern of a text look-up: the special characters of the value are escaped.
func LikePattern(op expr.Op, s string) string {
	if op == expr.Regex || op == expr.IRegex {
		return s
	}
	var p strings.Builder
	p.Grow(len(s) + 4)
	if op == expr.Contains || op == expr.IContains || op == expr.EndsWith || op == expr.IEndsWith {
		p.WriteByte('%')
	}
	for i := range len(s) {
		if c := s[i]; c == '\\' || c == '%' || c == '_' {
			p.WriteByte('\\')
		}
		p.WriteByte(s[i])
	}
	if op == expr.Contains || op == expr.IContains || op == expr.StartsWith || op == expr.IStartsWith {
		p.WriteByte('%')
	}
	return p.String()
}

func plainText(kind schema.Kind, v dialect.Value) string {
	switch v.Kind {
	case dialect.Text, dialect.Decimal, dialect.JSON:
		if kind == schema.UUID {
			return strings.ReplaceAll(v.S, "-", "")
		}
		return v.S
	case dialect.Int:
		return strconv.FormatInt(v.N, 10)
	case dialect.Float:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case dialect.Time:
		return string(dialect.AppendTime(nil, v.Time()))
	case dialect.Date:
		return v.Time().Format("2006-01-02")
	}
	return v.S
}

// writeText writes a look-up over text in the dialect's way.
func (b *builder) writeText(w *writer, lhs *rexpr, op expr.Op, right func(w *writer)) {
	left := w.capture(lhs.write)
	if lhs.kind == schema.IP && w.d.Name == "postgresql" { // as text, an inet ends in its mask
		left = append(append([]byte("HOST("), left...), ')')
	}
	r := w.capture(right)
	if lhs.bytes && w.d.Name == "mysql" && (op == expr.IExact || op == expr.IContains || op == expr.IStartsWith || op == expr.IEndsWith) {
		left = append(append([]byte("LOWER("), left...), ')')
		r = append(append([]byte("LOWER("), r...), ')')
	}
	out, ok := w.d.Lookup(w.buf, op.String(), left, r)
	if !ok {
		b.fail(fmt.Errorf("orm: look-up %s is not supported by %s", op, w.d.Name))
		return
	}
	w.buf = out
}

// compareExpr writes a comparison with an expression.
func (b *builder) compareExpr(lhs *rexpr, op expr.Op, right *rexpr) func(w *writer) {
	switch op {
	case expr.In:
		return func(w *writer) {
			lhs.write(w)
			w.str(" IN ")
			if right.subquery && right.sub != nil && right.sub.q.Sliced && w.d.Name == "mysql" { // which has no LIMIT right in IN
				w.str("(SELECT * FROM ")
				right.write(w)
				w.str(" ")
				w.ident("slice")
				w.str(")")
				return
			}
			if right.subquery {
				right.write(w)
				return
			}
			w.str("(")
			right.write(w)
			w.str(")")
		}
	case expr.Contains, expr.IContains, expr.StartsWith, expr.IStartsWith, expr.EndsWith, expr.IEndsWith:
		return func(w *writer) {
			b.writeText(w, lhs, op, func(w *writer) {
				if w.d.Name == "mysql" {
					mysqlPattern(w, op, right)
					return
				}
				if op != expr.StartsWith && op != expr.IStartsWith {
					w.str("'%' || ")
				}
				w.str(`REPLACE(REPLACE(REPLACE((`)
				right.write(w)
				w.str(`), '\', '\\'), '%', '\%'), '_', '\_')`)
				if op != expr.EndsWith && op != expr.IEndsWith {
					w.str(" || '%'")
				}
			})
		}
	case expr.IExact, expr.Regex, expr.IRegex:
		return func(w *writer) { b.writeText(w, lhs, op, right.write) }
	}
	sign, ok := comparisons[op]
	if !ok {
		b.fail(fmt.Errorf("orm: look-up %s does not take an expression", op))
		return nil
	}
	if right.subquery && right.sub != nil && !oneRow(right.sub.q) {
		b.fail(fmt.Errorf("orm: look-up %s compares with one row, and the query inside may have more (Limit(1) it, or use in)", op))
		return nil
	}
	return func(w *writer) {
		lhs.write(w)
		w.str(sign)
		paren := right.column == "" && !right.subquery
		if paren {
			w.str("(")
		}
		right.write(w)
		if paren {
			w.str(")")
		}
	}
}
