package migrate

import (
	"context"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
)

// dbTable is a table as the database describes it.
type dbTable struct {
	Name        string
	Comment     string
	Columns     []dbColumn
	Indexes     []dbIndex
	Constraints []dbConstraint
	// SQL is the statement that made the table (SQLite).
	SQL string
}

// dbColumn is a column. Type is as the database spells it.
type dbColumn struct {
	Name, Type, Default, Comment, Generated, Collation string
	NotNull, Identity, Stored                          bool
	// Key is the column's place in the primary key, from 1; 0 is none.
	Key int
	// Def is the whole definition as it stands in SQL (SQLite).
	Def string
}

// dbIndex is an index. An expression stands as an empty column.
type dbIndex struct {
	Name            string
	Columns         []string
	Desc            []bool
	Unique, Primary bool
	// Own says that it belongs to a UNIQUE or PRIMARY KEY of the table itself.
	Own        bool
	Expression bool
	Where, SQL string
	Class      bool // has an operator class for LIKE
	// Parts are the columns and expressions, Include what is only stored (PostgreSQL).
	Parts   []dbPart
	Include []string
	// Method is not the usual btree, With the parameters of storage (PostgreSQL).
	Method, With     string
	NullsNotDistinct bool
}

// dbPart is a column or an expression of an index.
type dbPart struct {
	Column, Expression, Class string
	Desc                      bool
}

// dbConstraint is a constraint. Kind is p, u, f, c or x: primary key, unique, foreign key, check, exclusion.
type dbConstraint struct {
	Name, Kind string
	Columns    []string
	Def        string
	// RefTable, RefColumns and OnDelete are a foreign key's.
	RefTable   string
	RefColumns []string
	OnDelete   string
	// Deferrable is deferred or immediate (PostgreSQL).
	Deferrable string
}

func (t *dbTable) column(name string) *dbColumn {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// introspectTable describes a table. One that does not exist has no columns.
func introspectTable(ctx context.Context, d *dialect.Dialect, db, name string) (*dbTable, error) {
	all, err := introspectTables(ctx, d, db, []string{name})
	return all[name], err
}

// introspectTables describes tables: some, in as few questions as one takes.
func introspectTables(ctx context.Context, d *dialect.Dialect, db string, names []string) (map[string]*dbTable, error) {
	tables := make(dbTables, len(names))
	for _, name := range names {
		tables[name] = &dbTable{Name: name}
	}
	switch d.Name {
	case "sqlite":
		return tables, tables.sqlite(ctx, db)
	case "postgresql":
		return tables, tables.postgres(ctx, db)
	case "mysql":
		return tables, tables.mysql(ctx, d, db)
	}
	return nil, fmt.Errorf("migrate: tables cannot be looked at on %s", d.Name)
}

// dbTables are the tables that are described, by name.
type dbTables map[string]*dbTable

// only limits a statement to one table, if one is asked for; what the others say is left out when it is read.
func (ts dbTables) only(condition string) (sql string, args []any) {
	if len(ts) != 1 {
		return "", nil
	}
	for name := range ts {
		for range strings.Count(condition, "?") {
			args = append(args, name)
		}
	}
	return condition, args
}

// bare takes the parentheses off that stand around the whole of an expression.
func bare(sql string) string {
	for len(sql) > 1 && sql[0] == '(' && closing(sql, 0) == len(sql)-1 {
		sql = strings.TrimSpace(sql[1 : len(sql)-1])
	}
	return sql
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}
