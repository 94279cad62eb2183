package urls_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// benchTable has n routes in the manner of a large site, beside a few that need more than one look.
func benchTable(n int) urls.Patterns {
	v := labelView{"v"}
	var list urls.Patterns
	for i := range n / 5 {
		list = append(list,
			urls.Path(fmt.Sprintf("section%d/static/page/", i), v, urls.Name(fmt.Sprintf("static%d", i))),
			urls.Path(fmt.Sprintf("section%d/<int:pk>/", i), v, urls.Name(fmt.Sprintf("one%d", i))),
			urls.Path(fmt.Sprintf("section%d/<int:pk>/<slug:slug>/", i), v),
			urls.Path(fmt.Sprintf("section%d/<int:year>/<int:month>/<slug:slug>/", i), v),
			urls.Path(fmt.Sprintf("section%d/<int:year>/<int:month>/<slug:slug>/<str:tab>/", i), v),
		)
	}
	return append(list,
		urls.Path("twig/<slug:a>-<int:b>/", v),
		urls.Path("passed/<slug:a>/", v),
		urls.Path("passed/by/", v),
		urls.RePath(`^re/(?P<year>[0-9]{4})/$`, v),
		urls.Path("long/<a>/<b>/<c>/<d>/<e>/", v),
	)
}

func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		res := mustNew(b, benchTable(n), urls.Options{})
		k := n/5 - 1
		for _, req := range []struct{ name, path string }{
			{"static", fmt.Sprintf("/section%d/static/page/", k)},
			{"args=1", fmt.Sprintf("/section%d/12345/", k)},
			{"args=2", fmt.Sprintf("/section%d/12345/a-slug/", k)},
			{"args=3", fmt.Sprintf("/section%d/2026/11/a-slug/", k)},
			{"args=4", fmt.Sprintf("/section%d/2026/11/a-slug/tab/", k)},
			{"miss", fmt.Sprintf("/section%d/nothing/here", k)},
			{"backtracking", "/twig/a-b-c-12/"},
			{"passed by", "/passed/by/"},
			{"regex", "/re/2026/"},
			{"args=5", "/long/a/b/c/d/e/"},
		} {
			b.Run(fmt.Sprintf("%d/%s", n, req.name), func(b *testing.B) {
				var m web.Match
				b.ReportAllocs()
				for b.Loop() {
					res.Lookup(req.path, &m)
				}
			})
		}
	}
}

var detail = urls.Name1[int64]("news:detail")

func reverseContext(tb testing.TB) context.Context {
	res := mustNew(tb, append(benchTable(1000), urls.Include("news/", urls.Patterns{
		urls.AppName("news"),
		urls.Path("", labelView{}, urls.Name("home")),
		urls.Path("article/<int:pk>", labelView{}, urls.Name("detail")),
		urls.Path("tag/<slug:slug>/", labelView{}, urls.Name("tag")),
	})), urls.Options{})
	return urls.WithResolver(context.Background(), res)
}

func BenchmarkReverse(b *testing.B) {
	ctx := reverseContext(b)
	tag := urls.Name1[string]("news:tag")
	home := urls.Name0("news:home")
	space := make([]byte, 0, 64)
	missing := func(ok bool) error {
		if !ok {
			return errors.New("not appended")
		}
		return nil
	}
	for _, bench := range []struct {
		name string
		run  func() (string, error)
	}{
		{"typed/args=0", func() (string, error) { return home.Reverse(ctx) }},
		{"typed/int", func() (string, error) { return detail.Reverse(ctx, 123456) }},
		{"typed/slug", func() (string, error) { return tag.Reverse(ctx, "a-slug") }},
		{"by name/int", func() (string, error) { return urls.Reverse(ctx, "news:detail", int64(123456)) }},
		{"template", func() (string, error) {
			return urls.FromContext(ctx).ReverseURL(ctx, "news:detail", []any{int64(123456)}, nil)
		}},
		{"append/int", func() (string, error) {
			_, ok := urls.FromContext(ctx).AppendURLInt(ctx, space[:0], "news:detail", 123456)
			return "", missing(ok)
		}},
		{"keyword", func() (string, error) { return urls.Reverse(ctx, "news:detail", urls.KW("pk", int64(123456))) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bench.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	table := benchTable(1000)
	for b.Loop() {
		if _, err := urls.New(table, urls.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	res := mustNew(b, benchTable(1000), urls.Options{})
	for b.Loop() {
		res.Check()
	}
}
