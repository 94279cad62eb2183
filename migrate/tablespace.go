package migrate

import (
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// tablespace is where PostgreSQL keeps a table or an index: the first name that is given. Other databases have none.
func (e *Editor) tablespace(names ...string) string {
	if e.d.Name != "postgresql" {
		return ""
	}
	for _, name := range names {
		if name != "" {
			return " TABLESPACE " + e.name(name)
		}
	}
	return ""
}

// keyTablespace is where the index is kept that a column has because it is unique.
func (e *Editor) keyTablespace(m *schema.Model, f *schema.Field) string {
	if at := e.tablespace(f.Tablespace, m.Tablespace); at != "" {
		return " USING INDEX" + at
	}
	return ""
}

// indexTablespace is where an index is kept: its own place, that of its only field, or that of the table.
//
// Django 6.1 django/db/backends/base/schema.py _get_index_tablespace_sql.
func (e *Editor) indexTablespace(m *schema.Model, ix *schema.Index) string {
	of := ""
	if len(ix.Fields) == 1 && len(ix.Expressions) == 0 {
		if f := m.Field(strings.TrimPrefix(ix.Fields[0], "-")); f != nil {
			of = f.Tablespace
		}
	}
	return e.tablespace(ix.Tablespace, of, m.Tablespace)
}
