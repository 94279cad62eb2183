package compile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// common is a common table expression of a statement.
type common struct {
	table   *expr.Table
	columns []string
	// given are the fields of the model that the rows have, nil for all.
	given  []*plan.Field
	extras []expr.Annotation
	start  *builder
	next   *builder
}

// commonTable resolves a common table when the statement first names it. In its own recursive part it is known already.
func (b *builder) commonTable(t *expr.Table) *common {
	top := b.top
	for _, c := range top.tables {
		if c.table.Origin() == t.Origin() {
			return c
		}
		if strings.EqualFold(c.table.Name, t.Name) {
			b.fail(fmt.Errorf("orm: two common tables of one statement are named %q (keep the table in a variable to use it twice)", t.Name))
			return c
		}
	}
	c := &common{table: t}
	c.start = b.tablePart(t, t.Query, nil)
	if b.err != nil {
		return c
	}
	c.columns = b.tableColumns(t, c.start, t.Fields)
	c.given, c.extras = c.start.given(t), extras(t.Query)
	top.tables = append(top.tables, c)
	if t.Next != nil && b.err == nil {
		at := len(top.tables) - 1
		b.recurse(c)
		// What the recursive part uses comes before it.
		top.tables = append(append(top.tables[:at:at], top.tables[at+1:]...), c)
	}
	return c
}

// recurse resolves the recursive part of a common table.
func (b *builder) recurse(c *common) {
	t := c.table
	c.next = b.tablePart(t, t.Next, nil)
	if b.err != nil {
		return
	}
	names := b.tableColumns(t, c.next, t.NextFields)
	if b.err != nil {
		return
	}
	if len(names) != len(c.columns) || c.next.combined != nil && !slices.Equal(names, c.columns) {
		b.fail(fmt.Errorf("orm: table %q: the first part has the columns %s, the recursive one %s", t.Name, strings.Join(c.columns, ", "), strings.Join(names, ", ")))
		return
	}
	if c.next.combined == nil {
		cols := make([]column, len(names))
		for i, name := range c.columns {
			at := slices.Index(names, name)
			if at < 0 {
				b.fail(fmt.Errorf("orm: table %q: the recursive part does not give %s", t.Name, name))
				return
			}
			cols[i] = c.next.cols[at]
		}
		c.next.cols = cols
	}
	if t.Fields != nil && b.c.D.Name != "sqlite" {
		b.castColumns(c, c.start)
		b.castColumns(c, c.next)
	}
}

// castColumns gives the columns the types of the rows' fields: databases take them from the first part alone, and want
// those of the recursive part to be the same.
func (b *builder) castColumns(c *common, part *builder) {
	if part.combined != nil {
		for _, p := range part.combined {
			b.castColumns(c, p)
		}
		return
	}
	for i, name := range c.columns {
		f := c.table.Model.FieldNamed(name)
		if f == nil || i >= len(part.cols) {
			continue
		}
		typed := *part.cols[i].e
		inner := part.cols[i].e
		s := storedField(f).S
		typed.name = ""
		typed.write = func(w *writer) { castTo(w, inner, s) }
		part.cols[i].e = &typed
	}
}

func castTo(w *writer, e *rexpr, s *schema.Field) {
	if w.d.Name == "mysql" {
		if s.Kind.IsText() && s.MaxLength == 0 { // as long as a text of the first part otherwise
			w.str("CAST(")
			e.write(w)
			w.str(" AS CHAR(16000))")
			return
		}
		mysqlCast(w, e, s)
		return
	}
	w.str("CAST(")
	e.write(w)
	w.str(" AS " + w.d.ColumnType(s, nil) + ")")
}

// tablePart resolves a query that stands as a table. Outer is the query around a lateral one.
func (b *builder) tablePart(t *expr.Table, q *expr.Query, outer *builder) *builder {
	if t.Fields == nil && q.Values != nil {
		b.fail(fmt.Errorf("orm: the rows of a table are objects, or values chosen with orm.Values"))
		return nil
	}
	if err := t.Model.Ready(); err != nil {
		b.fail(err)
		return nil
	}
	sub := b.c.builder(q, outer)
	if outer == nil {
		sub.top = b.top
		if err := b.sameDatabase(q); err != nil {
			b.fail(err)
			return nil
		}
	}
	sub.locks = true
	sub.prepareSelect(selectInside)
	if sub.err != nil {
		b.fail(sub.err)
		return nil
	}
	return sub
}

// tableColumns are the names of a part's columns: those of the fields that its values are for.
func (b *builder) tableColumns(t *expr.Table, part *builder, fields []uintptr) []string {
	var names []string
	if fields == nil {
		for _, f := range part.layout.Fields {
			names = append(names, f.Column)
		}
		for _, a := range part.layout.Annotations {
			names = append(names, a.Name)
		}
		return names
	}
	for _, off := range fields {
		f := t.Model.FieldAt(off)
		if f == nil || !f.S.HasColumn() {
			b.fail(fmt.Errorf("orm: the rows of a table: a value is for no column of %s", t.Model.GoName()))
			return names
		}
		if slices.Contains(names, f.Column) {
			b.fail(fmt.Errorf("orm: the rows of a table: two values are for %s.%s", t.Model.GoName(), f.GoName))
			return names
		}
		names = append(names, f.Column)
	}
	for _, f := range t.Model.Columns {
		if !slices.Contains(names, f.Column) {
			b.fail(fmt.Errorf("orm: the rows of a table: no value for %s.%s", t.Model.GoName(), f.GoName))
			return names
		}
	}
	for i := len(names); i < len(part.cols); i++ { // what a distinct result is ordered by
		names = append(names, "_order"+strconv.Itoa(i))
	}
	return names
}

// given are the columns of the model that the part has: fewer after Only and Defer.
func (b *builder) given(t *expr.Table) []*plan.Field {
	if t.Fields != nil {
		return nil
	}
	return b.layout.Fields
}

// extras are the computed columns of a query of objects.
func extras(q *expr.Query) []expr.Annotation {
	if q.Values != nil {
		return nil
	}
	if q.Combined != nil && len(q.Combined.Queries) > 0 {
		return extras(q.Combined.Queries[0])
	}
	var out []expr.Annotation
	if q.From != nil {
		out = extras(q.From.Query)
	}
	for _, a := range q.Annotations {
		if !a.Hidden {
			out = append(slices.DeleteFunc(out, func(o expr.Annotation) bool { return o.Name == a.Name }), a)
		}
	}
	return out
}

// writeWith writes the common tables of the statement.
func (b *builder) writeWith(w *writer) {
	word := "WITH "
	for _, c := range b.tables {
		if c.next != nil {
			word = "WITH RECURSIVE "
		}
	}
	w.str(word)
	for i, c := range b.tables {
		if i > 0 {
			w.str(", ")
		}
		w.ident(c.table.Name)
		w.str(" (")
		for j, name := range c.columns {
			if j > 0 {
				w.str(", ")
			}
			w.ident(name)
		}
		w.str(") AS ")
		if c.table.Hint != "" && w.d.Name != "mysql" {
			w.str(c.table.Hint + " ")
		}
		w.str("(")
		c.start.emitPart(w)
		if c.next != nil {
			w.str(" UNION ")
			if !c.table.Unique {
				w.str("ALL ")
			}
			c.next.emitPart(w)
		}
		w.str(")")
		b.checkParts(c)
	}
	w.str(" ")
}

// checkParts reports what went wrong while the parts were written.
func (b *builder) checkParts(c *common) {
	for _, part := range []*builder{c.start, c.next} {
		if part != nil && part.err != nil {
			b.fail(part.err)
		}
	}
}

// emitPart writes a part of a union. A slice or a union of its own stands in brackets.
func (b *builder) emitPart(w *writer) {
	if !b.q.Sliced && b.combined == nil {
		b.emit(w)
		return
	}
	w.str("SELECT * FROM (")
	b.emit(w)
	w.str(") ")
	w.ident("part")
}

// named finds a common table of the statement by a name that a plain table has too.
func (b *builder) named(table string) bool {
	if b.top == nil {
		return false
	}
	return slices.ContainsFunc(b.top.tables, func(c *common) bool { return strings.EqualFold(c.table.Name, table) })
}
