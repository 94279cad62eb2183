package migrate

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// TableInfo is a table as the database describes it. Django: connection.introspection.
type TableInfo struct {
	Name string
	// Kind is "table", "view" or "partition".
	Kind        string
	Comment     string
	Columns     []ColumnInfo
	Indexes     []IndexInfo
	Constraints []ConstraintInfo
}

// ColumnInfo is a column. Texts are as the database spells them; empty is none.
type ColumnInfo struct {
	Name, Type, Default, Collation, Comment string
	Null                                    bool
	// Identity says that the database gives the numbers of new rows.
	Identity bool
	// Generated is the expression of a computed column, Stored that its values are kept on disk.
	Generated string
	Stored    bool
	// Key is the column's place in the primary key, from 1; 0 is none.
	Key int
}

// IndexInfo is an index. Django: an entry of get_constraints with index.
type IndexInfo struct {
	Name string
	// Columns are the columns in their order; an expression stands as "". Desc says which go down.
	Columns         []string
	Desc            []bool
	Unique, Primary bool
	// Where is the condition of an index over some of the rows; Method is the kind of index where it is not a tree (PostgreSQL).
	Where, Method string
	// Include are columns that are only stored (PostgreSQL).
	Include []string
}

// PrimaryKeyConstraint is the kind of the primary key among constraints.
const PrimaryKeyConstraint dialect.ConstraintKind = "primary key"

// ConstraintInfo is a constraint. Some have no name on SQLite.
type ConstraintInfo struct {
	Name string
	// Kind is PrimaryKeyConstraint, orm.UniqueConstraint, orm.ForeignKeyConstraint, orm.CheckConstraint or
	// orm.ExclusionConstraint.
	Kind    dialect.ConstraintKind
	Columns []string
	// Definition is its SQL, as far as the database tells.
	Definition string
	// To and ToColumns are where a foreign key leads, OnDelete is what happens when that row goes: "CASCADE".
	To        string
	ToColumns []string
	OnDelete  string
	// Deferrable is "", "deferred" or "immediate".
	Deferrable string
}

// Column returns the column with a name, or nil.
func (t *TableInfo) Column(name string) *ColumnInfo {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// PrimaryKey names the columns of the primary key, in its order. Django: get_primary_key_columns.
func (t *TableInfo) PrimaryKey() []string {
	key := map[int]string{}
	for _, c := range t.Columns {
		if c.Key > 0 {
			key[c.Key] = c.Name
		}
	}
	var out []string
	for i := 1; key[i] != ""; i++ {
		out = append(out, key[i])
	}
	return out
}

// Relations are the foreign keys by their first column. Django: get_relations.
func (t *TableInfo) Relations() map[string]ConstraintInfo {
	out := map[string]ConstraintInfo{}
	for _, c := range t.Constraints {
		if c.Kind == orm.ForeignKeyConstraint && len(c.Columns) > 0 {
			out[c.Columns[0]] = c
		}
	}
	return out
}

// TableNames are the names of a database's tables in order, without views. Django: connection.introspection.table_names.
func TableNames(ctx context.Context, db string) ([]string, error) {
	d, err := orm.DialectOf(ctx, db)
	if err != nil {
		return nil, err
	}
	var out []string
	err = eachTable(ctx, d, db, func(name, kind string) {
		if kind != "view" {
			out = append(out, name)
		}
	})
	return out, err
}

// Introspect describes tables and views of a database: those with these names, or all, in the order of their names. A name
// that is not there is an error. Django: connection.introspection.get_table_description, get_constraints.
func Introspect(ctx context.Context, db string, names ...string) ([]TableInfo, error) {
	d, err := orm.DialectOf(ctx, db)
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	var order []string
	err = eachTable(ctx, d, db, func(name, kind string) {
		if len(names) == 0 || slices.Contains(names, name) {
			kinds[name], order = kind, append(order, name)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if kinds[name] == "" {
			return nil, fmt.Errorf("migrate: there is no table %q in the database", name)
		}
	}
	tables, err := introspectTables(ctx, d, db, order)
	if err != nil {
		return nil, err
	}
	out := make([]TableInfo, len(order))
	for i, name := range order {
		out[i] = tables[name].info(kinds[name])
	}
	return out, nil
}

// eachTable calls f for each table that the session finds by its name alone.
func eachTable(ctx context.Context, d *dialect.Dialect, db string, f func(name, kind string)) error {
	sql := "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
	switch d.Name {
	case "postgresql":
		sql = "SELECT c.relname::text, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' WHEN c.relispartition THEN 'partition' ELSE 'table' END FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1"
	case "mysql":
		sql = "SELECT TABLE_NAME, CASE WHEN TABLE_TYPE LIKE '%VIEW' THEN 'view' ELSE 'table' END FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1"
	}
	return orm.QueryOn(ctx, db, sql, nil, func(c []any) error {
		f(text(c[0]), text(c[1]))
		return nil
	})
}

// constraintKinds are the kinds by the letters of introspection.
var constraintKinds = map[string]dialect.ConstraintKind{
	"p": PrimaryKeyConstraint, "u": dialect.Unique, "f": dialect.ForeignKey, "c": dialect.Check, "x": dialect.Exclusion,
}

func (t *dbTable) info(kind string) TableInfo {
	out := TableInfo{Name: t.Name, Kind: kind, Comment: t.Comment}
	keys := t.keyColumns()
	for i := range t.Columns {
		c := &t.Columns[i]
		out.Columns = append(out.Columns, ColumnInfo{
			Name: c.Name, Type: c.Type, Default: c.Default, Collation: c.Collation, Comment: c.Comment, Null: !c.NotNull, Identity: c.Identity,
			Generated: c.Generated, Stored: c.Stored, Key: slices.Index(keys, c.Name) + 1,
		})
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		out.Indexes = append(out.Indexes, IndexInfo{
			Name: ix.Name, Columns: ix.Columns, Desc: ix.Desc, Unique: ix.Unique, Primary: ix.Primary, Where: ix.Where, Method: ix.Method, Include: ix.Include,
		})
	}
	hasKey := false
	for i := range t.Constraints {
		c := &t.Constraints[i]
		hasKey = hasKey || c.Kind == "p"
		out.Constraints = append(out.Constraints, ConstraintInfo{
			Name: c.Name, Kind: constraintKinds[c.Kind], Columns: c.Columns, Definition: c.Def, To: c.RefTable, ToColumns: c.RefColumns, OnDelete: c.OnDelete, Deferrable: c.Deferrable,
		})
	}
	if !hasKey && len(keys) > 0 { // SQLite: PRIMARY KEY stands at the column
		out.Constraints = append(out.Constraints, ConstraintInfo{Kind: PrimaryKeyConstraint, Columns: keys})
	}
	return out
}

// keyColumns are the columns of the primary key in its order.
func (t *dbTable) keyColumns() []string {
	byPlace := map[int]string{}
	for _, c := range t.Columns {
		if c.Key > 0 {
			byPlace[c.Key] = c.Name
		}
	}
	var out []string
	for i := 1; byPlace[i] != ""; i++ {
		out = append(out, byPlace[i])
	}
	if out != nil {
		return out
	}
	for i := range t.Constraints {
		if t.Constraints[i].Kind == "p" {
			return t.Constraints[i].Columns
		}
	}
	return nil
}
