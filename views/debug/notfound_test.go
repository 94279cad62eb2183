package debug_test

import (
	"testing"

	"github.com/nuages-go/nuages/views/debug"
	"github.com/nuages-go/nuages/web"
)

var tried = []debug.TriedPattern{
	{Parts: []string{"admin/", "login/"}, Name: "admin:login"},
	{Parts: []string{""}, Name: "news:home"},
	{Parts: []string{"article/<int:pk>"}, Name: "news:detail"},
	{Parts: []string{"tag/<slug:slug>/"}, Name: "news:tag"},
	{Parts: []string{"about"}, Name: "about"},
	{Parts: []string{"^archive/(?P<year>[0-9]{4})/$"}},
}

func TestNoPatternMatches(t *testing.T) {
	t.Parallel()
	r := request("GET", "/abuot?next=1", "Accept", "text/html")
	rep := debug.NewNotFound(r, web.NotFound("Not Found"), tried, debug.Options{})
	keep(t, "notfound.html", rep.HTML())
	if rep.Closest != "/about" {
		t.Errorf("Closest = %q", rep.Closest)
	}
	wantAll(t, "HTML", string(rep.HTML()), "article/&lt;int:pk&gt;", "news:detail", `<a href="/about">`, "none matched", "?next=1")
	wantAll(t, "Text", rep.Text(), "article/<int:pk>  [news:detail]", "Did you mean /about?", "^archive/")
}

func TestViewRaises404(t *testing.T) {
	t.Parallel()
	r := request("GET", "/article/999")
	rep := debug.NewNotFound(r, fail(r, noSuchArticle), tried[:3], debug.Options{})
	keep(t, "raised.html", rep.HTML())
	for what, text := range map[string]string{"HTML": string(rep.HTML()), "Text": rep.Text()} {
		wantAll(t, what, text, "No Article matches the given query.", "debug_test.noSuchArticle", "report_test.go")
		wantNone(t, what, text, "none matched", "Did you mean")
	}
	if len(rep.Places) != 1 || rep.Places[0].Func != "noSuchArticle" {
		t.Errorf("Places = %+v", rep.Places)
	}
}

func TestWelcome(t *testing.T) {
	t.Parallel()
	keep(t, "welcome.html", debug.Welcome())
	wantAll(t, "Welcome", string(debug.Welcome()), "It works.", "urls.Path")
}
