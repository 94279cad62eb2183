package migrate

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// Changes compares two states and returns the operations, by application, that lead from one to the other, in an order
// that runs: models after those that they point to, with a foreign key in a circle added afterwards.
func Changes(from, to *State) (map[string][]Operation, error) {
	d := &detector{from: from, to: to, ops: map[string][]Operation{}}
	d.deleted()
	d.created()
	for _, m := range to.Models() {
		if old := from.Model(m.App, m.Name); old != nil && !m.Unmanaged {
			d.altered(old, m)
		}
	}
	return d.ops, nil
}

type detector struct {
	from, to *State
	ops      map[string][]Operation
}

func (d *detector) add(app string, ops ...Operation) { d.ops[app] = append(d.ops[app], ops...) }

// deleted drops models, those that point before those that they point to.
func (d *detector) deleted() {
	var gone []*schema.Model
	for _, m := range d.from.Models() {
		if d.to.Model(m.App, m.Name) == nil {
			gone = append(gone, m)
		}
	}
	for len(gone) > 0 {
		n := len(gone)
		gone = slices.DeleteFunc(gone, func(m *schema.Model) bool {
			for _, o := range gone {
				if o != m && pointsTo(o, m.Label()) {
					return false
				}
			}
			d.add(m.App, DeleteModel{m.Name})
			return true
		})
		if len(gone) == n { // a circle: drop the foreign keys of the first one
			m := gone[0]
			for _, f := range m.Fields {
				if f.Rel != nil && !strings.EqualFold(f.Rel.To, m.Label()) {
					d.add(m.App, RemoveField{m.Name, f.Name})
				}
			}
			d.add(m.App, DeleteModel{m.Name})
			gone = gone[1:]
		}
	}
}

// created makes models. Relations come with their model when the other side is there, else in an AddField afterwards.
func (d *detector) created() {
	done := map[string]bool{}
	for _, m := range d.from.Models() {
		done[strings.ToLower(m.Label())] = true
	}
	var left []*schema.Model
	for _, m := range d.to.Models() {
		if d.from.Model(m.App, m.Name) == nil {
			left = append(left, m)
		}
	}
	for len(left) > 0 {
		n := len(left)
		left = slices.DeleteFunc(left, func(m *schema.Model) bool {
			for _, f := range m.Fields {
				if f.Rel != nil && !strings.EqualFold(f.Rel.To, m.Label()) && !done[strings.ToLower(f.Rel.To)] && d.to.ByLabel(f.Rel.To) != nil {
					return false
				}
				if f.Rel != nil && f.Rel.Through != "" && !done[strings.ToLower(f.Rel.Through)] && d.through(m, f) {
					continue // added after both models are there
				}
			}
			d.create(m, nil)
			done[strings.ToLower(m.Label())] = true
			return true
		})
		if len(left) == n { // a circle: make the first without what is not there yet
			m := left[0]
			late := d.create(m, done)
			done[strings.ToLower(m.Label())] = true
			left = left[1:]
			for i := range left {
				d.create(left[i], done)
				done[strings.ToLower(left[i].Label())] = true
			}
			left = nil
			for _, f := range late {
				d.add(m.App, AddField{Model: m.Name, Field: f})
			}
		}
	}
	// Relations through a model of their own wait for that model.
	for _, m := range d.to.Models() {
		if d.from.Model(m.App, m.Name) != nil {
			continue
		}
		for _, f := range m.Fields {
			if d.through(m, f) {
				d.add(m.App, AddField{Model: m.Name, Field: f})
			}
		}
	}
}

func (d *detector) through(_ *schema.Model, f schema.Field) bool {
	return f.Kind == schema.ManyToMany && f.Rel.Through != ""
}

// create makes a model. Done, if given, are the models that are there: fields that point elsewhere are returned.
func (d *detector) create(m *schema.Model, done map[string]bool) []schema.Field {
	var fields, late []schema.Field
	for _, f := range m.Fields {
		switch {
		case d.through(m, f):
		case done != nil && f.Rel != nil && !strings.EqualFold(f.Rel.To, m.Label()) && !done[strings.ToLower(f.Rel.To)]:
			late = append(late, f)
		default:
			fields = append(fields, f)
		}
	}
	op := CreateModel{Name: m.Name, Fields: fields, Options: m.Options}
	if m.Table != schema.DefaultTable(m.App, m.Name) {
		op.Table = m.Table
	}
	d.add(m.App, op)
	return late
}

// altered compares two forms of a model: Django's order of removals, additions and changes.
func (d *detector) altered(old, now *schema.Model) {
	app, name := now.App, now.Name
	for _, i := range old.Indexes {
		if !slices.ContainsFunc(now.Indexes, func(o schema.Index) bool { return reflect.DeepEqual(o, i) }) {
			d.add(app, RemoveIndex{name, i.Name})
		}
	}
	for _, c := range old.Constraints {
		if !slices.ContainsFunc(now.Constraints, func(o schema.Constraint) bool { return sameConstraint(o, c) }) {
			d.add(app, RemoveConstraint{name, c.Name})
		}
	}
	for _, f := range old.Fields {
		if now.Field(f.Name) == nil {
			d.add(app, RemoveField{name, f.Name})
		}
	}
	for _, f := range now.Fields {
		was := old.Field(f.Name)
		switch {
		case was == nil:
			d.add(app, AddField{Model: name, Field: f})
		case !sameField(was, &f):
			if (was.Kind == schema.ManyToMany) != (f.Kind == schema.ManyToMany) {
				d.add(app, RemoveField{name, f.Name}, AddField{Model: name, Field: f})
				continue
			}
			d.add(app, AlterField{Model: name, Field: f})
		}
	}
	if len(old.UniqueTogether)+len(now.UniqueTogether) > 0 && !reflect.DeepEqual(old.UniqueTogether, now.UniqueTogether) {
		d.add(app, AlterUniqueTogether{name, now.UniqueTogether})
	}
	for _, i := range now.Indexes {
		if !slices.ContainsFunc(old.Indexes, func(o schema.Index) bool { return reflect.DeepEqual(o, i) }) {
			d.add(app, AddIndex{name, i})
		}
	}
	for _, c := range now.Constraints {
		if !slices.ContainsFunc(old.Constraints, func(o schema.Constraint) bool { return sameConstraint(o, c) }) {
			d.add(app, AddConstraint{name, c})
		}
	}
	a, b := plainOptions(old.Options), plainOptions(now.Options)
	if fmt.Sprintf("%#v", a) != fmt.Sprintf("%#v", b) {
		d.add(app, AlterModelOptions{name, b})
	}
}

func plainOptions(o schema.Options) schema.Options {
	o.Indexes, o.Constraints, o.UniqueTogether, o.PrimaryKey = nil, nil, nil, nil
	return o
}

func sameConstraint(a, b schema.Constraint) bool { return reflect.DeepEqual(a, b) }

func sameField(a, b *schema.Field) bool {
	x, y := *a, *b
	if x.Rel != nil && y.Rel != nil {
		rx, ry := *x.Rel, *y.Rel
		rx.To, ry.To = strings.ToLower(rx.To), strings.ToLower(ry.To)
		x.Rel, y.Rel = nil, nil
		if rx != ry {
			return false
		}
	}
	x.DefaultFunc, y.DefaultFunc = false, false
	if fmt.Sprint(x.Default) != fmt.Sprint(y.Default) || fmt.Sprint(x.Choices) != fmt.Sprint(y.Choices) {
		return false
	}
	x.Default, y.Default, x.Choices, y.Choices = nil, nil, nil, nil
	return reflect.DeepEqual(x, y)
}
