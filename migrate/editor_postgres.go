package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// foreignKeySQL adds the constraint of a foreign key, or is empty.
func (e *Editor) foreignKeySQL(s *State, m *schema.Model, f *schema.Field) (string, error) {
	if f.Kind == schema.ForeignObject {
		sql, err := e.foreignClause(s, m, f)
		if sql == "" {
			return "", err
		}
		return "ALTER TABLE " + e.name(m.Table) + " ADD CONSTRAINT " + e.name(e.foreignKeyName(s, m, f)) + " " + sql, err
	}
	refs, err := e.references(s, f)
	if err != nil || refs == "" {
		return "", err
	}
	sql := "ALTER TABLE " + e.name(m.Table) + " ADD CONSTRAINT " + e.name(e.foreignKeyName(s, m, f)) + " FOREIGN KEY (" + e.name(f.ColumnName()) + ") REFERENCES " + refs
	if e.d.DeferredKeys {
		sql += " DEFERRABLE INITIALLY DEFERRED"
	}
	return sql, nil
}

// foreignKeyName is the name that Django gives a foreign key.
func (e *Editor) foreignKeyName(s *State, m *schema.Model, f *schema.Field) string {
	fk, err := s.foreignKey(m, f)
	if err != nil {
		return ""
	}
	return schema.IndexName(m.Table, fk.own, "_fk_"+schema.Unquote(fk.table)+"_"+strings.Join(fk.far, "_"), e.d.MaxName)
}

// likeIndex is the second index of a text column that has one, for LIKE in any locale.
//
// Django 6.1 django/db/backends/postgresql/schema.py _create_like_index_sql.
func (e *Editor) likeIndex(s *State, m *schema.Model, f *schema.Field) (string, error) {
	class, err := e.likeClass(s, f)
	if err != nil || class == "" {
		return "", err
	}
	return "CREATE INDEX " + e.name(e.likeName(m, f)) + " ON " + e.name(m.Table) + " (" + e.name(f.ColumnName()) + " " + class + ")" + e.indexSpace(m, f.Tablespace), nil
}

// likeClass is the operator class of a field's index for LIKE, or empty without one.
func (e *Editor) likeClass(s *State, f *schema.Field) (string, error) {
	if e.d.Name != "postgresql" || !f.WantsIndex() && !f.Unique && !f.PrimaryKey && f.Kind != schema.OneToOne || f.Collation != "" {
		return "", nil
	}
	typ, err := e.columnType(s, f)
	switch {
	case err != nil || strings.Contains(typ, "["):
		return "", err
	case strings.HasPrefix(typ, "varchar"):
		return "varchar_pattern_ops", nil
	case strings.HasPrefix(typ, "text"):
		return "text_pattern_ops", nil
	}
	return "", nil
}

func (e *Editor) likeName(m *schema.Model, f *schema.Field) string {
	return schema.IndexName(m.Table, []string{f.ColumnName()}, "_like", e.d.MaxName)
}

func (e *Editor) columnType(s *State, f *schema.Field) (string, error) {
	key, err := s.keyField(f)
	if err != nil {
		return "", err
	}
	if key == f {
		key = nil
	}
	return e.d.ColumnType(f, key), nil
}

// postgresAddField adds a column; rows that are there get the default, which the column itself does not keep.
func (e *Editor) postgresAddField(ctx context.Context, to *State, after *schema.Model, f *schema.Field, deflt any) error {
	value := ""
	if deflt != nil {
		var err error
		if value, err = e.literal(f, deflt); err != nil {
			return err
		}
	}
	def, err := e.columnWith(to, after, f, value)
	if err != nil {
		return err
	}
	table, col := e.name(after.Table), e.name(f.ColumnName())
	refs, err := e.references(to, f)
	if err != nil {
		return err
	}
	if refs != "" {
		def += " CONSTRAINT " + e.name(e.foreignKeyName(to, after, f)) + " REFERENCES " + refs + " DEFERRABLE INITIALLY DEFERRED"
	}
	steps := []string{"ALTER TABLE " + table + " ADD COLUMN " + col + " " + def}
	if refs != "" { // a pending check of the constraint would stop the next change of the table
		steps = append(steps, "SET CONSTRAINTS "+e.name(e.foreignKeyName(to, after, f))+" IMMEDIATE")
	}
	if value != "" && f.DBDefault == nil {
		steps = append(steps, "ALTER TABLE "+table+" ALTER COLUMN "+col+" DROP DEFAULT")
	}
	if err := e.all(ctx, steps); err != nil {
		return err
	}
	if f.Comment != "" {
		if err := e.columnComment(ctx, after, f); err != nil {
			return err
		}
	}
	list, err := e.fieldIndexes(to, after, f)
	e.deferred = append(e.deferred, list...)
	return err
}

func (e *Editor) all(ctx context.Context, steps []string) error {
	for _, sql := range steps {
		if err := e.Execute(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// pointer is a foreign key that takes its type from a changed column.
type pointer struct {
	m *schema.Model
	f *schema.Field
}

// pointing are the foreign keys, hidden tables' ones included, that hold a field of a model.
func pointing(s *State, m *schema.Model, f *schema.Field) (*State, []pointer, error) {
	with, tables, err := s.tables()
	if err != nil {
		return nil, nil, err
	}
	var out []pointer
	for _, t := range tables {
		for i := range t.Fields {
			o := &t.Fields[i]
			if o.Rel == nil || !o.HasColumn() || with.concrete(o.Rel.To) != with.ByLabel(m.Label()) {
				continue
			}
			if _, tf, err := with.target(o); err == nil && tf.Name == f.Name {
				out = append(out, pointer{t, o})
			}
		}
	}
	return with, out, nil
}

// postgresAlterField changes a column step by step: what hangs on it is taken off, the column is changed, what hangs on
// it afterwards is put on.
//
// Django 6.1 django/db/backends/base/schema.py _alter_field.
func (e *Editor) postgresAlterField(ctx context.Context, c *change) error {
	if err := e.regenerated(c); err != nil {
		return err
	}
	if err := e.finish(ctx); err != nil {
		return err
	}
	oldType, err := e.columnType(c.from, c.old)
	if err != nil {
		return err
	}
	newType, err := e.columnType(c.to, c.now)
	if err != nil {
		return err
	}
	newType, oldType = newType+collation(e, c.now), oldType+collation(e, c.old)
	wasFK, err := e.references(c.from, c.old)
	if err != nil {
		return err
	}
	isFK, err := e.references(c.to, c.now)
	if err != nil {
		return err
	}
	retype := oldType != newType
	refk := wasFK != isFK || retype
	toWith, pointers, err := pointing(c.to, c.after, c.now)
	if err != nil {
		return err
	}

	// Take off.
	if wasFK != "" && refk {
		if err := e.dropConstraints(ctx, c.before, c.after.Table, []string{c.old.ColumnName()}, "f", e.foreignKeyName(c.from, c.before, c.old)); err != nil {
			return err
		}
	}
	if retype && (c.old.PrimaryKey || c.old.Unique) {
		for _, p := range pointers {
			if err := e.dropConstraints(ctx, p.m, p.m.Table, []string{p.f.ColumnName()}, "f", e.foreignKeyName(toWith, p.m, p.f)); err != nil {
				return err
			}
		}
	}
	wasUnique, isUnique := c.old.Unique || c.old.Kind == schema.OneToOne, c.now.Unique || c.now.Kind == schema.OneToOne
	if wasUnique && !isUnique && !c.old.PrimaryKey {
		if err := e.dropConstraints(ctx, c.before, c.after.Table, []string{c.old.ColumnName()}, "u", schema.IndexName(c.after.Table, []string{c.old.ColumnName()}, "_uniq", e.d.MaxName)); err != nil {
			return err
		}
	}
	if err := e.dropFieldIndexes(ctx, c); err != nil {
		return err
	}
	wasCheck, isCheck := e.d.ColumnCheck(c.old, "x"), e.d.ColumnCheck(c.now, "x")
	if wasCheck != "" && wasCheck != isCheck {
		if err := e.dropConstraints(ctx, c.before, c.after.Table, []string{c.old.ColumnName()}, "c", c.after.Table+"_"+c.old.ColumnName()+"_check"); err != nil {
			return err
		}
	}

	// Change the column.
	if err := e.postgresColumn(ctx, c, oldType, newType, pointers, toWith); err != nil {
		return err
	}

	// Put on.
	var steps []string
	table, col := e.name(c.after.Table), e.name(c.now.ColumnName())
	if isUnique && !wasUnique && !c.now.PrimaryKey {
		steps = append(steps, "ALTER TABLE "+table+" ADD CONSTRAINT "+e.name(schema.IndexName(c.after.Table, []string{c.now.ColumnName()}, "_uniq", e.d.MaxName))+" UNIQUE ("+col+")")
	}
	list, err := e.newFieldIndexes(c)
	if err != nil {
		return err
	}
	steps = append(steps, list...)
	if isFK != "" && refk {
		sql, err := e.foreignKeySQL(c.to, c.after, c.now)
		if err != nil {
			return err
		}
		steps = append(steps, sql)
	}
	if retype && (c.old.PrimaryKey || c.old.Unique) {
		for _, p := range pointers {
			sql, err := e.foreignKeySQL(toWith, p.m, p.f)
			if err != nil {
				return err
			}
			if sql != "" {
				steps = append(steps, sql)
			}
		}
	}
	if isCheck != "" && wasCheck != isCheck {
		steps = append(steps, "ALTER TABLE "+table+" ADD CONSTRAINT "+e.name(schema.IndexName(c.after.Table, []string{c.now.ColumnName()}, "_check", e.d.MaxName))+" CHECK ("+e.d.ColumnCheck(c.now, col)+")")
	}
	if err := e.all(ctx, steps); err != nil {
		return err
	}
	if c.old.Comment != c.now.Comment {
		return e.columnComment(ctx, c.after, c.now)
	}
	return nil
}

func collation(e *Editor, f *schema.Field) string {
	if f.Collation == "" {
		return ""
	}
	return " COLLATE " + e.name(f.Collation)
}

// postgresColumn changes a column's name, type, default and nullness.
func (e *Editor) postgresColumn(ctx context.Context, c *change, oldType, newType string, pointers []pointer, toWith *State) error {
	table, col := e.name(c.after.Table), e.name(c.now.ColumnName())
	alter := "ALTER TABLE " + table + " ALTER COLUMN " + col + " "
	var steps []string
	if c.old.ColumnName() != c.now.ColumnName() {
		steps = append(steps, "ALTER TABLE "+table+" RENAME COLUMN "+e.name(c.old.ColumnName())+" TO "+col)
	}
	if c.old.Kind.IsAuto() && !c.now.Kind.IsAuto() {
		steps = append(steps, alter+"DROP IDENTITY IF EXISTS")
	}
	if oldType != newType {
		if c.old.DBDefault != nil {
			steps = append(steps, alter+"DROP DEFAULT")
		}
		using := ""
		plain, _, _ := strings.Cut(newType, " COLLATE ")
		texts := c.old.Kind.IsText() && c.now.Kind.IsText() && c.now.MaxLength > 0 // USING would cut those that are too long in silence
		if base(oldType) != base(newType) && !texts {
			using = " USING " + col + "::" + plain
		}
		steps = append(steps, alter+"TYPE "+newType+using)
		for _, p := range pointers {
			typ, err := e.columnType(toWith, p.f)
			if err != nil {
				return err
			}
			pc := e.name(p.f.ColumnName())
			steps = append(steps, "ALTER TABLE "+e.name(p.m.Table)+" ALTER COLUMN "+pc+" TYPE "+typ+" USING "+pc+"::"+typ)
		}
	}
	if !c.old.Kind.IsAuto() && c.now.Kind.IsAuto() {
		steps = append(steps, alter+"ADD GENERATED BY DEFAULT AS IDENTITY")
	}
	was, is := "", ""
	var err error
	if c.old.DBDefault != nil {
		if was, err = e.dbDefault(c.before, c.old); err != nil {
			return err
		}
	}
	if c.now.DBDefault != nil {
		if is, err = e.dbDefault(c.after, c.now); err != nil {
			return err
		}
	}
	switch {
	case is != "" && (was != is || oldType != newType):
		steps = append(steps, alter+"SET DEFAULT "+is)
	case is == "" && was != "" && oldType == newType:
		steps = append(steps, alter+"DROP DEFAULT")
	}
	switch {
	case c.old.Null && !c.now.Null:
		value := is
		if deflt := effectiveDefault(c.now, c.oneOff); deflt != nil {
			if value, err = e.literal(c.now, deflt); err != nil {
				return err
			}
		}
		if value != "" {
			steps = append(steps, "UPDATE "+table+" SET "+col+" = "+value+" WHERE "+col+" IS NULL", "SET CONSTRAINTS ALL IMMEDIATE")
		}
		steps = append(steps, alter+"SET NOT NULL")
	case !c.old.Null && c.now.Null:
		steps = append(steps, alter+"DROP NOT NULL")
	}
	return e.all(ctx, steps)
}

// base is a type without its length.
func base(typ string) string {
	b, _, _ := strings.Cut(typ, "(")
	return b
}

// dropFieldIndexes drops the indexes that a changed field no longer has by itself.
func (e *Editor) dropFieldIndexes(ctx context.Context, c *change) error {
	oldLike, err := e.likeClass(c.from, c.old)
	if err != nil {
		return err
	}
	newLike, err := e.likeClass(c.to, c.now)
	if err != nil {
		return err
	}
	if c.old.WantsIndex() && !c.now.WantsIndex() {
		if err := e.dropFieldIndex(ctx, c.before, c.after.Table, c.old, false); err != nil {
			return err
		}
	}
	if oldLike != "" && newLike != oldLike { // a longer varchar keeps its index
		return e.dropFieldIndex(ctx, c.before, c.after.Table, c.old, true)
	}
	return nil
}

// dropFieldIndex drops the index that a field has by itself, under the name that it has in the database.
func (e *Editor) dropFieldIndex(ctx context.Context, m *schema.Model, table string, f *schema.Field, like bool) error {
	col := f.ColumnName()
	name := schema.IndexName(m.Table, []string{col}, "", e.d.MaxName)
	if like {
		name = e.likeName(m, f)
	}
	if !e.collect {
		t, err := introspectTable(ctx, e.d, e.db, table)
		if err != nil {
			return err
		}
		for _, ix := range t.Indexes {
			own := slices.ContainsFunc(m.Indexes, func(o schema.Index) bool { return o.Name == ix.Name }) || hasConstraint(m, ix.Name)
			if !own && !ix.Unique && ix.Where == "" && ix.Class == like && slices.Equal(ix.Columns, []string{col}) {
				name = ix.Name
			}
		}
	}
	return e.dropIndex(ctx, m, name)
}

// newFieldIndexes are the indexes that a changed field has by itself from now on.
func (e *Editor) newFieldIndexes(c *change) ([]string, error) {
	var steps []string
	table, col := c.after.Table, c.now.ColumnName()
	if c.now.WantsIndex() && !c.old.WantsIndex() {
		steps = append(steps, "CREATE INDEX "+e.name(schema.IndexName(table, []string{col}, "", e.d.MaxName))+" ON "+e.name(table)+" ("+e.name(col)+")"+e.indexSpace(c.after, c.now.Tablespace))
	}
	oldLike, err := e.likeClass(c.from, c.old)
	if err != nil {
		return nil, err
	}
	newLike, err := e.likeClass(c.to, c.now)
	if err != nil || newLike == "" || newLike == oldLike {
		return steps, err
	}
	like, err := e.likeIndex(c.to, c.after, c.now)
	return append(steps, like), err
}

// dropConstraints drops the constraints of a kind (f, u, c) over one column that the model does not name itself: by the names that they have in the database,
// or, when SQL is only collected, by the name that they were made with.
func (e *Editor) dropConstraints(ctx context.Context, m *schema.Model, table string, columns []string, kind, fallback string) error {
	names := []string{fallback}
	if !e.collect {
		t, err := introspectTable(ctx, e.d, e.db, table)
		if err != nil {
			return err
		}
		names = nil
		for _, c := range t.Constraints {
			if c.Kind == kind && slices.Equal(c.Columns, columns) && !hasConstraint(m, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	for _, name := range names {
		if kind == "f" { // a pending check of the constraint would stop the change
			if err := e.Execute(ctx, "SET CONSTRAINTS "+e.name(name)+" IMMEDIATE"); err != nil {
				return err
			}
		}
		if err := e.Execute(ctx, "ALTER TABLE "+e.name(table)+" DROP CONSTRAINT "+e.name(name)); err != nil {
			return err
		}
	}
	return nil
}
