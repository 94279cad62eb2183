package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

type storyReview struct {
	Title string
	Note  string
	Stars int16
}

func storyReviews(ctx context.Context, q orm.Query[newsroom.Story]) (string, error) {
	list, err := orm.Values(q.OrderBy(orm.Asc(&st.ID), orm.Desc(&rv.ID)), func(r *storyReview) []orm.Pick {
		return []orm.Pick{orm.As(&r.Title, orm.F(&st.Title)), orm.As(&r.Note, orm.F(&rv.Note).Or("none")), orm.As(&r.Stars, orm.F(&rv.Stars).Or(0))}
	}).All(ctx)
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = strings.TrimPrefix(r.Title, "Story ") + ":" + r.Note
	}
	return strings.Join(out, " "), err
}

// The latest two reviews of each story, in one statement.
func TestLateral(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		stories := orm.Objects[newsroom.Story]()
		mine := orm.Objects[newsroom.Review]().Filter(orm.F(&rv.Story.ID).Eq(orm.OuterRef(&st.ID))).OrderBy(orm.Desc(&rv.ID))
		must(t, orm.Create(ctx, &newsroom.Story{Title: "Story 7", Slug: "s7", Section: newsroom.City, Author: orm.To(first(t, ctx, "ann"))}))
		for _, tt := range []struct {
			name string
			q    orm.Query[newsroom.Story]
			want string
		}{
			{"the last two", stories.Join(orm.Lateral(mine.Limit(2))), "1:1bob 1:1root 2:2cid 2:2bob 3:3root 4:4bob 4:4root 5:5cid 5:5bob 6:6root"},
			{"stories without", stories.LeftJoin(orm.Lateral(mine.Limit(1))), "1:1bob 2:2cid 3:3root 4:4bob 5:5cid 6:6root 7:none"},
			{"the second", stories.Join(orm.Lateral(mine.Slice(1, 2))), "1:1root 2:2bob 4:4root 5:5bob"},
			{"all but the first", stories.Join(orm.Lateral(mine.Offset(1))), "1:1root 2:2bob 2:2root 4:4root 5:5bob 5:5root"},
			{"with further conditions", stories.Join(orm.Lateral(mine.Filter(orm.Eq(&rv.Reviewer.To().Name, "bob")).Limit(5)), orm.Gt(&rv.Stars, 2)).Filter(orm.Gt(&st.Words, 100)), "2:2bob"},
			{"by the stars", stories.Join(orm.Lateral(mine.OrderBy(orm.Desc(&rv.Stars), orm.Asc(&rv.ID)).Limit(1))), "1:1bob 2:2cid 3:3root 4:4root 5:5cid 6:6root"},
			{"only bad ones", stories.Join(orm.Lateral(mine.Limit(2))).Filter(orm.Lte(&rv.Stars, 1)), "4:4bob"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				got, err := storyReviews(ctx, tt.q)
				if err != nil || got != tt.want {
					t.Errorf("got %q, %v, want %q", got, err, tt.want)
				}
			})
		}
		// Values of a struct beside objects.
		best := orm.Lateral(orm.Values(orm.Objects[newsroom.Story]().Filter(orm.F(&st.Author.ID).Eq(orm.OuterRef(&au.ID))).OrderBy(orm.Desc(&st.Words)).Limit(1), func(r *perAuthor) []orm.Pick {
			return []orm.Pick{orm.As(&r.Author.ID, orm.F(&st.Author.ID)), orm.As(&r.N, orm.Val[int64](1)), orm.As(&r.Words, orm.F(&st.Words))}
		}))
		names, err := orm.Objects[newsroom.Author]().Join(best).Filter(orm.Gt(&pa.Words, 400)).OrderBy(orm.Desc(&pa.Words)).All(ctx)
		must(t, err)
		if len(names) != 2 || names[0].Name != "dee" || names[1].Name != "bob" {
			t.Errorf("authors by their longest story = %+v", names)
		}
		// What only a real lateral join can do.
		fewer := orm.Objects[newsroom.Review]().Filter(orm.F(&rv.ID).Gt(orm.OuterRef(&st.ID))).OrderBy(orm.Asc(&rv.ID)).Limit(1)
		_, err = storyReviews(ctx, stories.Join(orm.Lateral(fewer)))
		d, derr := orm.DialectOf(ctx, "")
		must(t, derr)
		if d.Lateral != (err == nil) || err != nil && !strings.Contains(err.Error(), "OuterRef by Eq only") {
			t.Errorf("a lateral query by another comparison: %v", err)
		}
	})
}

func first(t *testing.T, ctx context.Context, name string) *newsroom.Author {
	t.Helper()
	x, err := orm.Objects[newsroom.Author]().Get(ctx, orm.Eq(&au.Name, name))
	must(t, err)
	return x
}

// A relation joined with conditions of its own.
func TestFilteredRelation(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		stories := orm.Objects[newsroom.Story]()
		byBob := stories.LeftJoin(orm.FilteredRelation(&st.Reviews, good, orm.Gte(&good.Stars, 3)))
		type row struct {
			ID int64
			N  int64
		}
		counts, err := orm.Values(byBob.OrderBy(orm.Asc(&st.ID)), func(r *row) []orm.Pick {
			return []orm.Pick{orm.As(&r.ID, orm.F(&st.ID)), orm.As(&r.N, orm.Count(&good.ID))}
		}).All(ctx)
		must(t, err)
		if got := fmt.Sprint(counts); got != "[{1 1} {2 3} {3 1} {4 1} {5 1} {6 0}]" {
			t.Errorf("good reviews by story = %s", got)
		}
		for _, tt := range []struct {
			name string
			q    orm.Query[newsroom.Story]
			want string
		}{
			{"not used", byBob, "123456"},
			{"filter", byBob.Filter(orm.Eq(&good.Reviewer.To().Name, "bob")), "12"},
			{"no such row", byBob.Filter(orm.IsNull(&good.ID)), "6"},
			{"order", byBob.Filter(orm.NotNull(&good.ID)).OrderBy(orm.Desc(&good.Stars), orm.Asc(&st.ID)), "2423125"},
			{"annotate", byBob.Alias(orm.Named("best", orm.Max(&good.Stars))).Filter(orm.Lookup("best__gte", 4)), "234"},
			{"exclude", byBob.Exclude(orm.Eq(&good.Stars, 5)), "1223" + "56"},
			{"over another relation", stories.LeftJoin(orm.FilteredRelation(&st.Author.To().Students, boss, orm.StartsWith(&boss.Name, "c"))).Filter(orm.NotNull(&boss.ID)), "1234"},
			{"beside the plain relation", byBob.Filter(orm.Eq(&st.Reviews.To().Note, "2cid"), orm.Eq(&good.Stars, 4)), "2"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				q := tt.q
				if tt.name != "order" {
					q = q.OrderBy(orm.Asc(&st.ID))
				}
				list, err := q.All(ctx)
				must(t, err)
				got := ""
				for _, s := range list {
					got += strings.TrimPrefix(s.Title, "Story ")
				}
				if got != tt.want {
					sql, _, _ := q.SQL(ctx)
					t.Errorf("got %s, want %s: %s", got, tt.want, sql)
				}
			})
		}
		n, err := byBob.Filter(orm.Gte(&good.Stars, 4)).Update(ctx, orm.Set(&st.Words, 1))
		must(t, err)
		if n != 3 {
			t.Errorf("updated %d, want 3", n)
		}
	})
}
