package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// unsupported is the error for a database without an editor of its own.
func (e *Editor) unsupported(what string) error {
	return fmt.Errorf("migrate: %s is not supported on %s", what, e.d.Name)
}

// AddField adds a column to a table, or makes the table of a many-to-many field.
func (e *Editor) AddField(ctx context.Context, from, to *State, before, after *schema.Model, f *schema.Field, oneOff any) error {
	switch {
	case f.Kind == schema.ManyToMany:
		return e.createThrough(ctx, to, after, f)
	case f.Kind == schema.ForeignObject:
		return e.addForeign(ctx, to, before, after, f)
	case !f.HasColumn():
		return nil
	}
	deflt := effectiveDefault(f, oneOff)
	if f.Expression != nil {
		deflt = nil
	}
	switch e.d.Name {
	case "sqlite":
		return e.sqliteAddField(ctx, from, to, before, after, f, deflt)
	case "postgresql":
		return e.postgresAddField(ctx, to, after, f, deflt)
	case "mysql":
		return e.mysqlAddField(ctx, to, after, f, deflt)
	}
	return e.unsupported("adding a column")
}

// RemoveField drops a column, or the table of a many-to-many field.
func (e *Editor) RemoveField(ctx context.Context, from, to *State, before, after *schema.Model, f *schema.Field) error {
	switch {
	case f == nil:
		return fmt.Errorf("migrate: %s: the field to remove does not exist", before.Label())
	case f.Kind == schema.ManyToMany:
		_, t, err := e.through(from, before, f)
		if err != nil || t == nil {
			return err
		}
		return e.DropTable(ctx, from, t)
	case f.Kind == schema.ForeignObject:
		return e.dropForeign(ctx, from, to, before, after, f)
	case !f.HasColumn():
		return nil
	}
	switch e.d.Name {
	case "sqlite":
		return e.sqliteRemoveField(ctx, from, to, before, after, f)
	case "mysql":
		return e.mysqlRemoveField(ctx, from, before, f)
	case "postgresql":
		if err := e.finish(ctx); err != nil {
			return err
		}
		return e.Execute(ctx, "ALTER TABLE "+e.name(before.Table)+" DROP COLUMN "+e.name(f.ColumnName()))
	}
	return e.unsupported("dropping a column")
}

// AlterField changes a column.
func (e *Editor) AlterField(ctx context.Context, from, to *State, before, after *schema.Model, old, now *schema.Field, oneOff any) error {
	if old == nil || now == nil {
		return fmt.Errorf("migrate: %s: the field to alter does not exist", after.Label())
	}
	if (old.Kind == schema.ManyToMany) != (now.Kind == schema.ManyToMany) {
		return fmt.Errorf("migrate: %s.%s: a many-to-many field cannot become a column or back (remove it and add another)", after.Label(), now.Name)
	}
	if old.Kind == schema.ManyToMany {
		return e.alterMany(ctx, from, to, before, after, old, now)
	}
	if old.Kind == schema.ForeignObject || now.Kind == schema.ForeignObject {
		return e.alterForeign(ctx, from, to, before, after, old, now)
	}
	was, err := e.column(from, before, old)
	if err != nil {
		return err
	}
	is, err := e.column(to, after, now)
	if err != nil {
		return err
	}
	wasFK, err := e.references(from, old)
	if err != nil {
		return err
	}
	isFK, err := e.references(to, now)
	if err != nil {
		return err
	}
	c := change{from: from, to: to, before: before, after: after, old: old, now: now, oneOff: oneOff, sameColumn: was == is && wasFK == isFK}
	if c.sameColumn && old.ColumnName() == now.ColumnName() && old.WantsIndex() == now.WantsIndex() {
		switch {
		case old.Comment != now.Comment:
			return e.columnComment(ctx, after, now)
		case e.d.Name == "sqlite" && old.Kind != now.Kind: // both are integers here, but not in what points to them
			return e.remakePointing(ctx, from, to, after)
		}
		return nil // only what forms and people see
	}
	switch e.d.Name {
	case "sqlite":
		return e.sqliteAlterField(ctx, &c)
	case "postgresql":
		return e.aside(ctx, &c, func() error { return e.postgresAlterField(ctx, &c) })
	case "mysql":
		return e.aside(ctx, &c, func() error { return e.mysqlAlterField(ctx, &c) })
	}
	return e.unsupported("altering a column")
}

// change is one column before and after.
type change struct {
	from, to      *State
	before, after *schema.Model
	old, now      *schema.Field
	oneOff        any
	// sameColumn: the definitions of the column are equal but for its name.
	sameColumn bool
}

// references is where a foreign key's constraint leads, as text; empty without one.
func (e *Editor) references(s *State, f *schema.Field) (string, error) {
	if f.Rel == nil || f.Rel.NoConstraint || f.Kind == schema.ManyToMany {
		return "", nil
	}
	if f.Rel.OnDelete == schema.DBSetDefault && e.d.Name == "mysql" {
		return "", fmt.Errorf("migrate: %s: MySQL and MariaDB have no ON DELETE SET DEFAULT (use SetDefault, which the program does)", f.Name)
	}
	to, tf, err := s.target(f)
	if err != nil {
		return "", err
	}
	return e.name(to.Table) + " (" + e.name(tf.ColumnName()) + ")" + onDeleteSQL(f.Rel.OnDelete), nil
}

// alterMany changes the hidden table of a many-to-many field.
func (e *Editor) alterMany(ctx context.Context, from, to *State, before, after *schema.Model, old, now *schema.Field) error {
	fromWith, was, err := e.through(from, before, old)
	if err != nil {
		return err
	}
	toWith, is, err := e.through(to, after, now)
	if err != nil {
		return err
	}
	switch {
	case was == nil && is == nil:
		return nil
	case was == nil || is == nil:
		return fmt.Errorf("migrate: %s.%s: a many-to-many field cannot change between a table of its own and a model (remove it and add another)", after.Label(), now.Name)
	}
	return e.renameThrough(ctx, fromWith, toWith, was, is)
}

// renameThrough renames the table of a many-to-many field and its columns, or points them elsewhere.
func (e *Editor) renameThrough(ctx context.Context, from, to *State, was, is *schema.Model) error {
	if err := e.renameTable(ctx, was.Table, is.Table); err != nil {
		return err
	}
	moved := *was
	moved.Table = is.Table
	fill := map[string]string{}
	same := true
	for i := range is.Fields {
		o, n := &was.Fields[i], &is.Fields[i]
		fill[n.ColumnName()] = e.name(o.ColumnName())
		same = same && o.ColumnName() == n.ColumnName() && reflectRel(o) == reflectRel(n)
	}
	switch {
	case same:
		return nil
	case e.d.Name == "sqlite":
		return e.remake(ctx, to, &moved, is, fill)
	}
	for i := range is.Fields {
		o, n := &was.Fields[i], &is.Fields[i]
		if o.ColumnName() == n.ColumnName() && reflectRel(o) == reflectRel(n) {
			continue
		}
		mid := from.Clone()
		mid.Add(moved)
		if err := e.AlterField(ctx, mid, to, &moved, is, o, n, nil); err != nil {
			return err
		}
	}
	return nil
}

func reflectRel(f *schema.Field) string {
	if f.Rel == nil {
		return ""
	}
	return low(f.Rel.To) + f.Rel.ToField + strings.Join(f.Rel.ToFields, ",")
}

// renameTable renames a table, if the names differ.
func (e *Editor) renameTable(ctx context.Context, was, is string) error {
	if was == is {
		return nil
	}
	if err := e.finish(ctx); err != nil { // what was put off speaks of the old name
		return err
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(was)+" RENAME TO "+e.name(is))
}

// RenameModel renames a model's table and what is named after it: the tables of its many-to-many fields, and the columns
// that point to it in the tables of many-to-many fields on either side.
func (e *Editor) RenameModel(ctx context.Context, from, to *State, before, after *schema.Model) error {
	if err := e.renameTable(ctx, before.Table, after.Table); err != nil {
		return err
	}
	olds, err := e.throughsOf(from, before)
	if err != nil {
		return err
	}
	news, err := e.throughsOf(to, after)
	if err != nil {
		return err
	}
	fromWith, _, err := from.tables()
	if err != nil {
		return err
	}
	toWith, _, err := to.tables()
	if err != nil {
		return err
	}
	for i := range olds {
		if i < len(news) {
			if err := e.renameThrough(ctx, fromWith, toWith, olds[i], news[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// throughsOf are the hidden tables of all many-to-many fields from or to a model, in the order of the state.
func (e *Editor) throughsOf(s *State, m *schema.Model) ([]*schema.Model, error) {
	var out []*schema.Model
	for _, owner := range s.Models() {
		if !owner.HasTable() {
			continue
		}
		for i := range owner.Fields {
			f := &owner.Fields[i]
			if f.Kind != schema.ManyToMany || f.Rel.Through != "" || owner != m && s.ByLabel(f.Rel.To) != m {
				continue
			}
			_, t, err := e.through(s, owner, f)
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	return out, nil
}

// AddConstraint adds a check or a unique constraint.
func (e *Editor) AddConstraint(ctx context.Context, _, s *State, before, after *schema.Model, c *schema.Constraint) error {
	if isUniqueIndex(c) {
		if e.mysqlSkips(c.Expressions, true, c.Where != nil) {
			return nil
		}
		sql, err := e.uniqueIndexSQL(after, c)
		if err != nil {
			return err
		}
		return e.Execute(ctx, sql)
	}
	if e.d.Name == "sqlite" {
		return e.remake(ctx, s, before, after, nil)
	}
	sql, err := e.inlineConstraint(after, c)
	if err != nil {
		return err
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(after.Table)+" ADD "+sql)
}

// RemoveConstraint drops a check or a unique constraint.
func (e *Editor) RemoveConstraint(ctx context.Context, _, s *State, before, after *schema.Model, c *schema.Constraint) error {
	if isUniqueIndex(c) {
		if e.mysqlSkips(c.Expressions, true, c.Where != nil) {
			return nil
		}
		return e.dropIndex(ctx, before, c.Name)
	}
	if e.d.Name == "sqlite" {
		return e.remake(ctx, s, before, after, nil)
	}
	if len(c.Fields) > 0 {
		if err := e.mysqlKeepKey(ctx, before, c.Fields[0], c.Name); err != nil {
			return err
		}
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(after.Table)+" DROP CONSTRAINT "+e.name(c.Name))
}

// dropIndex drops an index by its name. One that was put off is forgotten.
func (e *Editor) dropIndex(ctx context.Context, m *schema.Model, name string) error {
	if err := e.finish(ctx); err != nil {
		return err
	}
	if err := e.mysqlKeepKey(ctx, m, "", name); err != nil {
		return err
	}
	sql := "DROP INDEX " + e.name(name)
	switch e.d.Name {
	case "postgresql":
		sql = "DROP INDEX IF EXISTS " + e.name(name)
	case "mysql":
		if e.d.MariaDB { // where one over an expression was never made
			sql = "DROP INDEX IF EXISTS " + e.name(name)
		}
		sql += " ON " + e.name(m.Table)
	}
	return e.Execute(ctx, sql)
}

// dropUniqueTogether drops the unique index of a set of fields: by the name that it has in the database, since tables may
// have been renamed after it was made.
func (e *Editor) dropUniqueTogether(ctx context.Context, m *schema.Model, set []string) error {
	if err := e.finish(ctx); err != nil {
		return err
	}
	cols, err := columns(m, set)
	if err != nil {
		return err
	}
	name := schema.IndexName(m.Table, cols, "_uniq", e.d.MaxName)
	if !e.collect {
		table, err := introspectTable(ctx, e.d, e.db, m.Table)
		if err != nil {
			return err
		}
		for _, ix := range table.Indexes {
			if ix.Own && e.d.Name == "sqlite" {
				continue // a constraint in the table's own text
			}
			if ix.Unique && !ix.Primary && ix.Where == "" && slices.Equal(ix.Columns, cols) && (ix.Name == name || !hasConstraint(m, ix.Name)) {
				name = ix.Name
				break
			}
		}
	}
	if e.d.Name == "sqlite" {
		return e.Execute(ctx, "DROP INDEX "+e.name(name))
	}
	if err := e.mysqlKeepKey(ctx, m, set[0], name); err != nil {
		return err
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(m.Table)+" DROP CONSTRAINT "+e.name(name))
}

// tableComment writes the comment of a table where the database keeps comments.
func (e *Editor) tableComment(ctx context.Context, m *schema.Model) error {
	if e.d.Name == "sqlite" {
		return nil
	}
	text, err := orm.LiteralSQL(e.d, m.Comment)
	if err != nil {
		return err
	}
	if e.d.Name == "mysql" {
		return e.Execute(ctx, "ALTER TABLE "+e.name(m.Table)+" COMMENT = "+text)
	}
	return e.Execute(ctx, "COMMENT ON TABLE "+e.name(m.Table)+" IS "+text)
}

func (e *Editor) columnComment(ctx context.Context, m *schema.Model, f *schema.Field) error {
	if e.d.Name != "postgresql" || !f.HasColumn() {
		return nil
	}
	text, err := orm.LiteralSQL(e.d, f.Comment)
	if err != nil {
		return err
	}
	return e.Execute(ctx, "COMMENT ON COLUMN "+e.name(m.Table)+"."+e.name(f.ColumnName())+" IS "+text)
}
