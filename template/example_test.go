package template_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing/fstest"

	"github.com/nuages-go/nuages/template"
)

func ExampleNew() {
	engine, err := template.New(template.Options{Loaders: []template.Loader{template.MapLoader{
		"base.html":  "<title>{% block title %}News{% endblock %}</title>\n",
		"hello.html": `{% extends "base.html" %}{% block title %}{{ name }} | {{ block.super }}{% endblock %}`,
	}}})
	if err != nil {
		panic(err)
	}
	_ = engine.Render(context.Background(), os.Stdout, "hello.html", map[string]any{"name": "Ana & Bo"})
	// Output: <title>Ana &amp; Bo | News</title>
}

func ExamplePage() {
	type Story struct {
		Title string
		Tags  []string
	}
	page := template.Page[Story]("story.html")
	engine, _ := template.New(template.Options{Loaders: []template.Loader{template.FSLoader("", fstest.MapFS{
		"story.html": {Data: []byte("{{ titel }}: {% for tag in tags %}{{ tag.name }}{% endfor %}")},
	})}})
	fmt.Println(engine.Check([]template.AnyPage{page}))
	// Output:
	// story.html:1:1: Story has no field or method "titel" (did you mean "title"?)
	// story.html:1:35: string has no field or method "name"
}

func ExampleLibrary() {
	library := template.NewLibrary("news").
		Filter("shout", func(s string) string { return strings.ToUpper(s) + "!" }).
		SimpleTag("range_sum", func(from, to int) int { return (from + to) * (to - from + 1) / 2 })
	engine, _ := template.New(template.Options{Builtins: []*template.Library{library}})
	page, _ := engine.Parse("page", "{{ word|shout }} {% range_sum 1 n %}")
	_ = page.Render(context.Background(), os.Stdout, map[string]any{"word": "news", "n": 10})
	// Output: NEWS! 55
}

func ExampleNewProcessor() {
	engine, _ := template.New(template.Options{Processors: []template.Processor{
		template.NewProcessor("site", template.NewVar("site_name", func(context.Context) (string, error) { return "The Cumulus", nil })),
	}})
	page, _ := engine.Parse("page", "{{ site_name }}")
	_ = page.Render(context.Background(), os.Stdout, nil)
	// Output: The Cumulus
}

func ExampleFormat() {
	fmt.Println(template.Format(`<a href="{}">{}</a> {}`, "/?a=1&b=2", "Tide & Time", template.Safe("<b>new</b>")))
	fmt.Println(template.Join(", ", []string{"<a>", "b"}))
	// Output:
	// <a href="/?a=1&amp;b=2">Tide &amp; Time</a> <b>new</b>
	// &lt;a&gt;, b
}

func ExampleSafe() {
	engine, _ := template.New(template.Options{})
	page, _ := engine.Parse("page", "{{ text }} {{ html }}")
	_ = page.Render(context.Background(), os.Stdout, map[string]any{"text": "<b>", "html": template.Safe("<b>bold</b>")})
	// Output: &lt;b&gt; <b>bold</b>
}
