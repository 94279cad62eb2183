package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// jsonAt is the value at a path as a kind. A value of another kind gives none: it must not stop the query.
func (b *builder) jsonAt(n expr.JSONAt, can reuse) *rexpr {
	of := b.resolve(n.Of, can)
	if b.err != nil {
		return &rexpr{}
	}
	keys := n.Keys
	if of.json != nil { // a path that goes on
		keys = append(of.json.keys[:len(of.json.keys):len(of.json.keys)], keys...)
		of = of.json.of
	}
	switch {
	case of.kind != schema.JSON:
		b.fail(&FieldError{Name: "JSON", Reason: fmt.Sprintf("a path leads into a JSON field, not into a %s", of.kind)})
		return &rexpr{}
	case len(keys) == 0:
		b.fail(&FieldError{Name: "JSON", Reason: "a path needs at least one key"})
		return &rexpr{}
	}
	path := &jsonPath{of, keys}
	plain := b.jsonKey(of, keys)
	var write func(w *writer)
	switch {
	case n.As == schema.JSON || n.As == schema.Invalid:
		return plain
	case n.As.IsText():
		write = path.text
	case n.As == schema.Boolean:
		write = path.truth
	case numberRank(n.As) > 0:
		write = func(w *writer) { path.number(w, n.As) }
	default:
		b.fail(&FieldError{Name: "JSON", Reason: fmt.Sprintf("JSON has no %s (read the text)", n.As)})
		return &rexpr{}
	}
	e := derived(n.As, of)
	e.nullable, e.base, e.bytes = true, of.base, n.As.IsText()
	e.write = func(w *writer) { // the path stands in it more than once: always as the same parameters
		before := w.again
		w.again = true
		write(w)
		w.again = before
	}
	return e
}

// value writes the value at the path, typed what kind of value it is.
func (j *jsonPath) value(w *writer) {
	switch w.d.Name {
	case "postgresql":
		postgresJSONPath(w, j.of, j.keys, false)
	case "mysql":
		mysqlExtract(w, j.of, j.keys)
	default:
		j.call(w, "JSON_EXTRACT")
	}
}

func (j *jsonPath) typed(w *writer) {
	switch w.d.Name {
	case "postgresql":
		w.str("JSONB_TYPEOF")
		j.value(w)
	case "mysql":
		w.str("JSON_TYPE(")
		j.value(w)
		w.str(")")
	default:
		j.call(w, "JSON_TYPE")
	}
}

// call writes a function of SQLite over the document and the path.
func (j *jsonPath) call(w *writer, name string) {
	w.str(name + "(")
	j.of.write(w)
	w.str(", ")
	w.arg(dialect.TextValue(sqlitePath(j.keys)))
	w.str(")")
}

// text is Django's KT: texts without quotes, other values as they are written, JSON's null as no value.
func (j *jsonPath) text(w *writer) {
	switch w.d.Name {
	case "postgresql":
		postgresJSONPath(w, j.of, j.keys, true)
	case "mysql":
		w.str("CASE WHEN ")
		j.typed(w)
		w.str(" <> 'NULL' THEN JSON_UNQUOTE(")
		j.value(w)
		w.str(") END")
	default:
		w.str("CASE ")
		j.typed(w)
		w.str(" WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(")
		j.value(w)
		w.str(" AS TEXT) END")
	}
}

func (j *jsonPath) truth(w *writer) {
	w.str("CASE ")
	j.typed(w)
	switch w.d.Name {
	case "postgresql":
		w.str(" WHEN 'boolean' THEN (")
		postgresJSONPath(w, j.of, j.keys, true)
		w.str(")::boolean END")
	case "mysql":
		w.str(" WHEN 'BOOLEAN' THEN ")
		j.value(w)
		w.str(" = 'true' END")
	default:
		w.str(" WHEN 'true' THEN 1 WHEN 'false' THEN 0 END")
	}
}

// number reads a number; a whole one loses what follows the point.
func (j *jsonPath) number(w *writer, as schema.Kind) {
	w.str("CASE WHEN ")
	j.typed(w)
	switch w.d.Name {
	case "postgresql":
		typ := map[bool]string{true: "numeric", false: "double precision"}[as == schema.Decimal]
		w.str(" = 'number' THEN ")
		if as.IsInteger() {
			w.str("TRUNC((")
			postgresJSONPath(w, j.of, j.keys, true)
			w.str(")::numeric)::bigint END")
			return
		}
		w.str("(")
		postgresJSONPath(w, j.of, j.keys, true)
		w.str(")::" + typ + " END")
	case "mysql":
		w.str(" IN ('INTEGER', 'DOUBLE', 'DECIMAL', 'UNSIGNED INTEGER') THEN ")
		switch {
		case as.IsInteger():
			w.str("CAST(TRUNCATE(JSON_UNQUOTE(")
			j.value(w)
			w.str("), 0) AS SIGNED)")
		case as == schema.Decimal:
			w.str("CAST(JSON_UNQUOTE(")
			j.value(w)
			w.str(") AS DECIMAL(65, 30))")
		default:
			w.str("(JSON_UNQUOTE(")
			j.value(w)
			w.str(") + 0e0)")
		}
		w.str(" END")
	default:
		typ := "REAL"
		switch {
		case as.IsInteger():
			typ = "INTEGER"
		case as == schema.Decimal:
			typ = "NUMERIC"
		}
		w.str(" IN ('integer', 'real') THEN CAST(")
		j.value(w)
		w.str(" AS " + typ + ") END")
	}
}

// jsonSet puts another value at a path of a document.
func (b *builder) jsonSet(n expr.JSONSet, can reuse) *rexpr {
	of, to := b.resolve(n.Of, can), b.resolve(n.To, can)
	if b.err != nil {
		return &rexpr{}
	}
	if of.kind != schema.JSON || len(n.Keys) == 0 {
		b.fail(&FieldError{Name: "JSON", Reason: "a value is set at a path of a JSON field"})
		return &rexpr{}
	}
	e := derived(schema.JSON, of, to)
	e.write = func(w *writer) {
		switch w.d.Name {
		case "postgresql":
			keys := make([]dialect.Value, len(n.Keys))
			for i, k := range n.Keys {
				keys[i] = dialect.TextValue(k)
			}
			w.str("JSONB_SET(")
			of.write(w)
			w.str(", ")
			w.arg(dialect.ListValue(keys))
			w.str("::text[], COALESCE(TO_JSONB(")
			writeJSONPart(w, to, false)
			w.str("), 'null'::jsonb))")
		default:
			path := sqlitePath(n.Keys)
			if w.d.Name == "mysql" {
				path = mysqlPath(n.Keys)
			}
			w.str("JSON_SET(")
			of.write(w)
			w.str(", ")
			w.arg(dialect.TextValue(path))
			w.str(", ")
			writeJSONPart(w, to, false)
			w.str(")")
		}
	}
	return e
}
