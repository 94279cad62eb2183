package urls_test

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

func show(_ *web.Request, pk int64) (*web.Response, error) {
	return web.Text("article " + strconv.FormatInt(pk, 10)), nil
}

func home(*web.Request) (*web.Response, error) { return web.Text("home"), nil }

// ArticleDetail is how the rest of a program refers to the page of an article.
var ArticleDetail = urls.Name1[int64]("news:detail")

func ExampleNew() {
	res, err := urls.New(urls.Patterns{
		urls.Include("news/", urls.Patterns{
			urls.AppName("news"),
			urls.Path("", web.View(home), urls.Name("home")),
			urls.Path("article/<int:pk>", web.Arg(show), urls.Name("detail")),
		}),
	}, urls.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}

	var m web.Match
	err = res.Resolve("/news/article/42", &m)
	pk, _ := m.Kwarg("pk")
	fmt.Println(m.Route.ViewName, pk, err)

	ctx := urls.WithResolver(context.Background(), res)
	address, err := ArticleDetail.Reverse(ctx, 42)
	fmt.Println(address, err)
	// Output:
	// news:detail 42 <nil>
	// /news/article/42 <nil>
}

func ExampleReverse() {
	res, _ := urls.New(urls.Patterns{
		urls.Path("tag/<slug:slug>/", web.View(home), urls.Name("tag")),
	}, urls.Options{})
	ctx := urls.WithResolver(context.Background(), res)

	fmt.Println(urls.Reverse(ctx, "tag", "go"))
	fmt.Println(urls.Reverse(ctx, "tag", urls.KW("slug", "go"), urls.Query(url.Values{"page": {"2"}}), urls.Fragment("top")))
	fmt.Println(urls.Reverse(ctx, "tag", "not a slug"))
	// Output:
	// /tag/go/ <nil>
	// /tag/go/?page=2#top <nil>
	//  Reverse for 'tag' with arguments '('not a slug',)' not found. 1 pattern(s) tried: ['tag/(?P<slug>[-a-zA-Z0-9_]+)/\\Z']
}

func ExampleNewConverter() {
	year := urls.NewConverter("[0-9]{4}", strconv.Atoi, func(year int) (string, error) { return fmt.Sprintf("%04d", year), nil })
	archive := func(_ *web.Request, year int) (*web.Response, error) { return web.Text(fmt.Sprint(year)), nil }
	res, _ := urls.New(urls.Patterns{
		urls.Path("archive/<yyyy:year>/", web.Arg(archive), urls.Name("archive")),
	}, urls.Options{Converters: map[string]urls.Converter{"yyyy": year}})

	var m web.Match
	fmt.Println(res.Lookup("/archive/2026/", &m), res.Lookup("/archive/26/", &m))
	fmt.Println(res.Reverse(context.Background(), "archive", []any{987}, nil))
	// Output:
	// true false
	// /archive/0987/ <nil>
}

func ExampleMethods() {
	list := web.View(func(*web.Request) (*web.Response, error) { return web.Text("list"), nil })
	create := web.View(func(*web.Request) (*web.Response, error) { return web.Text("created"), nil })
	res, _ := urls.New(urls.Patterns{
		urls.Path("articles/", list, urls.Methods("GET")),
		urls.Path("articles/", create, urls.Methods("POST")),
	}, urls.Options{})
	for _, r := range res.Routes() {
		fmt.Println(r.Methods, r.Pattern)
	}
	// Output:
	// [GET] articles/
	// [POST] articles/
}
