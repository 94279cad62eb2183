package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

func numberRank(k schema.Kind) int {
	switch {
	case k.IsInteger():
		return 1
	case k == schema.Decimal:
		return 2
	case k == schema.Float:
		return 3
	}
	return 0
}

// binary resolves arithmetic. Out is what it gives; otherwise that follows from the parts, as in Django.
func (b *builder) binary(n expr.Binary, out schema.Kind, can reuse) *rexpr {
	before := b.mixes
	b.mixes = before || out != schema.Invalid
	l, r := b.resolve(n.Left, can), b.resolve(n.Right, can)
	b.mixes = before
	if b.err != nil {
		return &rexpr{}
	}
	kind, ok := binaryKind(n.Op, l, r)
	switch {
	case out != schema.Invalid:
		kind, ok = out, true
	case !ok && b.mixes && numberRank(l.kind) > 0 && numberRank(r.kind) > 0: // a part of what is typed
		kind, ok = schema.Float, true
	}
	if !ok {
		b.fail(&FieldError{Name: n.Op, Reason: fmt.Sprintf("expression mixes %s and %s (say what it gives with orm.Typed)", l.kind, r.kind)})
		return &rexpr{}
	}
	if isBitwise(n.Op) && (!l.kind.IsInteger() || !r.kind.IsInteger()) && l.kind != schema.Invalid && r.kind != schema.Invalid {
		b.fail(&FieldError{Name: n.Op, Reason: fmt.Sprintf("bits are those of whole numbers, not of %s and %s", l.kind, r.kind)})
		return &rexpr{}
	}
	e := derived(kind, l, r)
	e.write = func(w *writer) { writeBinary(w, n.Op, kind, l, r) }
	return e
}

func isBitwise(op string) bool {
	switch op {
	case "&", "|", "#", "<<", ">>":
		return true
	}
	return false
}

// binaryKind is what an operation gives. Django 6.1 django/db/models/expressions.py _connector_combinations.
func binaryKind(op string, l, r *rexpr) (schema.Kind, bool) {
	lr, rr := numberRank(l.kind), numberRank(r.kind)
	switch {
	case lr > 0 && rr > 0:
		if lr+rr == 5 { // a decimal and a float: exact or not?
			return schema.Invalid, false
		}
		if lr >= rr {
			return plainInteger(l.kind), true
		}
		return plainInteger(r.kind), true
	case op == "-" && l.kind.IsTemporal() && l.kind == r.kind:
		return schema.Duration, true
	case l.kind.IsTemporal() && r.kind == schema.Duration:
		if l.kind == schema.Date {
			return schema.DateTime, true
		}
		return l.kind, true
	case l.kind == schema.Duration && r.kind.IsTemporal() && op == "+":
		return r.kind, true
	case l.kind == schema.Duration && rr > 0, l.kind == r.kind, r.kind == schema.Invalid:
		return l.kind, true
	case l.kind.IsText() && r.kind.IsText():
		return l.kind, true
	}
	return schema.Invalid, false
}

func plainInteger(k schema.Kind) schema.Kind {
	if k.IsAuto() {
		return schema.BigInteger
	}
	return k
}

// writeBinary writes an operation so that it gives the same on each database.
func writeBinary(w *writer, op string, kind schema.Kind, l, r *rexpr) {
	temporal := (l.kind.IsTemporal() || r.kind.IsTemporal()) && (op == "+" || op == "-")
	switch {
	case w.d.Name == "postgresql" && op == "-" && l.kind == schema.Date && r.kind == schema.Date:
		postgresDateDiff(w, l, r)
	case w.d.Name == "sqlite" && temporal:
		sqliteTimeArithmetic(w, op, l, r)
	case w.d.Name == "mysql" && temporal:
		mysqlTimeArithmetic(w, op, l, r)
	case op == "^":
		writePower(w, kind, l, r)
	case op == "%":
		writeModulo(w, l, r)
	case isBitwise(op):
		writeBits(w, op, l, r)
	case op == "/" && w.d.Name == "mysql" && l.kind.IsInteger() && r.kind.IsInteger():
		infix(w, l, "DIV", r) // whole, as on the other databases
	default:
		infix(w, l, op, r)
	}
}

func infix(w *writer, l *rexpr, op string, r *rexpr) {
	w.str("(")
	writeOperand(w, l)
	w.str(" " + op + " ")
	writeOperand(w, r)
	w.str(")")
}

// writeOperand writes a part of arithmetic. MySQL computes with its columns without a sign so that a result below zero is an
// error; elsewhere it is a number.
func writeOperand(w *writer, e *rexpr) {
	if w.d.Name == "mysql" && e.column != "" && (e.kind == schema.PositiveInteger || e.kind == schema.PositiveSmallInteger) {
		w.str("CAST(")
		e.write(w)
		w.str(" AS SIGNED)")
		return
	}
	e.write(w)
}

// writePower gives a whole number of whole numbers; the databases' POWER gives a float.
func writePower(w *writer, kind schema.Kind, l, r *rexpr) {
	if !kind.IsInteger() {
		call(w, "POWER", l, r)
		return
	}
	switch w.d.Name {
	case "postgresql":
		w.str("TRUNC(POWER((")
		l.write(w)
		w.str(")::numeric, (")
		r.write(w)
		w.str(")::numeric))::bigint")
	case "mysql":
		w.str("CAST(TRUNCATE(")
		call(w, "POWER", l, r)
		w.str(", 0) AS SIGNED)")
	default:
		w.str("CAST(")
		call(w, "POWER", l, r)
		w.str(" AS INTEGER)")
	}
}

// writeModulo takes the rest of a division: SQLite's % knows whole numbers only, PostgreSQL's no floats.
func writeModulo(w *writer, l, r *rexpr) {
	whole := l.kind.IsInteger() && r.kind.IsInteger()
	switch {
	case w.d.Name == "sqlite" && !whole:
		call(w, "MOD", l, r)
	case w.d.Name == "postgresql" && (l.kind == schema.Float || r.kind == schema.Float):
		w.str("MOD((")
		l.write(w)
		w.str(")::numeric, (")
		r.write(w)
		w.str(")::numeric)::double precision")
	default:
		infix(w, l, "%", r)
	}
}

// writeBits computes with 64 bits and a sign, as SQLite does: MySQL's have no sign, PostgreSQL's are those of the column.
func writeBits(w *writer, op string, l, r *rexpr) {
	shift := op == "<<" || op == ">>"
	switch w.d.Name {
	case "postgresql":
		w.str("((")
		l.write(w)
		w.str(")::bigint " + op + " (")
		r.write(w)
		if shift {
			w.str(")::integer)")
		} else {
			w.str(")::bigint)")
		}
	case "mysql":
		if op == ">>" { // the sign comes in from the left
			w.str("CASE WHEN ")
			l.write(w)
			w.str(" < 0 THEN CAST(~(~CAST(")
			l.write(w)
			w.str(" AS SIGNED) >> ")
			r.write(w)
			w.str(") AS SIGNED) ELSE CAST(")
			infix(w, l, ">>", r)
			w.str(" AS SIGNED) END")
			return
		}
		if op == "#" {
			op = "^"
		}
		w.str("CAST(")
		infix(w, l, op, r)
		w.str(" AS SIGNED)")
	default:
		if op == "#" {
			call(w, "BITXOR", l, r)
			return
		}
		infix(w, l, op, r)
	}
}

func sqliteTimeArithmetic(w *writer, op string, l, r *rexpr) {
	switch {
	case l.kind == r.kind && l.kind == schema.Time:
		call(w, "django_time_diff", l, r)
	case l.kind == r.kind:
		call(w, "django_timestamp_diff", l, r)
	default:
		w.str("django_format_dtdelta('" + op + "', ")
		l.write(w)
		w.str(", ")
		r.write(w)
		w.str(")")
	}
}
