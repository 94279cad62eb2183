package urls_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// mixedTable has something of everything.
func mixedTable() urls.Patterns {
	v := labelView{"v"}
	return urls.Patterns{
		urls.Path("", v, urls.Name("home")),
		urls.Path("a/<x>/c", v),
		urls.Path("a/new/c", v),
		urls.Path("a/new/<int:n>", v, urls.Name("new")),
		urls.Path("a/<slug:s>/b", v),
		urls.Path("m/<int:a>-<slug:b>.<str:ext>", v, urls.Name("m")),
		urls.Path("g/<slug:a>-<int:b>", v, urls.Name("g")),
		urls.Path("g/<slug:a>-<slug:b>-<str:c>", v),
		urls.Path("g/<str:a>", v),
		urls.Path("t/<str:a><str:b>", v),
		urls.Path("p/<path:p>/edit", v, urls.Name("edit")),
		urls.Path("p/<path:p>/<int:n>/x", v),
		urls.Path("p/<path:p>", v, urls.Name("p")),
		urls.Path("u/<uuid:u>", v),
		urls.Path("u/<uuid:u>x<int:n>", v),
		urls.Path("é/<str:a>é<str:b>", v),
		urls.Include("<str:lang>/", urls.Patterns{
			urls.Path("x/", v),
			urls.Path("<int:n>/", v, urls.Name("n")),
			urls.RePath(`^(\d+)-y/$`, v),
			urls.RePath(`^(?P<opt>q)?z/$`, v),
		}),
		urls.Include("c<str:a>", urls.Patterns{urls.Path("b", v), urls.Path("/b", v)}),
		urls.IncludeRe(`^r(\d+)/`, urls.Patterns{
			urls.RePath(`^(?P<k>k)?$`, v),
			urls.RePath(`^(\w+)(?:/(\w+))?/$`, v),
			urls.Path("<slug:s>/in", v),
		}),
		urls.RePath(`(?P<any>z+)`, v),
		urls.RePath(`^(?!a/)b(?P<k>\w)/(?P=k)$`, v),
		urls.RePath(`^\bw\w+\b`, v),
		urls.Path("a/<path:rest>", v, urls.Kwargs(map[string]any{"rest": 1})),
	}
}

func mustNew(tb testing.TB, patterns urls.Patterns, opts urls.Options) *urls.Resolver {
	tb.Helper()
	res, err := urls.New(patterns, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

// FuzzResolve compares the tree with the slow reference.
func FuzzResolve(f *testing.F) {
	for _, path := range []string{
		"", "/", "/a/new/c", "/a/new/7", "/m/3-a-b.tar.gz", "/g/a-b-3", "/g/a-b-c", "/p/a/edit", "/p/a/7/x", "/p//edit/edit", "/u/12345678-1234-1234-1234-123456789abcx5",
		"/é/aéb", "/en/x/", "/en/5/", "/en/5-y/", "/en/z/", "/cxb", "/cx/b", "/r5/", "/r5/k", "/r5/a/b/", "/r5/a/in", "/t/é日", "/bkk/k", "/bk/k", "/wé", "/zzz", "/a/\xff/c", "/a/99999999999999999999/b", "/p/a\nb",
	} {
		f.Add(path)
	}
	res := mustNew(f, mixedTable(), urls.Options{})
	ref := urls.NewReference(res, "")
	f.Fuzz(func(t *testing.T, path string) {
		path = strings.ToValidUTF8(path, "?")
		compareResolvers(t, res, ref, path)
	})
}

func compareResolvers(t *testing.T, res *urls.Resolver, ref *urls.Reference, path string) {
	t.Helper()
	var fast, slow, walked web.Match
	_ = res.Resolve(path, &fast)
	if !ref.Resolve(path, &slow) {
		slow = web.Match{}
	}
	got, want := urls.DescribeMatch(&fast), urls.DescribeMatch(&slow)
	if got != want {
		t.Errorf("Resolve(%q) = %s, want %s", path, got, want)
	}
	_, _ = res.ResolveSlowly("", path, "", &walked)
	if got := urls.DescribeMatch(&walked); got != want {
		t.Errorf("walk(%q) = %s, want %s", path, got, want)
	}
}

// TestRandomTables compares the tree with the slow reference over random tables and paths.
func TestRandomTables(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	part := func() string {
		return pick("a", "b", "ab", "abc", "a/", "b/", "/", "-", ".", "<int:%d>", "<slug:%d>", "<%d>", "<path:%d>", "<str:%d>", "<int:%d>/", "<slug:%d>/", "<str:%d>/", "1", "é")
	}
	n := 0
	route := func() string {
		var b strings.Builder
		for range rnd.IntN(4) {
			n++
			b.WriteString(strings.ReplaceAll(part(), "%d", fmt.Sprintf("x%d", n)))
		}
		return b.String()
	}
	var table func(depth int) urls.Patterns
	table = func(depth int) urls.Patterns {
		var list urls.Patterns
		for range 1 + rnd.IntN(8) {
			switch r := rnd.IntN(10); {
			case r < 2 && depth < 3:
				list = append(list, urls.Include(route(), table(depth+1)))
			case r < 3:
				n++
				list = append(list, urls.RePath(pick(`^a(\d+)$`, `b+`, `^$`, `^`, `$`, `^(x)?`, `^(?P<y>a|ab)(?P<z>\w*)/?$`, `^ab`, `(a)?b$`, fmt.Sprintf(`^(?P<x%d>[^/]+)/`, n)), labelView{}))
			default:
				list = append(list, urls.Path(route(), labelView{}))
			}
		}
		return list
	}
	for range 300 {
		res := mustNew(t, table(0), urls.Options{})
		ref := urls.NewReference(res, "")
		for range 60 {
			path := "/"
			for range rnd.IntN(6) {
				path += pick("a", "b", "ab", "1", "12", "/", "-", ".", "é", "a/", "b/", "1/", "ab/")
			}
			compareResolvers(t, res, ref, path)
		}
		if t.Failed() {
			for _, r := range res.Routes() {
				t.Logf("%q", r.Pattern)
			}
			return
		}
	}
}

// FuzzTable makes a table of arbitrary routes: no panic, and what can be reversed resolves.
func FuzzTable(f *testing.F) {
	f.Add("x/<int:y>/", `^a(?P<b>\d+)$`, "5")
	f.Add("<a>-<b>", `(a|b)?c*`, "é")
	f.Add("100%/<path:p>", `\Aa[^]]{2,3}(?:x(y))?`, "//x")
	f.Fuzz(func(t *testing.T, route, regex, arg string) {
		res, err := urls.New(urls.Patterns{
			urls.Path(route, labelView{"p"}, urls.Name("p")),
			urls.RePath(regex, labelView{"r"}, urls.Name("r")),
		}, urls.Options{})
		if err != nil {
			return
		}
		arg = strings.ToValidUTF8(arg, "")
		_ = res.Check()
		ctx := urls.WithResolver(context.Background(), res)
		for _, args := range [][]any{nil, {arg}, {arg, arg}} {
			for _, name := range []string{"p", "r"} {
				url, err := urls.Reverse(ctx, name, args...)
				if err != nil {
					continue
				}
				if strings.HasPrefix(url, "//") {
					t.Errorf("Reverse(%q) = %q", args, url)
				}
			}
		}
		var m web.Match
		_ = res.Resolve("/"+arg, &m)
	})
}

// FuzzReverse: a URL built by a name resolves to the same pattern.
func FuzzReverse(f *testing.F) {
	res := mustNew(f, urls.Patterns{
		urls.Path("s/<str:a>/", labelView{"s"}, urls.Name("s")),
		urls.Path("g/<slug:a>.html", labelView{"g"}, urls.Name("g")),
		urls.Path("i/<int:a>", labelView{"i"}, urls.Name("i")),
		urls.Path("p/<path:a>", labelView{"p"}, urls.Name("p")),
		urls.RePath(`^r/(?P<a>\w+)/$`, labelView{"r"}, urls.Name("r")),
	}, urls.Options{})
	ctx := urls.WithResolver(context.Background(), res)
	for _, arg := range []string{"a", "a b/ü", "%2F", "//x", "٣", "x\ny"} {
		f.Add(arg)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		arg = strings.ToValidUTF8(arg, "?")
		for _, name := range []string{"s", "g", "i", "p", "r"} {
			url, err := urls.Reverse(ctx, name, arg)
			if err != nil {
				continue
			}
			path, err := unquote(url)
			if err != nil {
				t.Fatalf("Reverse(%s, %q) = %q: %v", name, arg, url, err)
			}
			var m web.Match
			if err := res.Resolve(path, &m); err != nil || m.Route.Name != name {
				t.Fatalf("Resolve(%q) = %v, %v; want %s", path, m.Route, err, name)
			}
			if v, _ := m.Value("a"); v.Text() != arg {
				t.Fatalf("Resolve(%q): a = %q, want %q", path, v.Text(), arg)
			}
		}
	})
}
