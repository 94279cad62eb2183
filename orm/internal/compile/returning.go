package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// UpdateReturning compiles UPDATE ... RETURNING. It reports false where the rows must be read by themselves: the database
// has no such clause, or what is wanted of the rows is not in their table alone.
func (c *Compiler) UpdateReturning(q *expr.Query, set []expr.Assign) (*Statement, bool, error) {
	if !c.D.ReturnsUpdates || !ownColumns(q) {
		return nil, false, nil
	}
	b := c.builder(q, nil)
	b.returning = true
	st, err := c.update(b, set)
	return st, b.returning, err
}

// DeleteReturning compiles DELETE ... RETURNING, or reports false, as UpdateReturning does.
func (c *Compiler) DeleteReturning(q *expr.Query) (*Statement, bool, error) {
	if !c.D.ReturnsDeletes || !ownColumns(q) {
		return nil, false, nil
	}
	b := c.builder(q, nil)
	b.returning = true
	st, err := c.delete(b)
	return st, b.returning, err
}

// ownColumns says that a query's result may be found in the model's table alone.
func ownColumns(q *expr.Query) bool {
	if len(q.Related) > 0 || len(q.Joins) > 0 && q.Values != nil || q.HasGroup || len(q.Model.Parents) > 0 {
		return false
	}
	for _, a := range q.Annotations {
		if !a.Hidden {
			return false
		}
	}
	return true
}

// writeReturning writes what an update or delete gives of its rows. It gives up when that needs other tables.
func (b *builder) writeReturning(w *writer) {
	if !b.returning || b.err != nil {
		return
	}
	l := &Layout{Model: b.model}
	var cols []*rexpr
	if b.q.Values == nil {
		l.Fields = b.chosenFields()
		for _, f := range l.Fields {
			cols = append(cols, b.columnAt(0, f, f.Column))
		}
	}
	before := b.refCounts()
	for i, v := range b.q.Values {
		e := b.resolveWide(v.Node, nil)
		if b.err != nil {
			return
		}
		if e.tuple != nil { // the rows are read by themselves
			b.returning = false
			return
		}
		if e.agg || e.window || len(b.newRefs(before)) > 0 && b.hasJoins() {
			b.returning = false
			return
		}
		l.Annotations = append(l.Annotations, Output{Name: v.Name, Field: v.Field, Kind: e.kind, Col: i, Custom: e.custom})
		cols = append(cols, e)
	}
	l.Width, b.layout = len(cols), l
	for i, e := range cols {
		if i == 0 {
			w.str(" RETURNING ")
		} else {
			w.str(", ")
		}
		e.write(w)
	}
}

// UpdateFrom compiles an update whose values come from other tables: the keys of the rows with their new values are a query,
// to which the table is joined.
func (c *Compiler) UpdateFrom(q *expr.Query, set []expr.Assign) (*Statement, error) {
	target := c.builder(&expr.Query{Model: q.Model}, nil)
	if target.err != nil {
		return nil, target.err
	}
	if target.model.KeyField() == nil {
		return nil, fmt.Errorf("orm: UpdateFrom(%s): the model has no primary key", target.model.GoName())
	}
	fields := make([]*plan.Field, len(set))
	values := []expr.Annotation{{Name: "k", Node: expr.Name{Name: "pk"}}}
	grouped := false
	for i, a := range set {
		f, err := target.assignField(a)
		if err != nil {
			return nil, err
		}
		n := a.Value
		if v, ok := assignedValue(&a); ok {
			n = expr.Literal{Value: v, Kind: keyKind(f)}
		}
		grouped = grouped || Holds(n)
		fields[i] = f
		values = append(values, expr.Annotation{Name: "v" + fmt.Sprint(i+1), Node: n})
	}
	q = q.Whole()
	inner := *q
	inner.Values, inner.Related, inner.Prefetch, inner.Order, inner.Ordered = values, nil, nil, nil, true
	if grouped {
		inner.HasGroup, inner.GroupBy = true, []expr.Node{expr.Name{Name: "pk"}}
	} else if err := c.singleValues(q, values[1:]); err != nil {
		return nil, err
	}
	sub := c.builder(&inner, nil)
	sub.depth = 1
	sub.aliases = nil
	sub.addBase()
	sub.prepareSelect(selectInside)
	if sub.err != nil {
		return nil, sub.err
	}
	w := &writer{d: c.D}
	c.writeUpdateFrom(w, target.model, fields, sub)
	sub.layout = nil
	sub.single = true
	return sub.statement(w)
}

// writeUpdateFrom writes UPDATE t SET a = v.v1 FROM (...) v WHERE t.id = v.k, or MySQL's UPDATE t INNER JOIN (...) v ON ... SET.
func (c *Compiler) writeUpdateFrom(w *writer, m *plan.Model, fields []*plan.Field, sub *builder) {
	const values = "new_values"
	join := func() {
		for i, f := range m.Key {
			name := "k"
			if len(m.Key) > 1 {
				name = fmt.Sprintf("k_%d", i+1)
			}
			if i > 0 {
				w.str(" AND ")
			}
			w.qualified(m.TableIn(w.d.MaxName), f.Column)
			w.str(" = ")
			w.qualified(values, name)
		}
	}
	from := func() {
		w.str("(")
		sub.emit(w)
		w.str(") ")
		w.ident(values)
	}
	mysql := c.D.Name == "mysql"
	w.str("UPDATE ")
	w.ident(m.TableIn(w.d.MaxName))
	if mysql {
		w.str(" INNER JOIN ")
		from()
		w.str(" ON (")
		join()
		w.str(")")
	}
	w.str(" SET ")
	for i, f := range fields {
		if i > 0 {
			w.str(", ")
		}
		if mysql {
			w.qualified(m.TableIn(w.d.MaxName), f.Column)
		} else {
			w.ident(f.Column)
		}
		w.str(" = ")
		w.qualified(values, "v"+fmt.Sprint(i+1))
	}
	if !mysql {
		w.str(" FROM ")
		from()
		w.str(" WHERE ")
		join()
	}
}

// singleValues refuses values that may be several for one row.
func (c *Compiler) singleValues(q *expr.Query, values []expr.Annotation) error {
	probe := c.builder(&expr.Query{Model: q.Model, Joins: q.Joins, Annotations: q.Annotations}, nil)
	probe.addSources()
	probe.resolveWhere()
	before := probe.refCounts()
	for _, v := range values {
		probe.resolve(v.Node, nil)
	}
	if probe.err != nil {
		return probe.err
	}
	for i := range probe.newRefs(before) {
		if probe.aliases[i].multi {
			return fmt.Errorf("orm: UpdateFrom: a value follows a relation to many rows (use an aggregate such as orm.Max, or a subquery)")
		}
	}
	return nil
}
