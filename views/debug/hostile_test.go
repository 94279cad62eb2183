package debug_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views/debug"
	"github.com/nuages-go/nuages/web"
)

// What a visitor can send, and what an error's text can hold, must come out as text wherever it stands.
const attack = `</pre></style></script><script>alert("x")</script><img src=x onerror=alert(1)>"'` + "`{{.}}\x1b[31m\x00"

type attackError struct{}

func (attackError) Error() string { return attack }

func TestNothingGetsOut(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("a"+attack, attack)
	part, _ := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="f"; filename="` + url.PathEscape(attack) + `<script>.txt"`}})
	_, _ = part.Write([]byte("x"))
	_ = form.Close()

	req := httptest.NewRequest("POST", "/a%3Cscript%3E/?"+url.Values{attack: {attack}}.Encode(), &body)
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header["X-<script>"] = []string{attack}
	req.Header.Set("Cookie", "a=<script>; <script>=b")
	req.Host = "<script>"
	req.RemoteAddr = "<script>"
	r := web.NewRequest(req, &web.Config{Debug: true})
	r.Match.Route = &web.Route{Handler: web.View(tagList), Pattern: "<script>", Name: "<script>", ViewName: "<script>"}

	source := "<b>{{ x }}</b>\n" + attack + "\n"
	err := errors.Join(attackError{}, web.Suspicious("<script>", "%s", attack), fmt.Errorf("wrapped: %w", &template.RenderError{
		Position: template.Position{File: "<script>.html", Line: 2, Col: 1}, Err: attackError{}, Source: source,
		Start: strings.Index(source, "<script>"), End: strings.Index(source, "<script>") + 20,
		Chain: []template.Position{{File: "<script>", Line: 1, Col: 1}},
	}))
	pages := map[string][]byte{
		"error":    debug.New(r, err, debug.Options{Settings: map[string]string{"<script>": attack}}).HTML(),
		"panic":    debug.New(r, web.NewPanicError(attack), debug.Options{}).HTML(),
		"notfound": debug.NewNotFound(r, web.NotFound("%s", attack), debug.Options{}).HTML(),
	}
	r.Match.Route = nil
	hostile := debug.NewNotFound(r, web.NotFound("%s", attack), debug.Options{})
	hostile.Tried = []urls.TriedPattern{{Parts: []string{attack, "<script>"}, Name: attack}}
	hostile.Closest = "/<script>" + attack
	pages["unmatched"] = hostile.HTML()
	for name, page := range pages {
		keep(t, "hostile-"+name+".html", page)
		text := string(page)
		if n := strings.Count(text, "<script"); n != 1 { // the page's own
			t.Errorf("%s page: %d script elements, want 1", name, n)
		}
		wantNone(t, name+" page", text, "<img", "onerror=alert(1)>\"", "<script>alert", "\x1b", "\x00")
		if strings.Count(text, "</script>") != 1 || strings.Count(text, "</style>") != 1 {
			t.Errorf("%s page: an element was closed by input", name)
		}
	}
	wantNone(t, "Text", debug.New(r, err, debug.Options{}).Text(), "\x1b", "\x00")
}

type sliceError []error

func (s sliceError) Error() string   { return "a slice cannot be compared" }
func (s sliceError) Unwrap() []error { return []error{nil, errors.New("inner")} }

func TestBrokenErrors(t *testing.T) {
	t.Parallel()
	deep := errors.New("bottom")
	for i := range 1000 {
		deep = fmt.Errorf("level %d: %w", i, deep)
	}
	for _, err := range []error{sliceError{nil}, deep, errors.New(strings.Repeat("long ", 1<<20)), errors.New("\xff\xfe not UTF-8"), errors.New("")} {
		rep := debug.New(request("GET", "/"), err, debug.Options{})
		if n := len(rep.HTML()); n > 4<<20 || n == 0 {
			t.Errorf("%T: the page has %d bytes", err, n)
		}
		if rep.Text() == "" {
			t.Errorf("%T: no text", err)
		}
	}
}

type stackedError struct{ pcs []uintptr }

func (stackedError) Error() string           { return "with a stack" }
func (e stackedError) StackTrace() []uintptr { return e.pcs }

func TestRecordedStack(t *testing.T) {
	t.Parallel()
	pcs := web.NewPanicError(nil).Stack
	rep := debug.New(request("GET", "/"), fmt.Errorf("wrapped: %w", stackedError{pcs}), debug.Options{})
	if rep.Recovered || len(rep.Stack) == 0 || !strings.HasPrefix(rep.Stack[0].Func, "debug_test.TestRecordedStack") {
		t.Errorf("Stack = %+v", rep.Stack)
	}
}
