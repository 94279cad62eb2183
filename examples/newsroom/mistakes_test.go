package main

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/examples/newsroom/news"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
)

// templates returns the texts of the newspaper's templates.
func templates(t *testing.T) template.MapLoader {
	t.Helper()
	texts := template.MapLoader{}
	files := news.App().Templates
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		texts[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func checkTemplates(t *testing.T, texts template.MapLoader) error {
	t.Helper()
	resolver, err := urls.New(site().URLs, urls.Options{})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := template.New(template.Options{Loaders: []template.Loader{texts}, Reverser: resolver})
	if err != nil {
		t.Fatal(err)
	}
	return engine.Check(news.App().Pages)
}

// TestMistakesInTemplates breaks the templates in twenty ways; each is found before the first request, with its place.
func TestMistakesInTemplates(t *testing.T) {
	t.Parallel()
	if err := checkTemplates(t, templates(t)); err != nil {
		t.Fatalf("the templates are not right to begin with: %v", err)
	}
	tests := []struct{ name, file, old, broken, want string }{
		{"field", "news/detail.html", "{{ article.body", "{{ article.bdoy", `Article has no field or method "bdoy" (did you mean "body"?)`},
		{"name", "news/detail.html", "{{ minutes }}", "{{ minuts }}", `Detail has no field or method "minuts" (did you mean "minutes"?)`},
		{"in an include", "news/_story.html", "{{ article.summary }}", "{{ article.sumary }}", `news/_story.html:4:22: Article has no field or method "sumary" (did you mean "summary"?)`},
		{"in a loop", "news/_story.html", "{{ tag.slug }}", "{{ tag.slgu }}", `Tag has no field or method "slgu" (did you mean "slug"?)`},
		{"through a relation", "news/_story.html", "{{ article.author }}", "{{ article.author.nmae }}", `Author has no field or method "nmae" (did you mean "name"?)`},
		{"in a condition", "news/list.html", "{% if page_obj.number > 1 %}Page", "{% if page_obj.numbr > 1 %}Page", `has no field or method "numbr" (did you mean "number"?)`},
		{"in another page", "news/tag.html", "{{ tag.name }}</h1>", "{{ tag.title }}</h1>", `news/tag.html:7:7: Tag has no field or method "title"`},
		{"forloop", "news/list.html", "forloop.first", "forloop.frist", `forloop has no "frist" (did you mean "first"?)`},
		{"not a list", "news/detail.html", "{% for article in more %}", "{% for article in minutes %}", "minutes cannot be looped over"},
		{"tag", "news/detail.html", "{% if more %}", "{% fi more %}", `Invalid block tag on line 16: 'fi', expected 'endblock'. Did you forget to register or load this tag? (did you mean "if"?)`},
		{"filter", "news/detail.html", "|linebreaks", "|linebraeks", `Invalid filter: 'linebraeks' (did you mean "linebreaks"?)`},
		{"library", "news/tag.html", "{{ page_obj.paginator.count }}", "{{ page_obj.paginator.count|intcomma }}", "Invalid filter: 'intcomma' (add {% load humanize %})"},
		{"argument", "news/about.html", "{{ authors|length }}", "{{ authors|length:2 }}", "length requires 1 arguments, 2 provided"},
		{"not closed", "news/about.html", "{% endfor %}", "", "Invalid block tag on line 21: 'endblock', expected 'empty' or 'endfor'. Did you forget to register or load this tag? ({% for %} of line 17 is still open)"},
		{"closed wrongly", "news/_labels.html", "{% endfor %}", "{% endif %}", "Invalid block tag on line 1: 'endif', expected 'empty' or 'endfor'"},
		{"parent", "news/about.html", `{% extends "news/base.html" %}`, `{% extends "news/bsae.html" %}`, `news/about.html:1:1: extends: template "news/bsae.html" does not exist (did you mean "news/base.html"?)`},
		{"include", "news/list.html", `{% include "news/_pages.html" %}`, `{% include "news/_page.html" %}`, `include: template "news/_page.html" does not exist (did you mean "news/_pages.html"?)`},
		{"URL name", "404.html", "{% url 'news:home' %}", "{% url 'news:hmoe' %}", `404.html:10:27: url: no pattern has the URL name "news:hmoe" (did you mean "news:home"?)`},
		{"URL argument", "news/_story.html", "{% url 'news:detail' article.id %}", "{% url 'news:detail' %}", `the URL name "news:detail" gets 0 arguments`},
		{"block", "news/about.html", "{% block content %}", "{% block contents %}", `block "contents" is in no parent template and is never shown (did you mean "content"?)`},
		{"block twice", "news/about.html", "{% block title %}", "{% block content %}", "'block' tag with name 'content' appears more than once"},
		{"expression", "news/list.html", "page_obj.number == 1", "page_obj.number = 1", "Could not parse the remainder: '=' from '='"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			texts := templates(t)
			if !strings.Contains(texts[tt.file], tt.old) {
				t.Fatalf("%s has no %s", tt.file, tt.old)
			}
			texts[tt.file] = strings.Replace(texts[tt.file], tt.old, tt.broken, 1)
			err := checkTemplates(t, texts)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s with %s gives\n%v\nwant %s", tt.file, tt.broken, err, tt.want)
			}
		})
	}
}
