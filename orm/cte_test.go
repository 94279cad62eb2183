package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// rank is a row of the organisation chart.
type rank struct {
	Author orm.FK[newsroom.Author]
	Depth  int64
	Path   string
}

// perAuthor counts an author's stories.
type perAuthor struct {
	Author orm.FK[newsroom.Author]
	N      int64
	Words  int64
}

var (
	au    = orm.Fields[newsroom.Author]()
	st    = orm.Fields[newsroom.Story]()
	rv    = orm.Fields[newsroom.Review]()
	rk    = orm.Fields[rank]()
	pa    = orm.Fields[perAuthor]()
	boss  = orm.Other[newsroom.Author]()
	rk2   = orm.Other[rank]()
	good  = orm.Other[newsroom.Review]()
	other = orm.Other[newsroom.Story]()
)

// staff makes an organisation of five people, with stories and reviews.
//
//	root - ann - cid - dee
//	     \ bob
func staff(t testing.TB, ctx context.Context) map[string]*newsroom.Author {
	t.Helper()
	out := map[string]*newsroom.Author{}
	for _, p := range [][2]string{{"root", ""}, {"ann", "root"}, {"bob", "root"}, {"cid", "ann"}, {"dee", "cid"}} {
		x := &newsroom.Author{Name: p[0], Email: p[0] + "@example.com"}
		if p[1] != "" {
			x.Mentor.Set(out[p[1]])
		}
		must(t, orm.Create(ctx, x))
		out[p[0]] = x
	}
	n := 0
	for _, name := range []string{"ann", "ann", "ann", "ann", "bob", "dee"} {
		n++
		s := &newsroom.Story{Title: fmt.Sprint("Story ", n), Slug: fmt.Sprint("s", n), Section: newsroom.City, Words: int64(100 * n), Author: orm.To(out[name])}
		must(t, orm.Create(ctx, s))
		for i, who := range []string{"root", "bob", "cid"}[:n%3+1] {
			must(t, orm.Create(ctx, &newsroom.Review{Story: orm.To(s), Reviewer: orm.To(out[who]), Stars: int16((n+i)%5 + 1), Note: fmt.Sprint(n, who)}))
		}
	}
	return out
}

// chart is everybody at or below some people, as values.
func chart(top orm.Predicate, deepest int64) orm.Table[rank] {
	return orm.Recursive("chart",
		orm.Values(orm.Objects[newsroom.Author]().Filter(top), func(r *rank) []orm.Pick {
			return []orm.Pick{orm.As(&r.Author.ID, orm.F(&au.ID)), orm.As(&r.Depth, orm.Val[int64](0)), orm.As(&r.Path, orm.F(&au.Name))}
		}),
		func(up orm.Table[rank]) orm.Rows[rank] {
			below := orm.Objects[newsroom.Author]().Join(up, orm.F(&au.Mentor.ID).Eq(orm.F(&rk.Author.ID)), orm.Lt(&rk.Depth, deepest))
			return orm.Values(below, func(r *rank) []orm.Pick {
				return []orm.Pick{ // not in the order of the first part
					orm.As(&r.Depth, orm.F(&rk.Depth).Plus(1)), orm.As(&r.Author.ID, orm.F(&au.ID)),
					orm.As(&r.Path, orm.Concat(orm.F(&rk.Path), orm.Val("/"), orm.F(&au.Name))),
				}
			})
		})
}

func ranks(list []*rank) string {
	var out []string
	for _, r := range list {
		out = append(out, fmt.Sprint(r.Depth, ":", r.Path))
	}
	return strings.Join(out, " ")
}

func TestRecursive(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		tree := chart(orm.IsNull(&au.Mentor), 99)
		list, err := orm.From(tree).Related(&rk.Author).OrderBy(orm.Asc(&rk.Path)).All(ctx)
		must(t, err)
		if got, want := ranks(list), "0:root 1:root/ann 2:root/ann/cid 3:root/ann/cid/dee 1:root/bob"; got != want {
			t.Errorf("the tree = %s, want %s", got, want)
		}
		if who, err := list[3].Author.Get(ctx); err != nil || who.Name != "dee" {
			t.Errorf("the object of a row = %v, %v", who, err)
		}
		list, err = orm.From(tree).Filter(orm.Gte(&rk.Depth, 1), orm.StartsWith(&rk.Author.To().Name, "c")).All(ctx)
		must(t, err)
		if got := ranks(list); got != "2:root/ann/cid" {
			t.Errorf("filtered by depth and name = %s", got)
		}
		list, err = orm.From(chart(orm.Eq(&au.Name, "root"), 1).Unique()).OrderBy(orm.Asc(&rk.Path)).All(ctx)
		must(t, err)
		if got := ranks(list); got != "0:root 1:root/ann 1:root/bob" {
			t.Errorf("to depth 1 = %s", got)
		}
		n, err := orm.From(tree).Filter(orm.Gt(&rk.Depth, 0)).Count(ctx)
		must(t, err)
		deepest, err := orm.Aggregate(ctx, orm.From(tree), orm.Max(&rk.Depth))
		must(t, err)
		ok, err := orm.From(tree).Filter(orm.Gt(&rk.Depth, 3)).Exists(ctx)
		must(t, err)
		if n != 4 || deepest != 3 || ok {
			t.Errorf("count %d, deepest %d, exists %v", n, deepest, ok)
		}

		// In other queries: joined, in a condition, in an update and in a delete.
		authors := orm.Objects[newsroom.Author]()
		type line struct {
			Name  string
			Depth int64
		}
		rows, err := orm.Values(authors.Join(tree, orm.F(&rk.Author.ID).Eq(orm.F(&au.ID))).OrderBy(orm.Desc(&rk.Depth), orm.Asc(&au.Name)), func(r *line) []orm.Pick {
			return []orm.Pick{orm.As(&r.Name, orm.F(&au.Name)), orm.As(&r.Depth, orm.F(&rk.Depth))}
		}).All(ctx)
		must(t, err)
		if got := fmt.Sprint(rows); got != "[{dee 3} {cid 2} {ann 1} {bob 1} {root 0}]" {
			t.Errorf("joined = %s", got)
		}
		under := orm.Pluck(orm.From(chart(orm.Eq(&au.Name, "ann"), 99)), &rk.Author.ID)
		stories := orm.Objects[newsroom.Story]().Filter(orm.InQuery(&st.Author.ID, under))
		n, err = stories.Count(ctx)
		must(t, err)
		if n != 5 {
			t.Errorf("stories of ann's people = %d, want 5", n)
		}
		n, err = stories.Update(ctx, orm.SetTo(&st.Words, orm.F(&st.Words).Plus(1)))
		must(t, err)
		if n != 5 {
			t.Errorf("updated %d, want 5", n)
		}
		n, err = orm.Objects[newsroom.Review]().Join(tree, orm.F(&rk.Author.ID).Eq(orm.F(&rv.Reviewer.ID))).Filter(orm.Eq(&rk.Depth, 2)).Update(ctx, orm.Set(&rv.Note, "deep"))
		must(t, err)
		if n != 2 {
			t.Errorf("updated by a join %d, want 2", n)
		}
		d, err := orm.Objects[newsroom.Review]().Filter(orm.InQuery(&rv.Reviewer.ID, under)).Delete(ctx)
		must(t, err)
		if d.Total != 2 {
			t.Errorf("deleted %d, want 2", d.Total)
		}
	})
}

// Two tables, one made of the other, of which one is recursive over objects.
func TestCommonTables(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		sums := orm.With("sums", orm.Values(orm.Objects[newsroom.Story](), func(r *perAuthor) []orm.Pick {
			return []orm.Pick{orm.As(&r.Author.ID, orm.F(&st.Author.ID)), orm.As(&r.N, orm.CountAll()), orm.As(&r.Words, orm.Sum(&st.Words))}
		}))
		big := orm.With("big", orm.From(sums).Filter(orm.Gt(&pa.Words, 500))).Materialized()
		list, err := orm.From(big).OrderBy(orm.Asc(&pa.Words)).Related(&pa.Author).All(ctx)
		must(t, err)
		if len(list) != 2 || list[0].Words != 600 || list[1].N != 4 {
			t.Errorf("big = %+v", list)
		}
		people := orm.Recursive("people", orm.Objects[newsroom.Author]().Filter(orm.Eq(&au.Name, "ann")), func(up orm.Table[newsroom.Author]) orm.Rows[newsroom.Author] {
			return orm.Objects[newsroom.Author]().Join(up.As(boss), orm.F(&au.Mentor.ID).Eq(orm.F(&boss.ID)))
		})
		names, err := orm.From(people).LeftJoin(sums, orm.F(&pa.Author.ID).Eq(orm.F(&au.ID))).Filter(orm.IsNull(&pa.N)).All(ctx)
		must(t, err)
		if len(names) != 1 || names[0].Name != "cid" {
			t.Errorf("people without stories = %+v", names)
		}
		// The same table twice: colleagues of the same depth.
		tree := chart(orm.IsNull(&au.Mentor), 99)
		n, err := orm.From(tree).Join(tree.As(rk2), orm.F(&rk2.Depth).Eq(orm.F(&rk.Depth)), orm.F(&rk2.Author.ID).Gt(orm.F(&rk.Author.ID))).Count(ctx)
		must(t, err)
		if n != 1 {
			t.Errorf("pairs of colleagues = %d, want 1", n)
		}
		// A table with no name, and one that no relation leads to.
		q := orm.Objects[newsroom.Story]().Join(orm.Subtable(orm.Objects[newsroom.Story]()).As(other), orm.F(&other.Author.ID).Eq(orm.F(&st.Author.ID)), orm.F(&other.Words).Gt(orm.F(&st.Words)))
		n, err = q.Distinct().OrderBy(orm.Asc(&st.ID)).Count(ctx)
		must(t, err)
		if n != 3 {
			t.Errorf("stories with a longer one of their author = %d, want 3", n)
		}
		// Filters and annotations after a slice and a union.
		s := orm.Objects[newsroom.Story]().OrderBy(orm.Desc(&st.Words))
		got, err := s.Limit(3).Wrap().Filter(orm.Lt(&st.Words, 600)).OrderBy(orm.Asc(&st.Words)).All(ctx)
		must(t, err)
		if len(got) != 2 || got[0].Words != 400 {
			t.Errorf("filter after a slice = %+v", got)
		}
		n, err = s.Filter(orm.Lt(&st.Words, 200)).Union(s.Filter(orm.Gt(&st.Words, 400))).Wrap().Filter(orm.Eq(&st.Author.To().Name, "ann")).Count(ctx)
		must(t, err)
		if n != 1 {
			t.Errorf("filter after a union = %d, want 1", n)
		}
	})
}

// Mistakes with tables give an error that names them.
func TestTableMistakes(t *testing.T) {
	t.Parallel()
	ctx := newsroomOn(t, orm.DatabasesFrom(open(t))[orm.DefaultDB])
	authors, stories := orm.Objects[newsroom.Author](), orm.Objects[newsroom.Story]()
	words := func(name string) orm.Table[perAuthor] {
		return orm.With(name, orm.Values(stories, func(r *perAuthor) []orm.Pick {
			return []orm.Pick{orm.As(&r.Author.ID, orm.F(&st.Author.ID)), orm.As(&r.N, orm.CountAll()), orm.As(&r.Words, orm.Sum(&st.Words))}
		}))
	}
	all := func(q orm.Query[newsroom.Author]) error { _, err := q.All(ctx); return err }
	onAuthor := orm.F(&pa.Author.ID).Eq(orm.F(&au.ID))
	for _, tt := range []struct {
		name string
		err  func() error
		want string
	}{
		{"name", func() error { return all(authors.Join(words(`x" AS (SELECT 1) --`), onAuthor)) }, "not a name for a common table"},
		{"long name", func() error { return orm.From(words(strings.Repeat("x", 64))).Err() }, "at most 63"},
		{"no name", func() error { return orm.From(words("")).Err() }, "not a name"},
		{"name of a table", func() error { return all(authors.Join(words("newsroom_author"), onAuthor)) }, "give it another"},
		{"one name twice", func() error {
			return all(authors.Join(words("w"), onAuthor).Filter(orm.InQuery(&au.ID, orm.Pluck(orm.From(words("w")), &pa.Author.ID))))
		}, "in a variable"},
		{"a value missing", func() error {
			return all(authors.Join(orm.With("w", orm.Values(stories, func(r *perAuthor) []orm.Pick { return []orm.Pick{orm.As(&r.N, orm.CountAll())} })), onAuthor))
		}, "no value for perAuthor.Author"},
		{"the model itself", func() error {
			return all(authors.Join(orm.Subtable(authors), orm.F(&au.Mentor.ID).Eq(orm.F(&au.ID))))
		}, "orm.Other[Author]"},
		{"twice by one value", func() error { return all(authors.Join(words("w"), onAuthor).Join(words("v"), onAuthor)) }, "orm.Other[perAuthor]"},
		{"a condition over a relation", func() error {
			return all(authors.Join(words("w"), orm.Eq(&pa.Author.To().Profile.To().Bio, "x")))
		}, "cannot follow relations"},
		{"a column that is not joined", func() error { return authors.Filter(orm.Eq(&pa.N, 1)).Err() }, "a table that the query joins"},
		{"update", func() error { _, err := orm.From(words("w")).Update(ctx, orm.Set(&pa.N, 1)); return err }, "cannot be changed"},
		{"delete", func() error { _, err := orm.From(words("w")).Delete(ctx); return err }, "cannot be changed"},
		{"lateral alone", func() error { return orm.From(orm.Lateral(stories)).Err() }, "Join it"},
		{"rows as objects", func() error { _, err := orm.Objects[rank]().All(ctx); return err }, "no primary key"},
		{"rows saved", func() error { return orm.Create(ctx, &rank{}) }, "no primary key"},
		{"rows saved again", func() error { return orm.Save(ctx, &rank{}) }, "no primary key"},
		{"rows saved in bulk", func() error { return orm.Objects[rank]().BulkCreate(ctx, []*rank{{}}) }, "no primary key"},
		{"rows joined as a model", func() error { return all(authors.Join(orm.Subtable(orm.Objects[rank]()))) }, "no primary key"},
		{"recursive parts that differ", func() error {
			tree := orm.Recursive("x", orm.Values(orm.From(words("w")), func(r *perAuthor) []orm.Pick { return []orm.Pick{orm.As(&r.N, orm.F(&pa.N))} }), func(orm.Table[perAuthor]) orm.Rows[perAuthor] { return orm.From(words("v")) })
			return orm.From(tree).Err()
		}, "both parts"},
		{"join after a slice", func() error { return authors.Limit(1).Join(words("w"), onAuthor).Err() }, "slice"},
		{"a mistake inside", func() error { return all(authors.Join(orm.Subtable(stories.Filter(orm.Eq(&au.Name, "x"))))) }, "Author.Name is used in a query of Story"},
		{"filtered by no relation", func() error {
			return all(authors.LeftJoin(orm.FilteredRelation(&st.Reviews, good, orm.Eq(&good.Stars, 1))))
		}, "in a query of Author"},
		{"not a reference value", func() error {
			return all(authors.LeftJoin(orm.FilteredRelation(&au.Stories, &newsroom.Story{})))
		}, "orm.Other"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.err(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q", err, tt.want)
			}
		})
	}
}

// A table with its query can be kept and used by many goroutines.
func TestTablesAreShared(t *testing.T) {
	t.Parallel()
	ctx := newsroomOn(t, orm.DatabasesFrom(open(t))[orm.DefaultDB])
	staff(t, ctx)
	tree := chart(orm.IsNull(&au.Mentor), 99)
	base := orm.From(tree).OrderBy(orm.Asc(&rk.Path))
	done := make(chan error, 8)
	for i := range cap(done) {
		go func() {
			n, err := base.Filter(orm.Gte(&rk.Depth, int64(i%4))).Join(tree.Materialized().As(rk2), orm.F(&rk2.Author.ID).Eq(orm.F(&rk.Author.ID))).Count(ctx)
			if want := []int{5, 4, 2, 1}[i%4]; err == nil && n != want {
				err = fmt.Errorf("count from depth %d = %d, want %d", i%4, n, want)
			}
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if list, err := base.All(ctx); err != nil || len(list) != 5 {
		t.Errorf("the query itself gives %d rows, %v", len(list), err)
	}
}
