// Package sites has the model of Django's application of that name, for tests.
package sites

import "github.com/nuages-go/nuages/orm"

// All lists the models.
func All() []orm.Model { return []orm.Model{orm.ModelOf[Site]()} }

// Site is a host name.
type Site struct {
	ID     int32
	Domain string
	Name   string
}

// Fields describes the columns.
func (Site) Fields(s *Site) []orm.Field {
	return []orm.Field{orm.Char(&s.Domain, 100).Unique().Verbose("domain name"), orm.Char(&s.Name, 50).Verbose("display name")}
}

// Meta names the table.
func (Site) Meta(s *Site) orm.Meta {
	return orm.Meta{Table: "django_site", Ordering: orm.By(orm.Asc(&s.Domain))}
}
