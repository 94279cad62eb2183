package orm_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

func TestSaveAssignments(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, _, arts := seed(t, ctx)
	art := arts[2]
	must(t, orm.Objects[Article]().Err())
	if _, err := articles.Filter(orm.Eq(&a.ID, art.ID)).Update(ctx, orm.Set(&a.Likes, 40)); err != nil {
		t.Fatal(err)
	}
	art.Title, art.Slug = "new", "unwritten"
	must(t, orm.Save(ctx, art, orm.SetTo(&a.Likes, orm.F(&a.Likes).Plus(2)), &a.Title))
	if art.Likes != 42 || column(t, ctx, "likes", art.ID) != int64(42) || column(t, ctx, "title", art.ID) != "new" || column(t, ctx, "slug", art.ID) != "sc" {
		t.Errorf("likes %d, row %v %v %v", art.Likes, column(t, ctx, "likes", art.ID), column(t, ctx, "title", art.ID), column(t, ctx, "slug", art.ID))
	}
	must(t, orm.Save(ctx, art, orm.Set(&a.Body, "plain")))
	if art.Body != "plain" {
		t.Errorf("body = %q", art.Body)
	}
	if err := orm.Save(ctx, art, orm.Set(&a.ID, 9)); err == nil || !strings.Contains(err.Error(), "cannot be assigned") {
		t.Errorf("a key: %v", err)
	}
	if err := orm.Save(ctx, art, orm.Set(&u.Username, "x")); err == nil {
		t.Error("another model's column was assigned")
	}
	art.ID = 999
	if err := orm.Save(ctx, art, orm.Set(&a.Body, "x")); !errors.Is(err, orm.ErrNotUpdated) {
		t.Errorf("a missing row: %v", err)
	}
}

func TestUpdateNeverInserts(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	must(t, orm.Update(ctx, &Tag{ID: 1, Slug: "golang"}))
	if err := orm.Update(ctx, &Tag{ID: 77, Slug: "none"}); !errors.Is(err, orm.ErrNotUpdated) {
		t.Errorf("Update of a missing row: %v", err)
	}
	if err := orm.Update(ctx, &Tag{Slug: "none"}); !errors.Is(err, orm.ErrNotSaved) {
		t.Errorf("Update without a key: %v", err)
	}
}

func TestSaveOfUnsavedRelation(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	author := &User{Username: "new"}
	art := &Article{Title: "t", Slug: "t"}
	art.Author.Set(author)
	err := orm.Create(ctx, art)
	ue, ok := errors.AsType[*orm.UnsavedError](err)
	if !ok || ue.Field != "Author" || !errors.Is(err, orm.ErrNotSaved) {
		t.Fatalf("Create = %v", err)
	}
	if got, err := art.Author.Get(ctx); got != author || err != nil {
		t.Errorf("the object that was set: %v %v", got, err)
	}
	must(t, orm.Create(ctx, author))
	must(t, orm.Create(ctx, art)) // takes over the key
	if art.Author.ID != author.ID {
		t.Errorf("key %d, want %d", art.Author.ID, author.ID)
	}
	art.Author.ID = 12345 // by hand: the key counts
	if err := orm.Save(ctx, art); err == nil {
		t.Error("the key that was set by hand was replaced")
	}
}

func TestTrack(t *testing.T) {
	t.Parallel()
	base := open(t)
	_, _, arts := seed(t, base)
	var log orm.QueryLog
	ctx := orm.WithQueryLog(orm.Track(base), &log)
	art, err := articles.Related(&a.Author).Get(ctx, orm.Eq(&a.ID, arts[1].ID))
	must(t, err)
	must(t, orm.Save(ctx, art))
	if log.Count() != 1 || orm.Changed(art) != nil {
		t.Errorf("%d statements, changed %v", log.Count(), orm.Changed(art))
	}
	author, _ := art.Author.Loaded()
	author.Username = "bea"
	must(t, orm.Save(ctx, author))
	art.Title, art.Published = "new", nil
	if got := orm.Changed(art); !slices.Equal(got, []string{"title", "published"}) {
		t.Errorf("Changed = %v", got)
	}
	before, ok := orm.Original(art, &a.Title)
	when, ok2 := orm.Original(art, &a.Published)
	if before != "Title B" || !ok || !ok2 || when == nil || !when.Equal(time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("Original = %q %v, %v %v", before, ok, when, ok2)
	}
	must(t, orm.Save(ctx, art))
	entries := log.Entries()
	if last := entries[len(entries)-1].SQL; !strings.Contains(last, `SET "title" = ?, "published" = ? WHERE`) {
		t.Errorf("statement %s", last)
	}
	if orm.Changed(art) != nil {
		t.Errorf("changed after Save: %v", orm.Changed(art))
	}
	art.Title = "" // zero values count
	must(t, orm.Save(ctx, art))
	if got := column(t, base, "title", art.ID); got != "" {
		t.Errorf("title = %q", got)
	}
	art.ID = 3
	if err := orm.Save(ctx, art); err == nil || !strings.Contains(err.Error(), "key of a tracked object") {
		t.Errorf("another key: %v", err)
	}
}

func TestTrackOfQueryAndNewObjects(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	tag, err := orm.Objects[Tag]().Track().OrderBy(orm.Asc(&g.ID)).First(ctx)
	must(t, err)
	tag.Slug = "x"
	if got := orm.Changed(tag); !slices.Equal(got, []string{"slug"}) {
		t.Errorf("Changed = %v", got)
	}
	plain, err := orm.Objects[Tag]().Last(ctx)
	must(t, err)
	plain.Slug = "y"
	if orm.Changed(plain) != nil {
		t.Error("an object that is not tracked has changes")
	}
	fresh := &Tag{Slug: "fresh"}
	must(t, orm.Create(orm.Track(ctx), fresh))
	if fresh.Slug = "newer"; !slices.Equal(orm.Changed(fresh), []string{"slug"}) {
		t.Errorf("of a new object: %v", orm.Changed(fresh))
	}
	part, err := articles.Track().Only(&a.Title).First(ctx)
	must(t, err)
	part.Body = "assigned"
	must(t, orm.Load(ctx, part, &a.Likes))
	if got := orm.Changed(part); !slices.Equal(got, []string{"body"}) {
		t.Errorf("of a partial object: %v", got)
	}
	must(t, orm.Save(ctx, part))
	if got := column(t, ctx, "body", part.ID); got != "assigned" {
		t.Errorf("body = %v", got)
	}
}

func TestManagerCreates(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	users, _, arts := seed(t, ctx)
	art := arts[0]
	must(t, art.Tags.Create(ctx, &Tag{Slug: "made"}))
	got, created, err := art.Tags.GetOrCreate(ctx, &Tag{Slug: "made"}, orm.Eq(&g.Slug, "made"))
	if err != nil || created || got.Slug != "made" {
		t.Errorf("GetOrCreate of what is there: %v %v %v", got, created, err)
	}
	_, created, err = art.Tags.GetOrCreate(ctx, &Tag{Slug: "more"}, orm.Eq(&g.Slug, "more"))
	if err != nil || !created {
		t.Errorf("GetOrCreate: %v %v", created, err)
	}
	got, created, err = art.Tags.UpdateOrCreate(ctx, art.Tags.Query().Filter(orm.Eq(&g.Slug, "more")), &Tag{Slug: "more"}, orm.Set(&g.Slug, "most"))
	if err != nil || created || got.Slug != "most" {
		t.Errorf("UpdateOrCreate: %v %v %v", got, created, err)
	}
	if n, err := art.Tags.Count(ctx); n != 3 || err != nil {
		t.Errorf("%d tags, %v", n, err)
	}
	by := &Article{Title: "by bob", Slug: "by-bob"}
	must(t, users[1].Articles.Create(ctx, by))
	if by.Author.ID != users[1].ID {
		t.Errorf("author %d", by.Author.ID)
	}
	must(t, users[0].Articles.Add(ctx, by))
	if author, ok := by.Author.Loaded(); !ok || author != users[0] || column(t, ctx, "author_id", by.ID) != users[0].ID {
		t.Errorf("added: %v %v", author, ok)
	}
	if err := users[1].Articles.Remove(ctx, by); err == nil || !errors.Is(err, orm.ErrNotFound) {
		t.Errorf("Remove of another's: %v", err)
	}
	must(t, users[1].Articles.Set(ctx, by)) // the key cannot be null: nothing is removed
	if n, err := users[1].Articles.Query().Count(ctx); n != 4 || err != nil {
		t.Errorf("%d articles, %v", n, err)
	}
	var missing orm.Many[Tag]
	if err := missing.Create(context.Background(), &Tag{}); !errors.Is(err, orm.ErrNotSaved) {
		t.Errorf("of an unsaved object: %v", err)
	}
}
