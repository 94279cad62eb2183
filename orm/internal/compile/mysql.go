package compile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// mysqlNulls writes what puts nulls where they are asked for: by themselves they come first, as the least of all.
func mysqlNulls(w *writer, o rorder, e func(w *writer)) {
	if o.nulls == "" || (o.nulls == "first") != o.desc {
		return
	}
	w.str("ISNULL(")
	if o.e.agg { // which an expression cannot call by its name
		o.e.write(w)
	} else {
		e(w)
	}
	w.str(")")
	if o.desc {
		w.str(" DESC")
	}
	w.str(", ")
}

// mysqlBigList writes the values of a list that is longer than the number of parameters: numbers as they are, texts by the
// digits of their bytes, in which nothing can end the text.
func mysqlBigList(w *writer, list []dialect.Value) {
	for i, x := range list {
		if i > 0 {
			w.str(", ")
		}
		x = w.d.Bind(x)
		switch x.Kind {
		case dialect.Int, dialect.Float:
			w.buf = AppendLiteral(w.buf, w.d, x)
		default:
			w.buf = mysqlText(w.buf, x.S)
		}
	}
	w.str(")")
}

// mysqlText writes a text by the digits of its bytes.
func mysqlText(b []byte, s string) []byte {
	if s == "" {
		return append(b, "''"...)
	}
	return fmt.Appendf(b, "_utf8mb4 X'%X'", s)
}

// mysqlPattern writes the pattern of a text look-up whose right side is an expression.
//
// Django 6.1 django/db/backends/mysql/base.py pattern_esc, pattern_ops.
func mysqlPattern(w *writer, op expr.Op, right *rexpr) {
	w.str("CONCAT(")
	if op != expr.StartsWith && op != expr.IStartsWith {
		w.str("'%', ")
	}
	w.str(`REPLACE(REPLACE(REPLACE((`)
	right.write(w)
	w.str(`), '\\', '\\\\'), '%', '\%'), '_', '\_')`)
	if op != expr.EndsWith && op != expr.IEndsWith {
		w.str(", '%'")
	}
	w.str(")")
}

// mysqlTimeArithmetic adds and subtracts spans, which are microseconds, and moments.
//
// Django 6.1 django/db/backends/mysql/operations.py subtract_temporals, django/db/models/expressions.py DurationExpression.
func mysqlTimeArithmetic(w *writer, op string, l, r *rexpr) {
	switch {
	case l.kind == r.kind && l.kind == schema.Time:
		w.str("TIMESTAMPDIFF(MICROSECOND, TIMESTAMP('2000-01-01', ")
		r.write(w)
		w.str("), TIMESTAMP('2000-01-01', ")
		l.write(w)
		w.str("))")
		return
	case l.kind == r.kind:
		call(w, "TIMESTAMPDIFF", &rexpr{write: func(w *writer) { w.str("MICROSECOND") }}, r, l)
		return
	case l.kind == schema.Duration:
		l, r = r, l
	}
	w.str("(")
	switch {
	case l.kind == schema.Date, l.constant: // a text, until it is told to be a moment
		w.str("CAST(")
		l.write(w)
		w.str(" AS " + mysqlCastType(w.d, &schema.Field{Kind: momentOf(l.kind)}) + ")")
	default:
		l.write(w)
	}
	w.str(" " + op + " INTERVAL ")
	r.write(w)
	w.str(" MICROSECOND)")
}

func momentOf(k schema.Kind) schema.Kind {
	if k == schema.Date {
		return schema.DateTime
	}
	return k
}

// mysqlCastType is the word for a type in CAST, which is not that of a column.
//
// Django 6.1 django/db/backends/mysql/operations.py cast_data_types.
func mysqlCastType(d *dialect.Dialect, f *schema.Field) string {
	switch f.Kind {
	case schema.Float:
		return "DOUBLE"
	case schema.Decimal:
		if f.Digits == 0 {
			return "DECIMAL(65, 30)"
		}
		return "DECIMAL(" + strconv.Itoa(f.Digits) + ", " + strconv.Itoa(f.Places) + ")"
	case schema.Date:
		return "DATE"
	case schema.DateTime:
		return "DATETIME(6)"
	case schema.Time:
		return "TIME(6)"
	case schema.Binary:
		return "BINARY"
	case schema.JSON:
		return "JSON"
	case schema.UUID:
		if d.MariaDB {
			return "UUID"
		}
		return "CHAR(32)"
	case schema.PositiveInteger, schema.PositiveBigInteger, schema.PositiveSmallInteger:
		return "UNSIGNED"
	case schema.Boolean, schema.Duration:
		return "SIGNED"
	}
	switch {
	case f.Kind.IsInteger():
		return "SIGNED"
	case f.MaxLength > 0:
		return "CHAR(" + strconv.Itoa(f.MaxLength) + ")"
	}
	return "CHAR"
}

func mysqlCast(w *writer, of *rexpr, to *schema.Field) {
	if to.Kind == schema.JSON && w.d.MariaDB { // where JSON is text
		w.str("JSON_EXTRACT(")
		of.write(w)
		w.str(", '$')")
		return
	}
	w.str("CAST(")
	of.write(w)
	w.str(" AS " + mysqlCastType(w.d, to) + ")")
}

// mysqlCall writes the functions that have another name or form here. It reports false for all others.
//
// Django 6.1 django/db/models/functions as_mysql.
func mysqlCall(w *writer, name string, args []*rexpr) bool {
	around := func(before, after string) bool {
		w.str(before)
		args[0].write(w)
		w.str(after)
		return true
	}
	switch name {
	case "Length":
		call(w, "CHAR_LENGTH", args...)
	case "SHA224", "SHA256", "SHA384", "SHA512":
		return around("SHA2(", ", "+name[3:]+")")
	case "Chr":
		return around("CONVERT(CHAR(", " USING utf32) USING utf8mb4)")
	case "Ord":
		return around("ORD(CONVERT(", " USING utf32))")
	case "Round":
		if args[0].kind != schema.Float {
			return false
		}
		mysqlRound(w, args)
	case "Concat":
		w.str("CONCAT_WS('', ")
		for i, a := range args {
			if i > 0 {
				w.str(", ")
			}
			a.write(w)
		}
		w.str(")")
	default:
		return false
	}
	return true
}

// mysqlRound rounds the half of a floating-point number away from zero, as other databases do; ROUND leaves it to the C
// library, which takes the even neighbour.
func mysqlRound(w *writer, args []*rexpr) {
	scale := func(sign string) {
		if len(args) > 1 {
			w.str(sign + "POWER(10, ")
			args[1].write(w)
			w.str(")")
		}
	}
	w.str("(SIGN(")
	args[0].write(w)
	w.str(") * FLOOR(ABS(")
	args[0].write(w)
	w.str(")")
	scale(" * ")
	w.str(" + 0.5)")
	scale(" / ")
	w.str(")")
}

// mysqlNeighbour writes LAG or LEAD with a default, which MariaDB has not: is there such a row?
func (b *builder) mysqlNeighbour(n expr.Func, can reuse) *rexpr {
	of, offset, deflt := b.resolve(n.Args[0], can), b.resolve(n.Args[1], can), b.resolve(n.Args[2], can)
	if b.err != nil {
		return &rexpr{}
	}
	e := derived(n.Out, of, deflt)
	if e.kind == schema.Invalid {
		e.kind = plainInteger(of.kind)
	}
	word := sqlName(n.Name)
	e.over = func(w *writer, over func(w *writer)) {
		w.str("(CASE WHEN " + word + "(1, ")
		offset.write(w)
		w.str(")")
		over(w)
		w.str(" IS NULL THEN ")
		deflt.write(w)
		w.str(" ELSE " + word + "(")
		of.write(w)
		w.str(", ")
		offset.write(w)
		w.str(")")
		over(w)
		w.str(" END)")
	}
	return e
}

// mysqlSeparator writes the separator of GROUP_CONCAT, which cannot be a parameter.
func (b *builder) mysqlSeparator(w *writer, extra *rexpr) {
	own := &writer{d: w.d}
	extra.write(own)
	if string(own.buf) != "?" || len(own.args) != 1 || own.args[0].Kind != dialect.Text {
		b.fail(fmt.Errorf("orm: the separator of StringAgg must be a text on %s", w.d.Name))
		return
	}
	w.str(" SEPARATOR ")
	if s := own.args[0].S; s != "" {
		w.buf = fmt.Appendf(w.buf, "X'%X'", s)
		return
	}
	w.str("''")
}

// mysqlUpsert writes what happens to a row that is there.
func mysqlUpsert(w *writer, in *Insert) {
	if !w.d.MariaDB {
		w.str(" AS ")
		w.ident("new")
	}
	w.str(" ON DUPLICATE KEY UPDATE ")
	for i, f := range in.Update {
		if i > 0 {
			w.str(", ")
		}
		w.ident(f.Column)
		if w.d.MariaDB {
			w.str(" = VALUES(")
			w.ident(f.Column)
			w.str(")")
			continue
		}
		w.str(" = ")
		w.qualified("new", f.Column)
	}
}

// mysqlPath writes a path: $."lang"[0], $[last] for -1.
func mysqlPath(keys []string) string {
	var p strings.Builder
	p.WriteByte('$')
	for _, k := range keys {
		n, err := strconv.Atoi(k)
		switch {
		case err != nil:
			p.WriteString("." + string(appendJSONString(nil, k)))
		case n == -1:
			p.WriteString("[last]")
		case n < 0:
			fmt.Fprintf(&p, "[last-%d]", -n-1)
		default:
			fmt.Fprintf(&p, "[%d]", n)
		}
	}
	return p.String()
}

// mysqlExtract writes the value at a path. The server takes any value for the list of itself, whose first and last element
// it is: there the path must lead through lists.
func mysqlExtract(w *writer, of *rexpr, keys []string) {
	guards := 0
	for i, k := range keys {
		if n, err := strconv.Atoi(k); err == nil && (n == 0 || n == -1) {
			if guards == 0 {
				w.str("(CASE WHEN ")
			} else {
				w.str(" AND ")
			}
			guards++
			w.str("JSON_TYPE(")
			mysqlAt(w, of, keys[:i])
			w.str(") = 'ARRAY'")
		}
	}
	if guards > 0 {
		w.str(" THEN ")
		defer w.str(" END)")
	}
	mysqlAt(w, of, keys)
}

func mysqlAt(w *writer, of *rexpr, keys []string) {
	w.str("JSON_EXTRACT(")
	of.write(w)
	w.str(", ")
	w.arg(dialect.TextValue(mysqlPath(keys)))
	w.str(")")
}

// mysqlJSONNull: a key's null is JSON null for exact, a missing key for isnull.
func mysqlJSONNull(j *jsonPath, op expr.Op, want bool) func(w *writer) {
	return func(w *writer) {
		switch {
		case op != expr.IsNull:
			w.str("JSON_TYPE(")
			mysqlExtract(w, j.of, j.keys)
			if want {
				w.str(") = 'NULL'")
			} else {
				w.str(") <> 'NULL'")
			}
		case want:
			mysqlExtract(w, j.of, j.keys)
			w.str(" IS NULL")
		default:
			mysqlExtract(w, j.of, j.keys)
			w.str(" IS NOT NULL")
		}
	}
}

// mysqlJSONEqual compares JSON values. In MariaDB JSON is text, which JSON_EQUALS compares as values; it takes a null of a
// row for anything.
func mysqlJSONEqual(w *writer, lhs *rexpr, text string) {
	if w.d.MariaDB {
		w.str("(CASE WHEN ")
		lhs.write(w)
		w.str(" IS NOT NULL THEN JSON_EQUALS(")
		lhs.write(w)
		w.str(", ")
		w.arg(dialect.TextValue(text))
		w.str(") END)")
		return
	}
	lhs.write(w)
	w.str(" = CAST(")
	w.arg(dialect.TextValue(text))
	w.str(" AS JSON)")
}

// mysqlJSON compares JSON values by the server's functions.
func (b *builder) mysqlJSON(lhs *rexpr, op expr.Op, v dialect.Value, raw any) (func(w *writer), truth) {
	text := jsonText(v, raw)
	switch op {
	case expr.HasKey, expr.HasKeys, expr.HasAnyKeys:
		vs := v.Values()
		if op == expr.HasKey {
			vs = []dialect.Value{v}
		}
		return mysqlHasKeys(lhs, vs, op == expr.HasAnyKeys), unknown
	case expr.Contains:
		if lhs.json == nil || v.Kind == dialect.JSON {
			return func(w *writer) {
				w.str("JSON_CONTAINS(")
				lhs.write(w)
				w.str(", ")
				w.arg(dialect.TextValue(text))
				w.str(")")
			}, unknown
		}
	case expr.ContainedBy:
		return func(w *writer) {
			w.str("JSON_CONTAINS(")
			w.arg(dialect.TextValue(text))
			w.str(", ")
			lhs.write(w)
			w.str(")")
		}, unknown
	case expr.Exact:
		return func(w *writer) { mysqlJSONEqual(w, lhs, text) }, unknown
	case expr.NotExact:
		return func(w *writer) { w.str("NOT ("); mysqlJSONEqual(w, lhs, text); w.str(")") }, unknown
	case expr.In:
		vs := v.Values()
		if len(vs) == 0 {
			return nil, alwaysFalse
		}
		return func(w *writer) {
			w.str("(")
			for i, x := range vs {
				if i > 0 {
					w.str(" OR ")
				}
				mysqlJSONEqual(w, lhs, jsonText(x, x.Any()))
			}
			w.str(")")
		}, unknown
	}
	plain := *lhs
	if j := lhs.json; j != nil {
		plain.write = func(w *writer) {
			w.str("JSON_UNQUOTE(")
			mysqlExtract(w, j.of, j.keys)
			w.str(")")
		}
	}
	switch op {
	case expr.Contains, expr.IContains, expr.StartsWith, expr.IStartsWith, expr.EndsWith, expr.IEndsWith, expr.IExact, expr.Regex, expr.IRegex:
		pattern := dialect.TextValue(textPattern(b.c.D, op, schema.Text, v))
		right := func(w *writer) { w.arg(pattern) }
		switch op {
		case expr.IExact, expr.IContains, expr.IStartsWith, expr.IEndsWith: // texts out of JSON compare by their bytes
			text := &rexpr{kind: schema.Text, write: func(w *writer) { call(w, "LOWER", &plain) }}
			return func(w *writer) {
				b.writeText(w, text, op, func(w *writer) { call(w, "LOWER", &rexpr{write: right}) })
			}, unknown
		}
		return func(w *writer) { b.writeText(w, &plain, op, right) }, unknown
	}
	sign, ok := comparisons[op]
	if !ok {
		b.fail(fmt.Errorf("orm: look-up %s does not fit a JSON field", op))
		return nil, unknown
	}
	return func(w *writer) {
		plain.write(w)
		w.str(sign)
		switch v.Kind {
		case dialect.Int, dialect.Float, dialect.Decimal, dialect.Text:
			w.arg(v)
		default:
			w.arg(dialect.TextValue(text))
		}
	}, unknown
}

func mysqlHasKeys(lhs *rexpr, keys []dialect.Value, any bool) func(w *writer) {
	of := lhs
	var prefix []string
	if lhs.json != nil {
		of, prefix = lhs.json.of, lhs.json.keys
	}
	return func(w *writer) {
		w.str("JSON_CONTAINS_PATH(")
		of.write(w)
		if any {
			w.str(", 'one'")
		} else {
			w.str(", 'all'")
		}
		for _, k := range keys {
			w.str(", ")
			w.arg(dialect.TextValue(mysqlPath(prefix) + "." + string(appendJSONString(nil, plainText(schema.Text, k)))))
		}
		w.str(")")
	}
}
