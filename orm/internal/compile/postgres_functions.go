package compile

import (
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// postgresFunction writes the functions whose arguments PostgreSQL takes more strictly than others. It reports false for
// those that are written as everywhere.
//
// Django 6.1 django/db/models/functions/{math,text,json}.py as_postgresql.
func postgresFunction(w *writer, n expr.Func, args []*rexpr) bool {
	switch n.Name {
	case "Round", "Mod", "Log":
		if n.Name != "Round" || len(args) > 0 && args[0].kind == schema.Float {
			castCall(w, strings.ToUpper(n.Name), args, func(i int, a *rexpr) string {
				switch {
				case n.Name == "Round" && i > 0:
					return "::integer"
				case a.kind == schema.Float:
					return "::numeric"
				}
				return ""
			})
			return true
		}
		return false
	case "Left", "Right", "Repeat", "Chr", "Substr", "LPad", "RPad":
		word := strings.ToUpper(n.Name)
		if n.Name == "Substr" {
			word = "SUBSTRING"
		}
		castCall(w, word, args, func(i int, a *rexpr) string {
			if a.kind.IsInteger() && (i > 0 || n.Name == "Chr") {
				return "::integer"
			}
			return ""
		})
		return true
	case "SHA224", "SHA256", "SHA384", "SHA512":
		w.str("ENCODE(" + n.Name + "(CONVERT_TO((")
		args[0].write(w)
		w.str(")::text, 'UTF8')), 'hex')")
		return true
	case "SHA1": // of the extension pgcrypto, as in Django
		w.str("ENCODE(DIGEST((")
		args[0].write(w)
		w.str(")::text, 'sha1'), 'hex')")
		return true
	}
	return false
}

// castCall writes a call with casts behind its arguments.
func castCall(w *writer, word string, args []*rexpr, cast func(i int, a *rexpr) string) {
	w.str(word + "(")
	for i, a := range args {
		if i > 0 {
			w.str(", ")
		}
		suffix := cast(i, a)
		if suffix != "" {
			w.str("(")
		}
		a.write(w)
		if suffix != "" {
			w.str(")" + suffix)
		}
	}
	w.str(")")
}
