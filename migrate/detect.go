package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// Changes compares two states and returns the migrations that lead from one to the other, without names: for each
// application its operations in chunks, in an order that runs across applications. Questions decides what the states alone
// cannot tell.
//
// Django 6.1 django/db/migrations/autodetector.py _detect_changes: the order in which operations are found.
func Changes(from, to *State, q Questions) ([]Migration, error) {
	d := &detector{from: from.Clone(), to: to, q: q}
	steps := []func() error{
		d.renamedModels, d.renamedFields, d.deletedModels, d.createdModels, d.alteredOptions, d.removedConstraints, d.removedIndexes,
		d.renamedIndexes, d.removedUniqueTogether, d.removedFields, d.addedFields, d.alteredFields, d.alteredUniqueTogether,
		d.addedIndexes, d.addedConstraints, d.alteredTables,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return d.chunks()
}

// detector finds operations. From has the renames that were found applied to it.
type detector struct {
	from, to *State
	q        Questions
	nodes    []*node
	// kept pairs the models that are on both sides.
	kept []pair
}

type pair struct{ old, now *schema.Model }

// node is an operation with what it provides and what must have come before: "model app.x", "gone app.x.f" and so on.
type node struct {
	app      string
	op       Operation
	provides []string
	after    []string
	// uses are labels of models of other applications that the operation points to.
	uses []string
}

func modelKey(label string) string        { return "model " + low(label) }
func goneKey(label string) string         { return "gone " + low(label) }
func fieldKey(label, field string) string { return "field " + low(label) + " " + low(field) }
func noFieldKey(label, field string) string {
	return "nofield " + low(label) + " " + low(field)
}

func (d *detector) add(app string, op Operation, provides, after, uses []string) {
	d.nodes = append(d.nodes, &node{app: app, op: op, provides: provides, after: after, uses: uses})
}

// canonical is a field's description in a form that can be compared: what would be written into a migration.
func canonical(f schema.Field, change func(f *schema.Field)) string {
	if f.Rel != nil {
		r := *f.Rel
		r.To, r.Through = low(r.To), low(r.Through)
		f.Rel = &r
	}
	if change != nil {
		change(&f)
	}
	return source(f)
}

func sameField(a, b *schema.Field) bool { return canonical(*a, nil) == canonical(*b, nil) }

// renamedModels asks of each new model that looks like one that is gone whether it is that one.
func (d *detector) renamedModels() error {
	shape := func(m *schema.Model) string {
		var parts []string
		for _, f := range m.Fields {
			parts = append(parts, canonical(f, func(f *schema.Field) {
				if f.Rel != nil {
					f.Rel.To, f.Rel.Through = "", "" // what it points to may have been renamed as well
				}
			}))
		}
		slices.Sort(parts)
		return strings.Join(parts, "\n")
	}
	for _, now := range d.to.Models() {
		if d.from.Model(now.App, now.Name) != nil || now.Proxy {
			continue
		}
		for _, old := range d.from.Models() {
			if old.App != now.App || d.to.Model(old.App, old.Name) != nil || old.Proxy || shape(old) != shape(now) {
				continue
			}
			yes, err := d.q.RenameModel(now.App, old.Name, now.Name)
			if err != nil {
				return err
			}
			if !yes {
				continue
			}
			op := RenameModel{old.Name, now.Name}
			if err := op.State(d.from, now.App); err != nil {
				return err
			}
			d.add(now.App, op, []string{modelKey(now.Label())}, nil, nil)
			break
		}
	}
	for _, now := range d.to.Models() {
		if old := d.from.Model(now.App, now.Name); old != nil && old.Proxy == now.Proxy {
			d.kept = append(d.kept, pair{old, now})
		}
	}
	return nil
}

// renamedFields asks of each new field that is like one that is gone whether it is that one.
func (d *detector) renamedFields() error {
	for i := range d.kept {
		now := d.kept[i].now
		if !now.HasTable() {
			continue
		}
		for j := range now.Fields {
			f := &now.Fields[j]
			old := d.from.Model(now.App, now.Name)
			if old.Field(f.Name) != nil {
				continue
			}
			if err := d.renamedField(old, now, f); err != nil {
				return err
			}
		}
		d.kept[i].old = d.from.Model(now.App, now.Name)
	}
	return nil
}

func (d *detector) renamedField(old, now *schema.Model, f *schema.Field) error {
	nameless := func(f *schema.Field) { f.Name, f.Column = "", "" }
	for k := range old.Fields {
		was := &old.Fields[k]
		if now.Field(was.Name) != nil || canonical(*was, nameless) != canonical(*f, nameless) {
			continue
		}
		kept := f.Column != "" && f.Column == was.ColumnName() // the new field names the old one's column
		if !kept && f.Column != was.Column {
			continue
		}
		yes, err := d.q.RenameField(now.App, now.Name, was.Name, f.Name)
		if err != nil {
			return err
		}
		if !yes {
			continue
		}
		var ops []Operation
		if was.Column != f.Column {
			same := *was
			same.Column = f.Column
			ops = append(ops, AlterField{Model: now.Name, Field: same})
		}
		ops = append(ops, RenameField{now.Name, was.Name, f.Name})
		for _, op := range ops {
			if err := op.State(d.from, now.App); err != nil {
				return err
			}
			d.add(now.App, op, []string{fieldKey(now.Label(), f.Name)}, nil, nil)
		}
		return nil
	}
	return nil
}

// deletedModels drops models, after what points to them.
func (d *detector) deletedModels() error {
	var gone []*schema.Model
	for _, m := range d.from.Models() {
		if now := d.to.Model(m.App, m.Name); now == nil || now.Proxy != m.Proxy {
			gone = append(gone, m)
		}
	}
	inCircle := func(m *schema.Model) bool { return reaches(d.from, gone, m, m, map[*schema.Model]bool{}) }
	for _, m := range gone {
		for _, f := range m.Fields {
			if f.Rel == nil || strings.EqualFold(f.Rel.To, m.Label()) || !inCircle(m) {
				continue
			}
			if to := d.from.ByLabel(f.Rel.To); slices.Contains(gone, to) {
				d.add(m.App, RemoveField{m.Name, f.Name}, []string{noFieldKey(m.Label(), f.Name)}, nil, nil)
			}
		}
	}
	for _, m := range gone {
		var after []string
		for _, o := range d.from.Models() {
			if o != m && slices.Contains(gone, o) && hasBase(o, m) {
				after = append(after, goneKey(o.Label()))
			}
			for _, f := range o.Fields {
				if o == m || f.Rel == nil || !strings.EqualFold(f.Rel.To, m.Label()) && !strings.EqualFold(f.Rel.Through, m.Label()) {
					continue
				}
				if slices.Contains(gone, o) && !inCircle(o) {
					after = append(after, goneKey(o.Label()))
				} else {
					after = append(after, noFieldKey(o.Label(), f.Name))
				}
			}
		}
		d.add(m.App, DeleteModel{m.Name}, []string{goneKey(m.Label())}, after, nil)
	}
	return nil
}

// reaches says that relations lead from a model back to target within a set.
func reaches(s *State, within []*schema.Model, m, target *schema.Model, seen map[*schema.Model]bool) bool {
	seen[m] = true
	for _, f := range m.Fields {
		if f.Rel == nil {
			continue
		}
		to := s.ByLabel(f.Rel.To)
		if to == nil || to == m || !slices.Contains(within, to) {
			continue
		}
		if to == target || !seen[to] && reaches(s, within, to, target, seen) {
			return true
		}
	}
	return false
}

// createdModels makes models after those that they point to. A relation in a circle, or one with a model in between, is
// added when both sides are there, and with it the indexes and constraints that name it.
func (d *detector) createdModels() error {
	fresh := map[string]*schema.Model{}
	for _, m := range d.to.Models() {
		if old := d.from.Model(m.App, m.Name); old == nil || old.Proxy != m.Proxy {
			fresh[low(m.Label())] = m
		}
	}
	const (
		open = 1
		done = 2
	)
	state := map[string]int{}
	var late []func()
	var visit func(m *schema.Model)
	visit = func(m *schema.Model) {
		label := low(m.Label())
		state[label] = open
		for _, base := range m.Bases {
			if b := fresh[low(base)]; b != nil && state[low(base)] == 0 {
				visit(b)
			}
		}
		for _, f := range m.Fields {
			if f.Rel == nil || f.Kind == schema.ManyToMany && f.Rel.Through != "" {
				continue
			}
			if to := fresh[low(f.Rel.To)]; to != nil && state[low(f.Rel.To)] == 0 {
				visit(to)
			}
		}
		var fields, put []schema.Field
		for _, f := range m.Fields {
			through := f.Kind == schema.ManyToMany && f.Rel.Through != ""
			circle := f.Rel != nil && !strings.EqualFold(f.Rel.To, m.Label()) && state[low(f.Rel.To)] == open
			if through || circle {
				put = append(put, f)
			} else {
				fields = append(fields, f)
			}
		}
		state[label] = done
		later := d.createModel(m, fields, put)
		late = append(late, later)
	}
	for _, m := range d.to.Models() {
		if label := low(m.Label()); fresh[label] != nil && state[label] == 0 {
			visit(m)
		}
	}
	for _, f := range late {
		f()
	}
	return nil
}

// createModel makes a model with some of its fields and returns what adds the others.
func (d *detector) createModel(m *schema.Model, fields, put []schema.Field) (later func()) {
	names := func(s string) bool {
		return slices.ContainsFunc(put, func(f schema.Field) bool { return strings.Contains(s, `"`+f.Name) || strings.Contains(s, `"-`+f.Name) })
	}
	opts := m.Options
	opts.Indexes, opts.Constraints, opts.UniqueTogether = nil, nil, nil
	var ops []Operation
	for _, ix := range m.Indexes {
		if names(source(ix)) {
			ops = append(ops, AddIndex{m.Name, ix})
		} else {
			opts.Indexes = append(opts.Indexes, ix)
		}
	}
	for _, c := range m.Constraints {
		if names(source(c)) {
			ops = append(ops, AddConstraint{m.Name, c})
		} else {
			opts.Constraints = append(opts.Constraints, c)
		}
	}
	if names(source(m.UniqueTogether)) {
		ops = append(ops, AlterUniqueTogether{m.Name, m.UniqueTogether})
	} else {
		opts.UniqueTogether = m.UniqueTogether
	}
	op := CreateModel{Name: m.Name, Fields: fields, Bases: m.Bases, Options: opts}
	if !m.Proxy && m.Table != schema.DefaultTable(m.App, m.Name) {
		op.Table = m.Table
	}
	after, uses := d.afterBases(m)
	for _, f := range fields {
		if f.Rel != nil && !strings.EqualFold(f.Rel.To, m.Label()) {
			after, uses = append(after, modelKey(f.Rel.To)), append(uses, f.Rel.To)
		}
	}
	// A table that takes the name of one that goes must wait for that.
	for _, old := range d.from.Models() {
		if d.from.Model(m.App, m.Name) == old {
			after = append(after, goneKey(old.Label())) // a proxy that becomes a model with a table, or the other way
			continue
		}
		if old.Table == m.Table && !m.Proxy && d.to.Model(old.App, old.Name) == nil {
			after = append(after, goneKey(old.Label()))
		}
	}
	d.add(m.App, op, []string{modelKey(m.Label())}, after, uses)
	return func() {
		var added []string
		for _, f := range put {
			d.addField(m, f, nil)
			added = append(added, fieldKey(m.Label(), f.Name))
		}
		for _, op := range ops {
			d.add(m.App, op, nil, append([]string{modelKey(m.Label())}, added...), nil)
		}
	}
}

// addField adds an AddField with what it waits for.
func (d *detector) addField(m *schema.Model, f schema.Field, oneOff any) {
	after, uses := []string{modelKey(m.Label()), noFieldKey(m.Label(), f.Name)}, []string(nil)
	if f.Rel != nil {
		after, uses = append(after, modelKey(f.Rel.To)), append(uses, f.Rel.To)
		if f.Rel.Through != "" {
			after, uses = append(after, modelKey(f.Rel.Through)), append(uses, f.Rel.Through)
		}
	}
	d.add(m.App, AddField{Model: m.Name, Field: f, OneOff: oneOff}, []string{fieldKey(m.Label(), f.Name)}, after, uses)
}

// managed calls f for the models on both sides whose tables are ours.
func (d *detector) managed(f func(old, now *schema.Model) error) error {
	for _, p := range d.kept {
		if !p.now.HasTable() {
			continue
		}
		if err := f(p.old, p.now); err != nil {
			return err
		}
	}
	return nil
}

func plainOptions(o schema.Options) schema.Options {
	o.Indexes, o.Constraints, o.UniqueTogether, o.PrimaryKey, o.Comment = nil, nil, nil, nil, ""
	return o
}

func (d *detector) alteredOptions() error {
	for _, p := range d.kept {
		if source(plainOptions(p.old.Options)) != source(plainOptions(p.now.Options)) {
			d.add(p.now.App, AlterModelOptions{p.now.Name, plainOptions(p.now.Options)}, nil, nil, nil)
		}
		if !slices.Equal(p.old.PrimaryKey, p.now.PrimaryKey) && !p.now.Unmanaged {
			return fmt.Errorf("migrate: %s: a composite primary key cannot be changed by makemigrations (write the migration with --empty, RunSQL and SeparateDatabaseAndState)", p.now.Label())
		}
		if p.old.Comment != p.now.Comment && !p.now.Unmanaged {
			d.add(p.now.App, AlterModelTableComment{p.now.Name, p.now.Comment}, nil, nil, nil)
		}
	}
	return nil
}

// plainConstraint is a constraint without what only people see.
func plainConstraint(c schema.Constraint) string {
	c.Message = ""
	return source(c)
}

func (d *detector) removedConstraints() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, c := range old.Constraints {
			if !slices.ContainsFunc(now.Constraints, func(o schema.Constraint) bool { return plainConstraint(o) == plainConstraint(c) }) {
				d.add(now.App, RemoveConstraint{now.Name, c.Name}, []string{"noconstraint " + low(c.Name)}, nil, nil)
			}
		}
		return nil
	})
}

// sameIndex compares indexes, with or without their names.
func sameIndex(a, b schema.Index, named bool) bool {
	if !named {
		a.Name, b.Name = "", ""
	}
	return source(a) == source(b)
}

// renamedTo finds the index that an index of the old state became, when only the name differs.
func renamedTo(old, now *schema.Model, ix schema.Index) *schema.Index {
	for i := range now.Indexes {
		n := &now.Indexes[i]
		if n.Name != ix.Name && sameIndex(*n, ix, false) && !slices.ContainsFunc(old.Indexes, func(o schema.Index) bool { return o.Name == n.Name }) {
			return n
		}
	}
	return nil
}

func (d *detector) removedIndexes() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, ix := range old.Indexes {
			if !slices.ContainsFunc(now.Indexes, func(o schema.Index) bool { return sameIndex(o, ix, true) }) && renamedTo(old, now, ix) == nil {
				d.add(now.App, RemoveIndex{now.Name, ix.Name}, []string{"noindex " + low(ix.Name)}, nil, nil)
			}
		}
		return nil
	})
}

func (d *detector) renamedIndexes() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, ix := range old.Indexes {
			if slices.ContainsFunc(now.Indexes, func(o schema.Index) bool { return sameIndex(o, ix, true) }) {
				continue
			}
			if n := renamedTo(old, now, ix); n != nil {
				d.add(now.App, RenameIndex{now.Name, ix.Name, n.Name}, nil, nil, nil)
			}
		}
		return nil
	})
}

// removedUniqueTogether drops the sets that fall away, since they may name fields that go.
func (d *detector) removedUniqueTogether() error {
	return d.managed(func(old, now *schema.Model) error {
		left := d.commonSets(old, now)
		if len(left) < len(old.UniqueTogether) {
			d.add(now.App, AlterUniqueTogether{now.Name, left}, nil, nil, nil)
		}
		return nil
	})
}

func (d *detector) commonSets(old, now *schema.Model) [][]string {
	var left [][]string
	for _, set := range old.UniqueTogether {
		if slices.ContainsFunc(now.UniqueTogether, func(o []string) bool { return slices.Equal(o, set) }) {
			left = append(left, set)
		}
	}
	return left
}

func (d *detector) removedFields() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, f := range old.Fields {
			if now.Field(f.Name) == nil {
				d.add(now.App, RemoveField{now.Name, f.Name}, []string{noFieldKey(now.Label(), f.Name)}, nil, nil)
			}
		}
		return nil
	})
}

func (d *detector) addedFields() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, f := range now.Fields {
			if old.Field(f.Name) != nil {
				continue
			}
			oneOff, err := d.oneOff(now, &f)
			if err != nil {
				return err
			}
			d.addField(now, f, oneOff)
		}
		return nil
	})
}

// oneOff asks for the value that rows get in a new column that needs one.
func (d *detector) oneOff(m *schema.Model, f *schema.Field) (any, error) {
	if !f.HasColumn() || f.Null || f.DBDefault != nil || f.Expression != nil || f.PrimaryKey && f.Kind.IsAuto() {
		return nil, nil
	}
	if f.AutoNow || f.AutoNowAdd {
		return d.q.OneOff(Missing{App: m.App, Model: m.Name, Field: f, Now: true})
	}
	if isOrder(f) {
		return int64(0), nil // the place of orm.OrderWithin: rows that are there all come first, as in Django
	}
	if effectiveDefault(f, nil) != nil {
		return nil, nil
	}
	return d.q.OneOff(Missing{App: m.App, Model: m.Name, Field: f})
}

func (d *detector) alteredFields() error {
	return d.managed(func(old, now *schema.Model) error {
		for i := range now.Fields {
			f := &now.Fields[i]
			was := old.Field(f.Name)
			if was == nil || sameField(was, f) {
				continue
			}
			many := was.Kind == schema.ManyToMany
			if many != (f.Kind == schema.ManyToMany) || many && (was.Rel.Through == "") != (f.Rel.Through == "") || (was.Expression == nil) != (f.Expression == nil) {
				oneOff, err := d.oneOff(now, f)
				if err != nil {
					return err
				}
				d.add(now.App, RemoveField{now.Name, f.Name}, []string{noFieldKey(now.Label(), f.Name)}, nil, nil)
				d.addField(now, *f, oneOff)
				continue
			}
			var oneOff any
			if was.Null && !f.Null && f.HasColumn() && f.DBDefault == nil && effectiveDefault(f, nil) == nil {
				var err error
				if oneOff, err = d.q.OneOff(Missing{App: now.App, Model: now.Name, Field: f, Nulls: true}); err != nil {
					return err
				}
			}
			var after, uses []string
			if f.Rel != nil && (was.Rel == nil || !strings.EqualFold(was.Rel.To, f.Rel.To)) {
				after, uses = append(after, modelKey(f.Rel.To)), append(uses, f.Rel.To)
			}
			provides := []string{noFieldKey(now.Label(), f.Name)} // it no longer points to what it did
			d.add(now.App, AlterField{Model: now.Name, Field: *f, OneOff: oneOff}, provides, after, uses)
		}
		return nil
	})
}

func (d *detector) alteredUniqueTogether() error {
	return d.managed(func(old, now *schema.Model) error {
		left := d.commonSets(old, now)
		if source(left) != source(now.UniqueTogether) && len(now.UniqueTogether) > 0 && len(now.UniqueTogether) != len(left) {
			d.add(now.App, AlterUniqueTogether{now.Name, now.UniqueTogether}, nil, nil, nil)
		}
		return nil
	})
}

func (d *detector) addedIndexes() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, ix := range now.Indexes {
			renamed := slices.ContainsFunc(old.Indexes, func(o schema.Index) bool {
				n := renamedTo(old, now, o)
				return n != nil && n.Name == ix.Name && !slices.ContainsFunc(now.Indexes, func(x schema.Index) bool { return sameIndex(x, o, true) })
			})
			if !renamed && !slices.ContainsFunc(old.Indexes, func(o schema.Index) bool { return sameIndex(o, ix, true) }) {
				d.add(now.App, AddIndex{now.Name, ix}, nil, []string{"noindex " + low(ix.Name)}, nil)
			}
		}
		return nil
	})
}

func (d *detector) addedConstraints() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, c := range now.Constraints {
			i := slices.IndexFunc(old.Constraints, func(o schema.Constraint) bool { return plainConstraint(o) == plainConstraint(c) })
			switch {
			case i < 0:
				d.add(now.App, AddConstraint{now.Name, c}, nil, []string{"noconstraint " + low(c.Name)}, nil)
			case source(old.Constraints[i]) != source(c):
				d.add(now.App, AlterConstraint{now.Name, c}, nil, nil, nil)
			}
		}
		return nil
	})
}

func (d *detector) alteredTables() error {
	return d.managed(func(old, now *schema.Model) error {
		if old.Table == now.Table {
			return nil
		}
		table := now.Table
		if table == schema.DefaultTable(now.App, now.Name) {
			table = ""
		}
		d.add(now.App, AlterModelTable{now.Name, table}, nil, nil, nil)
		return nil
	})
}
