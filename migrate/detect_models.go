package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// renamedModels asks of each new model that looks like one that is gone whether it is that one.
func (d *detector) renamedModels() error {
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
	for _, now := range byLabel(d.to.Models()) {
		if old := d.from.Model(now.App, now.Name); old != nil && old.Proxy == now.Proxy {
			d.kept = append(d.kept, pair{old, now})
		}
	}
	return nil
}

// byLabel sorts models in the order in which Django looks at them: by their labels, those that are swappable first.
func byLabel(list []*schema.Model) []*schema.Model {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *schema.Model) int {
		if a.App == b.App && a.Swappable != b.Swappable {
			if a.Swappable {
				return -1
			}
			return 1
		}
		return strings.Compare(low(a.App)+" "+low(a.Name), low(b.App)+" "+low(b.Name))
	})
	return list
}

// byName sorts fields in the order in which Django looks at them.
func byName(list []schema.Field) []schema.Field {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b schema.Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// shape is a model's fields, but for what they point to, which may have been renamed as well.
func shape(m *schema.Model) string {
	var parts []string
	for _, f := range m.Fields {
		parts = append(parts, canonical(f, func(f *schema.Field) {
			if f.Rel != nil {
				f.Rel.To, f.Rel.Through = "", ""
			}
		}))
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}

// deletedModels drops models, after what points to them.
func (d *detector) deletedModels() error {
	var gone []*schema.Model
	for _, m := range byLabel(d.from.Models()) {
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
		isPut := func(name string) bool {
			return slices.ContainsFunc(put, func(f schema.Field) bool { return f.Name == name })
		}
		for _, f := range slices.Clone(fields) { // a relation over a column that is added later is added after it
			if f.Rel != nil && slices.ContainsFunc(f.Rel.Fields, isPut) {
				put = append(put, f)
				fields = slices.DeleteFunc(fields, func(o schema.Field) bool { return o.Name == f.Name })
			}
		}
		state[label] = done
		later := d.createModel(m, fields, put)
		late = append(late, later)
	}
	for _, m := range byLabel(d.to.Models()) {
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
	if slices.ContainsFunc(put, func(f schema.Field) bool { return f.Name == m.OrderWithRespectTo }) {
		opts.OrderWithRespectTo = ""
		ops = append(ops, AlterOrderWithRespectTo{m.Name, m.OrderWithRespectTo})
		place := func(f schema.Field) bool { return f.Name == orderColumn }
		if i := slices.IndexFunc(fields, place); i >= 0 {
			fields = slices.Delete(slices.Clone(fields), i, i+1)
		}
		put = append(put, *placeField()) // what names it waits as well
	}
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
	op := CreateModel{Name: m.Name, Fields: withoutPlace(fields, &opts), Bases: m.Bases, Options: opts}
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
			if isPlace(m, f.Name) {
				continue
			}
			d.addField(m, f, nil)
			added = append(added, fieldKey(m.Label(), f.Name))
		}
		for _, op := range ops {
			d.add(m.App, op, nil, append([]string{modelKey(m.Label())}, added...), nil)
		}
	}
}

func plainOptions(o schema.Options) schema.Options {
	o.Indexes, o.Constraints, o.UniqueTogether, o.PrimaryKey, o.Comment, o.OrderWithRespectTo = nil, nil, nil, nil, "", ""
	return o
}

func (d *detector) alteredOptions() error {
	for _, p := range d.kept {
		now := plainOptions(p.now.Options)
		now.Tablespace = p.old.Tablespace // which stays as the table was made, as in Django
		if source(plainOptions(p.old.Options)) != source(now) {
			d.add(p.now.App, AlterModelOptions{p.now.Name, now}, nil, nil, nil)
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

// alteredOrders sets and unsets the foreign keys among whose rows the rows of a model have their places.
func (d *detector) alteredOrders() error {
	return d.managed(func(old, now *schema.Model) error {
		if old.OrderWithRespectTo == now.OrderWithRespectTo {
			return nil
		}
		provides := []string{noOrderKey(now.Label(), old.OrderWithRespectTo)}
		var after []string
		if to := now.OrderWithRespectTo; to == "" {
			provides = append(provides, noFieldKey(now.Label(), orderColumn))
		} else {
			provides, after = append(provides, orderKey(now.Label())), []string{fieldKey(now.Label(), to)}
		}
		d.add(now.App, AlterOrderWithRespectTo{now.Name, now.OrderWithRespectTo}, provides, after, nil)
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
