package template

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Position is a place in a template.
type Position struct {
	// File is the template's name.
	File string
	// Line and Col count from 1; Col counts characters.
	Line, Col int
}

// String returns file:line:col.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// SyntaxError is a mistake in a template, found when it is parsed or checked. Django: TemplateSyntaxError.
type SyntaxError struct {
	Position
	// Msg says what is wrong, in Django's words where Django finds the same mistake.
	Msg string
	// Hint says how to mend it; it may be empty.
	Hint string
	// Source is the template's text. Start and End are the byte offsets in it of the tag that is wrong.
	Source     string
	Start, End int
	// Chain holds the places that led here by include and extends, the page first.
	Chain []Position
}

// Error returns file:line:col: message (hint).
func (e *SyntaxError) Error() string {
	s := e.Msg
	if e.Position.File != "" || e.Position.Line != 0 {
		s = e.Position.String() + ": " + s
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// RenderError is an error while a template was rendered, with the place and the way that led there.
type RenderError struct {
	Position
	// Err is what went wrong.
	Err error
	// Source is the template's text. Start and End are the byte offsets in it of the tag that failed.
	Source     string
	Start, End int
	// Chain holds the places that led here by include and extends, the page first.
	Chain []Position
}

// Error returns file:line:col: cause.
func (e *RenderError) Error() string { return e.Position.String() + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *RenderError) Unwrap() error { return e.Err }

// SourceLine is a line of a template for an error page.
type SourceLine struct {
	Number int
	Text   string
	// Marked says that the error is on this line.
	Marked bool
}

// Lines returns the lines around the error: up to n before and after it.
func (e *RenderError) Lines(n int) []SourceLine { return sourceLines(e.Source, e.Line, n) }

// Lines returns the lines around the mistake: up to n before and after it.
func (e *SyntaxError) Lines(n int) []SourceLine { return sourceLines(e.Source, e.Line, n) }

func sourceLines(source string, line, n int) []SourceLine {
	var out []SourceLine
	for i, text := range strings.Split(source, "\n") {
		if i+1 >= line-n && i+1 <= line+n {
			out = append(out, SourceLine{Number: i + 1, Text: strings.TrimSuffix(text, "\r"), Marked: i+1 == line})
		}
	}
	return out
}

// NotFoundError says that no loader has a template. It matches fs.ErrNotExist. Django: TemplateDoesNotExist.
type NotFoundError struct {
	// Name is the template's name, or the names that were tried.
	Name string
	// Tried are the places where it was looked for.
	Tried []string
}

// Error returns the name and the places.
func (e *NotFoundError) Error() string {
	s := "template: " + e.Name + " does not exist"
	if e.Name == "" {
		s = "template: no template names provided"
	}
	if len(e.Tried) > 0 {
		s += " (tried " + strings.Join(e.Tried, ", ") + ")"
	}
	return s
}

// Is makes errors.Is(err, fs.ErrNotExist) hold.
func (e *NotFoundError) Is(target error) bool { return target == fs.ErrNotExist }

// VariableError says that a variable that a tag or filter needs, or any variable in strict mode, does not exist.
// Django: VariableDoesNotExist.
type VariableError struct {
	// Name is the whole path; Part is the step that failed.
	Name, Part string
	// Hint says what was meant, if it can be guessed.
	Hint string
}

// Error names the variable and the step.
func (e *VariableError) Error() string {
	s := fmt.Sprintf("no variable %q", e.Name)
	if e.Part != "" && e.Part != e.Name {
		s = fmt.Sprintf("no %q in %q", e.Part, e.Name)
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// problems collects errors to be reported together.
type problems struct {
	errs []error
}

func (p *problems) add(err error) {
	if err != nil {
		p.errs = append(p.errs, err)
	}
}

func (p *problems) err() error { return errors.Join(p.errs...) }

// ErrNoCache is what a FragmentCache returns for an alias that it does not have.
var ErrNoCache = errors.New("no such cache")
