package migrate

import (
	"context"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// Tablespaces are where PostgreSQL keeps the tables and the indexes of models that name no place themselves. Django:
// DEFAULT_TABLESPACE and DEFAULT_INDEX_TABLESPACE.
type Tablespaces struct{ Table, Index string }

type tablespacesKey struct{}

// WithTablespaces returns a context in which migrations make tables and indexes at these places. What is there already stays
// where it is. A site puts its settings there.
func WithTablespaces(ctx context.Context, t Tablespaces) context.Context {
	return context.WithValue(ctx, tablespacesKey{}, t)
}

// editorFor makes an editor with the places of the context.
func editorFor(ctx context.Context, d *dialect.Dialect, db string, collect bool) *Editor {
	e := newEditor(d, db, collect)
	e.spaces, _ = ctx.Value(tablespacesKey{}).(Tablespaces)
	return e
}

// tableSpace is where a table is kept.
func (e *Editor) tableSpace(m *schema.Model) string {
	return e.tablespace(m.Tablespace, e.spaces.Table)
}

// indexSpace is where an index is kept: the first place of its own that is named, that of all indexes, or that of the table.
func (e *Editor) indexSpace(m *schema.Model, own ...string) string {
	return e.tablespace(append(own, e.spaces.Index, m.Tablespace, e.spaces.Table)...)
}

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
	if at := e.indexSpace(m, f.Tablespace); at != "" {
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
	return e.indexSpace(m, ix.Tablespace, of)
}
