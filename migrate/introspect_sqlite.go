package migrate

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
)

// sqlite describes tables by the text that made them and by pragmas: a question of each kind, whatever the number of tables.
func (ts dbTables) sqlite(ctx context.Context, db string) error {
	names, err := json.Marshal(slices.Sorted(maps.Keys(ts)))
	if err != nil {
		return err
	}
	asked := []any{string(names)}
	indexes := map[string]string{}
	err = orm.QueryOn(ctx, db, "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'view', 'index')", nil, func(c []any) error {
		if text(c[0]) == "index" {
			indexes[text(c[1])] = text(c[2])
		} else if t := ts[text(c[1])]; t != nil {
			t.SQL = text(c[2])
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := ts.sqliteColumns(ctx, db, asked); err != nil {
		return err
	}
	if err := ts.sqliteIndexes(ctx, db, asked, indexes); err != nil {
		return err
	}
	if err := ts.sqliteForeignKeys(ctx, db, asked); err != nil {
		return err
	}
	for _, t := range ts {
		t.sqliteChecks(sqliteParts(t.SQL))
	}
	return nil
}

func (ts dbTables) sqliteColumns(ctx context.Context, db string, asked []any) error {
	var t *dbTable
	defs := map[string]string{}
	return orm.QueryOn(ctx, db, "SELECT t.value, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden FROM json_each(?) t JOIN pragma_table_xinfo(t.value) x ORDER BY t.key, x.cid", asked, func(c []any) error {
		if t == nil || t.Name != text(c[0]) {
			t = ts[text(c[0])]
			clear(defs)
			for _, p := range sqliteParts(t.SQL) {
				if name, rest, ok := cutName(p); ok {
					defs[name] = rest
				}
			}
		}
		col := dbColumn{Name: text(c[1]), Type: text(c[2]), NotNull: number(c[3]) != 0, Default: text(c[4]), Key: int(number(c[5])), Def: defs[text(c[1])]}
		if hidden := number(c[6]); hidden > 1 {
			col.Generated, col.Stored = between(col.Def, "AS ("), hidden == 3
		}
		col.Identity = strings.Contains(strings.ToUpper(col.Def), "AUTOINCREMENT")
		if _, rest, ok := strings.Cut(col.Def, " COLLATE "); ok {
			col.Collation, _, _ = cutName(rest)
		}
		t.Columns = append(t.Columns, col)
		return nil
	})
}

// sqliteIndexes reads the indexes, whose statements are given by name.
func (ts dbTables) sqliteIndexes(ctx context.Context, db string, asked []any, statements map[string]string) error {
	return orm.QueryOn(ctx, db, "SELECT t.value, l.name, l.\"unique\", l.origin, x.name, x.\"desc\", x.cid FROM json_each(?) t JOIN pragma_index_list(t.value) l JOIN pragma_index_xinfo(l.name) x WHERE x.key = 1 ORDER BY t.key, l.name, x.seqno", asked, func(c []any) error {
		t, name := ts[text(c[0])], text(c[1])
		if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != name {
			ix := dbIndex{Name: name, Unique: number(c[2]) != 0, Primary: text(c[3]) == "pk", Own: text(c[3]) != "c", SQL: statements[name]}
			ix.sqliteIndexText()
			t.Indexes = append(t.Indexes, ix)
		}
		ix, column := &t.Indexes[len(t.Indexes)-1], text(c[4])
		if at := len(ix.Columns); at < len(ix.Parts) {
			ix.Parts[at].Column = column
		}
		ix.Columns, ix.Desc = append(ix.Columns, column), append(ix.Desc, number(c[5]) != 0)
		ix.Expression = ix.Expression || number(c[6]) == -2
		return nil
	})
}

func (ts dbTables) sqliteForeignKeys(ctx context.Context, db string, asked []any) error {
	id := int64(-1)
	return orm.QueryOn(ctx, db, "SELECT t.value, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_delete FROM json_each(?) t JOIN pragma_foreign_key_list(t.value) f ORDER BY t.key, f.id DESC, f.seq", asked, func(c []any) error {
		t := ts[text(c[0])]
		if n := len(t.Constraints); n == 0 || number(c[1]) != id {
			id = number(c[1])
			t.Constraints = append(t.Constraints, dbConstraint{Kind: "f", RefTable: text(c[2]), OnDelete: text(c[5])})
		}
		fk := &t.Constraints[len(t.Constraints)-1]
		fk.Columns, fk.RefColumns = append(fk.Columns, text(c[3])), append(fk.RefColumns, text(c[4]))
		return nil
	})
}

// sqliteIndexText takes the statement of an index apart.
func (ix *dbIndex) sqliteIndexText() {
	for _, p := range sqliteParts(ix.SQL) {
		expression, desc := strings.CutSuffix(p, " DESC")
		ix.Parts = append(ix.Parts, dbPart{Expression: bare(strings.TrimSuffix(expression, " ASC")), Desc: desc})
	}
	if where, ok := cutWord(afterParentheses(ix.SQL), "WHERE"); ok {
		ix.Where = where
	}
}

// sqliteChecks reads the constraints in the text of a table.
func (t *dbTable) sqliteChecks(parts []string) {
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
}

// unquoted yields the places and bytes of SQL that stand outside of quoted names and texts. Quotes are the bytes that open
// those; a bracket is closed by the other one.
func unquoted(sql, quotes string) iter.Seq2[int, byte] {
	return func(yield func(int, byte) bool) {
		var end byte
		for i := range len(sql) {
			switch c := sql[i]; {
			case end != 0:
				if c == end {
					end = 0
				}
			case c == '[' && strings.Contains(quotes, "["):
				end = ']'
			case strings.IndexByte(quotes, c) >= 0:
				end = c
			case !yield(i, c):
				return
			}
		}
	}
}

const (
	anyQuotes    = "'\"`"
	sqliteQuotes = anyQuotes + "["
)

// sqliteParts splits the body of CREATE TABLE at its commas: columns and constraints.
func sqliteParts(sql string) (out []string) {
	depth, from := 0, 0
	for i, c := range unquoted(sql, sqliteQuotes) {
		switch {
		case c == '(':
			if depth++; depth == 1 {
				from = i + 1
			}
		case c == ')' && depth > 0:
			if depth--; depth == 0 {
				return append(out, strings.TrimSpace(sql[from:i]))
			}
		case c == ',' && depth == 1:
			out = append(out, strings.TrimSpace(sql[from:i]))
			from = i + 1
		}
	}
	return out
}

// sqliteOpen is the place of the first parenthesis of a statement that is none of a quoted name's, or -1.
func sqliteOpen(sql string) int {
	for i, c := range unquoted(sql, sqliteQuotes) {
		if c == '(' {
			return i
		}
	}
	return -1
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
	if end := closing(s, from-1); end >= 0 {
		return s[from:end]
	}
	return s[from:]
}

// closing is the place of the parenthesis that closes the one at open, or -1. Those in quotes do not count.
func closing(sql string, open int) int {
	depth := 0
	for i, c := range unquoted(sql[open:], anyQuotes) {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return open + i
			}
		}
	}
	return -1
}

// afterParentheses is the text behind the first parentheses of a statement.
func afterParentheses(sql string) string {
	parts := sqliteParts(sql)
	if len(parts) == 0 {
		return ""
	}
	if end := closing(sql, sqliteOpen(sql)); end >= 0 {
		return strings.TrimSpace(sql[end+1:])
	}
	return ""
}
