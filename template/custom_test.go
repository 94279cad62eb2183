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

// boxNode is a tag that uses all that tags of other packages can.
type boxNode struct {
	value *template.Expr
	body  *template.NodeList
}

func (n *boxNode) Render(c *template.Context) error {
	value, err := c.Eval(n.value)
	if err != nil {
		return err
	}
	text, err := c.Text(n.value)
	if err != nil {
		return err
	}
	truth, err := c.Truth(n.value)
	if err != nil {
		return err
	}
	mark := c.Push()
	c.Set("boxed", value)
	inner, err := c.Capture(n.body)
	c.Pop(mark)
	if err != nil {
		return err
	}
	c.Set("box_count", len(inner.String()))
	c.WriteString(fmt.Sprintf("<box %T %s %v %v>", value, text, truth, c.Autoescape()))
	c.WriteValue(inner)
	c.WriteValue(value)
	c.WriteValue(template.LanguageFrom(c.Ctx()))
	return nil
}

func (n *boxNode) Parts() ([]*template.Expr, []*template.NodeList) {
	return []*template.Expr{n.value}, []*template.NodeList{n.body}
}

func (n *boxNode) Assigns() []string { return []string{"box_count"} }

func parseBox(p *template.Parser, t template.Token) (template.Node, error) {
	args, err := p.Args(t, 1)
	if err != nil {
		return nil, err
	}
	body, end, err := p.ParseTo("endbox")
	if err == nil && end.Contents != "endbox" {
		err = p.Errorf("%s takes nothing", end.Contents)
	}
	return &boxNode{args[0], body}, err
}

// opaqueNode shows nothing of itself to the check.
type opaqueNode struct{}

func (opaqueNode) Render(c *template.Context) error {
	c.Set("surprise", 1)
	return nil
}

func customEngine(t *testing.T, source string) *template.DTL {
	t.Helper()
	lib := testLibrary().Tag("box", parseBox).
		Tag("opaque", func(*template.Parser, template.Token) (template.Node, error) { return opaqueNode{}, nil }).
		Tag("skip", func(p *template.Parser, _ template.Token) (template.Node, error) {
			if err := p.SkipPast("endskip"); err != nil {
				return nil, err
			}
			if _, ok := p.NextToken(); !ok {
				return nil, errors.New("something must follow")
			}
			return opaqueNode{}, nil
		}).
		InclusionTag("bad_card", "bad_card.html", func(string) *greeting { return &greeting{} })
	engine, err := template.New(template.Options{
		Builtins: []*template.Library{lib},
		Loaders: []template.Loader{template.MapLoader{
			"main": source, "card.html": "[{{ name }}]", "bad_card.html": "{{ nmae }}",
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func TestCustomTag(t *testing.T) {
	t.Parallel()
	tests := []struct{ source, want string }{
		{"{% box name %}{{ boxed }}!{% endbox %}[{{ boxed }}{{ box_count }}]", "<box string A&B true true>A&amp;B!A&amp;Bde[8]"},
		{"{% autoescape off %}{% box 0 %}{{ boxed }}{% endbox %}{% endautoescape %}", "<box int64 0 false false>00de"},
		{"{% skip %}{% nosuch %}{% endskip %}x", ""},
	}
	for _, tt := range tests {
		var b strings.Builder
		engine := customEngine(t, tt.source)
		page, err := engine.Template("main")
		if err != nil || page.Name() != "main" || page.Origin() != "main" {
			t.Fatalf("Template(main) = %v, %v", page, err)
		}
		if err := page.Render(template.WithLanguage(t.Context(), "de"), &b, map[string]any{"name": "A&B"}); err != nil || b.String() != tt.want {
			t.Errorf("%s = %q, %v, want %q", tt.source, b.String(), err, tt.want)
		}
	}
	if _, err := customEngine(t, "{% skip %}").Template("main"); err == nil || !strings.Contains(err.Error(), "main:1:1: Unclosed tag on line 1: 'skip'") {
		t.Errorf("an open tag gives %v", err)
	}
	if _, err := customEngine(t, "{% skip %}{% endskip %}").Template("main"); err == nil || err.Error() != "main:1:1: something must follow" {
		t.Errorf("an error of a tag gives %v", err)
	}
}

func TestCheckLooksIntoCustomTags(t *testing.T) {
	t.Parallel()
	type data struct{ Name string }
	tests := []struct{ source, want string }{
		{"{% box name %}{{ boxed }}{% endbox %}{{ box_count }}", ""},
		{"{% box nmae %}{% endbox %}", `main:1:1: data has no field or method "nmae" (did you mean "name"?)`},
		{"{% box name %}{{ name.x }}{% endbox %}", `main:1:15: string has no field or method "x"`},
		{"{% box name %}{% endbox %}{{ boxed }}", `main:1:27: data has no field or method "boxed"`},
		{"{% opaque %}{{ surprise }}", ""},
		{"{% card name %}", ""},
		{"{% card nmae %}", `main:1:1: data has no field or method "nmae"`},
		{"{% bad_card name %}", `bad_card.html:1:1: greeting has no field or method "nmae" (did you mean "name"?)`},
		{"{% sum 1 2 as total %}{{ total|add:1 }}{{ totl }}", `(did you mean "total"?)`},
		{"{% panel name %}{{ nme }}{% endpanel %}", `data has no field or method "nme"`},
	}
	for _, tt := range tests {
		err := customEngine(t, tt.source).Check([]template.AnyPage{template.Page[data]("main")})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("Check(%s) = %v, want %q", tt.source, err, tt.want)
		}
	}
}

// TestPythonAttributes shows what templates find on values of Python's own types.
func TestPythonAttributes(t *testing.T) {
	t.Parallel()
	engine, err := template.New(template.Options{LanguageFormats: map[string]template.Formats{
		"fr": {DecimalSeparator: "·", ThousandSeparator: "_", NumberGrouping: []int{2}, Named: map[string]string{"DATE_FORMAT": "Y/m/d"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ source, want string }{
		{"{{ s.upper }} {{ s.lower }} {{ s.title }} {{ s.capitalize }} {{ s.swapcase }}", "AB CD ab cd Ab Cd Ab cd Ab CD"},
		{"[{{ p.strip }}][{{ p.lstrip }}][{{ p.rstrip }}]", "[x][x ][ x]"},
		{"{{ s.split.1 }} {{ s.splitlines.0 }} {{ s.encode }}", "cd aB cd b&#x27;aB cd&#x27;"},
		{"{{ s.isalpha }} {{ d.isdigit }} {{ d.isalnum }} {{ s.isspace }} {{ s.isupper }} {{ s.islower }} {{ s.istitle }} {{ s.isascii }}", "False True True False False False False True"},
		{"{{ n.real }} {{ n.imag }} {{ n.numerator }} {{ n.denominator }} {{ n.bit_length }} {{ f.is_integer }} {{ n.is_integer }}", "5 0 5 1 3 False True"},
		{"{{ at.year }}-{{ at.month }}-{{ at.day }} {{ at.hour }}:{{ at.minute }}:{{ at.second }}.{{ at.microsecond }}", "2026-3-4 5:6:7.89"},
		{"{{ at.weekday }} {{ at.isoweekday }} {{ at.isoformat }} {{ at.timestamp }}", "2 3 2026-03-04T05:06:07.000089+00:00 1772600767.000089"},
		{"{{ at.date }} {{ at.time }} {{ at.tzinfo }} {{ at.tzname }} {{ at.utcoffset }} {{ at.ctime }}", "March 4, 2026 5:06 a.m. UTC UTC 0:00:00 Wed Mar  4 05:06:07 2026"},
		{"{{ span.days }} {{ span.seconds }} {{ span.total_seconds }}", "1 3600 90000.0"},
		{"{{ m.keys }} {{ m.values }} {{ m.items }} {{ m.copy }}", "dict_keys([&#x27;a&#x27;]) dict_values([1]) dict_items([(&#x27;a&#x27;, 1)]) {&#x27;a&#x27;: 1}"},
		{"{{ at|json_script }}{{ span|json_script }}", `<script type="application/json">"2026-03-04T05:06:07.000Z"</script><script type="application/json">"P1DT01H00M00S"</script>`},
		{"{{ long|pprint|safe }}", "['aaaaaaaaaaaaaaaaaaaa',\n 'aaaaaaaaaaaaaaaaaaaa',\n 'aaaaaaaaaaaaaaaaaaaa',\n 'aaaaaaaaaaaaaaaaaaaa']"},
		{"{{ text|pprint|safe }}", "('word word word word word word word word word word word word word word word '\n 'word word word word word ')"},
		{"{% load i18n %}{% language 'fr' %}{{ at|date }} {{ f }} {{ f|floatformat:'2g' }} {{ 12345|floatformat:'g' }}{% endlanguage %}", "2026/03/04 2·5 2·50 1_23_45"},
	}
	data := map[string]any{
		"s": "aB cd", "p": " x ", "d": "12", "n": 5, "f": 2.5, "at": time.Date(2026, 3, 4, 5, 6, 7, 89000, time.UTC), "span": 25 * time.Hour,
		"m": map[string]int{"a": 1}, "long": []string{strings.Repeat("a", 20), strings.Repeat("a", 20), strings.Repeat("a", 20), strings.Repeat("a", 20)},
		"text": strings.Repeat("word ", 20),
	}
	for _, tt := range tests {
		page, err := engine.Parse("page", tt.source)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := page.Render(t.Context(), &b, data); err != nil || b.String() != tt.want {
			t.Errorf("%s = %q, %v, want %q", tt.source, b.String(), err, tt.want)
		}
	}
}

func TestFragmentKey(t *testing.T) {
	t.Parallel()
	for want, key := range map[string]string{ // what Django makes of the same
		"template.cache.frag.d41d8cd98f00b204e9800998ecf8427e": template.FragmentKey("frag"),
		"template.cache.frag.85e2d709642419eb2d254542ec75556a": template.FragmentKey("frag", "a", "b"),
		"template.cache.frag.dc16319ae166c8df116bd88f10ca9d6e": template.FragmentKey("frag", "a:b"),
		"template.cache.frag.60d7913751239262456a1bcb5c44538e": template.FragmentKey("frag", "1", "é", "None", "True", "1.5"),
	} {
		if key != want {
			t.Errorf("FragmentKey() = %s, want %s", key, want)
		}
	}
}

type translator struct{}

func (translator) Translate(_ context.Context, msgctxt, id string) string {
	return msgctxt + "‹" + id + "›"
}

func (translator) TranslatePlural(_ context.Context, msgctxt, singular, plural string, n int) string {
	if n == 1 {
		return msgctxt + "‹" + singular + "›"
	}
	return msgctxt + "‹" + plural + "›"
}

func TestTranslator(t *testing.T) {
	t.Parallel()
	engine, err := template.New(template.Options{Translator: translator{}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ source, want string }{
		{`{% trans "a" %} {% trans "a" context "c" %} {% trans "a" noop %} {{ _("a") }}`, "‹a› c‹a› a ‹a›"},
		{`{% trans "50%" as x %}{{ x }}`, "‹50%›"},
		{`{% blocktranslate with n=name %}Hi {{ n }}, 5%{% endblocktranslate %}`, "‹Hi A&amp;B, 5%›"},
		{`{% blocktranslate count n=2 context "c" %}one{% plural %}{{ n }} of {{ name }}{% endblocktranslate %}`, "c‹2 of A&amp;B›"},
		{`{% blocktranslate trimmed asvar x %}
			a
			b
		{% endblocktranslate %}{{ x }}`, "‹a b›"},
	}
	for _, tt := range tests {
		page, err := engine.Parse("page", "{% load i18n %}"+tt.source)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := page.Render(t.Context(), &b, map[string]any{"name": "A&B"}); err != nil || b.String() != tt.want {
			t.Errorf("%s = %q, %v, want %q", tt.source, b.String(), err, tt.want)
		}
	}
}
