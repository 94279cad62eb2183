package debug

import (
	"errors"

	"github.com/nuages-go/nuages/template"
)

// TemplateError is the place in a template where it went wrong.
type TemplateError struct {
	// Place is file:line:col, Message what is wrong and Hint how to mend it.
	Place, Message, Hint string
	// Lines are the template's source around the place.
	Lines []Line
	// Before, During and After are the marked line cut at the tag that failed; During is empty if that is not known.
	Before, During, After string
	// Chain are the places that led there by include and extends, the page first.
	Chain []string
	// Tried are the places where a template that does not exist was looked for.
	Tried []string
}

// templateError finds the template's place in an error. The innermost wins: it is nearest to the mistake.
func templateError(err error) *TemplateError {
	var found *TemplateError
	for _, e := range flatten(err) {
		switch e := e.(type) { //nolint:errorlint // flatten has unwrapped
		case *template.SyntaxError:
			found = &TemplateError{Place: e.String(), Message: e.Msg, Hint: e.Hint, Lines: templateLines(e.Lines(contextLines)), Chain: places(e.Chain)}
			found.cutTag(e.Source, e.Start, e.End)
		case *template.RenderError:
			found = &TemplateError{Place: e.String(), Message: errorText(e.Err), Lines: templateLines(e.Lines(contextLines)), Chain: places(e.Chain)}
			found.cutTag(e.Source, e.Start, e.End)
		}
	}
	if missing, ok := errors.AsType[*template.NotFoundError](err); ok {
		if found == nil {
			found = &TemplateError{Place: missing.Name, Message: "this template does not exist"}
		}
		found.Tried = missing.Tried
	}
	return found
}

func templateLines(lines []template.SourceLine) []Line {
	out := make([]Line, len(lines))
	for i, line := range lines {
		out[i] = Line{Number: line.Number, Text: cut(line.Text, 400), Marked: line.Marked}
	}
	return out
}

// cutTag cuts the marked line around the tag, whose offsets count in the whole source.
func (t *TemplateError) cutTag(source string, start, end int) {
	if start < 0 || end <= start || end > len(source) || end-start > 400 {
		return
	}
	lineStart := start
	for lineStart > 0 && source[lineStart-1] != '\n' {
		lineStart--
	}
	lineEnd := end
	for lineEnd < len(source) && source[lineEnd] != '\n' && source[lineEnd] != '\r' {
		lineEnd++
	}
	if start-lineStart > 400 || lineEnd-end > 400 {
		return
	}
	t.Before, t.During, t.After = source[lineStart:start], source[start:end], source[end:lineEnd]
}

func places(chain []template.Position) []string {
	out := make([]string, len(chain))
	for i, p := range chain {
		out[i] = p.String()
	}
	return out
}
