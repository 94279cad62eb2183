package orm_test

import (
	"context"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// The columns of a statement find their fields by name on all databases.
func TestRawQuery(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		seedStories(t, ctx, 9)
		rows := orm.Raw[newsroom.Story]("SELECT id, title AS headline, author_id FROM newsroom_story WHERE words < :most AND id IN (:ids) ORDER BY id").
			Named(map[string]any{"most": 4, "ids": []int64{1, 2, 3, 4, 9}}).Column("headline", &st.Title)
		log := &orm.QueryLog{}
		list, err := rows.Prefetch(&st.Tags).All(orm.WithQueryLog(ctx, log))
		must(t, err)
		if len(list) != 4 || list[1].Title != "t1" || list[1].Author.ID != 2 {
			t.Fatalf("got %d objects, the second %+v", len(list), list[1])
		}
		if d := orm.Deferred(list[0]); !strings.Contains(strings.Join(d, " "), "words") || strings.Contains(strings.Join(d, " "), "title") {
			t.Errorf("deferred: %v", d)
		}
		must(t, orm.Load(ctx, list[0], &st.Words))
		if list[3].Words != 3 {
			t.Errorf("words of the last = %d, want 3", list[3].Words)
		}
		asked := log.Count()
		tags, err := list[0].Tags.All(orm.WithQueryLog(ctx, log))
		if err != nil || len(tags) != 2 || log.Count() != asked {
			t.Errorf("%d tags with %d more queries, %v", len(tags), log.Count()-asked, err)
		}
		author, err := list[0].Author.Get(ctx)
		if err != nil || author.Name != "b" {
			t.Errorf("author %v, %v", author, err)
		}
		for name, q := range map[string]orm.RawQuery[newsroom.Story]{
			"the primary key":    orm.Raw[newsroom.Story]("SELECT title FROM newsroom_story"),
			"no field for":       orm.Raw[newsroom.Story]("SELECT id, 1 AS other FROM newsroom_story"),
			"two columns for":    orm.Raw[newsroom.Story]("SELECT id, id AS pk2 FROM newsroom_story").Column("pk2", &st.ID),
			"no value for :most": orm.Raw[newsroom.Story]("SELECT id FROM newsroom_story WHERE words < :most").Named(nil),
		} {
			if _, err := q.All(ctx); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if none, err := orm.Raw[newsroom.Story]("SELECT id FROM newsroom_story WHERE id < ?", 0).All(ctx); err != nil || len(none) != 0 {
			t.Errorf("nothing found: %v, %v", none, err)
		}
	})
}

// A column that the table has not fills a field of orm.Extra.
func TestRawQueryExtra(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	list, err := orm.Raw[Article]("SELECT id, likes * ? AS words FROM orm_test_article WHERE id = ?", 2, 2).All(ctx)
	must(t, err)
	plain, err := orm.Objects[Article]().Get(ctx, orm.Eq(&a.ID, 2))
	must(t, err)
	if len(list) != 1 || list[0].Words != 2*plain.Likes {
		t.Errorf("words = %d, want %d", list[0].Words, 2*plain.Likes)
	}
}
