package orm_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
)

// openPostgres is open on PostgreSQL.
func openPostgres(t *testing.T) context.Context {
	t.Helper()
	server := testservices.StartPostgres(t)
	db, err := postgres.Open(server.NewDatabase(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx := orm.WithDatabase(context.Background(), db)
	ctx = orm.WithModels(ctx, orm.ModelOf[Article](), orm.ModelOf[User](), orm.ModelOf[Tag]())
	createTables(t, ctx, orm.ModelOf[User](), orm.ModelOf[Tag](), orm.ModelOf[Article]())
	return ctx
}

func TestBulkUpdate(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) context.Context{
		"sqlite":     func(t *testing.T) context.Context { return open(t) },
		"postgresql": openPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := open(t)
			users, _, arts := seed(t, ctx)
			at := time.Date(2027, 2, 3, 4, 5, 6, 7000, time.UTC)
			for i, art := range arts {
				art.Title, art.Body, art.Likes = art.Title+`, "new" {\}`, "not written", -art.Likes
				art.Author.Set(users[(i+1)%2])
				if art.Published = nil; i%2 == 0 {
					art.Published = &at
				}
			}
			gone := &Article{ID: 9999, Title: "gone", Author: orm.To(users[0])}
			n, err := orm.Objects[Article]().BulkUpdate(ctx, append(arts, gone), &a.Title, &a.Likes, &a.Author, &a.Published)
			if err != nil || n != len(arts) {
				t.Fatalf("BulkUpdate = %d, %v, want %d rows", n, err, len(arts))
			}
			for i, want := range arts {
				got, err := orm.Objects[Article]().Get(ctx, orm.Eq(&a.ID, want.ID))
				must(t, err)
				if got.Title != want.Title || got.Likes != want.Likes || got.Body != "" || got.Author.ID != users[(i+1)%2].ID {
					t.Errorf("article %d = %+v", i, got)
				}
				if (got.Published == nil) != (want.Published == nil) || got.Published != nil && !got.Published.Equal(at) {
					t.Errorf("article %d: published = %v, want %v", i, got.Published, want.Published)
				}
			}
		})
	}
}

func TestBulkUpdateRefuses(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, _, arts := seed(t, ctx)
	q := orm.Objects[Article]()
	if _, err := q.BulkUpdate(ctx, []*Article{{Title: "unsaved"}}, &a.Title); !errors.Is(err, orm.ErrNotSaved) {
		t.Errorf("of an unsaved object: %v, want ErrNotSaved", err)
	}
	for name, field := range map[string]any{"the key": &a.ID, "no column": &a.Words, "many": &a.Tags, "another model": &u.Username} {
		if _, err := q.BulkUpdate(ctx, arts, field); err == nil {
			t.Errorf("of %s: no error", name)
		}
	}
	if _, err := q.BulkUpdate(ctx, arts); err == nil {
		t.Error("of no field: no error")
	}
	if n, err := q.BulkUpdate(ctx, nil, &a.Title); n != 0 || err != nil {
		t.Errorf("of no object: %d, %v", n, err)
	}
}

// A row that cannot be written leaves all as they were.
func TestBulkUpdateIsAtomic(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, _, arts := seed(t, ctx)
	for _, art := range arts {
		art.Slug = "same"
	}
	if _, err := orm.Objects[Article]().BulkUpdate(ctx, arts, &a.Slug); err == nil {
		t.Fatal("equal slugs were written")
	}
	if n, err := orm.Objects[Article]().Filter(orm.Eq(&a.Slug, "same")).Count(ctx); n != 0 || err != nil {
		t.Errorf("%d rows changed, %v", n, err)
	}
}

func TestCountIn(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	same := orm.Objects[Article]().Filter(orm.F(&a.Author.ID).Eq(orm.OuterRef(&u.ID)), orm.Gt(&a.Likes, 0))
	got, err := orm.Objects[User]().Filter(orm.CountIn(same).Is(2)).All(ctx)
	if err != nil || len(got) != 1 || got[0].Username != "ada" {
		t.Fatalf("users with two liked articles = %v, %v", got, err)
	}

	all := orm.Objects[Article]().Filter(orm.F(&a.Author.ID).Eq(orm.OuterRef(&a.Author.ID)))
	list, err := orm.Objects[Article]().Annotate(orm.As(&a.Words, orm.CountIn(all))).Limit(4).All(ctx)
	must(t, err)
	for _, art := range list {
		if art.Words != 3 {
			t.Errorf("%s: %d articles of the same author, want 3", art.Title, art.Words)
		}
	}
}

func TestQueueGet(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	var b orm.Batch
	ada := orm.QueueGet(&b, orm.Objects[User]().Filter(orm.Eq(&u.Username, "ada")))
	art := orm.QueueGet(&b, live().Filter(orm.Eq(&a.Slug, "sb")))
	must(t, b.Run(ctx))
	if ada.Value.Username != "ada" || art.Value.Slug != "sb" {
		t.Errorf("got %v and %v", ada.Value, art.Value)
	}

	for name, want := range map[string]error{"nobody": orm.ErrNotFound, "": orm.ErrMultiple} {
		var b orm.Batch
		q := orm.Objects[User]()
		if name != "" {
			q = q.Filter(orm.Eq(&u.Username, name))
		}
		orm.QueueGet(&b, q)
		if err := b.Run(ctx); !errors.Is(err, want) {
			t.Errorf("QueueGet of %q: %v, want %v", name, err, want)
		}
	}
}
