package orm_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Loud has a column that the database computes, and a key to a column that is not the primary key.
type Loud struct {
	ID    int64
	FChar string
	Calls int64
	Upper string
	Place orm.ForeignKey[Spot, string]
}

func (Loud) Fields(l *Loud) []orm.Field {
	return []orm.Field{
		orm.Char(&l.FChar, 20), orm.Generated(&l.Upper, orm.Upper(&l.FChar), schema.Field{Kind: schema.Char, MaxLength: 20}, true),
		orm.Ref(&l.Place).ToField("code").Null(),
	}
}

type Spot struct {
	ID   int64
	Code string
}

func (Spot) Fields(s *Spot) []orm.Field { return []orm.Field{orm.Char(&s.Code, 8).Unique()} }

// What the database computes is in the object after a Save, on all databases.
func TestSaveReadsBack(t *testing.T) {
	everywhere(t, func(t *testing.T, ctx context.Context) {
		models := []orm.Model{orm.ModelOf[Spot](), orm.ModelOf[Loud]()}
		createTables(t, ctx, models...)
		ctx = orm.WithModels(ctx, models...)
		l := orm.Fields[Loud]()
		obj := &Loud{FChar: "one"}
		must(t, orm.Create(ctx, obj))
		obj.FChar = "two"
		must(t, orm.Save(ctx, obj))
		if obj.Upper != "TWO" {
			t.Errorf("after Save: %q", obj.Upper)
		}
		obj.FChar = "three"
		must(t, orm.Save(ctx, obj, &l.FChar, orm.SetTo(&l.Calls, orm.F(&l.Calls).Plus(3))))
		if obj.Upper != "THREE" || obj.Calls != 3 {
			t.Errorf("after Save with an expression: %q %d", obj.Upper, obj.Calls)
		}
		must(t, orm.Save(ctx, obj, orm.SetTo(&l.FChar, orm.Val("four"))))
		if obj.Upper != "FOUR" || obj.FChar != "four" {
			t.Errorf("after Save of an expression alone: %q %q", obj.Upper, obj.FChar)
		}
		tracked, err := orm.Objects[Loud]().Track().Get(ctx, orm.Eq(&l.ID, obj.ID))
		must(t, err)
		tracked.Calls++
		must(t, orm.Save(ctx, tracked))
		if orm.Changed(tracked) != nil {
			t.Errorf("changed after Save: %v", orm.Changed(tracked))
		}

		spot := &Spot{Code: "here"}
		must(t, orm.Create(ctx, spot))
		obj.Place.Set(spot)
		must(t, orm.Save(ctx, obj))
		fresh, err := orm.Objects[Loud]().Get(ctx, orm.Eq(&l.ID, obj.ID))
		must(t, err)
		if fresh.Place.ID != "here" {
			t.Errorf("the key to a code is %q", fresh.Place.ID)
		}
	})
}

// Rows of a through model get its values and defaults.
func TestThroughValues(t *testing.T) {
	everywhere(t, func(t *testing.T, ctx context.Context) {
		var heard []string
		r, s := orm.Fields[newsroom.Review](), orm.Fields[newsroom.Story]()
		ctx = listening(t, ctx, orm.ManyChanged(&s.Reviewers).On(func(_ context.Context, e orm.ManyEvent) error {
			heard = append(heard, fmt.Sprint(e.Action, len(e.Keys)))
			return nil
		}))
		authors := []*newsroom.Author{{Name: "Ana", Email: "a@example.com"}, {Name: "Ben", Email: "b@example.com"}, {Name: "Cleo", Email: "c@example.com"}}
		must(t, orm.Objects[newsroom.Author]().BulkCreate(ctx, authors))
		story := &newsroom.Story{Title: "t", Slug: "t", Author: orm.To(authors[0])}
		must(t, orm.Create(ctx, story))
		must(t, story.Reviewers.With(orm.Set(&r.Stars, 5), orm.Set(&r.Note, "fine")).Add(ctx, authors[0], authors[1]))
		must(t, story.Reviewers.With(orm.Set(&r.Stars, 1)).Set(ctx, authors[1], authors[2]))
		list, err := orm.Objects[newsroom.Review]().OrderBy(orm.Asc(&r.Reviewer.ID)).All(ctx)
		must(t, err)
		got := ""
		for _, x := range list {
			got += fmt.Sprintf("%d:%d%s ", x.Reviewer.ID-authors[0].ID, x.Stars, x.Note)
		}
		if got != "1:5fine 2:1 " {
			t.Errorf("reviews: %s", got)
		}
		must(t, story.Reviewers.With(orm.Set(&r.Stars, 2)).Clearing().Set(ctx, authors[1]))
		if n, err := orm.Objects[newsroom.Review]().Filter(orm.Eq(&r.Stars, 2)).Count(ctx); n != 1 || err != nil {
			t.Errorf("%d reviews made anew, %v", n, err)
		}
		if fmt.Sprint(heard) != "[pre_add2 post_add2 pre_remove1 post_remove1 pre_add1 post_add1 pre_clear0 post_clear0 pre_add1 post_add1]" {
			t.Errorf("heard %v", heard)
		}
		if err := story.Tags.With(orm.Set(&r.Stars, 2)).AddIDs(ctx, 1); err == nil {
			t.Error("values for a table without a model")
		}
	})
}
