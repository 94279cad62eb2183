package views

import (
	"encoding/json"
	"fmt"

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
	// Debug is there only while Debug is on.
	Debug *ProblemDebug `json:"debug,omitempty"`
}

// ProblemDebug tells a developer more.
type ProblemDebug struct {
	Error string   `json:"error"`
	Type  string   `json:"type"`
	View  string   `json:"view,omitempty"`
	Stack []string `json:"stack,omitempty"`
}

func problem(_ *web.Request, err error, status int) *web.Response {
	return problemResponse(Problem{Type: "about:blank", Title: web.ReasonPhrase(status), Status: status, Detail: publicText(err)})
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
