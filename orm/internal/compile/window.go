package compile

import (
	"cmp"
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
)

// window resolves fn() OVER (...).
func (b *builder) window(n *expr.Window, can reuse) *rexpr {
	if err := checkWindow(b.c.D, n); err != nil {
		b.fail(err)
		return &rexpr{}
	}
	var of *rexpr
	if f, ok := n.Of.(expr.Func); ok && b.c.D.MariaDB && len(f.Args) == 3 && (f.Name == "Lag" || f.Name == "Lead") {
		of = b.mysqlNeighbour(f, can)
	} else {
		b.over = true
		of = b.resolve(n.Of, can)
		b.over = false
	}
	var parts []*rexpr
	for _, p := range n.Partition {
		parts = append(parts, b.resolve(p, can))
	}
	var order []rorder
	for _, o := range n.Order {
		order = append(order, b.innerOrder(o)...)
	}
	if b.err != nil {
		return &rexpr{}
	}
	if n.Frame != nil && n.Frame.Range && (offset(n.Frame.Start) || offset(n.Frame.End)) {
		if order = b.rangeOrder(n.Frame, order); b.err != nil {
			return &rexpr{}
		}
	}
	e := &rexpr{kind: of.kind, window: true, nullable: true, custom: of.custom, kids: append([]*rexpr{}, parts...)}
	if of.isAgg {
		e.kids = append(e.kids, of.kids...)
	}
	for _, o := range order {
		if o.e != nil {
			e.kids = append(e.kids, o.e)
		}
	}
	over := func(w *writer) { writeOver(w, parts, order, n.Frame) }
	e.write = func(w *writer) {
		if of.over != nil {
			of.over(w, over)
			return
		}
		of.write(w)
		over(w)
	}
	return e
}

func writeOver(w *writer, parts []*rexpr, order []rorder, frame *expr.Frame) {
	w.str(" OVER (")
	for i, p := range parts {
		if i == 0 {
			w.str("PARTITION BY ")
		} else {
			w.str(", ")
		}
		p.write(w)
	}
	if len(order) > 0 {
		if len(parts) > 0 {
			w.str(" ")
		}
		w.str("ORDER BY ")
		for i, o := range order {
			if i > 0 {
				w.str(", ")
			}
			if o.e != nil && o.e.name != "" { // an alias of the same SELECT is not known in OVER
				plain := *o.e
				plain.name = ""
				o.e = &plain
			}
			writeOrderPart(w, o)
		}
	}
	if frame != nil {
		w.str(frameSQL(w.d, frame))
	}
	w.str(")")
}

// checkWindow refuses what is no window function, and frames that a database does not have.
func checkWindow(d *dialect.Dialect, n *expr.Window) error {
	inner := n.Of
	if t, ok := inner.(expr.Typed); ok {
		inner = t.Of
	}
	switch of := inner.(type) {
	case *expr.Aggregate:
		if of.Distinct || len(of.OrderBy) > 0 {
			return fmt.Errorf("orm: %s with Distinct or an order of its own cannot be computed over a window", of.Name)
		}
	case expr.Func:
		if !isWindowFunction(of.Name) {
			return fmt.Errorf("orm: %s is no window function: it has nothing to do with other rows (call Over on an aggregate, Rank, Lag ...)", of.Name)
		}
	case expr.Pred:
		return cmp.Or(of.Err, fmt.Errorf("orm: Over is for aggregates and window functions"))
	case expr.Call, expr.Raw:
	default:
		return fmt.Errorf("orm: Over is for aggregates and window functions")
	}
	f := n.Frame
	if f == nil {
		return nil
	}
	switch {
	case f.Exclude != "" && d.Name == "mysql":
		return fmt.Errorf("orm: frames that exclude rows are not supported by %s", d.Name)
	case f.Exclude != "" && !isExclusion(f.Exclude):
		return fmt.Errorf("orm: a frame cannot exclude %q", f.Exclude)
	case f.Start != nil && f.End != nil && *f.Start > *f.End:
		return fmt.Errorf("orm: the frame begins at %d, after its end at %d", *f.Start, *f.End)
	case f.Range && (offset(f.Start) || offset(f.End)) && len(n.Order) != 1:
		return fmt.Errorf("orm: a range of values needs an order by one expression, not by %d", len(n.Order))
	}
	return nil
}

func offset(n *int) bool { return n != nil && *n != 0 }

func isExclusion(s string) bool {
	return s == "CURRENT ROW" || s == "GROUP" || s == "TIES" || s == "NO OTHERS"
}

func isWindowFunction(name string) bool {
	switch name {
	case "RowNumber", "Rank", "DenseRank", "Ntile", "PercentRank", "CumeDist", "Lag", "Lead", "FirstValue", "LastValue", "NthValue":
		return true
	}
	return false
}
