package orm_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// New rows may have columns that the database computes; the object has their values afterwards.
func TestCreateComputed(t *testing.T) {
	tg := orm.Fields[newsroom.Tag]()
	tags := orm.Objects[newsroom.Tag]()
	join := func(s string) orm.Assignment { return orm.SetTo(&tg.Slug, orm.Concat(orm.Val(s[:1]), orm.Val(s[1:]))) }
	everywhere(t, func(t *testing.T, ctx context.Context) {
		tag := &newsroom.Tag{Slug: "ignored", Label: "kept"}
		must(t, orm.Create(ctx, tag, join("sky")))
		if tag.ID == 0 || tag.Slug != "sky" || tag.Label != "kept" {
			t.Errorf("Create = %+v", tag)
		}
		saved := &newsroom.Tag{Label: "s"}
		must(t, orm.Save(ctx, saved, join("sea"), orm.SetTo(&tg.Label, orm.Concat(orm.Val("the "), orm.Val("sea")))))
		if saved.ID == 0 || saved.Slug != "sea" || saved.Label != "the sea" {
			t.Errorf("Save = %+v", saved)
		}
		list := []*newsroom.Tag{{Slug: "m1"}, {Slug: "m2"}, {Slug: "m3", ID: 900}}
		must(t, tags.BulkCreate(ctx, list, orm.BulkOptions{Set: []orm.Assignment{orm.SetTo(&tg.Label, orm.Concat(orm.Val("MA"), orm.Val("NY")))}}))
		for _, x := range list {
			row, err := tags.Get(ctx, orm.Eq(&tg.Slug, x.Slug))
			must(t, err)
			if x.Label != "MANY" || row.Label != "MANY" || row.ID != x.ID {
				t.Errorf("BulkCreate: the object is %+v, the row %+v", x, row)
			}
		}
		counted := &newsroom.Tag{Slug: "n"}
		must(t, orm.Create(ctx, counted, orm.SetTo(&tg.Label, orm.Pluck(tags.Filter(orm.Eq(&tg.Slug, "sky")), &tg.Label))))
		if counted.Label != "kept" {
			t.Errorf("by a subquery: %+v", counted)
		}
		author := &newsroom.Author{Name: "Ana", Email: "ana@example.com"}
		must(t, orm.Create(ctx, author))
		st := orm.Fields[newsroom.Story]()
		story := &newsroom.Story{Title: "t", Slug: "t", Author: orm.To(author)}
		must(t, orm.Create(ctx, story, orm.SetTo(st.Published, orm.Now())))
		if story.Published == nil || time.Since(*story.Published).Abs() > time.Hour {
			t.Errorf("published = %v", story.Published)
		}
		must(t, orm.Save(ctx, story, orm.SetTo(&st.Title, orm.Upper(&st.Title)))) // a saved one may name columns
		if story.Title != "T" {
			t.Errorf("title = %q", story.Title)
		}

		for name, err := range map[string]error{
			"a column of the row":      orm.Create(ctx, &newsroom.Tag{Slug: "q"}, orm.SetTo(&tg.Label, orm.F(&tg.Slug))),
			"twice":                    orm.Create(ctx, &newsroom.Tag{Slug: "q"}, join("aa"), join("bb")),
			"another model":            orm.Create(ctx, &newsroom.Tag{Slug: "q"}, orm.SetTo(&st.Title, orm.Val("x"))),
			"no such field":            orm.Create(ctx, &newsroom.Tag{Slug: "q"}, orm.SetByName("nope", 1)),
			"an aggregate":             orm.Create(ctx, &newsroom.Tag{Slug: "q"}, orm.SetTo(&tg.ID, orm.Count(&tg.Label))),
			"a new one of some fields": orm.Save(ctx, &newsroom.Tag{Slug: "q"}, join("qq"), &tg.Label),
			"a new one that must be":   orm.Update(ctx, &newsroom.Tag{Slug: "q"}, join("qq")),
		} {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if n, err := tags.Filter(orm.Eq(&tg.Slug, "q")).Count(ctx); n != 0 || err != nil {
			t.Errorf("%d rows of refused ones, %v", n, err)
		}
	})
}

// The same in the tables of a model with parents.
func TestCreateComputedParts(t *testing.T) {
	r := orm.Fields[Restaurant]()
	eachDatabase(t, foodModels(), func(t *testing.T, ctx context.Context) {
		place := &Restaurant{Seats: 4}
		must(t, orm.Create(ctx, place, orm.SetTo(&r.Name, orm.Concat(orm.Val("BI"), orm.Val("G"))), orm.SetTo(&r.Seats, orm.Val[int64](3).Plus(2))))
		row, err := orm.Objects[Restaurant]().Get(ctx, orm.Lookup("pk", place.ID))
		must(t, err)
		if place.Name != "BIG" || place.Seats != 5 || row.Name != "BIG" || row.Seats != 5 {
			t.Errorf("the object is %s with %d seats, the row %s with %d", place.Name, place.Seats, row.Name, row.Seats)
		}
		err = orm.Objects[Restaurant]().BulkCreate(ctx, []*Restaurant{{}}, orm.BulkOptions{Set: []orm.Assignment{orm.Set(&r.Seats, 1)}})
		if err == nil || !strings.Contains(err.Error(), "parents") {
			t.Errorf("BulkCreate with Set: %v", err)
		}
	})
}

// A list of fields that is empty saves nothing; names that do not exist are errors that list the others.
func TestSaveNamed(t *testing.T) {
	ctx := open(t)
	_, tags, _ := seed(t, ctx)
	sent := 0
	ctx = listening(t, ctx, orm.PreSave[Tag]().On(func(context.Context, orm.SaveEvent[Tag]) error { sent++; return nil }))
	tag := tags[0]
	tag.Slug = "changed"
	must(t, orm.Save(ctx, tag, []any{}...))
	must(t, orm.SaveNamed(ctx, tag))
	row, err := orm.Objects[Tag]().Get(ctx, orm.Eq(&g.ID, tag.ID))
	must(t, err)
	if row.Slug != "go" || sent != 0 {
		t.Errorf("an empty list: the slug is %q, %d signals", row.Slug, sent)
	}
	if err := orm.SaveNamed(ctx, tag, "slag"); err == nil || !strings.Contains(err.Error(), "slag") || !strings.Contains(err.Error(), "slug") {
		t.Errorf("an unknown name: %v", err)
	}
	must(t, orm.SaveNamed(ctx, tag, "slug"))
	must(t, orm.Refresh(ctx, row))
	if row.Slug != "changed" || sent != 1 {
		t.Errorf("the slug is %q, %d signals", row.Slug, sent)
	}
}

func TestIdentity(t *testing.T) {
	ctx := open(t)
	_, tags, arts := seed(t, ctx)
	again, err := orm.Objects[Tag]().Get(ctx, orm.Eq(&g.ID, tags[0].ID))
	must(t, err)
	fresh := &Tag{}
	for name, got := range map[string]bool{
		"itself": orm.Same(tags[0], tags[0]), "loaded again": orm.Same(tags[0], again), "a new one itself": orm.Same(fresh, fresh),
		"nils": orm.Same[Tag, Tag](nil, nil), "not another": !orm.Same(tags[0], tags[1]), "not new ones": !orm.Same(fresh, &Tag{}),
		"not another model": !orm.Same(&User{ID: 1}, &Tag{ID: 1}), "not nil": !orm.Same(tags[0], (*Tag)(nil)),
	} {
		if !got {
			t.Error(name)
		}
	}
	seen := map[orm.Identity]bool{}
	for _, x := range []*Tag{tags[0], again, tags[1]} {
		id, err := orm.IdentityOf(x)
		must(t, err)
		seen[id] = true
	}
	if len(seen) != 2 {
		t.Errorf("%d identities, want 2: %v", len(seen), seen)
	}
	if _, err := orm.IdentityOf(fresh); err == nil || !strings.Contains(err.Error(), "not saved") {
		t.Errorf("IdentityOf a new object = %v", err)
	}

	if v, err := orm.GetField(arts[0], "author"); v != arts[0].Author.ID || err != nil {
		t.Errorf("author = %v, %v", v, err)
	}
	if v, err := orm.GetField(arts[0], "pk"); v != arts[0].ID || err != nil {
		t.Errorf("pk = %v, %v", v, err)
	}
	if _, err := orm.GetField(arts[0], "tags"); err == nil {
		t.Error("a relation to many is no field")
	}
	part, err := orm.Objects[Article]().Only(&a.Title).First(ctx)
	must(t, err)
	if v, err := orm.GetField(part, "title"); v != part.Title || err != nil {
		t.Errorf("title = %v, %v", v, err)
	}
	if _, err := orm.GetField(part, "body"); err == nil || !strings.Contains(err.Error(), "not loaded") {
		t.Errorf("a field that was left out = %v", err)
	}
}
