package orm_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	users, _, _ := seed(t, ctx)
	byID := orm.Asc(&a.ID)
	tests := []struct {
		name string
		q    orm.Query[Article]
		want string
	}{
		{"everything", orm.Objects[Article](), "ABCDEF"},
		{"eq", orm.Objects[Article]().Filter(orm.Eq(&a.Title, "Title B")), "B"},
		{"own string type", orm.Objects[Article]().Filter(orm.Eq(&a.Status, Draft)), "F"},
		{"default of a choice", orm.Objects[Article]().Filter(orm.Ne(&a.Status, Live)), "F"},
		{"nullable by its value", orm.Objects[Article]().Filter(orm.Gte(a.Published, time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC))), "DE"},
		{"isnull", orm.Objects[Article]().Filter(orm.IsNull(&a.Published)), "F"},
		{"not null", orm.Objects[Article]().Filter(orm.NotNull(&a.Published)), "ABCDE"},
		{"ne keeps null", orm.Objects[Article]().Filter(orm.Ne(a.Published, time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC))), "BCDEF"},
		{"in", orm.Objects[Article]().Filter(orm.In(&a.Likes, 1, 3)), "BD"},
		{"in nothing", orm.Objects[Article]().Filter(orm.In[int64](&a.Likes)), ""},
		{"between", orm.Objects[Article]().Filter(orm.Between(&a.Likes, 1, 3)), "BCD"},
		{"or", orm.Objects[Article]().Filter(orm.Or(orm.Eq(&a.Likes, 0), orm.Gt(&a.Likes, 4))), "AF"},
		{"not or", orm.Objects[Article]().Filter(orm.Not(orm.Or(orm.Eq(&a.Likes, 0), orm.Gt(&a.Likes, 4)))), "BCDE"},
		{"exclude", orm.Objects[Article]().Exclude(orm.Eq(&a.Likes, 0), orm.Eq(&a.Title, "Title A")), "BCDEF"},
		{"joined", orm.Objects[Article]().Filter(orm.Eq(&a.Author.To().Username, "bob")), "BDF"},
		{"by object", orm.Objects[Article]().Filter(orm.Is(&a.Author, users[0])), "ACE"},
		{"by key", orm.Objects[Article]().Filter(orm.Eq(&a.Author.ID, users[0].ID)), "ACE"},
		{"many", orm.Objects[Article]().Filter(orm.Eq(&a.Tags.To().Slug, "go")), "ACE"},
		{"exclude many", orm.Objects[Article]().Exclude(orm.Eq(&a.Tags.To().Slug, "go")), "BDF"},
		{"icontains is literal", orm.Objects[Article]().Filter(orm.IContains(&a.Title, "%")), ""},
		{"iexact", orm.Objects[Article]().Filter(orm.IExact(&a.Title, "TITLE c")), "C"},
		{"regex", orm.Objects[Article]().Filter(orm.Regex(&a.Title, "[AB]$")), "AB"},
		{"year", orm.Objects[Article]().Filter(orm.Year(a.Published, 2026)), "ABCDE"},
		{"date", orm.Objects[Article]().Filter(orm.OnDate(a.Published, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))), "B"},
		{"two columns", orm.Objects[Article]().Filter(orm.F(&a.Likes).Gte(orm.F(&a.ID))), ""},
		{"arithmetic", orm.Objects[Article]().Filter(orm.F(&a.Likes).Plus(1).Eq(orm.F(&a.ID))), "ABCDEF"},
		{"subquery", orm.Objects[Article]().Filter(orm.InQuery(&a.Author.ID, orm.Pluck(orm.Objects[User]().Filter(orm.Eq(&u.Username, "bob")), &u.ID))), "BDF"},
		{"exists", orm.Objects[Article]().Filter(orm.ExistsIn(orm.Objects[User]().Filter(orm.F(&u.ID).Eq(orm.OuterRef(&a.Author.ID)), orm.Eq(&u.Username, "ada")))), "ACE"},
		{"lookup", orm.Objects[Article]().Filter(orm.Lookup("author__username__startswith", "a")), "ACE"},
		{"lookup object", orm.Objects[Article]().Filter(orm.Lookup("author", users[1])), "BDF"},
		{"lookup list", orm.Objects[Article]().Filter(orm.Lookup("pk__in", []int64{1, 2})), "AB"},
		{"lookup text number", orm.Objects[Article]().Filter(orm.Lookup("pk", "3")), "C"},
		{"slice of slice", orm.Objects[Article]().OrderBy(byID).Slice(1, 5).Slice(1, 3), "CD"},
		{"none", orm.Objects[Article]().None(), ""},
		{"union", orm.Objects[Article]().Filter(orm.Eq(&a.Likes, 0)).Union(orm.Objects[Article]().Filter(orm.Eq(&a.Likes, 2))).OrderBy(byID), "AC"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := tt.q
			if tt.name != "slice of slice" {
				q = q.OrderBy(byID)
			}
			for range 2 { // the second run finds the compiled statement
				list, err := q.All(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if got := titles(list); got != tt.want {
					t.Errorf("All() = %q, want %q", got, tt.want)
				}
			}
			n, err := q.Count(ctx)
			if err != nil || n != len(tt.want) {
				t.Errorf("Count() = %d, %v, want %d", n, err, len(tt.want))
			}
			ok, err := q.Exists(ctx)
			if err != nil || ok != (tt.want != "") {
				t.Errorf("Exists() = %v, %v", ok, err)
			}
		})
	}
}

func TestErrorsSayTheFix(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	tests := []struct {
		name string
		run  func() error
		want []string
	}{
		{"unknown name", func() error { _, err := orm.Objects[Article]().Filter(orm.Lookup("autor", 1)).All(ctx); return err }, []string{`cannot resolve "autor" in Article`, "choices: author, author_id, body"}},
		{"unknown look-up", func() error {
			_, err := orm.Objects[Article]().Filter(orm.Lookup("title__contain", 1)).All(ctx)
			return err
		}, []string{"contain", "title"}},
		{"another model's column", func() error { return orm.Objects[Article]().Filter(orm.Eq(&u.Username, "x")).Err() }, []string{"User.Username", "Article"}},
		{"another model's order", func() error { return orm.Objects[Article]().OrderBy(orm.Asc(&u.Username)).Err() }, []string{"User.Username", "Article"}},
		{"not a field", func() error { x := int64(1); return orm.Objects[Article]().Filter(orm.Eq(&x, 1)).Err() }, []string{"orm.Fields[T]()"}},
		{"filter after slice", func() error { return orm.Objects[Article]().Limit(3).Filter(orm.Eq(&a.ID, 1)).Err() }, []string{"slice"}},
		{"filter after union", func() error {
			return orm.Objects[Article]().Union(orm.Objects[Article]()).Filter(orm.Eq(&a.ID, 1)).Err()
		}, []string{"union"}},
		{"no database", func() error { _, err := orm.Objects[Article]().All(context.Background()); return err }, []string{"no database", "WithDatabases"}},
		{"no such database", func() error { _, err := orm.Objects[Article]().Using("other").All(ctx); return err }, []string{`"other"`, "default"}},
		{"related many", func() error { _, err := orm.Objects[Article]().Related(&a.Tags).All(ctx); return err }, []string{"Prefetch"}},
		{"annotation name", func() error { return orm.Objects[Article]().Annotate(orm.Named(`x" FROM`, orm.CountAll())).Err() }, []string{"not a name"}},
		{"annotation takes a field's name", func() error { return orm.Objects[Article]().Annotate(orm.Named("title", orm.CountAll())).Err() }, []string{"conflicts"}},
		{"missing annotation", func() error { _, err := orm.Objects[Article]().Filter(orm.Gt(&a.Words, 1)).All(ctx); return err }, []string{"Annotate"}},
		{"update of a slice", func() error {
			_, err := orm.Objects[Article]().Limit(1).Update(ctx, orm.Set(&a.Title, "x"))
			return err
		}, []string{"slice"}},
		{"wrong value", func() error {
			_, err := orm.Objects[Article]().Filter(orm.Lookup("likes", "many")).All(ctx)
			return err
		}, []string{"likes", "many"}},
		{"transform of a text", func() error {
			_, err := orm.Objects[Article]().Filter(orm.Lookup("title__year", 1)).All(ctx)
			return err
		}, []string{"year", "title"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.run()
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.HasPrefix(err.Error(), "orm: ") {
				t.Errorf("error %q does not begin with the package", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not contain %q", err, w)
				}
			}
		})
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	_, err := orm.Objects[Article]().Get(ctx, orm.Eq(&a.ID, 99))
	if !errors.Is(err, orm.ErrNotFound) || !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("Get of nothing: %v, want ErrNotFound", err)
	}
	if _, err := orm.Objects[Article]().Get(ctx); !errors.Is(err, orm.ErrMultiple) {
		t.Errorf("Get of many: %v, want ErrMultiple", err)
	}
	first, err := orm.Objects[Article]().OrderBy().First(ctx)
	if err != nil || first.ID != 1 {
		t.Errorf("First() = %v, %v, want the smallest key", first, err)
	}
	last, err := orm.Objects[Article]().Last(ctx) // the model's order: nulls come last when published descends
	if err != nil || titles([]*Article{last}) != "F" {
		t.Errorf("Last() = %v, %v", last, err)
	}
}

// A query is a value: using it and deriving from it never changes it, from many goroutines either.
func TestQueryIsAValue(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	base := orm.Objects[Article]().Filter(orm.Eq(&a.Status, Live)).OrderBy(orm.Asc(&a.ID))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 20 {
				q := base.Filter(orm.Gte(&a.Likes, int64(i%3))).Related(&a.Author)
				list, err := q.Limit(2).All(ctx)
				if err != nil || titles(list) != "ABCDE"[i%3:i%3+2] {
					t.Errorf("goroutine %d: %q, %v", i, titles(list), err)
					return
				}
			}
		})
	}
	wg.Wait()
	list, err := base.All(ctx)
	if err != nil || titles(list) != "ABCDE" {
		t.Errorf("base = %q, %v, want ABCDE", titles(list), err)
	}
}

func TestAggregatesAndValues(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	sum, err := orm.Aggregate(ctx, orm.Objects[Article](), orm.Sum(&a.Likes))
	if err != nil || sum != 15 {
		t.Errorf("Sum = %d, %v, want 15", sum, err)
	}
	avg, err := orm.Aggregate(ctx, orm.Objects[Article]().Filter(orm.Lt(&a.Likes, 2)), orm.Avg(&a.Likes))
	if err != nil || avg != 0.5 {
		t.Errorf("Avg = %v, %v, want 0.5", avg, err)
	}
	n, err := orm.Aggregate(ctx, orm.Objects[Article](), orm.Count(&a.Author.ID).Distinct())
	if err != nil || n != 2 {
		t.Errorf("Count distinct = %d, %v, want 2", n, err)
	}
	list, err := orm.Objects[Article]().Annotate(orm.As(&a.Words, orm.Count(&a.Tags.To().ID))).Filter(orm.Gt(&a.Words, 0)).OrderBy(orm.Desc(&a.Words), orm.Asc(&a.ID)).All(ctx)
	if err != nil || titles(list) != "ABCDE" || list[0].Words != 1 {
		t.Errorf("Annotate = %q, %v", titles(list), err)
	}
	type perAuthor struct {
		Name string
		N    int64
		Top  *int64
	}
	rows, err := orm.Values(orm.Objects[Article](), func(r *perAuthor) []orm.Pick {
		return []orm.Pick{
			orm.As(&r.Name, orm.F(&a.Author.To().Username)),
			orm.As(&r.N, orm.Count(&a.ID)),
			orm.As(&r.Top, orm.Typed[*int64](orm.Max(&a.Likes))),
		}
	}).OrderBy(orm.Asc(&a.Author.To().Username)).All(ctx)
	if err != nil || len(rows) != 2 || rows[0].Name != "ada" || rows[0].N != 3 || *rows[1].Top != 5 {
		t.Errorf("Values = %+v, %v", rows, err)
	}
	maps, err := orm.Objects[Article]().ValuesByName("status").Annotate(orm.Named("n", orm.CountAll())).OrderBy(orm.ByName("status")).Maps(ctx)
	if err != nil || len(maps) != 2 || maps[1]["n"] != int64(5) {
		t.Errorf("Maps = %v, %v", maps, err)
	}
}

func TestReverseKeyPaths(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	back := orm.Rev[Article](&a.Author)
	list, err := orm.Objects[User]().Filter(orm.Eq(&back.Title, "Title B")).All(ctx)
	if err != nil || len(list) != 1 || list[0].Username != "bob" {
		t.Errorf("Rev = %v, %v", list, err)
	}
	tags, err := orm.Objects[Tag]().Filter(orm.Eq(&orm.RevMany[Article](&a.Tags).Title, "Title A")).All(ctx)
	if err != nil || len(tags) != 1 || tags[0].Slug != "go" {
		t.Errorf("RevMany = %v, %v", tags, err)
	}
	n, err := orm.Objects[Article]().Filter(orm.Eq(&orm.RevFrom[Article](a.Author.To(), &a.Author).Title, "Title C")).Count(ctx)
	if err != nil || n != 3 {
		t.Errorf("RevFrom = %d, %v, want the 3 articles of ada", n, err)
	}
}

func TestIter(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	for name, q := range map[string]orm.Query[Article]{"by key": orm.Objects[Article]().OrderBy(), "by order": orm.Objects[Article]().OrderBy(orm.Desc(&a.Likes))} {
		n := 0
		for art, err := range q.Iter(ctx) {
			must(t, err)
			if _, err := art.Author.Get(ctx); err != nil { // other queries run meanwhile
				t.Fatal(err)
			}
			n++
		}
		if n != 6 {
			t.Errorf("%s: %d objects, want 6", name, n)
		}
	}
}
