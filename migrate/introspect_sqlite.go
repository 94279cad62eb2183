package migrate

import (
	"context"
	"iter"
	"strings"

	"github.com/nuages-go/nuages/orm"
)

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
		if _, rest, ok := strings.Cut(col.Def, " COLLATE "); ok {
			col.Collation, _, _ = cutName(rest)
		}
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
		ix.sqliteIndexText()
		t.Indexes = append(t.Indexes, ix)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		err := orm.QueryOn(ctx, db, "SELECT name, \"desc\", cid FROM pragma_index_xinfo('"+strings.ReplaceAll(ix.Name, "'", "''")+"') WHERE key = 1", nil, func(c []any) error {
			name := text(c[0])
			if at := len(ix.Columns); at < len(ix.Parts) {
				ix.Parts[at].Column = name
			}
			ix.Columns, ix.Desc = append(ix.Columns, name), append(ix.Desc, number(c[1]) != 0)
			ix.Expression = ix.Expression || number(c[2]) == -2
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
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
	t.sqliteChecks(parts)
	return err
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
