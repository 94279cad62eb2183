package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

func numbers(list []*newsroom.Story) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(strings.TrimPrefix(s.Title, "Story "))
	}
	return b.String()
}

// Queries of one model are combined into one.
func TestCombineQueries(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		all := orm.Objects[newsroom.Story]().OrderBy(orm.Asc(&st.ID))
		by := func(name string) orm.Query[newsroom.Story] {
			return all.Filter(orm.Eq(&st.Reviews.To().Reviewer.To().Name, name))
		}
		short, long := all.Filter(orm.Lt(&st.Words, 250)), all.Filter(orm.Gt(&st.Words, 150))
		for _, tt := range []struct {
			name string
			q    orm.Query[newsroom.Story]
			want string
		}{
			{"and", short.And(long), "2"},
			{"or", short.Or(all.Filter(orm.Eq(&st.Words, 600))), "126"},
			{"xor", short.Xor(long), "13456"},
			{"or of three", short.Or(all.Filter(orm.Eq(&st.Words, 300)), all.Filter(orm.Eq(&st.Words, 500))), "1235"},
			{"or of excluded", all.Exclude(orm.Gt(&st.Words, 150)).Or(all.Exclude(orm.Lt(&st.Words, 550))), "16"},
			{"or over one relation", by("bob").Or(by("cid")), "122455"},
			{"and over one relation", by("bob").And(by("cid")), "25"},
			{"or of two filters", by("root").Filter(orm.Eq(&st.Reviews.To().Reviewer.To().Name, "cid")).Or(all.Filter(orm.Eq(&st.Words, 100))).Distinct(), "125"},
			{"with nothing", short.Or(all.None()), "12"},
			{"nothing or it", all.None().Or(short), "12"},
			{"and nothing", short.And(all.None()), ""},
			{"filtered on", short.Or(long).Filter(orm.Gt(&st.Words, 450)), "56"},
			{"the order of the last", short.Or(long.OrderBy(orm.Desc(&st.ID))), "654321"},
			{"union in the model's order", short.Union(long), "123456"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				for range 2 { // the second run finds the compiled statement
					list, err := tt.q.All(ctx)
					if got := numbers(list); err != nil || got != tt.want {
						sql, _, _ := tt.q.SQL(ctx)
						t.Fatalf("got %q, %v, want %q: %s", got, err, tt.want, sql)
					}
				}
			})
		}
		for name, q := range map[string]orm.Query[newsroom.Story]{
			"slice": short.Limit(1).Or(long), "distinct": short.Or(long.Distinct()), "union": short.And(short.Union(long)),
			"annotations": short.Or(long.Alias(orm.Named("n", orm.CountAll()))), "database": short.Or(long.Using("other")),
			"own annotations": short.Alias(orm.Named("n", orm.CountAll())).Or(long),
		} {
			if q.Err() == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

// Pages continue from a row, whatever is null and whichever way a column goes.
func TestKeysetNulls(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		who := staff(t, ctx)["ann"]
		half, one := 0.5, 1.0
		for i, score := range []*float64{&half, nil, &one, nil, &half} {
			must(t, orm.Create(ctx, &newsroom.Story{Title: "More", Slug: fmt.Sprint("k", i), Section: newsroom.Sport, Author: orm.To(who), Words: int64(i / 2), Score: score}))
		}
		q := orm.Objects[newsroom.Story]().Filter(orm.Eq(&st.Section, newsroom.Sport))
		for name, order := range map[string][]orm.Order{
			"ascending":        {orm.Asc(st.Score), orm.Asc(&st.ID)},
			"descending":       {orm.Desc(st.Score), orm.Asc(&st.ID)},
			"mixed":            {orm.Desc(&st.Words), orm.Asc(st.Score), orm.Desc(&st.ID)},
			"nulls first":      {orm.Desc(st.Score).NullsFirst(), orm.Asc(&st.ID)},
			"nulls last":       {orm.Asc(st.Score).NullsLast(), orm.Desc(&st.ID)},
			"names":            {orm.ByName("-score"), orm.ByName("id")},
			"no nulls to find": {orm.Asc(&st.Words), orm.Desc(&st.ID)},
		} {
			for _, sorted := range []orm.Query[newsroom.Story]{q.OrderBy(order...), q.OrderBy(order...).Reverse()} {
				list, err := sorted.All(ctx)
				must(t, err)
				for i, s := range list {
					after, err := sorted.After(s).All(ctx)
					must(t, err)
					before, err := sorted.Before(s).All(ctx)
					must(t, err)
					got := append(append(before, s), after...)
					if len(before) != i || fmt.Sprint(ids(got)) != fmt.Sprint(ids(list)) {
						t.Errorf("%s: around row %d: %v + %v, want %v", name, i, ids(before), ids(after), ids(list))
					}
				}
			}
		}
		s := &newsroom.Story{ID: 1}
		for name, q := range map[string]orm.Query[newsroom.Story]{
			"not unique": q.OrderBy(orm.Asc(&st.Words)).After(s), "over a relation": q.OrderBy(orm.Asc(&st.Author.To().Name), orm.Asc(&st.ID)).After(s),
			"slice": q.OrderBy(orm.Asc(&st.ID)).Slice(1, 2).After(s), "random": q.OrderBy(orm.ByName("?")).After(s),
		} {
			if q.Err() == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

func ids(list []*newsroom.Story) (out []int64) {
	for _, s := range list {
		out = append(out, s.ID)
	}
	return out
}

// Aggregates over what is not plain rows.
func TestAggregateOver(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		stories := orm.Objects[newsroom.Story]()
		reviewed := stories.Filter(orm.Gt(&st.Reviews.To().Stars, 1)) // a row for each review
		top := stories.OrderBy(orm.Desc(&st.Words)).Limit(3)
		for name, tt := range map[string]struct {
			q    orm.Query[newsroom.Story]
			e    orm.Expr[int64]
			want int64
		}{
			"distinct":                    {reviewed.Distinct(), orm.Sum(&st.Words), 2100},
			"not distinct":                {reviewed, orm.Sum(&st.Words), 100*2 + 200*3 + 300 + 400 + 500*2 + 600},
			"distinct over a relation":    {reviewed.Distinct(), orm.Count(&st.Author.To().Name).Distinct(), 3},
			"slice":                       {top, orm.Sum(&st.Words), 1500},
			"slice over a relation":       {top, orm.Count(&st.Author.To().Mentor.To().Name), 3},
			"slice over a nullable one":   {top, orm.Count(&st.Editor.To().Name), 0},
			"slice with a filter":         {top, orm.CountAll().Filter(orm.Eq(&st.Author.To().Name, "ann")), 1},
			"annotated slice":             {top.Wrap().Alias(orm.Named("n", orm.Count(&st.Reviews.To().ID))), orm.Sum(&st.Words), 1500},
			"hidden annotation":           {stories.Alias(orm.Named("n", orm.Count(&st.Reviews.To().ID))), orm.SumOf(orm.Name[int64]("n")), 12},
			"union":                       {stories.Filter(orm.Lt(&st.Words, 200)).Union(stories.Filter(orm.Gt(&st.Words, 500))), orm.Sum(&st.Words), 700},
			"union by Wrap and relations": {stories.Union(stories).Wrap(), orm.Count(&st.Author.To().Name).Distinct(), 3},
			"a window filter":             {stories.Alias(orm.Named("r", orm.RowNumber().Over(orm.Window{Partition: []orm.AnyExpr{orm.F(&st.Author.ID)}, Order: []orm.Order{orm.Desc(&st.Words)}}))).Filter(orm.Lookup("r", 1)), orm.Sum(&st.Words), 1500},
		} {
			got, err := orm.Aggregate(ctx, tt.q, tt.e)
			if err != nil || got != tt.want {
				t.Errorf("%s = %d, %v, want %d", name, got, err, tt.want)
			}
		}
		_, err := orm.Aggregate(ctx, stories.Union(stories), orm.Count(&st.Author.To().Name))
		if err == nil || !strings.Contains(err.Error(), "of its result only") {
			t.Errorf("a union over a relation: %v", err)
		}
		names, err := orm.Flat(ctx, stories.OrderBy(orm.Asc(&st.Author.To().Name)).Distinct(), orm.F(&st.Author.To().Name))
		if err != nil || fmt.Sprint(names) != "[ann bob dee]" {
			t.Errorf("Flat = %v, %v", names, err)
		}
		type total struct{ N int64 }
		groups, err := orm.Values(stories.OrderBy(), func(r *total) []orm.Pick { return []orm.Pick{orm.As(&r.N, orm.CountAll())} }).
			GroupBy(orm.F(&st.Author.ID)).OrderBy(orm.CountAll().Desc()).Slice(0, 2).All(ctx)
		if err != nil || fmt.Sprint(groups) != "[{4} {1}]" {
			t.Errorf("GroupBy = %v, %v", groups, err)
		}
	})
}

// The laws of orders, and what the ends of a list are.
func TestOrders(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		d, err := orm.DialectOf(ctx, "")
		must(t, err)
		stories, reviews, tags := orm.Objects[newsroom.Story](), orm.Objects[newsroom.Review](), orm.Objects[newsroom.Tag]()
		for name, tt := range map[string]struct{ got, want bool }{
			"key last":              {stories.OrderBy(orm.Asc(&st.Words), orm.Asc(&st.ID)).IsTotallyOrdered(), true},
			"model's order":         {stories.IsTotallyOrdered(), true},
			"not unique":            {stories.OrderBy(orm.Asc(&st.Words)).IsTotallyOrdered(), false},
			"none":                  {stories.OrderBy().IsTotallyOrdered(), false},
			"unique":                {tags.OrderBy(orm.Desc(&tg.Slug)).IsTotallyOrdered(), true},
			"unique together":       {reviews.OrderBy(orm.Asc(&rv.Stars), orm.Asc(&rv.Story), orm.Asc(&rv.Reviewer)).IsTotallyOrdered(), true},
			"half of the set":       {reviews.OrderBy(orm.Asc(&rv.Story)).IsTotallyOrdered(), false},
			"unique with condition": {stories.OrderBy(orm.Asc(&st.Author)).IsTotallyOrdered(), false},
			"random":                {stories.OrderBy(orm.ByName("?")).IsTotallyOrdered(), false},
			"key by name":           {stories.OrderBy(orm.ByName("-pk")).IsTotallyOrdered(), true},
			"expression":            {stories.OrderBy(orm.Lower(&st.Title).Asc()).IsTotallyOrdered(), false},
		} {
			if tt.got != tt.want {
				t.Errorf("IsTotallyOrdered, %s = %v", name, tt.got)
			}
		}
		x, err := stories.Latest(ctx, &st.Words)
		y, err2 := stories.Earliest(ctx, &st.Author.To().Name, orm.Desc(&st.Words))
		if err != nil || err2 != nil || x.Words != 600 || y.Words != 400 {
			t.Errorf("Latest = %+v, %v; Earliest = %+v, %v", x, err, y, err2)
		}
		if _, err := stories.Limit(2).Latest(ctx, &st.Words); err == nil {
			t.Error("Latest of a slice: no error")
		}
		if _, err := reviews.Latest(ctx); err == nil || !strings.Contains(err.Error(), "LatestBy") {
			t.Errorf("Latest of nothing: %v", err)
		}
		if sql, _, err := stories.OrderBy().Limit(1).SQL(ctx); err != nil || strings.Contains(sql, "ORDER BY") {
			t.Errorf("OrderBy() leaves an order: %s, %v", sql, err)
		}

		// DISTINCT ON.
		best := stories.OrderBy(orm.Asc(&st.Author.ID), orm.Desc(&st.Words)).DistinctOn(&st.Author)
		list, err := best.All(ctx)
		if d.DistinctOn {
			if got := numbers(list); err != nil || got != "456" {
				t.Errorf("DistinctOn = %s, %v", got, err)
			}
			if n, err := best.Count(ctx); n != 3 || err != nil {
				t.Errorf("count of DistinctOn = %d, %v", n, err)
			}
			_, err = stories.OrderBy(orm.Desc(&st.Words)).DistinctOn(&st.Author).All(ctx)
			if err == nil || !strings.Contains(err.Error(), "must begin with") {
				t.Errorf("DistinctOn in another order: %v", err)
			}
			_, err = best.Update(ctx, orm.Set(&st.Words, 1))
			if err == nil {
				t.Error("update after DistinctOn: no error")
			}
		} else if err == nil || !strings.Contains(err.Error(), "orm.RowNumber") {
			t.Errorf("DistinctOn: %v", err)
		}

		// Unions keep the model's order, and take their own.
		u := stories.Filter(orm.Lt(&st.Words, 300)).Union(stories.Filter(orm.Gt(&st.Words, 400)))
		for name, tt := range map[string]struct {
			q    orm.Query[newsroom.Story]
			want string
		}{
			"by a column": {u.OrderBy(orm.Desc(&st.Words)), "6521"}, "reversed": {u.OrderBy(orm.Desc(&st.Words)).Reverse(), "1256"},
			"slice": {u.OrderBy(orm.ByName("-words")).Slice(1, 3), "52"}, "the model's": {u, "1256"}, "wrapped": {u.Wrap().OrderBy(orm.Asc(&st.Author.To().Name), orm.Desc(&st.ID)), "2156"},
			"annotated": {u.Wrap().Alias(orm.Named("n", orm.Count(&st.Reviews.To().ID))).Filter(orm.Lookup("n", 3)).OrderBy(orm.Asc(&st.ID)), "25"},
		} {
			list, err := tt.q.All(ctx)
			if got := numbers(list); err != nil || got != tt.want {
				t.Errorf("union, %s = %s, %v, want %s", name, got, err, tt.want)
			}
		}
		for name, q := range map[string]orm.Query[newsroom.Story]{
			"over a relation": u.OrderBy(orm.Asc(&st.Author.To().Name)), "expression": u.OrderBy(orm.Lower(&st.Title).Asc()),
		} {
			if _, err := q.All(ctx); err == nil || !strings.Contains(err.Error(), "Wrap") {
				t.Errorf("union, %s: %v", name, err)
			}
		}
	})
}

// Plans, one statement at a time, and statements that stay in their database.
func TestQueryCorners(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		d, err := orm.DialectOf(ctx, "")
		must(t, err)
		stories, authors := orm.Objects[newsroom.Story](), orm.Objects[newsroom.Author]()
		for name, tt := range map[string]struct {
			o  orm.ExplainOptions
			ok bool
		}{
			"plain":   {orm.ExplainOptions{}, true},
			"json":    {orm.ExplainOptions{Format: "json"}, d.Name != "sqlite"},
			"analyze": {orm.ExplainOptions{Analyze: true}, d.Name != "sqlite"},
			"more":    {orm.ExplainOptions{Verbose: true, Buffers: true, Settings: true, Summary: true, Analyze: true, Format: "yaml"}, d.Name == "postgresql"},
			"hostile": {orm.ExplainOptions{Format: "json) SELECT 1; --"}, false},
		} {
			plan, err := stories.Explain(ctx, tt.o)
			if tt.ok != (err == nil && plan != "") {
				t.Errorf("Explain, %s = %q, %v", name, plan, err)
			}
		}
		_, err = orm.Raw[newsroom.Story]("SELECT title FROM newsroom_story").All(ctx)
		if err == nil || !strings.Contains(err.Error(), "primary key") {
			t.Errorf("Raw without the key: %v", err)
		}
		elsewhere := authors.Using("other")
		for name, q := range map[string]orm.Query[newsroom.Story]{
			"In":     stories.Filter(orm.InQuery(&st.Author.ID, orm.Pluck(elsewhere, &au.ID))),
			"Exists": stories.Filter(orm.ExistsIn(elsewhere)),
			"nested": stories.Filter(orm.InQuery(&st.Author.ID, orm.Pluck(authors.Filter(orm.ExistsIn(elsewhere)), &au.ID))),
			"Join":   stories.Join(orm.Subtable(elsewhere), orm.F(&au.ID).Eq(orm.F(&st.Author.ID))),
			"With":   stories.Join(orm.With("w", elsewhere), orm.F(&au.ID).Eq(orm.F(&st.Author.ID))),
			"Union":  stories.Union(stories.Using("other")),
			"Lookup": stories.Filter(orm.Lookup("author__in", elsewhere)),
		} {
			if _, err := q.All(ctx); err == nil || !strings.Contains(err.Error(), `"other"`) {
				t.Errorf("%s with a query of another database: %v", name, err)
			}
		}
		_, err = stories.Filter(orm.InQuery(&st.Author.ID, orm.Pluck(elsewhere, &au.ID))).Update(ctx, orm.Set(&st.Words, 1))
		if err == nil || !strings.Contains(err.Error(), `"other"`) {
			t.Errorf("an update with a query of another database: %v", err)
		}
		n, err := stories.Filter(orm.InQuery(&st.Author.ID, orm.Pluck(authors.Using("default").OrderBy(orm.Asc(&au.Name)).Limit(2), &au.ID))).Count(ctx)
		if err != nil || n != 5 {
			t.Errorf("a slice inside In = %d, %v, want 5", n, err)
		}

		// Conditions on window functions with everything around them.
		placed := stories.Alias(orm.Named("place", orm.RowNumber().Over(orm.Window{Partition: []orm.AnyExpr{orm.F(&st.Author.ID)}, Order: []orm.Order{orm.Desc(&st.Words)}}))).
			Filter(orm.Lookup("place__lte", 2)).OrderBy(orm.Desc(&st.Words))
		list, err := placed.All(ctx)
		if got := numbers(list); err != nil || got != "6543" {
			t.Errorf("filter on a window = %s, %v", got, err)
		}
		n, err = placed.Count(ctx)
		ok, err2 := placed.Filter(orm.Gt(&st.Words, 550)).Exists(ctx)
		if err != nil || err2 != nil || n != 4 || !ok {
			t.Errorf("count %d, exists %v, %v, %v", n, ok, err, err2)
		}
		list, err = placed.Slice(1, 3).All(ctx)
		if got := numbers(list); err != nil || got != "54" {
			t.Errorf("slice = %s, %v", got, err)
		}
		n, err = stories.Filter(orm.InQuery(&st.ID, orm.Pluck(placed, &st.ID))).Update(ctx, orm.SetTo(&st.Words, orm.F(&st.Words).Plus(1)))
		m, err2 := placed.Update(ctx, orm.SetTo(&st.Words, orm.F(&st.Words).Plus(1)))
		if err != nil || err2 != nil || n != 4 || m != 4 {
			t.Errorf("updated %d and %d, %v, %v", n, m, err, err2)
		}
		random, err := stories.OrderBy(orm.ByName("?")).All(ctx)
		if err != nil || len(random) != 6 {
			t.Errorf("at random: %d, %v", len(random), err)
		}
		// Refused after a slice, as the rows would be others.
		sliced := stories.OrderBy(orm.Asc(&st.ID)).Limit(2)
		_, del := sliced.Delete(ctx)
		for name, err := range map[string]error{
			"Filter": sliced.Filter(orm.Gt(&st.Words, 1)).Err(), "OrderBy": sliced.OrderBy().Err(), "Reverse": sliced.Reverse().Err(), "Distinct": sliced.Distinct().Err(),
			"Annotate": sliced.Alias(orm.Named("n", orm.CountAll())).Err(), "DistinctOn": sliced.DistinctOn(&st.Words).Err(), "Delete": del,
			"Last": second(sliced.Last(ctx)), "InBulk": second(orm.InBulk(ctx, sliced, &st.ID, 1)), "Update": second(sliced.Update(ctx, orm.Set(&st.Words, 1))),
		} {
			if err == nil || !strings.Contains(err.Error(), "slice") {
				t.Errorf("%s after a slice: %v", name, err)
			}
		}
		slow, cancel := context.WithTimeout(ctx, time.Nanosecond)
		defer cancel()
		time.Sleep(time.Millisecond)
		if _, err := stories.All(slow); err == nil {
			t.Error("a query after its deadline: no error")
		}
	})
}

// A slice of a prefetch is one of each object's rows.
func TestPrefetchSlice(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		for i, name := range []string{"x", "y", "z"} {
			tag := &newsroom.Tag{Slug: name, Label: name}
			must(t, orm.Create(ctx, tag))
			list, err := orm.Objects[newsroom.Story]().Filter(orm.Gt(&st.ID, int64(i))).All(ctx)
			must(t, err)
			for _, s := range list {
				must(t, s.Tags.Add(ctx, tag))
			}
		}
		stories := orm.Objects[newsroom.Story]().OrderBy(orm.Asc(&st.ID))
		newest := orm.Objects[newsroom.Review]().OrderBy(orm.Desc(&rv.ID))
		tags := orm.Objects[newsroom.Tag]().OrderBy(orm.Desc(&tg.Slug))
		for _, tt := range []struct {
			name    string
			reviews orm.Query[newsroom.Review]
			tags    orm.Query[newsroom.Tag]
			want    string
		}{
			{"first two", newest.Limit(2), tags.Limit(1), "1bob 1root x|2cid 2bob y|3root z|4bob 4root z|5cid 5bob z|6root z"},
			{"the second", newest.Slice(1, 2), tags.Slice(1, 3), "1root|2bob x|y x|4root y x|5bob y x|y x"},
			{"from the second on", newest.Offset(1).Related(&rv.Reviewer), tags.Offset(2), "1root|2bob 2root|x|4root x|5bob 5root x|x"},
			{"filtered", newest.Filter(orm.Eq(&rv.Reviewer.To().Name, "root")).Limit(1), tags.Reverse().Limit(1), "1root x|2root x|3root x|4root x|5root x|6root x"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				list, err := orm.PrefetchQuery(orm.PrefetchQuery(stories, &st.Reviews, tt.reviews), &st.Tags, tt.tags).All(ctx)
				must(t, err)
				var out []string
				for _, s := range list {
					var row []string
					reviews, _ := s.Reviews.Loaded()
					for _, r := range reviews {
						row = append(row, r.Note)
					}
					found, _ := s.Tags.Loaded()
					for _, x := range found {
						row = append(row, x.Slug)
					}
					out = append(out, strings.Join(row, " "))
				}
				if got := strings.Join(out, "|"); got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			})
		}
		one, err := orm.PrefetchQuery(stories.Filter(orm.Eq(&st.Slug, "s2")), &st.Reviews, newest.Limit(1)).All(ctx)
		must(t, err)
		if got, _ := one[0].Reviews.Loaded(); len(got) != 1 || got[0].Note != "2cid" {
			t.Errorf("of one story: %+v", got)
		}
		for name, q := range map[string]orm.Query[newsroom.Story]{
			"union": orm.PrefetchQuery(stories, &st.Reviews, newest.Union(newest)), "distinct": orm.PrefetchQuery(stories, &st.Reviews, newest.Distinct().Limit(1)),
		} {
			if _, err := q.All(ctx); err == nil || !strings.Contains(err.Error(), "Wrap") {
				t.Errorf("prefetch of a %s: %v", name, err)
			}
		}
		u := stories.Union(stories)
		for name, q := range map[string]orm.Query[newsroom.Story]{
			"Distinct": u.Distinct(), "Related": u.Related(&st.Author), "Only": u.Only(&st.Title), "Filter": u.Filter(orm.Eq(&st.ID, 1)), "Join": u.Join(orm.Subtable(tags)),
			"Exclude": u.Exclude(orm.Eq(&st.ID, 1)), "Alias": u.Alias(orm.Named("n", orm.CountAll())), "DistinctOn": u.DistinctOn(&st.ID), "After": u.After(&newsroom.Story{ID: 1}),
		} {
			if q.Err() == nil || !strings.Contains(q.Err().Error(), "union") {
				t.Errorf("%s after a union: %v", name, q.Err())
			}
		}
		rows, err := u.OrderBy(orm.Desc(&st.ID)).ValuesByName("id", "slug").Limit(1).Maps(ctx)
		if err != nil || fmt.Sprint(rows) != "[map[id:6 slug:s6]]" {
			t.Errorf("values of a union = %v, %v", rows, err)
		}
		if _, err := u.Dates(ctx, "created_at", "day", false); err == nil {
			t.Error("dates of a union: no error")
		}
		if _, err := stories.ValuesByName("id").Delete(ctx); err == nil {
			t.Error("delete of values: no error")
		}
	})
}
