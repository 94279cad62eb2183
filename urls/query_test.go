package urls_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

type encoder string

func (e encoder) Encode() string { return string(e) }

func TestQuery(t *testing.T) {
	t.Parallel()
	res := mustNew(t, urls.Patterns{urls.Path("s/", text("s"), urls.Name("s"))}, urls.Options{})
	ctx := urls.WithResolver(context.Background(), res)
	at := time.Date(2026, 3, 14, 15, 9, 26, 535897000, time.UTC)
	tests := []struct {
		name  string
		query any
		want  string
	}{
		{"nothing", nil, "/s/"},
		{"empty", map[string]any{}, "/s/"},
		{"values", url.Values{"b": {"x", "y"}, "a": {"1 2"}}, "/s/?a=1+2&b=x&b=y"},
		{"map", map[string]any{"n": 1, "f": 1.0, "b": true, "s": []string{"p", "q"}}, "/s/?b=True&f=1.0&n=1&s=p&s=q"},
		{"strings", map[string]string{"é": "ü&="}, "/s/?%C3%A9=%C3%BC%26%3D"},
		{"in order", urls.Params{{Name: "z", Value: "~-._"}, {Name: "a", Value: "*'()!"}}, "/s/?z=~-._&a=%2A%27%28%29%21"},
		{"pairs", [][2]string{{"z", "1"}, {"a", "2"}, {"z", "3"}}, "/s/?z=1&a=2&z=3"},
		{"time", urls.Params{{Name: "t", Value: at}}, "/s/?t=2026-03-14+15%3A09%3A26.535897%2B00%3A00"},
		{"duration", urls.Params{{Name: "d", Value: -90 * time.Minute}, {Name: "e", Value: 25 * time.Hour}}, "/s/?d=-1+day%2C+22%3A30%3A00&e=1+day%2C+1%3A00%3A00"},
		{"bytes", urls.Params{{Name: "b", Value: []byte{0xff, ' '}}}, "/s/?b=%FF+"},
		{"uuid", urls.Params{{Name: "u", Value: web.UUID{}}}, "/s/?u=00000000-0000-0000-0000-000000000000"},
		{"keys of a map", urls.Params{{Name: "m", Value: map[string]int{"b": 1, "a": 2}}}, "/s/?m=a&m=b"},
		{"lists in a list", urls.Params{{Name: "l", Value: []any{[]any{1, "x"}, nil2{}}}}, "/s/?l=%5B1%2C+%27x%27%5D&l=nil2"},
		{"encoder", encoder("raw=1"), "/s/?raw=1"},
	}
	for _, tt := range tests {
		got, err := urls.Reverse(ctx, "s", urls.Query(tt.query))
		if got != tt.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	for name, query := range map[string]any{"nil": map[string]any{"a": nil}, "nil in a list": map[string]any{"a": []any{nil}}, "number": 5, "short pair": [][]string{{"a"}}, "no pair": []int{1}} {
		if got, err := urls.Reverse(ctx, "s", urls.Query(query)); err == nil {
			t.Errorf("%s: %q, want an error", name, got)
		}
	}
}

type nil2 struct{}

func (nil2) String() string { return "nil2" }
