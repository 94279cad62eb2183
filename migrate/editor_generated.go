package migrate

import (
	"fmt"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// regenerated refuses another expression of a generated column, another way to keep it, and a column that becomes one or is one
// no longer: PostgreSQL has no statement for these. The other databases make the table or the column anew.
//
// Django 6.1 django/db/backends/base/schema.py _alter_field refuses it everywhere.
func (e *Editor) regenerated(c *change) error {
	if c.old.Kind != schema.Generated && c.now.Kind != schema.Generated {
		return nil
	}
	same := c.old.Kind == c.now.Kind && c.old.Stored == c.now.Stored
	if same {
		was, oldErr := orm.ExpressionSQL(e.d, c.before, c.old.Expression)
		is, err := orm.ExpressionSQL(e.d, c.after, c.now.Expression)
		if err != nil {
			return err
		}
		same = was == is || oldErr != nil // a column that it names was renamed
	}
	if same {
		return nil
	}
	return fmt.Errorf("migrate: %s.%s: PostgreSQL cannot change how a column is generated (take RemoveField and AddField in place of AlterField: its values are computed anew)", c.after.Label(), c.now.Name)
}
