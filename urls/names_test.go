package urls_test

import (
	"context"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

func namesTable() urls.Patterns {
	v := text("v")
	return urls.Patterns{
		urls.Include("", urls.Patterns{
			urls.AppName("news"),
			urls.Path("", v, urls.Name("home")),
			urls.Path("article/<int:pk>", v, urls.Name("detail")),
			urls.Path("tag/<slug:slug>/<int:page>/", v, urls.Name("tag")),
			urls.Path("doc/<uuid:id>/<path:p>/<ver:v>", v, urls.Name("doc")),
			urls.RePath(`^archive/(?P<year>\d{4})/$`, v, urls.Name("archive")),
		}),
		urls.Include("shop/", urls.Patterns{urls.AppName("shop"), urls.Path("<int:n>/", v, urls.Name("item"))}),
		urls.Include("outlet/", urls.Patterns{urls.AppName("shop"), urls.Path("<int:n>/", v, urls.Name("item"))}, urls.Namespace("outlet")),
	}
}

func namesResolver(tb testing.TB) *urls.Resolver {
	tb.Helper()
	return mustNew(tb, namesTable(), urls.Options{Converters: map[string]urls.Converter{"ver": versionConverter()}})
}

func TestTypedNames(t *testing.T) {
	t.Parallel()
	ctx := urls.WithResolver(context.Background(), namesResolver(t))
	id := web.UUID{15: 255}
	type slug string
	tests := []struct {
		name string
		got  func() (string, error)
		want string
	}{
		{"none", func() (string, error) { return urls.Name0("news:home").Reverse(ctx) }, "/"},
		{"query", func() (string, error) {
			return urls.Name0("news:home").Reverse(ctx, urls.Query(url.Values{"page": {"3"}}))
		}, "/?page=3"},
		{"int64", func() (string, error) { return detail.Reverse(ctx, 42) }, "/article/42"},
		{"int", func() (string, error) { return urls.Name1[int]("news:detail").Reverse(ctx, 42) }, "/article/42"},
		{"uint16", func() (string, error) { return urls.Name1[uint16]("news:detail").Reverse(ctx, 42) }, "/article/42"},
		{"fragment", func() (string, error) { return detail.Reverse(ctx, 42, urls.Fragment("c1")) }, "/article/42#c1"},
		{"two", func() (string, error) { return urls.Name2[string, int]("news:tag").Reverse(ctx, "go", 2) }, "/tag/go/2/"},
		{"own string type", func() (string, error) { return urls.Name2[slug, int]("news:tag").Reverse(ctx, "go", 2) }, "/tag/go/2/"},
		{"three", func() (string, error) {
			return urls.Name3[web.UUID, string, version]("news:doc").Reverse(ctx, id, "a b/c", version{1, 2})
		}, "/doc/00000000-0000-0000-0000-0000000000ff/a%20b/c/v1.2"},
		{"regex", func() (string, error) { return urls.Name1[string]("news:archive").Reverse(ctx, "2026") }, "/archive/2026/"},
		{"the default instance", func() (string, error) { return urls.Name1[int64]("shop:item").Reverse(ctx, 1) }, "/shop/1/"},
	}
	for _, tt := range tests {
		if got, err := tt.got(); got != tt.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	for name, f := range map[string]func() (string, error){
		"unknown name":        func() (string, error) { return urls.Name0("news:nope").Reverse(ctx) },
		"a slug with a space": func() (string, error) { return urls.Name2[string, int]("news:tag").Reverse(ctx, "a b", 2) },
		"a negative number":   func() (string, error) { return detail.Reverse(ctx, -1) },
		"no resolver":         func() (string, error) { return detail.Reverse(context.Background(), 1) },
	} {
		if got, err := f(); err == nil {
			t.Errorf("%s: %q, want an error", name, got)
		}
	}
}

func TestNameURL(t *testing.T) {
	t.Parallel()
	res := namesResolver(t)
	ctx := urls.WithResolver(context.Background(), res)
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), &web.Config{Base: ctx})
	item := urls.Name1[int64]("shop:item")
	if got := item.URL(r, 1); got != "/shop/1/" {
		t.Errorf("item.URL = %q", got)
	}
	if err := res.Resolve("/outlet/7/", &r.Match); err != nil {
		t.Fatal(err)
	}
	if got := item.URL(r, 1); got != "/outlet/1/" {
		t.Errorf("item.URL in the outlet = %q, want the same instance's", got)
	}
	if got, err := res.ReverseURL(r.Context(), "shop:item", nil, map[string]any{"n": 2}); got != "/outlet/2/" || err != nil {
		t.Errorf("ReverseURL in the outlet = %q, %v", got, err)
	}
	if got, err := urls.Reverse(r.Context(), "shop:item", 3); got != "/shop/3/" || err != nil {
		t.Errorf("Reverse in the outlet = %q, %v; want the default instance, as in Django", got, err)
	}
	if got := urls.URL(r, "news:detail", 5); got != "/article/5" {
		t.Errorf("URL = %q", got)
	}
	defer func() {
		if v := recover(); v == nil || !strings.Contains(v.(error).Error(), "nope") {
			t.Errorf("a wrong name panics with %v, want an error that names it", v)
		}
	}()
	urls.Name0("news:nope").URL(r)
}

func TestCheckNames(t *testing.T) {
	t.Parallel()
	res := namesResolver(t)
	good := []urls.AnyName{
		detail, urls.Name0("news:home"), urls.Name1[uint8]("news:detail"), urls.Name2[string, int]("news:tag"),
		urls.Name3[[16]byte, string, version]("news:doc"), urls.Name1[string]("news:archive"), urls.Name1[int]("news:archive"),
	}
	for _, m := range res.CheckNames(good) {
		t.Errorf("unexpected: %s", m.Text)
	}
	bad := []struct {
		name urls.AnyName
		text string
		hint string
	}{
		{urls.Name1[int64]("news:detal"), `no pattern has the URL name "news:detal"`, `did you mean "news:detail"?`},
		{urls.Name0("new:home"), `'new' is not a registered namespace`, `did you mean "news:home"?`},
		{urls.Name0("news:detail"), `"news:detail" takes (), which its route "article/<int:pk>" does not`, ""},
		{urls.Name1[string]("news:detail"), `takes (string), which its route "article/<int:pk>" does not`, ""},
		{urls.Name2[int, int]("news:tag"), `takes (int, int)`, ""},
		{urls.Name2[int, int]("news:detail"), `takes (int, int)`, ""},
	}
	for _, tt := range bad {
		got := res.CheckNames([]urls.AnyName{tt.name})
		if len(got) != 1 || !strings.Contains(got[0].Text, tt.text) || got[0].Hint != tt.hint {
			t.Errorf("CheckNames(%s) = %v, want %q (%s)", tt.name.URLName(), got, tt.text, tt.hint)
		}
	}
}

// TestNamesDoNotCompile: a wrong argument of a typed name, and a wrong view for Arg, are compile errors.
func TestNamesDoNotCompile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, code string
		ok         bool
	}{
		{"right", `_, _ = detail.Reverse(ctx, 42); _ = detail.URL(r, 42); _ = web.Arg(show)`, true},
		{"type", `_ = detail.URL(r, "42")`, false},
		{"too many", `_ = detail.URL(r, 42, 43)`, false},
		{"none", `_ = detail.URL(r)`, false},
		{"an argument too much", `_ = home.URL(r, 1)`, false},
		{"order", `_ = tag.URL(r, 1, "go")`, false},
		{"two arguments for Arg", `_ = web.Arg2(show)`, false},
		{"a view without the request", `_ = web.Arg(func(pk int64) (*web.Response, error) { return nil, nil })`, false},
	}
	fset := token.NewFileSet()
	list := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "github.com/nuages-go/nuages/urls")
	out, err := list.Output()
	if err != nil {
		t.Skip("go list -export:", err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[path] = file
	}
	source := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, tt := range tests {
		src := `package p
import (
	"context"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)
var (
	home   = urls.Name0("news:home")
	detail = urls.Name1[int64]("news:detail")
	tag    = urls.Name2[string, int]("news:tag")
)
func show(r *web.Request, pk int64) (*web.Response, error) { return nil, nil }
func use(ctx context.Context, r *web.Request) { ` + tt.code + ` }`
		file, err := parser.ParseFile(fset, tt.name+".go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		config := types.Config{Importer: source}
		_, err = config.Check("p", fset, []*ast.File{file}, nil)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %s: compile error %v, want ok = %v", tt.name, tt.code, err, tt.ok)
		}
	}
}
