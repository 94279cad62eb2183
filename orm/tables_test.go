package orm_test

import (
	"context"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// createTables makes the tables of models plainly: package migrate, which does so for sites, stands above this one.
func createTables(t testing.TB, ctx context.Context, models ...orm.Model) {
	t.Helper()
	d, err := orm.DialectOf(ctx, "")
	must(t, err)
	byLabel := map[string]*schema.Model{}
	for _, m := range models {
		must(t, m.Err())
		byLabel[m.Label()] = m.Schema()
	}
	var later []string // foreign keys, where a table cannot point to one that is not there yet
	var create func(m *schema.Model)
	create = func(m *schema.Model) {
		var parts []string
		for i := range m.Fields {
			f := &m.Fields[i]
			if !f.HasColumn() {
				continue
			}
			parts = append(parts, d.QuoteName(f.ColumnName())+" "+columnSQL(t, d, d.ColumnType(f, target(byLabel, f)), f, byLabel))
			if ref := references(f, byLabel); ref != "" && !d.InlineForeignKeys {
				if d.Name == "mysql" {
					ref = strings.NewReplacer(`"`, "`", " DEFERRABLE INITIALLY DEFERRED", "").Replace(ref)
				}
				later = append(later, "ALTER TABLE "+d.QuoteName(m.Table)+" ADD FOREIGN KEY ("+d.QuoteName(f.ColumnName())+")"+ref)
			}
		}
		if len(m.PrimaryKey) > 0 {
			parts = append(parts, "PRIMARY KEY ("+columnList(d, m, m.PrimaryKey)+")")
		}
		for i := range m.Fields {
			f := &m.Fields[i]
			if f.Kind != schema.ForeignObject || !f.HasConstraint() {
				continue
			}
			to := concrete(byLabel, f.Rel.To)
			far := f.Rel.ToFields
			if len(far) == 0 {
				far = to.PrimaryKey
			}
			if pk := to.PK(); len(far) == 0 {
				far = []string{pk.Name}
			}
			key := "FOREIGN KEY (" + columnList(d, m, f.Rel.Fields) + ") REFERENCES " + d.QuoteName(to.Table) + " (" + columnList(d, to, far) + ")"
			if d.DeferredKeys {
				key += " DEFERRABLE INITIALLY DEFERRED"
			}
			if d.InlineForeignKeys {
				parts = append(parts, key)
			} else {
				later = append(later, "ALTER TABLE "+d.QuoteName(m.Table)+" ADD "+key)
			}
		}
		for _, set := range m.UniqueTogether {
			parts = append(parts, "UNIQUE ("+columnList(d, m, set)+")")
		}
		for _, c := range m.Constraints {
			if len(c.Fields) > 0 && c.Where == nil {
				parts = append(parts, "CONSTRAINT "+d.QuoteName(c.Name)+" UNIQUE ("+columnList(d, m, c.Fields)+")")
			}
			if c.Check != nil {
				sql, err := orm.ExpressionSQL(d, m, c.Check)
				must(t, err)
				parts = append(parts, "CONSTRAINT "+d.QuoteName(c.Name)+" CHECK ("+sql+")")
			}
		}
		_, err := orm.Exec(ctx, "CREATE TABLE "+d.QuoteName(m.Table)+" ("+strings.Join(parts, ", ")+")")
		must(t, err)
		for i := range m.Fields {
			if f := &m.Fields[i]; f.Kind == schema.ManyToMany && f.Rel.Through == "" {
				through := orm.HiddenThrough(m, f, byLabel[f.Rel.To])
				create(&through)
			}
		}
	}
	for _, m := range models {
		if !m.IsProxy() {
			create(m.Schema())
		}
	}
	for _, sql := range later {
		_, err := orm.Exec(ctx, sql)
		must(t, err)
	}
}

func columnList(d *dialect.Dialect, m *schema.Model, fields []string) string {
	cols := make([]string, len(fields))
	for i, name := range fields {
		cols[i] = d.QuoteName(m.Field(name).ColumnName())
	}
	return strings.Join(cols, ", ")
}

// concrete is the model that has the table of one that may be a proxy.
func concrete(byLabel map[string]*schema.Model, label string) *schema.Model {
	m := byLabel[label]
	for m.Proxy {
		m = byLabel[m.Bases[0]]
	}
	return m
}

// target is the field at the end of a chain of foreign keys.
func target(byLabel map[string]*schema.Model, f *schema.Field) *schema.Field {
	if f.Rel == nil {
		return nil
	}
	for f.Rel != nil {
		to := concrete(byLabel, f.Rel.To)
		if f.Rel.ToField != "" {
			f = to.Field(f.Rel.ToField)
		} else {
			f = to.PK()
		}
	}
	return f
}

func columnSQL(t testing.TB, dia *dialect.Dialect, typ string, f *schema.Field, byLabel map[string]*schema.Model) string {
	t.Helper()
	d := typ
	if f.Expression != nil {
		return d + " GENERATED ALWAYS AS (UPPER(f_char)) STORED"
	}
	switch {
	case f.DBDefault == nil:
	case f.Kind == schema.DateTime:
		d += " DEFAULT CURRENT_TIMESTAMP"
	default:
		d += " DEFAULT 0"
	}
	if !f.Null {
		d += " NOT NULL"
	}
	if f.PrimaryKey {
		d += " PRIMARY KEY"
	}
	if f.Kind.IsAuto() {
		d += " " + dia.AutoSuffix
	}
	if f.Unique && !f.PrimaryKey {
		d += " UNIQUE"
	}
	if dia.InlineForeignKeys {
		d += references(f, byLabel)
	}
	return d
}

// references is the end of a foreign key's definition, or empty.
func references(f *schema.Field, byLabel map[string]*schema.Model) string {
	if f.Rel == nil || f.Rel.NoConstraint {
		return ""
	}
	to := concrete(byLabel, f.Rel.To)
	key := to.PK()
	if f.Rel.ToField != "" {
		key = to.Field(f.Rel.ToField)
	}
	d := ` REFERENCES "` + to.Table + `" ("` + key.ColumnName() + `")`
	switch f.Rel.OnDelete {
	case schema.DBCascade:
		d += " ON DELETE CASCADE"
	case schema.DBSetNull:
		d += " ON DELETE SET NULL"
	}
	return d + " DEFERRABLE INITIALLY DEFERRED"
}

// resetSequences sets PostgreSQL's sequences behind the keys that the rows were given, as Django's sqlsequencereset does.
func resetSequences(ctx context.Context, models ...orm.Model) error {
	d, err := orm.DialectOf(ctx, "")
	if err != nil || d.Name != "postgresql" {
		return err
	}
	for _, m := range models {
		pk := m.Schema().PK()
		if pk == nil || !pk.Kind.IsAuto() {
			continue
		}
		table, col := d.QuoteName(m.Table()), d.QuoteName(pk.ColumnName())
		sql := "SELECT setval(pg_get_serial_sequence(?, ?), COALESCE((SELECT MAX(" + col + ") FROM " + table + "), 0) + 1, false)"
		if _, err := orm.Exec(ctx, sql, table, pk.ColumnName()); err != nil {
			return err
		}
	}
	return nil
}
