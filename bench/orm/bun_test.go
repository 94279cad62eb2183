//go:build unix

package orm_test

import (
	"context"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

type bunUser struct {
	bun.BaseModel `bun:"table:bench_user"`

	ID   int64 `bun:",pk,autoincrement"`
	Name string
}

type bunTag struct {
	bun.BaseModel `bun:"table:bench_tag"`

	ID   int64 `bun:",pk,autoincrement"`
	Slug string
}

type bunStory struct {
	bun.BaseModel `bun:"table:bench_story,alias:story"`

	ID        int64 `bun:",pk,autoincrement"`
	Title     string
	Slug      string
	Body      string
	Status    string
	AuthorID  int64
	Author    *bunUser  `bun:"rel:belongs-to,join:author_id=id"`
	Tags      []*bunTag `bun:"m2m:bench_story_tags,join:Story=Tag"`
	Likes     int64
	Published *time.Time
	Created   time.Time
}

type bunStoryTag struct {
	bun.BaseModel `bun:"table:bench_story_tags"`

	ID      int64 `bun:",pk,autoincrement"`
	StoryID int64
	Story   *bunStory `bun:"rel:belongs-to,join:story_id=id"`
	TagID   int64
	Tag     *bunTag `bun:"rel:belongs-to,join:tag_id=id"`
}

type bunDB struct{ db *bun.DB }

func openBun(t testing.TB, vendor, url string) contender {
	var db *bun.DB
	if vendor == "sqlite" {
		db = bun.NewDB(conn(t, vendor, url), sqlitedialect.New())
	} else {
		db = bun.NewDB(conn(t, vendor, url), pgdialect.New())
	}
	db.RegisterModel((*bunStoryTag)(nil))
	return bunDB{db}
}

func (b bunDB) Get(ctx context.Context, id int64) (any, error) {
	s := new(bunStory)
	err := b.db.NewSelect().Model(s).Where("story.id = ?", id).Scan(ctx)
	return []*bunStory{s}, err
}

func (b bunDB) live(list *[]*bunStory) *bun.SelectQuery {
	return b.db.NewSelect().Model(list).Where("story.status = ?", "live").Order("story.id DESC").Limit(25)
}

func (b bunDB) List(ctx context.Context) (any, error) {
	var list []*bunStory
	err := b.live(&list).Scan(ctx)
	return list, err
}

func (b bunDB) ListAuthors(ctx context.Context) (any, error) {
	var list []*bunStory
	err := b.live(&list).Relation("Author").Scan(ctx)
	return list, err
}

func (b bunDB) ListTags(ctx context.Context) (any, error) {
	var list []*bunStory
	err := b.live(&list).Relation("Tags").Scan(ctx)
	return list, err
}

func (b bunDB) Count(ctx context.Context) (int, error) {
	n, err := b.db.NewSelect().Model((*bunStory)(nil)).Where("status = ?", "live").Count(ctx)
	return int(n), err
}

func (b bunDB) Insert(ctx context.Context, slug string) (int64, error) {
	t := &bunTag{Slug: slug}
	_, err := b.db.NewInsert().Model(t).Exec(ctx)
	return t.ID, err
}

func (b bunDB) InsertMany(ctx context.Context, slugs []string) error {
	list := make([]*bunTag, len(slugs))
	for i, slug := range slugs {
		list[i] = &bunTag{Slug: slug}
	}
	_, err := b.db.NewInsert().Model(&list).Exec(ctx)
	return err
}

func (b bunDB) Update(ctx context.Context, id, likes int64) (int, error) {
	res, err := b.db.NewUpdate().Model((*bunStory)(nil)).Set("likes = ?", likes).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

func (b bunDB) rows(answer any) (out []row) {
	for _, s := range answer.([]*bunStory) {
		r := row{ID: s.ID, Title: s.Title, Slug: s.Slug, Body: s.Body, Status: s.Status, AuthorID: s.AuthorID, Likes: s.Likes, Published: s.Published.UTC(), Created: s.Created.UTC()}
		if s.Author != nil {
			r.Author = s.Author.Name
		}
		for _, t := range s.Tags {
			r.Tags = append(r.Tags, t.Slug)
		}
		out = append(out, r.sorted())
	}
	return out
}
