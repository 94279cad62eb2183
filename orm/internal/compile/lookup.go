package compile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
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
			w.arg(lo)
			w.str(" AND ")
			w.arg(hi)
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
		w.arg(pv)
	}, unknown
}

// outOfRange knows the answer for numbers that the column cannot hold. A Decimal is a number of more than 64 bits.
//
// Django 6.1 django/db/models/lookups.py IntegerFieldOverflow.
func outOfRange(d *dialect.Dialect, lhs *rexpr, op expr.Op, v dialect.Value) truth {
	if !lhs.kind.IsInteger() {
		return unknown
	}
	side := 0
	switch v.Kind {
	case dialect.Int:
		if lhs.column == "" {
			return unknown
		}
		side = beyond(d, lhs.kind, v.N)
	case dialect.Float:
		switch f := v.Float(); {
		case f >= math.MaxInt64:
			side = 1
		case f <= math.MinInt64:
			side = -1
		case math.IsNaN(f):
			return alwaysFalse
		}
	case dialect.Decimal:
		if _, err := strconv.ParseInt(v.S, 10, 64); err == nil {
			return unknown
		}
		if side = 1; strings.HasPrefix(v.S, "-") {
			side = -1
		}
	}
	switch {
	case side == 0:
		return unknown
	case side < 0 && (op == expr.Gt || op == expr.Gte), side > 0 && (op == expr.Lt || op == expr.Lte), op == expr.NotExact:
		return alwaysTrue
	}
	return alwaysFalse
}

// beyond says on which side of a column's numbers one lies, 0 for those that it holds: a database refuses a parameter that
// does not fit the column. SQLite's columns hold all numbers, MySQL's positive ones have a bit more.
func beyond(d *dialect.Dialect, kind schema.Kind, n int64) int {
	bits := 31
	switch kind {
	case schema.Integer, schema.Auto, schema.PositiveInteger:
	case schema.SmallInteger, schema.SmallAuto, schema.PositiveSmallInteger:
		bits = 15
	default:
		return 0
	}
	if d.Name == "mysql" && (kind == schema.PositiveInteger || kind == schema.PositiveSmallInteger) {
		bits++
	}
	switch {
	case d.Name == "sqlite":
	case n >= 1<<bits:
		return 1
	case n < -(1 << bits):
		return -1
	}
	return 0
}

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
			w.arg(x)
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
		x = w.d.Bind(x)
		switch x.Kind {
		case dialect.Int:
			buf = strconv.AppendInt(buf, x.N, 10)
		case dialect.Float:
			buf = strconv.AppendFloat(buf, x.Float(), 'g', -1, 64)
		default:
			buf = appendJSONString(buf, x.S)
		}
	}
	w.str("SELECT value FROM json_each(")
	w.arg(dialect.TextValue(string(append(buf, ']'))))
	w.str("))")
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

// yearLookup compares a year by the moments at which it begins and ends, so that an index serves.
func (b *builder) yearLookup(lhs *rexpr, op expr.Op, v dialect.Value) (func(w *writer), bool) {
	n, ok := wholeNumber(v)
	if !ok || lhs.of == nil || n < 1 || n > 9999 {
		return nil, false
	}
	var lo, hi dialect.Value
	zone := b.location()
	start, end := yearBounds(int(n), lhs.unit == "iso_year", zone)
	if lhs.of.kind == schema.Date {
		lo, hi = dialect.DateValue(start), dialect.DateValue(end.Add(-time.Microsecond))
	} else {
		lo, hi = dialect.TimeValue(start), dialect.TimeValue(end.Add(-time.Microsecond))
	}
	of := lhs.of
	side := func(sign string, v dialect.Value) func(w *writer) {
		return func(w *writer) { of.write(w); w.str(sign); w.arg(v) }
	}
	switch op {
	case expr.Exact:
		return func(w *writer) {
			of.write(w)
			w.str(" BETWEEN ")
			w.arg(lo)
			w.str(" AND ")
			w.arg(hi)
		}, true
	case expr.Gt:
		return side(" > ", hi), true
	case expr.Gte:
		return side(" >= ", lo), true
	case expr.Lt:
		return side(" < ", lo), true
	case expr.Lte:
		return side(" <= ", hi), true
	}
	return nil, false
}

func yearBounds(year int, iso bool, zone *time.Location) (start, end time.Time) {
	if !iso {
		return time.Date(year, 1, 1, 0, 0, 0, 0, zone), time.Date(year+1, 1, 1, 0, 0, 0, 0, zone)
	}
	return isoStart(year, zone), isoStart(year+1, zone)
}

func isoStart(year int, zone *time.Location) time.Time {
	t := time.Date(year, 1, 4, 0, 0, 0, 0, zone) // always in week 1
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
}

func (b *builder) location() *time.Location {
	if b.c.Zone != "" {
		if loc, err := time.LoadLocation(b.c.Zone); err == nil {
			return loc
		}
	}
	return time.UTC
}

func wholeNumber(v dialect.Value) (int64, bool) {
	switch v.Kind {
	case dialect.Int:
		return v.N, true
	case dialect.Text, dialect.Decimal:
		n, err := strconv.ParseInt(v.S, 10, 64)
		return n, err == nil
	case dialect.Float:
		f := v.Float()
		return int64(f), f == math.Trunc(f)
	}
	return 0, false
}

// prepare turns a value into what the left side compares with: Django's get_prep_value.
func (b *builder) prepare(lhs *rexpr, op expr.Op, v dialect.Value) dialect.Value {
	out, err := prepareWith(lhs.custom, lhs.kind, op, v, b.location())
	if err != nil {
		name := lhs.kind.String()
		if lhs.field != nil {
			name = lhs.field.S.Name
		}
		b.fail(fmt.Errorf("orm: field %q: %w", name, err))
	}
	return out
}

// prepareWith is Prepare for a column that may have a codec of its own.
func prepareWith(c *plan.Custom, kind schema.Kind, op expr.Op, v dialect.Value, zone *time.Location) (dialect.Value, error) {
	if c != nil {
		return c.Encode(v)
	}
	return Prepare(kind, op, v, zone)
}

// Prepare turns a value of the dynamic layer into one that fits a kind of column.
func Prepare(kind schema.Kind, op expr.Op, v dialect.Value, zone *time.Location) (dialect.Value, error) {
	switch {
	case v.Kind == dialect.Null:
		return v, nil
	case v.Kind == dialect.Custom:
		if kind == schema.JSON {
			return plan.JSONValue(v)
		}
		return v, plan.NoForm(v)
	case kind.IsInteger():
		return prepareInt(op, v)
	case kind.IsText():
		switch v.Kind {
		case dialect.Int, dialect.Float, dialect.Decimal, dialect.Time, dialect.Date:
			return dialect.TextValue(plainText(kind, v)), nil
		case dialect.Bool:
			if v.N != 0 {
				return dialect.TextValue("True"), nil
			}
			return dialect.TextValue("False"), nil
		}
		return v, nil
	}
	switch kind {
	case schema.Boolean:
		switch v.Kind {
		case dialect.Int:
			return dialect.BoolValue(v.N != 0), nil
		case dialect.Text:
			switch v.S {
			case "True", "true", "t", "1":
				return dialect.BoolValue(true), nil
			case "False", "false", "f", "0":
				return dialect.BoolValue(false), nil
			}
			return v, fmt.Errorf("%q is neither true nor false", v.S)
		}
	case schema.Float:
		switch v.Kind {
		case dialect.Int:
			return dialect.FloatValue(float64(v.N)), nil
		case dialect.Text:
			f, err := strconv.ParseFloat(v.S, 64)
			if err != nil {
				return v, fmt.Errorf("%q is not a number", v.S)
			}
			return dialect.FloatValue(f), nil
		}
	case schema.Decimal:
		switch v.Kind {
		case dialect.Text:
			if _, err := strconv.ParseFloat(v.S, 64); err != nil {
				return v, fmt.Errorf("%q is not a number", v.S)
			}
			return dialect.Value{Kind: dialect.Decimal, S: v.S}, nil
		case dialect.Float:
			return dialect.Value{Kind: dialect.Decimal, S: strconv.FormatFloat(v.Float(), 'f', -1, 64)}, nil
		}
	case schema.DateTime:
		switch v.Kind {
		case dialect.Date:
			t := v.Time()
			return dialect.TimeValue(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)), nil
		case dialect.Text:
			return parseMoment(v.S, zone)
		}
	case schema.Date:
		switch v.Kind {
		case dialect.Time:
			return dialect.DateValue(v.Time().In(zone)), nil
		case dialect.Text:
			t, err := time.Parse("2006-01-02", v.S)
			if err != nil {
				return v, fmt.Errorf("%q is not a date (YYYY-MM-DD)", v.S)
			}
			return dialect.DateValue(t), nil
		}
	case schema.Time:
		switch v.Kind {
		case dialect.Duration:
			return dialect.Value{Kind: dialect.Clock, N: v.N}, nil
		case dialect.Text:
			for _, layout := range []string{"15:04:05.999999", "15:04"} {
				if t, err := time.Parse(layout, v.S); err == nil {
					return dialect.Value{Kind: dialect.Clock, N: int64(t.Sub(t.Truncate(24 * time.Hour)))}, nil
				}
			}
			return v, fmt.Errorf("%q is not a time (HH:MM[:ss])", v.S)
		}
	case schema.UUID:
		if v.Kind == dialect.Text {
			return parseUUID(v)
		}
	}
	return v, nil
}

func prepareInt(op expr.Op, v dialect.Value) (dialect.Value, error) {
	switch v.Kind {
	case dialect.Bool:
		return dialect.IntValue(v.N), nil
	case dialect.Float:
		f := v.Float()
		switch op {
		case expr.Gte, expr.Lt:
			f = math.Ceil(f)
		case expr.Gt, expr.Lte:
			f = math.Floor(f)
		}
		return dialect.IntValue(int64(f)), nil
	case dialect.Text, dialect.Decimal:
		if n, err := strconv.ParseInt(strings.TrimSpace(v.S), 10, 64); err == nil {
			return dialect.IntValue(n), nil
		}
		if f, err := strconv.ParseFloat(v.S, 64); err == nil && v.Kind == dialect.Decimal {
			return prepareInt(op, dialect.FloatValue(f))
		}
		return v, fmt.Errorf("%q is not a whole number", v.S)
	}
	return v, nil
}

func parseMoment(s string, zone *time.Location) (dialect.Value, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return dialect.TimeValue(t), nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return dialect.TimeValue(t), nil
		}
	}
	return dialect.Value{}, fmt.Errorf("%q is not a date and time (YYYY-MM-DD HH:MM[:ss])", s)
}

func parseUUID(v dialect.Value) (dialect.Value, error) {
	s := strings.ReplaceAll(strings.TrimSpace(v.S), "-", "")
	var u [16]byte
	if len(s) != 32 {
		return v, fmt.Errorf("%q is not a UUID", v.S)
	}
	for i := range u {
		n, err := strconv.ParseUint(s[2*i:2*i+2], 16, 8)
		if err != nil {
			return v, fmt.Errorf("%q is not a UUID", v.S)
		}
		u[i] = byte(n)
	}
	return dialect.Value{Kind: dialect.UUID, S: string(u[:])}, nil
}
