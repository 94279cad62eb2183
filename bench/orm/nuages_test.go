//go:build unix

package orm_test

import (
	"context"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/sqlite"
)

type User struct {
	ID   int64
	Name string
}

func (User) Fields(u *User) []orm.Field { return []orm.Field{orm.Char(&u.Name, 100)} }
func (User) Meta(*User) orm.Meta        { return orm.Meta{Table: "bench_user"} }

type Tag struct {
	ID   int64
	Slug string
}

func (Tag) Fields(t *Tag) []orm.Field { return []orm.Field{orm.Char(&t.Slug, 50)} }
func (Tag) Meta(*Tag) orm.Meta        { return orm.Meta{Table: "bench_tag"} }

type Story struct {
	ID        int64
	Title     string
	Slug      string
	Body      string
	Status    string
	Author    orm.FK[User]
	Tags      orm.Many[Tag]
	Likes     int64
	Published *time.Time
	Created   time.Time
}

func (Story) Fields(s *Story) []orm.Field {
	return []orm.Field{
		orm.Char(&s.Title, 200), orm.Char(&s.Slug, 200), orm.Char(&s.Status, 10), orm.Ref(&s.Author).OnDelete(orm.Cascade),
		orm.ManyToMany(&s.Tags).Table("bench_story_tags"),
	}
}
func (Story) Meta(*Story) orm.Meta { return orm.Meta{Table: "bench_story"} }

var s = orm.Fields[Story]()

type nuages struct{ db orm.Databases }

func openNuages(t testing.TB, _, url string) contender {
	db, err := orm.OpenURL(url, sqlite.Driver(), postgres.Driver())
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return nuages{orm.Databases{orm.DefaultDB: db}}
}

func (n nuages) ctx(ctx context.Context) context.Context { return orm.WithDatabases(ctx, n.db) }

func live() orm.Query[Story] {
	return orm.Objects[Story]().Filter(orm.Eq(&s.Status, "live")).OrderBy(orm.Desc(&s.ID)).Limit(25)
}

func (n nuages) Get(ctx context.Context, id int64) (any, error) {
	return orm.Objects[Story]().Get(n.ctx(ctx), orm.Eq(&s.ID, id))
}

func (n nuages) List(ctx context.Context) (any, error) { return live().All(n.ctx(ctx)) }

func (n nuages) ListAuthors(ctx context.Context) (any, error) {
	return live().Related(&s.Author).All(n.ctx(ctx))
}

func (n nuages) ListTags(ctx context.Context) (any, error) {
	return live().Prefetch(&s.Tags).All(n.ctx(ctx))
}

func (n nuages) Count(ctx context.Context) (int, error) {
	return orm.Objects[Story]().Filter(orm.Eq(&s.Status, "live")).Count(n.ctx(ctx))
}

func (n nuages) Insert(ctx context.Context, slug string) (int64, error) {
	t := Tag{Slug: slug}
	err := orm.Create(n.ctx(ctx), &t)
	return t.ID, err
}

func (n nuages) InsertMany(ctx context.Context, slugs []string) error {
	list := make([]*Tag, len(slugs))
	for i, slug := range slugs {
		list[i] = &Tag{Slug: slug}
	}
	return orm.Objects[Tag]().BulkCreate(n.ctx(ctx), list)
}

func (n nuages) Update(ctx context.Context, id, likes int64) (int, error) {
	return orm.Objects[Story]().Filter(orm.Eq(&s.ID, id)).Update(n.ctx(ctx), orm.Set(&s.Likes, likes))
}

func (n nuages) rows(answer any) (out []row) {
	list, ok := answer.([]*Story)
	if !ok {
		list = []*Story{answer.(*Story)}
	}
	for _, s := range list {
		r := row{ID: s.ID, Title: s.Title, Slug: s.Slug, Body: s.Body, Status: s.Status, AuthorID: s.Author.ID, Likes: s.Likes, Published: s.Published.UTC(), Created: s.Created.UTC()}
		if a, ok := s.Author.Loaded(); ok {
			r.Author = a.Name
		}
		tags, _ := s.Tags.Loaded()
		for _, t := range tags {
			r.Tags = append(r.Tags, t.Slug)
		}
		out = append(out, r.sorted())
	}
	return out
}
