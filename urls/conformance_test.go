package urls_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// TestConformance compares the resolver with what Django 6.1 printed: every urls*.json of testdata/conformance, or of
// the directory in the environment variable NUAGES_CONFORMANCE.
func TestConformance(t *testing.T) {
	dir := os.Getenv("NUAGES_CONFORMANCE")
	if dir == "" {
		dir = "testdata/conformance"
	}
	files, err := filepath.Glob(filepath.Join(dir, "urls*.json"))
	if len(files) == 0 { // a path from the top of the repository
		files, err = filepath.Glob(filepath.Join("..", dir, "urls*.json"))
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("no urls*.json in %s (%v)", dir, err)
	}
	var s conformance
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := decodeJSON(data)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		cases, _ := get(doc, "cases").([]any)
		for _, c := range cases {
			s.t = t
			s.name = filepath.Base(file) + " " + getString(c, "name")
			s.run(doc, c)
		}
	}
	fmt.Printf("conformance urls: %d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
}

// conformance runs cases and counts their rows.
type conformance struct {
	t                       *testing.T
	name                    string
	passed, failed, skipped int
}

type langKey struct{}

func (s *conformance) run(doc, c any) {
	defaultLang := getString(doc, "language_code")
	lang := getString(c, "lang")
	if lang == "" {
		lang = defaultLang
	}
	patterns, _ := get(c, "patterns").([]any)
	res, err := urls.New(buildPatterns(patterns), urls.Options{
		LanguageCode: defaultLang,
		Language:     func(ctx context.Context) string { l, _ := ctx.Value(langKey{}).(string); return l },
	})
	resolves, _ := get(c, "resolve").([]any)
	reverses, _ := get(c, "reverse").([]any)
	if len(resolves)+len(reverses) == 0 {
		s.row("load", get(c, "error"), "", err)
		return
	}
	ctx := urls.WithResolver(context.WithValue(context.Background(), langKey{}, lang), res)
	for _, row := range resolves {
		where := fmt.Sprintf("resolve %q", getString(row, "path"))
		if err != nil {
			s.row(where, get(row, "error"), "", err)
			continue
		}
		var m web.Match
		rerr := res.ResolveIn(lang, getString(row, "path"), &m)
		if has(row, "error") || rerr != nil {
			s.row(where, get(row, "error"), "", rerr)
			continue
		}
		s.count(where, matchDiff(row, &m))
	}
	for _, row := range reverses {
		where := fmt.Sprintf("reverse %v", row)
		got, rerr := "", err
		if err == nil {
			got, rerr = reverseRow(ctx, row)
		}
		if !has(row, "error") && rerr == nil {
			diff := ""
			if want := getString(row, "out"); got != want {
				diff = fmt.Sprintf("got %q, want %q", got, want)
			}
			s.count(where, diff)
			continue
		}
		s.row(where, get(row, "error"), got, rerr)
	}
}

// row compares an error. The text counts for the errors that a user of Django sees; of Python's own only the class.
func (s *conformance) row(where string, want any, got string, err error) {
	switch {
	case want == nil:
		s.count(where, fmt.Sprintf("unexpected error %v", err))
	case err == nil:
		s.count(where, fmt.Sprintf("got %q, want the error %v", got, want))
	default:
		class, text := errorClass(err)
		wantClass, wantText := getString(want, "class"), getString(want, "message")
		if name, ok := want.(string); ok {
			wantClass, wantText, text = name, "", ""
		}
		if wantClass == "TypeError" || wantClass == "KeyError" || wantClass == "IndexError" {
			class, text, wantText = wantClass, "", ""
		}
		if class == wantClass && text == wantText {
			s.count(where, "")
			return
		}
		s.count(where, fmt.Sprintf("got the error %s: %s\n\twant %s: %s", class, text, wantClass, wantText))
	}
}

func (s *conformance) count(where, diff string) {
	if diff == "" {
		s.passed++
		return
	}
	s.failed++
	s.t.Errorf("%s: %s: %s", s.name, where, diff)
}

// errorClass is the Python class of an error, and its message.
func errorClass(err error) (class, text string) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		err = joined.Unwrap()[0]
	}
	if e, ok := errors.AsType[*urls.ConfigError](err); ok {
		if e.Regex {
			return "PatternError", e.Text
		}
		return "ImproperlyConfigured", e.Text
	}
	if _, ok := errors.AsType[*urls.NotFoundError](err); ok {
		return "Resolver404", ""
	}
	if e, ok := errors.AsType[*urls.NoReverseMatch](err); ok {
		return "NoReverseMatch", e.Text
	}
	if name := reflect.TypeOf(err).String(); strings.HasSuffix(name, "pyre.Error") {
		return "PatternError", err.Error()
	}
	return "ValueError", err.Error()
}

func matchDiff(row any, m *web.Match) string {
	kwargs := m.Kwargs()
	captured := map[string]any{}
	values := m.Values()
	for i := m.Route.Own; i < len(values); i++ {
		if name := m.Route.Params[i]; name != "" && values[i].Present() {
			captured[name] = values[i].Any()
		}
	}
	wantKwargs := asMap(pyValue(get(row, "kwargs")))
	wantCaptured := wantKwargs
	if has(row, "captured") {
		wantCaptured = asMap(pyValue(get(row, "captured")))
	} else if !reflect.DeepEqual(captured, kwargs) {
		wantCaptured = map[string]any{} // what is empty is left out
	}
	checks := []struct {
		name      string
		got, want any
	}{
		{"view", m.Route.Handler.(labelView).label, getString(row, "view")},
		{"args", list(m.Args()), list(asSlice(pyValue(get(row, "args"))))},
		{"kwargs", kwargs, wantKwargs},
		{"captured", captured, wantCaptured},
		{"extra", asMap(m.Route.Extra), asMap(pyValue(get(row, "extra")))},
		{"url_name", m.Route.Name, getString(row, "url_name")},
		{"view_name", m.Route.ViewName, getString(row, "view_name")},
		{"route", m.Route.Pattern, getString(row, "route")},
		{"app_names", list(anySlice(m.Route.AppNames)), list(asSlice(get(row, "app_names")))},
		{"namespaces", list(anySlice(m.Route.Namespaces)), list(asSlice(get(row, "namespaces")))},
	}
	for _, c := range checks {
		if !reflect.DeepEqual(c.got, c.want) {
			return fmt.Sprintf("%s = %#v, want %#v", c.name, c.got, c.want)
		}
	}
	return ""
}

func reverseRow(ctx context.Context, row any) (string, error) {
	args := append([]any{}, asSlice(pyValue(get(row, "args")))...)
	if kwargs, ok := pyValue(get(row, "kwargs")).(urls.Params); ok {
		for _, p := range kwargs {
			args = append(args, urls.KW(p.Name, p.Value))
		}
	}
	if app := getString(row, "current_app"); app != "" {
		args = append(args, urls.CurrentApp(app))
	}
	if get(row, "query") != nil {
		args = append(args, urls.Query(pyValue(get(row, "query"))))
	}
	if get(row, "fragment") != nil {
		args = append(args, urls.Fragment(getString(row, "fragment")))
	}
	return urls.Reverse(ctx, getString(row, "name"), args...)
}

// labelView is a view that is known by its label.
type labelView struct{ label string }

func (v labelView) Serve(*web.Request) (*web.Response, error) { return web.Text(v.label), nil }

func (labelView) ViewName() string { return "labels.view" }

// buildPatterns makes patterns of the neutral form of the files.
func buildPatterns(spec []any) urls.Patterns {
	var out urls.Patterns
	for _, e := range spec {
		if has(e, "i18n") {
			var opts []urls.Option
			if prefix, ok := get(e, "prefix_default_language").(bool); ok && !prefix {
				opts = append(opts, urls.NoDefaultPrefix())
			}
			out = append(out, urls.I18n(buildPatterns(asSlice(get(e, "i18n"))), opts...))
			continue
		}
		route, isRegex := getString(e, "path"), has(e, "re")
		if isRegex {
			route = getString(e, "re")
		}
		var opts []urls.Option
		if kwargs, ok := pyValue(get(e, "kwargs")).(urls.Params); ok {
			opts = append(opts, urls.Kwargs(asMap(kwargs)))
		}
		if has(e, "include") {
			inner := buildPatterns(asSlice(get(e, "include")))
			if has(e, "app_name") {
				inner = append(urls.Patterns{urls.AppName(getString(e, "app_name"))}, inner...)
			}
			if ns := getString(e, "namespace"); ns != "" {
				opts = append(opts, urls.Namespace(ns))
			}
			if isRegex {
				out = append(out, urls.IncludeRe(route, inner, opts...))
			} else {
				out = append(out, urls.Include(route, inner, opts...))
			}
			continue
		}
		label := route
		if has(e, "name") {
			label = getString(e, "name")
			opts = append(opts, urls.Name(label))
		}
		if has(e, "view") {
			label = getString(e, "view")
		}
		if isRegex {
			out = append(out, urls.RePath(route, labelView{label}, opts...))
		} else {
			out = append(out, urls.Path(route, labelView{label}, opts...))
		}
	}
	return out
}

func asSlice(v any) []any { s, _ := v.([]any); return s }

func list(s []any) []any { return append([]any{}, s...) }

func anySlice(s []string) []any {
	var out []any
	for _, v := range s {
		out = append(out, v)
	}
	return out
}

func asMap(v any) map[string]any {
	m := map[string]any{}
	switch v := v.(type) {
	case urls.Params:
		for _, p := range v {
			m[p.Name] = p.Value
		}
	case map[string]any:
		for k, x := range v {
			m[k] = x
		}
	}
	return m
}

func unquote(s string) (string, error) { return url.PathUnescape(s) }
