package compile

import (
	"fmt"
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// transformKind says what a transform gives on a kind of field, and whether the field has it.
func transformKind(kind schema.Kind, name string) (schema.Kind, bool) {
	date := kind == schema.Date || kind == schema.DateTime
	clock := kind == schema.Time || kind == schema.DateTime
	switch name {
	case "year", "iso_year", "month", "day", "week", "week_day", "iso_week_day", "quarter":
		return schema.Integer, date
	case "hour", "minute", "second":
		return schema.Integer, clock
	case "date":
		return schema.Date, kind == schema.DateTime
	case "time":
		return schema.Time, kind == schema.DateTime
	}
	return schema.Invalid, false
}

// Transforms lists the transforms of a kind of field.
func Transforms(kind schema.Kind) []string {
	var out []string
	for _, name := range []string{"year", "iso_year", "month", "day", "week", "week_day", "iso_week_day", "quarter", "hour", "minute", "second", "date", "time"} {
		if hasTransform(kind, name) {
			out = append(out, name)
		}
	}
	return out
}

// transform applies a part of a date to an expression.
func (b *builder) transform(of *rexpr, name string) *rexpr {
	kind, ok := transformKind(of.kind, name)
	if !ok {
		b.fail(&FieldError{Name: name, Reason: fmt.Sprintf("unsupported transform %q for a %s field", name, of.kind)})
		return &rexpr{}
	}
	e := derived(kind, of)
	e.unit, e.of, e.base = name, of, of.base
	zone, source := b.c.Zone, of.kind
	e.write = func(w *writer) {
		inner := w.capture(of.write)
		if name == "date" || name == "time" {
			w.buf = w.d.Trunc(w.buf, name, source, zone, inner)
			return
		}
		w.buf = w.d.Extract(w.buf, name, source, zone, inner)
	}
	return e
}

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

func numberRank(k schema.Kind) int {
	switch {
	case k.IsInteger():
		return 1
	case k == schema.Decimal:
		return 2
	case k == schema.Float:
		return 3
	}
	return 0
}

// binary resolves arithmetic. The result's kind follows from the parts, as in Django.
func (b *builder) binary(n expr.Binary, can reuse) *rexpr {
	l, r := b.resolve(n.Left, can), b.resolve(n.Right, can)
	if b.err != nil {
		return &rexpr{}
	}
	kind, ok := binaryKind(n.Op, l, r)
	if !ok {
		b.fail(&FieldError{Name: n.Op, Reason: fmt.Sprintf("expression mixes %s and %s (say what it gives with orm.Typed)", l.kind, r.kind)})
		return &rexpr{}
	}
	e := derived(kind, l, r)
	e.write = func(w *writer) {
		switch {
		case w.d.Name == "postgresql" && n.Op == "-" && l.kind == schema.Date && r.kind == schema.Date:
			postgresDateDiff(w, l, r)
		case w.d.Name == "sqlite" && (l.kind.IsTemporal() || r.kind.IsTemporal()) && (n.Op == "+" || n.Op == "-"):
			sqliteTimeArithmetic(w, n.Op, l, r)
		case w.d.Name == "mysql" && (l.kind.IsTemporal() || r.kind.IsTemporal()) && (n.Op == "+" || n.Op == "-"):
			mysqlTimeArithmetic(w, n.Op, l, r)
		case n.Op == "^":
			call(w, "POWER", l, r)
		case n.Op == "#" && w.d.Name == "sqlite":
			call(w, "BITXOR", l, r)
		default:
			sign := n.Op
			switch {
			case n.Op == "#" && w.d.Name == "mysql":
				sign = "^"
			case n.Op == "/" && w.d.Name == "mysql" && l.kind.IsInteger() && r.kind.IsInteger():
				sign = "DIV" // whole, as on the other databases
			}
			w.str("(")
			l.write(w)
			w.str(" " + sign + " ")
			r.write(w)
			w.str(")")
		}
	}
	return e
}

func binaryKind(op string, l, r *rexpr) (schema.Kind, bool) {
	lr, rr := numberRank(l.kind), numberRank(r.kind)
	switch {
	case lr > 0 && rr > 0:
		if lr == rr {
			return plainInteger(l.kind), true
		}
		if lr > rr {
			return plainInteger(l.kind), true
		}
		return plainInteger(r.kind), true
	case op == "-" && l.kind.IsTemporal() && l.kind == r.kind:
		return schema.Duration, true
	case l.kind.IsTemporal() && r.kind == schema.Duration:
		if l.kind == schema.Date {
			return schema.DateTime, true
		}
		return l.kind, true
	case l.kind == schema.Duration && r.kind.IsTemporal() && op == "+":
		return r.kind, true
	case l.kind == schema.Duration && rr > 0, l.kind == r.kind, r.kind == schema.Invalid:
		return l.kind, true
	case l.kind.IsText() && r.kind.IsText():
		return l.kind, true
	}
	return schema.Invalid, false
}

func plainInteger(k schema.Kind) schema.Kind {
	if k.IsAuto() {
		return schema.BigInteger
	}
	return k
}

func sqliteTimeArithmetic(w *writer, op string, l, r *rexpr) {
	switch {
	case l.kind == r.kind && l.kind == schema.Time:
		call(w, "django_time_diff", l, r)
	case l.kind == r.kind:
		call(w, "django_timestamp_diff", l, r)
	default:
		w.str("django_format_dtdelta('" + op + "', ")
		l.write(w)
		w.str(", ")
		r.write(w)
		w.str(")")
	}
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

// aggregate resolves a function over a group.
func (b *builder) aggregate(n *expr.Aggregate, can reuse) *rexpr {
	e := &rexpr{agg: true, isAgg: true, nullable: n.Name != "Count"}
	var of, extra, deflt *rexpr
	if n.Of != nil {
		of = b.resolve(n.Of, can)
		if of.agg && b.err == nil {
			b.fail(&FieldError{Name: n.Name, Reason: fmt.Sprintf("cannot compute %s of an aggregate", n.Name)})
		}
		e.kids = append(e.kids, of)
	}
	var filter *rwhere
	if n.Filter != nil {
		f, _ := b.resolvePred(*n.Filter, nil)
		filter = &f
	}
	if n.Extra != nil {
		extra = b.resolve(n.Extra, can)
	}
	if n.Default != nil {
		deflt = b.resolve(n.Default, can)
		e.nullable = false
	}
	var order []rorder
	for _, o := range n.OrderBy {
		order = append(order, b.orderPart(o)...)
	}
	if b.err != nil {
		return &rexpr{}
	}
	e.kind = aggregateKind(n.Name, of)
	switch n.Name {
	case "Min", "Max", "AnyValue":
		e.custom = of.custom
	}
	word := aggregateWord(b.c.D, n)
	if filter != nil && filter.state() == alwaysTrue {
		filter = nil
	}
	e.write = func(w *writer) {
		if deflt != nil {
			w.str("COALESCE(")
		}
		w.str(word)
		w.str("(")
		if n.Distinct {
			w.str("DISTINCT ")
		}
		switch {
		case of == nil && filter != nil && !w.d.FilterClause:
			w.str("CASE WHEN ")
			filter.sql(w)
			w.str(" THEN 1 END")
		case of == nil:
			w.str("*")
		case filter != nil && !w.d.FilterClause:
			w.str("CASE WHEN ")
			filter.sql(w)
			w.str(" THEN ")
			of.write(w)
			w.str(" END")
		default:
			of.write(w)
		}
		if w.d.Name == "mysql" && n.Name == "Avg" && e.kind == schema.Float {
			w.str(" + 0e0") // otherwise the average of whole numbers has four digits
		}
		if extra != nil && !(n.Distinct && w.d.Name == "sqlite") && w.d.Name != "mysql" {
			w.str(", ")
			extra.write(w)
		}
		b.writeOrder(w, order)
		if extra != nil && w.d.Name == "mysql" {
			b.mysqlSeparator(w, extra)
		}
		w.str(")")
		if filter != nil && w.d.FilterClause {
			w.str(" FILTER (WHERE ")
			filter.sql(w)
			w.str(")")
		}
		if deflt != nil {
			w.str(", ")
			deflt.write(w)
			w.str(")")
		}
	}
	return e
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

func aggregateWord(d *dialect.Dialect, n *expr.Aggregate) string {
	switch n.Name {
	case "StdDev", "Variance":
		word := map[string]string{"StdDev": "STDDEV", "Variance": "VAR"}[n.Name]
		if n.Sample {
			return word + "_SAMP"
		}
		return word + "_POP"
	case "StringAgg":
		if d.Name == "postgresql" {
			return "STRING_AGG"
		}
		return "GROUP_CONCAT"
	case "AnyValue":
		if d.MariaDB {
			return "MIN"
		}
		return "ANY_VALUE"
	case "BitAnd", "BitOr", "BitXor":
		return "BIT_" + map[string]string{"BitAnd": "AND", "BitOr": "OR", "BitXor": "XOR"}[n.Name]
	}
	return map[string]string{"Count": "COUNT", "Sum": "SUM", "Avg": "AVG", "Min": "MIN", "Max": "MAX"}[n.Name]
}

// caseOf resolves CASE WHEN.
func (b *builder) caseOf(n *expr.Case, can reuse) *rexpr {
	type branch struct {
		when rwhere
		then *rexpr
	}
	var branches []branch
	var kids []*rexpr
	e := &rexpr{kind: n.Out}
	mixed := schema.Invalid
	check := func(k schema.Kind) {
		k = plainCase(k)
		if n.Out != schema.Invalid || k == schema.Invalid {
			return
		}
		if mixed != schema.Invalid && mixed != k && b.err == nil {
			b.fail(&FieldError{Name: "Case", Reason: fmt.Sprintf("the branches of a Case give %s and %s (say what it gives with Typed)", mixed, k)})
		}
		mixed = k
	}
	for _, wn := range n.Whens {
		cond, _ := b.resolvePred(wn.If, can)
		then := b.resolve(wn.Then, can)
		check(then.kind)
		if b.err != nil {
			return &rexpr{}
		}
		e.agg = e.agg || cond.hasAgg() || then.agg
		e.window = e.window || cond.hasWindow() || then.window
		kids = append(append(kids, cond.columns(nil)...), then)
		if e.kind == schema.Invalid {
			e.kind = then.kind
		}
		branches = append(branches, branch{cond, then})
	}
	var deflt *rexpr
	if n.Default != nil {
		deflt = b.resolve(n.Default, can)
		check(deflt.kind)
		kids = append(kids, deflt)
		e.agg = e.agg || deflt.agg
		if e.kind == schema.Invalid {
			e.kind = deflt.kind
		}
	}
	e.kids = kids
	e.nullable = true
	e.write = func(w *writer) {
		live := 0
		for i := range branches {
			br := &branches[i]
			switch br.when.state() {
			case alwaysFalse:
				continue
			case alwaysTrue:
				if live == 0 {
					br.then.write(w)
					return
				}
			}
			if live == 0 {
				w.str("CASE")
			}
			live++
			w.str(" WHEN ")
			br.when.sql(w)
			w.str(" THEN ")
			br.then.write(w)
		}
		if live > 0 {
			w.str(" ELSE ")
		}
		if deflt != nil {
			deflt.write(w)
		} else {
			w.str("NULL")
		}
		if live > 0 {
			w.str(" END")
		}
	}
	return e
}

// plainCase is a kind as the branches of a Case are compared: all texts are alike, a plain number is an Integer.
func plainCase(k schema.Kind) schema.Kind {
	switch {
	case k.IsText():
		return schema.Text
	case k.IsAuto(), k == schema.BigInteger:
		return schema.Integer
	}
	return k
}

// window resolves fn() OVER (...).
func (b *builder) window(n *expr.Window, can reuse) *rexpr {
	var of *rexpr
	if f, ok := n.Of.(expr.Func); ok && b.c.D.MariaDB && len(f.Args) == 3 && (f.Name == "Lag" || f.Name == "Lead") {
		of = b.mysqlNeighbour(f, can)
	} else {
		of = b.resolve(n.Of, can)
	}
	var parts []*rexpr
	for _, p := range n.Partition {
		parts = append(parts, b.resolve(p, can))
	}
	var order []rorder
	for _, o := range n.Order {
		order = append(order, b.orderPart(o)...)
	}
	if b.err != nil {
		return &rexpr{}
	}
	e := &rexpr{kind: of.kind, window: true, nullable: true, kids: append([]*rexpr{}, parts...)}
	if of.isAgg {
		e.kids = append(e.kids, of.kids...)
	}
	for _, o := range order {
		if o.e != nil {
			e.kids = append(e.kids, o.e)
		}
	}
	over := func(w *writer) {
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
		if n.Frame != nil {
			w.str(frameSQL(n.Frame))
		}
		w.str(")")
	}
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

func frameSQL(f *expr.Frame) string {
	unit := " ROWS"
	if f.Range {
		unit = " RANGE"
	}
	bound := func(n *int, start bool) string {
		switch {
		case n == nil && start:
			return "UNBOUNDED PRECEDING"
		case n == nil:
			return "UNBOUNDED FOLLOWING"
		case *n == 0:
			return "CURRENT ROW"
		case *n < 0:
			return strconv.Itoa(-*n) + " PRECEDING"
		}
		return strconv.Itoa(*n) + " FOLLOWING"
	}
	s := unit + " BETWEEN " + bound(f.Start, true) + " AND " + bound(f.End, false)
	switch f.Exclude {
	case "CURRENT ROW", "GROUP", "TIES", "NO OTHERS":
		s += " EXCLUDE " + f.Exclude
	}
	return s
}

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

// subquery resolves a query inside an expression.
func (b *builder) subquery(n expr.Subquery) *rexpr {
	sub := b.c.builder(n.Query, b)
	sub.prepareSelect(selectValue)
	if sub.err != nil {
		b.fail(sub.err)
		return &rexpr{}
	}
	e := &rexpr{kind: n.Out, nullable: true, subquery: true, sub: sub}
	if len(sub.cols) != 1 && sub.combined == nil {
		b.fail(&FieldError{Name: "subquery", Reason: fmt.Sprintf("a subquery gives one column, not %d", len(sub.cols))})
		return &rexpr{}
	}
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
	e := &rexpr{kind: schema.Boolean}
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
