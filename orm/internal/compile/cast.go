package compile

import (
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// cast resolves CAST(x AS type).
func (b *builder) cast(n expr.Cast, can reuse) *rexpr {
	of := b.resolve(n.Of, can)
	if b.err != nil {
		return &rexpr{}
	}
	e := derived(n.To.Kind, of)
	typ := b.c.D.ColumnType(&n.To, nil)
	e.write = func(w *writer) {
		if w.d.Name == "mysql" {
			mysqlCast(w, of, &n.To)
			return
		}
		if w.d.Name == "sqlite" {
			switch n.To.Kind {
			case schema.DateTime:
				w.buf = append(w.buf, "strftime('%Y-%m-%d %H:%M:%f', "...)
				of.write(w)
				w.str(")")
				return
			case schema.Time:
				w.str("strftime('%H:%M:%f', ")
				of.write(w)
				w.str(")")
				return
			case schema.Date:
				w.str("date(")
				of.write(w)
				w.str(")")
				return
			case schema.Decimal:
				typ = "NUMERIC"
			}
		}
		w.str("CAST(")
		of.write(w)
		w.str(" AS " + typ + ")")
	}
	return e
}
