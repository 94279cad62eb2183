package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// State is what the tables look like after some migrations: models by label in lower case. Operations change it.
type State struct {
	models map[string]*schema.Model
	order  []string
}

// NewState is the state before the first migration.
func NewState() *State { return &State{models: map[string]*schema.Model{}} }

// Clone copies the state.
func (s *State) Clone() *State {
	c := &State{models: make(map[string]*schema.Model, len(s.models)), order: slices.Clone(s.order)}
	for k, m := range s.models {
		cm := *m
		cm.Fields = slices.Clone(m.Fields)
		for i := range cm.Fields {
			if r := cm.Fields[i].Rel; r != nil {
				cr := *r
				cm.Fields[i].Rel = &cr
			}
		}
		cm.Indexes = slices.Clone(m.Indexes)
		cm.Constraints = slices.Clone(m.Constraints)
		cm.UniqueTogether = slices.Clone(m.UniqueTogether)
		c.models[k] = &cm
	}
	return c
}

func stateKey(app, name string) string { return strings.ToLower(app + "." + name) }

// Model returns a model of the state, or nil.
func (s *State) Model(app, name string) *schema.Model { return s.models[stateKey(app, name)] }

// ByLabel returns a model by "app.Name", or nil.
func (s *State) ByLabel(label string) *schema.Model { return s.models[strings.ToLower(label)] }

// Models returns the models in the order in which they were made.
func (s *State) Models() []*schema.Model {
	var out []*schema.Model
	for _, k := range s.order {
		out = append(out, s.models[k])
	}
	return out
}

// Add adds a model.
func (s *State) Add(m schema.Model) {
	k := stateKey(m.App, m.Name)
	if m.Table == "" {
		m.Table = schema.DefaultTable(m.App, m.Name)
	}
	if s.models[k] == nil {
		s.order = append(s.order, k)
	}
	for i := range m.Fields {
		if r := m.Fields[i].Rel; r != nil {
			cr := *r
			if cr.To == "self" {
				cr.To = m.Label()
			}
			m.Fields[i].Rel = &cr
		}
	}
	s.models[k] = &m
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
	return nil, fmt.Errorf("migrate: model %s.%s is not in the state of the migrations", app, name)
}

// target returns the field that a foreign key's column points to, following keys that are foreign keys themselves.
func (s *State) target(f *schema.Field) (*schema.Model, *schema.Field, error) {
	to := s.ByLabel(f.Rel.To)
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
		sm.Fields = slices.Clone(sm.Fields)
		// Names that follow from the model's are not worth a line in a migration.
		if name := strings.ReplaceAll(orm.SnakeCase(sm.Name), "_", " "); sm.VerboseName == name {
			sm.VerboseName = ""
		}
		if sm.VerboseNamePlural == or(sm.VerboseName, strings.ReplaceAll(orm.SnakeCase(sm.Name), "_", " "))+"s" {
			sm.VerboseNamePlural = ""
		}
		s.Add(sm)
	}
	return s, nil
}
