package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// group is a resolved aggregate.
type group struct {
	n         *expr.Aggregate
	of, extra *rexpr
	filter    *rwhere
	order     []rorder
	kind      schema.Kind
}

// aggregate resolves a function over a group.
func (b *builder) aggregate(n *expr.Aggregate, can reuse) *rexpr {
	e := &rexpr{agg: true, isAgg: true, nullable: n.Name != "Count"}
	g := &group{n: n}
	var deflt *rexpr
	if n.Of != nil {
		g.of = b.counted(n, b.resolveWide(n.Of, can))
		if g.of.agg && b.err == nil {
			b.fail(&FieldError{Name: n.Name, Reason: fmt.Sprintf("cannot compute %s of an aggregate", n.Name)})
		}
		if g.of.window && b.err == nil {
			b.fail(&FieldError{Name: n.Name, Reason: fmt.Sprintf("cannot compute %s of a window function (annotate it by Alias, then aggregate over the query)", n.Name)})
		}
		e.kids = append(e.kids, g.of)
	}
	if n.Filter != nil {
		f, _ := b.resolvePred(*n.Filter, nil)
		if f.state() != alwaysTrue {
			g.filter = &f
		}
	}
	if n.Extra != nil {
		g.extra = b.resolve(n.Extra, can)
	}
	if n.Default != nil {
		deflt = b.resolve(n.Default, can)
		e.nullable = false
	}
	for _, o := range n.OrderBy {
		g.order = append(g.order, b.innerOrder(o)...)
	}
	if b.err != nil {
		return &rexpr{}
	}
	if err := g.check(b.c.D); err != nil {
		b.fail(err)
		return &rexpr{}
	}
	g.kind = aggregateKind(n.Name, g.of)
	e.kind = g.kind
	if n.Sample && n.Name != "StdDev" && n.Name != "Variance" {
		b.fail(&FieldError{Name: n.Name, Reason: fmt.Sprintf("%s has no form for samples", n.Name)})
	}
	switch n.Name {
	case "Min", "Max", "AnyValue":
		e.custom = g.of.custom
	}
	e.over = func(w *writer, over func(w *writer)) {
		if deflt != nil {
			w.str("COALESCE(")
		}
		overRows(w, func(w *writer) { g.write(b, w, over) })
		if deflt != nil {
			w.str(", ")
			deflt.write(w)
			w.str(")")
		}
	}
	e.write = func(w *writer) { e.over(w, func(*writer) {}) }
	return e
}

// counted is what an aggregate works on. Of several columns only Count knows what to do: it counts the rows that have all.
//
// Django 6.1 django/db/models/aggregates.py Count.resolve_expression.
func (b *builder) counted(n *expr.Aggregate, of *rexpr) *rexpr {
	if of.tuple == nil || b.err != nil {
		return b.oneValue(of)
	}
	if n.Name != "Count" {
		b.fail(&FieldError{Name: n.Name, Reason: fmt.Sprintf("%s of %s: only Count takes several columns (name one of them)", n.Name, tupleName(of))})
		return &rexpr{}
	}
	parts := of.tuple
	if !n.Distinct && !slices.ContainsFunc(parts, func(p *rexpr) bool { return p.nullable }) {
		return parts[0]
	}
	e := derived(schema.Text, parts...)
	e.nullable = true
	e.write = func(w *writer) { writeCounted(w, parts, n.Distinct) }
	return e
}

// writeCounted writes what is null where one of the columns is, and otherwise, where it matters, different for different rows.
func writeCounted(w *writer, parts []*rexpr, distinct bool) {
	w.str("CASE WHEN ")
	for i, p := range parts {
		if i > 0 {
			w.str(" AND ")
		}
		p.write(w)
		w.str(" IS NOT NULL")
	}
	w.str(" THEN ")
	switch {
	case !distinct:
		w.str("1")
	case w.d.Name == "postgresql":
		w.str("ROW")
		writeRow(w, parts)
	default: // the quotes tell where each part ends
		for i, p := range parts {
			switch {
			case i == 0 && w.d.Name == "mysql":
				w.str("CONCAT(")
			case w.d.Name == "mysql":
				w.str(", ',', ")
			case i > 0:
				w.str(" || ',' || ")
			}
			w.str("QUOTE(")
			p.write(w)
			w.str(")")
		}
		if w.d.Name == "mysql" {
			w.str(")")
		}
	}
	w.str(" END")
}

// check refuses what a database does not have, or would do wrong.
func (g *group) check(d *dialect.Dialect) error {
	_, known := aggregateWords[g.n.Name]
	switch {
	case !known:
		return &FieldError{Name: g.n.Name, Reason: fmt.Sprintf("unknown aggregate %q", g.n.Name)}
	case g.of == nil && g.n.Name != "Count":
		return &FieldError{Name: g.n.Name, Reason: fmt.Sprintf("%s needs an expression", g.n.Name)}
	case g.of == nil && g.n.Distinct:
		return &FieldError{Name: "Count", Reason: "rows are never equal: count a column's different values"}
	case g.n.Distinct && (g.n.Name == "Min" || g.n.Name == "Max" || g.n.Name == "StdDev" || g.n.Name == "Variance" || g.n.Name == "AnyValue"):
		return &FieldError{Name: g.n.Name, Reason: g.n.Name + " does not take Distinct"}
	case g.extra != nil && g.n.Distinct && d.Name == "sqlite" && literalText(g.extra, d) != ",":
		return &FieldError{Name: g.n.Name, Reason: "StringAgg of different values has the delimiter \",\" on sqlite"}
	case g.n.Distinct && g.isBits() && d.Name == "mysql":
		return &FieldError{Name: g.n.Name, Reason: fmt.Sprintf("%s of different values is not supported by mysql", g.n.Name)}
	}
	return nil
}

func (g *group) isBits() bool {
	return g.n.Name == "BitAnd" || g.n.Name == "BitOr" || g.n.Name == "BitXor"
}

// literalText is the text of a value.
func literalText(e *rexpr, d *dialect.Dialect) string {
	own := &writer{d: d}
	e.write(own)
	if len(own.args) != 1 {
		return ""
	}
	return own.args[0].S
}

// write writes the call; over follows it where it is a window function.
func (g *group) write(b *builder, w *writer, over func(w *writer)) {
	switch {
	case g.isBits() && w.d.Name == "mysql": // which gives a number, without a sign, for no rows too
		w.str("CASE WHEN COUNT(")
		g.argument(w)
		w.str(")")
		over(w)
		w.str(" > 0 THEN CAST(")
		g.call(b, w)
		over(w)
		w.str(" AS SIGNED) END")
		return
	case g.n.Name == "AnyValue" && w.d.Name == "postgresql":
		if first := postgresAny(g.kind); first == "" { // a kind without an order
			w.str("(ARRAY_AGG(")
			g.of.write(w)
			w.str(") FILTER (WHERE ")
			if g.filter != nil {
				g.filter.sql(w)
				w.str(" AND ")
			}
			g.of.write(w)
			w.str(" IS NOT NULL)")
			over(w)
			w.str(")[1]")
			return
		}
	}
	g.call(b, w)
	over(w)
}

// postgresAny is the aggregate that gives one of the values of a kind; ANY_VALUE came with version 16.
func postgresAny(k schema.Kind) string {
	switch {
	case k == schema.Boolean:
		return "BOOL_OR"
	case k == schema.UUID, k == schema.JSON, k == schema.Binary:
		return ""
	}
	return "MIN"
}

func (g *group) call(b *builder, w *writer) {
	n := g.n
	w.str(g.word(w.d))
	w.str("(")
	if n.Distinct {
		w.str("DISTINCT ")
	}
	g.argument(w)
	if w.d.Name == "mysql" && n.Name == "Avg" && g.kind == schema.Float {
		w.str(" + 0e0") // otherwise the average of whole numbers has four digits
	}
	if g.extra != nil && !(n.Distinct && w.d.Name == "sqlite") && w.d.Name != "mysql" {
		w.str(", ")
		g.extra.write(w)
	}
	b.writeOrder(w, g.order)
	if g.extra != nil && w.d.Name == "mysql" {
		b.mysqlSeparator(w, g.extra)
	}
	w.str(")")
	if g.filter != nil && w.d.FilterClause {
		w.str(" FILTER (WHERE ")
		g.filter.sql(w)
		w.str(")")
	}
}

// argument writes what is aggregated. Without FILTER, rows that do not count are nulls.
func (g *group) argument(w *writer) {
	of := func() {
		if g.n.Name == "StringAgg" && w.d.Name == "postgresql" && !g.of.kind.IsText() {
			w.str("(")
			g.of.write(w)
			w.str(")::text")
			return
		}
		g.of.write(w)
	}
	filtered := g.filter != nil && !w.d.FilterClause
	switch {
	case g.of == nil && filtered:
		w.str("CASE WHEN ")
		g.filter.sql(w)
		w.str(" THEN 1 END")
	case g.of == nil:
		w.str("*")
	case filtered:
		w.str("CASE WHEN ")
		g.filter.sql(w)
		w.str(" THEN ")
		of()
		w.str(" END")
	default:
		of()
	}
}

func aggregateKind(name string, of *rexpr) schema.Kind {
	switch name {
	case "Count":
		return schema.BigInteger
	case "Avg":
		switch {
		case of != nil && (of.kind == schema.Decimal || of.kind == schema.Duration):
			return of.kind
		}
		return schema.Float
	case "StdDev", "Variance":
		if of != nil && of.kind == schema.Decimal {
			return schema.Decimal
		}
		return schema.Float
	case "StringAgg":
		return schema.Text
	}
	if of == nil {
		return schema.BigInteger
	}
	return plainInteger(of.kind)
}

// aggregateWords are the aggregates with their words in SQL.
var aggregateWords = map[string]string{
	"Count": "COUNT", "Sum": "SUM", "Avg": "AVG", "Min": "MIN", "Max": "MAX", "StdDev": "STDDEV", "Variance": "VAR",
	"StringAgg": "GROUP_CONCAT", "AnyValue": "ANY_VALUE", "BitAnd": "BIT_AND", "BitOr": "BIT_OR", "BitXor": "BIT_XOR",
}

func (g *group) word(d *dialect.Dialect) string {
	word := aggregateWords[g.n.Name]
	switch {
	case g.n.Sample:
		return word + "_SAMP"
	case g.n.Name == "StdDev", g.n.Name == "Variance":
		return word + "_POP"
	case g.n.Name == "StringAgg" && d.Name == "postgresql":
		return "STRING_AGG"
	case g.n.Name == "Max" && g.kind == schema.Boolean && d.Name == "postgresql":
		return "BOOL_OR"
	case g.n.Name == "Min" && g.kind == schema.Boolean && d.Name == "postgresql":
		return "BOOL_AND"
	case g.n.Name == "AnyValue" && (d.MariaDB || d.Name == "sqlite"):
		return "MIN"
	case g.n.Name == "AnyValue" && d.Name == "postgresql":
		return postgresAny(g.kind)
	}
	return word
}
