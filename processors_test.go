package nuages_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
	"github.com/nuages-go/nuages/webtest"
)

// What Django's own context processors add is there without asking.
func TestContextProcessors(t *testing.T) {
	t.Parallel()
	page := "{{ request.method }} {{ STATIC_URL }} {{ MEDIA_URL }} {{ LANGUAGE_CODE }} {{ LANGUAGE_BIDI }} {{ TIME_ZONE }} {{ debug }}"
	client := webtest.New(t, nuages.Site{
		Settings:  nuages.Settings{TimeZone: "Europe/Berlin", MediaURL: "/files/"},
		Templates: []fs.FS{fstest.MapFS{"page.html": {Data: []byte(page)}}},
		URLs: urls.Patterns{urls.Path("", web.View(func(r *web.Request) (*web.Response, error) {
			return views.RenderTemplate(r, "page.html", nil)
		}))},
	})
	client.Get("/").AssertStatus(200).AssertContains("GET /static/ /files/ en-us False Europe/Berlin False")
}
