package main

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/examples/newsroom/news"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/webtest"
)

// newsroom is a client of a newspaper with its two hundred articles.
func newsroom(t *testing.T) *webtest.Client {
	t.Helper()
	client := webtest.New(t, site())
	if out, err := client.Call("loadsample"); err != nil {
		t.Fatalf("loadsample: %v\n%s", err, out)
	}
	return client
}

func TestFrontPage(t *testing.T) {
	t.Parallel()
	client := newsroom(t)

	resp := client.Get("/").AssertStatus(200).AssertTemplate("news/list.html").AssertContains("Night library hours return")
	list := webtest.DataOf[views.ListPage[news.Article]](resp)
	if len(list.ObjectList) != 25 || !list.PageObj.HasNext() || list.PageObj.HasPrevious() {
		t.Errorf("the front page has %d articles and is %v, want 25 and the first of several", len(list.ObjectList), list.PageObj)
	}

	client.Get("/?page=3").AssertStatus(200).AssertContains("Articles 51 to 75 of 200")
	client.Get("/?page=last").AssertStatus(200).AssertContains("Articles 176 to 200 of 200")
	client.Get("/?page=9").AssertStatus(404)
	client.Get("/?page=x").AssertStatus(404)
}

func TestArticle(t *testing.T) {
	t.Parallel()
	client := newsroom(t)

	resp := client.Get("/article/200").AssertStatus(200).AssertTemplate("news/detail.html").AssertContains("<h1>Night library hours return after reader petition</h1>")
	detail := webtest.DataOf[news.Detail](resp)
	if author, err := detail.Article.Author.Get(client.Context()); err != nil || author.Name == "" {
		t.Errorf("the author is %v, %v", author, err)
	}
	if len(detail.More) != 3 || detail.More[0].ID != 199 {
		t.Errorf("%d articles before it, want 3 from 199 on", len(detail.More))
	}

	client.Get("/article/1").AssertStatus(200)
	client.Get("/article/99999").AssertStatus(404)
	client.Get("/article/one").AssertStatus(404)
	client.Get("/story/7").AssertStatus(301).AssertRedirects("/article/7")
}

func TestDraftsAreNotShown(t *testing.T) {
	t.Parallel()
	client := newsroom(t)

	a := orm.Fields[news.Article]()
	drafts, err := orm.Objects[news.Article]().Filter(orm.Eq(&a.ID, 200)).Update(client.Context(), orm.Set(&a.Status, news.Draft))
	if err != nil || drafts != 1 {
		t.Fatalf("Update = %d, %v", drafts, err)
	}

	client.Get("/article/200").AssertStatus(404)
	client.Get("/").AssertStatus(200).AssertNotContains("Night library hours return")
	client.Get("/?page=last").AssertContains("Articles 176 to 199 of 199")
}

func TestTags(t *testing.T) {
	t.Parallel()
	client := newsroom(t)

	client.Get("/tag/harbour").AssertStatus(200).AssertContains("<h1>Harbour</h1>")
	client.Get("/tag/archive").AssertStatus(200).AssertContains("11 articles")
	client.Get("/tag/gardening").AssertStatus(404)
}

func TestOtherPages(t *testing.T) {
	t.Parallel()
	client := newsroom(t)

	client.Get("/about").AssertStatus(200).AssertContains("So far 200 articles have appeared")
	client.Get("/static/news/style.css").AssertStatus(200)
	client.Get("/static/../main.go").AssertStatus(404)
	client.Get("/estuary.svg").AssertStatus(200).AssertHeader("Content-Type", "image/svg+xml")
	client.Get("/estuary.svg", webtest.Header("Range", "bytes=0-3")).AssertStatus(206).AssertContains("<svg")

	var feed struct {
		Articles []struct {
			ID         int64
			Title, URL string
		}
	}
	client.Get("/latest.json").AssertStatus(200).JSON(&feed)
	if len(feed.Articles) != 10 || feed.Articles[0].URL != "http://testserver/article/200" {
		t.Errorf("the feed is %+v, want ten articles from 200 on", feed.Articles)
	}
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	newsroom(t).Get("/nowhere").AssertStatus(404).AssertContains("This page has gone out with the tide")
}

// However many articles a page shows, it needs the same few queries: they are counted, read with their authors, and
// their tags are read at once.
func TestQueries(t *testing.T) {
	t.Parallel()
	client := newsroom(t)

	client.MaxQueries(3, func() { client.Get("/?page=2") })
	client.MaxQueries(4, func() { client.Get("/article/100") })
	client.MaxQueries(4, func() { client.Get("/tag/city") })
	client.MaxQueries(2, func() { client.Get("/latest.json") })
}

func TestLoadSampleOnce(t *testing.T) {
	t.Parallel()
	client := newsroom(t)

	out, err := client.Call("loadsample")
	if err != nil || !strings.Contains(out, "There are 200 articles already") {
		t.Errorf("a second loadsample says %q, %v", out, err)
	}
}

func TestEmptyNewsroom(t *testing.T) {
	t.Parallel()
	webtest.New(t, site()).Get("/").AssertStatus(200).AssertContains("No news yet")
}

func TestMigrationsMatchModels(t *testing.T) {
	t.Parallel()
	if out, err := webtest.New(t, site()).Call("makemigrations", "--check", "--dry-run"); err != nil {
		t.Errorf("the models have changed: %v\n%s", err, out)
	}
}
