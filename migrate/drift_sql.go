package migrate

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// sqlDrift compares the SQL inside of tables: conditions of checks and indexes, expressions, defaults. Databases keep it in
// words of their own, so each is asked for its words for what the migrations say: by temporary tables with the names of the
// real ones, in a transaction that is taken back. SQLite keeps the text as it was written, which is compared by its words.
// Where temporary tables cannot be made, on a replica for example, nothing is compared.
func (e *Editor) sqlDrift(ctx context.Context, s *State, list []*schema.Model, live map[string]*dbTable) ([]string, error) {
	list = slices.DeleteFunc(slices.Clone(list), func(m *schema.Model) bool { return !hasSQL(m) || len(live[m.Table].Columns) == 0 })
	if len(list) == 0 {
		return nil, nil
	}
	want, err := map[string]*dbTable{}, error(nil)
	switch e.d.Name {
	case "sqlite":
		want, err = e.sqliteWanted(s, list)
	case "postgresql":
		want, err = e.postgresWanted(ctx, s, list)
	case "mysql":
		want, live, err = e.mysqlWanted(ctx, s, list)
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, m := range list {
		if w, is := want[m.Table], live[m.Table]; w != nil && is != nil {
			out = append(out, compareSQL(m, w, is, e.d.Name == "sqlite")...)
		}
	}
	return out, nil
}

// hasSQL says that a table has something besides its columns that is compared.
func hasSQL(m *schema.Model) bool {
	return len(m.Indexes) > 0 || len(m.Constraints) > 0 || slices.ContainsFunc(m.Fields, func(f schema.Field) bool { return f.DBDefault != nil || f.Expression != nil })
}

// compareSQL says where a table differs from what it is to be, in what both have under one name.
func compareSQL(m *schema.Model, want, is *dbTable, text bool) (out []string) {
	differ := func(what, name, wanted, found string) {
		if wanted == found || text && words(wanted) == words(found) || !text && loose(wanted) == loose(found) {
			return
		}
		out = append(out, fmt.Sprintf("table %s: the %s of %s is %s, and the migrations say %s", m.Table, what, name, or(found, "missing"), or(wanted, "none")))
	}
	for i := range want.Columns {
		w := &want.Columns[i]
		c := is.column(w.Name)
		if c == nil {
			continue
		}
		found := c.Default
		if text && c.Def != "" {
			found = defaultOf(c.Def)
		}
		if w.Default != "" && found != "" { // one alone is found among the columns
			differ("default", w.Name, w.Default, found)
		}
		if w.Generated != "" && c.Generated != "" {
			differ("expression", w.Name, w.Generated, c.Generated)
		}
	}
	for _, w := range want.Constraints {
		i := slices.IndexFunc(is.Constraints, func(c dbConstraint) bool { return w.Name != "" && c.Name == w.Name && c.Kind == w.Kind })
		if i < 0 {
			continue
		}
		switch w.Kind {
		case "c":
			differ("condition", w.Name, w.Def, strings.TrimSuffix(is.Constraints[i].Def, " NOT VALID"))
		case "x", "u":
			differ("definition", w.Name, w.Def, is.Constraints[i].Def)
		}
	}
	for i := range want.Indexes {
		w := &want.Indexes[i]
		at := slices.IndexFunc(is.Indexes, func(ix dbIndex) bool { return ix.Name == w.Name })
		if at < 0 || w.Primary {
			continue
		}
		ix := &is.Indexes[at]
		differ("condition", w.Name, w.Where, ix.Where)
		differ("parts", w.Name, w.parts(), ix.parts())
	}
	return out
}

// parts are an index's columns and expressions, with all that is said of them.
func (ix *dbIndex) parts() string {
	var list []string
	for _, p := range ix.Parts {
		part := p.Column
		if part == "" {
			part = "(" + p.Expression + ")"
		}
		if p.Class != "" {
			part += " " + p.Class
		}
		if p.Desc {
			part += " DESC"
		}
		list = append(list, part)
	}
	out := "(" + strings.Join(list, ", ") + ")"
	if ix.Method != "" {
		out = "USING " + ix.Method + " " + out
	}
	if len(ix.Include) > 0 {
		out += " INCLUDE (" + strings.Join(ix.Include, ", ") + ")"
	}
	if ix.With != "" {
		out += " WITH (" + strings.ReplaceAll(ix.With, " ", "") + ")"
	}
	if ix.NullsNotDistinct {
		out += " NULLS NOT DISTINCT"
	}
	return out
}

// words brings two spellings of a piece of SQL together: blanks, quotes around names, the case of words, and parentheses around
// the whole.
func words(sql string) string {
	var b strings.Builder
	for i := 0; i < len(sql); i++ {
		switch c := sql[i]; c {
		case ' ', '\n', '\t', '\r', '"', '`', '[', ']':
		case '\'':
			end := i + 1
			for end < len(sql) && sql[end] != '\'' {
				end++
			}
			b.WriteString(sql[i:min(end+1, len(sql))])
			i = end
		default:
			b.WriteString(strings.ToLower(string(c)))
		}
	}
	check, isCheck := strings.CutPrefix(b.String(), "check")
	if isCheck && strings.HasPrefix(check, "(") {
		return bare(check)
	}
	return bare(b.String())
}

var (
	castOf     = regexp.MustCompile(`::(?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?(?: (?:varying|precision|without time zone|with time zone))?(?:\([\d, ]+\))?(?:\[\])*`)
	singleItem = regexp.MustCompile(`(^|[^\w"])\((\w+|"[^"]+"|'(?:[^']|'')*')\)`)
)

// loose brings together what a server makes of an expression and what it makes of its own words for it: PostgreSQL puts other
// casts and parentheses the second time.
func loose(sql string) string {
	sql = castOf.ReplaceAllString(sql, "")
	for {
		next := singleItem.ReplaceAllString(sql, "$1$2")
		for i := 0; i+1 < len(next); i++ {
			if next[i] == '(' && next[i+1] == '(' {
				if outer, inner := closing(next, i), closing(next, i+1); outer >= 0 && inner == outer-1 {
					next = next[:i] + next[i+1:outer] + next[outer+1:]
					i--
				}
			}
		}
		if next == sql {
			return bare(sql)
		}
		sql = next
	}
}

// shadow are the statements that make a table as the migrations have it, without what leads to other tables.
func (e *Editor) shadow(s *State, m *schema.Model) ([]string, error) {
	own := newEditor(e.d, e.db, true)
	sql, err := own.tableSQL(s, m, m.Table)
	if err != nil {
		return nil, err
	}
	if err := own.deferIndexes(s, m); err != nil {
		return nil, err
	}
	return append([]string{sql}, slices.DeleteFunc(own.deferred, func(sql string) bool { return strings.Contains(sql, " FOREIGN KEY ") })...), nil
}

// errTakeBack ends a transaction that is not to last.
var errTakeBack = errors.New("migrate: taken back")

func (e *Editor) postgresWanted(ctx context.Context, s *State, list []*schema.Model) (map[string]*dbTable, error) {
	var want map[string]*dbTable
	err := orm.AtomicWith(ctx, orm.AtomicOptions{DB: e.db}, func(ctx context.Context) error {
		var made []string
		for _, m := range list {
			statements, err := e.shadow(s, m)
			if err != nil {
				return err
			}
			statements[0] = "CREATE TEMPORARY " + strings.TrimPrefix(statements[0], "CREATE ")
			err = orm.AtomicWith(ctx, orm.AtomicOptions{DB: e.db}, func(ctx context.Context) error { return newEditor(e.d, e.db, false).all(ctx, statements) })
			if err == nil { // else it lacks an extension, say, which is told by the column's line
				made = append(made, m.Table)
			}
		}
		var err error
		if len(made) > 0 {
			want, err = introspectTables(ctx, e.d, e.db, made)
		}
		return errors.Join(err, errTakeBack)
	})
	if want == nil || errors.Is(err, errTakeBack) {
		err = nil
	}
	return want, err
}

// sqliteWanted takes the statements apart as those are that the database keeps.
func (e *Editor) sqliteWanted(s *State, list []*schema.Model) (map[string]*dbTable, error) {
	want := map[string]*dbTable{}
	for _, m := range list {
		statements, err := e.shadow(s, m)
		if err != nil {
			return nil, err
		}
		t := &dbTable{Name: m.Table, SQL: statements[0]}
		parts := sqliteParts(t.SQL)
		for _, p := range parts {
			if name, def, ok := cutName(p); ok {
				t.Columns = append(t.Columns, dbColumn{Name: name, Def: def, Default: defaultOf(def), Generated: between(def, " AS (")})
			}
		}
		t.sqliteChecks(parts)
		for _, sql := range statements[1:] {
			_, rest, _ := strings.Cut(sql, "INDEX ")
			name, _, _ := cutName(rest)
			ix := dbIndex{Name: name, SQL: sql}
			ix.sqliteIndexText()
			for i := range ix.Parts {
				p := &ix.Parts[i]
				if column, rest, ok := cutName(p.Expression); ok && rest == "" && strings.HasPrefix(p.Expression, `"`) {
					p.Column = column
				}
			}
			t.Indexes = append(t.Indexes, ix)
		}
		want[m.Table] = t
	}
	return want, nil
}

// defaultOf is the default in the definition of a column of SQLite, as it is written.
func defaultOf(def string) string {
	at := topLevel(def, " DEFAULT ")
	if at < 0 {
		return ""
	}
	rest := strings.TrimSpace(def[at+len(" DEFAULT "):])
	if strings.HasPrefix(rest, "(") {
		if end := closing(rest, 0); end >= 0 {
			return rest[:end+1]
		}
	}
	if end := topLevel(rest, " "); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// topLevel finds a text outside of quotes and parentheses, or is -1.
func topLevel(sql, part string) int {
	depth := 0
	for i, c := range unquoted(sql, anyQuotes) {
		if depth == 0 && len(sql)-i >= len(part) && strings.EqualFold(sql[i:i+len(part)], part) {
			return i
		}
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	return -1
}

// mysqlWanted reads the server's own statements for the real tables and for temporary ones of the same names.
func (e *Editor) mysqlWanted(ctx context.Context, s *State, list []*schema.Model) (want, live map[string]*dbTable, err error) {
	want, live = map[string]*dbTable{}, map[string]*dbTable{}
	err = orm.AtomicWith(ctx, orm.AtomicOptions{DB: e.db}, func(ctx context.Context) error { // one connection: others do not see the tables
		for _, m := range list {
			statements, err := e.shadow(s, m)
			if err != nil {
				return err
			}
			is, err := e.mysqlShow(ctx, m)
			if err != nil {
				return err
			}
			if _, err := orm.ExecOn(ctx, e.db, "CREATE TEMPORARY "+strings.TrimPrefix(statements[0], "CREATE ")); err != nil {
				continue
			}
			w, err := e.mysqlShow(ctx, m)
			_, drop := orm.ExecOn(context.WithoutCancel(ctx), e.db, "DROP TEMPORARY TABLE "+e.name(m.Table))
			if err := errors.Join(err, drop); err != nil {
				return err
			}
			live[m.Table], want[m.Table] = is, w
		}
		return nil
	})
	return want, live, err
}

var (
	mysqlColumn = regexp.MustCompile("^  `((?:[^`]|``)+)` (.*?),?$")
	mysqlCheck  = regexp.MustCompile("^  CONSTRAINT `((?:[^`]|``)+)` CHECK (.*?),?$")
	mysqlEnds   = regexp.MustCompile(`(?i)^( COMMENT | CHECK | ON UPDATE |,$|$)`)
)

// mysqlShow reads the defaults, expressions and checks of a table from SHOW CREATE TABLE.
func (e *Editor) mysqlShow(ctx context.Context, m *schema.Model) (*dbTable, error) {
	t := &dbTable{Name: m.Table}
	err := orm.QueryOn(ctx, e.db, "SHOW CREATE TABLE "+e.name(m.Table), nil, func(c []any) error {
		t.SQL = text(c[1])
		return nil
	})
	for line := range strings.SplitSeq(t.SQL, "\n") {
		if f := mysqlCheck.FindStringSubmatch(line); f != nil {
			t.Constraints = append(t.Constraints, dbConstraint{Name: f[1], Kind: "c", Def: f[2]})
		} else if f := mysqlColumn.FindStringSubmatch(line); f != nil {
			t.Columns = append(t.Columns, dbColumn{Name: f[1], Default: mysqlDefault(f[2]), Generated: between(f[2], " AS (")})
		}
	}
	return t, err
}

// mysqlDefault is the default in a column's line.
func mysqlDefault(def string) string {
	at := topLevel(def, " DEFAULT ")
	if at < 0 {
		return ""
	}
	rest := def[at+len(" DEFAULT "):]
	for i := range len(rest) + 1 {
		if mysqlEnds.MatchString(rest[i:]) && topLevel(rest[:i]+"\x00", "\x00") >= 0 {
			return rest[:i]
		}
	}
	return rest
}
