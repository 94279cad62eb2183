package debug

import (
	"fmt"
	"strings"
	"time"
)

// Text is the report for curl, a mail, a log file.
func (rep *Report) Text() string {
	var b strings.Builder
	rep.textHead(&b)
	rep.textTemplate(&b)
	rep.textStack(&b)
	textQueries(&b, rep.Queries)
	if rep.Request != nil {
		for _, table := range rep.Request.Tables {
			textTable(&b, table.Title, table.Rows)
		}
	}
	textTable(&b, "Settings", rep.Settings)
	textTable(&b, "Environment", rep.Environment)
	return printable(b.String())
}

// printable replaces control characters, with which a visitor's input could talk to the terminal that shows the text.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && (c < 0x20 || c >= 0x7f && c < 0xa0) {
			return '\uFFFD'
		}
		return c
	}, text)
}

func (rep *Report) textHead(b *strings.Builder) {
	fmt.Fprintf(b, "%s\n", rep.StatusText())
	if rep.Request != nil {
		fmt.Fprintf(b, "%s %s\n", rep.Request.Method, rep.Request.URL)
	}
	fmt.Fprintf(b, "\n%s: %s\n", rep.Kind, rep.Message)
	if rep.Hint != "" {
		fmt.Fprintf(b, "(%s)\n", rep.Hint)
	}
	if rep.ViewName != "" {
		fmt.Fprintf(b, "View: %s", rep.ViewName)
		if rep.View != nil {
			fmt.Fprintf(b, " (%s:%d)", rep.View.File, rep.View.Line)
		}
		b.WriteByte('\n')
	}
	if rep.HasChain() || len(rep.Cause.Places) > 0 {
		section(b, "Error chain")
		textCause(b, rep.Cause, 0)
	}
}

func textCause(b *strings.Builder, c Cause, depth int) {
	indent := strings.Repeat("  ", depth+1)
	fmt.Fprintf(b, "%s%s: %s\n", indent, c.Type, strings.ReplaceAll(c.Text, "\n", "\n"+indent+"  "))
	for _, place := range c.Places {
		fmt.Fprintf(b, "%s  perhaps made at %s:%d\n", indent, place.File, place.Line)
	}
	for _, inner := range c.Causes {
		textCause(b, inner, depth+1)
	}
}

func (rep *Report) textTemplate(b *strings.Builder) {
	t := rep.Template
	if t == nil {
		return
	}
	section(b, "Template "+t.Place)
	fmt.Fprintf(b, "  %s\n", t.Message)
	if t.Hint != "" {
		fmt.Fprintf(b, "  (%s)\n", t.Hint)
	}
	textLines(b, t.Lines)
	for _, from := range t.Chain {
		fmt.Fprintf(b, "  from %s\n", from)
	}
	for _, place := range t.Tried {
		fmt.Fprintf(b, "  not in %s\n", place)
	}
}

func (rep *Report) textStack(b *strings.Builder) {
	if len(rep.Stack) > 0 {
		section(b, "Stack of "+rep.Goroutine)
		own := false
		for _, group := range rep.Groups() {
			if own && !group.Own && len(group.Frames) > 2 { // what called the site's code is seldom the cause
				fmt.Fprintf(b, "  … %s of %s\n", foldLabel(group), foldPackages(group))
				continue
			}
			own = own || group.Own
			for _, f := range group.Frames {
				fmt.Fprintf(b, "  %s\n      %s:%d\n", f.Func, f.File, f.Line)
				if group.Own {
					textLines(b, around(f.Lines, 2))
				}
			}
		}
		return
	}
	if places := rep.Places(); len(places) > 0 {
		for _, place := range places {
			section(b, fmt.Sprintf("Perhaps from %s:%d", place.File, place.Line))
			textLines(b, around(place.Lines, 3))
		}
	} else if rep.View != nil && len(rep.View.Lines) > 0 {
		section(b, fmt.Sprintf("View %s, %s:%d", rep.View.Func, rep.View.File, rep.View.Line))
		textLines(b, rep.View.Lines)
	}
}

// around keeps n lines before and after the marked one.
func around(lines []Line, n int) []Line {
	for i, line := range lines {
		if line.Marked {
			return lines[max(0, i-n):min(len(lines), i+n+1)]
		}
	}
	return lines
}

func textLines(b *strings.Builder, lines []Line) {
	for _, line := range lines {
		mark := "  "
		if line.Marked || line.Noted {
			mark = "->"
		}
		fmt.Fprintf(b, "    %s %4d  %s\n", mark, line.Number, strings.ReplaceAll(line.Text, "\t", "    "))
	}
}

func textQueries(b *strings.Builder, q *Queries) {
	if q == nil || len(q.List) == 0 {
		return
	}
	noun := "queries"
	if len(q.List) == 1 {
		noun = "query"
	}
	section(b, fmt.Sprintf("SQL: %d %s in %s", len(q.List), noun, short(q.Took)))
	for i, query := range q.List {
		fmt.Fprintf(b, "  %3d. %8s  %s\n", i+1, short(query.Took), query.SQL)
		if query.Caller != "" {
			fmt.Fprintf(b, "                 at %s\n", query.Caller)
		}
		if query.Args != "" {
			fmt.Fprintf(b, "                 %s\n", query.Args)
		}
		if query.Err != "" {
			fmt.Fprintf(b, "                 error: %s\n", query.Err)
		}
	}
}

// short prints a duration with three digits at most.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond))
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d µs", d.Microseconds())
}

func textTable(b *strings.Builder, title string, rows []Row) {
	if len(rows) == 0 {
		return
	}
	section(b, title)
	width := 0
	for _, row := range rows {
		width = max(width, min(len(row.Name), 32))
	}
	for _, row := range rows {
		fmt.Fprintf(b, "  %-*s  %s\n", width, row.Name, strings.ReplaceAll(row.Value, "\n", "\n    "))
	}
}

func section(b *strings.Builder, title string) {
	fmt.Fprintf(b, "\n%s\n%s\n", title, strings.Repeat("-", len([]rune(title))))
}
