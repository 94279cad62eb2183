package orm_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// seedStories makes n stories of two authors; every third has two tags, every fifth no time.
func seedStories(t testing.TB, ctx context.Context, n int) {
	t.Helper()
	authors := []*newsroom.Author{{Name: "b", Email: "b@x"}, {Name: "a", Email: "a@x"}}
	must(t, orm.Objects[newsroom.Author]().BulkCreate(ctx, authors))
	tags := []*newsroom.Tag{{Slug: "x", Label: "x"}, {Slug: "y", Label: "y"}}
	must(t, orm.Objects[newsroom.Tag]().BulkCreate(ctx, tags))
	who, err := orm.Objects[newsroom.Author]().OrderBy(orm.ByName("id")).All(ctx)
	must(t, err)
	labels, err := orm.Objects[newsroom.Tag]().OrderBy(orm.ByName("id")).All(ctx)
	must(t, err)
	var list []*newsroom.Story
	for i := range n {
		s := &newsroom.Story{Title: fmt.Sprint("t", i%7), Slug: fmt.Sprint("s", i), Section: newsroom.City, Words: int64(i % 11), Author: orm.To(who[i%2])}
		if i%5 > 0 {
			at := time.Date(2026, 1, 1+i%9, 0, 0, 0, 0, time.UTC)
			s.Published = &at
		}
		list = append(list, s)
	}
	must(t, orm.Objects[newsroom.Story]().BulkCreate(ctx, list))
	all, err := orm.Objects[newsroom.Story]().OrderBy(orm.ByName("id")).All(ctx)
	must(t, err)
	for i, s := range all {
		if i%3 == 0 {
			must(t, s.Tags.Add(ctx, labels...))
		}
	}
}

// iterQueries are queries of each way that Iter goes.
func iterQueries() map[string]orm.Query[newsroom.Story] {
	q := orm.Objects[newsroom.Story]()
	return map[string]orm.Query[newsroom.Story]{
		"no order":            q.OrderBy(),
		"the model's order":   q,
		"a column":            q.OrderBy(orm.Asc(&st.Words)),
		"directions":          q.OrderBy(orm.Desc(&st.Words), orm.Asc(&st.Title)),
		"nulls":               q.OrderBy(orm.Asc(st.Published).NullsFirst()),
		"reversed":            q.OrderBy(orm.Desc(st.Published)).Reverse(),
		"a relation's column": q.OrderBy(orm.Desc(&st.Author.ID)),
		"a relation's order":  q.OrderBy(orm.Asc(&st.Author), orm.Asc(&st.ID)),
		"a related column":    q.OrderBy(orm.Asc(&st.Author.To().Name), orm.Desc(&st.ID)),
		"an expression":       q.OrderBy(orm.F(&st.Words).Times(-1).Asc(), orm.Asc(&st.ID)),
		"a name":              q.OrderBy(orm.ByName("-words")),
		"many rows":           q.Filter(orm.Ne(&st.Tags.To().Slug, "z")).OrderBy(orm.Asc(&st.ID)),
		"many rows, once":     q.Filter(orm.NotNull(&st.Tags.To().ID)).OrderBy(orm.Asc(&st.ID)).Distinct(),
		"counted":             q.Annotate(orm.Named("n", orm.Count(&st.Tags.To().ID))).OrderBy(orm.ByName("-n"), orm.Asc(&st.ID)),
		"grouped":             q.Annotate(orm.Named("n", orm.Count(&st.Tags.To().ID))).OrderBy(orm.Asc(&st.Words)),
		"a window":            q.Annotate(orm.Named("n", orm.RowNumber().Over(orm.Window{Order: []orm.Order{orm.Asc(&st.ID)}}))).Filter(orm.Lookup("n__lte", 20)).OrderBy(orm.Asc(&st.ID)),
		"a union":             q.Filter(orm.Lt(&st.Words, 3)).Union(q.Filter(orm.Gt(&st.Words, 8))).OrderBy(orm.ByName("id")),
		"a slice":             q.OrderBy(orm.Asc(&st.Words), orm.Asc(&st.ID)).Slice(5, 21),
		"the end":             q.OrderBy(orm.Asc(&st.Words), orm.Asc(&st.ID)).Offset(23),
		"a slice of others":   q.OrderBy(orm.F(&st.Words).Times(2).Asc(), orm.Asc(&st.ID)).Slice(5, 21),
		"the key, sliced":     q.OrderBy(orm.Desc(&st.ID)).Slice(5, 21),
		"few columns":         q.Only(&st.Title).OrderBy(orm.Asc(&st.Words), orm.Asc(&st.ID)),
		"deferred":            q.Defer(&st.Body).OrderBy(orm.Asc(&st.Words)),
		"a join":              q.Related(&st.Author).OrderBy(orm.Asc(&st.Words)),
		"prefetched":          q.Prefetch(&st.Tags).OrderBy(orm.Asc(&st.Author.To().Name), orm.Asc(&st.ID)),
		"none":                q.None(),
		"nothing found":       q.Filter(orm.Eq(&st.Words, 99)),
		"one value":           q.Filter(orm.Eq(&st.Words, 3)).OrderBy(orm.Asc(&st.Title)),
	}
}

// Iter gives what All gives, whatever the order and the size of a chunk, inside of a transaction and outside.
func TestIterLikeAll(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		seedStories(t, ctx, 31)
		check := func(ctx context.Context, where string) {
			t.Helper()
			for name, q := range iterQueries() {
				all, err := q.All(ctx)
				must(t, err)
				for _, size := range []int{1, 4, 31, 2000} {
					seen := map[int64]int{}
					n := 0
					for s, err := range q.Iter(ctx, size) {
						if err != nil {
							t.Fatalf("%s, %s, %d: %v", where, name, size, err)
						}
						if q.IsTotallyOrdered() && n < len(all) && s.ID != all[n].ID {
							t.Fatalf("%s, %s, %d: object %d is %d, want %d", where, name, size, n, s.ID, all[n].ID)
						}
						seen[s.ID]++
						n++
					}
					for _, s := range all {
						seen[s.ID]--
					}
					for id, n := range seen {
						if n != 0 {
							t.Errorf("%s, %s, %d: object %d came %d times too often", where, name, size, id, n)
						}
					}
				}
			}
		}
		check(ctx, "outside")
		must(t, orm.Atomic(ctx, func(ctx context.Context) error { check(ctx, "inside"); return nil }))
	})
}

// iterWays has a query of each way: by the key, and by one result.
func iterWays() map[string]orm.Query[newsroom.Story] {
	q := orm.Objects[newsroom.Story]()
	return map[string]orm.Query[newsroom.Story]{
		"key": q.OrderBy(orm.Desc(&st.ID)), "stream": q.OrderBy(orm.Asc(&st.Author.To().Name), orm.Asc(&st.ID)),
	}
}

// The loop over Iter may read, write, nest, be left and be cancelled.
func TestIterLoop(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, outside context.Context) {
		seedStories(t, outside, 31)
		for name, q := range iterWays() {
			for where, in := range map[string]func(f func(ctx context.Context)){
				"outside": func(f func(ctx context.Context)) { f(outside) },
				"inside": func(f func(ctx context.Context)) {
					must(t, orm.Atomic(outside, func(ctx context.Context) error { f(ctx); return nil }))
				},
			} {
				t.Run(name+" "+where, func(t *testing.T) {
					in(func(ctx context.Context) {
						n := 0
						for s, err := range q.Iter(ctx, 5) { // writes and reads
							must(t, err)
							_, err = orm.Objects[newsroom.Story]().Filter(orm.Eq(&st.ID, s.ID)).Update(ctx, orm.Set(&st.Body, fmt.Sprint(name, where)))
							must(t, err)
							_, err := s.Author.Get(ctx)
							must(t, err)
							n++
						}
						changed, err := orm.Objects[newsroom.Story]().Filter(orm.Eq(&st.Body, fmt.Sprint(name, where))).Count(ctx)
						must(t, err)
						if n != 31 || changed != 31 {
							t.Errorf("%d objects, %d changed, want 31", n, changed)
						}
						n = 0
						for _, err := range q.Limit(4).Iter(ctx, 2) { // nested
							must(t, err)
							for _, err := range q.Limit(6).Iter(ctx, 3) {
								must(t, err)
								n++
							}
						}
						if n != 24 {
							t.Errorf("%d pairs, want 24", n)
						}
						for range 20 { // left early: no connection is lost
							for _, err := range q.Iter(ctx, 3) {
								must(t, err)
								break
							}
						}
						if n, err := q.Count(ctx); err != nil || n != 31 {
							t.Errorf("after leaving: %d, %v", n, err)
						}
					})
				})
			}
			t.Run(name+" cancelled", func(t *testing.T) {
				ctx, cancel := context.WithCancel(outside)
				defer cancel()
				n, last := 0, error(nil)
				for _, err := range q.Iter(ctx, 4) {
					if err != nil {
						last = err
						break
					}
					if n++; n == 6 {
						cancel()
					}
				}
				if !errors.Is(last, context.Canceled) || n > 12 {
					t.Errorf("%d objects and %v, want an end by %v", n, last, context.Canceled)
				}
				if n, err := q.Count(outside); err != nil || n != 31 {
					t.Errorf("afterwards: %d, %v", n, err)
				}
			})
		}
		for _, err := range orm.Objects[newsroom.Story]().Iter(outside, 0) {
			if err == nil {
				t.Error("a chunk of 0 objects is no error")
			}
		}
	})
}

// A prefetch is one more query for each chunk.
func TestIterPrefetch(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		seedStories(t, ctx, 31)
		for name, q := range iterWays() {
			log := &orm.QueryLog{}
			ctx := orm.WithQueryLog(ctx, log)
			tags := 0
			for s, err := range q.Prefetch(&st.Tags).Iter(ctx, 10) {
				must(t, err)
				list, err := s.Tags.All(ctx)
				must(t, err)
				tags += len(list)
			}
			if tags != 22 {
				t.Errorf("%s: %d tags, want 22", name, tags)
			}
			if n := log.Count(); n > 13 { // four chunks with a prefetch each, a cursor's statements
				t.Errorf("%s: %d statements", name, n)
			}
		}
	})
}
