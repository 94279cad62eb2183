package compile

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// sameKind says that the values of a list can be one array.
func sameKind(list []dialect.Value) bool {
	for i := range list {
		if list[i].Kind != list[0].Kind {
			return false
		}
	}
	return true
}

// appendArray makes the one argument of x = ANY($1).
func (b Binder) appendArray(args []dialect.Value, d *dialect.Dialect, vs []dialect.Value, zone *time.Location) ([]dialect.Value, bool) {
	list := make([]dialect.Value, len(vs))
	for i := range vs {
		pv, err := Prepare(b.kind, expr.Exact, vs[i], zone)
		if err != nil {
			return args, false
		}
		list[i] = d.Bind(pv)
	}
	if !sameKind(list) {
		return args, false
	}
	return append(args, dialect.ListValue(list)), true
}

// textPattern is what a text look-up compares with. PostgreSQL compares iexact by = and keeps the dashes of a UUID.
func textPattern(d *dialect.Dialect, op expr.Op, kind schema.Kind, v dialect.Value) string {
	if kind == schema.UUID && (d.Name == "postgresql" || d.MariaDB) {
		kind = schema.Text
	}
	if d.Name != "postgresql" {
		return LikePattern(op, plainText(kind, v))
	}
	if op == expr.IExact {
		return plainText(kind, v)
	}
	return LikePattern(op, plainText(kind, v))
}

// postgresDateDiff subtracts days, which PostgreSQL does in whole numbers, as a span.
//
// Django 6.1 django/db/backends/postgresql/operations.py subtract_temporals.
func postgresDateDiff(w *writer, l, r *rexpr) {
	w.str("(interval '1 day' * (")
	l.write(w)
	w.str(" - ")
	r.write(w)
	w.str("))")
}

// standardText writes the values that the dialect leaves as they are.
func standardText(v dialect.Value) string {
	switch v.Kind {
	case dialect.Clock:
		return string(dialect.AppendClock(nil, time.Duration(v.N)))
	case dialect.Duration:
		return strconv.FormatInt(v.N/1000, 10) + " microseconds"
	case dialect.UUID:
		if len(v.S) == 16 {
			return fmt.Sprintf("%x-%x-%x-%x-%x", v.S[:4], v.S[4:6], v.S[6:8], v.S[8:10], v.S[10:])
		}
	}
	return v.S
}

// postgresJSONPath writes the value at a path: -> for one key, #> for several, with the given arrows for text.
//
// Django 6.1 django/db/models/fields/json.py KeyTransform.as_postgresql.
func postgresJSONPath(w *writer, of *rexpr, keys []string, text bool) {
	one, many := " -> ", " #> "
	if text {
		one, many = " ->> ", " #>> "
	}
	w.str("(")
	of.write(w)
	if len(keys) > 1 {
		w.str(many)
		list := make([]dialect.Value, len(keys))
		for i, k := range keys {
			list[i] = dialect.TextValue(k)
		}
		w.arg(dialect.ListValue(list))
		w.str("::text[])")
		return
	}
	w.str(one)
	if n, err := strconv.ParseInt(keys[0], 10, 32); err == nil {
		w.arg(dialect.IntValue(n))
		w.str("::integer)")
		return
	}
	w.arg(dialect.TextValue(keys[0]))
	w.str("::text)")
}

// postgresJSONNull: a key's null is JSON null for exact, a missing key for isnull.
func postgresJSONNull(j *jsonPath, op expr.Op, want bool) func(w *writer) {
	return func(w *writer) {
		if op != expr.IsNull {
			postgresJSONPath(w, j.of, j.keys, false)
			if want {
				w.str(" = 'null'::jsonb")
			} else {
				w.str(" <> 'null'::jsonb")
			}
			return
		}
		w.str("(") // and not by the operator ?, which knows nothing of a document that is null
		postgresJSONPath(w, j.of, j.keys, false)
		if want {
			w.str(" IS NULL)")
		} else {
			w.str(" IS NOT NULL)")
		}
	}
}

// postgresJSON compares JSON values by PostgreSQL's operators.
func (b *builder) postgresJSON(lhs *rexpr, op expr.Op, v dialect.Value, raw any) (func(w *writer), truth) {
	value := func(w *writer, text string) {
		w.arg(dialect.Value{Kind: dialect.JSON, S: text})
		w.str("::jsonb")
	}
	switch op {
	case expr.HasKey, expr.HasKeys, expr.HasAnyKeys:
		vs := v.Values()
		if op == expr.HasKey {
			vs = []dialect.Value{v}
		}
		keys := make([]dialect.Value, len(vs))
		for i, x := range vs {
			keys[i] = dialect.TextValue(plainText(schema.Text, x))
		}
		sign := map[expr.Op]string{expr.HasKey: " ?& ", expr.HasKeys: " ?& ", expr.HasAnyKeys: " ?| "}[op]
		return func(w *writer) {
			lhs.write(w)
			w.str(sign)
			w.arg(dialect.ListValue(keys))
			w.str("::text[]")
		}, unknown
	case expr.Contains:
		if lhs.json == nil || v.Kind == dialect.JSON {
			text := jsonText(v, raw)
			return func(w *writer) { lhs.write(w); w.str(" @> "); value(w, text) }, unknown
		}
	case expr.ContainedBy:
		text := jsonText(v, raw)
		return func(w *writer) { lhs.write(w); w.str(" <@ "); value(w, text) }, unknown
	case expr.In:
		vs := v.Values()
		if len(vs) == 0 {
			return nil, alwaysFalse
		}
		return func(w *writer) {
			lhs.write(w)
			w.str(" IN (")
			for i, x := range vs {
				if i > 0 {
					w.str(", ")
				}
				value(w, jsonText(x, x.Any()))
			}
			w.str(")")
		}, unknown
	}
	switch op {
	case expr.Contains, expr.IContains, expr.StartsWith, expr.IStartsWith, expr.EndsWith, expr.IEndsWith, expr.IExact, expr.Regex, expr.IRegex:
		pattern := dialect.TextValue(textPattern(b.c.D, op, schema.Text, v))
		text := *lhs
		if j := lhs.json; j != nil {
			text.write = func(w *writer) { postgresJSONPath(w, j.of, j.keys, true) }
		}
		return func(w *writer) { b.writeText(w, &text, op, func(w *writer) { w.arg(pattern) }) }, unknown
	}
	sign, ok := comparisons[op]
	if !ok {
		b.fail(fmt.Errorf("orm: look-up %s does not fit a JSON field", op))
		return nil, unknown
	}
	text := jsonText(v, raw)
	return func(w *writer) {
		lhs.write(w)
		w.str(sign)
		value(w, strings.TrimSpace(text))
	}, unknown
}
