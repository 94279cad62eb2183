package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// State is what the tables look like after some migrations: models by label in lower case. Operations change it.
//
// The models inside are shared between copies of a state and never changed in place: an operation replaces a model by a
// changed copy. So a copy of a state costs a copy of its map.
type State struct {
	models map[string]*schema.Model
	order  []string
	// limit is the longest name of a table that the database takes, 0 for any: that of migrations as they are written.
	limit int
}

// NewState is the state before the first migration.
func NewState() *State { return &State{models: map[string]*schema.Model{}} }

// Clone copies the state.
func (s *State) Clone() *State {
	return &State{models: maps.Clone(s.models), order: slices.Clone(s.order), limit: s.limit}
}

// in gives the tables the names that they have in a database with a limit.
func (s *State) in(limit int) *State {
	s.limit = limit
	for _, k := range s.order {
		if m := s.models[k]; limit > 0 && len(m.Table) > limit {
			s.Add(*m)
		}
	}
	return s
}

// defaultTable is the table of a model that names none.
func (s *State) defaultTable(app, name string) string {
	return schema.ShortName(schema.DefaultTable(app, name), s.limit)
}

func stateKey(app, name string) string { return strings.ToLower(app + "." + name) }

// Model returns a model of the state, or nil. It must not be changed.
func (s *State) Model(app, name string) *schema.Model { return s.models[stateKey(app, name)] }

// ByLabel returns a model by "app.Name", or nil. It must not be changed.
func (s *State) ByLabel(label string) *schema.Model { return s.models[strings.ToLower(label)] }

// Models returns the models in the order in which they were made.
func (s *State) Models() []*schema.Model {
	out := make([]*schema.Model, 0, len(s.order))
	for _, k := range s.order {
		out = append(out, s.models[k])
	}
	return out
}

// Add adds a model.
func (s *State) Add(m schema.Model) {
	k := stateKey(m.App, m.Name)
	switch base := s.base(&m); {
	case base != nil:
		m.Table = base.Table
	case m.Table == "":
		m.Table = s.defaultTable(m.App, m.Name)
	default:
		m.Table = m.TableName(s.limit)
	}
	if s.models[k] == nil {
		s.order = append(s.order, k)
	}
	m.Fields = slices.Clone(m.Fields)
	for i := range m.Fields {
		resolveSelf(&m, &m.Fields[i])
	}
	s.models[k] = &m
}

// resolveSelf gives relations to the model itself its label.
func resolveSelf(m *schema.Model, f *schema.Field) {
	if f.Rel == nil || f.Rel.To != "self" {
		return
	}
	r := *f.Rel
	r.To = m.Label()
	f.Rel = &r
}

// has says that the state has models of an application.
func (s *State) has(app string) bool {
	return slices.ContainsFunc(s.order, func(k string) bool { return strings.HasPrefix(k, low(app)+".") })
}

// Remove takes a model away.
func (s *State) Remove(app, name string) {
	k := stateKey(app, name)
	delete(s.models, k)
	s.order = slices.DeleteFunc(s.order, func(o string) bool { return o == k })
}

// need returns a model or says that it is missing.
func (s *State) need(app, name string) (*schema.Model, error) {
	if m := s.Model(app, name); m != nil {
		return m, nil
	}
	names := s.modelNames(app)
	if len(names) == 0 {
		return nil, fmt.Errorf("migrate: model %s.%s is not in the state of the migrations, and no other of %[1]s is (add a dependency on the migration that makes it)", app, name)
	}
	return nil, fmt.Errorf("migrate: model %s.%s is not in the state of the migrations (%s; or add a dependency on the migration that makes it)", app, name, meant(name, names))
}

// edit returns a copy of a model that stands in its place from now on and may be changed until the operation ends.
func (s *State) edit(app, name string) (*schema.Model, error) {
	m, err := s.need(app, name)
	if err != nil {
		return nil, err
	}
	c := *m
	c.Fields = slices.Clone(m.Fields)
	c.Indexes = slices.Clone(m.Indexes)
	c.Constraints = slices.Clone(m.Constraints)
	c.UniqueTogether = slices.Clone(m.UniqueTogether)
	s.models[stateKey(app, name)] = &c
	return &c, nil
}

// target returns the field that a foreign key's column points to, following keys that are foreign keys themselves.
func (s *State) target(f *schema.Field) (*schema.Model, *schema.Field, error) {
	to := s.concrete(f.Rel.To)
	if to == nil {
		return nil, nil, fmt.Errorf("migrate: field %q points to %s, which is not in the state of the migrations (add a dependency)", f.Name, f.Rel.To)
	}
	tf := to.PK()
	if f.Rel.ToField != "" {
		tf = to.Field(f.Rel.ToField)
	}
	if tf == nil {
		return nil, nil, fmt.Errorf("migrate: field %q points to %s, which has no such key", f.Name, f.Rel.To)
	}
	return to, tf, nil
}

// keyField is the field at the end of a chain of foreign keys: it has the column's type.
func (s *State) keyField(f *schema.Field) (*schema.Field, error) {
	for range 8 {
		if f.Kind != schema.ForeignKey && f.Kind != schema.OneToOne {
			return f, nil
		}
		_, tf, err := s.target(f)
		if err != nil {
			return nil, err
		}
		f = tf
	}
	return nil, fmt.Errorf("migrate: the foreign key %q leads in a circle", f.Name)
}

// tables returns the state's managed tables, hidden ones of many-to-many fields included, and the state that knows them.
func (s *State) tables() (*State, []*schema.Model, error) {
	with := s.Clone()
	var out []*schema.Model
	for _, m := range s.Models() {
		if !m.HasTable() {
			continue
		}
		out = append(out, m)
		for i := range m.Fields {
			f := &m.Fields[i]
			if f.Kind != schema.ManyToMany || f.Rel.Through != "" {
				continue
			}
			to := s.ByLabel(f.Rel.To)
			if to == nil {
				return nil, nil, fmt.Errorf("migrate: %s.%s points to %s, which is not in the state of the migrations (add a dependency)", m.Label(), f.Name, f.Rel.To)
			}
			t := orm.HiddenThrough(m, f, to)
			with.Add(t)
			out = append(out, with.Model(t.App, t.Name))
		}
	}
	return with, out, nil
}

// FromModels is the state that the Go models describe.
func FromModels(apps []App) (*State, error) {
	s := NewState()
	var all []orm.Model
	for _, a := range apps {
		all = append(all, a.Models...)
	}
	if err := orm.NewRegistry(all...).Err(); err != nil {
		return nil, err
	}
	for _, m := range all {
		sm := *m.Schema()
		// Names that follow from the model's are not worth a line in a migration.
		if name := strings.ReplaceAll(orm.SnakeCase(sm.Name), "_", " "); sm.VerboseName == name {
			sm.VerboseName = ""
		}
		if sm.VerboseNamePlural == or(sm.VerboseName, strings.ReplaceAll(orm.SnakeCase(sm.Name), "_", " "))+"s" {
			sm.VerboseNamePlural = ""
		}
		if sm.OrderWithRespectTo != "" && slices.Equal(sm.Ordering, []string{orderColumn}) {
			sm.Ordering = nil // it follows
		}
		s.Add(sm)
	}
	return s, nil
}
