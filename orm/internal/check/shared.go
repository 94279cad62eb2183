package check

import "github.com/nuages-go/nuages/orm/internal/plan"

// tables finds tables that more than one model has, or a model and the table between the sides of a relation.
func (s *Site) tables() {
	owner := map[string]*plan.Model{}
	for _, m := range s.Models {
		if !m.Schema.HasTable() {
			continue
		}
		if other := owner[m.Schema.Table]; other != nil {
			s.say(m, nil, "models.E028", "%s has the same table %q (give one another Table)", other.Label(), m.Schema.Table)
			continue
		}
		owner[m.Schema.Table] = m
	}
	between := map[string]*plan.Field{}
	for _, m := range s.Models {
		if !m.Schema.HasTable() {
			continue
		}
		for _, f := range m.Fields {
			if !forward(f) || f.Origin != nil || f.Rel.Kind != plan.Many || f.Rel.Through == nil || !f.Rel.Through.Hidden {
				continue
			}
			const fix = "give it another Table"
			if other := owner[f.Rel.Through.Schema.Table]; other != nil {
				s.say(m, f, "fields.E340", "the table between, %q, is that of %s (%s)", f.Rel.Through.Schema.Table, other.Label(), fix)
			} else if other := between[f.Rel.Through.Schema.Table]; other != nil {
				s.say(m, f, "fields.E340", "the table between, %q, is that of %s.%s (%s)", f.Rel.Through.Schema.Table, other.Model.GoName(), other.GoName, fix)
			}
			between[f.Rel.Through.Schema.Table] = f
		}
	}
}

// sharedNames finds indexes and constraints with one name: a database knows them by it.
func (s *Site) sharedNames() {
	one := func(ids [2]string, what string, names func(m *plan.Model) []string) {
		owner := map[string]*plan.Model{}
		for _, m := range s.Models {
			if m.ProxyOf != nil {
				continue
			}
			for _, name := range names(m) {
				switch other := owner[name]; {
				case other == m:
					s.say(m, nil, ids[0], "two of its %s are called %q (rename one)", what, name)
				case other != nil:
					s.say(m, nil, ids[1], "one of its %s is called %q, as one of %s (rename one; %%(class)s in the name stands for the model)", what, name, other.Label())
				default:
					owner[name] = m
				}
			}
		}
	}
	one([2]string{"models.E029", "models.E030"}, "indexes", func(m *plan.Model) (out []string) {
		for i := range m.Schema.Indexes {
			out = append(out, m.Schema.Indexes[i].Name)
		}
		return out
	})
	one([2]string{"models.E031", "models.E032"}, "constraints", func(m *plan.Model) (out []string) {
		for i := range m.Schema.Constraints {
			out = append(out, m.Schema.Constraints[i].Name)
		}
		return out
	})
}
