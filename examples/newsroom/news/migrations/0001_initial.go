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
					{Name: "name", Kind: schema.Char, MaxLength: 100},
					{Name: "slug", Kind: schema.Slug, MaxLength: 100, Unique: true},
				},
			},
			migrate.CreateModel{
				Name: "Tag",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "name", Kind: schema.Char, MaxLength: 50},
					{Name: "slug", Kind: schema.Slug, MaxLength: 50, Unique: true},
				},
				Options: schema.Options{Ordering: []string{"name"}},
			},
			migrate.CreateModel{
				Name: "Article",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "title", Kind: schema.Char, MaxLength: 200},
					{Name: "slug", Kind: schema.Slug, MaxLength: 200, Unique: true},
					{Name: "summary", Kind: schema.Text},
					{Name: "body", Kind: schema.Text},
					{Name: "status", Kind: schema.Char, MaxLength: 10, Default: "draft"},
					{Name: "author", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "news.Author", OnDelete: schema.Protect, RelatedName: "articles"}},
					{Name: "tags", Kind: schema.ManyToMany, Rel: &schema.Relation{To: "news.Tag"}},
					{Name: "published", Kind: schema.DateTime, Null: true},
					{Name: "created", Kind: schema.DateTime, Blank: true, AutoNowAdd: true, NotEditable: true},
				},
				Options: schema.Options{Ordering: []string{"-published", "-id"}, Indexes: []schema.Index{
					{Name: "news_articl_status_34071e_idx", Fields: []string{"status", "published"}},
				}},
			},
		},
	}
}
