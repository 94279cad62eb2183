package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
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
	Name, Type, Default, Comment, Generated string
	NotNull, Identity, Stored               bool
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
	Class      bool // has an operator class
}

// dbConstraint is a constraint. Kind is p, u, f or c: primary key, unique, foreign key, check.
type dbConstraint struct {
	Name, Kind string
	Columns    []string
	Def        string
	// RefTable, RefColumns and OnDelete are a foreign key's.
	RefTable   string
	RefColumns []string
	OnDelete   string
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
	t := &dbTable{Name: name}
	var err error
	switch d.Name {
	case "sqlite":
		err = t.sqlite(ctx, db)
	case "postgresql":
		err = t.postgres(ctx, db)
	case "mysql":
		err = t.mysql(ctx, d, db)
	default:
		err = fmt.Errorf("migrate: tables cannot be looked at on %s", d.Name)
	}
	return t, err
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

func (t *dbTable) sqlite(ctx context.Context, db string) error {
	quoted := "'" + strings.ReplaceAll(t.Name, "'", "''") + "'"
	err := orm.QueryOn(ctx, db, "SELECT sql FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?", []any{t.Name}, func(c []any) error {
		t.SQL = text(c[0])
		return nil
	})
	if err != nil {
		return err
	}
	parts := sqliteParts(t.SQL)
	defs := map[string]string{}
	for _, p := range parts {
		if name, rest, ok := cutName(p); ok {
			defs[name] = rest
		}
	}
	err = orm.QueryOn(ctx, db, "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo("+quoted+")", nil, func(c []any) error {
		col := dbColumn{Name: text(c[0]), Type: text(c[1]), NotNull: number(c[2]) != 0, Default: text(c[3]), Key: int(number(c[4])), Def: defs[text(c[0])]}
		if hidden := number(c[5]); hidden > 1 {
			col.Generated, col.Stored = between(col.Def, "AS ("), hidden == 3
		}
		col.Identity = strings.Contains(strings.ToUpper(col.Def), "AUTOINCREMENT")
		t.Columns = append(t.Columns, col)
		return nil
	})
	if err != nil {
		return err
	}
	if err := t.sqliteIndexes(ctx, db, quoted); err != nil {
		return err
	}
	return t.sqliteConstraints(ctx, db, quoted, parts)
}

func (t *dbTable) sqliteIndexes(ctx context.Context, db, quoted string) error {
	err := orm.QueryOn(ctx, db, "SELECT l.name, l.\"unique\", l.origin, m.sql FROM pragma_index_list("+quoted+") l LEFT JOIN sqlite_master m ON m.type = 'index' AND m.name = l.name ORDER BY l.name", nil, func(c []any) error {
		ix := dbIndex{Name: text(c[0]), Unique: number(c[1]) != 0, Primary: text(c[2]) == "pk", Own: text(c[2]) != "c", SQL: text(c[3])}
		if _, where, ok := strings.Cut(ix.SQL, ") WHERE "); ok {
			ix.Where = where
		}
		t.Indexes = append(t.Indexes, ix)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		err := orm.QueryOn(ctx, db, "SELECT name, \"desc\", cid FROM pragma_index_xinfo('"+strings.ReplaceAll(ix.Name, "'", "''")+"') WHERE key = 1", nil, func(c []any) error {
			ix.Columns, ix.Desc = append(ix.Columns, text(c[0])), append(ix.Desc, number(c[1]) != 0)
			ix.Expression = ix.Expression || number(c[2]) == -2
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *dbTable) sqliteConstraints(ctx context.Context, db, quoted string, parts []string) error {
	byID := map[int64]int{}
	err := orm.QueryOn(ctx, db, "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list("+quoted+") ORDER BY id DESC, seq", nil, func(c []any) error {
		at, ok := byID[number(c[0])]
		if !ok {
			at = len(t.Constraints)
			byID[number(c[0])] = at
			t.Constraints = append(t.Constraints, dbConstraint{Kind: "f", RefTable: text(c[1]), OnDelete: text(c[4])})
		}
		fk := &t.Constraints[at]
		fk.Columns, fk.RefColumns = append(fk.Columns, text(c[2])), append(fk.RefColumns, text(c[3]))
		return nil
	})
	for _, p := range parts {
		c := dbConstraint{Def: p}
		if rest, ok := cutWord(p, "CONSTRAINT"); ok {
			if c.Name, c.Def, ok = cutName(rest); !ok {
				continue
			}
		}
		switch {
		case strings.HasPrefix(c.Def, "UNIQUE"):
			c.Kind, c.Columns = "u", quotedNames(c.Def)
		case strings.HasPrefix(c.Def, "CHECK"):
			c.Kind = "c"
		case strings.HasPrefix(c.Def, "PRIMARY KEY"):
			c.Kind, c.Columns = "p", quotedNames(c.Def)
		default:
			continue
		}
		t.Constraints = append(t.Constraints, c)
	}
	return err
}

// sqliteParts splits the body of CREATE TABLE at its commas: columns and constraints.
func sqliteParts(sql string) []string {
	open := strings.IndexByte(sql, '(')
	if open < 0 {
		return nil
	}
	var out []string
	depth, from := 0, open+1
	var quote byte
	for i := open; i < len(sql); i++ {
		c := sql[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '[':
			quote = ']'
		case c == '(':
			depth++
		case c == ')':
			depth--
			if depth == 0 {
				return append(out, strings.TrimSpace(sql[from:i]))
			}
		case c == ',' && depth == 1:
			out = append(out, strings.TrimSpace(sql[from:i]))
			from = i + 1
		}
	}
	return out
}

// cutName takes the quoted or plain name off the front of a definition.
func cutName(s string) (name, rest string, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", "", false
	}
	if closing := map[byte]byte{'"': '"', '`': '`', '[': ']'}[s[0]]; closing != 0 {
		end := strings.IndexByte(s[1:], closing)
		if end < 0 {
			return "", "", false
		}
		return s[1 : end+1], strings.TrimSpace(s[end+2:]), true
	}
	name, rest, _ = strings.Cut(s, " ")
	switch strings.ToUpper(name) {
	case "CONSTRAINT", "UNIQUE", "CHECK", "PRIMARY", "FOREIGN":
		return "", "", false
	}
	return name, strings.TrimSpace(rest), true
}

func cutWord(s, word string) (string, bool) {
	if len(s) > len(word) && strings.EqualFold(s[:len(word)], word) && s[len(word)] == ' ' {
		return strings.TrimSpace(s[len(word):]), true
	}
	return s, false
}

// quotedNames are the names in the first parentheses of a definition.
func quotedNames(def string) []string {
	inner := between(def, "(")
	var out []string
	for part := range strings.SplitSeq(inner, ",") {
		if name, _, ok := cutName(part); ok {
			out = append(out, name)
		}
	}
	return out
}

// between is the text after an opening that ends in "(", up to the parenthesis that closes it.
func between(s, opening string) string {
	at := strings.Index(s, opening)
	if at < 0 {
		return ""
	}
	from := at + len(opening)
	depth := 1
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[from:i]
			}
		}
	}
	return s[from:]
}

func (t *dbTable) postgres(ctx context.Context, db string) error {
	args := []any{t.Name}
	const table = " JOIN pg_catalog.pg_class c ON c.oid = %s AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_catalog.pg_table_is_visible(c.oid)"
	err := orm.QueryOn(ctx, db, "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text, a.attgenerated::text, coalesce(pg_get_expr(d.adbin, d.adrelid), ''), coalesce(col_description(c.oid, a.attnum), ''), coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_catalog.pg_attribute a"+
		fmt.Sprintf(table, "a.attrelid")+" LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum", args, func(c []any) error {
		notNull, _ := c[2].(bool)
		col := dbColumn{Name: text(c[0]), Type: text(c[1]), NotNull: notNull, Identity: text(c[3]) != "", Default: text(c[5]), Comment: text(c[6])}
		if text(c[4]) != "" {
			col.Generated, col.Stored, col.Default = col.Default, true, ""
		}
		t.Comment = text(c[7])
		t.Columns = append(t.Columns, col)
		return nil
	})
	if err != nil {
		return err
	}
	err = orm.QueryOn(ctx, db, "SELECT i.relname::text, x.indisunique, x.indisprimary, pg_get_indexdef(x.indexrelid), coalesce(pg_get_expr(x.indpred, x.indrelid), ''), x.indexprs IS NOT NULL, (SELECT string_agg(coalesce(a.attname::text, ''), ',' ORDER BY k.ord) FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k(num, ord) LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.num AND k.num > 0 WHERE k.ord <= x.indnkeyatts), EXISTS (SELECT 1 FROM pg_catalog.pg_constraint n WHERE n.conindid = x.indexrelid AND n.contype IN ('p', 'u')) FROM pg_catalog.pg_index x"+
		fmt.Sprintf(table, "x.indrelid")+" JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid ORDER BY i.relname", args, func(c []any) error {
		ix := dbIndex{Name: text(c[0]), SQL: text(c[3]), Where: text(c[4])}
		ix.Unique, _ = c[1].(bool)
		ix.Primary, _ = c[2].(bool)
		ix.Expression, _ = c[5].(bool)
		ix.Columns = strings.Split(text(c[6]), ",")
		ix.Own, _ = c[7].(bool)
		ix.Class = strings.Contains(ix.SQL, "_pattern_ops")
		inner := between(ix.SQL, "(")
		for part := range strings.SplitSeq(inner, ", ") {
			ix.Desc = append(ix.Desc, strings.HasSuffix(part, " DESC"))
		}
		t.Indexes = append(t.Indexes, ix)
		return nil
	})
	if err != nil {
		return err
	}
	const names = "(SELECT string_agg(a.attname::text, ',' ORDER BY k.ord) FROM unnest(%s) WITH ORDINALITY AS k(num, ord) JOIN pg_catalog.pg_attribute a ON a.attrelid = %s AND a.attnum = k.num)"
	err = orm.QueryOn(ctx, db, "SELECT n.conname::text, n.contype::text, pg_get_constraintdef(n.oid), coalesce("+fmt.Sprintf(names, "n.conkey", "n.conrelid")+", ''), coalesce((SELECT relname::text FROM pg_catalog.pg_class WHERE oid = n.confrelid), ''), coalesce("+fmt.Sprintf(names, "n.confkey", "n.confrelid")+", ''), n.confdeltype::text FROM pg_catalog.pg_constraint n"+
		fmt.Sprintf(table, "n.conrelid")+" WHERE n.contype IN ('p', 'u', 'f', 'c') ORDER BY n.conname", args, func(c []any) error {
		con := dbConstraint{Name: text(c[0]), Kind: text(c[1]), Def: text(c[2]), RefTable: text(c[4])}
		if list := text(c[3]); list != "" {
			con.Columns = strings.Split(list, ",")
		}
		if list := text(c[5]); list != "" {
			con.RefColumns = strings.Split(list, ",")
		}
		con.OnDelete = map[string]string{"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT", "a": "NO ACTION"}[text(c[6])]
		t.Constraints = append(t.Constraints, con)
		return nil
	})
	for _, c := range t.Constraints {
		if c.Kind == "p" {
			for i := range t.Columns {
				t.Columns[i].Key = slices.Index(c.Columns, t.Columns[i].Name) + 1
			}
		}
	}
	return err
}
