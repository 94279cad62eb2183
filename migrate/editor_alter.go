package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

func (e *Editor) indexExpression(m *schema.Model, x schema.Expression) (string, error) {
	desc := false
	inner := x
	if s, ok := x.(expr.Sorted); ok {
		desc = s.Desc
		if se, ok := s.Of.(schema.Expression); ok {
			inner = se
		}
	}
	sql, err := orm.ExpressionSQL(e.d, m, inner)
	if err != nil {
		return "", err
	}
	if _, plain := inner.(expr.Name); !plain {
		sql = "(" + sql + ")"
	}
	if desc {
		sql += " DESC"
	}
	return sql, nil
}

// AddField adds a column to a table, or makes the table of a many-to-many field.
func (e *Editor) AddField(ctx context.Context, s *State, before, after *schema.Model, f *schema.Field, oneOff any) error {
	if f.Kind == schema.ManyToMany {
		return e.createThrough(ctx, s, after, f)
	}
	if !f.HasColumn() {
		return nil
	}
	deflt := effectiveDefault(f, oneOff)
	if e.d.Name == "sqlite" {
		if f.PrimaryKey || f.Unique || f.Kind == schema.OneToOne || !f.Null || deflt != nil || f.DBDefault != nil || f.Expression != nil {
			value, err := e.literal(f, deflt)
			if err != nil {
				return err
			}
			fill := map[string]string{f.ColumnName(): value}
			if f.Expression != nil || f.DBDefault != nil && deflt == nil {
				fill[f.ColumnName()] = ""
			}
			return e.remake(ctx, s, before, after, fill)
		}
		def, err := e.column(s, after, f)
		if err != nil {
			return err
		}
		if err := e.Execute(ctx, "ALTER TABLE "+e.name(after.Table)+" ADD COLUMN "+e.name(f.ColumnName())+" "+def); err != nil {
			return err
		}
		e.deferred = append(e.deferred, e.fieldIndexes(after, f)...)
		return nil
	}
	return fmt.Errorf("migrate: adding a column is not supported on %s yet", e.d.Name)
}

// RemoveField drops a column, or the table of a many-to-many field.
func (e *Editor) RemoveField(ctx context.Context, s *State, before, after *schema.Model, f *schema.Field) error {
	if f.Kind == schema.ManyToMany {
		_, t, err := e.through(s, before, f)
		if err != nil || t == nil {
			return err
		}
		return e.DropTable(ctx, s, t)
	}
	if !f.HasColumn() {
		return nil
	}
	if e.d.Name == "sqlite" && (f.PrimaryKey || f.Unique || f.WantsIndex() || f.Rel != nil && !f.Rel.NoConstraint || len(before.Constraints) > 0) {
		return e.remake(ctx, s, before, after, nil)
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(before.Table)+" DROP COLUMN "+e.name(f.ColumnName()))
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
	was, err := e.column(from, before, old)
	if err != nil {
		return err
	}
	is, err := e.column(to, after, now)
	if err != nil {
		return err
	}
	sameIndex := old.WantsIndex() == now.WantsIndex()
	if was == is && old.ColumnName() == now.ColumnName() && sameIndex {
		return nil // only what forms and people see
	}
	if e.d.Name != "sqlite" {
		return fmt.Errorf("migrate: altering a column is not supported on %s yet", e.d.Name)
	}
	if was == is && sameIndex {
		return e.Execute(ctx, "ALTER TABLE "+e.name(after.Table)+" RENAME COLUMN "+e.name(old.ColumnName())+" TO "+e.name(now.ColumnName()))
	}
	fill := map[string]string{now.ColumnName(): e.name(old.ColumnName())}
	if old.Null && !now.Null {
		value, err := e.literal(now, effectiveDefault(now, oneOff))
		if err != nil {
			return err
		}
		fill[now.ColumnName()] = "coalesce(" + e.name(old.ColumnName()) + ", " + value + ")"
	}
	return e.remake(ctx, to, before, after, fill)
}

func (e *Editor) alterMany(ctx context.Context, from, to *State, before, after *schema.Model, old, now *schema.Field) error {
	_, was, err := e.through(from, before, old)
	if err != nil {
		return err
	}
	_, is, err := e.through(to, after, now)
	if err != nil {
		return err
	}
	if was != nil && is != nil && was.Table != is.Table {
		return e.Execute(ctx, "ALTER TABLE "+e.name(was.Table)+" RENAME TO "+e.name(is.Table))
	}
	return nil
}

// AddConstraint adds a check or a unique constraint.
func (e *Editor) AddConstraint(ctx context.Context, s *State, before, after *schema.Model, c *schema.Constraint) error {
	if isUniqueIndex(c) {
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
func (e *Editor) RemoveConstraint(ctx context.Context, s *State, before, after *schema.Model, c *schema.Constraint) error {
	if isUniqueIndex(c) {
		return e.Execute(ctx, "DROP INDEX "+e.name(c.Name))
	}
	if e.d.Name == "sqlite" {
		return e.remake(ctx, s, before, after, nil)
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(after.Table)+" DROP CONSTRAINT "+e.name(c.Name))
}

// remake changes a table of SQLite in the way its documentation tells: a new table, the rows copied, the old one dropped.
// Fill gives the source of a column in the new table: an expression, or "" for a column that is not copied.
//
// Django 6.1 django/db/backends/sqlite3/schema.py _remake_table.
func (e *Editor) remake(ctx context.Context, s *State, before, after *schema.Model, fill map[string]string) error {
	temp := "new__" + after.Table
	sql, err := e.tableSQL(s, after, temp)
	if err != nil {
		return err
	}
	if err := e.Execute(ctx, sql); err != nil {
		return err
	}
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
	steps := []string{
		"INSERT INTO " + e.name(temp) + " (" + strings.Join(into, ", ") + ") SELECT " + strings.Join(from, ", ") + " FROM " + e.name(before.Table),
		"DROP TABLE " + e.name(before.Table),
		"ALTER TABLE " + e.name(temp) + " RENAME TO " + e.name(after.Table),
	}
	for _, sql := range steps {
		if err := e.Execute(ctx, sql); err != nil {
			return err
		}
	}
	e.forget(before.Table)
	if err := e.deferIndexes(s, after); err != nil {
		return err
	}
	return e.finish(ctx)
}
