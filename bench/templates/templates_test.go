package templates_test

import (
	"bytes"
	"context"
	"fmt"
	htmltemplate "html/template"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/CloudyKit/jet/v6"
	"github.com/a-h/templ"
	"github.com/flosch/pongo2/v6"

	"github.com/nuages-go/nuages/bench/templates"
	"github.com/nuages-go/nuages/template"
)

// The pages in the Django language, for Nuages and, with the names of Go, for pongo2.
const (
	baseDTL      = `<!DOCTYPE html><html><head><title>{% block title %}News{% endblock %}</title></head><body><nav><a href="/home/">Home</a></nav><main>{% block content %}{% endblock %}</main><footer>Printed in Saltmere</footer></body></html>`
	fortunesDTL  = `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>{% for f in fortunes %}<tr><td>{{ f.id }}</td><td>{{ f.message }}</td></tr>{% endfor %}</table></body></html>`
	listDTL      = `{% extends "base.html" %}{% block title %}{{ title }} | {{ block.super }}{% endblock %}{% block content %}<ul>{% for article in articles %}{% include "row.html" %}{% endfor %}</ul>{% endblock %}`
	rowDTL       = `<li class="{% if forloop.first %}first{% endif %}"><a href="{% url "detail" article.id %}">{{ article.title }}</a><p>{{ article.summary|truncatewords:12 }}</p><small>{{ article.author }}, {{ article.published|date:"j F Y" }}, {{ article.comments }} comment{{ article.comments|pluralize }}</small></li>`
	tableDTL     = `<table>{% for r in rows %}<tr><td>{{ r.id }}</td><td>{{ r.name }}</td><td>{% if r.ok %}yes{% else %}no{% endif %}</td></tr>{% endfor %}</table>`
	variablesDTL = `<p>{{ a|upper }} {{ b|default:"none" }} {{ c|title }} {{ d|truncatechars:10 }}</p>`
)

var goNames = strings.NewReplacer("in fortunes", "in Fortunes", "f.id", "f.ID", "f.message", "f.Message", "{{ title }}", "{{ Title }}",
	"in articles", "in Articles", "article.id", "article.ID", "article.title", "article.Title", "article.summary", "article.Summary",
	"article.author", "article.Author", `article.published|date:"j F Y"`, `article.Published|date:"2 January 2006"`,
	"article.comments", "article.Comments", "in rows", "in Rows", "r.id", "r.ID", "r.name", "r.Name", "r.ok", "r.Ok",
	`{% url "detail" article.id %}`, `{{ url(article.ID) }}`, "{{ a|", "{{ A|", "{{ b|", "{{ B|", "{{ c|", "{{ C|", "{{ d|", "{{ D|",
	"forloop.first", "forloop.First", "{{ block.super }}", "News")

var goFuncs = htmltemplate.FuncMap{
	"url": templates.URL, "truncatewords": templates.TruncateWords, "date": templates.Date, "plural": templates.Plural,
	"upper": strings.ToUpper, "default": templates.Default, "title": templates.Title, "truncatechars": templates.TruncateChars,
	"row": func(i int, a *templates.Article) map[string]any { return map[string]any{"First": i == 0, "A": a} },
}

const goSources = `
{{ define "fortunes" }}<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>{{ range .Fortunes }}<tr><td>{{ .ID }}</td><td>{{ .Message }}</td></tr>{{ end }}</table></body></html>{{ end }}
{{ define "row" }}<li class="{{ if .First }}first{{ end }}"><a href="{{ url .A.ID }}">{{ .A.Title }}</a><p>{{ truncatewords .A.Summary 12 }}</p><small>{{ .A.Author }}, {{ date .A.Published }}, {{ .A.Comments }} comment{{ plural .A.Comments }}</small></li>{{ end }}
{{ define "list" }}<!DOCTYPE html><html><head><title>{{ .Title }} | News</title></head><body><nav><a href="/home/">Home</a></nav><main><ul>{{ range $i, $a := .Articles }}{{ template "row" (row $i $a) }}{{ end }}</ul></main><footer>Printed in Saltmere</footer></body></html>{{ end }}
{{ define "table" }}<table>{{ range .Rows }}<tr><td>{{ .ID }}</td><td>{{ .Name }}</td><td>{{ if .Ok }}yes{{ else }}no{{ end }}</td></tr>{{ end }}</table>{{ end }}
`

const jetBase = `<!DOCTYPE html><html><head><title>{{ block title() }}News{{ end }}</title></head><body><nav><a href="/home/">Home</a></nav><main>{{ block main() }}{{ end }}</main><footer>Printed in Saltmere</footer></body></html>`

var jetSources = map[string]string{
	"base":     jetBase,
	"fortunes": `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>{{ range i, f := .Fortunes }}<tr><td>{{ f.ID }}</td><td>{{ f.Message }}</td></tr>{{ end }}</table></body></html>`,
	"row":      `<li class="{{ if first }}first{{ end }}"><a href="{{ url(a.ID) }}">{{ a.Title }}</a><p>{{ truncatewords(a.Summary, 12) }}</p><small>{{ a.Author }}, {{ date(a.Published) }}, {{ a.Comments }} comment{{ plural(a.Comments) }}</small></li>`,
	"list":     `{{ extends "base" }}{{ block title() }}{{ .Title }} | News{{ end }}{{ block main() }}<ul>{{ range i, a := .Articles }}{{ first := i == 0 }}{{ include "row" }}{{ end }}</ul>{{ end }}`,
	"table":    `<table>{{ range i, r := .Rows }}<tr><td>{{ r.ID }}</td><td>{{ r.Name }}</td><td>{{ if r.Ok }}yes{{ else }}no{{ end }}</td></tr>{{ end }}</table>`,
}

type urlReverser struct{}

func (urlReverser) ReverseURL(_ context.Context, _ string, args []any, _ map[string]any) (string, error) {
	return templates.URL(args[0].(int64)), nil
}

type contender struct {
	name   string
	render func(w io.Writer) error
}

type page struct {
	name       string
	contenders []contender
}

func dtlSources() map[string]string {
	return map[string]string{
		"base.html": baseDTL, "fortunes": fortunesDTL, "list": listDTL, "row.html": rowDTL, "table": tableDTL,
		"variables": strings.Repeat(variablesDTL, 50),
	}
}

func must[T any](tb testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

func pages(tb testing.TB) []page {
	tb.Helper()
	dtl := must[*template.DTL](tb)(template.New(template.Options{Loaders: []template.Loader{template.MapLoader(dtlSources())}, Reverser: urlReverser{}}))
	goText := goSources + `{{ define "variables" }}` +
		strings.Repeat(`<p>{{ upper .A }} {{ default .B "none" }} {{ title .C }} {{ truncatechars .D 10 }}</p>`, 50) + `{{ end }}`
	std := htmltemplate.Must(htmltemplate.New("").Funcs(goFuncs).Parse(goText))
	fortunes, list, table, variables := templates.NewFortunes(), templates.NewList(), templates.NewTable(), templates.NewVariables()

	pongoFiles := map[string]string{}
	for name, text := range dtlSources() {
		pongoFiles[name] = goNames.Replace(text)
	}
	set := pongo2.NewSet("bench", pongoLoader(pongoFiles))
	pongo := func(name string, data pongo2.Context) func(io.Writer) error {
		t := must[*pongo2.Template](tb)(set.FromFile(name))
		return func(w io.Writer) error { return t.ExecuteWriter(data, w) }
	}
	loader := jet.NewInMemLoader()
	for name, text := range jetSources {
		loader.Set("/"+name, text)
	}
	loader.Set("/variables", strings.Repeat(`<p>{{ upper(.A) }} {{ default(.B, "none") }} {{ title(.C) }} {{ truncatechars(.D, 10) }}</p>`, 50))
	jets := jet.NewSet(loader)
	for name, f := range goFuncs {
		jets.AddGlobal(name, f)
	}
	jetPage := func(name string, data any) func(io.Writer) error {
		t := must[*jet.Template](tb)(jets.GetTemplate(name))
		return func(w io.Writer) error { return t.Execute(w, nil, data) }
	}
	nuages := func(name string, data any) func(io.Writer) error {
		return func(w io.Writer) error { return dtl.Render(context.Background(), w, name, data) }
	}
	html := func(name string, data any) func(io.Writer) error {
		return func(w io.Writer) error { return std.ExecuteTemplate(w, name, data) }
	}
	component := func(c templ.Component) func(io.Writer) error {
		return func(w io.Writer) error { return c.Render(context.Background(), w) }
	}
	qtpl := func(f func(w io.Writer)) func(io.Writer) error {
		return func(w io.Writer) error { f(w); return nil }
	}
	return []page{
		{"fortunes", []contender{
			{"nuages", nuages("fortunes", fortunes)},
			{"nuages_untyped", nuages("fortunes", fortunesMap(fortunes))},
			{"html_template", html("fortunes", fortunes)},
			{"pongo2", pongo("fortunes", pongo2.Context{"Fortunes": fortunes.Fortunes})},
			{"jet", jetPage("fortunes", fortunes)},
			{"quicktemplate", qtpl(func(w io.Writer) { templates.WriteQFortunes(w, fortunes) })},
			{"templ", component(templates.FortunesPage(fortunes))},
		}},
		{"list", []contender{
			{"nuages", nuages("list", list)},
			{"nuages_untyped", nuages("list", listMap(list))},
			{"html_template", html("list", list)},
			{"pongo2", pongo("list", pongo2.Context{"Title": list.Title, "Articles": list.Articles, "url": templates.URL})},
			{"jet", jetPage("list", list)},
			{"quicktemplate", qtpl(func(w io.Writer) { templates.WriteQList(w, list) })},
			{"templ", component(templates.ListPage(list))},
		}},
		{"table", []contender{
			{"nuages", nuages("table", table)},
			{"nuages_untyped", nuages("table", tableMap(table))},
			{"html_template", html("table", table)},
			{"pongo2", pongo("table", pongo2.Context{"Rows": table.Rows})},
			{"jet", jetPage("table", table)},
			{"quicktemplate", qtpl(func(w io.Writer) { templates.WriteQTable(w, table) })},
			{"templ", component(templates.TablePage(table))},
		}},
		{"variables", []contender{
			{"nuages", nuages("variables", variables)},
			{"nuages_untyped", nuages("variables", map[string]any{"a": variables.A, "b": variables.B, "c": variables.C, "d": variables.D})},
			{"html_template", html("variables", variables)},
			{"pongo2", pongo("variables", pongo2.Context{"A": variables.A, "B": variables.B, "C": variables.C, "D": variables.D})},
			{"jet", jetPage("variables", variables)},
			{"quicktemplate", qtpl(func(w io.Writer) { templates.WriteQVariables(w, variables) })},
			{"templ", component(templates.VariablesPage(variables))},
		}},
	}
}

type pongoLoader map[string]string

func (pongoLoader) Abs(_, name string) string { return name }

func (l pongoLoader) Get(path string) (io.Reader, error) {
	text, ok := l[path]
	if !ok {
		return nil, fmt.Errorf("no template %q", path)
	}
	return strings.NewReader(text), nil
}

func fortunesMap(p *templates.Fortunes) map[string]any {
	var rows []any
	for _, f := range p.Fortunes {
		rows = append(rows, map[string]any{"id": f.ID, "message": f.Message})
	}
	return map[string]any{"fortunes": rows}
}

func listMap(p *templates.List) map[string]any {
	var rows []any
	for _, a := range p.Articles {
		rows = append(rows, map[string]any{
			"id": a.ID, "title": a.Title, "summary": a.Summary, "author": a.Author, "published": a.Published, "comments": a.Comments,
		})
	}
	return map[string]any{"title": p.Title, "articles": rows}
}

func tableMap(p *templates.Table) map[string]any {
	var rows []any
	for _, r := range p.Rows {
		rows = append(rows, map[string]any{"id": r.ID, "name": r.Name, "ok": r.Ok})
	}
	return map[string]any{"rows": rows}
}

var (
	betweenTags = regexp.MustCompile(`\s*(<[^>]*>)\s*`)
	spaces      = regexp.MustCompile(`\s+`)
)

// normal takes out what the engines may write in their own way: entities, white space at tags, an empty class, the form of an ellipsis.
func normal(s string) string {
	s = strings.NewReplacer("&#34;", `"`, "&quot;", `"`, "&#39;", "'", "&#x27;", "'", "<!doctype", "<!DOCTYPE", ` class=""`, "", "a rathe...", "a rather …", " ...<", " …<").Replace(s)
	return spaces.ReplaceAllString(betweenTags.ReplaceAllString(s, "$1"), " ")
}

func TestAgree(t *testing.T) {
	for _, p := range pages(t) {
		want := ""
		for _, c := range p.contenders {
			var b bytes.Buffer
			if err := c.render(&b); err != nil {
				t.Errorf("%s: %s: %v", p.name, c.name, err)
				continue
			}
			got := normal(b.String())
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%s: %s differs:\n got %.600s\nwant %.600s", p.name, c.name, got, want)
			}
		}
	}
}

func BenchmarkTemplates(b *testing.B) {
	for _, p := range pages(b) {
		for _, c := range p.contenders {
			b.Run(p.name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := c.render(io.Discard); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
