package compile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// jsonPath is a place inside a JSON column.
type jsonPath struct {
	of   *rexpr
	keys []string
}

// jsonKey is the value at a path inside a JSON expression.
func (b *builder) jsonKey(of *rexpr, keys []string) *rexpr {
	e := derived(schema.JSON, of)
	e.json = &jsonPath{of, keys}
	e.base = of.base
	e.nullable = true
	e.write = func(w *writer) {
		if w.d.Name == "postgresql" {
			postgresJSONPath(w, of, keys, false)
			return
		}
		if w.d.Name == "mysql" {
			mysqlExtract(w, of, keys)
			return
		}
		path := sqlitePath(keys)
		w.str("(CASE WHEN JSON_TYPE(")
		of.write(w)
		w.str(", ")
		w.arg(dialect.TextValue(path))
		w.str(") IN ('false', 'true', 'null') THEN JSON_TYPE(")
		of.write(w)
		w.str(", ")
		w.arg(dialect.TextValue(path))
		w.str(") ELSE JSON_EXTRACT(")
		of.write(w)
		w.str(", ")
		w.arg(dialect.TextValue(path))
		w.str(") END)")
	}
	return e
}

// sqlitePath writes a path in SQLite's manner: $."lang"[0].
func sqlitePath(keys []string) string {
	var p strings.Builder
	p.WriteByte('$')
	for _, k := range keys {
		if n, err := strconv.Atoi(k); err == nil {
			if n < 0 {
				fmt.Fprintf(&p, "[#%d]", n)
			} else {
				fmt.Fprintf(&p, "[%d]", n)
			}
			continue
		}
		p.WriteString("." + string(appendJSONString(nil, k)))
	}
	return p.String()
}

// jsonNull: a key's null is JSON null for exact, a missing key for isnull.
func (b *builder) jsonNull(lhs *rexpr, op expr.Op, want bool) func(w *writer) {
	j := lhs.json
	if b.c.D.Name == "postgresql" {
		return postgresJSONNull(j, op, want)
	}
	if b.c.D.Name == "mysql" {
		return mysqlJSONNull(j, op, want)
	}
	return func(w *writer) {
		w.str("JSON_TYPE(")
		j.of.write(w)
		w.str(", ")
		w.arg(dialect.TextValue(sqlitePath(j.keys)))
		switch {
		case op != expr.IsNull:
			w.str(") = 'null'")
		case want:
			w.str(") IS NULL")
		default:
			w.str(") IS NOT NULL")
		}
	}
}

// jsonLookup compares JSON values.
func (b *builder) jsonLookup(lhs *rexpr, op expr.Op, v dialect.Value, raw any) (func(w *writer), truth) {
	if b.c.D.Name == "postgresql" {
		return b.postgresJSON(lhs, op, v, raw)
	}
	if b.c.D.Name == "mysql" {
		return b.mysqlJSON(lhs, op, v, raw)
	}
	switch op {
	case expr.HasKey:
		return b.hasKeys(lhs, []string{plainText(schema.Text, v)}, " AND "), unknown
	case expr.HasKeys, expr.HasAnyKeys:
		var keys []string
		for _, x := range v.Values() {
			keys = append(keys, plainText(schema.Text, x))
		}
		if op == expr.HasAnyKeys {
			return b.hasKeys(lhs, keys, " OR "), unknown
		}
		return b.hasKeys(lhs, keys, " AND "), unknown
	case expr.Contains, expr.IContains, expr.StartsWith, expr.IStartsWith, expr.EndsWith, expr.IEndsWith, expr.IExact, expr.Regex, expr.IRegex:
		if op == expr.Contains && (lhs.json == nil || v.Kind == dialect.JSON) {
			return sqliteContains(lhs, jsonText(v, raw), false), unknown
		}
		pattern := dialect.TextValue(LikePattern(op, plainText(schema.Text, v)))
		return func(w *writer) { b.writeText(w, lhs, op, func(w *writer) { w.arg(pattern) }) }, unknown
	case expr.ContainedBy:
		return sqliteContains(lhs, jsonText(v, raw), true), unknown
	case expr.In:
		vs := v.Values()
		if len(vs) == 0 {
			return nil, alwaysFalse
		}
		return func(w *writer) {
			document(w, lhs)
			w.str(" IN (")
			for i, x := range vs {
				if i > 0 {
					w.str(", ")
				}
				writeJSONValue(w, lhs, jsonText(x, x.Any()))
			}
			w.str(")")
		}, unknown
	}
	sign, ok := comparisons[op]
	if !ok {
		b.fail(fmt.Errorf("orm: look-up %s does not fit a JSON field", op))
		return nil, unknown
	}
	text := jsonText(v, raw)
	return func(w *writer) {
		document(w, lhs)
		w.str(sign)
		if lhs.json != nil && op != expr.Exact && op != expr.NotExact && (v.Kind == dialect.Int || v.Kind == dialect.Float) {
			w.arg(v)
			return
		}
		writeJSONValue(w, lhs, text)
	}, unknown
}

// sqliteContains compares documents by the function that package sqlite installs.
func sqliteContains(lhs *rexpr, text string, by bool) func(w *writer) {
	document := lhs.write
	if j := lhs.json; j != nil { // with the quotes around a text
		document = func(w *writer) {
			w.str("(")
			j.of.write(w)
			w.str(" -> ")
			w.arg(dialect.TextValue(sqlitePath(j.keys)))
			w.str(")")
		}
	}
	return func(w *writer) {
		w.str("nuages_json_contains(")
		if by {
			w.arg(dialect.TextValue(text))
			w.str(", ")
			document(w)
		} else {
			document(w)
			w.str(", ")
			w.arg(dialect.TextValue(text))
		}
		w.str(")")
	}
}

// document writes a whole document in the one form that JSON gives it: Django's spaces count for nothing.
func document(w *writer, lhs *rexpr) {
	if lhs.json != nil {
		lhs.write(w)
		return
	}
	w.str("JSON(")
	lhs.write(w)
	w.str(")")
}

func writeJSONValue(w *writer, lhs *rexpr, text string) {
	if lhs.json == nil {
		w.str("JSON(")
		w.arg(dialect.TextValue(text))
		w.str(")")
		return
	}
	if text == "true" || text == "false" || text == "null" {
		w.arg(dialect.TextValue(text))
		return
	}
	w.str("JSON_EXTRACT(")
	w.arg(dialect.TextValue(text))
	w.str(", '$')")
}

func jsonText(v dialect.Value, raw any) string {
	switch v.Kind {
	case dialect.JSON:
		return v.S
	case dialect.Int:
		return strconv.FormatInt(v.N, 10)
	case dialect.Decimal:
		return v.S
	}
	if raw == nil {
		raw = v.Any()
	}
	s, err := plan.EncodeJSON(raw)
	if err != nil {
		return "null"
	}
	return s
}

func (b *builder) hasKeys(lhs *rexpr, keys []string, word string) func(w *writer) {
	of := lhs
	var prefix []string
	if lhs.json != nil {
		of, prefix = lhs.json.of, lhs.json.keys
	}
	return func(w *writer) {
		w.str("(")
		for i, k := range keys {
			if i > 0 {
				w.str(word)
			}
			w.str("JSON_TYPE(")
			of.write(w)
			w.str(", ")
			path := sqlitePath(prefix) + "." + string(appendJSONString(nil, k))
			w.arg(dialect.TextValue(path))
			w.str(") IS NOT NULL")
		}
		w.str(")")
	}
}
