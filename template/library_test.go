package template_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/template"
)

type boxOptions struct {
	Width    int
	CSSClass string
}

type repeatNode struct {
	times *template.Expr
	body  *template.NodeList
}

func parseRepeat(p *template.Parser, t template.Token) (template.Node, error) {
	args, err := p.Args(t, 1)
	if err != nil {
		return nil, err
	}
	body, err := p.ParseUntil("endrepeat")
	return &repeatNode{args[0], body}, err
}

func (n *repeatNode) Render(c *template.Context) error {
	times, err := c.Int(n.times)
	if err != nil {
		return err
	}
	mark := c.Push()
	defer c.Pop(mark)
	for i := range times {
		c.Set("i", i)
		if err := n.body.Render(c); err != nil {
			return err
		}
	}
	return nil
}

func testLibrary() *template.Library {
	return template.NewLibrary("test").
		Filter("shout", func(s string) string { return strings.ToUpper(s) + "!" }).
		Filter("exclaim", func(s string, marks ...int) string {
			n := 1
			if len(marks) > 0 {
				n = marks[0]
			}
			return s + strings.Repeat("!", n)
		}).
		Filter("bold", func(info template.FilterInfo, s template.SafeString) template.SafeString {
			return template.Safe("<b>" + s.String() + "</b>")
		}).
		Filter("half", func(f float64) (float64, error) {
			if f < 0 {
				return 0, errors.New("negative")
			}
			return f / 2, nil
		}).
		Filter("keeps", func(v any) any { return v }, template.KeepsSafe()).
		Filter("clock", func(t time.Time) string { return t.Format("15:04") }, template.WantsLocalTime()).
		SimpleTag("sum", func(numbers ...int) int {
			total := 0
			for _, n := range numbers {
				total += n
			}
			return total
		}).
		SimpleTag("box", func(title string, o boxOptions) template.SafeString {
			return template.Safe(fmt.Sprintf("<div class=%q width=%d>%s</div>", o.CSSClass, o.Width, title))
		}).
		SimpleTag("greet", func(c *template.Context, greeting string) string {
			name, _ := c.Lookup("name")
			return greeting + ", " + fmt.Sprint(name)
		}).
		SimpleTag("language", func(ctx context.Context) string { return template.LanguageFrom(ctx) }).
		SimpleBlockTag("panel", func(body template.SafeString, title string) template.SafeString {
			return template.Safe("<section>" + template.Escape(title).String() + ": " + body.String() + "</section>")
		}).
		InclusionTag("card", "card.html", func(name string) *greeting { return &greeting{name} }).
		Tag("repeat", parseRepeat)
}

func TestLibrary(t *testing.T) {
	t.Parallel()
	engine, err := template.New(template.Options{
		Libraries: []*template.Library{testLibrary()},
		Loaders:   []template.Loader{template.MapLoader{"card.html": "[{{ name }}{{ outer }}{% csrf_token %}]"}},
		Processors: []template.Processor{template.NewProcessor("csrf",
			template.NewVar("csrf_token", func(context.Context) (string, error) { return "tok", nil }),
			template.NewVar("outer", func(context.Context) (string, error) { return "hidden", nil }))},
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, source, want string }{
		{"filter", `{{ name|shout }}`, "ANA &amp; BO!"},
		{"no argument", `{{ "a"|exclaim }}`, "a!"},
		{"argument", `{{ "a"|exclaim:3 }}`, "a!!!"},
		{"escapes what it is given", `{{ name|bold }}`, "<b>Ana &amp; Bo</b>"},
		{"keeps safe", `{{ "<i>"|keeps }}{{ name|keeps }}`, "<i>Ana &amp; Bo"},
		{"float", `{{ 5|half }} {{ "3"|half }}`, "2,5 1,5"},
		{"local time", `{{ at|clock }}`, "14:00"},
		{"simple tag", `{% sum 1 2 three %}`, "6"},
		{"simple tag as", `{% sum 1 2 as total %}[{{ total|add:1 }}]`, "[4]"},
		{"keywords", `{% box "T" width=3 css_class="x" %}`, `<div class="x" width=3>T</div>`},
		{"context", `{% greet "Hi" %}`, "Hi, Ana &amp; Bo"},
		{"request context", `{% language %}`, "de"},
		{"block tag", `{% panel name %}<i>{{ name }}</i>{% endpanel %}`, "<section>Ana &amp; Bo: <i>Ana &amp; Bo</i></section>"},
		{"inclusion tag", `{% card "X" %}`, `[X<input type="hidden" name="csrfmiddlewaretoken" value="tok">]`},
		{"full tag", `{% repeat 3 %}{{ i }}{{ name }} {% endrepeat %}`, "0Ana &amp; Bo 1Ana &amp; Bo 2Ana &amp; Bo "},
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	ctx := template.WithTimeZone(template.WithLanguage(t.Context(), "de"), zone)
	data := map[string]any{"name": "Ana & Bo", "three": 3, "at": time.Date(2026, 7, 4, 12, 0, 0, 0, time.UTC)}
	for _, tt := range tests {
		page, err := engine.Parse("page", "{% load test %}"+tt.source)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var b strings.Builder
		if err := page.Render(ctx, &b, data); err != nil || b.String() != tt.want {
			t.Errorf("%s: %s = %q, %v, want %q", tt.name, tt.source, b.String(), err, tt.want)
		}
	}
	bad := map[string]string{
		`{% box %}`:              "did not receive value(s)",
		`{% box "T" heigth=3 %}`: "received unexpected keyword argument 'heigth'",
		`{% box "T" widht=3 %}`:  `did you mean "width"?`,
		`{% greet 1 2 %}`:        "received too many positional arguments",
		`{{ 1|exclaim:1:2 }}`:    "Could not parse the remainder",
		`{{ name|half:2 }}`:      "half requires 1 arguments, 2 provided",
	}
	for source, want := range bad {
		if _, err := engine.Parse("page", "{% load test %}"+source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%s) = %v, want %q", source, err, want)
		}
	}
}

func TestLibraryMistakes(t *testing.T) {
	t.Parallel()
	lib := template.NewLibrary("bad").
		Filter("three", func(a, b, c string) string { return a }).
		Filter("none", func(string) {}).
		SimpleTag("value", 5).
		SimpleBlockTag("block", func(s string) string { return s })
	_, err := template.New(template.Options{Libraries: []*template.Library{lib, template.NewLibrary("bad")}})
	for _, want := range []string{"filter three", "filter none", "tag value: int is no function", "tag block", `two libraries are called "bad"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New() = %v, want %q", err, want)
		}
	}
}
