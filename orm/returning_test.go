package orm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

var tg = orm.Fields[newsroom.Tag]()

type noteStars struct {
	Note  string
	Stars int16
	Title string
}

func notes2(list []noteStars) string {
	var out []string
	for _, r := range list {
		out = append(out, fmt.Sprint(r.Note, r.Stars, r.Title))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestReturning(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		reviews := orm.Objects[newsroom.Review]()
		byBob := reviews.Filter(orm.Eq(&rv.Reviewer.To().Name, "bob"))
		list, err := byBob.UpdateReturning(ctx, orm.SetTo(&rv.Stars, orm.F(&rv.Stars).Plus(1)))
		must(t, err)
		sum := 0
		for _, r := range list {
			sum += int(r.Stars)
		}
		if len(list) != 4 || sum != 4+5+2+3 {
			t.Errorf("updated %d rows with %d stars, want 4 with 14", len(list), sum)
		}
		who, err := list[0].Reviewer.Get(ctx)
		if err != nil || who.Name != "bob" {
			t.Errorf("a relation of a returned object = %v, %v", who, err)
		}
		// With what RETURNING cannot give: joined objects, and values over relations.
		list, err = byBob.Related(&rv.Story).Filter(orm.Gte(&rv.Stars, 5)).UpdateReturning(ctx, orm.Set(&rv.Note, "top"))
		must(t, err)
		if s, ok := list[0].Story.Loaded(); len(list) != 1 || !ok || s.Title != "Story 2" || list[0].Note != "top" {
			t.Errorf("updated with its story = %+v", list)
		}
		pick := func(r *noteStars) []orm.Pick {
			return []orm.Pick{orm.As(&r.Note, orm.F(&rv.Note)), orm.As(&r.Stars, orm.F(&rv.Stars)), orm.As(&r.Title, orm.F(&rv.Story.To().Title))}
		}
		rows, err := orm.Values(byBob, pick).UpdateReturning(ctx, orm.SetTo(&rv.Stars, orm.F(&rv.Stars).Plus(10)))
		must(t, err)
		if got := notes2(rows); got != "1bob 14 Story 1 4bob 12 Story 4 5bob 13 Story 5 top 15 Story 2" && got != "1bob14Story 1 4bob12Story 4 5bob13Story 5 top15Story 2" {
			t.Errorf("updated values = %s", got)
		}
		own, err := orm.Values(byBob, func(r *noteStars) []orm.Pick {
			return []orm.Pick{orm.As(&r.Note, orm.Upper(&rv.Note)), orm.As(&r.Stars, orm.F(&rv.Stars))}
		}).UpdateReturning(ctx, orm.SetTo(&rv.Stars, orm.F(&rv.Stars).Minus(10)))
		must(t, err)
		if got := notes2(own); got != "1BOB4 4BOB2 5BOB3 TOP5" && got != "1BOB 4  4BOB 2  5BOB 3  TOP 5 " {
			t.Errorf("values of the row = %q", got)
		}

		gone, err := byBob.Filter(orm.Gt(&rv.Stars, 4)).DeleteReturning(ctx)
		must(t, err)
		if len(gone) != 1 || gone[0].Note != "top" {
			t.Errorf("deleted = %+v", gone)
		}
		rows, err = orm.Values(byBob, pick).DeleteReturning(ctx)
		must(t, err)
		if n, err := byBob.Count(ctx); len(rows) != 3 || n != 0 || err != nil {
			t.Errorf("deleted %v, %d are left, %v", rows, n, err)
		}
		// A delete that other rows hang on.
		stories, err := orm.Objects[newsroom.Story]().Filter(orm.Eq(&st.Author.To().Name, "ann")).DeleteReturning(ctx)
		must(t, err)
		left, err := reviews.Count(ctx)
		must(t, err)
		if len(stories) != 4 || left != 3 {
			t.Errorf("deleted %d stories, %d reviews are left, want 4 and 3", len(stories), left)
		}
		none, err := reviews.None().UpdateReturning(ctx, orm.Set(&rv.Note, "x"))
		if len(none) != 0 || err != nil {
			t.Errorf("nothing = %v, %v", none, err)
		}
		for name, err := range map[string]error{
			"slice":             second(reviews.Limit(1).UpdateReturning(ctx, orm.Set(&rv.Note, "x"))),
			"union":             second(reviews.Union(reviews).DeleteReturning(ctx)),
			"groups":            second(orm.Values(reviews, func(r *noteStars) []orm.Pick { return []orm.Pick{orm.As(&r.Stars, orm.Max(&rv.Stars))} }).DeleteReturning(ctx)),
			"update of a union": second(reviews.Filter(orm.Eq(&rv.Stars, 1)).Union(reviews.Filter(orm.Eq(&rv.Stars, 2))).Update(ctx, orm.Set(&rv.Note, "x"))),
		} {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

func second[V any](_ V, err error) error { return err }

func TestUpdateFrom(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		reviews, authors := orm.Objects[newsroom.Review](), orm.Objects[newsroom.Author]()
		n, err := reviews.Filter(orm.Gt(&rv.Story.To().Words, 400)).UpdateFrom(ctx, orm.SetTo(&rv.Note, orm.F(&rv.Story.To().Title)), orm.Set(&rv.Stars, 9))
		must(t, err)
		same, err := reviews.Filter(orm.F(&rv.Note).Eq(orm.F(&rv.Story.To().Title)), orm.Eq(&rv.Stars, 9)).Count(ctx)
		must(t, err)
		if n != 4 || same != 4 {
			t.Errorf("updated %d from their story, %d have its title; want 4", n, same)
		}
		n, err = authors.UpdateFrom(ctx, orm.SetTo(&au.Name, orm.Cast[string](orm.Count(&au.Stories.To().ID))))
		must(t, err)
		counts, err := orm.Values(authors.OrderBy(orm.Asc(&au.ID)), func(r *struct{ N string }) []orm.Pick { return []orm.Pick{orm.As(&r.N, orm.F(&au.Name))} }).All(ctx)
		must(t, err)
		if got := fmt.Sprint(counts); n != 5 || got != "[{0} {4} {1} {0} {1}]" {
			t.Errorf("updated %d to %s", n, got)
		}
		_, err = authors.UpdateFrom(ctx, orm.SetTo(&au.Name, orm.F(&au.Stories.To().Title)))
		if err == nil || !strings.Contains(err.Error(), "many rows") {
			t.Errorf("a value of many rows: %v", err)
		}
		_, err = reviews.Update(ctx, orm.SetTo(&rv.Note, orm.F(&rv.Story.To().Title)))
		if err == nil || !strings.Contains(err.Error(), "UpdateFrom") {
			t.Errorf("Update over a relation: %v", err)
		}
		sums := orm.With("sums", orm.Values(orm.Objects[newsroom.Story](), func(r *perAuthor) []orm.Pick {
			return []orm.Pick{orm.As(&r.Author.ID, orm.F(&st.Author.ID)), orm.As(&r.N, orm.CountAll()), orm.As(&r.Words, orm.Sum(&st.Words))}
		}))
		n, err = orm.Objects[newsroom.Story]().Join(sums, orm.F(&pa.Author.ID).Eq(orm.F(&st.Author.ID))).UpdateFrom(ctx, orm.SetTo(&st.Words, orm.F(&pa.Words)))
		must(t, err)
		total, err := orm.Aggregate(ctx, orm.Objects[newsroom.Story](), orm.Sum(&st.Words))
		must(t, err)
		if n != 6 || total != 4*1000+500+600 {
			t.Errorf("updated %d from sums, to %d words in all", n, total)
		}
	})
}

func TestUpsert(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		tags := orm.Objects[newsroom.Tag]()
		objs := func(pairs ...string) (out []*newsroom.Tag) {
			for i := 0; i < len(pairs); i += 2 {
				out = append(out, &newsroom.Tag{Slug: pairs[i], Label: pairs[i+1]})
			}
			return out
		}
		table := func() string {
			list, err := tags.OrderBy(orm.Asc(&tg.Slug)).All(ctx)
			must(t, err)
			var out []string
			for _, x := range list {
				out = append(out, x.Slug+"="+x.Label)
			}
			return strings.Join(out, " ")
		}
		on := []any{&tg.Slug}
		for _, tt := range []struct {
			name  string
			objs  []*newsroom.Tag
			o     orm.UpsertOptions
			want  string
			table string
		}{
			{"new", objs("a", "A", "b", "B"), orm.UpsertOptions{On: on}, "[inserted inserted]", "a=A b=B"},
			{"all columns", objs("c", "C", "a", "A2", "a", "A3"), orm.UpsertOptions{On: on}, "[inserted updated updated]", "a=A3 b=B c=C"},
			{"an expression", objs("a", "x", "d", "D"), orm.UpsertOptions{On: on, Set: []orm.Assignment{orm.SetTo(&tg.Label, orm.Concat(orm.F(&tg.Label), orm.Val("+"), orm.Excluded(&tg.Label)))}}, "[updated inserted]", "a=A3+x b=B c=C d=D"},
			{"a condition", objs("a", "Z", "b", "Z"), orm.UpsertOptions{On: on, If: orm.F(&tg.Label).Lt(orm.Val("B"))}, "[updated skipped]", "a=Z b=B c=C d=D"},
			{"a condition on the new", objs("a", "1", "b", "2"), orm.UpsertOptions{On: on, If: orm.Excluded(&tg.Label).Is("2")}, "[skipped updated]", "a=Z b=2 c=C d=D"},
			{"skip", objs("a", "q", "e", "E", "b", "q"), orm.UpsertOptions{On: on, Skip: true}, "[skipped inserted skipped]", "a=Z b=2 c=C d=D e=E"},
			{"skip by any constraint", objs("a", "q", "f", "F"), orm.UpsertOptions{Skip: true}, "[skipped inserted]", "a=Z b=2 c=C d=D e=E f=F"},
			{"hostile text", objs("a", `'); DROP TABLE x; --`), orm.UpsertOptions{On: on}, "[updated]", `a='); DROP TABLE x; -- b=2 c=C d=D e=E f=F`},
		} {
			t.Run(tt.name, func(t *testing.T) {
				got, err := tags.Upsert(ctx, tt.objs, tt.o)
				must(t, err)
				if fmt.Sprint(got) != tt.want {
					t.Errorf("outcomes = %v, want %v", got, tt.want)
				}
				if got := table(); got != tt.table {
					t.Errorf("the table is %s, want %s", got, tt.table)
				}
				for i, x := range tt.objs {
					row, err := tags.Get(ctx, orm.Eq(&tg.Slug, x.Slug))
					must(t, err)
					if got[i] != orm.Skipped && x.ID != row.ID {
						t.Errorf("object %d has key %d, its row %d", i, x.ID, row.ID)
					}
				}
			})
		}
		last := objs("a", "last")
		_, err := tags.Upsert(ctx, last, orm.UpsertOptions{On: on, Set: []orm.Assignment{orm.Set(&tg.Label, "set")}})
		must(t, err)
		if last[0].Label != "set" {
			t.Errorf("the object is not as its row: %+v", last[0])
		}
		bulk := objs("a", "bulk", "z", "Z")
		must(t, tags.BulkCreate(ctx, bulk, orm.BulkOptions{UpdateFields: []any{&tg.Label}, UniqueFields: on}))
		if bulk[0].ID != last[0].ID || bulk[1].ID == 0 {
			t.Errorf("keys after an upsert in bulk: %d and %d, want %d and another", bulk[0].ID, bulk[1].ID, last[0].ID)
		}
		// A clash over another constraint than the one named is an error, and nothing is done.
		first, err := tags.Get(ctx, orm.Eq(&tg.Slug, "a"))
		must(t, err)
		_, err = tags.Upsert(ctx, []*newsroom.Tag{{Slug: "g", Label: "G"}, {ID: first.ID, Slug: "h", Label: "H"}}, orm.UpsertOptions{On: on})
		if ce, ok := errors.AsType[*orm.ConstraintError](err); !ok || ce.Kind != orm.UniqueConstraint {
			t.Errorf("a clash of keys: %v", err)
		}
		if strings.Contains(table(), "g=") {
			t.Error("half of the rows were written")
		}
		many := make([]*newsroom.Tag, 600)
		for i := range many {
			many[i] = &newsroom.Tag{Slug: fmt.Sprint("m", i%500), Label: "x"}
		}
		outcomes, err := tags.Upsert(ctx, many, orm.UpsertOptions{On: on})
		must(t, err)
		if slices.Contains(outcomes[:500], orm.Updated) || slices.Contains(outcomes[500:], orm.Inserted) {
			t.Errorf("outcomes of many rows are wrong: %v", outcomes[495:505])
		}
		for name, o := range map[string]orm.UpsertOptions{
			"no columns": {}, "skip and set": {On: on, Skip: true, Set: []orm.Assignment{orm.Set(&tg.Label, "x")}},
			"another model's column": {On: []any{&st.Slug}}, "nothing to set": {On: []any{&tg.Slug, &tg.Label}},
			"over a relation": {On: on, Set: []orm.Assignment{orm.SetTo(&tg.Label, orm.F(&st.Title))}},
		} {
			if _, err := tags.Upsert(ctx, objs("a", "x"), o); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if _, err := tags.Filter(orm.Excluded(&tg.Label).Is("x")).All(ctx); err == nil || !strings.Contains(err.Error(), "outside of an Upsert") {
			t.Errorf("Excluded in a query: %v", err)
		}
	})
}
