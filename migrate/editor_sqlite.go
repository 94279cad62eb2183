package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// sqliteAddField adds a column in place when SQLite can, else it makes the table anew.
func (e *Editor) sqliteAddField(ctx context.Context, from, to *State, before, after *schema.Model, f *schema.Field, deflt any) error {
	if err := e.sqliteLacks(ctx, after.Table, f.ColumnName()); err != nil {
		return err
	}
	if f.PrimaryKey || f.Unique || f.Kind == schema.OneToOne || !f.Null || deflt != nil || f.DBDefault != nil || f.Expression != nil {
		value, err := e.literal(f, deflt)
		if err != nil {
			return err
		}
		fill := map[string]string{f.ColumnName(): value}
		if f.Expression != nil || f.DBDefault != nil && deflt == nil || f.Kind.IsAuto() {
			fill[f.ColumnName()] = ""
		}
		return e.remake(ctx, to, before, after, fill)
	}
	def, err := e.column(to, after, f)
	if err != nil {
		return err
	}
	if err := e.Execute(ctx, "ALTER TABLE "+e.name(after.Table)+" ADD COLUMN "+e.name(f.ColumnName())+" "+def); err != nil {
		return err
	}
	list, err := e.fieldIndexes(to, after, f)
	e.deferred = append(e.deferred, list...)
	return err
}

// sqliteLacks refuses to add a column that is there: a table that is made anew for it would lose the column's values.
func (e *Editor) sqliteLacks(ctx context.Context, table, column string) error {
	if e.collect {
		return nil
	}
	there := false
	err := orm.QueryOn(ctx, e.db, "SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ?", []any{table, column}, func([]any) error { there = true; return nil })
	if err == nil && there {
		err = fmt.Errorf("table %s has a column %s already (if the migration ran before under another name, record it: migrate --fake)", table, column)
	}
	return err
}

// sqliteRemoveField drops a column in place when nothing hangs on it.
func (e *Editor) sqliteRemoveField(ctx context.Context, from, to *State, before, after *schema.Model, f *schema.Field) error {
	if f.PrimaryKey || f.Unique || f.WantsIndex() || f.Rel != nil && !f.Rel.NoConstraint || e.d.ColumnCheck(f, "x") != "" || len(before.Constraints) > 0 || f.Expression != nil {
		return e.remake(ctx, to, before, after, nil)
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(before.Table)+" DROP COLUMN "+e.name(f.ColumnName()))
}

// sqliteAlterField renames a column in place when nothing else changes, else it makes the table anew, and with it the
// tables whose foreign keys take their type or column name from the changed one.
func (e *Editor) sqliteAlterField(ctx context.Context, c *change) error {
	was, is := c.old.ColumnName(), c.now.ColumnName()
	if c.sameColumn && c.old.WantsIndex() == c.now.WantsIndex() && c.now.Rel == nil {
		if err := e.finish(ctx); err != nil {
			return err
		}
		return e.Execute(ctx, "ALTER TABLE "+e.name(c.after.Table)+" RENAME COLUMN "+e.name(was)+" TO "+e.name(is))
	}
	fill := map[string]string{is: e.name(was)}
	if c.old.Null && !c.now.Null {
		if deflt := effectiveDefault(c.now, c.oneOff); deflt != nil {
			value, err := e.literal(c.now, deflt)
			if err != nil {
				return err
			}
			fill[is] = "coalesce(" + e.name(was) + ", " + value + ")"
		}
	}
	if c.now.Expression != nil {
		fill[is] = ""
	}
	if err := e.remake(ctx, c.to, c.before, c.after, fill); err != nil {
		return err
	}
	return e.remakePointing(ctx, c.from, c.to, c.after)
}

// remakePointing makes tables anew whose definition changed because they point to a changed key.
func (e *Editor) remakePointing(ctx context.Context, from, to *State, changed *schema.Model) error {
	fromWith, olds, err := from.tables()
	if err != nil {
		return err
	}
	toWith, _, err := to.tables()
	if err != nil {
		return err
	}
	for _, old := range olds {
		now := toWith.Model(old.App, old.Name)
		if now == nil || now.Label() == changed.Label() || !pointsTo(now, changed.Label()) {
			continue
		}
		was, err := e.tableSQL(fromWith, old, old.Table)
		if err != nil {
			return err
		}
		is, err := e.tableSQL(toWith, now, now.Table)
		if err != nil {
			return err
		}
		if was == is {
			continue
		}
		if err := e.remake(ctx, toWith, old, now, nil); err != nil {
			return err
		}
	}
	return nil
}

func pointsTo(m *schema.Model, label string) bool {
	return slices.ContainsFunc(m.Fields, func(f schema.Field) bool { return f.Rel != nil && strings.EqualFold(f.Rel.To, label) })
}

// remake changes a table of SQLite in the way its documentation tells: a new table, the rows copied, the old one dropped.
// Fill gives the source of a column in the new table: an expression, or "" for a column that is not copied. Triggers and
// indexes that migrations do not know of are kept, and so is the counter of automatic keys. In a migration without a
// transaction it takes one of its own: others would miss the table while it is away, and what they write while the rows are
// copied would be lost.
//
// Django 6.1 django/db/backends/sqlite3/schema.py _remake_table.
func (e *Editor) remake(ctx context.Context, s *State, before, after *schema.Model, fill map[string]string) error {
	if e.atomic || e.collect {
		return e.remakeTable(ctx, s, before, after, fill)
	}
	ran := len(e.ran)
	err := orm.AtomicWith(ctx, orm.AtomicOptions{DB: e.db}, func(ctx context.Context) error {
		if err := e.remakeTable(ctx, s, before, after, fill); err != nil {
			return err
		}
		return checkForeignKeys(ctx, e.db)
	})
	if err != nil {
		e.ran = e.ran[:ran] // the statements are taken back
	}
	return err
}

// remakeTable is remake inside of a transaction.
func (e *Editor) remakeTable(ctx context.Context, s *State, before, after *schema.Model, fill map[string]string) error {
	own, err := e.sqliteOwn(ctx, before)
	if err != nil {
		return err
	}
	e.forget(before.Table) // it is made with the table
	temp := "new__" + after.Table
	sql, err := e.tableSQL(s, after, temp)
	if err != nil {
		return err
	}
	if err := e.Execute(ctx, sql); err != nil {
		return err
	}
	if err := e.copyRows(ctx, before, after, temp, fill); err != nil {
		return err
	}
	if own.counter >= 0 {
		if err := e.Execute(ctx, fmt.Sprintf("UPDATE sqlite_sequence SET seq = max(seq, %d) WHERE name = '%s'", own.counter, strings.ReplaceAll(temp, "'", "''"))); err != nil {
			return err
		}
	}
	if err := e.Execute(ctx, "DROP TABLE "+e.name(before.Table)); err != nil {
		return err
	}
	rename := "ALTER TABLE " + e.name(temp) + " RENAME TO " + e.name(after.Table)
	if own.mentioned { // views and triggers speak of the table while it is away
		if err := e.Execute(ctx, "PRAGMA legacy_alter_table = ON"); err != nil {
			return err
		}
		err := e.Execute(ctx, rename)
		if back := e.Execute(ctx, "PRAGMA legacy_alter_table = OFF"); err == nil {
			err = back
		}
		if err != nil {
			return err
		}
	} else if err := e.Execute(ctx, rename); err != nil {
		return err
	}
	if err := e.deferIndexes(s, after); err != nil {
		return err
	}
	if err := e.finish(ctx); err != nil {
		return err
	}
	for _, sql := range own.extra {
		if err := e.Execute(ctx, sql); err != nil {
			return fmt.Errorf("migrate: table %s has an index or a trigger that its models do not name and that does not fit the new table: %s: %w", after.Table, sql, err)
		}
	}
	return nil
}

func (e *Editor) copyRows(ctx context.Context, before, after *schema.Model, temp string, fill map[string]string) error {
	var into, from []string
	for i := range after.Fields {
		f := &after.Fields[i]
		if !f.HasColumn() || f.Expression != nil {
			continue
		}
		col := f.ColumnName()
		source, given := fill[col]
		switch {
		case given && source == "":
			continue
		case given:
		case slices.ContainsFunc(before.Fields, func(o schema.Field) bool { return o.HasColumn() && o.ColumnName() == col }):
			source = e.name(col)
		default:
			continue
		}
		into, from = append(into, e.name(col)), append(from, source)
	}
	if len(into) == 0 {
		return nil
	}
	return e.Execute(ctx, "INSERT INTO "+e.name(temp)+" ("+strings.Join(into, ", ")+") SELECT "+strings.Join(from, ", ")+" FROM "+e.name(before.Table))
}

// sqliteOwn is what a table has that its model does not name.
type sqliteOwn struct {
	// extra are the statements that make its triggers and the indexes made by hand.
	extra []string
	// mentioned says that a view or a trigger speaks of the table.
	mentioned bool
	// counter is the last automatic key, -1 if there is none.
	counter int64
}

func (e *Editor) sqliteOwn(ctx context.Context, m *schema.Model) (sqliteOwn, error) {
	own := sqliteOwn{counter: -1}
	if e.collect {
		return own, nil
	}
	known := e.knownIndexes(m)
	err := orm.QueryOn(ctx, e.db, "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger', 'view')", nil, func(c []any) error {
		kind, _ := c[0].(string)
		name, _ := c[1].(string)
		table, _ := c[2].(string)
		sql, _ := c[3].(string)
		if kind != "index" && strings.Contains(sql, m.Table) {
			own.mentioned = true
		}
		if table != m.Table || kind == "index" && known(name, sql) {
			return nil
		}
		if kind != "view" {
			own.extra = append(own.extra, sql)
		}
		return nil
	})
	if err != nil {
		return own, err
	}
	if pk := m.PK(); pk != nil && pk.Kind.IsAuto() {
		err = orm.QueryOn(ctx, e.db, "SELECT seq FROM sqlite_sequence WHERE name = ?", []any{m.Table}, func(c []any) error {
			own.counter, _ = c[0].(int64)
			return nil
		})
	}
	return own, err
}

// knownIndexes says which indexes of a table follow from its model. Those that were named after an earlier name of the
// table end in the shape of a made name: eight hexadecimal digits.
func (e *Editor) knownIndexes(m *schema.Model) func(name, sql string) bool {
	names := map[string]bool{}
	for i := range m.Indexes {
		names[m.Indexes[i].Name] = true
	}
	for i := range m.Constraints {
		names[m.Constraints[i].Name] = true
	}
	return func(name, _ string) bool {
		if names[name] {
			return true
		}
		base := strings.TrimSuffix(name, "_uniq")
		i := strings.LastIndexByte(base, '_')
		if i < 0 || len(base)-i-1 != 8 {
			return false
		}
		return strings.Trim(base[i+1:], "0123456789abcdef") == ""
	}
}

func hasConstraint(m *schema.Model, name string) bool {
	return slices.ContainsFunc(m.Constraints, func(c schema.Constraint) bool { return c.Name == name })
}
