//go:build unix

package orm_test

import (
	"context"
	"testing"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/nuages-go/nuages/bench/orm/ent"
	"github.com/nuages-go/nuages/bench/orm/ent/story"
)

type entDB struct{ db *ent.Client }

func openEnt(t testing.TB, vendor, url string) contender {
	name := dialect.Postgres
	if vendor == "sqlite" {
		name = dialect.SQLite
	}
	return entDB{ent.NewClient(ent.Driver(entsql.OpenDB(name, conn(t, vendor, url))))}
}

func (e entDB) Get(ctx context.Context, id int64) (any, error) {
	s, err := e.db.Story.Get(ctx, id)
	return []*ent.Story{s}, err
}

func (e entDB) live() *ent.StoryQuery {
	return e.db.Story.Query().Where(story.Status("live")).Order(ent.Desc(story.FieldID)).Limit(25)
}

func (e entDB) List(ctx context.Context) (any, error) { return e.live().All(ctx) }

// ListAuthors asks with two queries: ent has no join for this.
func (e entDB) ListAuthors(ctx context.Context) (any, error) { return e.live().WithAuthor().All(ctx) }

func (e entDB) ListTags(ctx context.Context) (any, error) { return e.live().WithTags().All(ctx) }

func (e entDB) Count(ctx context.Context) (int, error) {
	return e.db.Story.Query().Where(story.Status("live")).Count(ctx)
}

func (e entDB) Insert(ctx context.Context, slug string) (int64, error) {
	t, err := e.db.Tag.Create().SetSlug(slug).Save(ctx)
	if err != nil {
		return 0, err
	}
	return t.ID, nil
}

func (e entDB) InsertMany(ctx context.Context, slugs []string) error {
	for len(slugs) > 0 {
		part := slugs[:min(1000, len(slugs))]
		slugs = slugs[len(part):]
		err := e.db.Tag.MapCreateBulk(part, func(c *ent.TagCreate, i int) { c.SetSlug(part[i]) }).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

func (e entDB) Update(ctx context.Context, id, likes int64) (int, error) {
	return e.db.Story.Update().Where(story.ID(id)).SetLikes(likes).Save(ctx)
}

func (e entDB) rows(answer any) (out []row) {
	for _, s := range answer.([]*ent.Story) {
		r := row{ID: s.ID, Title: s.Title, Slug: s.Slug, Body: s.Body, Status: s.Status, AuthorID: s.AuthorID, Likes: s.Likes, Published: s.Published.UTC(), Created: s.Created.UTC()}
		if s.Edges.Author != nil {
			r.Author = s.Edges.Author.Name
		}
		for _, t := range s.Edges.Tags {
			r.Tags = append(r.Tags, t.Slug)
		}
		out = append(out, r.sorted())
	}
	return out
}
