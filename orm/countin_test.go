package orm_test

import (
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// Queries with computed columns share compiled statements. Those that differ in the slightest must not.
func TestComputedColumnsAreNotMixedUp(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	same := orm.F(&a.Author.ID).Eq(orm.OuterRef(&a.Author.ID))
	tests := []struct {
		name string
		of   func(liked int64) orm.Expr[int64]
		want map[int64]int64 // by the number of likes asked for
	}{
		{"all of the author", func(int64) orm.Expr[int64] { return orm.CountIn(orm.Objects[Article]().Filter(same)) }, map[int64]int64{0: 3, 3: 3}},
		{"all", func(int64) orm.Expr[int64] { return orm.CountIn(orm.Objects[Article]()) }, map[int64]int64{0: 6, 3: 6}},
		{"liked", func(n int64) orm.Expr[int64] {
			return orm.CountIn(orm.Objects[Article]().Filter(same, orm.Gt(&a.Likes, n)))
		}, map[int64]int64{0: 2, 3: 1}},
		{"published", func(int64) orm.Expr[int64] {
			return orm.CountIn(orm.Objects[Article]().Filter(orm.NotNull(&a.Published)))
		}, map[int64]int64{0: 5, 3: 5}},
		{"not published", func(int64) orm.Expr[int64] {
			return orm.CountIn(orm.Objects[Article]().Filter(orm.IsNull(&a.Published)))
		}, map[int64]int64{0: 1, 3: 1}},
		{"users", func(int64) orm.Expr[int64] {
			return orm.CountIn(orm.Objects[User]().Filter(orm.F(&u.ID).Eq(orm.OuterRef(&a.Author.ID))))
		}, map[int64]int64{0: 1, 3: 1}},
		{"a column", func(int64) orm.Expr[int64] { return orm.F(&a.Likes) }, map[int64]int64{0: 0, 3: 0}},
		{"another column", func(int64) orm.Expr[int64] { return orm.F(&a.Author.ID) }, map[int64]int64{0: 1, 3: 1}},
	}
	for range 3 { // the second time finds what the first has compiled
		for _, tt := range tests {
			for n, want := range tt.want {
				q := orm.Objects[Article]().Annotate(orm.As(&a.Words, tt.of(n))).Filter(orm.Eq(&a.Slug, "sa"))
				got, err := q.Get(ctx)
				if err != nil || got.Words != want {
					t.Errorf("%s, more likes than %d: %+v, %v, want %d", tt.name, n, got, err, want)
				}
				if count, err := q.Count(ctx); err != nil || count != 1 {
					t.Errorf("%s: count = %d, %v", tt.name, count, err)
				}
			}
		}
	}
}
