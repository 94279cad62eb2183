package orm

import (
	"sort"
	"strings"
)

// ValidationError says what is wrong with an object, by the names of its fields; what concerns no single field stands under
// the empty name. Its messages are for people.
type ValidationError struct {
	Fields map[string][]Invalid
}

// Invalid is one complaint: a code for programs and a sentence for people. Validators of columns may return it as their error.
type Invalid struct{ Code, Message string }

// Error is the message.
func (i Invalid) Error() string { return i.Message }

// Error lists the complaints.
func (e *ValidationError) Error() string {
	names := make([]string, 0, len(e.Fields))
	for name := range e.Fields {
		names = append(names, name)
	}
	sort.Strings(names)
	var parts []string
	for _, name := range names {
		for _, inv := range e.Fields[name] {
			parts = append(parts, strings.TrimPrefix(name+": "+inv.Message, ": "))
		}
	}
	return "orm: invalid: " + strings.Join(parts, "; ")
}

// Add adds a complaint about a field; the empty name is for the object as a whole.
func (e *ValidationError) Add(field, code, message string) {
	if e.Fields == nil {
		e.Fields = map[string][]Invalid{}
	}
	e.Fields[field] = append(e.Fields[field], Invalid{code, message})
}
