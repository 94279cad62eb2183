package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// function resolves a function of the database by Django's name of it.
func (b *builder) function(n expr.Func, can reuse) *rexpr {
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
	f, ok := functions[n.Name]
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
	e.write = func(w *writer) {
		if f.write != nil {
			f.write(w, n, args)
			return
		}
		call(w, f.sql, args...)
	}
	return e
}

// form is how a function is written.
type form struct {
	sql   string
	out   schema.Kind
	write func(w *writer, n expr.Func, args []*rexpr)
}

func simple(sql string, out schema.Kind) form { return form{sql: sql, out: out} }

// functions are those that every database has in one form or another.
var functions = map[string]form{
	"Lower": simple("LOWER", schema.Text), "Upper": simple("UPPER", schema.Text), "Length": simple("LENGTH", schema.Integer),
	"Coalesce": simple("COALESCE", schema.Invalid), "NullIf": simple("NULLIF", schema.Invalid), "Abs": simple("ABS", schema.Invalid),
	"Now": {out: schema.DateTime, write: func(w *writer, _ expr.Func, _ []*rexpr) {
		switch w.d.Name {
		case "sqlite":
			w.str("STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')")
		case "postgresql":
			w.str("STATEMENT_TIMESTAMP()")
		default:
			w.str("CURRENT_TIMESTAMP(6)")
		}
	}},
}
