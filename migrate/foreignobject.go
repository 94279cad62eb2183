package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// foreignKey are the columns of a foreign key and those of another table that they point to.
type foreignKey struct {
	own   []string
	table string
	far   []string
}

// foreignKey describes the constraint of a foreign key over one column, or of a ForeignObject over several.
func (s *State) foreignKey(m *schema.Model, f *schema.Field) (foreignKey, error) {
	if f.Kind != schema.ForeignObject {
		to, tf, err := s.target(f)
		if err != nil {
			return foreignKey{}, err
		}
		return foreignKey{[]string{f.ColumnName()}, to.Table, []string{tf.ColumnName()}}, nil
	}
	to := s.concrete(f.Rel.To)
	if to == nil {
		return foreignKey{}, fmt.Errorf("migrate: field %q points to %s, which is not in the state of the migrations (add a dependency)", f.Name, f.Rel.To)
	}
	own, err := columns(m, f.Rel.Fields)
	if err != nil {
		return foreignKey{}, fmt.Errorf("%w (field %q is a relation over it: remove or change that first)", err, f.Name)
	}
	names := f.Rel.ToFields
	if len(names) == 0 {
		names = to.PrimaryKey
	}
	if pk := to.PK(); len(names) == 0 && pk != nil {
		names = []string{pk.Name}
	}
	far, err := columns(to, names)
	if err == nil && len(far) != len(own) {
		err = fmt.Errorf("migrate: field %q has %d columns, but points to %d of %s", f.Name, len(own), len(far), f.Rel.To)
	}
	return foreignKey{own, to.Table, far}, err
}

// foreignClause is FOREIGN KEY (...) REFERENCES ... of a ForeignObject, empty without a constraint.
func (e *Editor) foreignClause(s *State, m *schema.Model, f *schema.Field) (string, error) {
	if !f.HasConstraint() {
		return "", nil
	}
	fk, err := s.foreignKey(m, f)
	if err != nil {
		return "", err
	}
	sql := "FOREIGN KEY (" + e.names(fk.own) + ") REFERENCES " + e.name(fk.table) + " (" + e.names(fk.far) + ")" + onDeleteSQL(f.Rel.OnDelete)
	if e.d.DeferredKeys {
		sql += " DEFERRABLE INITIALLY DEFERRED"
	}
	return sql, e.mysqlSameTypes(s, m, f)
}

// mysqlSameTypes says what InnoDB would only call "incorrectly formed": whole numbers that point to others have their size.
func (e *Editor) mysqlSameTypes(s *State, m *schema.Model, f *schema.Field) error {
	if e.d.Name != "mysql" || f.Kind != schema.ForeignObject {
		return nil
	}
	to := s.concrete(f.Rel.To)
	names := f.Rel.ToFields
	if len(names) == 0 {
		names = to.PrimaryKey
	}
	for i, name := range names {
		own, far := m.Field(f.Rel.Fields[i]), to.Field(name)
		if own == nil || far == nil || !far.Kind.IsInteger() {
			continue
		}
		a, err := e.columnType(s, own)
		if err != nil {
			return err
		}
		b, err := e.columnType(s, far)
		if err != nil {
			return err
		}
		if a, b = strings.TrimSuffix(a, " AUTO_INCREMENT"), strings.TrimSuffix(b, " AUTO_INCREMENT"); a != b {
			return fmt.Errorf("migrate: %s.%s is a %s, but %s.%s, which it points to, a %s: MySQL has no foreign key between the two (give both the same type)", m.Label(), own.Name, a, to.Label(), far.Name, b)
		}
	}
	return nil
}

// foreignIndex is the index that a ForeignObject has over its columns, empty where it has none. InnoDB makes its own.
func (e *Editor) foreignIndex(m *schema.Model, f *schema.Field) (string, error) {
	if !f.WantsIndex() || e.d.Name == "mysql" && f.HasConstraint() {
		return "", nil
	}
	cols, err := columns(m, f.Rel.Fields)
	return "CREATE INDEX " + e.name(schema.IndexName(m.Table, cols, "", e.d.MaxName)) + " ON " + e.name(m.Table) + " (" + e.names(cols) + ")" + e.indexSpace(m, f.Tablespace), err
}

// foreignSource is what of a ForeignObject stands in the table, as text.
func (e *Editor) foreignSource(s *State, m *schema.Model, f *schema.Field) (string, error) {
	clause, err := e.foreignClause(s, m, f)
	if err != nil {
		return "", err
	}
	index, err := e.foreignIndex(m, f)
	return clause + "\n" + index, err
}

// addForeign adds the constraint and the index of a ForeignObject to a table.
func (e *Editor) addForeign(ctx context.Context, to *State, before, after *schema.Model, f *schema.Field) error {
	source, err := e.foreignSource(to, after, f)
	if err != nil || source == "\n" {
		return err
	}
	if e.d.Name == "sqlite" {
		return e.remake(ctx, to, before, after, nil)
	}
	key, err := e.foreignKeySQL(to, after, f)
	if err != nil {
		return err
	}
	index, err := e.foreignIndex(after, f)
	for _, sql := range []string{key, index} {
		if sql != "" {
			e.deferred = append(e.deferred, sql)
		}
	}
	return err
}

// dropForeign takes the constraint and the index of a ForeignObject off a table.
func (e *Editor) dropForeign(ctx context.Context, from, to *State, before, after *schema.Model, f *schema.Field) error {
	source, err := e.foreignSource(from, before, f)
	if err != nil || source == "\n" {
		return err
	}
	if e.d.Name == "sqlite" {
		return e.remake(ctx, to, before, after, nil)
	}
	if err := e.finish(ctx); err != nil {
		return err
	}
	fk, err := from.foreignKey(before, f)
	if err != nil {
		return err
	}
	if f.HasConstraint() {
		drop := e.dropConstraints
		if e.d.Name == "mysql" {
			drop = e.mysqlDrop
		}
		if err := drop(ctx, before, before.Table, fk.own, "f", e.foreignKeyName(from, before, f)); err != nil {
			return err
		}
	}
	return e.dropForeignIndex(ctx, before, f, fk.own)
}

// dropForeignIndex drops the index over a ForeignObject's columns that no other part of the model names.
func (e *Editor) dropForeignIndex(ctx context.Context, m *schema.Model, f *schema.Field, cols []string) error {
	name := schema.IndexName(m.Table, cols, "", e.d.MaxName)
	if !e.collect {
		t, err := introspectTable(ctx, e.d, e.db, m.Table)
		if err != nil {
			return err
		}
		name = ""
		for _, ix := range t.Indexes {
			named := hasConstraint(m, ix.Name) || slices.ContainsFunc(m.Indexes, func(o schema.Index) bool { return o.Name == ix.Name })
			if !named && !ix.Unique && !ix.Primary && slices.Equal(ix.Columns, cols) {
				name = ix.Name
			}
		}
	} else if sql, _ := e.foreignIndex(m, f); sql == "" {
		return nil
	}
	switch {
	case name == "":
		return nil
	case e.d.Name == "mysql":
		if err := e.mysqlKeepKey(ctx, m, f.Rel.Fields[0], name); err != nil {
			return err
		}
		return e.Execute(ctx, "DROP INDEX "+e.name(name)+" ON "+e.name(m.Table))
	}
	return e.Execute(ctx, "DROP INDEX IF EXISTS "+e.name(name))
}

// alterForeign changes what stands in the table for a ForeignObject.
func (e *Editor) alterForeign(ctx context.Context, from, to *State, before, after *schema.Model, old, now *schema.Field) error {
	if old.Kind != now.Kind {
		return fmt.Errorf("migrate: %s.%s: a relation without a column of its own cannot become a column or back (remove it and add another)", after.Label(), now.Name)
	}
	was, err := e.foreignSource(from, before, old)
	if err != nil {
		return err
	}
	is, err := e.foreignSource(to, after, now)
	if err != nil || was == is {
		return err
	}
	if e.d.Name == "sqlite" {
		return e.remake(ctx, to, before, after, nil)
	}
	if err := e.dropForeign(ctx, from, to, before, after, old); err != nil {
		return err
	}
	return e.addForeign(ctx, to, before, after, now)
}

// held is the constraint of a ForeignObject that a column takes part in, on either side.
type held struct {
	before, after *schema.Model
	was, is       *schema.Field
}

// holding are the constraints over several columns that stand in the way of another type for a column.
func (e *Editor) holding(c *change) ([]held, error) {
	if e.d.Name == "sqlite" {
		return nil, nil
	}
	was, err := e.columnType(c.from, c.old)
	if err != nil {
		return nil, err
	}
	is, err := e.columnType(c.to, c.now)
	if err != nil || was == is {
		return nil, err
	}
	var out []held
	for _, m := range c.from.Models() {
		for i := range m.Fields {
			f := &m.Fields[i]
			if f.Kind != schema.ForeignObject || !f.HasConstraint() || !m.HasTable() {
				continue
			}
			fk, err := c.from.foreignKey(m, f)
			if err != nil {
				return nil, err
			}
			own := m.Label() == c.before.Label() && slices.Contains(f.Rel.Fields, c.old.Name)
			if !own && !(fk.table == c.before.Table && slices.Contains(fk.far, c.old.ColumnName())) {
				continue
			}
			h := held{before: m, was: f, after: c.to.ByLabel(m.Label())}
			if h.after == nil || h.after.Field(f.Name) == nil {
				continue
			}
			h.is = h.after.Field(f.Name)
			out = append(out, h)
		}
	}
	return out, nil
}

// aside runs a change of a column while the constraints over several columns that it takes part in are away.
func (e *Editor) aside(ctx context.Context, c *change, alter func() error) error {
	list, err := e.holding(c)
	if err != nil {
		return err
	}
	for _, h := range list {
		if err := e.dropForeign(ctx, c.from, c.to, h.before, h.after, h.was); err != nil {
			return err
		}
	}
	if err := alter(); err != nil {
		return err
	}
	for _, h := range list {
		if err := e.addForeign(ctx, c.to, h.before, h.after, h.is); err != nil {
			return err
		}
	}
	return nil
}
