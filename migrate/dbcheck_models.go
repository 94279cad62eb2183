package migrate

import (
	"fmt"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// allowedModels are the models whose tables belong into the database.
func (c *dbCheck) allowedModels() (out []*schema.Model) {
	reg := orm.RegistryFrom(c.ctx)
	if reg == nil {
		return nil
	}
	for _, m := range reg.Models() {
		if s := m.Schema(); s.HasTable() && orm.AllowMigrate(c.ctx, c.name, s.App, s.Name) {
			out = append(out, s)
		}
	}
	return out
}

// models finds what models ask of a database that it cannot do and migrations leave out.
//
// Django 6.1 django/db/models/base.py _check_indexes, _check_constraints, fields/__init__.py _check_db_index.
func (c *dbCheck) models(db *orm.DB) {
	d := db.Dialect()
	server := map[string]string{"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL"}[d.Name]
	if d.MariaDB {
		server = "MariaDB"
	}
	lacks := func(id, object, what, hint string) {
		c.say(manage.Warning, id, object, server+" does not support "+what+".", hint+" Silence this warning if you do not mind.")
	}
	list := c.allowedModels()
	byLabel := map[string]*schema.Model{}
	for _, m := range list {
		byLabel[m.Label()] = m
	}
	for _, m := range list {
		for i := range m.Fields {
			f := &m.Fields[i]
			object := m.Label() + "." + f.Name
			c.refused(d, server, object, f)
			c.columnNames(d.MaxName, m, f, byLabel)
			if d.Name == "mysql" {
				c.mysqlField(d.ColumnType(f, nil), server, object, f)
			}
			if f.Comment != "" && d.Name == "sqlite" {
				lacks("fields.W163", object, "comments on columns", "The comment is left out.")
			}
		}
		if m.Comment != "" && d.Name == "sqlite" {
			lacks("models.W046", m.Label(), "comments on tables", "The comment is left out.")
		}
		for i := range m.Indexes {
			ix := &m.Indexes[i]
			if ix.Where != nil && d.Name == "mysql" {
				lacks("models.W037", m.Label(), "indexes with conditions", "The index is over all rows.")
			}
			if len(ix.Include) > 0 && d.Name != "postgresql" {
				lacks("models.W040", m.Label(), "indexes with non-key columns", "They are left out.")
			}
			if len(ix.Expressions) > 0 && d.MariaDB {
				lacks("models.W043", m.Label(), "indexes on expressions", "The index is left out.")
			}
			c.mysqlWidth(d.Name, m, ix.Fields)
		}
		for i := range m.Constraints {
			if k := &m.Constraints[i]; k.Check == nil && len(k.Exclude) == 0 {
				c.uniqueConstraint(d.Name, d.MariaDB, m, k, lacks)
			}
		}
	}
}

// uniqueConstraint finds what a database cannot do of a unique constraint.
func (c *dbCheck) uniqueConstraint(vendor string, maria bool, m *schema.Model, k *schema.Constraint, lacks func(id, object, what, hint string)) {
	const alone = "The constraint is left out: nothing but the site keeps values apart."
	if k.Where != nil && vendor == "mysql" {
		lacks("models.W036", m.Label(), "unique constraints with conditions", alone)
	}
	if k.Deferrable != "" && vendor != "postgresql" {
		lacks("models.W038", m.Label(), "deferrable unique constraints", "It is looked at with each statement.")
	}
	if len(k.Include) > 0 && vendor != "postgresql" {
		lacks("models.W039", m.Label(), "unique constraints with non-key columns", "They are left out.")
	}
	if len(k.Expressions) > 0 && maria {
		lacks("models.W044", m.Label(), "unique constraints on expressions", alone)
	}
	if k.NullsNotDistinct && vendor != "postgresql" {
		lacks("models.W047", m.Label(), "unique constraints with nulls that are not distinct", "Several rows may have nulls.")
	}
	c.mysqlWidth(vendor, m, k.Fields)
}

// mysqlField looks at the index of a single column.
func (c *dbCheck) mysqlField(column, server, object string, f *schema.Field) {
	unique := f.Unique || f.PrimaryKey
	if f.Index && !unique && mysqlLimited(column) {
		c.say(manage.Warning, "fields.W162", object, fmt.Sprintf("%s does not support a database index on %s columns.", server, column),
			"An index won't be created. Silence this warning if you do not mind.")
	}
	if !f.Kind.IsText() || f.MaxLength <= 0 {
		return
	}
	switch bytes := 4 * f.MaxLength; {
	case bytes > mysqlKeyBytes && (unique || f.WantsIndex()):
		c.say(manage.Error, "mysql.E001", object, fmt.Sprintf("%s does not allow an index on a column of %d characters: %d bytes are more than %d.", server, f.MaxLength, bytes, mysqlKeyBytes),
			fmt.Sprintf("Take at most %d characters, or leave the index out.", mysqlKeyBytes/4))
	case unique && f.MaxLength > 255:
		c.say(manage.Warning, "mysql.W003", object, server+" may not allow unique character fields to have more than 255 characters.",
			"It does in tables of InnoDB with the row format DYNAMIC, which is the default.")
	}
}

// mysqlKeyBytes is the longest key of an index: InnoDB, row format DYNAMIC.
const mysqlKeyBytes = 3072

// mysqlWidth looks at an index over several columns.
func (c *dbCheck) mysqlWidth(vendor string, m *schema.Model, fields []string) {
	if vendor != "mysql" || len(fields) < 2 {
		return
	}
	bytes := 0
	for _, name := range fields {
		if len(name) > 0 && name[0] == '-' {
			name = name[1:]
		}
		f := m.Field(name)
		switch {
		case f == nil:
		case f.Kind.IsText() && f.MaxLength > 0:
			bytes += 4 * f.MaxLength
		default:
			bytes += 8
		}
	}
	if bytes > mysqlKeyBytes {
		c.say(manage.Error, "mysql.E001", m.Label(), fmt.Sprintf("An index over %v needs %d bytes; at most %d are possible.", fields, bytes, mysqlKeyBytes), "Take shorter columns.")
	}
}
