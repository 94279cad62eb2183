package debug_test

import (
	"errors"
	"testing"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views/debug"
	"github.com/nuages-go/nuages/web"
)

// unmatched asks a site's URL table for a path that leads nowhere.
func unmatched(t *testing.T, target string) (*web.Request, error) {
	t.Helper()
	ok := web.View(func(*web.Request) (*web.Response, error) { return web.Text(""), nil })
	resolver, err := urls.New(urls.Patterns{
		urls.Include("admin/", urls.Patterns{urls.AppName("admin"), urls.Path("login/", ok, urls.Name("login"))}),
		urls.Path("", ok, urls.Name("home")),
		urls.Path("article/<int:pk>", ok, urls.Name("detail")),
		urls.Path("about", ok, urls.Name("about")),
		urls.RePath("^archive/(?P<year>[0-9]{4})/$", ok),
	}, urls.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := request("GET", target, "Accept", "text/html")
	r.SetContext(urls.WithResolver(r.Context(), resolver))
	if _, err = resolver.Serve(r); err == nil {
		t.Fatalf("%s is a page", target)
	}
	return r, err
}

func TestNoPatternMatches(t *testing.T) {
	t.Parallel()
	r, err := unmatched(t, "/abuot?next=1")
	rep := debug.NewNotFound(r, err, debug.Options{})
	keep(t, "notfound.html", rep.HTML())
	if rep.Closest != "/about" {
		t.Errorf("Closest = %q", rep.Closest)
	}
	wantAll(t, "HTML", string(rep.HTML()), "article/&lt;int:pk&gt;", "detail", `<a href="/about">`, "none matched", "?next=1")
	wantAll(t, "Text", rep.Text(), "article/<int:pk>  [detail]", "Did you mean /about?", "^archive/")
}

func TestViewRaises404(t *testing.T) {
	t.Parallel()
	r := request("GET", "/article/999")
	rep := debug.NewNotFound(r, fail(r, noSuchArticle), debug.Options{})
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

// The visitor's message is the headline, the cause stands below it.
func TestNotFoundDetail(t *testing.T) {
	t.Parallel()
	err := &web.Error{Status: 404, Message: "No Article matches the given query.", Err: errors.New("orm: no matching row")}
	rep := debug.NewNotFound(request("GET", "/article/9"), err, debug.Options{})
	if rep.Message != err.Message || rep.Detail != err.Error() {
		t.Errorf("Message, Detail = %q, %q", rep.Message, rep.Detail)
	}
	wantAll(t, "Text", rep.Text(), "(No Article matches the given query: orm: no matching row)")
}

// A 404 of a middleware comes before any pattern was tried.
func TestRaisedBeforeResolving(t *testing.T) {
	t.Parallel()
	rep := debug.NewNotFound(request("GET", "/x"), web.NotFound("not on this host"), debug.Options{})
	wantAll(t, "HTML", string(rep.HTML()), "not on this host", "raised before the URL table was asked")
	wantNone(t, "Text", rep.Text(), "matches none")
}
