package orm_test

import (
	"fmt"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// TestAllocations keeps what was won: the limits are what the statements take now, with one to spare. What a feature adds
// that a statement does not use is a check, not an allocation.
func TestAllocations(t *testing.T) { // not parallel: it counts
	if raceDetector {
		t.Skip("the race detector allocates too")
	}
	ctx := benchData(t)
	likes, fresh := int64(1000), make([]string, 200)
	for i := range fresh {
		fresh[i] = fmt.Sprint("fresh", i)
	}
	article, err := orm.Objects[Article]().Get(ctx, orm.Eq(&a.ID, 7))
	must(t, err)
	live := orm.Objects[Article]().Filter(orm.Eq(&a.Status, Live)).OrderBy(orm.Desc(&a.ID))
	twentyFive := func(t *testing.T, q orm.Query[Article]) {
		if list, err := q.All(ctx); err != nil || len(list) != 25 {
			t.Fatal(len(list), err)
		}
	}
	tests := []struct {
		name string
		most float64
		run  func(t *testing.T)
	}{
		{"get by key", 8, func(t *testing.T) {
			_, err := orm.Objects[Article]().Get(ctx, orm.Eq(&a.ID, likes))
			must(t, err)
		}},
		{"first", 9, func(t *testing.T) {
			_, err := orm.Objects[Article]().Filter(orm.Eq(&a.Slug, "slug-7")).First(ctx)
			must(t, err)
		}},
		{"count", 3, func(t *testing.T) {
			_, err := live.Count(ctx)
			must(t, err)
		}},
		{"exists", 4, func(t *testing.T) {
			_, err := live.Exists(ctx)
			must(t, err)
		}},
		// A row has four texts and a moment behind a pointer.
		{"list of 25", 25*5 + 8, func(t *testing.T) { twentyFive(t, live.Limit(25)) }},
		{"list of 25 with authors", 25*6 + 12, func(t *testing.T) { twentyFive(t, live.Related(&a.Author).Limit(25)) }},
		{"list of 25 with tags", 25*7 + 65, func(t *testing.T) { twentyFive(t, live.Prefetch(&a.Tags).Limit(25)) }},
		{"insert", 2, func(t *testing.T) {
			fresh = fresh[1:]
			must(t, orm.Create(ctx, &Tag{Slug: fresh[0]}))
		}},
		{"update by key", 2, func(t *testing.T) {
			likes++
			_, err := orm.Objects[Article]().Filter(orm.Eq(&a.ID, 5)).Update(ctx, orm.Set(&a.Likes, likes))
			must(t, err)
		}},
		// The two moments go into the database as text.
		{"save", 3, func(t *testing.T) { must(t, orm.Save(ctx, article)) }},
		{"save one field", 4, func(t *testing.T) { must(t, orm.Save(ctx, article, &a.Likes)) }},
		{"build a query", 5, func(t *testing.T) {
			q := orm.Objects[Article]().Filter(orm.Eq(&a.Status, Live), orm.Gt(&a.Likes, likes), orm.IContains(&a.Title, "x")).OrderBy(orm.Desc(a.Published))
			must(t, q.Err())
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := testing.AllocsPerRun(100, func() { tt.run(t) }); got > tt.most {
				t.Errorf("%v allocations, want at most %v", got, tt.most)
			}
		})
	}
}
