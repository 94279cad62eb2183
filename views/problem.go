package views

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/nuages-go/nuages/views/debug"
	"github.com/nuages-go/nuages/web"
)

// Problem is the body of an error response for programs: RFC 9457, application/problem+json.
type Problem struct {
	// Type is a URI that names the kind of problem: always "about:blank", which means the status says it all.
	Type string `json:"type"`
	// Title is the standard text of the status.
	Title  string `json:"title"`
	Status int    `json:"status"`
	// Detail is the error's public message.
	Detail string `json:"detail,omitempty"`
	// Errors are the fields that do not fit, for the error of web.Bind.
	Errors []ProblemField `json:"errors,omitempty"`
	// Debug is there only while Debug is on.
	Debug *ProblemDebug `json:"debug,omitempty"`
}

// ProblemField is what is wrong with one field of the request.
type ProblemField struct {
	Detail string `json:"detail"`
	// Pointer is the field's place in the body, a JSON Pointer: "#/items/0/price".
	Pointer string `json:"pointer"`
}

// ProblemDebug tells a developer more.
type ProblemDebug struct {
	Error string   `json:"error"`
	Type  string   `json:"type"`
	View  string   `json:"view,omitempty"`
	Stack []string `json:"stack,omitempty"`
}

func problem(_ *web.Request, err error, status int) *web.Response {
	p := Problem{Type: "about:blank", Title: web.ReasonPhrase(status), Status: status, Detail: publicText(err)}
	if fields, ok := errors.AsType[*web.FieldErrors](err); ok {
		for _, f := range fields.List() {
			p.Errors = append(p.Errors, ProblemField{f.Message, pointer(f.Field)})
		}
	}
	return problemResponse(p)
}

// pointer writes a path such as "items.0.price" as a JSON Pointer (RFC 6901) in a URI fragment.
func pointer(field string) string {
	steps := strings.Split(field, ".")
	for i, step := range steps {
		steps[i] = url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(step))
	}
	return "#/" + strings.Join(steps, "/")
}

// technicalProblem adds what the debug page says first.
func technicalProblem(_ *web.Request, err error, status int, rep *debug.Report) *web.Response {
	more := &ProblemDebug{Error: rep.Message, Type: rep.Kind, View: rep.ViewName}
	for _, f := range rep.Stack {
		more.Stack = append(more.Stack, fmt.Sprintf("%s %s:%d", f.Func, f.File, f.Line))
	}
	for _, f := range rep.Places() {
		more.Stack = append(more.Stack, fmt.Sprintf("perhaps %s:%d", f.File, f.Line))
	}
	return problemResponse(Problem{Type: "about:blank", Title: web.ReasonPhrase(status), Status: status, Detail: publicText(err), Debug: more})
}

func problemResponse(p Problem) *web.Response {
	body, err := json.Marshal(p)
	if err != nil { // cannot be: it is all text
		body = []byte(`{"type":"about:blank"}`)
	}
	return negotiated(web.Bytes(problemType, body).WithStatus(p.Status))
}
