package middleware_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

func names(list ...string) []web.LayerInfo {
	infos := make([]web.LayerInfo, len(list))
	for i, name := range list {
		infos[i] = web.LayerInfo{Name: name}
	}
	return infos
}

func TestCheckOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		layers []web.LayerInfo
		want   []string
	}{
		{"empty", nil, nil},
		{"django's documented order", names("security", "update-cache", "gzip", "sessions", "conditional-get", "locale", "common", "csrf",
			"authentication", "login-required", "messages", "fetch-cache", "flatpages", "redirects"), nil},
		{"gzip before update-cache", names("gzip", "update-cache"), []string{
			"middleware.W001 gzip must come after update-cache, but is at place 1 and update-cache at place 2",
		}},
		{"users before sessions", names("authentication", "messages", "sessions"), []string{
			"middleware.W001 authentication must come after sessions, but is at place 1 and sessions at place 3",
			"middleware.W001 messages must come after sessions, but is at place 2 and sessions at place 3",
		}},
		{"twice", names("common", "clickjacking", "common"), []string{"middleware.W002 common is in the middleware twice, at places 1 and 3"}},
		{"strangers", names("mine", "theirs", "mine"), nil},
		{"own rules", []web.LayerInfo{{Name: "inner", After: []string{"outer"}}, {Name: "outer", Before: []string{"inner"}}}, []string{
			"middleware.W001 inner must come after outer, but is at place 1 and outer at place 2",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, m := range middleware.CheckOrder(tt.layers) {
				if m.Level != manage.Warning || m.Hint == "" {
					t.Errorf("message %+v has no hint or another level", m)
				}
				got = append(got, m.ID+" "+m.Text)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("CheckOrder = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCheckOrderSaysWhy(t *testing.T) {
	t.Parallel()
	got := middleware.CheckOrder(names("gzip", "update-cache"))
	if len(got) != 1 || got[0].Hint != "Move gzip below update-cache: gzip adds to Vary, which the cache key is made from." {
		t.Errorf("messages = %+v", got)
	}
}

// full is the stack with everything that this package has.
func full() middleware.Stack {
	return middleware.Stack{
		Health: new(middleware.HealthOptions), RequestID: new(middleware.RequestIDOptions), AccessLog: new(middleware.AccessLogOptions),
		CSP: new(middleware.CSPOptions), CORS: new(middleware.CORSOptions), RateLimit: new(middleware.RateLimitOptions),
		BodyLimit: new(middleware.BodyLimitOptions), Timeout: new(middleware.TimeoutOptions), Compress: new(middleware.CompressOptions),
		Conditional: true, BrokenLinks: &middleware.BrokenLinksOptions{Mailer: &outbox{}},
	}
}

func TestDefaultIsInOrder(t *testing.T) {
	t.Parallel()
	for name, stack := range map[string]middleware.Stack{"zero": {}, "full": full()} {
		layers := web.Compose(text("hi"), middleware.Default(stack)...).Layers()
		if messages := middleware.CheckOrder(layers); len(messages) > 0 {
			t.Errorf("%s: %+v", name, messages)
		}
		for _, layer := range layers {
			if strings.Contains(layer.Name, ".") {
				t.Errorf("%s: layer %q has no name", name, layer.Name)
			}
		}
	}
	layers := web.Compose(text("hi"), middleware.Default(middleware.Stack{})...).Layers()
	var got []string
	for _, layer := range layers {
		got = append(got, layer.Name)
	}
	if want := []string{"security", "common", "clickjacking"}; !slices.Equal(got, want) {
		t.Errorf("default layers = %q, want %q", got, want)
	}
	if got := len(web.Compose(text("hi"), middleware.Default(full())...).Layers()); got != 14 {
		t.Errorf("full stack has %d layers, want 14", got)
	}
}
