package compile

import (
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// round rounds before the point too, which SQLite leaves alone.
func round(w *writer, _ expr.Func, args []*rexpr) {
	if w.d.Name != "sqlite" || len(args) < 2 {
		call(w, "ROUND", args...)
		return
	}
	own := &writer{d: w.d}
	args[1].write(own)
	if len(own.args) != 1 || own.args[0].Kind != dialect.Int || own.args[0].N >= 0 {
		call(w, "ROUND", args...)
		return
	}
	scale := "1" + strings.Repeat("0", int(min(-own.args[0].N, 18)))
	w.str("(ROUND(")
	args[0].write(w)
	w.str(" / " + scale + ".0) * " + scale + ")")
}

// threeTexts gives Replace and the pads the third argument that Django gives them.
func threeTexts(w *writer, n expr.Func, args []*rexpr) {
	if len(args) == 2 {
		fill := " "
		if n.Name == "Replace" {
			fill = ""
		}
		args = []*rexpr{args[0], args[1], {kind: schema.Text, constant: true, write: func(w *writer) { w.arg(dialect.TextValue(fill)) }}}
	}
	call(w, strings.ToUpper(n.Name), args...)
}

// collate writes COLLATE; the name was checked.
func collate(w *writer, n expr.Func, args []*rexpr) {
	w.str("(")
	args[0].write(w)
	w.str(" COLLATE ")
	if w.d.Name == "mysql" {
		w.str(n.Unit)
	} else {
		w.ident(n.Unit)
	}
	w.str(")")
}

// buildJSON writes an object or a list. What is a truth value or a document stays one inside.
func buildJSON(w *writer, n expr.Func, args []*rexpr) {
	word := "JSON_OBJECT("
	if n.Name == "JSONArray" {
		word = "JSON_ARRAY("
	}
	if w.d.Name == "postgresql" {
		word = strings.Replace(word, "JSON_", "JSONB_BUILD_", 1)
	}
	w.str(word)
	for i, a := range args {
		if i > 0 {
			w.str(", ")
		}
		writeJSONPart(w, a, n.Name == "JSONObject" && i%2 == 0)
	}
	w.str(")")
}

func writeJSONPart(w *writer, a *rexpr, name bool) {
	around := func(before, after string) {
		w.str(before)
		a.write(w)
		w.str(after)
	}
	pg, lite := w.d.Name == "postgresql", w.d.Name == "sqlite"
	switch {
	case pg && (name || a.constant && a.kind.IsText()): // a parameter alone has no type
		around("(", ")::text")
	case pg && a.constant && a.kind == schema.JSON:
		around("(", ")::jsonb")
	case pg && a.constant && a.kind == schema.Boolean:
		around("(", ")::boolean")
	case pg && a.constant && numberRank(a.kind) > 0:
		around("(", ")::numeric")
	case pg:
		a.write(w)
	case a.kind == schema.Boolean && lite:
		around("JSON(CASE ", " WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)")
	case a.kind == schema.Boolean:
		around("JSON_EXTRACT(CASE ", " WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END, '$')")
	case a.kind == schema.JSON && lite:
		around("JSON(", ")")
	case a.kind == schema.JSON && a.constant && !w.d.MariaDB:
		around("CAST(", " AS JSON)")
	case a.kind == schema.JSON && w.d.MariaDB: // where a document is a text
		around("JSON_EXTRACT(", ", '$')")
	default:
		a.write(w)
	}
}

// uuid makes an identifier for each row. Version 7 begins with the time, moved by the argument.
func uuid(w *writer, n expr.Func, args []*rexpr) {
	switch w.d.Name {
	case "sqlite":
		if n.Name == "UUID4" {
			w.str("UUIDV4()")
			return
		}
		w.str("UUIDV7(")
		shift(w, args)
		w.str(")")
	case "postgresql":
		if n.Name == "UUID4" {
			w.str("GEN_RANDOM_UUID()")
			return
		}
		// uuidv7() came with version 18. The version's and the variant's bits of a random one are right but for the 7.
		w.str("ENCODE(SET_BIT(SET_BIT(OVERLAY(UUID_SEND(GEN_RANDOM_UUID()) PLACING SUBSTRING(INT8SEND(FLOOR(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()")
		if len(args) > 0 {
			w.str(" + (")
			args[0].write(w)
			w.str(")::interval")
		}
		w.str(") * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid")
	default:
		if w.d.MariaDB {
			w.str("CAST(")
		}
		w.str("LOWER(CONCAT(")
		if n.Name == "UUID4" {
			w.str("HEX(RANDOM_BYTES(6)), '4'")
		} else {
			w.str("LPAD(HEX(CAST(FLOOR(UNIX_TIMESTAMP(SYSDATE(6)) * 1000 + ")
			shift(w, args)
			w.str(" / 1000) AS UNSIGNED)), 12, '0'), '7'")
		}
		w.str(", SUBSTR(HEX(RANDOM_BYTES(2)), 2), HEX(128 | (ORD(RANDOM_BYTES(1)) & 63)), HEX(RANDOM_BYTES(7))))")
		if w.d.MariaDB {
			w.str(" AS UUID)")
		}
	}
}

func shift(w *writer, args []*rexpr) {
	if len(args) == 0 {
		w.str("0")
		return
	}
	args[0].write(w)
}
