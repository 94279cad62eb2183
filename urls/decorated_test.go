package urls_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// What a view takes from the path is checked, and bounded, through the decorators around it.
func TestDecoratedArguments(t *testing.T) {
	t.Parallel()
	byText := web.Arg(func(_ *web.Request, s string) (*web.Response, error) { return web.Text(s), nil })
	byID := web.Arg(func(_ *web.Request, _ int32) (*web.Response, error) { return web.Text("found"), nil })
	tests := []struct {
		name     string
		decorate func(web.Handler) web.Handler
	}{
		{"bare", func(h web.Handler) web.Handler { return h }},
		{"once", web.NeverCache},
		{"twice", func(h web.Handler) web.Handler { return web.RequireGET(web.VaryOnCookie(h)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := urls.New(urls.Patterns{urls.Path("a/<int:pk>", tt.decorate(byText))}, urls.Options{})
			if want := `gives (pk int64), and its view`; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("New = %v, want an error with %q", err, want)
			}
			resolver, err := urls.New(urls.Patterns{urls.Path("a/<int:pk>", tt.decorate(byID))}, urls.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for path, status := range map[string]int{"/a/7": 200, "/a/99999999999": 404} {
				w := httptest.NewRecorder()
				web.ToHTTP(resolver, nil).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
				if w.Code != status {
					t.Errorf("GET %s = %d, want %d", path, w.Code, status)
				}
			}
		})
	}
}
