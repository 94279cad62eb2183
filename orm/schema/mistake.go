package schema

import (
	"fmt"
	"strings"
)

// Mistake is something wrong with a model, found when a program starts. Django: CheckMessage.
type Mistake struct {
	// ID is Django's code, "fields.E320", or one of ours, "orm.E004", for what only a program in Go can do wrong. docs/reference
	// lists them. A W in place of the E says that it is only a doubt.
	ID string
	// At is where the model is described: "news/models.go:31".
	At string
	// Model and Field are Go names; without a field it is about the model.
	Model, Field string
	// Text says what is wrong, Hint how to mend it.
	Text, Hint string
	// Err is the error that it is made of, if any.
	Err error
}

// Wrong makes a mistake. As everywhere the text ends with the fix in parentheses, if there is one: "it is null (use a pointer)".
// The model and the field are filled in by who knows them.
func Wrong(id, format string, args ...any) *Mistake {
	err := fmt.Errorf(format, args...)
	m := &Mistake{ID: id, Err: err}
	m.Text, m.Hint = cutHint(err.Error())
	return m
}

// cutHint parts the fix, which stands in parentheses at the end, from the text.
func cutHint(text string) (rest, hint string) {
	if !strings.HasSuffix(text, ")") {
		return text, ""
	}
	depth := 0
	for i := len(text) - 1; i > 0; i-- {
		switch text[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				if text[i-1] != ' ' { // a call: f(x)
					return text, ""
				}
				return text[:i-1], text[i+1 : len(text)-1]
			}
		}
	}
	return text, ""
}

// IsWarning says that it is a doubt, with which a site starts.
func (m *Mistake) IsWarning() bool {
	_, code, _ := strings.Cut(m.ID, ".")
	return strings.HasPrefix(code, "W")
}

// Object is what the mistake is about: "news/models.go:31: Article.Author".
func (m *Mistake) Object() string {
	name := m.Model
	if m.Field != "" {
		name += "." + m.Field
	}
	switch {
	case m.At == "":
		return name
	case name == "":
		return m.At
	}
	return m.At + ": " + name
}

// Error is the mistake on one line, without its code and place.
func (m *Mistake) Error() string {
	name := m.Model
	if m.Field != "" {
		name += "." + m.Field
	}
	if name != "" {
		name += ": "
	}
	hint := ""
	if m.Hint != "" {
		hint = " (" + m.Hint + ")"
	}
	return "orm: " + name + m.Text + hint
}

// Unwrap is the error that the mistake is made of.
func (m *Mistake) Unwrap() error { return m.Err }

// Mistakes lists those that an error is made of, each once.
func Mistakes(err error) []*Mistake {
	var out []*Mistake
	seen := map[*Mistake]bool{}
	var add func(err error)
	add = func(err error) {
		switch e := err.(type) {
		case nil:
		case *Mistake:
			if parts, ok := e.Err.(interface{ Unwrap() []error }); ok { // of another model, or several of a field
				for _, part := range parts.Unwrap() {
					one, ok := part.(*Mistake)
					if !ok {
						one = &Mistake{ID: e.ID, Err: part}
						one.Text, one.Hint = cutHint(strings.TrimPrefix(part.Error(), "orm: "))
					}
					if one.Model == "" {
						one.Model, one.Field, one.At = e.Model, e.Field, e.At
					}
					add(one)
				}
			} else if !seen[e] {
				seen[e] = true
				out = append(out, e)
			}
		case interface{ Unwrap() []error }:
			for _, part := range e.Unwrap() {
				add(part)
			}
		default:
			out = append(out, &Mistake{ID: "orm.E001", Text: strings.TrimPrefix(err.Error(), "orm: "), Err: err})
		}
	}
	add(err)
	return out
}
