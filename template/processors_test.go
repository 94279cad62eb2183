package template_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/template"
)

func TestProcessors(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	const source = "{{ STATIC_URL }} {{ MEDIA_URL }} {{ TIME_ZONE }} {{ LANGUAGE_CODE }} {{ LANGUAGE_BIDI }}{% for code, name in LANGUAGES %} {{ code }}={{ name }}{% endfor %}"
	engine, err := template.New(template.Options{
		Loaders: []template.Loader{template.MapLoader{"page": source}},
		Processors: []template.Processor{
			template.StaticProcessor("/s/"), template.MediaProcessor("/m/"), template.TimeZoneProcessor(zone),
			template.I18nProcessor([]template.Language{{Code: "de", Name: "German"}, {Code: "he", Name: "Hebrew"}}, "de"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Check([]template.AnyPage{template.Page[struct{}]("page")}); err != nil {
		t.Error(err)
	}
	render := func(want string, in string) {
		t.Helper()
		ctx := t.Context()
		if in != "" {
			ctx = template.WithTimeZone(template.WithLanguage(ctx, in), time.UTC)
		}
		var b strings.Builder
		if err := engine.Render(ctx, &b, "page", nil); err != nil || b.String() != want {
			t.Errorf("Render() = %q, %v, want %q", b.String(), err, want)
		}
	}
	render("/s/ /m/ Europe/Berlin de False de=German he=Hebrew", "")
	render("/s/ /m/ UTC he True de=German he=Hebrew", "he")
}
