package compile

import (
	"fmt"
	"strconv"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// source is a table of a query that no plain relation leads to.
type source struct {
	// ref is the reference value whose fields name the columns.
	ref *plan.Ref
	// sub is a query in brackets, nil for a table with a name; lateral says that it speaks of the tables before.
	sub     *builder
	lateral bool
	common  bool
	// linked is set for a relation: the columns of the alias are joined as well.
	linked bool
	on     rwhere
	// hidden are further conditions that belong to the join.
	hidden []func(w *writer)
}

// addSources puts the query's own tables in place: what stands for the model's table, and what is joined.
func (b *builder) addSources() {
	if b.q.From != nil {
		b.fromTable(b.q.From)
	}
	for i := range b.q.Joins {
		if b.err != nil {
			return
		}
		j := &b.q.Joins[i]
		switch {
		case j.Err != nil:
			b.fail(j.Err)
		case j.Rel != nil:
			b.joinRelation(j)
		default:
			b.joinTable(j)
		}
	}
}

// fromTable makes the base of the query a table that is not the model's.
func (b *builder) fromTable(t *expr.Table) {
	a := b.aliases[0]
	var list []expr.Annotation
	a.src = &source{}
	if t.Name != "" {
		c := b.commonTable(t)
		a.src.common, a.table = true, t.Name
		if b.depth == 0 {
			a.name = t.Name
			b.used[t.Name] = true
		}
		b.fields, list = c.given, c.extras
	} else {
		sub := b.tablePart(t, t.Query, nil)
		if b.err != nil {
			return
		}
		b.nameColumns(t, sub)
		a.src.sub = sub
		b.fields, list = sub.given(t), extras(t.Query)
	}
	if b.err != nil {
		return
	}
	if b.annots == nil {
		b.annots = map[string]*rexpr{}
	}
	for _, e := range list {
		b.annots[e.Name] = b.tableColumn(0, e.Name, b.extraKind(t.Model, e))
	}
	b.inherited = list
}

func (b *builder) extraKind(m *plan.Model, a expr.Annotation) schema.Kind {
	if a.Field != nil {
		if f := m.FieldAt(a.Field.Offset); f != nil {
			return f.S.Kind
		}
	}
	return schema.Invalid
}

// nameColumns gives the columns of a query in brackets the names of the fields that they are for.
func (b *builder) nameColumns(t *expr.Table, sub *builder) {
	if t.Fields == nil {
		return
	}
	names := b.tableColumns(t, sub, t.Fields)
	if b.err != nil {
		return
	}
	parts := sub.combined
	if parts == nil {
		parts = []*builder{sub}
	}
	for _, p := range parts {
		for i := range t.Fields {
			p.cols[i].alias = names[i]
		}
	}
}

// tableColumn is a column of a table by its name.
func (b *builder) tableColumn(alias int, name string, kind schema.Kind) *rexpr {
	a := b.aliases[alias]
	e := &rexpr{kind: kind, column: name, alias: alias, nullable: true}
	e.write = func(w *writer) { w.qualified(a.name, name) }
	e.base = e
	return e
}

// sourceOf finds the joined table that a reference value names, -1 if there is none.
func (b *builder) sourceOf(root *plan.Ref) int {
	for i, a := range b.aliases {
		if a.src != nil && a.src.ref == root {
			return i
		}
	}
	return -1
}

// useSource counts a use of a joined table and of those that it hangs on.
func (b *builder) useSource(i int) {
	for i > 0 {
		b.aliases[i].refs++
		i = b.aliases[i].parent
	}
}

// sourceColumn is a computed column of a joined table.
func (b *builder) sourceColumn(base int, f *plan.Field) *rexpr {
	b.useSource(base)
	return b.tableColumn(base, f.S.Name, f.S.Kind)
}

// joinTable joins a common table, a query in brackets or another model's table.
func (b *builder) joinTable(j *expr.Join) {
	t := j.Table
	if err := t.Model.Ready(); err != nil {
		b.fail(err)
		return
	}
	if err := b.sameDatabase(t.Query); err != nil {
		b.fail(err)
		return
	}
	if bare := t.Name == "" && isBare(t.Query); bare && t.Model.Keyless != nil {
		b.fail(t.Model.Keyless)
		return
	}
	if !b.freeRef(j.Ref) {
		return
	}
	a := &alias{model: t.Model, left: j.Left, nullable: j.Left, refs: 1, src: &source{ref: j.Ref, lateral: t.Lateral}}
	var ranked *ranking
	switch {
	case t.Name != "":
		b.commonTable(t)
		a.table, a.src.common = t.Name, true
	case !t.Lateral && isBare(t.Query):
		a.table = t.Model.TableIn(b.c.D.MaxName)
	case t.Lateral && !b.c.D.Lateral:
		ranked = b.rank(t)
		a.src.lateral = false
		if ranked != nil {
			a.src.sub = ranked.sub
		}
	case t.Lateral:
		a.src.sub = b.tablePart(t, t.Query, b)
	default:
		a.src.sub = b.tablePart(t, t.Query, nil)
	}
	if b.err != nil {
		return
	}
	if a.src.sub != nil {
		b.nameColumns(t, a.src.sub)
	}
	b.addSource(a)
	if ranked != nil {
		a.src.hidden = ranked.conditions(a.name)
	}
	b.joinOn(len(b.aliases)-1, j.On)
}

// freeRef sees that a reference value names one table only.
func (b *builder) freeRef(ref *plan.Ref) bool {
	if ref.Model == b.model && !ref.Other || b.sourceOf(ref) >= 0 {
		b.fail(fmt.Errorf("orm: the key paths of %s name a table of this query already (name the columns of the joined one by another reference value: As(orm.Other[%[1]s]()))", ref.Model.GoName()))
		return false
	}
	return true
}

// isBare says that a query is a model's whole table.
func isBare(q *expr.Query) bool {
	return len(q.Where) == 0 && !q.Sliced && !q.Empty && !q.Distinct && len(q.DistinctOn) == 0 && len(q.Annotations) == 0 &&
		q.Values == nil && q.Combined == nil && q.From == nil && len(q.Joins) == 0 && q.Err == nil
}

func (b *builder) addSource(a *alias) {
	switch {
	case b.depth > 0:
		a.name = b.prefix() + strconv.Itoa(len(b.aliases))
	case a.table == "" || b.used[a.table]:
		a.name = "T" + strconv.Itoa(len(b.aliases)+1)
	default:
		a.name = a.table
	}
	b.used[a.name] = true
	b.aliases = append(b.aliases, a)
}

// joinOn resolves the conditions of a join. They may name the tables before it, but not follow relations to further ones.
func (b *builder) joinOn(at int, on []expr.Pred) {
	if len(on) == 0 {
		return
	}
	n := len(b.aliases)
	refs := b.aliases[at].refs
	b.aliases[at].src.on, _ = b.resolvePred(expr.Pred{Op: expr.AndOp, Kids: on}, nil)
	b.aliases[at].refs = refs
	for _, a := range b.aliases[n:] {
		if a.refs > 0 {
			b.fail(fmt.Errorf("orm: the conditions of a join cannot follow relations to %s (join that too, or use Filter)", a.model.GoName()))
			return
		}
	}
	if c := &b.aliases[at].src.on; c.hasAgg() || c.hasWindow() {
		b.fail(fmt.Errorf("orm: the conditions of a join cannot hold aggregates or window functions"))
	}
}

// joinRelation joins a relation with conditions of its own: Django's FilteredRelation. It is outer until a condition asks
// for a row, and left out while nothing speaks of it.
func (b *builder) joinRelation(j *expr.Join) {
	steps, f, err := j.Rel.Resolve()
	switch {
	case err != nil:
		b.fail(err)
		return
	case j.Rel.Ref.Root().Model != b.model || j.Rel.Ref.Root().Other:
		b.fail(fmt.Errorf("orm: FilteredRelation(%s) in a query of %s", j.Rel, b.model.GoName()))
		return
	case f.Rel == nil:
		b.fail(fmt.Errorf("orm: FilteredRelation(%s): the field is not a relation", j.Rel))
		return
	case !b.freeRef(j.Ref):
		return
	}
	rel := f.Rel
	if err := rel.To.Ready(); err != nil {
		b.fail(err)
		return
	}
	joins := b.walk(steps, nil)
	at := joins[len(joins)-1]
	for _, i := range joins[1:] {
		b.aliases[i].refs--
	}
	add := func(m *plan.Model, table, left, right string, more []plan.ColumnPair) int {
		b.addSource(&alias{table: table, model: m, parent: at, leftColumn: left, rightColumn: right, more: more, nullable: true, left: true, multi: rel.Multi(), src: &source{linked: true}})
		return len(b.aliases) - 1
	}
	if rel.Kind == plan.Many || rel.Kind == plan.ManyBack {
		at = add(rel.Through, rel.Through.TableIn(b.c.D.MaxName), rel.FromColumn, rel.Left, nil)
		at = add(rel.To, rel.To.TableIn(b.c.D.MaxName), rel.Right, rel.ToColumn, nil)
	} else {
		at = add(rel.To, rel.To.TableIn(b.c.D.MaxName), rel.FromColumn, rel.ToColumn, rel.More)
	}
	b.aliases[at].src.ref = j.Ref
	b.joinOn(at, j.On)
}

// writeSource writes a table and the conditions of its join.
func (b *builder) writeSource(w *writer, i int) {
	a := b.aliases[i]
	s := a.src
	if s.sub != nil {
		if s.lateral {
			w.str("LATERAL ")
		}
		w.str("(")
		s.sub.emit(w)
		w.str(")")
		if s.sub.err != nil {
			b.fail(s.sub.err)
		}
	} else {
		w.ident(a.table)
	}
	if s.sub != nil || a.name != a.table {
		w.str(" ")
		w.ident(a.name)
	}
	if i == 0 {
		return
	}
	w.str(" ON (")
	first := true
	and := func() {
		if !first {
			w.str(" AND ")
		}
		first = false
	}
	if s.linked {
		and()
		a.writeJoin(w, b.aliases[a.parent].name)
	}
	for _, write := range s.hidden {
		and()
		write(w)
	}
	if !s.on.isEmpty() || first {
		and()
		s.on.sql(w)
	}
	w.str(")")
}
