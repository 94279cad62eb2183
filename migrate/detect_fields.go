package migrate

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

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

// renamedFields asks of each new field that is like one that is gone whether it is that one.
func (d *detector) renamedFields() error {
	for i := range d.kept {
		now := d.kept[i].now
		if !now.HasTable() {
			continue
		}
		fields := byName(now.Fields)
		for j := range fields {
			f := &fields[j]
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
	fields := byName(old.Fields)
	for k := range fields {
		was := &fields[k]
		if now.Field(was.Name) != nil || isPlace(old, was.Name) || isPlace(now, f.Name) || canonical(*was, nameless) != canonical(*f, nameless) {
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

func (d *detector) removedFields() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, f := range byName(old.Fields) {
			if now.Field(f.Name) == nil && !isPlace(old, f.Name) {
				d.add(now.App, RemoveField{now.Name, f.Name}, []string{noFieldKey(now.Label(), f.Name)}, append(relationsOver(old, f.Name), noOrderKey(now.Label(), f.Name)), nil)
			}
		}
		return nil
	})
}

// relationsOver is what the removal of a column waits for: that no relation names it any more.
func relationsOver(m *schema.Model, column string) (after []string) {
	for _, f := range m.Fields {
		if f.Rel != nil && slices.Contains(f.Rel.Fields, column) {
			after = append(after, noFieldKey(m.Label(), f.Name))
		}
	}
	return after
}

func (d *detector) addedFields() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, f := range byName(now.Fields) {
			dropped := isPlace(old, f.Name) && !isPlace(now, f.Name) // the column goes with the order
			if old.Field(f.Name) != nil && !dropped || isPlace(now, f.Name) {
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

// addField adds an AddField with what it waits for.
func (d *detector) addField(m *schema.Model, f schema.Field, oneOff any) {
	after, uses := []string{modelKey(m.Label()), noFieldKey(m.Label(), f.Name)}, []string(nil)
	if f.Rel != nil {
		after, uses = append(after, modelKey(f.Rel.To)), append(uses, f.Rel.To)
		if f.Rel.Through != "" {
			after, uses = append(after, modelKey(f.Rel.Through)), append(uses, f.Rel.Through)
		}
		for _, column := range f.Rel.Fields {
			after = append(after, fieldKey(m.Label(), column))
		}
	}
	d.add(m.App, AddField{Model: m.Name, Field: f, OneOff: oneOff}, []string{fieldKey(m.Label(), f.Name)}, after, uses)
}

// oneOff asks for the value that rows get in a new column that needs one.
func (d *detector) oneOff(m *schema.Model, f *schema.Field) (any, error) {
	if !f.HasColumn() || f.Null || f.DBDefault != nil || f.Expression != nil || f.PrimaryKey && f.Kind.IsAuto() {
		return nil, nil
	}
	if f.AutoNow || f.AutoNowAdd {
		return d.q.OneOff(Missing{App: m.App, Model: m.Name, Field: f, Now: true})
	}
	if effectiveDefault(f, nil) != nil {
		return nil, nil
	}
	return d.q.OneOff(Missing{App: m.App, Model: m.Name, Field: f})
}

func (d *detector) alteredFields() error {
	return d.managed(func(old, now *schema.Model) error {
		fields := byName(now.Fields)
		for i := range fields {
			f := &fields[i]
			was := old.Field(f.Name)
			if was == nil && isPlace(now, f.Name) {
				was = placeField()
			}
			if was == nil || sameField(was, f) || isPlace(old, f.Name) && !isPlace(now, f.Name) {
				continue
			}
			many := was.Kind == schema.ManyToMany
			if many != (f.Kind == schema.ManyToMany) || was.HasColumn() != f.HasColumn() || many && (was.Rel.Through == "") != (f.Rel.Through == "") || (was.Expression == nil) != (f.Expression == nil) {
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
			if isPlace(now, f.Name) {
				after = append(after, orderKey(now.Label()))
			}
			if f.Rel != nil && (was.Rel == nil || !strings.EqualFold(was.Rel.To, f.Rel.To)) {
				after, uses = append(after, modelKey(f.Rel.To)), append(uses, f.Rel.To)
			}
			provides := []string{noFieldKey(now.Label(), f.Name)} // it no longer points to what it did
			d.add(now.App, AlterField{Model: now.Name, Field: *f, OneOff: oneOff}, provides, after, uses)
		}
		return nil
	})
}
