package urls_test

import (
	"context"
	"testing"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
)

var _ template.URLAppender = (*urls.Resolver)(nil)

// TestAppendURL compares AppendURL and its like with ReverseURL: the same address, or none.
func TestAppendURL(t *testing.T) {
	t.Parallel()
	res := mustNew(t, urls.Patterns{
		urls.Path("", labelView{}, urls.Name("home")),
		urls.Path("article/<int:pk>", labelView{}, urls.Name("article")),
		urls.Path("tag/<slug:slug>/", labelView{}, urls.Name("tag")),
		urls.Path("text/<str:text>/", labelView{}, urls.Name("text")),
		urls.Path("any/<path:rest>", labelView{}, urls.Name("path")),
		urls.RePath(`^odd/(\d\d)/$`, labelView{}, urls.Name("regexp")),
		urls.Path("<path:all>", labelView{}, urls.Name("root")),
	}, urls.Options{})
	ctx := urls.WithResolver(context.Background(), res)
	prefixed := urls.WithScriptPrefix(ctx, "/below/")
	const before = "before"
	check := func(t *testing.T, ctx context.Context, got []byte, ok bool, name string, args ...any) {
		t.Helper()
		want, err := res.ReverseURL(ctx, name, args, nil)
		switch {
		case !ok && string(got) != before:
			t.Errorf("%s %v: not done, but left %q", name, args, got)
		case ok && (err != nil || string(got) != before+want):
			t.Errorf("%s %v = %q, want %q, %v", name, args, got, want, err)
		}
	}
	done := 0
	count := func(b []byte, ok bool) ([]byte, bool) {
		if ok {
			done++
		}
		return b, ok
	}
	for _, ctx := range []context.Context{ctx, prefixed} {
		for _, name := range []string{"home", "article", "tag", "text", "path", "regexp", "root", "none", "no:such", ""} {
			got, ok := count(res.AppendURL(ctx, []byte(before), name))
			check(t, ctx, got, ok, name)
			for _, n := range []int64{0, 42, -7, 1 << 62} {
				got, ok := count(res.AppendURLInt(ctx, []byte(before), name, n))
				check(t, ctx, got, ok, name, n)
			}
			for _, text := range []string{"a-slug", "12", "", "a b&c", "a/b", "é", "/", "//evil.example", "<x>", "%41"} {
				got, ok := count(res.AppendURLText(ctx, []byte(before), name, text))
				check(t, ctx, got, ok, name, text)
			}
		}
	}
	if done < 20 {
		t.Errorf("only %d addresses were appended", done)
	}
}

func TestAppendURLAllocates(t *testing.T) {
	ctx := reverseContext(t)
	res := urls.FromContext(ctx)
	b := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() { b, _ = res.AppendURLInt(ctx, b[:0], "news:detail", 123456) }); n > 0 {
		t.Errorf("AppendURLInt allocates %v times", n)
	}
	if string(b) != "/news/article/123456" {
		t.Errorf("AppendURLInt = %q", b)
	}
}
