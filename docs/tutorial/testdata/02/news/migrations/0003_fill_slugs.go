// Code written by makemigrations; it may be edited.

package migrations

import (
	"context"
	"strings"

	"github.com/nuages-go/nuages/migrate"
)

func m0003FillSlugs() migrate.Migration {
	return migrate.Migration{
		App: "news", Name: "0003_fill_slugs",
		Dependencies: []migrate.Key{{App: "news", Name: "0002_article_slug"}},
		Operations: []migrate.Operation{
			migrate.RunGo{Do: fillSlugs, Undo: migrate.Nothing},
		},
	}
}

// fillSlugs gives the articles that are there a slug. Models and fields are named as they are at this point of the history.
func fillSlugs(ctx context.Context, data *migrate.Data) error {
	return data.Table("news", "Article").Where("slug", "").Each(ctx, func(row *migrate.Row) error {
		row.Set("slug", strings.ReplaceAll(strings.ToLower(row.String("title")), " ", "-"))
		return row.Save(ctx)
	})
}
