package template_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/big"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/template"
)

type status string

// String is what a template prints.
func (s status) String() string { return "Status: " + string(s) }

// Label is a method of a value that is no struct.
func (s status) Label() string { return strings.ToUpper(string(s)) }

// stamp is a time with methods of its own, civilDay a date without a time of day.
type stamp struct{ time.Time }

type civilDay struct{ y, m, d int }

func (c civilDay) Date() (int, time.Month, int) { return c.y, time.Month(c.m), c.d }

type base struct{ Created int }

// level is a number whose String method gives HTML, which must be escaped.
type level int

func (l level) String() string { return "<level>" }

type money struct{ cents int64 }

func (m money) String() string { return fmt.Sprintf("%d.%02d", m.cents/100, m.cents%100) }
func (m money) Rat() *big.Rat  { return big.NewRat(m.cents, 100) }

type everything struct {
	*base
	Title     string
	HTMLBody  string
	PubDate   time.Time
	Status    status
	Renamed   int `template:"other"`
	Hidden    int `template:"-"`
	Pointer   *string
	Nothing   *everything
	Nested    *everything
	Numbers   []int
	Small     [2]int8
	Counts    map[string]int
	ByNumber  map[int]string
	OddKeys   map[any]int
	Any       any
	Values    iter.Seq[int]
	Pairs     iter.Seq2[string, int]
	Func      func() string
	Price     money
	Big       *big.Int
	Ratio     float32
	Safe      template.SafeString
	Error     error
	Author    relation[author]
	Missing   relation[author]
	Broken    relation[author]
	Byte      byte
	Duration  time.Duration
	Interface fmt.Stringer
	Level     level
	Stamp     stamp
	Day       civilDay
	NullText  sql.NullString
	NullInt   sql.NullInt64
	NullTime  sql.Null[time.Time]
}

func (e *everything) GetAbsoluteURL() string                  { return "/" + e.Title }
func (e everything) ByValue() int                             { return 7 }
func (e *everything) WithContext(ctx context.Context) string  { return template.LanguageFrom(ctx) }
func (e *everything) WithError() (string, error)              { return "fine", nil }
func (e *everything) Fails(context.Context) (string, error)   { return "", errors.New("no luck") }
func (e *everything) Silent() (string, error)                 { return "", silentError{} }
func (e *everything) Optional(words ...string) string         { return strings.Join(words, "") + "none" }
func (e *everything) List() []string                          { return []string{"a", "b"} }
func (e *everything) Danger() string                          { panic("called by a template") }
func (e *everything) AltersData(method string) bool           { return method == "Danger" }
func (e *everything) Many(ctx context.Context) ([]int, error) { return []int{1, 2, 3}, ctx.Err() }

// form is a mapping of its fields, a list of them, and HTML, as forms are.
type form struct {
	names  []string
	Method string
}

func (f *form) TemplateKeys() []string { return f.names }

func (f *form) TemplateKey(key string) (any, bool) {
	return "field " + key, slices.Contains(f.names, key)
}

func (f *form) TemplateItems() iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, name := range f.names {
			if !yield("item " + name) {
				return
			}
		}
	}
}

func (f *form) TemplateHTML() string { return "<form>" }

func TestForms(t *testing.T) {
	t.Parallel()
	type page struct{ Form *form }
	const source = "{{ form }} {{ form.title }} {{ form.method }} {% for f in form %}{{ f }}, {% endfor %}{{ form|length }}{% if form.nosuch %}y{% endif %}"
	engine, _ := template.New(template.Options{Loaders: []template.Loader{template.MapLoader{"page": source}}})
	if err := engine.Check([]template.AnyPage{template.Page[page]("page")}); err != nil {
		t.Error(err)
	}
	var b strings.Builder
	want := "<form> field title post item title, item body, 2"
	if err := engine.Render(t.Context(), &b, "page", &page{&form{[]string{"title", "body"}, "post"}}); err != nil || b.String() != want {
		t.Errorf("Render() = %q, %v, want %q", b.String(), err, want)
	}
}

type silentError struct{}

func (silentError) Error() string               { return "not there" }
func (silentError) SilentVariableFailure() bool { return true }

func newEverything() *everything {
	text := "pointed at"
	return &everything{
		base: &base{2026}, Title: "Tide & Time", HTMLBody: "<p>", PubDate: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Status: "live",
		Renamed: 3, Hidden: 4, Pointer: &text, Nested: &everything{Title: "inner"}, Numbers: []int{3, 1, 2}, Small: [2]int8{-1, 5},
		Counts: map[string]int{"b": 2, "a": 1}, ByNumber: map[int]string{1: "one"}, OddKeys: map[any]int{nil: 1, [2]int{1, 2}: 2, 2.5: 3}, Any: map[string]any{"x": []any{1, "two"}},
		Values: slices.Values([]int{4, 5}), Pairs: func(yield func(string, int) bool) { yield("k", 1) },
		Func: func() string { return "called" }, Price: money{1250}, Big: new(big.Int).Lsh(big.NewInt(1), 70), Ratio: 0.5,
		Safe: template.Safe("<i>"), Error: errors.New("wrong & bad"),
		Author:    relation[author]{1, func(context.Context) (*author, error) { return &author{1, "Ana"}, nil }},
		Missing:   relation[author]{2, func(context.Context) (*author, error) { return nil, silentError{} }},
		Broken:    relation[author]{3, func(context.Context) (*author, error) { return nil, errors.New("database is down") }},
		Byte:      255,
		Duration:  26 * time.Hour,
		Interface: status("seen"),
		Level:     3,
		Stamp:     stamp{time.Date(2026, 7, 4, 12, 0, 0, 0, time.UTC)},
		Day:       civilDay{2026, 7, 4},
		NullText:  sql.NullString{String: "<set>", Valid: true},
		NullTime:  sql.Null[time.Time]{V: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Valid: true},
	}
}

func TestNamesOfGoValues(t *testing.T) {
	t.Parallel()
	engine, err := template.New(template.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ source, want string }{
		{"{{ title }}", "Tide &amp; Time"},
		{"{{ html_body }}", "&lt;p&gt;"},
		{"{{ pub_date.year }}", "2026"},
		{"{{ pub_date|date:'Y-m-d' }}", "2026-03-04"},
		{"{{ status }} {{ status.label }} {{ status|upper }}", "Status: live LIVE STATUS: LIVE"},
		{"{% if status == 'live' %}y{% endif %}", "y"},
		{"{{ other }}[{{ renamed }}][{{ hidden }}]", "3[][]"},
		{"{{ pointer }}", "pointed at"},
		{"{{ nothing }} {{ nothing.title }}|", "None |"},
		{"{{ nested.title }}", "inner"},
		{"{{ created }}", "2026"},
		{"[{{ nested.created }}]", "[None]"},
		{"{{ numbers.0 }}{{ numbers.2 }}[{{ numbers.3 }}] {{ numbers }}", "32[] [3, 1, 2]"},
		{"{{ numbers|length }} {{ numbers|first }} {{ numbers|last }} {{ numbers|join:'-' }}", "3 3 2 3-1-2"},
		{"{{ small.0 }} {{ small|length }}", "-1 2"},
		{"{{ counts.a }}{% for k, v in counts.items %}{{ k }}={{ v }};{% endfor %}{{ counts }}", "1a=1;b=2;{&#x27;a&#x27;: 1, &#x27;b&#x27;: 2}"},
		{"{% for k in counts %}{{ k }}{% endfor %}", "ab"},
		{"{{ by_number.1 }}", "one"},
		{"{% for k, v in odd_keys.items %}{{ k }}:{{ v }} {% endfor %}", "2,5:3 None:1 [1, 2]:2 "},
		{"{{ any.x.1 }}", "two"},
		{"{% for v in values %}{{ v }}{% endfor %}", "45"},
		{"{% for k, v in pairs %}{{ k }}{{ v }}{% endfor %}", "k1"},
		{"{{ func }}", "called"},
		{"{{ price }} {{ price|floatformat:1 }} {% if price > 12 %}y{% endif %}", "12.50 12.5 y"},
		{"{{ big }} {{ big|add:1 }}", "1180591620717411303424 1180591620717411303425"},
		{"{{ ratio }}", "0.5"},
		{"{{ safe }}{{ safe|upper }}", "<i>&lt;I&gt;"},
		{"{{ error }}", "wrong &amp; bad"},
		{"{{ author.pk }}", "1"},
		{"{{ author.name }} {{ author.get_absolute_url }} {{ author_id }}", "Ana /author/1 1"},
		{"[{{ missing.name }}]{% if missing %}y{% else %}n{% endif %}", "[]n"},
		{"{{ get_absolute_url }}", "/Tide &amp; Time"},
		{"{{ by_value }}{{ nested.by_value }}", "77"},
		{"{{ with_context }} {{ with_error }} [{{ silent }}] {{ optional }}", "de fine [] none"},
		{"{% for x in list %}{{ x }}{% endfor %}{{ many|length }}", "ab3"},
		{"[{{ danger }}]", "[]"},
		{"{{ byte }} {{ duration }} {{ interface }}", "255 1 day, 2:00:00 Status: seen"},
		{"{{ level }}{% if level > 2 %}!{% endif %}", "&lt;level&gt;!"},
		{"{{ level|json_script }}", `<script type="application/json">3</script>`},
		{"{{ stamp|date:'H:i T' }} {{ stamp.year }} {{ day|date:'Y-m-d' }} {{ day }}", "12:00 UTC 2026 2026-07-04 4. Juli 2026"},
		{"{{ null_text }} {{ null_int }} {{ null_time|date:'Y' }}", "&lt;set&gt; None 2026"},
		{"{{ title.upper }} {{ title.split.0 }}", "TIDE &amp; TIME Tide"},
	}
	ctx := template.WithLanguage(t.Context(), "de")
	for _, tt := range tests {
		page, err := engine.Parse("page", tt.source)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time with the plans of the first
			var b strings.Builder
			source := tt.source
			if strings.Contains(source, "ratio") || strings.Contains(source, "price") {
				ctx = t.Context()
			}
			if err := page.Render(ctx, &b, newEverything()); err != nil || b.String() != tt.want {
				t.Errorf("%s = %q, %v, want %q", tt.source, b.String(), err, tt.want)
			}
			ctx = template.WithLanguage(t.Context(), "de")
		}
	}
	for source, want := range map[string]string{"{{ fails }}": "no luck", "{{ broken.name }}": "database is down"} {
		page, _ := engine.Parse("page", source)
		if err := page.Render(ctx, &bytes.Buffer{}, newEverything()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s = %v, want %q", source, err, want)
		}
	}
}

func TestDataOfOtherTypes(t *testing.T) {
	t.Parallel()
	engine, _ := template.New(template.Options{})
	page, _ := engine.Parse("page", "{{ a }}{{ b.c }}")
	type inner struct{ C int }
	for name, data := range map[string]any{
		"pointer": &struct {
			A string
			B inner
		}{"x", inner{1}},
		"value": struct {
			A string
			B *inner
		}{"x", &inner{1}},
		"map":       map[string]any{"a": "x", "b": map[string]int{"c": 1}},
		"typed map": map[string]any{"a": "x", "b": inner{1}},
	} {
		var b strings.Builder
		if err := page.Render(t.Context(), &b, data); err != nil || b.String() != "x1" {
			t.Errorf("%s: %q, %v, want x1", name, b.String(), err)
		}
	}
	if err := page.Render(t.Context(), &bytes.Buffer{}, 5); err == nil {
		t.Error("a number was taken as data")
	}
}

func TestRenderErrors(t *testing.T) {
	t.Parallel()
	engine, err := template.New(template.Options{Loaders: []template.Loader{template.MapLoader{
		"page.html": "{% extends \"base.html\" %}\n{% block a %}\n  {% include \"part.html\" %}{% endblock %}",
		"base.html": "<b>\n{% block a %}{% endblock %}",
		"part.html": "first\nsecond {{ fails }}",
		"bad.html":  "{% include \"syntax.html\" %}", "syntax.html": "\n\n {% if %}",
		"loop.html": "{% include \"loop.html\" %}",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = engine.Render(t.Context(), &b, "page.html", newEverything())
	var re *template.RenderError
	if !errors.As(err, &re) {
		t.Fatalf("Render() = %v, want a RenderError", err)
	}
	if b.Len() > 0 {
		t.Errorf("a part was written: %q", b.String())
	}
	if got, want := re.Error(), "part.html:2:8: no luck"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	chain := fmt.Sprint(re.Chain)
	if want := "[page.html:1:1 page.html:3:3]"; chain != want {
		t.Errorf("Chain = %s, want %s", chain, want)
	}
	if lines := re.Lines(1); len(lines) != 2 || !lines[1].Marked || lines[1].Text != "second {{ fails }}" {
		t.Errorf("Lines(1) = %v", lines)
	}
	err = engine.Render(t.Context(), &b, "bad.html", nil)
	var se *template.SyntaxError
	if !errors.As(err, &se) || se.Position.String() != "syntax.html:3:2" || fmt.Sprint(se.Chain) != "[bad.html:1:1]" {
		t.Errorf("a mistake in an included template gives %v %+v", err, se)
	}
	if err := engine.Render(t.Context(), &b, "loop.html", nil); err == nil || !strings.Contains(err.Error(), "included more than 200 deep") {
		t.Errorf("endless include = %v", err)
	}
	files, _ := template.New(template.Options{FS: []fs.FS{os.DirFS("testdata"), nil}})
	err = files.Render(t.Context(), &b, "no.html", nil)
	if want := "template: no.html does not exist (tried testdata/no.html)"; err == nil || err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing template gives %v, want %s", err, want)
	}
	if err := engine.Render(t.Context(), &b, "../secret", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a name outside of the loaders = %v", err)
	}
}

func TestStrict(t *testing.T) {
	t.Parallel()
	engine, _ := template.New(template.Options{Strict: true, Loaders: []template.Loader{template.MapLoader{
		"bad": "a\n{{ titel }}", "step": "{{ nested.titel }}", "good": "{% if nope %}{% endif %}{{ title }}",
	}}})
	var b bytes.Buffer
	for name, want := range map[string]string{"bad": `bad:2:1: no variable "titel"`, "step": `step:1:1: no "titel" in "nested.titel"`} {
		if err := engine.Render(t.Context(), &b, name, newEverything()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Render(%s) = %v, want %s", name, err, want)
		}
	}
	if err := engine.Render(t.Context(), &b, "good", newEverything()); err != nil {
		t.Error(err)
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	engine, _ := template.New(template.Options{Loaders: []template.Loader{template.MapLoader{
		"page": "{% for n in numbers %}<p>{{ n }} {{ text }}</p>{% endfor %}{% filter upper %}{% for n in numbers %}{{ text }}{% endfor %}{% endfilter %}",
	}}})
	data := map[string]any{"numbers": make([]int, 3000), "text": strings.Repeat("x", 40)}
	var whole bytes.Buffer
	var parts chunks
	if err := errors.Join(engine.Render(t.Context(), &whole, "page", data), engine.Stream(t.Context(), &parts, "page", data)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(parts, ""); got != whole.String() {
		t.Errorf("a streamed page has %d bytes, %d rendered at once", len(got), whole.Len())
	}
	if len(parts) < 4 {
		t.Errorf("%d bytes were written in %d parts", whole.Len(), len(parts))
	}
}

type chunks []string

func (c *chunks) Write(p []byte) (int, error) {
	*c = append(*c, string(p))
	return len(p), nil
}

func TestManyGoroutines(t *testing.T) {
	t.Parallel()
	engine, err := template.New(template.Options{Loaders: []template.Loader{listSources}, Reverser: benchURLs{}})
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := engine.Render(t.Context(), &want, "list.html", newListPage()); err != nil {
		t.Fatal(err)
	}
	fresh, _ := template.New(template.Options{Loaders: []template.Loader{listSources}, Reverser: benchURLs{}})
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			for range 5 {
				var b bytes.Buffer
				if err := fresh.Render(t.Context(), &b, "list.html", newListPage()); err != nil || b.String() != want.String() {
					t.Errorf("goroutine %d: %v, %d bytes, want %d", i, err, b.Len(), want.Len())
				}
				if i == 50 {
					fresh.Reset()
				}
			}
		})
	}
	wg.Wait()
}

// TestNesting mixes partials, blocks, includes and inheritance, whose state is kept by nesting level.
func TestNesting(t *testing.T) {
	t.Parallel()
	engine, _ := template.New(template.Options{Loaders: []template.Loader{template.MapLoader{
		"page": "{% extends 'base' %}{% block a %}{% partialdef p %}{% partialdef q %}<{% block c %}{{ block.name }}{% endblock %}>{% endpartialdef %}" +
			"{% partial q %}{% endpartialdef %}{% partial p %}{% for x in l %}{% cycle 'x' 'y' %}{% include 'child' %}{% cycle 'z' 'w' %}{% endfor %}{{ block.super }}{% endblock %}",
		"base":  "[{% block a %}base{% cycle 1 2 %}{% endblock %}{% block b %}b{% endblock %}]",
		"child": "{% extends 'base' %}{% block b %}{% cycle 'm' 'n' %}{{ block.super }}{% block d %}{% include 'leaf' %}{% endblock %}{% endblock %}",
		"leaf":  "{% cycle 'L' 'M' %}{{ block.name }}",
	}}})
	want := "[<c>x[base1mbLd]zy[base1mbLd]wbase1b]"
	for range 3 {
		var b strings.Builder
		if err := engine.Render(t.Context(), &b, "page", map[string]any{"l": []int{1, 2}}); err != nil || b.String() != want {
			t.Errorf("Render() = %q, %v, want %q", b.String(), err, want)
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	files := template.MapLoader{"a": "one"}
	engine, _ := template.New(template.Options{Loaders: []template.Loader{files}})
	show := func() string {
		var b strings.Builder
		_ = engine.Render(t.Context(), &b, "a", nil)
		return b.String()
	}
	before := show()
	files["a"] = "two"
	between := show()
	engine.Reset()
	if got := []string{before, between, show()}; !slices.Equal(got, []string{"one", "one", "two"}) {
		t.Errorf("before, without and after Reset: %q", got)
	}
}

func TestProcessorsAreLazy(t *testing.T) {
	t.Parallel()
	made := 0
	engine, _ := template.New(template.Options{
		Loaders: []template.Loader{template.MapLoader{"used": "{{ user }}{{ user }}", "unused": "x", "own": "{{ user }}"}},
		Processors: []template.Processor{template.NewProcessor("auth", template.NewVar("user", func(context.Context) (string, error) {
			made++
			return "ana", nil
		}))},
	})
	for _, tt := range []struct {
		name string
		data any
		want string
		made int
	}{{"unused", nil, "x", 0}, {"used", nil, "anaana", 1}, {"own", map[string]any{"user": "bo"}, "bo", 1}} {
		var b strings.Builder
		if err := engine.Render(t.Context(), &b, tt.name, tt.data); err != nil || b.String() != tt.want || made != tt.made {
			t.Errorf("%s = %q, %v after %d calls, want %q after %d", tt.name, b.String(), err, made, tt.want, tt.made)
		}
	}
}
