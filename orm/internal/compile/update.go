package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

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
	w.ident(b.model.TableIn(w.d.MaxName))
	w.str(" SET ")
	fields := make([]*plan.Field, 0, 8)
	for i, a := range set {
		f, err := b.assignField(a)
		if err != nil {
			return nil, err
		}
		if slices.Contains(fields, f) {
			return nil, &FieldError{Name: f.S.Name, Reason: fmt.Sprintf("%s.%s is set twice", b.model.GoName(), f.GoName)}
		}
		fields = append(fields, f)
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
		b.where.seal()
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
	writeKeyColumns(w, b.model, b.model.TableIn(w.d.MaxName))
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
		case f.Tuple != nil:
			return nil, fmt.Errorf("orm: %s is several columns: set each of them", aTuple(f))
		case !f.S.HasColumn() || f.Extra:
			return nil, fmt.Errorf("orm: %s is not a column", a.Path)
		}
		return f, nil
	}
	f := b.model.FieldNamed(a.Name)
	if rel := b.c.relations(b.model)[a.Name]; rel != nil && rel.Kind != plan.Forward {
		return nil, &FieldError{Name: a.Name, Model: b.model.GoName(), Reason: fmt.Sprintf("%q is a relation to other rows, which an update of %s does not set", a.Name, b.model.GoName())}
	}
	if f != nil && f.Tuple != nil {
		return nil, &FieldError{Name: a.Name, Reason: aTuple(f) + " is several columns: set each of them"}
	}
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
	before := b.refCounts()
	e := b.resolve(a.Value, nil)
	if b.err != nil {
		return
	}
	if e.agg || e.window {
		b.fail(&FieldError{Name: f.S.Name, Reason: fmt.Sprintf("aggregates and window functions cannot be assigned to %q", f.S.Name)})
		return
	}
	if b.joinedSince(before) || e.joined() {
		b.fail(&FieldError{Name: "F", Reason: "the values of an update cannot follow relations (use UpdateFrom, or a subquery)"})
		return
	}
	e.write(w)
}

// joinedSince says that tables were joined, or joined once more, since the uses of all were counted.
func (b *builder) joinedSince(before []int) bool {
	for i, a := range b.aliases {
		if i > 0 && (i >= len(before) && a.refs > 0 || i < len(before) && a.refs > before[i]) {
			return true
		}
	}
	return false
}

// joined says that an expression holds a column of a joined table.
func (e *rexpr) joined() bool {
	if e.column != "" && e.alias > 0 {
		return true
	}
	return slices.ContainsFunc(e.kids, (*rexpr).joined)
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
	w.ident(b.model.TableIn(w.d.MaxName))
	b.writeTarget(w, q, len(q.Joins) > 0 || b.hasJoins() || b.where.hasAgg() || b.where.hasWindow() || q.Sliced || q.Distinct)
	b.writeReturning(w)
	return b.statement(w)
}
