package orm_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

func logged(ctx context.Context) (context.Context, *orm.QueryLog) {
	log := &orm.QueryLog{}
	return orm.WithQueryLog(ctx, log), log
}

// The first access to a relation that was not loaded loads it for all objects of the result.
func TestPeersAreLoadedTogether(t *testing.T) {
	t.Parallel()
	ctx, log := logged(open(t))
	seed(t, ctx)
	log.Reset()
	list, err := orm.Objects[Article]().All(ctx)
	must(t, err)
	for _, art := range list {
		author, err := art.Author.Get(ctx)
		must(t, err)
		if author.ID != art.Author.ID {
			t.Errorf("%s has author %d, want %d", art.Title, author.ID, art.Author.ID)
		}
		if _, err := art.Tags.All(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := author.Articles.All(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if log.Count() != 4 {
		t.Errorf("%d queries, want 4: articles, authors, tags, the authors' articles: %v", log.Count(), log.Entries())
	}
}

func TestRelatedAndPrefetch(t *testing.T) {
	t.Parallel()
	ctx, log := logged(open(t))
	seed(t, ctx)
	log.Reset()
	list, err := orm.Objects[Article]().Related(&a.Author).Prefetch(&a.Tags).OrderBy(orm.Asc(&a.ID)).All(ctx)
	must(t, err)
	shown, err := live().Limit(1).All(ctx)
	if err != nil || len(shown) != 1 {
		t.Errorf("live() = %v, %v", shown, err)
	}
	if _, ok := list[0].Author.Loaded(); !ok {
		t.Error("Related did not load the author")
	}
	tags, ok := list[0].Tags.Loaded()
	if !ok || len(tags) != 1 || tags[0].Slug != "go" {
		t.Errorf("Prefetch loaded %v, %v", tags, ok)
	}
	if last, _ := list[5].Tags.Loaded(); len(last) != 0 {
		t.Errorf("an article without tags has %v", last)
	}
	if log.Count() != 4 {
		t.Errorf("%d queries, want 2 and 2", log.Count())
	}

	log.Reset()
	users, err := orm.PrefetchQuery(orm.Objects[User](), &u.Articles, orm.Objects[Article]().Filter(orm.Gt(&a.Likes, 2)).OrderBy(orm.Desc(&a.Likes)).Prefetch(&a.Tags)).All(ctx)
	must(t, err)
	arts, _ := users[0].Articles.Loaded()
	if titles(arts) != "E" || log.Count() != 3 {
		t.Errorf("PrefetchQuery: %q in %d queries, want E in 3", titles(arts), log.Count())
	}
}

func TestFetchRaise(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	art, err := orm.Objects[Article]().FetchRaise().First(ctx)
	must(t, err)
	if _, err := art.Author.Get(ctx); err == nil {
		t.Error("FetchRaise let a relation be loaded")
	}
}

func TestMany(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, tags, arts := seed(t, ctx)
	art := arts[0]
	check := func(want int) {
		t.Helper()
		list, err := art.Tags.All(ctx)
		if err != nil || len(list) != want {
			t.Errorf("%d tags, %v, want %d", len(list), err, want)
		}
	}
	check(1)
	must(t, art.Tags.Add(ctx, tags...)) // one is there already
	check(3)
	must(t, art.Tags.Remove(ctx, tags[0]))
	check(2)
	must(t, art.Tags.Set(ctx, tags[0], tags[1]))
	check(2)
	n, err := art.Tags.Query().Filter(orm.Eq(&g.Slug, "go")).Count(ctx)
	if err != nil || n != 1 {
		t.Errorf("Query() = %d, %v, want 1", n, err)
	}
	must(t, art.Tags.Clear(ctx))
	check(0)
	unsaved := &Article{}
	if err := unsaved.Tags.Add(ctx, tags[0]); !errors.Is(err, orm.ErrNotSaved) {
		t.Errorf("Add to an unsaved object: %v, want ErrNotSaved", err)
	}
	if err := art.Tags.Add(ctx, &Tag{}); !errors.Is(err, orm.ErrNotSaved) {
		t.Errorf("Add of an unsaved object: %v, want ErrNotSaved", err)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	users, tags, arts := seed(t, ctx)
	_, err := orm.Delete(ctx, users[0])
	pe, ok := errors.AsType[*orm.ProtectedError](err)
	if !ok || pe.Count != 3 || pe.By[0] != "Article.author" {
		t.Fatalf("Delete of a protected row: %v", err)
	}
	d, err := orm.Delete(ctx, tags[0])
	if err != nil || d.Total != 4 || d.ByModel["orm_test.Article_tags"] != 3 || tags[0].ID != 0 {
		t.Errorf("Delete = %+v, %v", d, err)
	}
	d, err = orm.Objects[Article]().Filter(orm.Is(&a.Author, users[0])).Delete(ctx)
	if err != nil || d.ByModel["orm_test.Article"] != 3 {
		t.Errorf("Delete of a query = %+v, %v", d, err)
	}
	if _, err := orm.Delete(ctx, users[0]); err != nil {
		t.Errorf("Delete after its articles: %v", err)
	}
	if err := orm.Refresh(ctx, arts[0]); !errors.Is(err, orm.ErrNotFound) {
		t.Errorf("Refresh of a deleted row: %v", err)
	}
}

// Objects of one result may be used by different goroutines, each its own.
func TestPeersConcurrently(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	list, err := orm.Objects[Article]().All(ctx)
	must(t, err)
	var wg sync.WaitGroup
	for _, art := range list {
		wg.Go(func() {
			if _, err := art.Author.Get(ctx); err != nil {
				t.Error(err)
			}
			if _, err := art.Tags.All(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// A kept object does not keep the whole result: peers are remembered weakly.
func TestPeersAreWeak(t *testing.T) {
	ctx := open(t)
	seed(t, ctx)
	kept, err := orm.Objects[Article]().First(ctx)
	must(t, err)
	list, err := orm.Objects[Article]().All(ctx)
	must(t, err)
	first := list[0]
	list = nil
	runtime.GC()
	if _, err := first.Author.Get(ctx); err != nil {
		t.Error(err)
	}
	if _, err := kept.Author.Get(ctx); err != nil {
		t.Error(err)
	}
	_ = list
}
