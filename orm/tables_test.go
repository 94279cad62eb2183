package orm_test

import (
	"context"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
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
	var create func(m *schema.Model)
	create = func(m *schema.Model) {
		var parts []string
		for i := range m.Fields {
			f := &m.Fields[i]
			if !f.HasColumn() {
				continue
			}
			parts = append(parts, d.QuoteName(f.ColumnName())+" "+columnSQL(t, d.ColumnType(f, target(byLabel, f)), f, byLabel))
		}
		for _, set := range m.UniqueTogether {
			cols := make([]string, len(set))
			for i, name := range set {
				cols[i] = d.QuoteName(m.Field(name).ColumnName())
			}
			parts = append(parts, "UNIQUE ("+strings.Join(cols, ", ")+")")
		}
		for _, c := range m.Constraints {
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
		create(m.Schema())
	}
}

// target is the field at the end of a chain of foreign keys.
func target(byLabel map[string]*schema.Model, f *schema.Field) *schema.Field {
	if f.Rel == nil {
		return nil
	}
	for f.Rel != nil {
		to := byLabel[f.Rel.To]
		if f.Rel.ToField != "" {
			f = to.Field(f.Rel.ToField)
		} else {
			f = to.PK()
		}
	}
	return f
}

func columnSQL(t testing.TB, typ string, f *schema.Field, byLabel map[string]*schema.Model) string {
	t.Helper()
	d := typ
	if f.Expression != nil {
		return d + " GENERATED ALWAYS AS (UPPER(f_char)) STORED"
	}
	if f.DBDefault != nil {
		d += " DEFAULT 0"
	}
	if !f.Null {
		d += " NOT NULL"
	}
	if f.PrimaryKey {
		d += " PRIMARY KEY"
	}
	if f.Kind.IsAuto() {
		d += " AUTOINCREMENT"
	}
	if f.Unique && !f.PrimaryKey {
		d += " UNIQUE"
	}
	if f.Rel != nil && !f.Rel.NoConstraint {
		to := byLabel[f.Rel.To]
		key := to.PK()
		if f.Rel.ToField != "" {
			key = to.Field(f.Rel.ToField)
		}
		d += ` REFERENCES "` + to.Table + `" ("` + key.ColumnName() + `")`
		switch f.Rel.OnDelete {
		case schema.DBCascade:
			d += " ON DELETE CASCADE"
		case schema.DBSetNull:
			d += " ON DELETE SET NULL"
		}
		d += " DEFERRABLE INITIALLY DEFERRED"
	}
	return d
}
