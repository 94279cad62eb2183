package migrate

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// movedModels asks of each new model that is like one of the same name that another application has lost whether it is that
// one. Such a model keeps its table with all rows: only the state of the migrations changes. Tables that models of
// other applications inherit from are not asked about.
func (d *detector) movedModels() error {
	for _, now := range d.to.Models() {
		if d.from.Model(now.App, now.Name) != nil || !now.HasTable() {
			continue
		}
		for _, old := range d.from.Models() {
			same := old.App != now.App && strings.EqualFold(old.Name, now.Name) && old.HasTable() && d.to.Model(old.App, old.Name) == nil
			if !same || shape(old) != shape(now) || d.from.isBase(old) {
				continue
			}
			yes, err := d.q.MoveModel(old.Label(), now.Label())
			if err != nil {
				return err
			}
			if yes {
				if err := d.move(old, now); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// isBase says that other models have their rows' first part in the model's table.
func (s *State) isBase(m *schema.Model) bool {
	return slices.ContainsFunc(s.Models(), func(o *schema.Model) bool { return hasBase(o, m) })
}

// move adds the operations that move a model: it comes into being in its new application, what points to it points there, and
// it goes from the old one. The table is that of before; AlterModelTable is found later where its name is to change.
func (d *detector) move(old, now *schema.Model) error {
	label := now.Label()
	moved := func(f schema.Field) schema.Field {
		if f.Rel == nil {
			return f
		}
		r := *f.Rel
		if strings.EqualFold(r.To, old.Label()) {
			r.To = label
		}
		if strings.EqualFold(r.Through, old.Label()) {
			r.Through = label
		}
		f.Rel = &r
		return f
	}
	create := CreateModel{Name: now.Name, Bases: old.Bases, Options: old.Options}
	if old.Table != schema.DefaultTable(now.App, now.Name) {
		create.Table = old.Table
	}
	after, uses := []string(nil), []string{old.Label()}
	for _, f := range withoutPlace(old.Fields, &old.Options) {
		create.Fields = append(create.Fields, moved(f))
		if f.Rel != nil && !strings.EqualFold(f.Rel.To, old.Label()) {
			after, uses = append(after, modelKey(f.Rel.To)), append(uses, f.Rel.To)
		}
	}
	if err := d.stateOnly(now.App, []Operation{create}, []string{modelKey(label)}, after, uses); err != nil {
		return err
	}

	byApp, gone := map[string][]Operation{}, []string(nil)
	var apps []string
	for _, other := range d.from.Models() {
		if strings.EqualFold(other.Label(), old.Label()) {
			continue
		}
		for _, f := range other.Fields {
			if f.Rel == nil || !strings.EqualFold(f.Rel.To, old.Label()) && !strings.EqualFold(f.Rel.Through, old.Label()) {
				continue
			}
			if byApp[other.App] == nil {
				apps = append(apps, other.App)
			}
			byApp[other.App] = append(byApp[other.App], AlterField{Model: other.Name, Field: moved(f)})
		}
	}
	for _, app := range apps {
		key := "moved " + low(old.Label()) + " in " + app
		gone = append(gone, key)
		if err := d.stateOnly(app, byApp[app], []string{key}, []string{modelKey(label)}, []string{label}); err != nil {
			return err
		}
	}
	return d.stateOnly(old.App, []Operation{DeleteModel{old.Name}}, []string{goneKey(old.Label())}, append(gone, modelKey(label)), nil)
}

// stateOnly adds operations that change the state and not the database.
func (d *detector) stateOnly(app string, ops []Operation, provides, after, uses []string) error {
	op := SeparateDatabaseAndState{States: ops}
	if err := op.State(d.from, app); err != nil {
		return err
	}
	d.add(app, op, provides, after, uses)
	return nil
}
