package migrate

import (
	"slices"
	"strconv"
	"strings"
)

// foreignObject writes a foreign key over several columns as a relation over their fields.
func (m *modelWriter) foreignObject(fk *dbConstraint) {
	to := m.tables[fk.RefTable]
	list, ok := m.list(fk.Columns, nil)
	if to == nil || !ok || len(fk.RefColumns) != len(fk.Columns) {
		return
	}
	key := primaryKey(to)
	target := "ToField(" + quoted(fk.RefColumns) + ")"
	if slices.Equal(key, fk.RefColumns) {
		target = ""
	}
	if target != "" && !uniqueColumns(to, fk.RefColumns) || !m.sameKinds(fk, to) {
		return
	}
	name := m.names[fk.RefTable]
	for m.used[name] {
		name += "X"
	}
	m.used[name] = true
	options := []string{"Columns(" + list + ")"}
	if target != "" {
		options = append(options, target)
	}
	action := map[string]string{"CASCADE": "DBCascade", "SET NULL": "DBSetNull", "SET DEFAULT": "DBSetDefault"}[fk.OnDelete]
	options = append(options, "OnDelete(orm."+or(action, "DoNothing")+")")
	indexed := false
	for _, ix := range m.t.Indexes {
		if !ix.Unique && slices.Equal(ix.Columns, fk.Columns) && (made(ix.Name, "") || m.d.Name == "mysql") {
			indexed = true
			m.done[ix.Name] = true
		}
	}
	if !indexed && m.d.Name != "mysql" {
		options = append(options, "NoIndex()")
	}
	options = append(options, "RelatedName("+strconv.Quote(strings.ToLower(m.t.Name+"_"+strings.Join(fk.Columns, "_")+"_set"))+")")
	m.add(name, "orm.ForeignObject["+m.names[fk.RefTable]+"]", "orm.Ref(&m."+name+")", options)
	m.done[foreignLabel(fk)] = true
}

// foreignLabel tells the foreign keys of a table apart: SQLite's have no names.
func foreignLabel(fk *dbConstraint) string {
	return "foreign key (" + strings.Join(fk.Columns, ", ") + ") to " + fk.RefTable
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s)
	}
	return strings.Join(out, ", ")
}

// uniqueColumns says that a table has a unique constraint or index over exactly these columns.
func uniqueColumns(t *dbTable, columns []string) bool {
	same := func(list []string) bool {
		return len(list) == len(columns) && !slices.ContainsFunc(list, func(c string) bool { return !slices.Contains(columns, c) })
	}
	return slices.ContainsFunc(t.Indexes, func(ix dbIndex) bool { return ix.Unique && ix.Where == "" && !ix.Expression && same(ix.Columns) }) ||
		slices.ContainsFunc(t.Constraints, func(c dbConstraint) bool { return c.Kind == "u" && same(c.Columns) })
}

// sameKinds says that the fields on both sides of a foreign key can hold the same values.
func (m *modelWriter) sameKinds(fk *dbConstraint, to *dbTable) bool {
	for i, c := range fk.Columns {
		own, far := m.keyType(m.t.Name, c, 8), m.keyType(to.Name, fk.RefColumns[i], 8)
		whole := func(t string) bool {
			return strings.HasPrefix(strings.TrimPrefix(t, "*"), "int") || strings.HasPrefix(strings.TrimPrefix(t, "*"), "uint")
		}
		if strings.TrimPrefix(own, "*") != strings.TrimPrefix(far, "*") && !(whole(own) && whole(far)) {
			return false
		}
	}
	return true
}
