package check

import (
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// modelName looks at the name, which stands in look-ups across relations.
func (s *Site) modelName(m *plan.Model) {
	const fix = "give it another Meta.Name"
	switch name := m.Schema.Name; {
	case strings.HasPrefix(name, "_") || strings.HasSuffix(name, "_"):
		s.say(m, nil, "models.E023", "the name %q begins or ends with an underscore (%s)", name, fix)
	case strings.Contains(name, "__"):
		s.say(m, nil, "models.E024", "the name %q contains \"__\", which follows relations in look-ups (%s)", name, fix)
	}
}

func (s *Site) ordering(m *plan.Model) {
	for _, o := range m.Order {
		by, ok := o.By.(expr.Order)
		if !ok || by.Name == "" {
			continue
		}
		if err := s.Order(m, by); err != nil {
			s.say(m, nil, "models.E015", "Ordering: %s", strings.TrimPrefix(err.Error(), "orm: "))
		}
	}
	if m.Rank == nil || m.Rank.Model != m {
		return
	}
	if len(m.Order) == 1 {
		if p := m.Order[0].Path; p != nil && p.Ref == m.Root() && m.FieldAt(p.Offset) == m.Rank {
			return
		}
	}
	s.say(m, m.Rank, "models.E021", "the place of OrderWithin is the model's order: Ordering cannot be another (leave Ordering out)")
}

// keys finds a second primary key.
func (s *Site) keys(m *plan.Model) {
	var first *plan.Field
	for _, f := range m.Local {
		if !f.S.PrimaryKey {
			continue
		}
		if first != nil {
			s.say(m, f, "models.E026", "%s is the primary key already (keep one, or list both in Meta.PrimaryKey)", first.GoName)
		}
		first = f
	}
}

// attributes finds a field that is called as a foreign key's column is in look-ups.
func (s *Site) attributes(m *plan.Model) {
	for _, f := range m.Fields {
		if !forward(f) || f.Rel.Kind != plan.Forward || f.Tuple != nil {
			continue
		}
		if other := m.FieldNamed(f.S.Name + "_id"); other != nil && other != f && other.S.Name == f.S.Name+"_id" {
			s.say(m, other, "models.E006", "the name %q means the key of %s (rename one, or give it a Name)", other.S.Name, f.GoName)
		}
	}
}

// fieldLists looks at the fields that indexes and constraints name.
func (s *Site) fieldLists(m *plan.Model) {
	look := func(where string, lists ...[]string) {
		for _, names := range lists {
			for _, name := range names {
				s.listed(m, where, strings.TrimPrefix(name, "-"))
			}
		}
	}
	for i := range m.Schema.Indexes {
		look("Indexes", m.Schema.Indexes[i].Fields, m.Schema.Indexes[i].Include)
	}
	for i := range m.Schema.Constraints {
		look("Constraints", m.Schema.Constraints[i].Fields, m.Schema.Constraints[i].Include)
	}
	look("UniqueTogether", m.Schema.UniqueTogether...)
}

func (s *Site) listed(m *plan.Model, where, name string) {
	f := m.FieldNamed(name)
	switch {
	case f == nil:
	case f.S.Kind == schema.ManyToMany:
		s.say(m, nil, "models.E013", "%s: %s is a many-to-many field, whose rows stand in another table (leave it out)", where, f.GoName)
	case len(f.Via) > 0:
		s.say(m, nil, "models.E016", "%s: %s stands in the table of a parent (say it there)", where, f.GoName)
	case !f.S.HasColumn():
		s.say(m, nil, "models.E012", "%s: %s has no column (name one that has)", where, f.GoName)
	}
}

// names looks at the names of indexes, which databases limit.
func (s *Site) names(m *plan.Model) {
	const longest = 30 // Django's limit, for all databases
	for i := range m.Schema.Indexes {
		switch name := m.Schema.Indexes[i].Name; {
		case name == "":
		case name[0] == '_' || name[0] >= '0' && name[0] <= '9':
			s.say(m, nil, "models.E033", "the name of the index %q begins with an underscore or a digit (give it another)", name)
		case len(name) > longest:
			s.say(m, nil, "models.E034", "the name of the index %q is longer than %d characters (give it another)", name, longest)
		}
	}
}

// raw finds checks that FullClean leaves out, since they are SQL.
func (s *Site) raw(m *plan.Model) {
	for i := range m.Schema.Constraints {
		c := &m.Schema.Constraints[i]
		n, ok := c.Check.(expr.Node)
		if !ok {
			continue
		}
		found := false
		walk(n, func(n expr.Node) {
			_, raw := n.(expr.Raw)
			found = found || raw
		})
		if found {
			s.say(m, nil, "models.W045", "the constraint %q holds SQL, which FullClean does not evaluate (silence this if you do not mind)", c.Name)
		}
	}
}
