package migrate

import (
	"fmt"
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
	for i := range t.Constraints {
		if c := &t.Constraints[i]; c.Kind == "f" && len(c.Columns) > 1 {
			m.foreignObject(c)
		}
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
