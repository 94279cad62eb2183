package template_test

import (
	"bytes"
	"context"
	"fmt"
	htmltemplate "html/template"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/template"
)

// fortune is a row of the fortunes page.
type fortune struct {
	ID      int
	Message string
}

type fortunes struct{ Fortunes []fortune }

func newFortunes() *fortunes {
	p := &fortunes{}
	for i := range 12 {
		p.Fortunes = append(p.Fortunes, fortune{i, fmt.Sprintf("fortune %d: a computer scientist is someone who fixes things", i)})
	}
	p.Fortunes[3].Message = `<script>alert("This should not be displayed in a browser alert box.");</script>`
	p.Fortunes[7].Message = "フレームワークのベンチマーク"
	return p
}

const fortunesSource = `<!DOCTYPE html>
<html>
<head><title>Fortunes</title></head>
<body>
<table>
<tr><th>id</th><th>message</th></tr>
{% for f in fortunes %}<tr><td>{{ f.id }}</td><td>{{ f.message }}</td></tr>
{% endfor %}</table>
</body>
</html>
`

const fortunesGo = `<!DOCTYPE html>
<html>
<head><title>Fortunes</title></head>
<body>
<table>
<tr><th>id</th><th>message</th></tr>
{{ range .Fortunes }}<tr><td>{{ .ID }}</td><td>{{ .Message }}</td></tr>
{{ end }}</table>
</body>
</html>
`

type listArticle struct {
	ID        int64
	Title     string
	Summary   string
	Author    string
	Published time.Time
	Comments  int
}

func (a *listArticle) AbsoluteURL() string { return "/article/" + fmt.Sprint(a.ID) }

type listPage struct {
	Title    string
	Articles []*listArticle
}

func newListPage() *listPage {
	p := &listPage{Title: "News & views"}
	for i := range 25 {
		p.Articles = append(p.Articles, &listArticle{
			ID: int64(i + 1), Title: fmt.Sprintf("Article %d: tide & time", i+1), Author: "Ana Ruiz", Comments: i % 3,
			Summary:   strings.Repeat("The tide comes in and the tide goes out again. ", 6),
			Published: time.Date(2026, 3, 1+i, 8, 30, 0, 0, time.UTC),
		})
	}
	return p
}

var listSources = template.MapLoader{
	"base.html": `<!doctype html>
<html><head><title>{% block title %}News{% endblock %}</title></head>
<body><nav><a href="{% url "home" %}">Home</a></nav>
<main>{% block content %}{% endblock %}</main>
<footer>Printed in Saltmere</footer></body></html>
`,
	"list.html": `{% extends "base.html" %}
{% block title %}{{ title }} | {{ block.super }}{% endblock %}
{% block content %}<ul>
{% for article in articles %}{% include "row.html" %}{% empty %}<li>None</li>{% endfor %}
</ul>{% endblock %}`,
	"row.html": `<li class="{% if forloop.first %}first{% endif %}"><a href="{% url "detail" article.id %}">{{ article.title }}</a>
<p>{{ article.summary|truncatewords:12 }}</p>
<small>{{ article.author }}, {{ article.published|date:"j F Y" }}, {{ article.comments }} comment{{ article.comments|pluralize }}</small></li>
`,
}

const listGo = `{{ define "row" }}<li class="{{ if .First }}first{{ end }}"><a href="{{ url "detail" .A.ID }}">{{ .A.Title }}</a>
<p>{{ truncatewords .A.Summary 12 }}</p>
<small>{{ .A.Author }}, {{ date .A.Published }}, {{ .A.Comments }} comment{{ pluralize .A.Comments }}</small></li>
{{ end }}<!doctype html>
<html><head><title>{{ .Title }} | News</title></head>
<body><nav><a href="{{ url "home" }}">Home</a></nav>
<main><ul>
{{ range $i, $a := .Articles }}{{ template "row" (row $i $a) }}{{ else }}<li>None</li>{{ end }}
</ul></main>
<footer>Printed in Saltmere</footer></body></html>
`

type goRow struct {
	First bool
	A     *listArticle
}

var goFuncs = htmltemplate.FuncMap{
	"url": func(name string, args ...any) string { return "/" + name + "/" + fmt.Sprint(args...) },
	"row": func(i int, a *listArticle) goRow { return goRow{i == 0, a} },
	"truncatewords": func(s string, n int) string {
		words := strings.Fields(s)
		if len(words) <= n {
			return strings.Join(words, " ")
		}
		return strings.Join(words[:n], " ") + " …"
	},
	"date": func(t time.Time) string { return t.Format("2 January 2006") },
	"pluralize": func(n int) string {
		if n == 1 {
			return ""
		}
		return "s"
	},
}

type benchURLs struct{}

func (benchURLs) ReverseURL(_ context.Context, name string, args []any, _ map[string]any) (string, error) {
	if len(args) == 0 {
		return "/" + name + "/", nil
	}
	return "/" + name + "/" + fmt.Sprint(args[0]), nil
}

type tableCell struct {
	ID    int
	Name  string
	Price float64
	Ok    bool
}

type tablePage struct{ Rows []tableCell }

func newTablePage() *tablePage {
	p := &tablePage{}
	for i := range 1000 {
		p.Rows = append(p.Rows, tableCell{i, fmt.Sprintf("row number %d", i), float64(i) / 4, i%2 == 0})
	}
	return p
}

const (
	tableSource = `<table>{% for r in rows %}<tr><td>{{ r.id }}</td><td>{{ r.name }}</td><td>{{ r.price }}</td><td>{% if r.ok %}yes{% else %}no{% endif %}</td></tr>
{% endfor %}</table>`
	tableGo = `<table>{{ range .Rows }}<tr><td>{{ .ID }}</td><td>{{ .Name }}</td><td>{{ price .Price }}</td><td>{{ if .Ok }}yes{{ else }}no{{ end }}</td></tr>
{{ end }}</table>`
)

type variablesPage struct{ A, B, C, D string }

func variablesSources() (dtl, std string) {
	var a, b strings.Builder
	for range 50 {
		a.WriteString("<p>{{ a|upper }} {{ b|default:\"none\" }} {{ c|title }} {{ d|truncatechars:10 }}</p>\n")
		b.WriteString("<p>{{ upper .A }} {{ or .B \"none\" }} {{ title .C }} {{ truncatechars .D 10 }}</p>\n")
	}
	return a.String(), b.String()
}

var variablesFuncs = htmltemplate.FuncMap{
	"upper": strings.ToUpper,
	//lint:ignore SA1019 it is what others use
	"title": strings.Title,
	"truncatechars": func(s string, n int) string {
		r := []rune(s)
		if len(r) <= n {
			return s
		}
		return string(r[:n-1]) + "…"
	},
	"price": func(f float64) string {
		s := fmt.Sprint(f)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	},
}

// benchPage is a page in both languages, with its data typed and as maps.
type benchPage struct {
	name   string
	engine *template.DTL
	file   string
	std    *htmltemplate.Template
	typed  any
	maps   map[string]any
}

func benchPages(tb testing.TB) []benchPage {
	tb.Helper()
	dtl := func(sources template.MapLoader) *template.DTL {
		e, err := template.New(template.Options{Loaders: []template.Loader{sources}, Reverser: benchURLs{}})
		if err != nil {
			tb.Fatal(err)
		}
		return e
	}
	std := func(text string) *htmltemplate.Template {
		return htmltemplate.Must(htmltemplate.New("page").Funcs(goFuncs).Funcs(variablesFuncs).Parse(text))
	}
	f, l, t := newFortunes(), newListPage(), newTablePage()
	v := &variablesPage{"tide & time", "", "the sea rises", "a rather long line of text"}
	vd, vs := variablesSources()
	var fm, lm, tm []any
	for _, x := range f.Fortunes {
		fm = append(fm, map[string]any{"id": x.ID, "message": x.Message})
	}
	for _, x := range l.Articles {
		lm = append(lm, map[string]any{
			"id": x.ID, "title": x.Title, "summary": x.Summary, "author": x.Author, "published": x.Published, "comments": x.Comments,
		})
	}
	for _, x := range t.Rows {
		tm = append(tm, map[string]any{"id": x.ID, "name": x.Name, "price": x.Price, "ok": x.Ok})
	}
	return []benchPage{
		{"fortunes", dtl(template.MapLoader{"p": fortunesSource}), "p", std(fortunesGo), f, map[string]any{"fortunes": fm}},
		{"list", dtl(listSources), "list.html", std(listGo), l, map[string]any{"title": l.Title, "articles": lm}},
		{"table", dtl(template.MapLoader{"p": tableSource}), "p", std(tableGo), t, map[string]any{"rows": tm}},
		{"variables", dtl(template.MapLoader{"p": vd}), "p", std(vs), v, map[string]any{"a": v.A, "b": v.B, "c": v.C, "d": v.D}},
	}
}

// normal makes the outputs of the two languages comparable: they write some entities in other ways.
func normal(s string) string {
	return strings.TrimSpace(strings.NewReplacer("&#34;", "&quot;", "&#39;", "&#x27;", "&#43;", "+").Replace(s))
}

func TestBenchPagesAgree(t *testing.T) {
	t.Parallel()
	for _, p := range benchPages(t) {
		var typed, maps, std bytes.Buffer
		if err := p.engine.Render(t.Context(), &typed, p.file, p.typed); err != nil {
			t.Fatal(err)
		}
		if err := p.engine.Render(t.Context(), &maps, p.file, p.maps); err != nil {
			t.Fatal(err)
		}
		if err := p.std.Execute(&std, p.typed); err != nil {
			t.Fatal(err)
		}
		if typed.String() != maps.String() {
			t.Errorf("%s: typed and untyped data differ:\n%s\n%s", p.name, typed.String(), maps.String())
		}
		if a, b := normal(typed.String()), normal(std.String()); a != b {
			t.Errorf("%s: html/template differs:\n%.900s\n%.900s", p.name, a, b)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	for _, p := range benchPages(b) {
		b.Run(p.name+"/typed", func(b *testing.B) { benchRender(b, p.engine, p.file, p.typed) })
		b.Run(p.name+"/untyped", func(b *testing.B) { benchRender(b, p.engine, p.file, p.maps) })
		b.Run(p.name+"/html_template", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := p.std.Execute(io.Discard, p.typed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchRender(b *testing.B, e *template.DTL, file string, data any) {
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if err := e.Render(ctx, io.Discard, file, data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse1000(b *testing.B) {
	b.ReportAllocs()
	sources := template.MapLoader{}
	for i := range 1000 {
		for name, text := range listSources {
			sources[fmt.Sprintf("%d/%s", i/3, name)] = strings.ReplaceAll(text, `"base.html"`, fmt.Sprintf(`"%d/base.html"`, i/3))
		}
	}
	for b.Loop() {
		e, err := template.New(template.Options{Loaders: []template.Loader{sources}, Reverser: benchURLs{}})
		if err != nil {
			b.Fatal(err)
		}
		for name := range sources {
			if !e.Has(name) {
				b.Fatal(name)
			}
		}
	}
}

func BenchmarkCheck1000(b *testing.B) {
	b.ReportAllocs()
	sources := template.MapLoader{}
	var pages []template.AnyPage
	for i := range 334 {
		for name, text := range listSources {
			text = strings.ReplaceAll(text, `"base.html"`, fmt.Sprintf(`"%d/base.html"`, i))
			sources[fmt.Sprintf("%d/%s", i, name)] = strings.ReplaceAll(text, `"row.html"`, fmt.Sprintf(`"%d/row.html"`, i))
		}
		pages = append(pages, template.Page[listPage](fmt.Sprintf("%d/list.html", i)))
	}
	for b.Loop() {
		e, err := template.New(template.Options{Loaders: []template.Loader{sources}, Reverser: benchURLs{}})
		if err != nil {
			b.Fatal(err)
		}
		if err := e.Check(pages); err != nil {
			b.Fatal(err)
		}
	}
}
