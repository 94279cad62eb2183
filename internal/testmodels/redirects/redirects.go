// Package redirects has the model of Django's application of that name, for tests.
package redirects

import (
	"github.com/nuages-go/nuages/internal/testmodels/sites"
	"github.com/nuages-go/nuages/orm"
)

// All lists the models.
func All() []orm.Model { return []orm.Model{orm.ModelOf[Redirect]()} }

// Redirect leads from a path to another.
type Redirect struct {
	ID      int32
	Site    orm.ForeignKey[sites.Site, int32]
	OldPath string
	NewPath string
}

// Fields describes the columns.
func (Redirect) Fields(r *Redirect) []orm.Field {
	return []orm.Field{
		orm.Ref(&r.Site).OnDelete(orm.Cascade),
		orm.Char(&r.OldPath, 200).Index().Verbose("redirect from"),
		orm.Char(&r.NewPath, 200).Blank().Verbose("redirect to"),
	}
}

// Meta names the table.
func (Redirect) Meta(r *Redirect) orm.Meta {
	return orm.Meta{Table: "django_redirect", UniqueTogether: [][]any{{&r.Site, &r.OldPath}}, Ordering: orm.By(orm.Asc(&r.OldPath))}
}
