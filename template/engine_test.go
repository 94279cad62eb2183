package template_test

import (
	"context"
	"errors"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/template/gohtml"
)

type greeting struct{ Name string }

// hello is a component as templ makes them.
type hello struct{ data *greeting }

func (h hello) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, "<b>"+htmltemplate.HTMLEscapeString(h.data.Name)+"</b>")
	return err
}

func threeEngines(t *testing.T) template.Engines {
	t.Helper()
	dtl, err := template.New(template.Options{Loaders: []template.Loader{template.MapLoader{"hello.html": "<i>{{ name }}</i>"}}})
	if err != nil {
		t.Fatal(err)
	}
	std, err := gohtml.Parse("go", fstest.MapFS{"hello.gohtml": {Data: []byte(`<u>{{ .Name }}</u>`)}}, nil, "*.gohtml")
	if err != nil {
		t.Fatal(err)
	}
	components := template.NewComponents("templ")
	template.AddComponent(components, template.Page[greeting]("hello.templ"), func(d *greeting) hello { return hello{d} })
	return template.Engines{dtl, std, components}
}

func TestEnginesRenderTheirPages(t *testing.T) {
	t.Parallel()
	engines := threeEngines(t)
	tests := []struct{ name, engine, want string }{
		{"hello.html", "django", "<i>Ana &amp; Bo</i>"},
		{"hello.gohtml", "go", "<u>Ana &amp; Bo</u>"},
		{"hello.templ", "templ", "<b>Ana &amp; Bo</b>"},
	}
	for _, tt := range tests {
		engine, name, err := engines.Select("nowhere.html", tt.name)
		if err != nil || engine.Name() != tt.engine || name != tt.name {
			t.Fatalf("Select(%q) = %v, %q, %v", tt.name, engine, name, err)
		}
		var b strings.Builder
		if err := engines.Render(t.Context(), &b, tt.name, &greeting{"Ana & Bo"}); err != nil || b.String() != tt.want {
			t.Errorf("Render(%q) = %q, %v, want %q", tt.name, b.String(), err, tt.want)
		}
	}
	if _, _, err := engines.Select("a", "b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Select of missing names = %v, want fs.ErrNotExist", err)
	}
	if got := template.EnginesFrom(template.WithEngines(t.Context(), engines)); len(got) != 3 {
		t.Errorf("EnginesFrom() = %v", got)
	}
}

func TestEnginesCheckTheirPages(t *testing.T) {
	t.Parallel()
	err := threeEngines(t).Check([]template.AnyPage{
		template.Page[greeting]("hello.html"), template.Page[greeting]("hello.gohtml"), template.Page[greeting]("hello.templ"),
		template.Page[struct{ Nme string }]("hello.html"), template.Page[string]("hello.templ"), template.Page[greeting]("gone.html"),
	})
	if err == nil {
		t.Fatal("no mistake was found")
	}
	for _, want := range []string{
		`hello.html:1:4: struct { Nme string } has no field or method "name" (did you mean "nme"?)`,
		"page hello.templ takes a template_test.greeting, not a string", "page gone.html of template_test.greeting: no engine has this template",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Check() = %v\nwant %s", err, want)
		}
	}
}
