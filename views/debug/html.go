package debug

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
)

//go:embed pages
var files embed.FS

// assets are the parts of the pages, parsed at the first page: a site in production never makes one.
type assets struct {
	pages  *template.Template
	style  template.CSS
	script template.JS
	policy string
}

var load = sync.OnceValue(func() *assets {
	style, _ := files.ReadFile("pages/style.css")
	script, _ := files.ReadFile("pages/copy.js")
	a := &assets{style: template.CSS(style), script: template.JS(script)}
	a.pages = template.Must(template.New("").Funcs(template.FuncMap{
		"golang": highlightGo, "sql": highlightSQL, "short": short, "inc": func(n int) int { return n + 1 },
		"style": func() template.CSS { return a.style }, "script": func() template.JS { return a.script },
		"version": Version, "label": foldLabel, "packages": foldPackages,
	}).ParseFS(files, "pages/*.html"))
	a.policy = "default-src 'none'; style-src " + hashOf(style) + "; script-src 'self' " + hashOf(script) +
		"; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return a
})

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// ContentSecurityPolicy is the policy under which the pages of this package work: their one style sheet and one script,
// named by their hashes, and nothing else. Were an escape ever missed, a browser would still not run what got in.
func ContentSecurityPolicy() string { return load().policy }

// foldLabel and foldPackages say what a folded run of library frames holds: "3 frames" of "web, urls, net/http".
func foldLabel(g FrameGroup) string {
	if len(g.Frames) == 1 {
		return "1 frame"
	}
	return fmt.Sprintf("%d frames", len(g.Frames))
}

func foldPackages(g FrameGroup) string {
	var names []string
	for _, f := range g.Frames {
		name := strings.TrimPrefix(strings.TrimPrefix(f.Package, framework+"/"), "github.com/")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 5 {
		names = append(names[:4:4], "…")
	}
	return strings.Join(names, ", ")
}

// HTML is the report as a page of its own: no other file, no script needed. Everything in it is escaped.
func (rep *Report) HTML() []byte {
	return render("error.html", struct {
		*Report
		Text string
	}{rep, rep.Text()})
}

// render never fails on what is in the report: should it fail all the same, the text must do.
func render(name string, data any) []byte {
	var b bytes.Buffer
	if err := load().pages.ExecuteTemplate(&b, name, data); err != nil {
		return []byte("<!doctype html><meta charset=utf-8><pre>" + template.HTMLEscapeString(err.Error()) + "</pre>")
	}
	return []byte(printable(b.String()))
}
