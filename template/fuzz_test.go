package template_test

import (
	"bytes"
	"context"
	"errors"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/template/internal/value"
)

// addTemplates seeds a fuzz target with the templates of the conformance files.
func addTemplates(f *testing.F) {
	f.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "conformance", "templates.json"))
	if err != nil {
		f.Fatal(err)
	}
	for i, m := range regexp.MustCompile(`"template": "((?:[^"\\]|\\.)*)"`).FindAllSubmatch(raw, -1) {
		if i%4 == 0 {
			f.Add(strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\\`, `\`).Replace(string(m[1])))
		}
	}
	f.Add("{% block a %}{{ block.super }}{% endblock %}{% include 'main' %}{% extends 'main' %}")
	f.Add("{{{{{{{{{%{%{%{%{#{#{#")
	f.Add("{% if " + strings.Repeat("not ", 50) + "a %}{% endif %}")
}

// limited stops a writer that gets more than a page.
type limited struct{ left int }

var errTooMuch = errors.New("too much output")

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errTooMuch
	}
	return len(p), nil
}

// FuzzRender parses and renders any text: it must neither panic nor hang, and write nothing twice.
func FuzzRender(f *testing.F) {
	addTemplates(f)
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 1<<11 {
			return
		}
		engine, err := template.New(template.Options{
			Loaders:  []template.Loader{template.MapLoader{"main": source, "base": goodBase, "part": "{{ x }}"}},
			Reverser: benchURLs{}, Builtins: []*template.Library{testLibrary()}, Debug: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		data := value.NewPairs()
		for name, v := range map[string]any{
			"x": "<x>", "l": []any{"a", 1, nil, 2.5}, "story": newEverything(), "d": map[string]int{"a": 1}, "n": 3, "a": 1, "b": "text",
		} {
			data.Set(value.OfString(name), value.NewRegistry().Of(v))
		}
		start := time.Now()
		err = engine.Render(ctx, &limited{1 << 22}, "main", value.OfDict(data))
		var syntax *template.SyntaxError
		if errors.As(err, &syntax) && syntax.Line > 0 && (syntax.Start < 0 || syntax.End > len(syntax.Source) || syntax.Start > syntax.End) {
			t.Errorf("%q: the mistake is at [%d:%d]", source, syntax.Start, syntax.End)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%q took %v", source, took)
		}
		_ = engine.Check([]template.AnyPage{template.Page[everything]("main")})
	})
}

// FuzzFilters runs every filter on any text and argument.
func FuzzFilters(f *testing.F) {
	f.Add("text & <b>more</b>", "3", 2)
	f.Add("-1e400", "2gu", -5)
	f.Add("http://[::1]/?a=b&c", "::-1", 0)
	f.Add("%", "*d", 1)
	filters := regexp.MustCompile(`Name: "(\w+)"`).FindAllStringSubmatch(readFile(f, "internal/filters/builtin.go")+readFile(f, "internal/filters/humanize.go"), -1)
	var b strings.Builder
	b.WriteString("{% load humanize %}")
	for _, m := range filters {
		for _, arg := range []string{"", ":a", ":n"} {
			for _, v := range []string{"v", "n", "list"} {
				source := "{{ " + v + "|" + m[1] + arg + " }}"
				engine, _ := template.New(template.Options{})
				if _, err := engine.Parse("f", "{% load humanize %}"+source); err == nil {
					b.WriteString(source + "\n")
				}
			}
		}
	}
	engine, err := template.New(template.Options{})
	if err != nil {
		f.Fatal(err)
	}
	var pages []*template.Template
	for line := range strings.SplitSeq(b.String(), "\n") {
		if page, err := engine.Parse("f", "{% load humanize %}"+line); err == nil {
			pages = append(pages, page)
		}
	}
	f.Fuzz(func(t *testing.T, v, a string, n int) {
		if len(v) > 1<<9 || len(a) > 1<<6 {
			return
		}
		data := map[string]any{"v": v, "a": a, "n": n, "list": []string{v, a}}
		for _, page := range pages {
			_ = page.Render(t.Context(), io.Discard, data)
		}
	})
}

func readFile(f *testing.F, name string) string {
	f.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	return string(raw)
}

func TestLinearTime(t *testing.T) {
	t.Parallel()
	engine, _ := template.New(template.Options{})
	for name, source := range map[string]string{
		"open braces":   strings.Repeat("{{", 300_000),
		"open tags":     strings.Repeat("{% {# ", 200_000),
		"many tags":     strings.Repeat("{{ a }}", 100_000),
		"long operand":  "{{ " + strings.Repeat("a|upper", 2000) + " }}",
		"deep if":       strings.Repeat("{% if a %}", 5000),
		"long if":       "{% if " + strings.Repeat("a and ", 20_000) + "a %}{% endif %}",
		"quotes":        "{% if " + strings.Repeat("'", 50_000) + " %}{% endif %}",
		"bars":          "{{ a" + strings.Repeat("| ", 50_000) + " }}",
		"nested blocks": strings.Repeat("{% block a %}", 3000),
	} {
		start := time.Now()
		page, err := engine.Parse("page", source)
		if err == nil {
			err = page.Render(t.Context(), &bytes.Buffer{}, nil)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s took %v (%v)", name, took, err)
		}
	}
}

// Values that hold themselves are printed as Python prints them.
func TestCycles(t *testing.T) {
	t.Parallel()
	list := make([]any, 2)
	list[0], list[1] = list, list
	m := map[string]any{}
	m["a"] = m
	twice := []any{1}
	engine, _ := template.New(template.Options{})
	page, err := engine.Parse("page", "{{ list }} {{ m|safe }} {{ both }}")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := page.Render(t.Context(), &out, map[string]any{"list": list, "m": m, "both": []any{twice, twice}}); err != nil {
		t.Fatal(err)
	}
	if want := "[[...], [...]] {'a': {...}} [[1], [1]]"; html.UnescapeString(out.String()) != want {
		t.Errorf("got %s, want %s", out.String(), want)
	}
}

// TestEndlessValues prints values that hold themselves.
func TestEndlessValues(t *testing.T) {
	t.Parallel()
	list := make([]any, 2)
	list[0], list[1] = list, list
	m := map[string]any{}
	m["a"], m["b"] = m, m
	type node struct {
		Name string
		Next *node
		All  []*node
	}
	n := &node{Name: "n"}
	n.Next, n.All = n, []*node{n, n}
	engine, _ := template.New(template.Options{})
	for _, source := range []string{
		"{{ list }}", "{{ m }}", "{{ n }}{{ n.next.next.next.name }}{{ n.all }}", "{{ list|pprint }}", "{{ m|json_script }}", "{{ list|unordered_list }}",
		"{% if list == list %}y{% endif %}{% if m == m %}y{% endif %}", "{{ list|join:',' }}", "{{ list|stringformat:'r' }}", "{{ list|length }}",
		"{% for x in list %}{% for y in x %}{{ y|length }}{% endfor %}{% endfor %}",
	} {
		page, err := engine.Parse("page", source)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		err = page.Render(t.Context(), io.Discard, map[string]any{"list": list, "m": m, "n": n})
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s took %v (%v)", source, took, err)
		}
	}
}
