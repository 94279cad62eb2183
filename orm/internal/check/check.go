// Package check finds mistakes of models that the compiler and their descriptions let pass: Django's system checks of models
// and fields, under Django's codes. It runs once, when a site starts.
//
// Django 6.1 django/db/models/base.py check, fields/__init__.py check, fields/related.py check.
package check

import (
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Site is what is checked together. All its models can be used.
type Site struct {
	// Models are all models in the order of the site, those that relations lead to after them.
	Models []*plan.Model
	// Listed says that a model is in the site's own list.
	Listed func(m *plan.Model) bool
	// Back are the ways back to a model.
	Back func(m *plan.Model) []*plan.Relation
	// Order says what is wrong with an order by a name.
	Order func(m *plan.Model, o expr.Order) error

	out []*schema.Mistake
}

// Run returns what is wrong or doubtful.
func (s *Site) Run() []*schema.Mistake {
	for _, m := range s.Models {
		s.model(m)
	}
	s.tables()
	s.sharedNames()
	return s.out
}

// say notes a mistake; the field may be nil. The text ends with the fix in parentheses.
func (s *Site) say(m *plan.Model, f *plan.Field, id, format string, args ...any) {
	s.out = append(s.out, m.Mistake(id, f, schema.Wrong(id, format, args...)))
}

func (s *Site) model(m *plan.Model) {
	s.modelName(m)
	s.ordering(m)
	if m.ProxyOf != nil {
		return // its fields are those of the model that it stands for
	}
	s.keys(m)
	s.attributes(m)
	s.fieldLists(m)
	s.names(m)
	s.raw(m)
	for _, f := range m.Fields {
		if f.Origin != nil || f.Extra {
			continue
		}
		s.fieldName(m, f)
		s.column(m, f)
		s.relation(m, f)
	}
	s.onDeletes(m)
	s.sameThrough(m)
	s.clashes(m)
}
