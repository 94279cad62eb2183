package urls_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

func TestCheckURL(t *testing.T) {
	t.Parallel()
	view := web.View(func(*web.Request) (*web.Response, error) { return nil, nil })
	res, err := urls.New(urls.Patterns{
		urls.Path("", view, urls.Name("home")),
		urls.Path("article/<int:pk>", view, urls.Name("detail")),
	}, urls.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, url string
		args      int
		kwargs    []string
		want      string
	}{
		{"plain", "home", 0, nil, ""},
		{"positional", "detail", 1, nil, ""},
		{"keyword", "detail", 0, []string{"pk"}, ""},
		{"too few", "detail", 0, nil, `gets 0 arguments, which its route`},
		{"too many", "home", 2, nil, `gets 2 arguments, which its route`},
		{"other keyword", "detail", 0, []string{"id"}, `gets the arguments [id]`},
		{"unknown", "detial", 1, nil, `no pattern has the URL name "detial" (did you mean "detail"?)`},
		{"namespace", "news:detail", 1, nil, "is not a registered namespace"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := res.CheckURL(tt.url, tt.args, tt.kwargs)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("CheckURL(%q, %d, %v) = %v, want %q", tt.url, tt.args, tt.kwargs, err, tt.want)
			}
		})
	}
}
