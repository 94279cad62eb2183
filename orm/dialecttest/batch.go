package dialecttest

import (
	"context"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// testOrmBatch runs queries together through the ORM, in and out of a transaction.
func testOrmBatch(t *testing.T, e *env) {
	library(t, e)
	for round := range 2 {
		run := func(ctx context.Context) error {
			var b orm.Batch
			books := orm.Queue(&b, orm.Objects[Book]().Related(&book.Author).Prefetch(&book.Genres).Filter(orm.Gt(&book.Pages, 60)))
			authors := orm.Queue(&b, orm.Objects[Author]().OrderBy(orm.Desc(&author.Name)).Limit(1))
			none := orm.Queue(&b, orm.Objects[Author]().Filter(orm.In[int64](&author.ID)))
			count := orm.QueueCount(&b, orm.Objects[Genre]())
			there := orm.QueueExists(&b, orm.Objects[Book]().Filter(orm.Eq(&book.Pages, 50)))
			absent := orm.QueueExists(&b, orm.Objects[Book]().Filter(orm.Eq(&book.Pages, 51)))
			if err := b.Run(ctx); err != nil {
				return err
			}
			want(t, "books", titles(books.Value), "Alpha,beta")
			if gs, ok := books.Value[1].Genres.Loaded(); !ok || len(gs) != 2 {
				t.Errorf("round %d: genres = %v, %v", round, gs, ok)
			}
			want(t, "authors", len(authors.Value), 1)
			want(t, "none", len(none.Value), 0)
			want(t, "count", count.Value, 2)
			want(t, "there", there.Value, true)
			want(t, "absent", absent.Value, false)
			if err := b.Run(ctx); err == nil {
				t.Error("a batch ran twice")
			}
			return nil
		}
		must(t, run(e.ctx))
		must(t, orm.Atomic(e.ctx, run))
		log := &orm.QueryLog{}
		must(t, run(orm.WithQueryLog(e.ctx, log)))
		want(t, "statements in the log", log.Count(), 6)
	}
	// A table that changed since the statements were prepared.
	c, err := e.db.Backend().Acquire(e.ctx, false)
	must(t, err)
	defer c.Release()
	if b, ok := c.(dialect.Batcher); ok {
		columns := 0
		item := func() *dialect.BatchItem {
			return &dialect.BatchItem{SQL: "SELECT * FROM dialecttest_genre", Row: func(r dialect.Row) error { columns += r.Columns(); return nil }}
		}
		must(t, b.Batch(e.ctx, []*dialect.BatchItem{item(), item()}))
		want(t, "columns", columns, 8)
		must(t, exec(e, "ALTER TABLE dialecttest_genre ADD COLUMN more integer NULL"))
		columns = 0
		must(t, b.Batch(e.ctx, []*dialect.BatchItem{item(), item()}))
		want(t, "columns after", columns, 12)
	}

	var b orm.Batch
	orm.Queue(&b, orm.Objects[Book]().Filter(orm.Lookup("nonsense", 1)))
	if err := b.Run(e.ctx); err == nil {
		t.Error("a wrong query in a batch is no error")
	}
	must(t, (&orm.Batch{}).Run(e.ctx))
}

// testPrefetches loads several relations of a level together, and one of the level below.
func testPrefetches(t *testing.T, e *env) {
	library(t, e)
	log := &orm.QueryLog{}
	ctx := orm.WithQueryLog(e.ctx, log)
	list, err := orm.Objects[Book]().Prefetch(&book.Genres, &book.Author, &book.Author.To().Books).All(ctx)
	must(t, err)
	want(t, "statements", log.Count(), 4)
	for _, b := range list {
		a, ok := b.Author.Loaded()
		if !ok || a == nil {
			t.Fatalf("the author of %s is not loaded", b.Title)
		}
		if books, ok := a.Books.Loaded(); !ok || len(books) != map[string]int{"Ada": 2, "Bob": 1}[a.Name] {
			t.Errorf("books of %s = %v, %v", a.Name, books, ok)
		}
		if gs, ok := b.Genres.Loaded(); !ok || len(gs) == 0 {
			t.Errorf("genres of %s = %v, %v", b.Title, gs, ok)
		}
	}
	testAhead(t, e, list[0])
	none, err := orm.Objects[Book]().Filter(orm.Eq(&book.Title, "none")).Prefetch(&book.Genres, &book.Author).All(ctx)
	must(t, err)
	want(t, "books", len(none), 0)
	want(t, "statements", log.Count(), 5)
}

// testAhead asks for a book by its key, with its genres, in and out of a transaction; and for one that is not there.
func testAhead(t *testing.T, e *env, of *Book) {
	for round := range 2 {
		run := func(ctx context.Context) error {
			got, err := orm.Objects[Book]().Prefetch(&book.Genres, &book.Author, &book.Author.To().Books).Get(ctx, orm.Eq(&book.ID, of.ID))
			if err != nil {
				return err
			}
			genres, ok := got.Genres.Loaded()
			author, _ := got.Author.Loaded()
			if !ok || len(genres) == 0 || author == nil {
				t.Fatalf("round %d: genres %v, author %v", round, genres, author)
			}
			books, ok := author.Books.Loaded()
			want(t, "books of the author", len(books) > 0 && ok, true)
			_, err = orm.Objects[Book]().Prefetch(&book.Genres).Get(ctx, orm.Eq(&book.ID, -1))
			want(t, "not found", orm.IsNotFound(err), true)
			return nil
		}
		must(t, run(e.ctx))
		must(t, orm.Atomic(e.ctx, run))
	}
}
