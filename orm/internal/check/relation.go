package check

import (
	"go/token"
	"strings"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// forward says that a field leads to another model: it is no way back.
func forward(f *plan.Field) bool {
	return f.Rel != nil && (f.Rel.Kind == plan.Forward || f.Rel.Kind == plan.Many) && f.S.Rel != nil
}

// relation looks at a foreign key or many-to-many field.
func (s *Site) relation(m *plan.Model, f *plan.Field) {
	if !forward(f) || f.ParentLink {
		return
	}
	rel, to := f.S.Rel, f.Rel.To
	if !s.Listed(to) {
		s.say(m, f, "fields.E300", "it leads to %s, which no application of the site has (add it to the Models of one)", to.GoName())
	}
	s.relatedNames(m, f)
	if f.Rel.Kind == plan.Many {
		s.many(m, f)
		return
	}
	if f.S.Kind == schema.ForeignKey && f.S.Unique && !f.S.PrimaryKey {
		s.say(m, f, "fields.W342", "a foreign key that is Unique has one row at most on the way back (describe it with orm.OneToOne)")
	}
	if rel.ToField != "" {
		if target := to.FieldNamed(rel.ToField); target != nil && !isUnique(to, target) {
			s.say(m, f, "fields.E311", "%s.%s is not unique, and so more than one row could be meant (add Unique() there)", to.GoName(), target.GoName)
		}
	}
}

// isUnique says that no two rows have the same value in the field.
func isUnique(m *plan.Model, f *plan.Field) bool {
	if f.S.Unique || f.S.PrimaryKey {
		return true
	}
	for _, c := range m.Schema.Constraints {
		if c.Check == nil && c.Where == nil && len(c.Expressions) == 0 && len(c.Fields) == 1 && c.Fields[0] == f.S.Name {
			return true
		}
	}
	return false
}

func (s *Site) many(m *plan.Model, f *plan.Field) {
	rel, through := f.S.Rel, f.Rel.Through
	own := through != nil && !through.Hidden
	switch named := rel.ThroughFields; {
	case !own && (named[0] != "" || named[1] != ""):
		s.say(m, f, "fields.E337", "ThroughFields without a Through (name the model between)")
	case (named[0] == "") != (named[1] == ""):
		s.say(m, f, "fields.E337", "ThroughFields names one of the two foreign keys (name both)")
	}
	if own && !s.Listed(through) {
		s.say(m, f, "fields.E331", "the model between, %s, is in no application of the site (add it to the Models of one)", through.GoName())
	}
	if own && (rel.LimitChoices != nil || rel.LimitFunc || f.Limit != nil) {
		s.say(m, f, "fields.W343", "LimitChoices has no effect on a relation with a model of its own between (remove it)")
	}
	if rel.Symmetrical && f.Rel.To == m && rel.RelatedName != "" {
		s.say(m, f, "fields.W345", "RelatedName has no effect on a symmetrical relation, which is its own way back (remove it)")
	}
	if rel.Symmetrical && f.Rel.To.Concrete() != m {
		s.say(m, f, "orm.E003", "Symmetrical is for relations of a model to itself (remove it)")
	}
}

// relatedNames looks at the names of the way back.
func (s *Site) relatedNames(m *plan.Model, f *plan.Field) {
	rel := f.S.Rel
	if name := rel.RelatedName; name != "" && !strings.HasSuffix(name, "+") && !token.IsIdentifier(name) && !token.IsKeyword(name) {
		s.say(m, f, "fields.E306", "RelatedName(%q) is no name (take letters, digits and underscores, or end it with + to have none)", name)
	}
	if strings.HasSuffix(rel.RelatedName, "+") && rel.RelatedQuery == "" {
		return
	}
	const fix = "give it another RelatedName or RelatedQueryName"
	switch query := f.Rel.Back().Name; {
	case strings.HasSuffix(query, "_"):
		s.say(m, f, "fields.E308", "the name of its way back in look-ups, %q, ends with an underscore (%s)", query, fix)
	case strings.Contains(query, "__"):
		s.say(m, f, "fields.E309", "the name of its way back in look-ups, %q, contains \"__\" (%s)", query, fix)
	}
}

// clashes finds ways back that have the name of a field of the model that they lead from, or of another way back. That of
// look-ups is looked at where the ways are gathered.
func (s *Site) clashes(m *plan.Model) {
	accessors := map[string]*plan.Relation{}
	for _, back := range s.Back(m) {
		f := back.Field
		if f.S.Rel == nil || strings.HasSuffix(f.S.Rel.RelatedName, "+") || f.ParentLink || f.S.Rel.Symmetrical && f.Rel.To == f.Model {
			continue
		}
		const fix = "give it a RelatedName"
		clash := func(name string) *plan.Field {
			other := m.FieldNamed(name)
			if other == nil || other.S.Name != name || other.Rel != nil && other.Rel.Field == f { // a field for this way back
				return nil
			}
			return other
		}
		if other := clash(back.Accessor); other != nil {
			s.say(f.Model, f, "fields.E302", "its way back, %s.%s, is called as the field %s (%s)", m.GoName(), back.Accessor, other.GoName, fix)
		}
		if other := clash(back.Name); other != nil && back.Name != back.Accessor {
			s.say(f.Model, f, "fields.E303", "its way back in look-ups, %q, is called as the field %s.%s (%s)", back.Name, m.GoName(), other.GoName, fix)
		}
		if other := accessors[back.Accessor]; other != nil && other.Name != back.Name {
			s.say(f.Model, f, "fields.E304", "its way back, %s.%s, is called as that of %s.%s (%s)", m.GoName(), back.Accessor, other.Field.Model.GoName(), other.Field.GoName, fix)
		}
		accessors[back.Accessor] = back
	}
}

// onDeletes looks for chains and models in which the database deletes a part of the rows and the program another: the program
// does not hear of what the database does.
func (s *Site) onDeletes(m *plan.Model) {
	var database, program *plan.Field
	for _, f := range m.Fields {
		if !forward(f) || f.Rel.Kind != plan.Forward || f.Origin != nil || f.S.Rel.OnDelete == schema.DoNothing {
			continue
		}
		own := f.S.Rel.OnDelete.InDatabase()
		if own {
			database = f
		} else {
			program = f
		}
		for _, next := range f.Rel.To.Fields {
			if !forward(next) || next.Rel.Kind != plan.Forward || next.S.Rel.OnDelete == schema.DoNothing || next.S.Rel.OnDelete.InDatabase() == own {
				continue
			}
			s.say(m, f, "fields.E323", "OnDelete(%s) leads to %s, whose %s has OnDelete(%s): one is done by the database, the other by the program (take the forms of one kind along a chain)",
				f.S.Rel.OnDelete, f.Rel.To.GoName(), next.GoName, next.S.Rel.OnDelete)
			break
		}
	}
	if database != nil && program != nil {
		s.say(m, nil, "models.E050", "%s has OnDelete(%s), which the database does, and %s OnDelete(%s), which the program does (take the forms of one kind in a model)",
			database.GoName, database.S.Rel.OnDelete, program.GoName, program.S.Rel.OnDelete)
	}
}

// sameThrough finds two relations that are the same rows of the same model between.
func (s *Site) sameThrough(m *plan.Model) {
	type way struct {
		to, through *plan.Model
		fields      [2]string
	}
	seen := map[way]*plan.Field{}
	for _, f := range m.Fields {
		if !forward(f) || f.Rel.Kind != plan.Many || f.Rel.Through == nil || f.Rel.Through.Hidden {
			continue
		}
		w := way{f.Rel.To, f.Rel.Through, f.S.Rel.ThroughFields}
		if other := seen[w]; other != nil {
			s.say(m, f, "models.E003", "it is the same relation through %s as %s (remove one, or tell them apart by ThroughFields)", w.through.GoName(), other.GoName)
		}
		seen[w] = f
	}
}
