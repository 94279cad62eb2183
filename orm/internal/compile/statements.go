package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

func (b *builder) statement(w *writer) (*Statement, error) {
	if b.err != nil {
		return nil, b.err
	}
	return &Statement{SQL: string(w.buf), Args: w.args, Layout: b.layout, Empty: b.empty, Binders: b.binders, Reusable: !b.single && !b.empty}, nil
}

// Exists compiles SELECT 1 ... LIMIT 1.
func (c *Compiler) Exists(q *expr.Query) (*Statement, error) {
	b := c.builder(q, nil)
	w := &writer{d: c.D}
	b.prepareSelect(selectOne)
	if b.err == nil && !b.empty {
		b.emit(w)
	}
	return b.statement(w)
}

// Count compiles the number of rows.
func (c *Compiler) Count(q *expr.Query) (*Statement, error) {
	w := &writer{d: c.D}
	q = withoutWindows(q)
	b := c.builder(q, nil)
	if c.plainRows(q) {
		plain := *q
		plain.Order, plain.Ordered = nil, true
		b.q = &plain
		b.prepareSelect(selectCount)
		if b.err == nil && !b.empty {
			b.emit(w)
		}
		return b.statement(w)
	}
	b.prepareSelect(selectInside)
	if b.err == nil && !b.empty {
		w.str("SELECT COUNT(*) FROM (")
		b.emit(w)
		w.str(") ")
		w.ident("subquery")
	}
	return b.statement(w)
}

// withoutWindows leaves out what is computed beside the rows by window functions and changes nothing about their number.
func withoutWindows(q *expr.Query) *expr.Query {
	if len(q.Annotations) == 0 || q.Values != nil || q.Distinct || len(q.DistinctOn) > 0 || q.Sliced || q.HasGroup {
		return q
	}
	for _, a := range q.Annotations {
		if a.After < len(q.Where) || !holds(a.Node) || Holds(a.Node) { // a condition may speak of it, or it makes groups
			return q
		}
	}
	plain := *q
	plain.Annotations = nil
	return &plain
}

// plainRows says that each row of the result is one row of the joined tables, so that it can be counted or summed directly.
func (c *Compiler) plainRows(q *expr.Query) bool {
	if q.Sliced || q.Distinct || len(q.DistinctOn) > 0 || q.Combined != nil && len(q.Combined.Queries) == 0 || q.HasGroup {
		return false
	}
	for _, a := range q.Annotations {
		if holds(a.Node) {
			return false
		}
	}
	for _, v := range q.Values {
		if holds(v.Node) {
			return false
		}
	}
	return true
}

// Holds says that an expression holds an aggregate, so that it needs groups.
func Holds(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.Window:
		return false
	case expr.Binary:
		return Holds(n.Left) || Holds(n.Right)
	}
	return holds(n)
}

// holds says that an expression holds an aggregate or a window function.
func holds(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.Aggregate, *expr.Window:
		return true
	case expr.Binary:
		return holds(n.Left) || holds(n.Right)
	case expr.Func:
		for _, a := range n.Args {
			if holds(a) {
				return true
			}
		}
	case expr.Call:
		return n.Of.Aggregate || slices.ContainsFunc(n.Args, holds)
	case expr.JSONAt:
		return holds(n.Of)
	case expr.Transform:
		return holds(n.Of)
	case expr.Typed:
		return holds(n.Of)
	case expr.Cast:
		return holds(n.Of)
	case *expr.Case:
		for _, w := range n.Whens {
			if holds(w.Then) {
				return true
			}
		}
		return n.Default != nil && holds(n.Default)
	}
	return false
}

// Aggregate compiles functions over all rows of a query.
func (c *Compiler) Aggregate(q *expr.Query, aggs []expr.Annotation) (*Statement, error) {
	w := &writer{d: c.D}
	b := c.builder(q, nil)
	plain := *q
	plain.Order, plain.Ordered = nil, true
	if c.plainRows(q) && q.Combined == nil {
		plain.Values = aggs
		plain.HasGroup = true // one group: all rows
		plain.Related, plain.Prefetch = nil, nil
		b.q = &plain
		b.prepareSelect(selectRows)
		if b.err == nil {
			b.emit(w)
		}
		return b.statement(w)
	}

	// The rows are groups or a slice: aggregate over them from outside.
	if !q.Sliced {
		b.q = &plain
	}
	return c.aggregateOver(b, aggs)
}

// Update compiles UPDATE ... SET.
func (c *Compiler) Update(q *expr.Query, set []expr.Assign) (*Statement, error) {
	return c.update(c.builder(q, nil), set)
}

func (c *Compiler) update(b *builder, set []expr.Assign) (*Statement, error) {
	q := b.q
	switch {
	case q.Err != nil:
		return nil, q.Err
	case q.Sliced:
		return nil, fmt.Errorf("orm: cannot update a slice of a query")
	case len(q.DistinctOn) > 0:
		return nil, fmt.Errorf("orm: cannot update a query after DistinctOn")
	case q.Combined != nil:
		return nil, fmt.Errorf("orm: cannot update after a union, intersection or difference")
	}
	w := &writer{d: c.D}
	b.top = nil // each subquery names its own common tables
	b.resolveRows(q)
	if b.err != nil {
		return nil, b.err
	}
	b.empty = b.where.state() == alwaysFalse || q.Empty
	joined := len(q.Joins) > 0 || b.hasJoins() || b.where.hasAgg() || b.where.hasWindow() || q.Distinct

	w.str("UPDATE ")
	w.ident(b.model.Schema.Table)
	w.str(" SET ")
	plainJoins := len(b.aliases)
	for i, a := range set {
		f, err := b.assignField(a)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			w.str(", ")
		}
		w.ident(f.Column)
		w.str(" = ")
		b.writeAssigned(w, f, &a)
		if b.err != nil {
			return nil, b.err
		}
	}
	for _, a := range b.aliases[plainJoins:] {
		if a.refs > 0 {
			return nil, &FieldError{Name: "F", Reason: "the values of an update cannot follow relations (use UpdateFrom, or a subquery)"}
		}
	}
	b.writeTarget(w, q, joined)
	b.writeReturning(w)
	return b.statement(w)
}

// resolveRows resolves which rows an update or delete is for. Joined tables are left to the subquery that finds the rows.
func (b *builder) resolveRows(q *expr.Query) {
	switch {
	case q.From != nil:
		b.fail(fmt.Errorf("orm: the rows of a common table or a query cannot be changed (filter the model's own rows by their keys: orm.InQuery)"))
	case len(q.Joins) == 0:
		b.resolveWhere()
	}
}

// writeTarget writes the WHERE of an update or delete; with joins the rows are found by a subquery.
func (b *builder) writeTarget(w *writer, q *expr.Query, joined bool) {
	if !joined {
		b.where.clause(w, " WHERE ")
		return
	}
	inner := *q
	inner.Order, inner.Ordered = nil, true
	sub := b.c.builder(&inner, nil)
	sub.depth = 1
	sub.aliases, sub.used = nil, nil
	sub.addBase()
	sub.prepareSelect(selectPK)
	if sub.err != nil {
		b.fail(sub.err)
		return
	}
	w.str(" WHERE ")
	w.qualified(b.model.Schema.Table, b.model.PK.Column)
	w.str(" IN (")
	if w.d.Name == "mysql" { // which does not read the table that it changes, unless the rows are found first
		w.str("SELECT * FROM (")
		sub.emit(w)
		w.str(") ")
		w.ident("target")
	} else {
		sub.emit(w)
	}
	w.str(")")
}

func (b *builder) hasJoins() bool {
	for _, a := range b.aliases[1:] {
		if a.refs > 0 {
			return true
		}
	}
	return false
}

func (b *builder) assignField(a expr.Assign) (*plan.Field, error) {
	if a.Err != nil {
		return nil, a.Err
	}
	if a.Path != nil {
		steps, f, err := a.Path.Resolve()
		switch {
		case err != nil:
			return nil, err
		case a.Path.Ref.Root().Model != b.model && b.model.Inherits(a.Path.Ref.Root().Model):
			return b.model.FieldNamed(f.S.Name), nil
		case a.Path.Ref.Root().Model != b.model:
			return nil, fmt.Errorf("orm: %s is used in an update of %s", a.Path, b.model.GoName())
		case len(steps) > 0:
			return nil, fmt.Errorf("orm: %s: an update sets columns of its own table only", a.Path)
		case !f.S.HasColumn() || f.Extra:
			return nil, fmt.Errorf("orm: %s is not a column", a.Path)
		}
		return f, nil
	}
	f := b.model.FieldNamed(a.Name)
	if f == nil || !f.S.HasColumn() || f.Extra {
		return nil, &FieldError{Name: a.Name, Model: b.model.GoName(), Reason: fmt.Sprintf("%s has no field named %q", b.model.GoName(), a.Name)}
	}
	return f, nil
}

func (b *builder) writeAssigned(w *writer, f *plan.Field, a *expr.Assign) {
	if val, ok := assignedValue(a); ok {
		kf := storedField(f)
		v, err := prepareWith(kf.Custom, keyKind(kf), expr.Exact, val, b.location())
		if err != nil {
			b.fail(fmt.Errorf("orm: field %q: %w", f.S.Name, err))
			return
		}
		writeStored(w, kf.Custom, v)
		return
	}
	e := b.resolve(a.Value, nil)
	if b.err != nil {
		return
	}
	if e.agg || e.window {
		b.fail(&FieldError{Name: f.S.Name, Reason: fmt.Sprintf("aggregates and window functions cannot be assigned to %q", f.S.Name)})
		return
	}
	e.write(w)
}

// assignedValue returns the value of an assignment that is one, not an expression.
func assignedValue(a *expr.Assign) (dialect.Value, bool) {
	if a.Value == nil {
		return a.Val, true
	}
	lit, ok := a.Value.(expr.Literal)
	return lit.Value, ok
}

// Delete compiles DELETE.
func (c *Compiler) Delete(q *expr.Query) (*Statement, error) {
	return c.delete(c.builder(q, nil))
}

func (c *Compiler) delete(b *builder) (*Statement, error) {
	q := b.q
	w := &writer{d: c.D}
	b.top = nil
	b.resolveRows(q)
	if b.err != nil {
		return nil, b.err
	}
	b.empty = b.where.state() == alwaysFalse || q.Empty
	w.str("DELETE FROM ")
	w.ident(b.model.Schema.Table)
	b.writeTarget(w, q, len(q.Joins) > 0 || b.hasJoins() || b.where.hasAgg() || b.where.hasWindow() || q.Sliced || q.Distinct)
	b.writeReturning(w)
	return b.statement(w)
}

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

// Expression writes an expression of a model without arguments, for DDL: bare column names, values as literals.
func (c *Compiler) Expression(m *plan.Model, n expr.Node) (string, error) {
	b := c.builder(&expr.Query{Model: m}, nil)
	b.annots = map[string]*rexpr{}
	w := &writer{d: c.D, literal: true, bare: true}
	if p, ok := n.(expr.Pred); ok {
		r, _ := b.resolvePred(p, nil)
		if b.err == nil {
			for r.op == expr.AndOp && !r.negated && len(r.kids) == 1 {
				r = r.kids[0]
			}
			r.sql(w)
		}
	} else if e := b.resolve(n, nil); b.err == nil {
		e.write(w)
	}
	if b.err == nil && b.hasJoins() {
		b.fail(fmt.Errorf("orm: an index or constraint cannot follow relations"))
	}
	return string(w.buf), b.err
}

// Insert describes rows to insert.
type Insert struct {
	Model  *plan.Model
	Fields []*plan.Field
	// Rows hold a value for each field; Exprs override single values of the first row.
	Rows [][]dialect.Value
	// Ignore skips rows that clash. Update lists the columns to set on a clash over Unique.
	Ignore         bool
	Update, Unique []*plan.Field
	Returning      []*plan.Field
}

// Insert compiles INSERT ... VALUES.
func (c *Compiler) Insert(in *Insert) *Statement {
	w := &writer{d: c.D, buf: make([]byte, 0, 64+len(in.Fields)*16+len(in.Rows)*len(in.Fields)*3)}
	w.args = make([]dialect.Value, 0, len(in.Rows)*len(in.Fields))
	if in.Ignore {
		w.str(c.D.IgnoreInsert)
	} else {
		w.str("INSERT INTO ")
	}
	w.ident(in.Model.Schema.Table)
	if len(in.Fields) == 0 {
		if c.D.Name == "mysql" {
			w.str(" () VALUES ()")
			for range len(in.Rows) - 1 {
				w.str(", ()")
			}
		} else {
			w.str(" DEFAULT VALUES")
		}
	} else {
		w.str(" (")
		for i, f := range in.Fields {
			if i > 0 {
				w.str(", ")
			}
			w.ident(f.Column)
		}
		w.str(") VALUES ")
		for i, row := range in.Rows {
			if i > 0 {
				w.str(", ")
			}
			w.str("(")
			for j, v := range row {
				if j > 0 {
					w.str(", ")
				}
				writeStored(w, in.Fields[j].Custom, v)
			}
			w.str(")")
		}
	}
	if in.Ignore && c.D.Name == "postgresql" {
		w.str(" ON CONFLICT DO NOTHING")
	}
	if len(in.Update) > 0 && c.D.Name == "mysql" {
		mysqlUpsert(w, in)
	} else if len(in.Update) > 0 {
		w.str(" ON CONFLICT(")
		for i, f := range in.Unique {
			if i > 0 {
				w.str(", ")
			}
			w.ident(f.Column)
		}
		w.str(") DO UPDATE SET ")
		for i, f := range in.Update {
			if i > 0 {
				w.str(", ")
			}
			w.ident(f.Column)
			w.str(" = EXCLUDED.")
			w.ident(f.Column)
		}
	}
	for i, f := range in.Returning {
		if !c.D.Returning {
			break // the driver tells the key that was given
		}
		if i == 0 {
			w.str(" RETURNING ")
		} else {
			w.str(", ")
		}
		w.qualified(in.Model.Schema.Table, f.Column)
	}
	return &Statement{SQL: string(w.buf), Args: w.args}
}
