package newsroom

import (
	"time"

	"github.com/nuages-go/nuages/orm"
)

// User is a row of Django's auth_user.
type User struct {
	ID          int64
	Password    string
	LastLogin   *time.Time
	IsSuperuser bool
	Username    string
	FirstName   string
	LastName    string
	Email       string
	IsStaff     bool
	IsActive    bool
	DateJoined  time.Time
}

// Fields says what the Go types cannot.
func (User) Fields(u *User) []orm.Field {
	return []orm.Field{
		orm.Auto(&u.ID),
		orm.Char(&u.Password, 128),
		orm.Char(&u.Username, 150).Unique(),
		orm.Char(&u.FirstName, 150).Blank(),
		orm.Char(&u.LastName, 150).Blank(),
		orm.Email(&u.Email).Blank(),
	}
}

// Meta names the table.
func (User) Meta(*User) orm.Meta { return orm.Meta{Table: "auth_user"} }

// IsAuthenticated tells a user from nobody.
func (u *User) IsAuthenticated() bool { return u != nil }

// Tag is a subject of articles.
type Tag struct {
	ID   int64
	Name string
	Slug string
}

// Fields says what the Go types cannot.
func (Tag) Fields(t *Tag) []orm.Field {
	return []orm.Field{orm.Char(&t.Name, 50), orm.Slug(&t.Slug).Unique()}
}

// Meta sorts tags by their names.
func (Tag) Meta(t *Tag) orm.Meta { return orm.Meta{Ordering: orm.By(orm.Asc(&t.Name))} }

// Article is one article.
type Article struct {
	ID        int64
	Title     string
	Slug      string
	Body      string
	Published time.Time
	Author    orm.FK[User]
	Tags      orm.Many[Tag]
	Comments  orm.Many[Comment]
	// Ncomments is how many comments there are, in queries that ask for it.
	Ncomments int64
}

// Fields says what the Go types cannot.
func (Article) Fields(a *Article) []orm.Field {
	return []orm.Field{
		orm.Char(&a.Title, 200),
		orm.Slug(&a.Slug).MaxLength(80),
		orm.DateTime(&a.Published).Index(),
		orm.Ref(&a.Author).OnDelete(orm.Cascade),
		orm.HasMany(&a.Comments, &orm.Fields[Comment]().Article),
		orm.Extra(&a.Ncomments),
	}
}

// PK is the key, by its name in templates.
func (a *Article) PK() int64 { return a.ID }

// Meta has the newest articles first.
func (Article) Meta(a *Article) orm.Meta { return orm.Meta{Ordering: orm.By(orm.Desc(&a.Published))} }

// Comment is a reader's remark on an article.
type Comment struct {
	ID      int64
	Article orm.FK[Article]
	Author  orm.FK[User]
	Text    string
	Created time.Time
}

// Fields says what the Go types cannot.
func (Comment) Fields(c *Comment) []orm.Field {
	return []orm.Field{
		orm.Ref(&c.Article).OnDelete(orm.Cascade).RelatedName("comments"),
		orm.Ref(&c.Author).OnDelete(orm.Cascade),
	}
}

// PK is the key, by its name in templates.
func (c *Comment) PK() int64 { return c.ID }

// World is a number by its key.
type World struct {
	ID           int64
	Randomnumber int64
}

// Fields says what the Go types cannot.
func (World) Fields(w *World) []orm.Field {
	return []orm.Field{orm.Integer(&w.ID).PrimaryKey(), orm.Integer(&w.Randomnumber)}
}

// Meta names the table.
func (World) Meta(*World) orm.Meta { return orm.Meta{Table: "world"} }

// Fortune is one saying.
type Fortune struct {
	ID      int64
	Message string
}

// Fields says what the Go types cannot.
func (Fortune) Fields(f *Fortune) []orm.Field {
	return []orm.Field{orm.Integer(&f.ID).PrimaryKey(), orm.Char(&f.Message, 2048)}
}

// Meta names the table.
func (Fortune) Meta(*Fortune) orm.Meta { return orm.Meta{Table: "fortune"} }
