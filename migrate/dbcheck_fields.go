package migrate

import (
	"fmt"
	"unicode/utf8"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// mysqlName is the longest name of a table.
const mysqlName = 64

// refused finds columns that the database does not take.
//
// Django 6.1 django/db/models/fields/__init__.py CharField._check_max_length_attribute, DecimalField.check, related.py
// _check_on_delete.
func (c *dbCheck) refused(d *dialect.Dialect, server, object string, f *schema.Field) {
	if d.Name != "mysql" {
		return
	}
	say := func(id, text, hint string) { c.say(manage.Error, id, object, server+" "+text, hint) }
	if f.DBType.IsZero() {
		switch {
		case f.Kind.IsText() && f.Kind != schema.Text && f.MaxLength == 0:
			say("fields.E120", "does not support columns of text without a greatest length that are no orm.Text.", "Give it a MaxLength.")
		case f.Kind == schema.Decimal && f.Digits == 0:
			say("fields.E132", "does not support decimals without digits and places.", "Write them: orm.Numeric(&f, 19, 4).")
		}
	}
	if f.Rel != nil && f.Rel.OnDelete == schema.DBSetDefault && f.Kind != schema.ManyToMany {
		say("fields.E324", "does not support OnDelete(DBSetDefault).", "Take OnDelete(SetDefault).")
	}
}

// columnNames finds columns without a name of their own whose names the database would cut.
//
// Django 6.1 django/db/models/base.py _check_long_column_names.
func (c *dbCheck) columnNames(limit int, m *schema.Model, f *schema.Field, byLabel map[string]*schema.Model) {
	if limit == 0 {
		return
	}
	say := func(id, what, column string) {
		c.say(manage.Error, id, m.Label()+"."+f.Name, fmt.Sprintf("The name of the column %s%q is longer than the %d characters that the database %q takes.", what, column, limit, c.name), "Give it a Column.")
	}
	if f.Kind != schema.ManyToMany {
		if column := f.ColumnName(); f.HasColumn() && f.Column == "" && utf8.RuneCountInString(column) > limit {
			say("models.E018", "", column)
		}
		return
	}
	to := byLabel[f.Rel.To]
	if f.Rel.Through != "" || to == nil {
		return
	}
	between := orm.HiddenThrough(m, f, to)
	for i := range between.Fields {
		if column := between.Fields[i].ColumnName(); utf8.RuneCountInString(column) > limit {
			say("models.E019", "of the table between, ", column)
		}
	}
}

// storedOnly finds generated columns that PostgreSQL before 18 does not have.
//
// Django 6.1 django/db/models/fields/generated.py _check_supported.
func (c *dbCheck) storedOnly() error {
	var virtual []string
	for _, m := range c.allowedModels() {
		for i := range m.Fields {
			if f := &m.Fields[i]; f.Kind == schema.Generated && !f.Stored {
				virtual = append(virtual, m.Label()+"."+f.Name)
			}
		}
	}
	if len(virtual) == 0 {
		return nil
	}
	row, err := c.ask("SELECT current_setting('server_version')")
	if err == nil && older(row[0], "18.0") {
		for _, object := range virtual {
			c.say(manage.Error, "fields.E221", object, "PostgreSQL "+row[0]+" does not support generated columns that are not stored.", "Store it: the last argument of orm.Generated.")
		}
	}
	return err
}
