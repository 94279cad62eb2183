package compile

import (
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// function resolves a function of the database by Django's name of it.
func (b *builder) function(n expr.Func, can reuse) *rexpr {
	over := b.over
	b.over = false
	if isWindowFunction(n.Name) && !over {
		b.fail(&FieldError{Name: n.Name, Reason: fmt.Sprintf("%s is a window function (say which rows it looks at: Over)", n.Name)})
		return &rexpr{}
	}
	args := make([]*rexpr, len(n.Args))
	for i, a := range n.Args {
		args[i] = b.resolve(a, can)
	}
	if b.err != nil {
		return &rexpr{}
	}
	e := derived(n.Out, args...)
	if len(args) == 0 {
		e.constant = true
	}
	if part, ok := strings.CutPrefix(n.Name, "Extract"); ok && len(args) == 1 {
		return b.transformIn(args[0], extractName(part, n.Unit), n.Zone)
	}
	if (n.Name == "TruncDate" || n.Name == "TruncTime") && len(args) == 1 {
		return b.transformIn(args[0], strings.ToLower(n.Name[5:]), n.Zone)
	}
	if unit, ok := strings.CutPrefix(n.Name, "Trunc"); ok && len(args) == 1 {
		return b.trunc(args[0], orText(n.Unit, strings.ToLower(unit)), n.Out, n.Zone)
	}
	if err := checkFunction(b.c.D, n); err != nil {
		b.fail(err)
		return &rexpr{}
	}
	f, ok := formOf(n.Name)
	if !ok {
		b.fail(fmt.Errorf("orm: unknown function %q", n.Name))
		return &rexpr{}
	}
	if e.kind == schema.Invalid {
		e.kind = f.out
	}
	if e.kind == schema.Invalid && len(args) > 0 {
		e.kind = plainInteger(args[0].kind)
	}
	switch n.Name {
	case "Power", "Mod", "Sqrt", "Ln", "Log", "Exp": // exact where an argument is
		for _, a := range args {
			if a.kind == schema.Decimal && n.Out == schema.Invalid {
				e.kind = schema.Decimal
			}
		}
	case "Coalesce", "NullIf", "Greatest", "Least", "Lag", "Lead", "FirstValue", "LastValue", "NthValue":
		e.custom = args[0].custom
	}
	e.write = func(w *writer) {
		if w.d.Name == "postgresql" && postgresFunction(w, n, args) {
			return
		}
		if w.d.Name == "mysql" && mysqlCall(w, n.Name, args) {
			return
		}
		if f.write != nil {
			f.write(w, n, args)
			return
		}
		call(w, f.sql, args...)
	}
	return e
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// extractName turns ExtractIsoWeekDay's end into iso_week_day.
func extractName(part, unit string) string {
	if part == "" {
		return unit
	}
	var b strings.Builder
	for i, r := range part {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// trunc cuts a date or moment to a unit. Out may ask for a date of a moment.
func (b *builder) trunc(of *rexpr, unit string, out schema.Kind, zone string) *rexpr {
	source := of.kind
	if !source.IsTemporal() {
		b.fail(&FieldError{Name: unit, Reason: fmt.Sprintf("Trunc needs a date or moment, not a %s", source)})
		return &rexpr{}
	}
	switch unit {
	case "year", "quarter", "month", "week", "day", "hour", "minute", "second":
	default:
		b.fail(&FieldError{Name: unit, Reason: fmt.Sprintf("unknown unit %q", unit)})
		return &rexpr{}
	}
	if source == schema.Date && (out == schema.DateTime || out == schema.Time || unit == "hour" || unit == "minute" || unit == "second") {
		b.fail(&FieldError{Name: unit, Reason: "a date cannot be cut to a time"})
		return &rexpr{}
	}
	if err := checkZone(zone); err != nil {
		b.fail(err)
		return &rexpr{}
	}
	if out == schema.Invalid {
		out = source
	}
	e := derived(out, of)
	zone = orText(zone, b.c.Zone)
	cutAs := source
	if out == schema.Date {
		cutAs = schema.Date
	}
	cut := func(w *writer) { w.buf = w.d.Trunc(w.buf, unit, cutAs, zone, w.capture(of.write)) }
	e.write = cut
	if source == schema.DateTime && cutAs == schema.DateTime && !keptAsShown(b.c.D, zone) {
		e.write = func(w *writer) { writeMoment(w, cut, zone) }
	}
	return e
}

// keptAsShown says that what a clock in a zone shows is how the database keeps the moment.
func keptAsShown(d *dialect.Dialect, zone string) bool {
	if d.Zone != "" && d.Name == "postgresql" {
		return false // it would take the time for one of its session's zone
	}
	return orText(zone, "UTC") == orText(d.Zone, "UTC")
}

// writeMoment turns what a clock in a zone shows into the moment at which it shows that.
func writeMoment(w *writer, shown func(w *writer), zone string) {
	quoted := func(zone string) string {
		return "'" + strings.NewReplacer("'", "", `\`, "", "\x00", "").Replace(orText(zone, "UTC")) + "'"
	}
	switch w.d.Name {
	case "postgresql":
		w.str("(")
		shown(w)
		w.str(" AT TIME ZONE " + quoted(zone) + ")")
	case "mysql":
		w.str("CONVERT_TZ(")
		shown(w)
		w.str(", " + dialect.MySQLZone(zone) + ", " + dialect.MySQLZone(w.d.Zone) + ")")
	default:
		w.str("nuages_moment(")
		shown(w)
		w.str(", " + quoted(zone) + ", " + quoted(w.d.Zone) + ")")
	}
}

// form is how a function is written.
type form struct {
	sql   string
	out   schema.Kind
	write func(w *writer, n expr.Func, args []*rexpr)
}

// formOf finds a function that every database has in one form or another.
func formOf(name string) (form, bool) {
	switch name {
	case "Replace", "LPad", "RPad":
		return form{sql: strings.ToUpper(name), out: schema.Text, write: threeTexts}, true
	case "Lower", "Upper", "Trim", "LTrim", "RTrim", "Reverse", "Repeat", "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512":
		return form{sql: strings.ToUpper(name), out: schema.Text}, true
	case "Length":
		return form{sql: "LENGTH", out: schema.Integer}, true
	case "Coalesce", "NullIf", "Abs":
		return form{sql: strings.ToUpper(name)}, true
	case "Round":
		return form{sql: "ROUND", write: round}, true
	case "ACos", "ASin", "ATan", "ATan2", "Cos", "Cot", "Degrees", "Exp", "Ln", "Pi", "Radians", "Sin", "Sqrt", "Tan", "Mod", "Power", "Log":
		return form{sql: strings.ToUpper(name), out: schema.Float}, true
	case "Ceil":
		return form{sql: "CEILING"}, true
	case "Floor", "Sign":
		return form{sql: strings.ToUpper(name)}, true
	case "Random":
		return form{sql: "RANDOM", out: schema.Float, write: vendor("RAND", "RANDOM", "RAND")}, true
	case "Greatest", "Least":
		return form{write: extreme(name)}, true
	case "Concat":
		return form{out: schema.Text, write: concat}, true
	case "Substr", "Left", "Right":
		return form{out: schema.Text, write: substring}, true
	case "StrIndex":
		return form{out: schema.Integer, write: vendor("INSTR", "STRPOS", "INSTR")}, true
	case "Ord":
		return form{out: schema.Integer, write: vendor("UNICODE", "ASCII", "ORD")}, true
	case "Chr":
		return form{out: schema.Text, write: vendor("CHAR", "CHR", "CHAR")}, true
	case "JSONObject", "JSONArray":
		return form{out: schema.JSON, write: buildJSON}, true
	case "UUID4", "UUID7":
		return form{out: schema.UUID, write: uuid}, true
	case "Collate":
		return form{out: schema.Text, write: collate}, true
	case "RowNumber", "Rank", "DenseRank", "Ntile":
		return form{sql: sqlName(name), out: schema.Integer}, true
	case "PercentRank", "CumeDist":
		return form{sql: sqlName(name), out: schema.Float}, true
	case "Lag", "Lead", "FirstValue", "LastValue", "NthValue":
		return form{sql: sqlName(name)}, true
	case "Now":
		return form{out: schema.DateTime, write: now}, true
	}
	return form{}, false
}

// sqlName turns FirstValue into FIRST_VALUE.
func sqlName(name string) string { return strings.ToUpper(extractName(name, "")) }

func now(w *writer, _ expr.Func, _ []*rexpr) {
	switch w.d.Name {
	case "sqlite":
		utc := func(w *writer) { w.str("STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')") }
		if w.d.Zone != "" {
			writeMoment(w, utc, "")
			return
		}
		utc(w)
	case "postgresql":
		w.str("STATEMENT_TIMESTAMP()")
	default:
		w.str("CURRENT_TIMESTAMP(6)")
	}
}

// vendor writes a call under the name that the database has for it.
func vendor(sqlite, postgres, mysql string) func(w *writer, n expr.Func, args []*rexpr) {
	return func(w *writer, _ expr.Func, args []*rexpr) {
		switch w.d.Name {
		case "sqlite":
			call(w, sqlite, args...)
		case "postgresql":
			call(w, postgres, args...)
		default:
			call(w, mysql, args...)
		}
	}
}

// extreme writes GREATEST or LEAST; SQLite's MAX and MIN with several arguments are null if one of them is.
func extreme(name string) func(w *writer, n expr.Func, args []*rexpr) {
	sqlite := "MAX"
	if name == "Least" {
		sqlite = "MIN"
	}
	return vendor(sqlite, strings.ToUpper(name), strings.ToUpper(name))
}

// concat joins texts; a null counts as empty.
func concat(w *writer, _ expr.Func, args []*rexpr) {
	w.str("(")
	for i, a := range args {
		if i > 0 {
			w.str(" || ")
		}
		w.str("COALESCE(")
		if !a.kind.IsText() && w.d.Name == "postgresql" {
			w.str("(")
			a.write(w)
			w.str(")::text")
		} else {
			a.write(w)
		}
		w.str(", '')")
	}
	w.str(")")
}

func substring(w *writer, n expr.Func, args []*rexpr) {
	word := "SUBSTRING"
	if w.d.Name == "sqlite" {
		word = "SUBSTR"
	}
	switch n.Name {
	case "Left":
		one := &rexpr{write: func(w *writer) { w.arg(dialect.IntValue(1)) }}
		call(w, word, args[0], one, args[1])
	case "Right":
		w.str(word + "(")
		args[0].write(w)
		w.str(", ")
		args[1].write(w)
		w.str(" * -1)")
	default:
		call(w, word, args...)
	}
}
