package validators

import (
	"fmt"
	"strings"
)

// Error says why a value is not valid: Django's ValidationError of one message.
type Error struct {
	// Code is for programs: "invalid", "max_length".
	Code string
	// Message is for people. %(name)s stands for the parameter of that name, %(name)d for a number.
	Message string
	// Params are the parameters of the message; "value" is the value.
	Params map[string]any
}

// Error is the message with its parameters.
func (e *Error) Error() string { return Format(e.Message, e.Params) }

// Format puts parameters into a message in Django's form: %(name)s and %(name)d; %% is a percent sign. What names no
// parameter stays as it is.
func Format(message string, params map[string]any) string {
	if !strings.Contains(message, "%") || len(params) == 0 {
		return message
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(message, "%")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if rest, ok := strings.CutPrefix(after, "%"); ok {
			b.WriteByte('%')
			message = rest
			continue
		}
		name, rest, ok := strings.Cut(strings.TrimPrefix(after, "("), ")")
		v, known := params[name]
		if !ok || !known || after[0] != '(' || rest == "" || rest[0] != 's' && rest[0] != 'd' {
			b.WriteByte('%')
			message = after
			continue
		}
		fmt.Fprint(&b, v)
		message = rest[1:]
	}
}

func invalid(message string, value any) error {
	return &Error{Code: "invalid", Message: message, Params: map[string]any{"value": value}}
}
