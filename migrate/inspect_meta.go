package migrate

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

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
			if !m.done[foreignLabel(&c)] && (len(c.Columns) > 1 || m.tables[c.RefTable] == nil) {
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

var exclusionOperators = regexp.MustCompile(` WITH ([^\s,()]+)[,)]`)
