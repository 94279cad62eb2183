// Package contenttypes has the models of Django's application of that name, for tests.
package contenttypes

import "github.com/nuages-go/nuages/orm"

// All lists the models.
func All() []orm.Model { return []orm.Model{orm.ModelOf[ContentType]()} }

// ContentType names a model.
type ContentType struct {
	ID       int32
	AppLabel string
	Model    string
}

// Fields describes the columns.
func (ContentType) Fields(c *ContentType) []orm.Field {
	return []orm.Field{
		orm.Char(&c.AppLabel, 100),
		orm.Char(&c.Model, 100).Verbose("python model class name"),
	}
}

// Meta names the table.
func (ContentType) Meta(c *ContentType) orm.Meta {
	return orm.Meta{Table: "django_content_type", VerboseName: "content type", UniqueTogether: [][]any{{&c.AppLabel, &c.Model}}}
}
