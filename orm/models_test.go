package orm_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// Status is a string type of the site's own, as in the newsroom.
type Status string

const (
	Draft Status = "draft"
	Live  Status = "live"
)

func statuses() []orm.Choice[Status] {
	return []orm.Choice[Status]{{Value: Draft, Label: "Draft"}, {Value: Live, Label: "Live"}}
}

type User struct {
	ID       int64
	Username string
	Articles orm.Many[Article]
}

func (User) Fields(u *User) []orm.Field {
	return []orm.Field{
		orm.Char(&u.Username, 150).Unique(),
		orm.HasMany(&u.Articles, &orm.Fields[Article]().Author),
	}
}

type Tag struct {
	ID   int64
	Slug string
}

func (Tag) Fields(t *Tag) []orm.Field { return []orm.Field{orm.Slug(&t.Slug).Unique()} }

type Article struct {
	ID        int64
	Title     string
	Slug      string
	Body      string
	Status    Status
	Author    orm.FK[User]
	Tags      orm.Many[Tag]
	Likes     int64
	Published *time.Time
	Created   time.Time
	Words     int64
}

func (Article) Fields(a *Article) []orm.Field {
	return []orm.Field{
		orm.Char(&a.Title, 200),
		orm.Slug(&a.Slug).Unique(),
		orm.Char(&a.Status, 10).Default(Draft).Choices(statuses()...),
		orm.Ref(&a.Author).OnDelete(orm.Protect).RelatedName("articles"),
		orm.DateTime(&a.Created).AutoNowAdd(),
		orm.Extra(&a.Words),
	}
}

func (Article) Meta(a *Article) orm.Meta {
	return orm.Meta{
		Ordering: orm.By(orm.Desc(a.Published), orm.Asc(&a.ID)),
		Indexes:  []orm.Index{orm.IndexOn(&a.Status, a.Published)},
	}
}

var (
	a = orm.Fields[Article]()
	u = orm.Fields[User]()
	g = orm.Fields[Tag]()
)

func live() orm.Query[Article] {
	return orm.Objects[Article]().Filter(orm.Eq(&a.Status, Live)).Related(&a.Author).Prefetch(&a.Tags)
}

func open(t testing.TB) context.Context {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "test.sqlite3"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx := orm.WithDatabase(context.Background(), db)
	ctx = orm.WithModels(ctx, orm.ModelOf[Article](), orm.ModelOf[User](), orm.ModelOf[Tag]())
	createTables(t, ctx, orm.ModelOf[User](), orm.ModelOf[Tag](), orm.ModelOf[Article]())
	return ctx
}

// seed makes two users, three tags and six articles.
func seed(t testing.TB, ctx context.Context) ([]*User, []*Tag, []*Article) {
	t.Helper()
	users := []*User{{Username: "ada"}, {Username: "bob"}}
	tags := []*Tag{{Slug: "go"}, {Slug: "sql"}, {Slug: "unused"}}
	must(t, orm.Objects[User]().BulkCreate(ctx, users))
	must(t, orm.Objects[Tag]().BulkCreate(ctx, tags))
	var arts []*Article
	for i := range 6 {
		at := time.Date(2026, 1, 1+i, 12, 0, 0, 0, time.UTC)
		art := &Article{
			Title: "Title " + string(rune('A'+i)), Slug: "s" + string(rune('a'+i)), Status: Live, Author: orm.To(users[i%2]),
			Likes: int64(i), Published: &at,
		}
		if i == 5 {
			art.Status, art.Published = "", nil
		}
		must(t, orm.Create(ctx, art))
		if i < 5 {
			must(t, art.Tags.Add(ctx, tags[i%2]))
		}
		arts = append(arts, art)
	}
	return users, tags, arts
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func titles(list []*Article) string {
	out := ""
	for _, x := range list {
		out += x.Title[len(x.Title)-1:]
	}
	return out
}
