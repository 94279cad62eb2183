package compile

import (
	"fmt"
	"strconv"

	"github.com/nuages-go/nuages/orm/expr"
)

// subqueryName is what the rows of an inner query are called.
const subqueryName = "subquery"

// aggregateOver compiles aggregates over the rows of a query, which stands in brackets: SELECT SUM(subquery.x) FROM (...).
func (c *Compiler) aggregateOver(b *builder, aggs []expr.Annotation) (*Statement, error) {
	b.prepareSelect(selectInside)
	if b.err != nil {
		return nil, b.err
	}
	out := &builder{c: c, q: &expr.Query{Model: b.model}, model: b.model, annots: map[string]*rexpr{}, through: b, earlier: map[string]*rexpr{}}
	out.aliases = []*alias{{name: subqueryName, table: subqueryName, base: true, model: b.model, refs: 1}}
	out.used = map[string]bool{}
	out.top = out
	for name, e := range b.annots {
		inner := *e
		inner.agg, inner.isAgg, inner.window = false, false, false
		inner.column, inner.alias = name, 0
		inner.write = func(w *writer) { b.giveAnnotation(name, e); w.qualified(subqueryName, name) }
		out.annots[name] = &inner
	}
	l := &Layout{Model: b.model, Width: len(aggs)}
	list := make([]*rexpr, len(aggs))
	for i, a := range aggs {
		list[i] = out.resolve(a.Node, nil)
		if out.err == nil {
			out.mustAggregate(a, list[i])
		}
		if out.err != nil {
			return nil, out.err
		}
		out.earlier[a.Name] = list[i]
		l.Annotations = append(l.Annotations, Output{Name: a.Name, Field: a.Field, Kind: list[i].kind, Col: i, Custom: list[i].custom})
	}
	w := &writer{d: c.D}
	w.str("SELECT ")
	for i, e := range list {
		if i > 0 {
			w.str(", ")
		}
		e.write(w)
	}
	w.str(" FROM (")
	b.emit(w)
	w.str(") ")
	w.ident(subqueryName)
	for _, err := range []error{out.err, b.err} {
		if err != nil {
			return nil, err
		}
	}
	return &Statement{SQL: string(w.buf), Args: w.args, Layout: l}, nil
}

// giveAnnotation makes a hidden annotation a column of the inner query when an aggregate wants it.
func (b *builder) giveAnnotation(name string, e *rexpr) {
	for i := range b.cols {
		if b.cols[i].alias == name {
			return
		}
	}
	b.giveColumn(e, name)
}

func (b *builder) giveColumn(e *rexpr, name string) {
	b.cols = append(b.cols, column{e: e, alias: name})
	if len(b.group) > 0 {
		b.group = append(b.group, e.leaves()...)
	}
}

// throughColumn is a column of the inner query, which selects it if it does not yet.
func (b *builder) throughColumn(t *target) *rexpr {
	in := b.through
	name := ""
	switch {
	case in.combined != nil:
		if len(t.steps) > 0 || in.position(t.column) == 0 {
			b.fail(fmt.Errorf("orm: an aggregate over a union, intersection or difference takes columns of its result only"))
			return &rexpr{}
		}
		name = t.column
		e := b.columnAt(0, t.field, name)
		return e
	case len(t.steps) == 0 && t.base == 0 && in.q.Values == nil && t.field != nil && t.field.Origin == nil && in.has(t.column):
		e := b.columnAt(0, t.field, t.column)
		return b.withParts(e, t)
	}
	plain := *t
	plain.transforms, plain.keys = nil, nil
	inner := in.resolveUsed(&plain, nil)
	if in.err != nil {
		b.fail(in.err)
		return &rexpr{}
	}
	for _, c := range in.cols {
		if c.alias != "" && c.e.column != "" && c.e.column == inner.column && c.e.alias == inner.alias {
			name = c.alias
		}
	}
	if name == "" {
		name = "_col" + strconv.Itoa(len(in.cols)+1)
		in.giveColumn(inner, name)
	}
	e := &rexpr{kind: inner.kind, field: inner.field, custom: inner.custom, column: name, nullable: true, write: func(w *writer) { w.qualified(subqueryName, name) }}
	e.base = e
	return b.withParts(e, t)
}

// withParts applies the transforms and keys of a name to its column.
func (b *builder) withParts(e *rexpr, t *target) *rexpr {
	for _, name := range t.transforms {
		if e = b.transform(e, name); b.err != nil {
			return &rexpr{}
		}
	}
	if len(t.keys) > 0 {
		e = b.jsonKey(e, t.keys)
	}
	return e
}

// has says that the query of objects selects a column of its own table.
func (b *builder) has(column string) bool {
	for _, f := range b.layout.Fields {
		if f.Column == column && f.Origin == nil {
			return true
		}
	}
	return false
}

// mustAggregate refuses what is not one value of all rows.
func (b *builder) mustAggregate(a expr.Annotation, e *rexpr) {
	n := a.Node
	if t, ok := n.(expr.Typed); ok {
		n = t.Of
	}
	if _, raw := n.(expr.Raw); raw || e.agg {
		return // whoever writes SQL knows what it gives
	}
	b.fail(&FieldError{Name: a.Name, Reason: fmt.Sprintf("%q is not an aggregate (Sum, Count, Max ...)", a.Name)})
}
