package orm

import (
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// ambiguousThrough refuses names of ThroughFields that are no keys to the two sides, and a through model with several keys to
// one side when nothing says which is meant. Django: fields.E333 to E335, E338 and E339.
func ambiguousThrough(r *plan.Relation) error {
	named := r.Field.S.Rel.ThroughFields
	for i, side := range []*plan.Model{r.From, r.To} {
		var keys []string
		for _, f := range r.Through.Fields {
			if f.Rel != nil && f.Rel.Kind == plan.Forward && f.Rel.To == side {
				keys = append(keys, f.S.Name)
			}
			if f.S.Name == named[i] && (f.Rel == nil || f.Rel.To != side) {
				return schema.Wrong("fields.E339", "ThroughFields: %s.%s is not a foreign key to %s", r.Through.GoName(), f.GoName, side.GoName())
			}
		}
		most := 1
		if r.From == r.To {
			most = 2
		}
		switch {
		case named[i] != "" && r.Through.FieldNamed(named[i]) == nil:
			return schema.Wrong("fields.E338", "ThroughFields: %s has no field %q (its keys to %s: %q)", r.Through.GoName(), named[i], side.GoName(), keys)
		case named[i] == "" && len(keys) > most:
			id := []string{"fields.E334", "fields.E335"}[i]
			if r.From == r.To {
				id = "fields.E333"
			}
			return schema.Wrong(id, "the through model %s has several foreign keys to %s, %q (say which by ThroughFields)", r.Through.GoName(), side.GoName(), keys)
		}
	}
	return nil
}
