package migrate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// modelWriter writes one model.
type modelWriter struct {
	*inspector
	t    *dbTable
	view bool
	key  []string
	// fields are the lines of the struct, lines those of Fields, remarks what the model cannot say.
	fields, lines, remarks []string
	used                   map[string]bool
	// addresses are the fields by column as Go expressions: &m.Title.
	addresses map[string]string
	// done are the constraints that a field says.
	done map[string]bool
}

// model writes one model.
func (w *inspector) model(t *dbTable, view bool) {
	m := &modelWriter{inspector: w, t: t, view: view, key: primaryKey(t), used: map[string]bool{"Fields": true, "Meta": true}, addresses: map[string]string{}, done: map[string]bool{}}
	if len(m.key) == 0 && len(t.Columns) > 0 {
		m.key = []string{t.guessKey()}
		m.remark("The table has no primary key. That of the model, %s, is a guess; migrations leave the table alone.", m.key[0])
		m.view = true
	}
	for i := range t.Columns {
		m.column(&t.Columns[i])
	}
	for _, th := range w.throughs[t.Name] {
		m.many(th)
	}
	meta := m.meta()
	name := w.names[t.Name]
	fmt.Fprintf(&w.b, "\n// %s is a row of the table %s.\n", name, oneLine(t.Name))
	for _, r := range m.remarks {
		fmt.Fprintf(&w.b, "//\n// %s\n", oneLine(r))
	}
	fmt.Fprintf(&w.b, "type %s struct {\n%s\n}\n", name, strings.Join(m.fields, "\n"))
	fmt.Fprintf(&w.b, "\n// Fields describes the columns.\nfunc (%s) Fields(m *%s) []orm.Field {\n\treturn []orm.Field{\n%s\n\t}\n}\n", name, name, strings.Join(m.lines, "\n"))
	fmt.Fprintf(&w.b, "\n// Meta says what concerns the table as a whole.\nfunc (%s) Meta(m *%s) orm.Meta {\n\treturn orm.Meta{%s}\n}\n", name, name, meta)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (m *modelWriter) remark(format string, args ...any) {
	m.remarks = append(m.remarks, fmt.Sprintf(format, args...))
}

func primaryKey(t *dbTable) []string {
	var key []string
	for n := 1; ; n++ {
		i := slices.IndexFunc(t.Columns, func(c dbColumn) bool { return c.Key == n })
		if i < 0 {
			return key
		}
		key = append(key, t.Columns[i].Name)
	}
}

// guessKey is a column that tells rows apart in a table or view without a key: a unique one, one called id, the first.
func (t *dbTable) guessKey() string {
	for i := range t.Indexes {
		if ix := &t.Indexes[i]; ix.Unique && len(ix.Columns) == 1 && ix.Columns[0] != "" && ix.Where == "" {
			return ix.Columns[0]
		}
	}
	if t.column("id") != nil {
		return "id"
	}
	return t.Columns[0].Name
}

// meta writes what the table has besides columns.
func (m *modelWriter) meta() string {
	parts := []string{"Table: " + strconv.Quote(m.t.Name)}
	if m.view {
		parts = append(parts, "Unmanaged: true")
	}
	if m.t.Comment != "" {
		parts = append(parts, "Comment: "+strconv.Quote(m.t.Comment))
	}
	if len(m.key) > 1 {
		list, _ := m.list(m.key, nil)
		parts = append(parts, "PrimaryKey: []any{"+list+"}")
	}
	together, constraints := m.constraints()
	indexes, unique, more := m.indexes()
	together = append(together, more...)
	list := func(name, typ string, items []string) {
		if len(items) > 0 {
			parts = append(parts, name+": "+typ+"{\n"+strings.Join(items, ",\n")+",\n}")
		}
	}
	list("UniqueTogether", "[][]any", together)
	list("Indexes", "[]orm.Index", indexes)
	list("Constraints", "[]orm.Constraint", append(constraints, unique...))
	return strings.Join(parts, ",\n") + ",\n"
}

// list writes the fields of columns, ok if all have one.
func (m *modelWriter) list(columns []string, desc []bool) (out string, ok bool) {
	var parts []string
	for i, c := range columns {
		a := m.addresses[c]
		if a == "" {
			return "", false
		}
		if i < len(desc) && desc[i] {
			a = "orm.Desc(" + a + ")"
		}
		parts = append(parts, a)
	}
	return strings.Join(parts, ", "), true
}

// condition writes SQL as a condition.
func condition(sql string) string { return "orm.Where(orm.RawExpr[bool](" + strconv.Quote(sql) + "))" }

// constraints writes the constraints that no field says.
func (m *modelWriter) constraints() (together, out []string) {
	for _, c := range m.t.Constraints {
		if m.done[c.Name] && c.Name != "" || c.Kind == "p" {
			continue
		}
		switch c.Kind {
		case "f":
			if len(c.Columns) > 1 || m.tables[c.RefTable] == nil {
				m.remark("Foreign key %s (%s) to %s (%s).", c.Name, strings.Join(c.Columns, ", "), c.RefTable, strings.Join(c.RefColumns, ", "))
			}
		case "c":
			sql := c.Def
			if inner := between(sql, "CHECK ("); inner != "" {
				sql = inner
			}
			switch {
			case m.d.Name == "sqlite" && c.Name == "" || m.d.Name == "mysql" && m.t.column(c.Name) != nil:
				m.remark("A check without a name: %s.", sql)
			case strings.HasSuffix(c.Def, " NOT VALID"):
				m.remark("Constraint %s: %s.", c.Name, c.Def)
			default:
				out = append(out, "orm.CheckThat("+strconv.Quote(c.Name)+", "+condition(bare(sql))+")")
			}
		case "x":
			if con := m.exclusion(&c); con != "" {
				out = append(out, con)
			} else {
				m.remark("Constraint %s: %s.", c.Name, c.Def)
			}
		case "u":
			list, ok := m.list(c.Columns, nil)
			ix := m.t.index(c.Name)
			switch {
			case !ok || c.Name == "":
				m.remark("Unique (%s).", strings.Join(c.Columns, ", "))
			case len(c.Columns) > 1 && made(c.Name, "_uniq") && c.Deferrable == "" && (ix == nil || len(ix.Include) == 0 && !ix.NullsNotDistinct):
				together = append(together, "{"+list+"}")
			default:
				out = append(out, "orm.UniqueOn("+strconv.Quote(c.Name)+", "+list+")"+c.deferral()+m.options(ix, false))
			}
			m.done[c.Name] = true
		}
	}
	return together, out
}

// deferral is the option for a constraint that may be checked later.
func (c *dbConstraint) deferral() string {
	return map[string]string{"deferred": ".Deferred()", "immediate": ".Deferrable()"}[c.Deferrable]
}

// exclusion writes an exclusion constraint: its index tells the parts, its definition the operators.
func (m *modelWriter) exclusion(c *dbConstraint) string {
	ix := m.t.index(c.Name)
	operators := exclusionOperators.FindAllStringSubmatch(c.Def, -1)
	if ix == nil || len(operators) != len(ix.Parts) {
		return ""
	}
	call := "orm.Exclude(" + strconv.Quote(c.Name) + ", " + strconv.Quote(or(ix.Method, "btree"))
	for i, p := range ix.Parts {
		of := "orm.ExcludeExpr(orm.RawExpr[any](" + strconv.Quote(p.Expression) + ")"
		if p.Column != "" {
			if m.addresses[p.Column] == "" {
				return ""
			}
			of = "orm.ExcludeOn(" + m.addresses[p.Column]
		}
		call += ", " + of + ", " + strconv.Quote(operators[i][1]) + ")"
		if p.Class != "" {
			call += ".OpClass(" + strconv.Quote(p.Class) + ")"
		}
	}
	call += ")" + c.deferral()
	if list, ok := m.list(ix.Include, nil); ok && list != "" {
		call += ".Include(" + list + ")"
	}
	if ix.Where != "" {
		call += ".Where(" + condition(ix.Where) + ")"
	}
	return call
}

var exclusionOperators = regexp.MustCompile(` WITH ([^\s,()]+)[,)]`)

func (t *dbTable) index(name string) *dbIndex {
	for i := range t.Indexes {
		if t.Indexes[i].Name == name {
			return &t.Indexes[i]
		}
	}
	return nil
}

// options are those of an index that PostgreSQL alone has.
func (m *modelWriter) options(ix *dbIndex, plain bool) string {
	if ix == nil {
		return ""
	}
	var out string
	var classes []string
	for _, p := range ix.Parts {
		classes = append(classes, strconv.Quote(p.Class))
	}
	if slices.ContainsFunc(ix.Parts, func(p dbPart) bool { return p.Class != "" }) {
		out += ".OpClasses(" + strings.Join(classes, ", ") + ")"
	}
	if list, ok := m.list(ix.Include, nil); ok && list != "" {
		out += ".Include(" + list + ")"
	}
	if plain && ix.Method != "" {
		out += ".Using(" + strconv.Quote(ix.Method) + ")"
	}
	if plain && ix.With != "" {
		out += ".With(" + strconv.Quote(ix.With) + ")"
	}
	if ix.NullsNotDistinct && ix.Unique {
		out += ".NullsNotDistinct()"
	}
	return out
}

// indexes writes the indexes that no field or constraint has; unique ones are constraints.
func (m *modelWriter) indexes() (out, constraints, together []string) {
	for i := range m.t.Indexes {
		ix := &m.t.Indexes[i]
		if ix.Own || ix.Primary || m.done[ix.Name] || m.d.Name == "mysql" && !ix.Unique && servesKey(m.t, ix) {
			continue
		}
		list, ok := m.parts(ix)
		name := strconv.Quote(ix.Name)
		switch {
		case !ok:
			m.remark("Index %s: %s.", ix.Name, ix.SQL)
			continue
		case ix.Unique && !ix.Expression && ix.Where == "" && len(ix.Columns) > 1 && made(ix.Name, "_uniq"):
			together = append(together, "{"+list+"}")
			continue
		}
		var call string
		switch {
		case ix.Unique && ix.Expression:
			call = "orm.UniqueExpr(" + name + ", " + list + ")"
		case ix.Unique:
			call = "orm.UniqueOn(" + name + ", " + list + ")"
		case ix.Expression:
			call = "orm.IndexExpr(" + name + ", " + list + ")"
		default:
			call = "orm.IndexOn(" + list + ").Name(" + name + ")"
		}
		call += m.options(ix, !ix.Unique)
		if ix.Where != "" {
			call += ".Where(" + condition(ix.Where) + ")"
		}
		if ix.Unique {
			constraints = append(constraints, call)
		} else {
			out = append(out, call)
		}
	}
	return out, constraints, together
}

// parts writes the columns and expressions of an index.
func (m *modelWriter) parts(ix *dbIndex) (string, bool) {
	if !ix.Expression {
		return m.list(ix.Columns, ix.Desc)
	}
	var out []string
	for _, p := range ix.Parts {
		part := ""
		if p.Column != "" {
			if m.addresses[p.Column] == "" {
				return "", false
			}
			part = "orm.F(" + m.addresses[p.Column] + ")"
		} else {
			part = "orm.RawExpr[any](" + strconv.Quote(p.Expression) + ")"
		}
		if p.Desc {
			part += ".Desc()"
		}
		out = append(out, part)
	}
	return strings.Join(out, ", "), len(out) == len(ix.Columns)
}

// through is a table that only holds pairs of rows of two others.
type through struct {
	table, name, to string
	left, right     string
}

// findThroughs finds the tables of many-to-many relations: a key, two foreign keys that are unique together, and a name that
// is the first table's with a field's.
func (w *inspector) findThroughs(order []string) {
	w.throughs = map[string][]through{}
	for _, table := range order {
		t := w.tables[table]
		var keys []*dbConstraint
		for i := range t.Constraints {
			if c := &t.Constraints[i]; c.Kind == "f" && len(c.Columns) == 1 && w.tables[c.RefTable] != nil {
				keys = append(keys, c)
			}
		}
		if len(keys) != 2 || len(t.Columns) > 3 {
			continue
		}
		slices.SortFunc(keys, func(a, b *dbConstraint) int {
			at := func(c *dbConstraint) int {
				return slices.IndexFunc(t.Columns, func(col dbColumn) bool { return col.Name == c.Columns[0] })
			}
			return at(a) - at(b)
		})
		for i, k := range keys {
			name, ok := strings.CutPrefix(table, k.RefTable+"_")
			if !ok || !validFieldName(name) {
				continue
			}
			other := keys[1-i]
			w.throughs[k.RefTable] = append(w.throughs[k.RefTable], through{table, name, other.RefTable, k.Columns[0], other.Columns[0]})
			break
		}
	}
}

// many writes the field of a many-to-many relation.
func (m *modelWriter) many(th through) {
	name := goName(th.name)
	for m.used[name] {
		name += "X"
	}
	m.used[name] = true
	m.fields = append(m.fields, "\t"+name+" orm.Many["+m.names[th.to]+"]")
	call := "orm.ManyToMany(&m." + name + ")"
	for _, o := range fieldName(name, th.name, "") {
		call += "." + o
	}
	call += ".Through(orm.ModelOf[" + m.names[th.table] + "]()).ThroughFields(" + strconv.Quote(strings.TrimSuffix(th.left, "_id")) + ", " + strconv.Quote(strings.TrimSuffix(th.right, "_id")) + ")"
	call += ".RelatedName(" + strconv.Quote(strings.ToLower(th.table)+"_of") + ")"
	m.lines = append(m.lines, "\t\t"+call+",")
}
