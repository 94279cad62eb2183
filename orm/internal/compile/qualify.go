package compile

import (
	"fmt"
)

// emitQualified writes a query with conditions on window functions: they hold over the rows of a query inside.
func (b *builder) emitQualified(w *writer) {
	w.str("SELECT ")
	switch b.mode {
	case selectCount:
		w.str("COUNT(*)")
	case selectOne:
		w.str("1")
	default:
		for i := range b.cols {
			if i > 0 {
				w.str(", ")
			}
			w.ident("col" + fmt.Sprint(i+1))
			if b.mode == selectInside { // what stands around knows the columns by their names
				w.str(" AS ")
				w.ident(b.cols[i].name())
			}
		}
	}
	w.str(" FROM (SELECT ")
	for i, c := range b.cols {
		if i > 0 {
			w.str(", ")
		}
		if f := c.e.custom; f != nil && !f.Select.IsZero() && b.mode == selectRows {
			around(w, &f.Select, c.e.write)
		} else {
			c.e.write(w)
		}
		w.str(" AS ")
		w.ident("col" + fmt.Sprint(i+1))
	}
	if len(b.cols) > 0 {
		w.str(", ")
	}
	w.str("(")
	q := b.filters[2]
	q.sql(w)
	w.str(") AS ")
	w.ident("qualify_ok")
	for i, o := range b.order {
		if o.rand {
			continue
		}
		w.str(", ")
		o.e.write(w)
		w.str(" AS ")
		w.ident("order" + fmt.Sprint(i+1))
	}
	b.writeFrom(w)
	b.writeTail(w)
	w.str(") ")
	w.ident("qualify")
	w.str(" WHERE ")
	w.ident("qualify_ok")
	for i, o := range b.order {
		if i == 0 {
			w.str(" ORDER BY ")
		} else {
			w.str(", ")
		}
		if !o.rand {
			name := "order" + fmt.Sprint(i+1)
			o.e = &rexpr{write: func(w *writer) { w.ident(name) }}
		}
		writeOrderPart(w, o)
	}
	b.writeLimit(w, b.mode)
}
