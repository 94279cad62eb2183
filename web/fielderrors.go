package web

import (
	"slices"
	"strings"
)

// FieldErrors are the messages about the fields of a request's data, in the order in which they were found. As JSON they
// are an object with a list of messages for each field. The empty field stands for the data as a whole.
type FieldErrors struct {
	list []FieldError
}

// FieldError is one message about one field; Field is its path: "title", "items.0.price".
type FieldError struct {
	Field, Message string
}

// Add adds a message about a field.
func (e *FieldErrors) Add(field, message string) {
	e.list = append(e.list, FieldError{field, message})
}

// maxBindErrors bounds how many mistakes Bind reports: a visitor can send a list of a million.
const maxBindErrors = 100

// found is Add for what Bind finds.
func (e *FieldErrors) found(field, message string) {
	if len(e.list) < maxBindErrors {
		e.Add(field, message)
	}
}

// List returns all messages.
func (e *FieldErrors) List() []FieldError { return e.list }

// Get returns the messages about one field.
func (e *FieldErrors) Get(field string) []string {
	var messages []string
	for _, f := range e.list {
		if f.Field == field {
			messages = append(messages, f.Message)
		}
	}
	return messages
}

// Error lists fields and messages.
func (e *FieldErrors) Error() string {
	var b strings.Builder
	for i, f := range e.list {
		if i > 0 {
			b.WriteString("; ")
		}
		if f.Field != "" {
			b.WriteString(f.Field + ": ")
		}
		b.WriteString(f.Message)
	}
	return b.String()
}

// MarshalJSON writes {"title": ["This field is required."]}; the empty field is called "__all__", as in Django.
func (e *FieldErrors) MarshalJSON() ([]byte, error) {
	var names []string
	for _, f := range e.list {
		if !slices.Contains(names, f.Field) {
			names = append(names, f.Field)
		}
	}
	enc := jsonEncoder{jsonOptions: jsonOptions{compact: true}}
	b := []byte{'{'}
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		shown := name
		if shown == "" {
			shown = "__all__"
		}
		b = append(enc.appendString(b, shown), ':')
		var err error
		if b, err = enc.encode(b, e.Get(name)); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}
