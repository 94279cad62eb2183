package devserver

import (
	_ "embed"
	"fmt"
	"html"
	"net/http"
	"strings"
)

//go:embed failure.css
var failureCSS string

// failureHandler answers every request with the reason why there is no site.
func failureHandler(f *Failure, live *liveReload) http.Handler {
	page, text := failureHTML(f, live.script("")), f.Error()+"\n"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		contentType, body := "text/plain; charset=utf-8", text
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			contentType, body = "text/html; charset=utf-8", page
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(body))
	})
}

// failureHTML writes the page by hand: html/template would stay in every site's binary.
func failureHTML(f *Failure, script string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%[1]s</title>
<style>
%[2]s</style>
%[3]s
</head>
<body>
<main>
<h1>%[1]s</h1>
<p class="lead">Mend it and save: this page loads again by itself.</p>
`, html.EscapeString(f.Title), failureCSS, script)
	for i := range f.Places {
		writePlace(&b, &f.Places[i])
	}
	if len(f.Places) > 0 {
		b.WriteString("<h2>The whole output</h2>\n")
	}
	fmt.Fprintf(&b, "<section><pre class=\"plain\">%s</pre></section>\n</main>\n</body>\n</html>\n", html.EscapeString(f.Output))
	return b.String()
}

func writePlace(b *strings.Builder, p *Place) {
	where := fmt.Sprintf("%s:%d", p.File, p.Line)
	if p.Column > 0 {
		where += fmt.Sprintf(":%d", p.Column)
	}
	fmt.Fprintf(b, "<section>\n<header><b>%s</b><span>%s</span></header>\n", html.EscapeString(p.Message), html.EscapeString(where))
	if len(p.Lines) > 0 {
		b.WriteString("<pre>")
		for _, line := range p.Lines {
			class := "row"
			if line.Hit {
				class = "row hit"
			}
			fmt.Fprintf(b, `<span class="%s"><i>%d</i>%s</span>`, class, line.Number, html.EscapeString(line.Text))
		}
		b.WriteString("</pre>\n")
	}
	b.WriteString("</section>\n")
}
