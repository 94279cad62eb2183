package template_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/template"
)

// TestDocsExamples renders every example of docs/topics/templates.md, and looks that no tag or filter is missing there.
func TestDocsExamples(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../docs/topics/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	type person struct{ Name, Desk string }
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	engine, err := template.New(template.Options{
		Loaders: []template.Loader{template.MapLoader{"base.html": "<{% block a %}base{% endblock %}>", "part.html": "[{{ x }}{{ n }}]"}},
		Now:     func() time.Time { return now }, Reverser: benchURLs{},
		Query: func(context.Context) (template.MultiMapping, error) { return parseTestQuery("q=sea&page=1"), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	data := map[string]any{
		"title": "Tide & Time", "n": 3, "list": []string{"b", "a", "c"}, "empty": []string{}, "nothing": nil, "html": "<b>bold</b> text",
		"map": map[string]int{"a": 1, "b": 2}, "people": []person{{"Ana", "sea"}, {"Cy", "sea"}, {"Bo", "sky"}}, "now": now,
		"when": time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), "csrf_token": "tok", "csp_nonce": "n0nce", "codes": []string{"de", "fr"},
	}
	row := regexp.MustCompile("^\\| (.+?) \\| `(.+)` \\| `(.*)` \\|$")
	ran := 0
	documented := map[string]bool{}
	for line := range strings.SplitSeq(string(raw), "\n") {
		m := row.FindStringSubmatch(line)
		if m == nil || !strings.Contains(m[2], "{") {
			continue
		}
		for _, name := range regexp.MustCompile("`([a-z0-9_]+)[^`]*`").FindAllStringSubmatch(m[1], -1) {
			documented[name[1]] = true
		}
		source := strings.ReplaceAll(m[2], `\|`, "|")
		page, err := engine.Parse("docs", source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		var b strings.Builder
		if err := page.Render(t.Context(), &b, data); err != nil || strings.ReplaceAll(b.String(), "\u00a0", " ") != m[3] {
			t.Errorf("%s gives %q, %v; the documentation says %q", source, b.String(), err, m[3])
		}
		ran++
	}
	if ran < 110 {
		t.Errorf("only %d examples ran", ran)
	}
	for _, file := range []string{"builtin.go", "lib_i18n.go", "lib_l10n.go", "lib_static.go", "lib_cache.go", "internal/filters/builtin.go", "internal/filters/humanize.go", "internal/filters/localize.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:Tag\(|Name: )"(\w+)"`).FindAllStringSubmatch(string(text), -1) {
			if !documented[m[1]] {
				t.Errorf("%s of %s is not documented", m[1], file)
			}
		}
	}
}
