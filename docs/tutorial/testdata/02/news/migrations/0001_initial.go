// Code written by makemigrations; it may be edited.

package migrations

import (
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/schema"
)

func m0001Initial() migrate.Migration {
	return migrate.Migration{
		App: "news", Name: "0001_initial", Initial: true,
		Operations: []migrate.Operation{
			migrate.CreateModel{
				Name: "Author",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "name", Kind: schema.Char, MaxLength: 100, Unique: true},
				},
			},
			migrate.CreateModel{
				Name: "Article",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "title", Kind: schema.Char, MaxLength: 200},
					{Name: "body", Kind: schema.Text},
					{Name: "author", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "news.Author", OnDelete: schema.Protect, RelatedName: "articles"}},
					{Name: "published", Kind: schema.DateTime, Null: true},
				},
			},
		},
	}
}
