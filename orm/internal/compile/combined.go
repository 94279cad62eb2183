package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
)

// prepareCombined resolves a union, intersection or difference.
func (b *builder) prepareCombined(mode selectMode) {
	for i, q := range b.q.Combined.Queries {
		part := *q
		if b.q.Values != nil && part.Values == nil {
			part.Values = b.q.Values
		}
		sub := b.c.builder(&part, b.outer)
		sub.depth, sub.top = b.depth, b.top
		if err := b.sameDatabase(&part); err != nil {
			b.fail(err)
			return
		}
		sub.prepareSelect(selectInside)
		if sub.err != nil {
			b.fail(sub.err)
			return
		}
		if i > 0 && len(sub.cols) != len(b.combined[0].cols) {
			b.fail(fmt.Errorf("orm: the queries of a %s have %d and %d columns", b.q.Combined.Op, len(b.combined[0].cols), len(sub.cols)))
			return
		}
		b.combined = append(b.combined, sub)
	}
	if len(b.combined) == 0 {
		b.fail(fmt.Errorf("orm: a combined query needs parts"))
		return
	}
	b.layout = b.combined[0].layout
	b.cols = b.combined[0].cols
	b.annots = map[string]*rexpr{}
	if b.q.Values != nil && b.q.Combined.Queries[0].Values != nil {
		b.chooseCombined(mode)
	}
}

// chooseCombined leaves some columns of a combined result, in another order: those that ValuesByName names after its parts
// were given theirs. Rows are read so; a query around it needs them so.
func (b *builder) chooseCombined(mode selectMode) {
	all := b.layout
	chosen := &Layout{Model: all.Model, Fields: all.Fields, Width: all.Width}
	var cols []column
	for _, v := range b.q.Values {
		name, plain := v.Node.(expr.Name)
		at := slices.IndexFunc(all.Annotations, func(o Output) bool { return o.Name == name.Name })
		if !plain || at < 0 {
			names := make([]string, len(all.Annotations))
			for i, o := range all.Annotations {
				names[i] = o.Name
			}
			b.fail(&FieldError{Name: v.Name, Reason: fmt.Sprintf("%q is no column of the %s, whose parts have %s (choose the columns of the parts, or Wrap the query)", v.Name, b.q.Combined.Op, strings.Join(names, ", "))})
			return
		}
		out := all.Annotations[at]
		chosen.Annotations = append(chosen.Annotations, out)
		cols = append(cols, b.cols[out.Col:out.Col+max(1, len(out.Parts))]...)
	}
	if mode != selectRows && !slices.EqualFunc(b.cols, cols, func(x, y column) bool { return x.name() == y.name() }) {
		b.reordered = cols
	}
	b.layout = chosen
}

func (b *builder) emitCombined(w *writer) {
	words := map[string]string{"union": " UNION ", "union all": " UNION ALL ", "intersect": " INTERSECT ", "except": " EXCEPT "}
	if cols := b.reordered; cols != nil && b.mode != selectCount && b.mode != selectOne {
		w.str("SELECT ")
		for i, c := range cols {
			if i > 0 {
				w.str(", ")
			}
			w.ident(c.name())
		}
		w.str(" FROM (")
		defer func() {
			w.str(") ")
			w.ident("combined")
		}()
	}
	counting := b.mode == selectCount || b.mode == selectOne
	if counting {
		if b.mode == selectCount {
			w.str("SELECT COUNT(*) FROM (")
		} else {
			w.str("SELECT 1 FROM (")
		}
	}
	first := true
	for i, sub := range b.combined {
		if sub.empty {
			// An empty part adds nothing to a union and takes nothing away.
			if b.q.Combined.Op != "intersect" && (i > 0 || b.q.Combined.Op != "except") && len(b.combined) > 1 && !(first && i == len(b.combined)-1) {
				continue
			}
		}
		if !first {
			w.str(words[b.q.Combined.Op])
		}
		first = false
		if sub.q.Sliced || sub.combined != nil {
			w.str("SELECT * FROM (")
			sub.emit(w)
			w.str(")")
			w.str(" ")
			w.ident("part")
			continue
		}
		sub.emit(w)
	}
	if counting {
		w.str(") ")
		w.ident("combined")
		if b.mode == selectOne {
			w.str(" LIMIT 1")
		}
		return
	}
	b.writeCombinedOrder(w)
	b.writeLimit(w, b.mode)
}

// writeCombinedOrder orders a combined result by the positions of its columns: by the query's order, or else the model's.
func (b *builder) writeCombinedOrder(w *writer) {
	q := b.q
	order := q.Order
	if !q.Ordered {
		if b.mode != selectRows {
			return
		}
		list, err := b.model.Ordering()
		if err != nil {
			b.fail(err)
		}
		for _, o := range list {
			part := expr.Order{Desc: o.Desc, Nulls: o.Nulls}
			if by, ok := o.By.(expr.Order); ok {
				part = by
			} else if len(o.Steps) == 0 {
				part.Name = o.Field.S.Name
			}
			order = append(order, part)
		}
	}
	for i, o := range order {
		name, desc := o.Name, o.Desc
		if o.Path != nil {
			if steps, f, err := o.Path.Resolve(); err == nil && len(steps) == 0 {
				name = f.S.Name
			}
		}
		if len(name) > 0 && name[0] == '-' {
			name, desc = name[1:], !desc
		}
		if name == "pk" && len(b.model.Key) > 1 {
			b.fail(fmt.Errorf("orm: a %s is ordered by columns of its result: name those of the key of %s", q.Combined.Op, b.model.GoName()))
			return
		}
		at := b.position(name)
		if at == 0 {
			b.fail(fmt.Errorf("orm: a %s can be ordered by columns of its result only, which %s is not (Wrap the query to order by anything, OrderBy() for no order)", q.Combined.Op, orderName(o)))
			return
		}
		nulls := o.Nulls
		if q.Reverse {
			desc = !desc
			switch nulls {
			case "first":
				nulls = "last"
			case "last":
				nulls = "first"
			}
		}
		if i == 0 {
			w.str(" ORDER BY ")
		} else {
			w.str(", ")
		}
		text := fmt.Sprint(at)
		if nulls != "" && !w.d.NullsFirstLast {
			b.fail(fmt.Errorf("orm: a %s cannot place nulls in its order on %s (Wrap the query)", q.Combined.Op, w.d.Name))
			return
		}
		writeOrderPart(w, rorder{e: &rexpr{write: func(w *writer) { w.str(text) }}, desc: desc, nulls: nulls})
	}
}

func orderName(o expr.Order) string {
	switch {
	case o.Path != nil:
		return o.Path.String()
	case o.Name != "":
		return fmt.Sprintf("%q", o.Name)
	}
	return "an expression"
}

// position finds a column of the result by name, counted from 1.
func (b *builder) position(name string) int {
	layout := b.combined[0].layout
	for i, o := range layout.Annotations {
		if o.Name == name {
			return o.Col + 1
		}
		if n, ok := b.combined[0].q.Values, true; ok && i < len(n) {
			if nn, isName := n[i].Node.(expr.Name); isName && nn.Name == name {
				return o.Col + 1
			}
		}
	}
	if name == "pk" && b.model.PK != nil {
		name = b.model.PK.S.Name
	}
	for i, f := range layout.Fields {
		if f.S.Name == name || f.Column == name {
			return i + 1
		}
	}
	return 0
}
