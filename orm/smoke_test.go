package orm_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

type Status string

const (
	Draft Status = "draft"
	Live  Status = "live"
)

func statuses() []orm.Choice[Status] {
	return []orm.Choice[Status]{{Draft, "Draft"}, {Live, "Live"}}
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
	for _, sql := range []string{
		`CREATE TABLE "orm_test_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "username" varchar(150) NOT NULL UNIQUE)`,
		`CREATE TABLE "orm_test_tag" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slug" varchar(50) NOT NULL UNIQUE)`,
		`CREATE TABLE "orm_test_article" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL, "slug" varchar(50) NOT NULL UNIQUE, "body" text NOT NULL, "status" varchar(10) NOT NULL, "author_id" bigint NOT NULL REFERENCES "orm_test_user" ("id") DEFERRABLE INITIALLY DEFERRED, "likes" bigint NOT NULL, "published" datetime NULL, "created" datetime NOT NULL)`,
		`CREATE TABLE "orm_test_article_tags" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "article_id" bigint NOT NULL REFERENCES "orm_test_article" ("id") DEFERRABLE INITIALLY DEFERRED, "tag_id" bigint NOT NULL REFERENCES "orm_test_tag" ("id") DEFERRABLE INITIALLY DEFERRED)`,
		`CREATE UNIQUE INDEX "x" ON "orm_test_article_tags" ("article_id", "tag_id")`,
	} {
		if _, err := orm.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	return ctx
}

func TestSmoke(t *testing.T) {
	ctx := open(t)
	if err := orm.ModelOf[Article]().Err(); err != nil {
		t.Fatal(err)
	}
	ada := &User{Username: "ada"}
	if err := orm.Create(ctx, ada); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC)
	tags := []*Tag{{Slug: "go"}, {Slug: "sql"}}
	if err := orm.Objects[Tag]().BulkCreate(ctx, tags); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		art := &Article{Title: fmt.Sprint("t", i), Slug: fmt.Sprint("s", i), Status: Live, Author: orm.To(ada), Published: &now}
		if err := orm.Create(ctx, art); err != nil {
			t.Fatal(err)
		}
		if err := art.Tags.Add(ctx, tags[i%2]); err != nil {
			t.Fatal(err)
		}
	}
	log := &orm.QueryLog{}
	lctx := orm.WithQueryLog(ctx, log)
	list, err := live().Filter(orm.Lte(a.Published, time.Now())).OrderBy(orm.Asc(&a.ID)).Limit(3).All(lctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 3 || !list[0].Published.Equal(now) {
		t.Fatalf("%+v", list)
	}
	for _, x := range list {
		au, err := x.Author.Get(lctx)
		if err != nil || au.Username != "ada" {
			t.Fatal(au, err)
		}
		tg, err := x.Tags.All(lctx)
		if err != nil || len(tg) != 1 {
			t.Fatal(tg, err)
		}
	}
	if log.Count() != 2 {
		t.Errorf("%d queries: %+v", log.Count(), log.Entries())
	}
	log.Reset()
	list, err = orm.Objects[Article]().All(lctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if _, err := x.Author.Get(lctx); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Tags.All(lctx); err != nil {
			t.Fatal(err)
		}
	}
	if log.Count() != 3 {
		t.Errorf("%d queries: %+v", log.Count(), log.Entries())
	}
	for _, e := range log.Entries() {
		t.Log(e.SQL, e.Args, e.Caller)
	}
	n, err := orm.Objects[Article]().Filter(orm.Eq(&a.Tags.To().Slug, "go"), orm.IContains(&a.Author.To().Username, "AD")).Count(ctx)
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	_, err = orm.Objects[Article]().Get(ctx, orm.Eq(&a.ID, 99))
	if !errors.Is(err, orm.ErrNotFound) {
		t.Fatal(err)
	}
	n, err = orm.Objects[Article]().Filter(orm.Eq(&a.ID, 1)).Update(ctx, orm.Set(&a.Title, "z"), orm.SetTo(&a.Likes, orm.F(&a.Likes).Plus(5)))
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	art, err := orm.Objects[Article]().Filter(orm.Lookup("likes__gt", 4)).Get(ctx)
	if err != nil || art.Title != "z" {
		t.Fatal(art, err)
	}
	_, err = orm.Objects[Article]().Filter(orm.Lookup("autor__name", 4)).Get(ctx)
	t.Log(err)
	_, err = orm.Delete(ctx, ada)
	t.Log(err)
	d, err := orm.Objects[Article]().Delete(ctx)
	t.Log(d, err)
	d, err = orm.Delete(ctx, ada)
	t.Log(d, err)
}
