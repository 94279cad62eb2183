package urls_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

func argView[A any](*web.Request, A) (*web.Response, error) { return web.Text(""), nil }

// TestNewErrors: every mistake of a table is reported, and all at once.
func TestNewErrors(t *testing.T) {
	t.Parallel()
	v := text("v")
	two := func(*web.Request, int64, string) (*web.Response, error) { return nil, nil }
	tests := []struct {
		name    string
		pattern urls.Pattern
		want    string
	}{
		{"converter", urls.Path("x/<nope:y>/", v), "URL route 'x/<nope:y>/' uses invalid converter 'nope'."},
		{"identifier", urls.Path("x/<int:1y>/", v), "URL route 'x/<int:1y>/' uses parameter name '1y' which isn't a valid Python identifier."},
		{"white space", urls.Path("x/< int:y>/", v), "URL route 'x/< int:y>/' cannot contain whitespace in angle brackets <…>."},
		{"twice", urls.Path("x/<int:y>/<str:y>/", v), "redefinition of group name 'y' as group 2; was group 1 at position 21"},
		{"regex", urls.RePath("^x/(?P<y>[/$", v), `"^x/(?P<y>[/$" is not a valid regular expression: unterminated character set at position 9`},
		{"named character", urls.RePath(`^\N{EM DASH}$`, v), `"^\N{EM DASH}$" is not a valid regular expression: named characters (\N{EM DASH}) are not supported: write the character itself at position 1`},
		{"namespace", urls.Include("x/", urls.Patterns{}, urls.Namespace("n")), "Specifying a namespace in include() without providing an app_name is not supported."},
		{"i18n below", urls.Include("x/", urls.Patterns{urls.I18n(urls.Patterns{})}), "Using i18n_patterns in an included URLconf is not allowed."},
		{"no handler", urls.Path("x/", nil), `pattern "x/" has no handler.`},
		{"no function", urls.Path("y/", web.View(nil)), `pattern "y/" has no handler.`},
		{"nil element", urls.Include("nil/", urls.Patterns{urls.Path("z/", v), nil}), "element 2 of the table is nil."},
		{"nil middleware", urls.Path("m/", v, urls.With(nil)), "middleware 1 of the chain is nil"},
		{"middleware that makes nothing", urls.Include("m/", urls.Patterns{urls.Path("n/", v)}, urls.With(func(web.Handler) web.Handler { return nil })), "middleware 1 of the chain returned no handler"},
		{"own int", urls.WithConverter("int", versionConverter()), "Converter 'int' is already registered."},
		{"group in a converter", urls.WithConverter("g", urls.NewConverter("(?P<x>a)", func(s string) (string, error) { return s, nil }, func(s string) (string, error) { return s, nil })), "must not contain the named group 'x'"},
		{"argument type", urls.Path("a/<slug:s>/", web.Arg(argView[int64])), `route "a/<slug:s>/" gives (s string), and its view urls_test.argView`},
		{"too few", urls.Path("a/<int:n>/", web.Arg2(two)), `gives (n int64), and its view`},
		{"too many", urls.Path("a/<int:n>/<str:s>/<str:t>/", web.Arg2(two)), `takes (int64, string)`},
		{"order", urls.Path("a/<str:s>/<int:n>/", web.Arg2(two)), `gives (s string, n int64), and its view`},
		{"include counts", urls.Include("<slug:s>/", urls.Patterns{urls.Path("<int:n>/", web.Arg(argView[int64]))}), `gives (s string, n int64)`},
		{"regex gives text", urls.RePath(`^(?P<y>\d+)$`, web.Arg(argView[int])), `gives (y string)`},
		{"own type", urls.Path("<uuid:u>", web.Arg(argView[version])), `takes (urls_test.version)`},
	}
	var all urls.Patterns
	for _, tt := range tests {
		_, err := urls.New(urls.Patterns{tt.pattern}, urls.Options{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
			continue
		}
		if e, ok := errors.AsType[*urls.ConfigError](err); !ok || !strings.Contains(e.At, "config_test.go:") {
			t.Errorf("%s: the error %v does not say where the pattern stands", tt.name, err)
		}
		all = append(all, tt.pattern)
	}
	_, err := urls.New(all, urls.Options{})
	if joined, ok := err.(interface{ Unwrap() []error }); !ok || len(joined.Unwrap()) < len(all) {
		t.Errorf("New does not report all %d mistakes at once: %v", len(all), err)
	}
	for name, p := range map[string]urls.Pattern{
		"any":       urls.Path("<int:n>", web.Arg(argView[any])),
		"named int": urls.Path("<int:n>", web.Arg(argView[named])),
		"pointer":   urls.Path("<slug:s>", web.Arg(argView[*string])),
		"hidden":    urls.Include("<int:a>/", urls.Patterns{urls.Path("<int:a>/", web.Arg(argView[int64]))}),
	} {
		if _, err := urls.New(urls.Patterns{p}, urls.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type named int32

func TestCheck(t *testing.T) {
	t.Parallel()
	v := text("v")
	tests := []struct {
		name    string
		table   urls.Patterns
		options urls.Options
		want    []string
	}{
		{"clean", mixedClean(), urls.Options{}, nil},
		{"dollar of an include", urls.Patterns{urls.IncludeRe("^x$", urls.Patterns{urls.Path("", v)})}, urls.Options{}, []string{"urls.W001"}},
		{"escaped dollar", urls.Patterns{urls.IncludeRe(`^x\$`, urls.Patterns{urls.Path("", v)})}, urls.Options{}, nil},
		{"leading slash", urls.Patterns{urls.Path("/x", v), urls.RePath("^/y$", v), urls.Include("/ok/", urls.Patterns{urls.Path("", v)})}, urls.Options{}, []string{"urls.W002", "urls.W002"}},
		{"leading slash without APPEND_SLASH", urls.Patterns{urls.Path("/x", v)}, urls.Options{NoAppendSlash: true}, nil},
		{"colon", urls.Patterns{urls.Path("x", v, urls.Name("a:b"))}, urls.Options{}, []string{"urls.W003"}},
		{"namespace twice", urls.Patterns{
			urls.Include("a/", urls.Patterns{urls.AppName("n")}), urls.Include("b/", urls.Patterns{urls.AppName("n")}), urls.Include("c/", urls.Patterns{urls.AppName("n")}),
		}, urls.Options{}, []string{"urls.W005"}},
		{"brackets", urls.Patterns{urls.Path("x/<int:y", v), urls.Path("y/<z>>", v)}, urls.Options{}, []string{"urls.W010", "urls.W010"}},
		{"regex in a route", urls.Patterns{urls.Path("^x", v), urls.Path("y$", v), urls.Path("(?P<z>w)", v)}, urls.Options{}, []string{"2_0.W001", "2_0.W001", "2_0.W001"}},
		{"not reversible", urls.Patterns{urls.RePath("^(?i:x)$", v)}, urls.Options{}, []string{"urls.N002"}},
		{"percent", urls.Patterns{urls.Path("100%/", v, urls.Name("x"))}, urls.Options{}, []string{"urls.N003"}},
		{"same name twice", urls.Patterns{urls.Include("<a>/", urls.Patterns{urls.Path("<a>/", v, urls.Name("x"))})}, urls.Options{}, []string{"urls.N003"}},
		{"backtracking", urls.Patterns{urls.RePath(`^(?!a)x$`, v), urls.IncludeRe(`^(?P<a>.)(?P=a)/`, urls.Patterns{urls.Path("x", v)})}, urls.Options{}, []string{"urls.N004", "urls.N004"}},
		{"unreachable", urls.Patterns{
			urls.Path("a/<slug:s>/", v), urls.Path("a/new/", v), urls.Path("a/<int:n>/", v), urls.Path("a/<str:x>/", v),
			urls.Path("b/<path:p>", v), urls.Include("b/", urls.Patterns{urls.Path("x/<uuid:u>/", v)}), urls.RePath("^r$", v), urls.RePath("^r$", v),
		}, urls.Options{}, []string{"urls.N005", "urls.N005", "urls.N005", "urls.N005"}},
		{"reachable by method", urls.Patterns{urls.Path("a/", v, urls.Methods("GET")), urls.Path("a/", v, urls.Methods("POST")), urls.Path("a/", v)}, urls.Options{}, nil},
	}
	for _, tt := range tests {
		var got []string
		for _, m := range mustNew(t, tt.table, tt.options).Check() {
			got = append(got, m.ID)
			if m.Text == "" || !strings.Contains(m.Object, "config_test.go:") {
				t.Errorf("%s: message %+v has no text or place", tt.name, m)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func mixedClean() urls.Patterns {
	v := text("v")
	return urls.Patterns{
		urls.Path("", v, urls.Name("home")),
		urls.Path("new/", v),
		urls.Path("<slug:s>/", v),
		urls.Path("<str:s>/", v),
		urls.RePath(`^r/(\d+)/$`, v),
		urls.Include("c<str:a>", urls.Patterns{urls.Path("b", v), urls.Path("/b", v)}, urls.Kwargs(map[string]any{"x": 1})),
	}[:5]
}

func TestI18n(t *testing.T) {
	t.Parallel()
	type key struct{}
	words := map[string]string{"about/": "ueber/"}
	res := mustNew(t, urls.Patterns{
		urls.I18n(urls.Patterns{
			urls.Path("about/", text("about"), urls.Name("about"), urls.Translated()),
			urls.Path("n/<int:n>/", text("n"), urls.Name("n")),
		}, urls.NoDefaultPrefix()),
		urls.Path("api/", text("api"), urls.Name("api")),
	}, urls.Options{
		LanguageCode: "en",
		Language:     func(ctx context.Context) string { l, _ := ctx.Value(key{}).(string); return l },
		Translate: func(language, text string) string {
			if language == "de" && words[text] != "" {
				return words[text]
			}
			return text
		},
	})
	base := urls.WithResolver(context.Background(), res)
	in := func(language string) context.Context { return context.WithValue(base, key{}, language) }
	for _, tt := range []struct{ language, path, want string }{
		{"en", "/about/", "about/"},
		{"en", "/de/ueber/", ""},
		{"de", "/de/ueber/", "de/ueber/"},
		{"de", "/about/", ""},
		{"pt-br", "/pt-br/about/", "pt-br/about/"},
		{"de", "/api/", "api/"},
		{"", "/n/3/", "n/<int:n>/"},
	} {
		var m web.Match
		err := res.ResolveFor(in(tt.language), tt.path, &m)
		got := ""
		if err == nil {
			got = m.Route.Pattern
		}
		if got != tt.want {
			t.Errorf("%s in %q = %q, want %q", tt.path, tt.language, got, tt.want)
		}
		if res.IsValid(in(tt.language), tt.path) != (tt.want != "") {
			t.Errorf("IsValid(%s) in %q is wrong", tt.path, tt.language)
		}
	}
	for _, tt := range []struct{ language, name, want string }{{"en", "about", "/about/"}, {"de", "about", "/de/ueber/"}, {"de", "api", "/api/"}} {
		if got, err := urls.Reverse(in(tt.language), tt.name); got != tt.want || err != nil {
			t.Errorf("%s in %s = %q, %v; want %q", tt.name, tt.language, got, err, tt.want)
		}
	}
	if got, _ := urls.Reverse(in("en"), "about", urls.Language("de")); got != "/de/ueber/" {
		t.Errorf("Language(de) = %q", got)
	}
	for _, tt := range []struct{ language, url, to, want string }{
		{"en", "/about/?a=1#x", "de", "/de/ueber/?a=1#x"},
		{"de", "https://example.com/de/ueber/", "en", "https://example.com/about/"},
		{"de", "/de/n/5/", "en", "/n/5/"},
		{"de", "/nowhere/", "en", "/nowhere/"},
		{"de", "/api/", "en", "/api/"},
		{"de", "%zz", "en", "%zz"},
	} {
		if got := urls.TranslateURL(in(tt.language), tt.url, tt.to); got != tt.want {
			t.Errorf("TranslateURL(%s, %s) = %q, want %q", tt.url, tt.to, got, tt.want)
		}
	}
	for i := range 600 { // made-up languages do not fill the memory, and still work
		language := fmt.Sprintf("x%d", i)
		if got, _ := urls.Reverse(in(language), "about"); got != "/"+language+"/about/" {
			t.Fatalf("%s: %q", language, got)
		}
	}
	off := mustNew(t, urls.Patterns{urls.I18n(urls.Patterns{urls.Path("a/", text("a"))})}, urls.Options{NoI18n: true})
	var m web.Match
	if !off.Lookup("/a/", &m) {
		t.Error("NoI18n does not leave out the prefix")
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	var log []string
	res := mustNew(t, urls.Patterns{
		urls.Include("blog/<slug:blog>/", urls.Patterns{urls.AppName("blog"), urls.Path("<int:pk>/", text("v"), urls.Name("post"), urls.Methods("GET"))}, urls.With(tracer(&log, "x"))),
	}, urls.Options{})
	routes := res.Routes()
	if len(routes) != 1 {
		t.Fatalf("Routes() = %v", routes)
	}
	r := routes[0]
	if r.Pattern != "blog/<slug:blog>/<int:pk>/" || r.Name != "blog:post" || fmt.Sprint(r.Params) != "[blog string pk int64]" || fmt.Sprint(r.Methods) != "[GET]" || len(r.Middleware) != 1 || !strings.Contains(r.At, "config_test.go:") {
		t.Errorf("Routes()[0] = %+v", r)
	}
}
