package debug_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/views/debug"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// wholeReport has every part that a report can have.
func wholeReport() *debug.Report {
	lines := []debug.Line{{Number: 40, Text: "\tarticle := find(pk)"}, {Number: 41, Text: "\treturn article.Title // <b>", Marked: true}, {Number: 42, Text: "}"}}
	frame := debug.Frame{Func: "news.title", Package: "newsroom/news", File: "news/views.go", Path: "/src/news/views.go", Line: 41, Owner: debug.Site, Lines: lines}
	return &debug.Report{
		Status: 500, Kind: "*orm.Error", Message: "load: no table <article>", Recovered: true, Hint: "Run the migrate command.", Goroutine: "goroutine 7",
		Cause: debug.Cause{Type: "*fmt.wrapError", Text: "load: no table <article>", Places: []debug.Frame{frame}, Causes: []debug.Cause{
			{Type: "*orm.Error", Text: "no table <article>", Status: 404, Causes: []debug.Cause{{Type: "io.EOF", Text: "EOF"}}},
		}},
		Stack: []debug.Frame{
			{Func: "orm.scan", Package: "github.com/nuages-go/nuages/orm", File: "orm/run.go", Line: 7, Owner: debug.Nuages},
			frame,
			{Func: "http.serve", Package: "net/http", File: "net/http/server.go", Line: 9, Owner: debug.Go},
			{Func: "runtime.goexit", Package: "runtime", File: "runtime/asm.s", Line: 1, Owner: debug.Go},
		},
		View: &frame, ViewName: "news.title", Route: "article/<int:pk>",
		Template: &debug.TemplateError{
			Place: "news/list.html:3:1", Message: "Invalid filter: 'x'", Hint: "did you mean y?",
			Lines:  []debug.Line{{Number: 2, Text: "<ul>"}, {Number: 3, Text: "{{ a|x }}", Marked: true}},
			During: "{{ a|x }}", Chain: []string{"news/base.html:1:1"}, Tried: []string{"templates/news"},
		},
		Request: &debug.RequestData{Method: "GET", Path: "/article/7", URL: "/article/7?q=<1>", Remote: "192.0.2.1:1234", Tables: []debug.Table{
			{Title: "Route", Rows: []debug.Row{{Name: "pattern", Value: "article/<int:pk>"}}}, {Title: "GET", Rows: []debug.Row{{Name: "q", Value: "<1>"}, {Name: "empty"}}}, {Title: "POST"},
		}},
		Queries: &debug.Queries{Took: 3 * time.Millisecond, Repeated: 1, List: []debug.Query{
			{SQL: `SELECT "id" FROM "article" WHERE "id" = ?`, Args: "7", Took: 2 * time.Millisecond, Rows: 1, Caller: "news/views.go:40", Times: 2, Share: 66},
			{SQL: `SELECT "id" FROM "article" WHERE "id" = ?`, Args: "8", Took: time.Millisecond, Times: 2, Share: 33, Err: "no such table: <article>"},
		}},
		Settings:    []debug.Row{{Name: "SecretKey", Value: debug.Masked}},
		Environment: []debug.Row{{Name: "Go", Value: "1.26"}},
	}
}

// assets are left out of the golden pages: they are files of their own.
var assets = regexp.MustCompile(`(?s)(<style>).*?(</style>)|(<script>).*?(</script>)`)

func TestGolden(t *testing.T) {
	t.Parallel()
	rep := wholeReport()
	keep(t, "whole.html", rep.HTML())
	bare := &debug.Report{Status: 500, Kind: "error", Message: "nothing is known", Cause: debug.Cause{Type: "*errors.errorString", Text: "nothing is known"}}
	for name, got := range map[string]string{
		"report.txt": rep.Text(), "report.html": assets.ReplaceAllString(string(rep.HTML()), "$1$2$3$4"),
		"bare.txt": bare.Text(),
	} {
		file := filepath.Join("testdata", "golden", name)
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
