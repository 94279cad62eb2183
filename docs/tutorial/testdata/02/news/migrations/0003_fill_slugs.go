// Code written by makemigrations; it may be edited.

package migrations

import (
	"context"
	"strings"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
)

func m0003FillSlugs() migrate.Migration {
	return migrate.Migration{
		App: "news", Name: "0003_fill_slugs",
		Dependencies: []migrate.Key{{App: "news", Name: "0002_article_slug"}},
		Operations: []migrate.Operation{
			migrate.RunGo{Do: fillSlugs, Undo: migrate.Nothing, Models: []orm.Model{orm.ModelOf[article]()}},
		},
	}
}

// article is an article as this step knows it: what it needs, as it is at this point of the history.
type article struct {
	ID    int64
	Title string
	Slug  string
}

func (article) Meta(*article) orm.Meta { return orm.Meta{App: "news", Name: "Article"} }

var a = orm.Fields[article]()

// fillSlugs gives the articles that are there a slug.
func fillSlugs(ctx context.Context, data *migrate.Data) error {
	for one, err := range migrate.RowsOf[article](data).Filter(orm.Eq(&a.Slug, "")).Iter(ctx) {
		if err != nil {
			return err
		}
		one.Slug = strings.ReplaceAll(strings.ToLower(one.Title), " ", "-")
		if err := orm.Save(ctx, one); err != nil {
			return err
		}
	}
	return nil
}
