package orm_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// column reads one column of a row, past all objects.
func column(t *testing.T, ctx context.Context, name string, id int64) any {
	t.Helper()
	var got any
	must(t, orm.QueryRows(ctx, "SELECT "+name+" FROM orm_test_article WHERE id = ?", []any{id}, func(cols []any) error { got = cols[0]; return nil }))
	return got
}

func TestSaveOfPartialObject(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, _, arts := seed(t, ctx)
	for _, art := range arts {
		art.Body = "body of " + art.Title
		must(t, orm.Save(ctx, art))
	}
	id := arts[0].ID
	tests := []struct {
		name   string
		query  orm.Query[Article]
		change func(art *Article)
		column string
		want   any
	}{
		{"only keeps the rest", articles.Only(&a.Title), func(art *Article) { art.Title = "new" }, "body", "body of Title A"},
		{"only writes what was loaded", articles.Only(&a.Title), func(art *Article) { art.Title = "new" }, "title", "new"},
		{"an assigned field is written", articles.Only(&a.Title), func(art *Article) { art.Body = "set" }, "body", "set"},
		{"defer keeps the column", articles.Defer(&a.Body), func(art *Article) { art.Likes = 99 }, "body", "body of Title A"},
		{"defer of nothing is a full load", articles.Defer(&a.Body).Defer(), func(art *Article) { art.Body = "" }, "body", ""},
		{"a deferred foreign key stays", articles.Only(&a.Title), func(art *Article) { art.Title = "x" }, "author_id", int64(1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			undo := errors.New("undo")
			err := orm.Atomic(ctx, func(ctx context.Context) error {
				art, err := tt.query.Get(ctx, orm.Eq(&a.ID, id))
				must(t, err)
				tt.change(art)
				must(t, orm.Save(ctx, art))
				if got := column(t, ctx, tt.column, id); got != tt.want {
					t.Errorf("%s = %v, want %v", tt.column, got, tt.want)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Fatal(err)
			}
		})
	}
}

// What was written or read once is known: a later zero value is meant.
func TestZeroAfterSaveIsMeant(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, _, arts := seed(t, ctx)
	art, err := articles.Only(&a.Title).Get(ctx, orm.Eq(&a.ID, arts[1].ID))
	must(t, err)
	art.Body = "text"
	must(t, orm.Save(ctx, art))
	art.Body = ""
	must(t, orm.Save(ctx, art))
	if got := column(t, ctx, "body", art.ID); got != "" {
		t.Errorf("body = %q, want it empty", got)
	}
	must(t, orm.Refresh(ctx, art, &a.Likes))
	if art.Likes != 1 || slices.Contains(orm.Deferred(art), "likes") {
		t.Errorf("after Refresh: likes %d, deferred %v", art.Likes, orm.Deferred(art))
	}
	art.Likes = 0
	must(t, orm.Save(ctx, art))
	if got := column(t, ctx, "likes", art.ID); got != int64(0) {
		t.Errorf("likes = %v, want 0", got)
	}
}

func TestLoadReadsForAllPeers(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, _, arts := seed(t, ctx)
	list, err := articles.Only(&a.Title).OrderBy(orm.Asc(&a.ID)).All(ctx)
	must(t, err)
	if got := strings.Join(orm.Deferred(list[0]), " "); got != "slug body status author likes published created" {
		t.Errorf("Deferred = %s", got)
	}
	list[2].Slug = "mine"
	var log orm.QueryLog
	logged := orm.WithQueryLog(ctx, &log)
	must(t, orm.Load(logged, list[0], &a.Slug, &a.Likes))
	for _, art := range list {
		must(t, orm.Load(logged, art, &a.Slug))
	}
	if log.Count() != 1 {
		t.Errorf("%d queries, want 1", log.Count())
	}
	if list[5].Slug != "sf" || list[5].Likes != 5 || list[2].Slug != "mine" || list[0].Likes != 0 {
		t.Errorf("loaded %q %d, kept %q", list[5].Slug, list[5].Likes, list[2].Slug)
	}
	// The key of a relation loads itself, for all.
	author, err := list[1].Author.Get(logged)
	must(t, err)
	if author.Username != "bob" || log.Count() != 3 || list[0].Author.ID != 1 {
		t.Errorf("author %s after %d queries, first's key %d", author.Username, log.Count(), list[0].Author.ID)
	}
	must(t, orm.Load(ctx, list[0]))
	if d := orm.Deferred(list[0]); d != nil {
		t.Errorf("still deferred: %v", d)
	}
	_, err = orm.Delete(ctx, arts[5])
	must(t, err)
	if err := orm.Save(ctx, list[5]); !errors.Is(err, orm.ErrNotUpdated) {
		t.Errorf("Save of a partial object whose row is gone: %v", err)
	}
}

func TestLoadWithoutRelations(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	list, err := orm.Objects[User]().Only(&u.ID).OrderBy(orm.Asc(&u.ID)).All(ctx)
	must(t, err)
	tags, err := orm.Objects[Tag]().Only(&g.ID).OrderBy(orm.Asc(&g.ID)).All(ctx)
	must(t, err)
	runtime.GC() // what is remembered of objects lives as long as they
	must(t, orm.Save(ctx, tags[0]))
	must(t, orm.Load(ctx, tags[0], &g.Slug))
	must(t, orm.Load(ctx, list[1]))
	if tags[2].Slug != "unused" || list[0].Username != "ada" {
		t.Errorf("peers: %+v %+v", tags[2], list[0])
	}
	if d := orm.Deferred(tags[0]); d != nil {
		t.Errorf("still deferred: %v", d)
	}
	raw, err := orm.Raw[Tag]("SELECT id FROM orm_test_tag ORDER BY id").All(ctx)
	must(t, err)
	if d := orm.Deferred(raw[0]); !slices.Equal(d, []string{"slug"}) {
		t.Errorf("Raw: deferred %v", d)
	}
	must(t, orm.FullClean(ctx, raw[0]))
	if raw[1].Slug != "sql" {
		t.Error("FullClean did not load what it looks at")
	}
	fresh := &Tag{Slug: "fresh"}
	must(t, orm.Create(ctx, fresh))
	if d := orm.Deferred(fresh); d != nil {
		t.Errorf("of a new object: %v", d)
	}
}

func TestPartialMistakes(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	strict, err := articles.Only(&a.Title).FetchRaise().First(ctx)
	must(t, err)
	err = orm.Load(ctx, strict, &a.Body)
	if err == nil || !strings.Contains(err.Error(), "FetchRaise") || !strings.Contains(err.Error(), "Article.Body") {
		t.Errorf("Load after FetchRaise: %v", err)
	}
	if _, err := strict.Author.Get(ctx); err == nil || !strings.Contains(err.Error(), "Article.Author") {
		t.Errorf("Get of a deferred key after FetchRaise: %v", err)
	}
	if _, err := articles.Only(&a.Title).Related(&a.Author).All(ctx); err == nil || !strings.Contains(err.Error(), "cannot be left out") {
		t.Errorf("Only and Related: %v", err)
	}
	art, err := articles.Only(&a.Title).First(ctx)
	must(t, err)
	art.ID = 0
	if err := orm.Create(ctx, art); err == nil || !strings.Contains(err.Error(), "Slug was not loaded") {
		t.Errorf("Create of a partial copy: %v", err)
	}
	if err := orm.Load(ctx, art, &u.Username); err == nil {
		t.Error("Load of another model's field")
	}
	if err := orm.Refresh(ctx, art, &a.Words); err == nil {
		t.Error("Refresh of what is no column")
	}
}

func TestPrefetchLoadsDeferredKeys(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	list, err := articles.Only(&a.Title).Prefetch(&a.Author).OrderBy(orm.Asc(&a.ID)).All(ctx)
	must(t, err)
	if author, ok := list[1].Author.Loaded(); !ok || author.Username != "bob" {
		t.Errorf("author %v %v", author, ok)
	}
	must(t, orm.Refresh(ctx, list[1], &a.Tags))
	if _, ok := list[1].Author.Loaded(); !ok {
		t.Error("a named relation is forgotten alone")
	}
}

// Objects in a bulk update are completed before they are written.
func TestBulkUpdateOfPartialObjects(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, _, arts := seed(t, ctx)
	list, err := articles.Only(&a.Title).All(ctx)
	must(t, err)
	if _, err := articles.BulkUpdate(ctx, list, &a.Slug); err != nil {
		t.Fatal(err)
	}
	if got := column(t, ctx, "slug", arts[0].ID); got != "sa" {
		t.Errorf("slug = %v", got)
	}
}

func BenchmarkOnly(b *testing.B) {
	ctx := open(b)
	tags := make([]*Tag, 100)
	for i := range tags {
		tags[i] = &Tag{Slug: "t" + string(rune('a'+i/26)) + string(rune('a'+i%26))}
	}
	must(b, orm.Objects[Tag]().BulkCreate(ctx, tags))
	q := orm.Objects[Tag]()
	for _, bench := range []struct {
		name string
		q    orm.Query[Tag]
	}{{"full", q}, {"only", q.Only(&g.ID)}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bench.q.All(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
