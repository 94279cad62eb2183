package news

import (
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Author writes articles.
type Author struct {
	ID   int64
	Name string
}

func (Author) Fields(a *Author) []orm.Field {
	return []orm.Field{orm.Char(&a.Name, 100).Unique()}
}

// Article is one article.
type Article struct {
	ID        int64
	Title     string
	Slug      string
	Text      string
	Author    orm.FK[Author]
	Published *time.Time
}

func (Article) Fields(a *Article) []orm.Field {
	return []orm.Field{
		orm.Char(&a.Title, 200),
		orm.Slug(&a.Slug),
		orm.Text(&a.Text),
		orm.Ref(&a.Author).OnDelete(orm.Protect).RelatedName("articles"),
	}
}
