package compile

import (
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// derived is an expression made of others.
func derived(kind schema.Kind, parts ...*rexpr) *rexpr {
	e := &rexpr{kind: kind, kids: parts, constant: len(parts) > 0}
	for _, p := range parts {
		e.agg = e.agg || p.agg
		e.window = e.window || p.window
		e.nullable = e.nullable || p.nullable
		e.constant = e.constant && p.constant
	}
	return e
}

func call(w *writer, name string, args ...*rexpr) {
	w.str(name)
	w.str("(")
	for i, a := range args {
		if i > 0 {
			w.str(", ")
		}
		a.write(w)
	}
	w.str(")")
}

// subquery resolves a query inside an expression.
func (b *builder) subquery(n expr.Subquery) *rexpr {
	sub := b.c.builder(n.Query, b)
	sub.prepareSelect(selectValue)
	if sub.err != nil {
		b.fail(sub.err)
		return &rexpr{}
	}
	e := &rexpr{kind: n.Out, nullable: true, subquery: true, sub: sub, external: &sub.external}
	if e.kind == schema.Invalid && len(sub.cols) == 1 {
		e.kind = sub.cols[0].e.kind
	}
	e.write = func(w *writer) {
		w.str("(")
		sub.emit(w)
		w.str(")")
	}
	return e
}

func (b *builder) exists(n expr.Exists) *rexpr {
	sub := b.c.builder(n.Query, b)
	sub.prepareSelect(selectOne)
	if sub.err != nil {
		b.fail(sub.err)
		return &rexpr{}
	}
	e := &rexpr{kind: schema.Boolean, external: &sub.external}
	if sub.empty {
		e.known = alwaysFalse
	}
	e.write = func(w *writer) {
		w.str("EXISTS(")
		sub.emit(w)
		w.str(")")
	}
	return e
}
