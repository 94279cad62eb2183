package orm_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/template"
)

// render renders a template over the models of the context.
func render(t *testing.T, ctx context.Context, text string, data map[string]any) (string, error) {
	t.Helper()
	engine, err := template.New(template.Options{Models: orm.RegistryFrom(ctx)})
	must(t, err)
	tmpl, err := engine.Parse("t.html", text)
	must(t, err)
	var b strings.Builder
	err = tmpl.Render(ctx, &b, data)
	return b.String(), err
}

func templateStories(t *testing.T, ctx context.Context) {
	t.Helper()
	authors := []*newsroom.Author{{Name: "Ana", Email: "ana@example.com"}, {Name: "Ben", Email: "ben@example.com"}}
	authors[1].Mentor = orm.To(authors[0])
	for _, a := range authors {
		must(t, orm.Create(ctx, a))
	}
	must(t, orm.Create(ctx, &newsroom.Profile{Author: orm.To(authors[0]), Bio: "writes"}))
	tag := &newsroom.Tag{Slug: "go"}
	must(t, orm.Create(ctx, tag))
	raw := orm.WithRaw(ctx)
	for i, section := range []newsroom.Section{newsroom.City, newsroom.Sport, newsroom.Opinion} {
		day := time.Date(2026, 5, 1+i, 12, 0, 0, 0, time.UTC)
		s := &newsroom.Story{
			Title: fmt.Sprint("Story ", i+1), Slug: fmt.Sprint("s", i+1), Section: section, Body: fmt.Sprint("Body ", i+1),
			Author: orm.To(authors[0]), Editor: orm.To(authors[1]), Meta_: map[string]any{"n": fmt.Sprint("no ", i)},
		}
		s.CreatedAt, s.UpdatedAt = day, day
		must(t, orm.Create(raw, s))
		must(t, s.Tags.Add(ctx, tag))
	}
}

// What Django's objects have and Go's structs have not is there in templates.
func TestTemplateNames(t *testing.T) {
	st := orm.Fields[newsroom.Story]()
	stories := orm.Objects[newsroom.Story]().OrderBy(orm.Asc(&st.ID))
	everywhere(t, func(t *testing.T, ctx context.Context) {
		templateStories(t, ctx)
		list, err := stories.All(ctx)
		must(t, err)
		author, err := orm.Objects[newsroom.Author]().Get(ctx, orm.Lookup("name", "Ana"))
		must(t, err)
		editor, err := orm.Objects[newsroom.Author]().Get(ctx, orm.Lookup("name", "Ben"))
		must(t, err)
		tag, err := orm.Objects[newsroom.Tag]().First(ctx)
		must(t, err)
		profile, err := orm.Objects[newsroom.Profile]().First(ctx)
		must(t, err)
		data := map[string]any{"stories": list, "s": list[1], "author": author, "editor": editor, "tag": tag, "profile": profile}
		tests := []struct{ name, text, want string }{
			{"display", "{% for s in stories %}{{ s.get_section_display }} {% endfor %}", "City Sport Opinion "},
			{"display over a relation", "{{ author.stories.all.0.get_section_display }}", "City"},
			{"display compared", `{% if s.get_section_display == "Sport" %}yes{% endif %}`, "yes"},
			{"display of a field without choices", "[{{ s.get_title_display }}]", "[]"},
			{"next", "{{ s.get_next_by_created_at.title }}", "Story 3"},
			{"previous", "{{ s.get_previous_by_created_at.title }}", "Story 1"},
			{"behind the last", "[{{ s.get_next_by_created_at.get_next_by_created_at.title }}]", "[]"},
			{"next by a column that may be null", "[{{ s.get_next_by_published }}]", "[]"},
			{"condition on the last", "{% if stories.2.get_next_by_created_at %}more{% else %}end{% endif %}", "end"},
			{"pk", "{{ s.pk }}", fmt.Sprint(list[1].ID)},
			{"pk that is a relation", "{{ profile.pk }}", fmt.Sprint(author.ID)},
			{"key of a relation", "{{ s.author_id }} {{ author.mentor_id }}", fmt.Sprintf("%d None", author.ID)},
			{"field with a name of its own", "{{ s.meta.n }}", "no 1"},
			{"way back with a field", "{{ author.stories.count }}", "3"},
			{"way back of one to one", "{{ author.profile.bio }}", "writes"},
			{"no one to one", "{{ editor.profile.bio }}", ""},
			{"way back without a field", "{% for s in editor.edited.all %}{{ s.title }},{% endfor %}", "Story 1,Story 2,Story 3,"},
			{"of many to many", "{% for s in tag.story_set.all %}{{ s.get_section_display }},{% endfor %}", "City,Sport,Opinion,"},
			{"its count", "{{ tag.story_set.count }} {{ editor.edited.exists }} {{ author.edited.exists }}", "3 True False"},
			{"its first and last", "{{ editor.edited.first.title }} {{ editor.edited.last.title }} {{ author.edited.first.title }}", "Story 1 Story 3 "},
			{"no such way back", "[{{ author.nothing_set.all }}]", "[]"},
		}
		for _, tt := range tests {
			if got, err := render(t, ctx, tt.text, data); got != tt.want || err != nil {
				t.Errorf("%s: %q, %v, want %q", tt.name, got, err, tt.want)
			}
		}
	})
}

// A column that the query left out is loaded when a template reads it, for all objects of the result by one query; or it is
// an error. It is never taken for zero.
func TestTemplateDeferred(t *testing.T) {
	st := orm.Fields[newsroom.Story]()
	stories := orm.Objects[newsroom.Story]().OrderBy(orm.Asc(&st.ID))
	everywhere(t, func(t *testing.T, ctx context.Context) {
		templateStories(t, ctx)
		const page = "{% for s in stories %}{{ s.title }} {{ s.body }} {{ s.author_id }} {{ s.get_section_display }} {{ s.meta.n }};{% endfor %}"
		whole, err := stories.All(ctx)
		must(t, err)
		want, err := render(t, ctx, page, map[string]any{"stories": whole})
		must(t, err)
		if !strings.Contains(want, "Body 2") {
			t.Fatalf("the page is %q", want)
		}

		part, err := stories.Only(&st.Title).All(ctx)
		must(t, err)
		var log orm.QueryLog
		got, err := render(t, orm.WithQueryLog(ctx, &log), page, map[string]any{"stories": part})
		if got != want || err != nil {
			t.Errorf("with deferred columns: %q, %v, want %q", got, err, want)
		}
		if log.Count() != 4 { // body, author_id, section, meta
			t.Errorf("%d queries, want 4", log.Count())
		}
		if got, err = render(t, orm.WithQueryLog(ctx, &log), page, map[string]any{"stories": part}); got != want || err != nil || log.Count() != 4 {
			t.Errorf("the second time: %q, %v, %d queries", got, err, log.Count())
		}

		strict, err := stories.Only(&st.Title).FetchRaise().All(ctx)
		must(t, err)
		for _, text := range []string{"{{ s.body }}", "{{ s.get_section_display }}", "{{ s.author_id }}", "{{ s.get_next_by_created_at }}"} {
			got, err := render(t, ctx, text, map[string]any{"s": strict[0]})
			if err == nil || !strings.Contains(err.Error(), "FetchRaise") {
				t.Errorf("%s with FetchRaise = %q, %v, want an error", text, got, err)
			}
		}
		if got, err := render(t, ctx, "{{ s.title }} {{ s.pk }}", map[string]any{"s": strict[0]}); err != nil || got != fmt.Sprint("Story 1 ", strict[0].ID) {
			t.Errorf("what was loaded = %q, %v", got, err)
		}
		must(t, second(orm.Objects[newsroom.Story]().Delete(ctx)))
		if _, err := render(t, ctx, "{{ s.body }}", map[string]any{"s": strict[1]}); err == nil {
			t.Error("a deferred column of a deleted row is no error")
		}
		gone, err := render(t, ctx, "[{{ s.words }}]", map[string]any{"s": part[0]})
		if gone != "[]" || err != nil { // as in Django, whose DoesNotExist is silent
			t.Errorf("a deferred column of a deleted row = %q, %v", gone, err)
		}
	})
}

// Start-up checks know the names.
func TestTemplateNamesAreChecked(t *testing.T) {
	ctx := open(t)
	type data struct{ Article *Article }
	files := fstest.MapFS{
		"good.html": {Data: []byte("{{ article.get_status_display }} {{ article.get_next_by_created.title }} {{ article.author_id }} {{ article.author.pk }}")},
		"bad.html":  {Data: []byte("{{ article.get_statu_display }} {{ article.get_next_by_created.titel }}")},
	}
	engine, err := template.New(template.Options{Models: orm.RegistryFrom(ctx), FS: []fs.FS{files}})
	must(t, err)
	must(t, engine.Check([]template.AnyPage{template.Page[data]("good.html")}))
	err = engine.Check([]template.AnyPage{template.Page[data]("bad.html")})
	for _, want := range []string{"get_statu_display", "titel"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check = %v, want a word of %s", err, want)
		}
	}
}

func BenchmarkTemplateDisplay(b *testing.B) {
	ctx := open(b)
	seed(b, ctx)
	list, err := orm.Objects[Article]().All(ctx)
	must(b, err)
	engine, err := template.New(template.Options{Models: orm.RegistryFrom(ctx)})
	must(b, err)
	tmpl, err := engine.Parse("t.html", "{% for a in list %}{{ a.get_status_display }}{% endfor %}")
	must(b, err)
	data := map[string]any{"list": list}
	b.ReportAllocs()
	for b.Loop() {
		var w strings.Builder
		must(b, tmpl.Render(ctx, &w, data))
	}
}
