package news

import (
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Status says who may see an article.
type Status string

// The states of an article.
const (
	Draft Status = "draft"
	Live  Status = "live"
)

// Author writes articles.
type Author struct {
	ID   int64
	Name string
	Slug string
}

// Fields says what the Go types cannot.
func (Author) Fields(a *Author) []orm.Field {
	return []orm.Field{
		orm.Char(&a.Name, 100),
		orm.Slug(&a.Slug).MaxLength(100).Unique(),
	}
}

// String is the author's name.
func (a *Author) String() string { return a.Name }

// Tag is a subject: a section of the newspaper or something narrower.
type Tag struct {
	ID   int64
	Name string
	Slug string
}

// Fields says what the Go types cannot.
func (Tag) Fields(t *Tag) []orm.Field {
	return []orm.Field{
		orm.Char(&t.Name, 50),
		orm.Slug(&t.Slug).Unique(),
	}
}

// Meta sorts tags by their names.
func (Tag) Meta(t *Tag) orm.Meta {
	return orm.Meta{Ordering: orm.By(orm.Asc(&t.Name))}
}

// String is the tag's name.
func (t *Tag) String() string { return t.Name }

// Article is one article.
type Article struct {
	ID        int64
	Title     string
	Slug      string
	Summary   string
	Body      string
	Status    Status
	Author    orm.FK[Author]
	Tags      orm.Many[Tag]
	Published *time.Time
	Created   time.Time
}

// Fields says what the Go types cannot. A field that is not listed gets the column of its Go type; ID int64 is the
// automatic key.
func (Article) Fields(a *Article) []orm.Field {
	return []orm.Field{
		orm.Char(&a.Title, 200),
		orm.Slug(&a.Slug).MaxLength(200).Unique(),
		orm.Text(&a.Summary),
		orm.Text(&a.Body),
		orm.Char(&a.Status, 10).Default(Draft),
		orm.Ref(&a.Author).OnDelete(orm.Protect).RelatedName("articles"),
		orm.DateTime(&a.Created).AutoNowAdd(),
	}
}

// Meta says what concerns the table as a whole.
func (Article) Meta(a *Article) orm.Meta {
	return orm.Meta{
		Ordering: orm.By(orm.Desc(a.Published), orm.Desc(&a.ID)),
		Indexes:  []orm.Index{orm.IndexOn(&a.Status, a.Published)},
	}
}

// String is the title.
func (a *Article) String() string { return a.Title }
