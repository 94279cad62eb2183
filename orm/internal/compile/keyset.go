package compile

import (
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// keyset resolves the condition that a row comes after another one: (a > 1) OR (a = 1 AND (b > 2)) ... Where nulls stand is
// the database's habit, unless the order says it.
func (b *builder) keyset(n expr.Keyset, can reuse) *rexpr {
	cols := make([]*rexpr, len(n.Parts))
	values := make([]dialect.Value, len(n.Parts))
	for i, p := range n.Parts {
		cols[i] = b.resolve(p.Of, can)
		if b.err != nil {
			return &rexpr{}
		}
		values[i] = b.prepare(cols[i], expr.Gt, p.Value)
	}
	e := &rexpr{kind: schema.Boolean, kids: cols}
	e.write = func(w *writer) { writeKeyset(w, n, cols, values, 0) }
	return e
}

func writeKeyset(w *writer, n expr.Keyset, cols []*rexpr, values []dialect.Value, i int) {
	p, col, v := n.Parts[i], cols[i], values[i]
	nullsFirst := p.Nulls == "first"
	if p.Nulls == "" {
		nullsFirst = p.Desc == (w.d.Name == "postgresql") // for which nulls are the greatest values; elsewhere the least
	}
	greater := p.Desc == n.Back
	nullsAfter := nullsFirst == n.Back
	last := i == len(cols)-1
	beyond := func() {
		switch {
		case v.Kind != dialect.Null:
			if nullsAfter && col.nullable {
				w.str("(")
			}
			col.write(w)
			if greater {
				w.str(" > ")
			} else {
				w.str(" < ")
			}
			w.arg(v)
			if nullsAfter && col.nullable {
				w.str(" OR ")
				col.write(w)
				w.str(" IS NULL)")
			}
		case nullsAfter: // nothing comes after the nulls
			w.str("1 = 0")
		default:
			col.write(w)
			w.str(" IS NOT NULL")
		}
	}
	if last {
		beyond()
		return
	}
	w.str("(")
	beyond()
	w.str(" OR (")
	col.write(w)
	if v.Kind == dialect.Null {
		w.str(" IS NULL")
	} else {
		w.str(" = ")
		w.arg(v)
	}
	w.str(" AND ")
	writeKeyset(w, n, cols, values, i+1)
	w.str("))")
}
