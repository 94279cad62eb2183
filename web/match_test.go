package web_test

import (
	"fmt"
	"math"
	"math/big"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/nuages-go/nuages/web"
)

// match makes a match as a resolver does: /<slug:s>/<int:n>/ with a positional argument between them.
func match(n string) web.Match {
	route := &web.Route{
		Pattern: "<slug:s>/<int:n>/", Params: []string{"s", "", "n", "gone"}, Own: 2,
		Namespaces: []string{"a", "b"}, AppNames: []string{"x"}, Extra: map[string]any{"kind": "k", "s": "less"},
	}
	var m web.Match
	values := m.Set(route, 4)
	values[0].SetText("slug")
	values[1].SetNone()
	values[2].SetInt(n)
	values[3].SetAbsent()
	return m
}

func TestMatch(t *testing.T) {
	t.Parallel()
	m := match("42")
	if got, want := m.Kwargs(), map[string]any{"s": "slug", "n": int64(42), "kind": "k"}; !reflect.DeepEqual(got, want) {
		t.Errorf("Kwargs() = %v, want %v", got, want)
	}
	if got, want := m.Args(), []any{nil}; !reflect.DeepEqual(got, want) {
		t.Errorf("Args() = %v, want %v", got, want)
	}
	if m.Namespace() != "a:b" || m.AppName() != "x" {
		t.Errorf("Namespace() = %q, AppName() = %q", m.Namespace(), m.AppName())
	}
	for name, want := range map[string]any{"s": "slug", "n": int64(42), "kind": "k", "gone": nil, "": nil} {
		if got, ok := m.Kwarg(name); got != want || ok != (want != nil) {
			t.Errorf("Kwarg(%q) = %v, %v; want %v", name, got, ok, want)
		}
	}
	var none web.Match
	if _, ok := none.Kwarg("x"); ok || len(none.Kwargs()) > 0 || none.Args() != nil || none.Namespace() != "" {
		t.Error("the zero Match is not empty")
	}
}

func TestKwarg(t *testing.T) {
	t.Parallel()
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), nil)
	r.Match = match("300")
	if n, ok := web.Kwarg[int64](r, "n"); n != 300 || !ok {
		t.Errorf("int64: %d, %v", n, ok)
	}
	if n, ok := web.Kwarg[int16](r, "n"); n != 300 || !ok {
		t.Errorf("int16: %d, %v", n, ok)
	}
	if _, ok := web.Kwarg[int8](r, "n"); ok {
		t.Error("300 fits an int8")
	}
	if n, ok := web.Kwarg[*big.Int](r, "n"); !ok || n.Int64() != 300 {
		t.Errorf("*big.Int: %v, %v", n, ok)
	}
	if _, ok := web.Kwarg[string](r, "n"); ok {
		t.Error("a number is a string")
	}
	if s, ok := web.Kwarg[string](r, "kind"); s != "k" || !ok {
		t.Errorf("an extra argument: %q, %v", s, ok)
	}
	if r.PathValue("n") != "300" || r.PathValue("gone") != "" || r.PathValue("nope") != "" {
		t.Error("PathValue is not the text")
	}
	if req := r.HTTP(); req.PathValue("s") != "slug" || req.PathValue("n") != "300" {
		t.Error("net/http code does not see the captured values")
	}
}

func TestValueInt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want any
	}{
		{"0", int64(0)},
		{"007", int64(7)},
		{"9223372036854775807", int64(math.MaxInt64)},
		{"9223372036854775808", new(big.Int).SetUint64(1 << 63)},
		{"18446744073709551615", new(big.Int).SetUint64(math.MaxUint64)},
		{"18446744073709551616", new(big.Int).Lsh(big.NewInt(1), 64)},
	}
	for _, tt := range tests {
		var v web.Value
		if ok := v.SetInt(tt.text); !ok || !reflect.DeepEqual(v.Any(), tt.want) {
			t.Errorf("SetInt(%s): %v, want %v", tt.text, v.Any(), tt.want)
		}
	}
}

func TestArgWithoutRoute(t *testing.T) {
	t.Parallel()
	view := web.Arg(func(*web.Request, int64) (*web.Response, error) { return web.Text(""), nil })
	r := web.NewRequest(httptest.NewRequest("GET", "/", nil), nil)
	if _, err := view.Serve(r); web.StatusOf(err) != http.StatusInternalServerError {
		t.Errorf("a view without its argument: %v, want a 500", err)
	}
	r.Match = match("42")
	if _, err := view.Serve(r); web.StatusOf(err) != http.StatusInternalServerError {
		t.Errorf("a view with an argument of another type: %v, want a 500", err)
	}
	if types := view.(web.ArgHandler).ArgTypes(); len(types) != 1 || types[0] != reflect.TypeFor[int64]() {
		t.Errorf("ArgTypes() = %v", types)
	}
}

func TestUUID(t *testing.T) {
	t.Parallel()
	var v web.Value
	v.SetUUID("12345678-9abc-def0-1234-56789abcdef0")
	u, ok := v.Any().(web.UUID)
	if !ok || u.String() != "12345678-9abc-def0-1234-56789abcdef0" {
		t.Errorf("Any() = %v", v.Any())
	}
}

// A decorated view is still known by its name and its arguments.
func TestDecorate(t *testing.T) {
	t.Parallel()
	view := web.Arg2(func(*web.Request, int, string) (*web.Response, error) { return web.Text("view"), nil })
	calls := 0
	decorated := web.Decorate(web.NeverCache(view), func(r *web.Request) (*web.Response, error) {
		calls++
		return view.Serve(r)
	})
	if got, want := web.HandlerName(decorated), web.HandlerName(view); got != want {
		t.Errorf("HandlerName = %q, want %q", got, want)
	}
	if got := fmt.Sprint(web.ArgTypesOf(decorated)); got != "[int string]" {
		t.Errorf("ArgTypesOf = %s", got)
	}
	if got := web.ArgTypesOf(web.View(func(*web.Request) (*web.Response, error) { return nil, nil })); got != nil {
		t.Errorf("ArgTypesOf a plain view = %v", got)
	}
	if _, _ = decorated.Serve(newRequest(nil)); calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
}
