package compile

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Registry knows the relations that lead to a model from others of the site.
type Registry interface {
	// Relations returns all relations of a model by their names in look-ups, forward and backward.
	Relations(m *plan.Model) map[string]*plan.Relation
	// Part returns the site's own transform or look-up of a name that fits a kind, or nil.
	Part(name string, kind schema.Kind) *expr.Part
}

// Compiler compiles for one dialect.
type Compiler struct {
	D   *dialect.Dialect
	Reg Registry
	// Zone is the name of the current time zone, for the parts of moments. Default: UTC.
	Zone string
}

// Statement is SQL with its arguments, and how to read its rows.
type Statement struct {
	SQL    string
	Args   []dialect.Value
	Layout *Layout
	// Empty says that the result is known to be empty: nothing needs to run.
	Empty bool
	// Binders make the arguments anew for other values; Reusable says that they do.
	Binders  []Binder
	Reusable bool
}

// Layout says what the columns of a row are.
type Layout struct {
	Model  *plan.Model
	Fields []*plan.Field
	// Related are the joined relations; their columns follow.
	Related []*Joined
	// Annotations come last.
	Annotations []Output
	Width       int
}

// Joined is a relation whose columns stand in the same row.
type Joined struct {
	Rel      *plan.Relation
	Model    *plan.Model
	Fields   []*plan.Field
	Start    int
	PK       int // the column that is null when there is no such row
	Children []*Joined
}

// Output is a computed column.
type Output struct {
	Name  string
	Field *expr.Path
	Kind  schema.Kind
	Col   int
	// Parts are the columns of a value of several.
	Parts []Output
	// Custom reads the column, if its values have a codec of their own.
	Custom *plan.Custom
	// Places is the number of digits after the point of a column of decimals.
	Places int
}

// builder compiles one SELECT (or the WHERE of another statement).
type builder struct {
	c       *Compiler
	q       *expr.Query
	model   *plan.Model
	outer   *builder
	aliases []*alias
	depth   int
	annots  map[string]*rexpr
	where   rwhere
	err     error
	// grouped is set once an aggregate annotation was seen.
	grouped bool
	used    map[string]bool
	// link ties a subquery to the query around it.
	link func(w *writer)

	// What prepareSelect found.
	mode       selectMode
	filters    [3]rwhere // WHERE, HAVING, and what needs window functions
	layout     *Layout
	cols       []column
	distinctOn []*rexpr
	order      []rorder
	group      []*rexpr
	empty      bool
	combined   []*builder
	// reordered are the columns of a combined query where they are not those of its parts.
	reordered []column
	binders   []Binder
	// single says that the statement serves this query only.
	single bool
	// top is the outermost SELECT, which names the common tables in its WITH; nil in an update or delete.
	top    *builder
	tables []*common
	// fields are the model's columns that the base has, nil for all; inherited are its computed columns.
	fields    []*plan.Field
	inherited []expr.Annotation
	// returning asks an update or delete for columns of its rows; excluded is what an upsert's Excluded stands for.
	returning bool
	// start is the table that FROM begins with; baseUsed says that a column of the base is named.
	start    int
	baseUsed bool
	// groupJoins are the joins of the groups of conditions that keep to themselves.
	groupJoins map[uint8]reuse
	// through, in an aggregate over the rows of another query, is that query: it gives the columns.
	through *builder
	// chosen and groupedBy are the columns of ValuesByName that were resolved between two Filter steps.
	chosen, groupedBy map[string]*rexpr
	// plain is set inside an expression: there a negated condition over many rows speaks of the joined row.
	plain bool
	// locks lets the rows of a table in brackets be locked.
	locks bool
	// over says that what is resolved next stands before OVER.
	over bool
	// nested counts the groups of conditions that are being resolved.
	nested int
	// earlier are the aggregates that came before, by name, for those after them.
	earlier  map[string]*rexpr
	excluded func(w *writer, f *plan.Field)
	// trail are the relations that default orders have followed.
	trail []*plan.Relation
	// mixes says that what is resolved is a part of arithmetic whose outcome is typed: decimals and floats may mix.
	mixes bool
	// external is what the query takes from the one around it.
	external []*rexpr
}

func (c *Compiler) builder(q *expr.Query, outer *builder) *builder {
	q = q.Whole()
	b := &builder{c: c, q: q, model: q.Model, outer: outer}
	b.top = b
	if outer != nil {
		b.depth = outer.depth + 1
		if outer.top != nil {
			b.top = outer.top
		}
	}
	if err := q.Model.Ready(); err != nil { // before the first look at the table's name
		b.fail(err)
	}
	if outer != nil {
		if err := outer.sameDatabase(q); err != nil {
			b.fail(err)
		}
	}
	if q.From == nil && q.Model.Keyless != nil {
		b.fail(q.Model.Keyless)
	}
	b.addBase()
	return b
}

// sameDatabase refuses a query inside this one that is for another database: it would read the tables of this one.
func (b *builder) sameDatabase(q *expr.Query) error {
	other := q.DB
	if other == "" {
		other = q.Home
	}
	if other == "" {
		return nil
	}
	for {
		if b.outer != nil {
			b = b.outer
		} else if b.top != nil && b.top != b {
			b = b.top
		} else {
			break
		}
	}
	if databaseName(other) != databaseName(b.q.DB) {
		return fmt.Errorf("orm: a query of %s is for the database %q and cannot stand inside one for %q (run it first, and use its result)", q.Model.GoName(), databaseName(other), databaseName(b.q.DB))
	}
	return nil
}

func databaseName(db string) string {
	if db == "" {
		return "default"
	}
	return db
}

func (b *builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Select compiles a query that reads objects or values.
func (c *Compiler) Select(q *expr.Query) (*Statement, error) {
	if q.Err != nil {
		return nil, q.Err
	}
	b := c.builder(q, nil)
	w := &writer{d: c.D}
	layout, empty := b.selectInto(w, selectRows)
	if b.err != nil {
		return nil, b.err
	}
	return &Statement{SQL: string(w.buf), Args: w.args, Layout: layout, Empty: empty, Binders: b.binders, Reusable: !b.single && !empty}, nil
}

type selectMode uint8

const (
	selectRows   selectMode = iota
	selectOne               // SELECT 1 ... LIMIT 1
	selectPK                // the primary key only
	selectValue             // inside an expression: one column
	selectCount             // COUNT(*)
	selectInside            // inside a count or an aggregate: no order unless sliced
)

// selectInto resolves and writes one SELECT.
func (b *builder) selectInto(w *writer, mode selectMode) (layout *Layout, empty bool) {
	b.prepareSelect(mode)
	if b.err != nil {
		return nil, true
	}
	if b.empty && mode == selectRows && b.outer == nil {
		return b.layout, true
	}
	b.emit(w)
	return b.layout, b.empty
}

// prepareSelect resolves the query: after it, all joins are known.
func (b *builder) prepareSelect(mode selectMode) {
	q := b.q
	b.mode = mode
	if q.Err != nil {
		b.fail(q.Err)
		return
	}
	if err := q.Model.Ready(); err != nil {
		b.fail(err)
		return
	}
	if q.Combined != nil {
		b.prepareCombined(mode)
		return
	}
	b.addSources()
	b.resolveWhere()
	if b.err != nil {
		return
	}
	if b.link != nil {
		b.where = rwhere{op: expr.AndOp, kids: []rwhere{b.where, {write: b.link}}}
	}
	b.filters[0], b.filters[1], b.filters[2] = b.where.split()
	for i := range b.filters {
		b.filters[i].seal()
	}

	b.layout, b.cols = b.resolveColumns(mode)
	b.distinctOn = b.resolveAll(q.DistinctOn)
	// Inside an expression or a count the order means nothing, unless it decides which rows a slice keeps.
	if mode == selectRows || q.Sliced || len(q.DistinctOn) > 0 {
		b.order = b.resolveOrder(mode)
	}
	b.checkDistinctOn()
	b.group = b.resolveGroup(mode)
	b.settleGroup()
	b.selectOrder(mode)
	b.empty = q.Empty
	for i := range b.filters {
		b.empty = b.empty || b.filters[i].state() == alwaysFalse
	}
}

// selectOrder adds what a distinct result is ordered by to its columns, as SQL demands and Django does.
func (b *builder) selectOrder(mode selectMode) {
	if !b.q.Distinct || mode != selectRows && mode != selectInside {
		return
	}
	for _, o := range b.order {
		if o.e == nil || o.e.name != "" {
			continue
		}
		found := false
		for _, c := range b.cols {
			found = found || c.e.column != "" && c.e.column == o.e.column && c.e.alias == o.e.alias
		}
		if !found {
			b.cols = append(b.cols, column{e: o.e})
		}
	}
}

// emit writes the resolved query.
func (b *builder) emit(w *writer) {
	if len(b.tables) > 0 {
		b.writeWith(w)
	}
	if b.combined != nil {
		b.emitCombined(w)
		return
	}
	if !b.filters[2].isEmpty() {
		b.emitQualified(w)
		return
	}
	w.str("SELECT ")
	b.writeDistinct(w, b.distinctOn)
	b.writeColumns(w, b.mode, b.cols)
	b.writeFrom(w)
	b.writeTail(w)
	b.writeOrder(w, b.order)
	b.writeLimit(w, b.mode)
	b.writeLock(w)
}

// writeTail writes the conditions and the groups.
func (b *builder) writeTail(w *writer) {
	if b.empty {
		w.str(" WHERE 1 = 0")
	} else {
		b.filters[0].clause(w, " WHERE ")
	}
	w.again = true
	b.writeGroup(w)
	if !b.empty {
		around := w.having
		w.having = nil
		if w.d.Name == "mysql" {
			w.having = b
		}
		b.filters[1].clause(w, " HAVING ")
		w.having = around
	}
	w.again = false
}

// checkDistinctOn sees that the order begins with what must differ: it decides which row is the first of a group.
func (b *builder) checkDistinctOn() {
	if len(b.distinctOn) == 0 || len(b.order) == 0 || b.err != nil {
		return
	}
	on := make([]string, len(b.distinctOn))
	w := &writer{d: b.c.D}
	for i, e := range b.distinctOn {
		on[i] = string(w.capture(e.write))
	}
	for i := range on {
		text := ""
		if i < len(b.order) && !b.order[i].rand {
			text = string(w.capture(b.order[i].e.write))
		}
		if !slices.Contains(on, text) {
			b.fail(fmt.Errorf("orm: DistinctOn: the order of the query must begin with what DistinctOn names"))
			return
		}
	}
}

func (b *builder) writeDistinct(w *writer, on []*rexpr) {
	switch {
	case len(on) > 0:
		if !w.d.DistinctOn {
			b.fail(fmt.Errorf("orm: DISTINCT ON is not supported by %s (number the rows instead: a filter on orm.RowNumber over a window)", w.d.Name))
			return
		}
		w.str("DISTINCT ON (")
		for i, e := range on {
			if i > 0 {
				w.str(", ")
			}
			e.write(w)
		}
		w.str(") ")
	case b.q.Distinct:
		w.str("DISTINCT ")
	}
}

// column is one column of the SELECT.
type column struct {
	e     *rexpr
	alias string
}

// name is what the column is called in the result.
func (c column) name() string {
	if c.alias == "" {
		return c.e.column
	}
	return c.alias
}

func (b *builder) writeColumns(w *writer, mode selectMode, cols []column) {
	switch {
	case mode == selectOne:
		w.str("1 AS ")
		w.ident("a")
		return
	case mode == selectCount && len(cols) == 0:
		w.str("COUNT(*)")
		return
	}
	for i, c := range cols {
		if i > 0 {
			w.str(", ")
		}
		if f := c.e.custom; f != nil && !f.Select.IsZero() && mode == selectRows {
			around(w, &f.Select, c.e.write)
		} else {
			c.e.write(w)
		}
		if c.alias != "" {
			w.str(" AS ")
			w.ident(c.alias)
		}
	}
	if len(cols) == 0 {
		w.str("1")
	}
}

func (b *builder) writeFrom(w *writer) {
	w.str(" FROM ")
	for i, a := range b.aliases {
		if i < b.start {
			continue
		}
		if i > b.start {
			if a.refs == 0 {
				continue
			}
			if a.left {
				w.str(" LEFT OUTER JOIN ")
			} else {
				w.str(" INNER JOIN ")
			}
		}
		if a.src != nil {
			b.writeSource(w, i)
			continue
		}
		if b.top != nil && len(b.top.tables) > 0 && b.named(a.table) {
			b.fail(fmt.Errorf("orm: a common table has the name of the table %q (give it another)", a.table))
		}
		w.ident(a.table)
		if a.name != a.table {
			w.str(" ")
			w.ident(a.name)
		}
		if i == b.start {
			continue
		}
		w.str(" ON (")
		a.writeJoin(w, b.aliases[a.parent].name)
		w.str(")")
	}
}

func (b *builder) writeLimit(w *writer, mode selectMode) {
	q := b.q
	limit, offset := -1, 0
	if q.Sliced {
		limit, offset = q.Limit, q.Offset
	}
	switch {
	case mode == selectOne && !q.Sliced:
		w.str(" LIMIT 1")
		return
	case limit >= 0:
		// A number, not a parameter: SQLite prepares a statement anew each time that a parameter of LIMIT is bound.
		w.str(" LIMIT ")
		w.buf = strconv.AppendInt(w.buf, int64(limit), 10)
	case offset > 0 && w.d.NoLimit != "":
		w.str(" LIMIT " + w.d.NoLimit)
	}
	if offset > 0 {
		w.str(" OFFSET ")
		w.arg(dialect.IntValue(int64(offset)))
	}
}
