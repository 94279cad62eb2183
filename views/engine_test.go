package views_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// fakeEngine renders functions in the place of templates.
type fakeEngine map[string]func(data any) (string, error)

func (e fakeEngine) Name() string                   { return "fake" }
func (e fakeEngine) Has(name string) bool           { return e[name] != nil }
func (e fakeEngine) Check([]template.AnyPage) error { return nil }

func (e fakeEngine) Render(_ context.Context, w io.Writer, name string, data any) error {
	text, err := e[name](data)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// shows renders the data as Go prints it.
func shows(data any) (string, error) { return fmt.Sprintf("<p>%v</p>", data), nil }

func fails(any) (string, error) { return "", errors.New("the template is broken") }

func panics(any) (string, error) { panic("the template panics") }

// site is what a test serves.
type site struct {
	patterns urls.Patterns
	engine   fakeEngine
	config   web.Config
	base     context.Context
}

func (s site) handler(t testing.TB) http.Handler {
	t.Helper()
	resolver, err := urls.New(s.patterns, urls.Options{})
	if err != nil {
		t.Fatal(err)
	}
	base := s.base
	if base == nil {
		base = context.Background()
	}
	s.config.Base = template.WithEngines(urls.WithResolver(base, resolver), template.Engines{s.engine})
	return web.ToHTTP(web.Compose(resolver), &s.config)
}

func (s site) get(t testing.TB, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return s.do(t, "GET", target, header...)
}

func (s site) do(t testing.TB, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] != "" {
			req.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.handler(t).ServeHTTP(w, req)
	return w
}

func wantResponse(t *testing.T, w *httptest.ResponseRecorder, status int, contentType string, body ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status = %d, want %d", w.Code, status)
	}
	if got := w.Header().Get("Content-Type"); got != contentType {
		t.Errorf("Content-Type = %q, want %q", got, contentType)
	}
	for _, want := range body {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("body lacks %q:\n%.600s", want, w.Body.String())
		}
	}
}

// secretKey stands here so that no excerpt of a test's source shows it.
const secretKey = "abc123"

// post sends a form and returns the body of the answer.
func post(t testing.TB, s site, target, form string) string {
	t.Helper()
	req := httptest.NewRequest("POST", target, strings.NewReader(form))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	s.handler(t).ServeHTTP(w, req)
	return w.Body.String()
}
