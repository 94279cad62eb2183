// Package flatpages has the model of Django's application of that name, for tests.
package flatpages

import (
	"github.com/nuages-go/nuages/internal/testmodels/sites"
	"github.com/nuages-go/nuages/orm"
)

// All lists the models.
func All() []orm.Model { return []orm.Model{orm.ModelOf[FlatPage]()} }

// FlatPage is a page from the database.
type FlatPage struct {
	ID                   int32
	URL                  string
	Title                string
	Content              string
	EnableComments       bool
	TemplateName         string
	RegistrationRequired bool
	Sites                orm.Many[sites.Site]
}

// Fields describes the columns.
func (FlatPage) Fields(p *FlatPage) []orm.Field {
	return []orm.Field{
		orm.Char(&p.URL, 100).Index(),
		orm.Char(&p.Title, 200),
		orm.Text(&p.Content).Blank(),
		orm.Bool(&p.EnableComments).Verbose("enable comments"),
		orm.Char(&p.TemplateName, 70).Blank().Verbose("template name"),
		orm.Bool(&p.RegistrationRequired).Verbose("registration required"),
		orm.ManyToMany(&p.Sites),
	}
}

// Meta names the table.
func (FlatPage) Meta(p *FlatPage) orm.Meta {
	return orm.Meta{Table: "django_flatpage", Ordering: orm.By(orm.Asc(&p.URL))}
}
