package migrate

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// mysqlLimited says that a type can have neither a plain default nor an index over its whole length.
//
// Django 6.1 django/db/backends/mysql/base.py _limited_data_types.
func mysqlLimited(typ string) bool {
	return strings.HasPrefix(typ, "longtext") || strings.HasPrefix(typ, "longblob") || strings.HasPrefix(typ, "json")
}

// mysqlDefinition is the definition of a column as MODIFY takes it: without keys, and with the check on MariaDB, where it
// would be lost otherwise.
func (e *Editor) mysqlDefinition(s *State, m *schema.Model, f *schema.Field) (string, error) {
	def, err := e.column(s, m, f)
	if err != nil {
		return "", err
	}
	check := e.d.ColumnCheck(f, e.name(f.ColumnName()))
	if check != "" && !e.d.MariaDB {
		def = strings.Replace(def, " CHECK ("+check+")", "", 1)
	}
	head, tail := def, ""
	if i := strings.LastIndex(def, " COMMENT "); f.Comment != "" && i >= 0 {
		head, tail = def[:i], def[i:]
	}
	if i := strings.LastIndex(head, " CHECK ("); check != "" && i >= 0 {
		head, tail = head[:i], head[i:]+tail
	}
	head = strings.TrimSuffix(strings.TrimSuffix(head, " PRIMARY KEY"), " UNIQUE")
	return head + tail, nil
}

// mysqlTimeouts limits each statement. MariaDB takes limits in front of a statement, in seconds; MySQL for a connection
// only, which its address gives.
func (e *Editor) mysqlTimeouts(lock, statement time.Duration) error {
	if !e.d.MariaDB {
		return errors.New("migrate: MySQL has no lock and statement timeouts for single statements (set lock_wait_timeout in the address of the database: ?lock_wait_timeout=5)")
	}
	var set []string
	if lock > 0 {
		seconds := strconv.Itoa(int(math.Ceil(lock.Seconds())))
		set = append(set, "lock_wait_timeout="+seconds, "innodb_lock_wait_timeout="+seconds)
	}
	if statement > 0 {
		set = append(set, "max_statement_time="+strconv.FormatFloat(statement.Seconds(), 'f', -1, 64))
	}
	e.limit = "SET STATEMENT " + strings.Join(set, ", ") + " FOR "
	return nil
}

// mysqlComment is the comment of a column, a part of its definition.
func (e *Editor) mysqlComment(f *schema.Field) (string, error) {
	if f.Comment == "" || e.d.Name != "mysql" {
		return "", nil
	}
	text, err := orm.LiteralSQL(e.d, f.Comment)
	return " COMMENT " + text, err
}

// mysqlAddField adds a column; rows that are there get the default, which the column itself does not keep.
func (e *Editor) mysqlAddField(ctx context.Context, to *State, after *schema.Model, f *schema.Field, deflt any) error {
	typ, err := e.columnType(to, f)
	if err != nil {
		return err
	}
	value := ""
	if deflt != nil {
		if value, err = e.literal(f, deflt); err != nil {
			return err
		}
		if mysqlLimited(typ) {
			value = "(" + value + ")"
		}
	}
	def, err := e.columnWith(to, after, f, value)
	if err != nil {
		return err
	}
	refs, err := e.references(to, f)
	if err != nil {
		return err
	}
	table, col := e.name(after.Table), e.name(f.ColumnName())
	add := "ALTER TABLE " + table + " ADD COLUMN " + col + " " + def
	if refs != "" {
		add += " , ADD CONSTRAINT " + e.name(e.foreignKeyName(to, after, f)) + " FOREIGN KEY (" + col + ") REFERENCES " + refs
	}
	steps := []string{add}
	if value != "" && f.DBDefault == nil {
		steps = append(steps, "ALTER TABLE "+table+" ALTER COLUMN "+col+" DROP DEFAULT")
	}
	if err := e.all(ctx, steps); err != nil {
		return err
	}
	list, err := e.fieldIndexes(to, after, f)
	e.deferred = append(e.deferred, list...)
	return err
}

// mysqlRemoveField drops a column. Its foreign key goes first.
func (e *Editor) mysqlRemoveField(ctx context.Context, from *State, before *schema.Model, f *schema.Field) error {
	if err := e.finish(ctx); err != nil {
		return err
	}
	refs, err := e.references(from, f)
	if err != nil {
		return err
	}
	if refs != "" {
		if err := e.mysqlDrop(ctx, before, before.Table, []string{f.ColumnName()}, "f", e.foreignKeyName(from, before, f)); err != nil {
			return err
		}
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(before.Table)+" DROP COLUMN "+e.name(f.ColumnName()))
}

// mysqlDrop drops the foreign keys (f) or unique indexes (u) over columns that the model does not name itself: by the
// names that they have in the database, or, when SQL is only collected, by the name that they were made with.
func (e *Editor) mysqlDrop(ctx context.Context, m *schema.Model, table string, columns []string, kind, fallback string) error {
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
	word := " DROP FOREIGN KEY "
	if kind == "u" {
		word = " DROP INDEX "
	}
	for _, name := range names {
		if kind == "u" && !e.collect {
			if err := e.mysqlKeepKey(ctx, m, "", name); err != nil {
				return err
			}
		}
		if err := e.Execute(ctx, "ALTER TABLE "+e.name(table)+word+e.name(name)); err != nil {
			return err
		}
	}
	return nil
}

// mysqlOwnIndex is the name of the index over one column that the model does not name itself, or empty. Without a database
// there is none.
func (e *Editor) mysqlOwnIndex(ctx context.Context, m *schema.Model, table, column string) (string, error) {
	if e.collect {
		return "", nil
	}
	t, err := introspectTable(ctx, e.d, e.db, table)
	if err != nil {
		return "", err
	}
	for _, ix := range t.Indexes {
		named := hasConstraint(m, ix.Name) || slices.ContainsFunc(m.Indexes, func(o schema.Index) bool { return o.Name == ix.Name })
		if !named && !ix.Unique && slices.Equal(ix.Columns, []string{column}) {
			return ix.Name, nil
		}
	}
	return "", nil
}

// mysqlKeepKey gives a foreign key an index of its own before the one that it uses is dropped. Field is the first one of the
// index, for statements that are only collected; else the database tells.
//
// Django 6.1 django/db/backends/mysql/schema.py _create_missing_fk_index.
func (e *Editor) mysqlKeepKey(ctx context.Context, m *schema.Model, field, dropped string) error {
	if e.d.Name != "mysql" {
		return nil
	}
	col := ""
	if e.collect {
		f := m.Field(strings.TrimPrefix(field, "-"))
		if f == nil || f.Rel == nil || f.Rel.NoConstraint {
			return nil
		}
		col = f.ColumnName()
	} else {
		t, err := introspectTable(ctx, e.d, e.db, m.Table)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(t.Indexes, func(ix dbIndex) bool { return ix.Name == dropped })
		if at < 0 {
			return nil
		}
		col = t.Indexes[at].Columns[0]
		if col == "" || !slices.ContainsFunc(t.Constraints, func(c dbConstraint) bool { return c.Kind == "f" && c.Columns[0] == col }) ||
			slices.ContainsFunc(t.Indexes, func(ix dbIndex) bool { return ix.Name != dropped && ix.Columns[0] == col }) {
			return nil
		}
	}
	return e.Execute(ctx, "CREATE INDEX "+e.name(schema.IndexName(m.Table, []string{col}, "", e.d.MaxName))+" ON "+e.name(m.Table)+" ("+e.name(col)+")")
}

// mysqlAlterField changes a column step by step: what hangs on it is taken off, the column is changed, what hangs on it
// afterwards is put on. Nothing of it can be rolled back.
//
// Django 6.1 django/db/backends/base/schema.py _alter_field.
func (e *Editor) mysqlAlterField(ctx context.Context, c *change) error {
	if err := e.finish(ctx); err != nil {
		return err
	}
	was, err := e.mysqlDefinition(c.from, c.before, c.old)
	if err != nil {
		return err
	}
	is, err := e.mysqlDefinition(c.to, c.after, c.now)
	if err != nil {
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
	wasFK, err := e.references(c.from, c.old)
	if err != nil {
		return err
	}
	isFK, err := e.references(c.to, c.now)
	if err != nil {
		return err
	}
	toWith, pointers, err := pointing(c.to, c.after, c.now)
	if err != nil {
		return err
	}
	retype := oldType != newType
	refk := wasFK != isFK || retype
	repoint := retype && (c.old.PrimaryKey || c.old.Unique)
	table, oldCol, col := e.name(c.after.Table), c.old.ColumnName(), e.name(c.now.ColumnName())

	// Take off.
	if wasFK != "" && refk {
		if err := e.mysqlDrop(ctx, c.before, c.after.Table, []string{oldCol}, "f", e.foreignKeyName(c.from, c.before, c.old)); err != nil {
			return err
		}
	}
	if repoint {
		for _, p := range pointers {
			if err := e.mysqlDrop(ctx, p.m, p.m.Table, []string{p.f.ColumnName()}, "f", e.foreignKeyName(toWith, p.m, p.f)); err != nil {
				return err
			}
		}
	}
	wasUnique, isUnique := c.old.Unique || c.old.Kind == schema.OneToOne, c.now.Unique || c.now.Kind == schema.OneToOne
	if wasUnique && !isUnique && !c.old.PrimaryKey {
		if err := e.mysqlDrop(ctx, c.before, c.after.Table, []string{oldCol}, "u", oldCol); err != nil {
			return err
		}
	}
	if e.mysqlIndexed(c.old, oldType) && !e.mysqlIndexed(c.now, newType) {
		if err := e.dropFieldIndex(ctx, c.before, c.after.Table, c.old, false); err != nil {
			return err
		}
	}
	if wasFK != "" && isFK == "" && !e.mysqlIndexed(c.now, newType) {
		name, err := e.mysqlOwnIndex(ctx, c.before, c.after.Table, oldCol)
		if err != nil {
			return err
		}
		if name != "" {
			if err := e.dropIndex(ctx, c.before, name); err != nil {
				return err
			}
		}
	}

	// Change the column.
	var steps []string
	if e.name(oldCol) != col {
		steps = append(steps, "ALTER TABLE "+table+" RENAME COLUMN "+e.name(oldCol)+" TO "+col)
	}
	if c.old.Null && !c.now.Null {
		if deflt := effectiveDefault(c.now, c.oneOff); deflt != nil {
			value, err := e.literal(c.now, deflt)
			if err != nil {
				return err
			}
			update := "UPDATE " + table + " SET " + col + " = " + value + " WHERE " + col + " IS NULL"
			if !mysqlLimited(newType) && c.now.DBDefault == nil { // rows that others write meanwhile are filled too; MODIFY drops it
				steps = append(steps, "ALTER TABLE "+table+" ALTER COLUMN "+col+" SET DEFAULT "+value)
			}
			steps = append(steps, update)
		} else if c.now.DBDefault != nil {
			value, err := e.dbDefault(c.after, c.now)
			if err != nil {
				return err
			}
			steps = append(steps, "UPDATE "+table+" SET "+col+" = "+value+" WHERE "+col+" IS NULL")
		}
	}
	if was != is {
		steps = append(steps, "ALTER TABLE "+table+" MODIFY "+col+" "+is)
	}
	if repoint {
		for _, p := range pointers {
			def, err := e.mysqlDefinition(toWith, p.m, p.f)
			if err != nil {
				return err
			}
			steps = append(steps, "ALTER TABLE "+e.name(p.m.Table)+" MODIFY "+e.name(p.f.ColumnName())+" "+def)
		}
	}

	// Put on.
	if c.now.PrimaryKey && !c.old.PrimaryKey {
		steps = append(steps, "ALTER TABLE "+table+" DROP PRIMARY KEY, ADD PRIMARY KEY ("+col+")")
	}
	if isUnique && !wasUnique && !c.now.PrimaryKey {
		steps = append(steps, "ALTER TABLE "+table+" ADD CONSTRAINT "+e.name(schema.IndexName(c.after.Table, []string{c.now.ColumnName()}, "_uniq", e.d.MaxName))+" UNIQUE ("+col+")")
	}
	if e.mysqlIndexed(c.now, newType) && !e.mysqlIndexed(c.old, oldType) {
		name, err := e.mysqlOwnIndex(ctx, c.before, c.after.Table, oldCol)
		if err != nil {
			return err
		}
		if name == "" { // a foreign key leaves its index behind
			steps = append(steps, "CREATE INDEX "+e.name(schema.IndexName(c.after.Table, []string{c.now.ColumnName()}, "", e.d.MaxName))+" ON "+table+" ("+col+")")
		}
	}
	if isFK != "" && refk {
		sql, err := e.foreignKeySQL(c.to, c.after, c.now)
		if err != nil {
			return err
		}
		steps = append(steps, sql)
	}
	if repoint {
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
	return e.all(ctx, steps)
}

// mysqlIndexed says whether a field gets an index by itself: foreign keys have their constraint's, long texts none.
//
// Django 6.1 django/db/backends/mysql/schema.py _field_should_be_indexed.
func (e *Editor) mysqlIndexed(f *schema.Field, typ string) bool {
	return f.WantsIndex() && (f.Rel == nil || f.Rel.NoConstraint) && !mysqlLimited(typ)
}

// mysqlSkips says that an index cannot be had: MariaDB has none over expressions, and neither server a unique one over
// some of the rows.
func (e *Editor) mysqlSkips(expressions []schema.Expression, unique, where bool) bool {
	return e.d.Name == "mysql" && (e.d.MariaDB && len(expressions) > 0 || unique && where)
}
