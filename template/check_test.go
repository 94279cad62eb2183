package template_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/template"
)

type author struct {
	ID   int64
	Name string
}

func (a *author) AbsoluteURL() string { return fmt.Sprintf("/author/%d", a.ID) }

type tag struct{ Name, Slug string }

type article struct {
	ID        int64
	Title     string
	Body      string
	Author    relation[author]
	Tags      []*tag
	Published *time.Time
	Scores    map[string]int
}

func (a *article) AbsoluteURL() string { return fmt.Sprintf("/article/%d", a.ID) }

// Related takes arguments, so that templates cannot call it.
func (a *article) Related(n int) []*article { return nil }

// Delete changes data.
func (a *article) Delete(context.Context) error { return errors.New("deleted by a template") }

// relation is loaded lazily, as the ORM's foreign keys are.
type relation[T any] struct {
	ID   int64
	load func(ctx context.Context) (*T, error)
}

func (r *relation[T]) TemplateValue(ctx context.Context) (any, error) {
	if r.load == nil {
		return nil, nil
	}
	return r.load(ctx)
}

func (r *relation[T]) TemplateType() any { return (*T)(nil) }

type detail struct {
	Article *article
	More    []*article
	Page    int
}

// knownURLs is a Reverser that knows two names.
type knownURLs struct{}

func (knownURLs) ReverseURL(_ context.Context, name string, args []any, _ map[string]any) (string, error) {
	return "/" + name + fmt.Sprint(args...), nil
}

func (knownURLs) CheckURL(name string, args int, _ []string) error {
	switch {
	case name == "news:home" && args == 0, name == "news:detail" && args == 1:
		return nil
	case name == "news:detail":
		return fmt.Errorf("news:detail takes 1 argument, %d given", args)
	}
	return fmt.Errorf("no URL is called %q", name)
}

const goodBase = `<title>{% block title %}News{% endblock %}</title>{% block content %}{% endblock %}`

func TestCheckFindsMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"field", `{{ article.titel }}`, `news/detail.html:1:1: article has no field or method "titel" (did you mean "title"?)`},
		{"position", "a\n  é{{ article.titel }}", `news/detail.html:2:4: article has no field or method "titel" (did you mean "title"?)`},
		{"root", `{{ artcle.title }}`, `news/detail.html:1:1: detail has no field or method "artcle" (did you mean "article"?)`},
		{"through for", `{% for a in more %}{{ a.titel }}{% endfor %}`, `1:20: article has no field or method "titel" (did you mean "title"?)`},
		{"through with", `{% with a=article.author %}{{ a.nmae }}{% endwith %}`, `1:28: author has no field or method "nmae" (did you mean "name"?)`},
		{"lazy relation", `{{ article.author.nmae }}`, `1:1: author has no field or method "nmae" (did you mean "name"?)`},
		{"through filter", `{{ more|slice:":2"|first|title }}{% with f=more|first %}{{ f.bdoy }}{% endwith %}`, `1:57: article has no field or method "bdoy" (did you mean "body"?)`},
		{"through include", `{% include "part.html" with tag=article.tags.0 %}`, `part.html:1:1: tag has no field or method "slugg" (did you mean "slug"?)`},
		{"unknown tag", `{% fro a in more %}`, `1:1: Invalid block tag on line 1: 'fro'. Did you forget to register or load this tag? (did you mean "for"?)`},
		{"unknown filter", `{{ article.title|uper }}`, `1:1: Invalid filter: 'uper' (did you mean "upper"?)`},
		{"library to load", `{{ 1|intcomma }}`, `1:1: Invalid filter: 'intcomma' (add {% load humanize %})`},
		{"unknown library", `{% load humanise %}`, `(did you mean "humanize"?)`},
		{"argument count", `{{ article.title|truncatewords }}`, `1:1: truncatewords requires 2 arguments, 1 provided`},
		{"unclosed block", "{% if article %}\n{{ article.title }}", `1:1: Unclosed tag on line 1: 'if'. Looking for one of: elif, else, endif.`},
		{"misplaced end", `{% if article %}{% endfor %}`, `({% if %} of line 1 is still open)`},
		{"missing parent", `{% extends "news/bsae.html" %}`, `1:1: extends: template "news/bsae.html" does not exist (did you mean "news/base.html"?)`},
		{"missing include", `{% include "prt.html" %}`, `1:1: include: template "prt.html" does not exist (did you mean "part.html"?)`},
		{"unknown url", `{% url "news:hme" %}`, `1:1: url: no URL is called "news:hme"`},
		{"url arguments", `{% url "news:detail" %}`, `1:1: url: news:detail takes 1 argument, 0 given`},
		{"duplicate block", `{% block a %}{% endblock %}{% block a %}{% endblock %}`, `1:28: 'block' tag with name 'a' appears more than once`},
		{"stray block", `{% extends "news/base.html" %}{% block titel %}x{% endblock %}`, `1:31: block "titel" is in no parent template and is never shown (did you mean "title"?)`},
		{"method with arguments", `{{ article.related }}`, `1:1: article.Related cannot be used in a template: the method needs arguments`},
		{"method that changes", `{{ article.delete }}`, `1:1: article.Delete cannot be used in a template: the method gives no value`},
		{"not a list", `{% for a in article %}{% endfor %}`, `1:1: article cannot be looped over: it is an article`},
		{"unpacking", `{% for a, b, c in article.scores.items %}{% endfor %}`, `1:1: need 3 values to unpack in for loop; got 2`},
		{"forloop", `{% for a in more %}{{ forloop.index }}{% endfor %}`, `1:20: forloop has no "index"`},
		{"condition", `{% if article.titel == "x" %}{% endif %}`, `1:1: article has no field or method "titel"`},
		{"filter argument", `{{ article.title|default:article.bdy }}`, `1:1: article has no field or method "bdy" (did you mean "body"?)`},
		{"partial", `{% partialdef card %}x{% endpartialdef %}{% partial cadr %}`, `1:42: Partial 'cadr' is not defined in the current template. (did you mean "card"?)`},
		{"text has no field", `{{ article.title.size }}`, `1:1: string has no field or method "size"`},
		{"dynamic parent", `{% extends article.title %}{% block x %}{{ article.titel }}{{ unknown_here }}{% endblock %}`, `1:41: article has no field or method "titel"`},
		{"super without parent", `{% block a %}{{ block.super }}{% endblock %}`, `1:14: {{ block.super }} in a template without a parent`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := checkDetail(t, tt.source)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Check(%s)\n got  %v\n want %s", tt.source, err, tt.want)
			}
			if err != nil && strings.Count(err.Error(), "\n") > 6 {
				t.Errorf("Check(%s) gave more than one message:\n%v", tt.source, err)
			}
		})
	}
}

func checkDetail(t *testing.T, source string) error {
	t.Helper()
	engine, err := template.New(template.Options{
		Loaders: []template.Loader{template.MapLoader{
			"news/detail.html": source, "news/base.html": goodBase, "part.html": "{{ tag.slugg }}",
		}},
		Reverser: knownURLs{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return engine.Check([]template.AnyPage{template.Page[detail]("news/detail.html")})
}

func TestCheckAcceptsGoodPages(t *testing.T) {
	t.Parallel()
	sources := []string{
		`{% extends "news/base.html" %}{% block title %}{{ article.title }} {{ block.super }}{% endblock %}`,
		`{% for k, v in article.scores.items %}{{ k }}{{ v|add:1 }}{% endfor %}`,
		`{% for a in more %}{{ forloop.counter }}{{ a.get_absolute_url }}{{ a.author.name.upper }}{% empty %}{{ page }}{% endfor %}`,
		`{{ article.author_id }}{{ article.published|date:"Y" }}{{ article.published.year }}`,
		`{% if user %}{{ user.name }}{% endif %}{{ subtitle|default:"x" }}{% firstof subtitle "y" %}`,
		`{% regroup more by author.name as groups %}{% for g in groups %}{{ g.grouper }}{% for a in g.list %}{{ a.title }}{% endfor %}{% endfor %}`,
		`{% url "news:detail" article.id as u %}{{ u }}{% cycle "a" "b" as c %}{{ c }}`,
		`{% with a=1 b="x" %}{{ a }}{{ b|upper }}{% endwith %}{{ article.tags.0.slug }}`,
		`{% load i18n %}{% blocktranslate with t=article.title count n=page %}{{ t }}{% plural %}{{ n }}{% endblocktranslate %}`,
	}
	for _, source := range sources {
		if err := checkDetail(t, source); err != nil {
			t.Errorf("Check(%s) = %v", source, err)
		}
	}
}

func TestCheckReportsAllMistakesOfATemplate(t *testing.T) {
	t.Parallel()
	err := checkDetail(t, "{{ a|uper }}\n{% if article %}{{ }}\n{{ a-b }}{% endfor %}{{ c|lowr }}")
	var got []string
	for line := range strings.SplitSeq(fmt.Sprint(err), "\n") {
		got = append(got, strings.SplitN(line, ": ", 2)[0])
	}
	want := []string{"news/detail.html:1:1", "news/detail.html:2:17", "news/detail.html:3:1", "news/detail.html:3:10"}
	if !slices.Equal(got, want) {
		t.Errorf("Check() = %v\nwant mistakes at %v", err, want)
	}
}

func TestCheckReportsEverythingOnce(t *testing.T) {
	t.Parallel()
	engine, err := template.New(template.Options{Loaders: []template.Loader{template.MapLoader{
		"base.html": `{% block a %}{% endblock %}{{ oops }}`,
		"one.html":  `{% extends "base.html" %}{% block a %}{{ titel }}{% endblock %}`,
		"two.html":  `{% extends "base.html" %}{% block a %}{{ titel }}{% endblock %}`,
		"bad.html":  `{% nosuch %}`,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	type data struct{ Title string }
	err = engine.Check([]template.AnyPage{template.Page[data]("one.html"), template.Page[data]("two.html")})
	if err == nil {
		t.Fatal("no mistake was found")
	}
	got := strings.Split(err.Error(), "\n")
	want := []string{"bad.html:1:1", "base.html:1:28", "one.html:1:39", "two.html:1:39"}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("Check() =\n%v\nwant lines that start with %q", err, want)
	}
}
