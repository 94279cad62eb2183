package compile

import (
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// writeStored writes a value in its stored form, inside of what its column's codec puts around it.
func writeStored(w *writer, c *plan.Custom, v dialect.Value) {
	if !c.Wrapped() {
		w.arg(v)
		return
	}
	around(w, &c.Placeholder, func(w *writer) { w.arg(v) })
}

// around writes a text of one argument.
func around(w *writer, text *schema.SQL, arg func(w *writer)) {
	own, ok := text.On(w.d.Name, w.d.MariaDB)
	if !ok {
		arg(w)
		return
	}
	var c expr.Custom
	_ = c.Walk(own, w.str, func(int) { arg(w) }) // the text was checked
}

// AppendStored appends the n-th parameter of a statement for a column's value.
func AppendStored(b []byte, d *dialect.Dialect, f *plan.Field, n int) []byte {
	if !f.Custom.Wrapped() {
		return d.AppendParam(b, n)
	}
	w := &writer{d: d, buf: b}
	around(w, &f.Custom.Placeholder, func(w *writer) { w.buf = d.AppendParam(w.buf, n) })
	return w.buf
}
