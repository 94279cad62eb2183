package serializers

import (
	"fmt"
	"strings"
)

// DeserializationError is a fixture that cannot be read: it says where and why.
type DeserializationError struct {
	// File is the fixture's name, Line the line of the object or of the mistake, Object the object's number from 1. What is
	// not known is zero.
	File         string
	Line, Object int
	// Model, PK, Field and Value say which value it is, as far as that is known.
	Model, PK, Field, Value string
	// Text is what is wrong, in Django's words where it has some; Hint is how to mend it.
	Text, Hint string
	Err        error
}

// Error says where, what and how to mend it.
func (e *DeserializationError) Error() string {
	var b strings.Builder
	b.WriteString("serializers: ")
	if e.File != "" {
		fmt.Fprintf(&b, "%s:", e.File)
		if e.Line == 0 {
			b.WriteByte(' ')
		}
	}
	if e.Line > 0 {
		if e.File == "" {
			b.WriteString("line ")
		}
		fmt.Fprintf(&b, "%d: ", e.Line)
	}
	if e.Object > 0 {
		fmt.Fprintf(&b, "object %d: ", e.Object)
	}
	b.WriteString(e.Text)
	if e.Field != "" && !strings.Contains(e.Text, e.Field) {
		fmt.Fprintf(&b, " in field %s", e.Field)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, " (%s)", e.Hint)
	}
	return b.String()
}

// Unwrap returns Err.
func (e *DeserializationError) Unwrap() error { return e.Err }

// at makes an error about an object.
func (o *rawObject) at(file, text, hint string, err error) *DeserializationError {
	e := &DeserializationError{File: file, Line: o.line, Object: o.index, Model: o.model, Text: text, Hint: hint, Err: err}
	if o.hasPK {
		e.PK = shorten(o.pk.String())
	}
	return e
}

// wrong is an error about a value of an object, as Django words it.
func (o *rawObject) wrong(file, field string, value fmt.Stringer, err error) *DeserializationError {
	text := "None"
	if value != nil {
		text = shorten(value.String())
	}
	pk := "None"
	if o.hasPK {
		pk = shorten(o.pk.String())
	}
	e := o.at(file, fmt.Sprintf("%s: (%s:pk=%s) field_value was '%s'", pythonList(err), o.model, pk, text), "", err)
	e.Field, e.Value = field, text
	return e
}

// pythonList is how Django shows the messages of a value.
func pythonList(err error) string {
	if v, ok := err.(*invalid); ok { //nolint:errorlint // made here, never wrapped
		return "['" + v.text + "']"
	}
	return err.Error()
}
