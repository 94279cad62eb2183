package migrate

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Drift compares the tables of a database with the state of the migrations that it has applied, and returns what differs,
// in words, table by table. Names that the database or an earlier table name gave to indexes do not count; what they cover
// does.
func Drift(ctx context.Context, apps []App, db string) ([]string, error) {
	g, err := writtenGraph(apps)
	if err != nil {
		return nil, err
	}
	r, err := newRunner(ctx, g, apps, Options{DB: db})
	if err != nil {
		return nil, err
	}
	s, err := r.stateBefore()
	if err != nil {
		return nil, err
	}
	return drift(ctx, db, s)
}

func drift(ctx context.Context, db string, s *State) ([]string, error) {
	d, err := orm.DialectOf(ctx, db)
	if err != nil {
		return nil, err
	}
	e := newEditor(d, db, true)
	with, list, err := s.tables()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = m.Table
	}
	live, err := introspectTables(ctx, d, db, names)
	if err != nil {
		return nil, err
	}
	var out []string
	list = slices.DeleteFunc(list, func(m *schema.Model) bool { // routers keep its table elsewhere
		return !allowed(ctx, db, m.App, CreateModel{Name: routedTable(s, m)}, s)
	})
	for _, m := range list {
		t := live[m.Table]
		if len(t.Columns) == 0 {
			out = append(out, fmt.Sprintf("table %s is missing", m.Table))
			continue
		}
		want, err := e.wanted(with, m)
		if err != nil {
			return nil, err
		}
		have := e.found(t, m)
		for _, line := range want {
			if !slices.Contains(have, line) {
				out = append(out, fmt.Sprintf("table %s lacks: %s", m.Table, line))
			}
		}
		for _, line := range have {
			if !slices.Contains(want, line) {
				out = append(out, fmt.Sprintf("table %s has what the migrations do not know: %s", m.Table, line))
			}
		}
	}
	inside, err := e.sqlDrift(ctx, with, list, live)
	return append(out, inside...), err
}

// routedTable is the model that routers are asked about for a table: the model itself, or the owner of a hidden table.
func routedTable(s *State, m *schema.Model) string {
	if s.Model(m.App, m.Name) != nil {
		return m.Name
	}
	for _, owner := range s.Models() {
		for i := range owner.Fields {
			f := &owner.Fields[i]
			if owner.App != m.App || f.Kind != schema.ManyToMany || f.Rel.Through != "" {
				continue
			}
			if to := s.ByLabel(f.Rel.To); to != nil && orm.HiddenThrough(owner, f, to).Name == m.Name {
				return owner.Name
			}
		}
	}
	return m.Name
}

// wanted describes a table as the state has it, a line for each column, key, constraint and index.
func (e *Editor) wanted(s *State, m *schema.Model) ([]string, error) {
	var out, key []string
	if m.Comment != "" && e.d.Name != "sqlite" {
		out = append(out, "the comment "+strconv.Quote(m.Comment))
	}
	for i := range m.Fields {
		f := &m.Fields[i]
		if f.Kind == schema.ForeignObject {
			lines, err := e.wantedForeign(s, m, f)
			if err != nil {
				return nil, err
			}
			out = append(out, lines...)
		}
		if !f.HasColumn() {
			continue
		}
		col := f.ColumnName()
		typ, err := e.columnType(s, f)
		if err != nil {
			return nil, err
		}
		notNull := !f.Null || f.PrimaryKey
		if f.Expression != nil {
			notNull = false
		}
		auto := f.Kind.IsAuto() && f.PrimaryKey
		typ = strings.TrimSuffix(typ, " AUTO_INCREMENT") // counting is told apart
		out = append(out, columnLine(col, plainType(typ), notNull, f.DBDefault != nil, auto, f.Expression != nil)+e.collatedLine(f.Collation, f.Comment))
		if f.PrimaryKey && !isComposite(m, f) {
			key = []string{col}
		} else if f.Unique || f.Kind == schema.OneToOne {
			out = append(out, "unique ("+col+")")
		}
		if f.WantsIndex() && (e.d.Name != "mysql" || e.mysqlIndexed(f, typ)) {
			out = append(out, "index ("+col+")")
		}
		like, err := e.likeIndex(s, m, f)
		if err != nil {
			return nil, err
		}
		if like != "" {
			out = append(out, "index for LIKE ("+col+")")
		}
		if f.Rel != nil && !f.Rel.NoConstraint {
			to, tf, err := s.target(f)
			if err != nil {
				return nil, err
			}
			out = append(out, "foreign key ("+col+") to "+to.Table+" ("+tf.ColumnName()+")"+onDeleteSQL(f.Rel.OnDelete))
		}
		if e.d.ColumnCheck(f, "x") != "" {
			out = append(out, "check of "+col)
		}
	}
	if len(m.PrimaryKey) > 0 {
		cols, err := columns(m, m.PrimaryKey)
		if err != nil {
			return nil, err
		}
		key = cols
	}
	if key != nil {
		out = append(out, "primary key ("+strings.Join(key, ", ")+")")
	}
	for _, set := range m.UniqueTogether {
		cols, err := columns(m, set)
		if err != nil {
			return nil, err
		}
		out = append(out, "unique ("+strings.Join(cols, ", ")+")")
	}
	for i := range m.Indexes {
		if !e.mysqlSkips(m.Indexes[i].Expressions, false, false) {
			out = append(out, "index "+m.Indexes[i].Name)
		}
	}
	for i := range m.Constraints {
		c := &m.Constraints[i]
		switch {
		case isUniqueIndex(c) && e.mysqlSkips(c.Expressions, true, c.Where != nil):
		case c.Check != nil:
			out = append(out, "check "+c.Name)
		case len(c.Exclude) > 0:
			out = append(out, "exclusion "+c.Name)
		case isUniqueIndex(c):
			out = append(out, "unique index "+c.Name)
		default:
			out = append(out, "unique constraint "+c.Name)
		}
	}
	return out, nil
}

// wantedForeign describes what a relation over several columns has in the table.
func (e *Editor) wantedForeign(s *State, m *schema.Model, f *schema.Field) (out []string, err error) {
	fk, err := s.foreignKey(m, f)
	if err != nil {
		return nil, err
	}
	own := strings.Join(fk.own, ", ")
	if f.HasConstraint() {
		out = append(out, "foreign key ("+own+") to "+fk.table+" ("+strings.Join(fk.far, ", ")+")"+onDeleteSQL(f.Rel.OnDelete))
	}
	if sql, err := e.foreignIndex(m, f); sql != "" || err != nil {
		return append(out, "index ("+own+")"), err
	}
	return out, nil
}

func columnLine(name, typ string, notNull, deflt, auto, generated bool) string {
	line := "column " + name + " " + typ
	if notNull {
		line += " not null"
	}
	if deflt {
		line += " with a default"
	}
	if auto {
		line += " counting up"
	}
	if generated {
		line += " computed"
	}
	return line
}

// collatedLine is the rest of a column's line: its collation and its comment, where the database keeps comments.
func (e *Editor) collatedLine(collation, comment string) (out string) {
	if collation != "" {
		out = " collated by " + strings.ToLower(collation)
	}
	if comment != "" && e.d.Name != "sqlite" {
		out += " with the comment " + strconv.Quote(comment)
	}
	return out
}

// plainType brings the spellings of a type together.
func plainType(typ string) string {
	typ = strings.ReplaceAll(strings.ToLower(typ), ", ", ",")
	if at := strings.IndexByte(typ, '['); at >= 0 { // PostgreSQL knows neither the sizes nor the dimensions of an array
		return plainType(typ[:at]) + "[]"
	}
	name, rest, _ := strings.Cut(typ, "(")
	if rest != "" {
		rest = "(" + rest
	}
	switch name {
	case "varchar":
		return "character varying" + rest
	case "time":
		return "time without time zone"
	}
	return name + rest
}

// found describes a table as the database has it, in the words of wanted.
func (e *Editor) found(t *dbTable, m *schema.Model) []string {
	var out, key []string
	if t.Comment != "" {
		out = append(out, "the comment "+strconv.Quote(t.Comment))
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		notNull := c.NotNull
		if c.Generated != "" {
			notNull = false
		}
		out = append(out, columnLine(c.Name, plainType(c.Type), notNull, c.Default != "" && c.Generated == "", c.Identity, c.Generated != "")+e.collatedLine(c.Collation, c.Comment))
		if c.Key > 0 {
			key = append(key, c.Name)
		}
		if e.d.Name == "sqlite" && strings.Contains(c.Def, " CHECK (") {
			out = append(out, "check of "+c.Name)
		}
	}
	slices.SortFunc(key, func(a, b string) int { return t.column(a).Key - t.column(b).Key })
	if len(key) > 0 {
		out = append(out, "primary key ("+strings.Join(key, ", ")+")")
	}
	named := map[string]bool{}
	for i := range m.Indexes {
		named[m.Indexes[i].Name] = true
	}
	for i := range m.Constraints {
		named[m.Constraints[i].Name] = true
	}
	for _, c := range t.Constraints {
		out = append(out, e.foundConstraint(&c, named)...)
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		cols := "(" + strings.Join(ix.Columns, ", ") + ")"
		switch {
		case ix.Primary, e.d.Name == "mysql" && !ix.Unique && !named[ix.Name] && servesKey(t, ix):
		case ix.Own:
			// SQLite names no constraint here; those with a name are in the table's text.
			if e.d.Name == "sqlite" && !slices.ContainsFunc(t.Constraints, func(c dbConstraint) bool { return c.Kind == "u" && slices.Equal(c.Columns, ix.Columns) }) {
				out = append(out, "unique "+cols)
			}
		case named[ix.Name] && ix.Unique:
			out = append(out, "unique index "+ix.Name)
		case named[ix.Name]:
			out = append(out, "index "+ix.Name)
		case ix.Where != "" || ix.Expression:
			out = append(out, "index "+ix.Name)
		case ix.Unique:
			out = append(out, "unique "+cols)
		case ix.Class:
			out = append(out, "index for LIKE "+cols)
		default:
			out = append(out, "index "+cols)
		}
	}
	return out
}

// servesKey says that an index is there for a foreign key.
func servesKey(t *dbTable, ix *dbIndex) bool {
	return slices.ContainsFunc(t.Constraints, func(c dbConstraint) bool { return c.Kind == "f" && slices.Equal(c.Columns, ix.Columns) })
}

func (e *Editor) foundConstraint(c *dbConstraint, named map[string]bool) []string {
	switch {
	case c.Kind == "f":
		action := ""
		if c.OnDelete != "" && c.OnDelete != "NO ACTION" && c.OnDelete != "RESTRICT" {
			action = " ON DELETE " + c.OnDelete
		}
		return []string{"foreign key (" + strings.Join(c.Columns, ", ") + ") to " + c.RefTable + " (" + strings.Join(c.RefColumns, ", ") + ")" + action}
	case c.Kind == "x":
		return []string{"exclusion " + c.Name}
	case c.Kind == "u" && named[c.Name]:
		return []string{"unique constraint " + c.Name}
	case c.Kind == "u":
		return []string{"unique (" + strings.Join(c.Columns, ", ") + ")"}
	case c.Kind == "c" && named[c.Name]:
		return []string{"check " + c.Name}
	case c.Kind == "c" && len(c.Columns) == 1:
		return []string{"check of " + c.Columns[0]}
	case c.Kind == "c":
		return []string{"check " + c.Name}
	}
	return nil
}
