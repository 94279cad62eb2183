package orm_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// Rack holds volumes, and shows some of them.
type Rack struct {
	ID      int64
	Name    string
	Volumes orm.Many[Volume]
	Topics  orm.Many[Topic]
	Newest  []*Volume
	Thick   []*Volume
	First   []*Topic
}

func (Rack) Fields(s *Rack) []orm.Field {
	return []orm.Field{
		orm.Char(&s.Name, 20), orm.HasMany(&s.Volumes, &orm.Fields[Volume]().Rack), orm.Extra(&s.Newest), orm.Extra(&s.Thick), orm.Extra(&s.First),
	}
}

type Volume struct {
	ID    int64
	Title string
	Pages int64
	Rack  orm.FK[Rack]
}

func (Volume) Fields(v *Volume) []orm.Field {
	return []orm.Field{orm.Char(&v.Title, 20), orm.Ref(&v.Rack).OnDelete(orm.SetNull).Null()}
}

type Topic struct {
	ID      int64
	Name    string
	Shelves orm.Many[Rack]
}

func (Topic) Fields(t *Topic) []orm.Field {
	return []orm.Field{orm.Char(&t.Name, 20), orm.ManyBack(&t.Shelves, &orm.Fields[Rack]().Topics)}
}

func (Topic) Meta(t *Topic) orm.Meta { return orm.Meta{Ordering: orm.By(orm.Asc(&t.Name))} }

// shelves makes two shelves with four volumes and three topics each.
func shelves(t testing.TB, ctx context.Context) ([]*Rack, []*Topic) {
	t.Helper()
	topics := []*Topic{{Name: "c"}, {Name: "a"}, {Name: "b"}}
	must(t, orm.Objects[Topic]().BulkCreate(ctx, topics))
	var out []*Rack
	for _, name := range []string{"left", "right"} {
		shelf := &Rack{Name: name}
		must(t, orm.Create(ctx, shelf))
		for i := range 4 {
			must(t, shelf.Volumes.Create(ctx, &Volume{Title: name + " " + string(rune('1'+i)), Pages: int64(100 * (i + 1))}))
		}
		must(t, shelf.Topics.Add(ctx, topics...))
		out = append(out, shelf)
	}
	return out, topics
}

// withShelves runs a test on all databases.
func withShelves(t *testing.T, f func(t *testing.T, ctx context.Context)) {
	t.Helper()
	models := []orm.Model{orm.ModelOf[Topic](), orm.ModelOf[Rack](), orm.ModelOf[Volume]()}
	everywhere(t, func(t *testing.T, ctx context.Context) {
		createTables(t, ctx, models...)
		f(t, orm.WithModels(ctx, models...))
	})
}

func volumes(list []*Volume) string {
	var out []string
	for _, v := range list {
		out = append(out, v.Title)
	}
	return strings.Join(out, ",")
}

func TestPrefetchTo(t *testing.T) {
	withShelves(t, func(t *testing.T, ctx context.Context) {
		shelves(t, ctx)
		s, v := orm.Fields[Rack](), orm.Fields[Volume]()
		vols := orm.Objects[Volume]()
		q := orm.Objects[Rack]().OrderBy(orm.Asc(&s.ID)).Prefetch(&s.Volumes)
		q = orm.PrefetchTo(q, &s.Newest, &s.Volumes, vols.OrderBy(orm.Desc(&v.ID)).Limit(2))
		q = orm.PrefetchTo(q, &s.Thick, &s.Volumes, vols.Filter(orm.Gt(&v.Pages, 200)).OrderBy(orm.Asc(&v.Pages)).Slice(1, 2))
		q = orm.PrefetchTo(q, &s.First, &s.Topics, orm.Objects[Topic]().Limit(2))
		var log orm.QueryLog
		logged := orm.WithQueryLog(ctx, &log)
		list, err := q.All(logged)
		must(t, err)
		if len(list) != 2 {
			t.Fatalf("%d shelves", len(list))
		}
		for _, shelf := range list {
			n := shelf.Name
			all, err := shelf.Volumes.All(logged)
			must(t, err)
			if len(all) != 4 || volumes(shelf.Newest) != n+" 4,"+n+" 3" || volumes(shelf.Thick) != n+" 4" {
				t.Errorf("%s: %d volumes, newest %s, thick %s", n, len(all), volumes(shelf.Newest), volumes(shelf.Thick))
			}
			if len(shelf.First) != 2 || shelf.First[0].Name != "a" || shelf.First[1].Name != "b" {
				t.Errorf("%s: topics %v", n, shelf.First)
			}
		}
		if log.Count() != 5 {
			t.Errorf("%d queries, want 5", log.Count())
		}
		one, err := q.Get(ctx, orm.Eq(&s.Name, "right"))
		must(t, err)
		if volumes(one.Newest) != "right 4,right 3" {
			t.Errorf("of one: %s", volumes(one.Newest))
		}
	})
}

func TestPrefetchObjects(t *testing.T) {
	withShelves(t, func(t *testing.T, ctx context.Context) {
		made, topics := shelves(t, ctx)
		s, tp := orm.Fields[Rack](), orm.Fields[Topic]()
		var log orm.QueryLog
		logged := orm.WithQueryLog(ctx, &log)
		byHand := []*Rack{{ID: made[0].ID}, {ID: made[1].ID}}
		must(t, orm.PrefetchObjects(logged, byHand, &s.Volumes, &s.Topics))
		must(t, orm.PrefetchObjects(logged, byHand, &s.Topics)) // they are there
		all, err := byHand[1].Volumes.All(logged)
		must(t, err)
		if log.Count() != 2 || len(all) != 4 {
			t.Errorf("%d queries, %d volumes", log.Count(), len(all))
		}
		must(t, orm.PrefetchTo(orm.Objects[Rack](), &s.First, &s.Topics, orm.Objects[Topic]().Limit(1)).PrefetchFor(ctx, byHand))
		if len(byHand[0].First) != 1 || byHand[0].First[0].Name != "a" {
			t.Errorf("first %v", byHand[0].First)
		}
		if err := orm.PrefetchObjects(ctx, []*Rack{{}}, &s.Topics); !errors.Is(err, orm.ErrNotSaved) {
			t.Errorf("of an unsaved object: %v", err)
		}
		if _, err := orm.PrefetchTo(orm.Objects[Rack](), &s.First, &s.Topics, orm.Objects[Topic]().Distinct().Limit(1)).All(ctx); err == nil {
			t.Error("a slice of a distinct query was taken")
		}

		// The other side of a many-to-many field edits the same table.
		list, err := orm.Objects[Topic]().Filter(orm.Eq(&tp.Name, "c")).Prefetch(&tp.Shelves).All(ctx)
		must(t, err)
		if got, ok := list[0].Shelves.Loaded(); !ok || len(got) != 2 {
			t.Errorf("shelves of a topic: %v %v", got, ok)
		}
		must(t, list[0].Shelves.Remove(ctx, made[0]))
		must(t, list[0].Shelves.Create(ctx, &Rack{Name: "new"}))
		if n, err := orm.Objects[Rack]().Filter(orm.Eq(&s.Topics.To().Name, "c")).Count(ctx); n != 2 || err != nil {
			t.Errorf("%d shelves about c, %v", n, err)
		}
		if n, err := orm.Objects[Topic]().Filter(orm.Eq(&tp.Shelves.To().Name, "new")).Count(ctx); n != 1 || err != nil {
			t.Errorf("%d topics on the new shelf, %v", n, err)
		}
		if _, err := orm.Delete(ctx, topics[0]); err != nil {
			t.Errorf("Delete: %v", err)
		}

		// The way back of a key that may be null.
		left := made[0]
		vols, err := left.Volumes.All(ctx)
		must(t, err)
		must(t, left.Volumes.Remove(ctx, vols[0]))
		must(t, left.Volumes.Set(ctx, vols[0], vols[1]))
		must(t, left.Volumes.With().Clearing().Set(ctx, vols[3]))
		if n, err := left.Volumes.Count(ctx); n != 1 || err != nil {
			t.Errorf("%d volumes, %v", n, err)
		}
	})
}
