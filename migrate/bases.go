package migrate

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// concrete is the model with a label, or the one that it stands for when it is a proxy: the one with the table.
func (s *State) concrete(label string) *schema.Model {
	m := s.ByLabel(label)
	for range 8 {
		if m == nil || !m.Proxy || len(m.Bases) == 0 {
			return m
		}
		m = s.ByLabel(m.Bases[0])
	}
	return m
}

// base is the model that a proxy stands for, as far as the state knows it.
func (s *State) base(m *schema.Model) *schema.Model {
	if !m.Proxy || len(m.Bases) == 0 {
		return nil
	}
	return s.concrete(m.Bases[0])
}

// renameBases follows a model that has another name.
func (s *State) renameBases(was, is string) {
	for _, k := range slices.Clone(s.order) {
		m := s.models[k]
		i := slices.IndexFunc(m.Bases, func(b string) bool { return low(b) == was })
		if i < 0 {
			continue
		}
		c := *m
		c.Bases = slices.Clone(m.Bases)
		c.Bases[i] = is
		s.models[k] = &c
	}
}

func hasBase(m, base *schema.Model) bool {
	return slices.ContainsFunc(m.Bases, func(b string) bool { return strings.EqualFold(b, base.Label()) })
}

// afterBases is what a new model waits for: its bases, and the removal of their fields that it takes over.
func (d *detector) afterBases(m *schema.Model) (after, uses []string) {
	for _, label := range m.Bases {
		after, uses = append(after, modelKey(label)), append(uses, label)
		was, is := d.from.ByLabel(label), d.to.ByLabel(label)
		if was == nil || is == nil {
			continue
		}
		for _, f := range m.Fields {
			if was.Field(f.Name) != nil && is.Field(f.Name) == nil {
				after = append(after, noFieldKey(label, f.Name))
			}
		}
	}
	return after, uses
}
