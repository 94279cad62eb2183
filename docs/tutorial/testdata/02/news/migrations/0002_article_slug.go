// Code written by makemigrations; it may be edited.

package migrations

import (
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/schema"
)

func m0002ArticleSlug() migrate.Migration {
	return migrate.Migration{
		App: "news", Name: "0002_article_slug",
		Dependencies: []migrate.Key{{App: "news", Name: "0001_initial"}},
		Operations: []migrate.Operation{
			migrate.RenameField{Model: "Article", Old: "body", New: "text"},
			migrate.AddField{Model: "Article", Field: schema.Field{Name: "slug", Kind: schema.Slug, MaxLength: 50}, OneOff: ""},
		},
	}
}
