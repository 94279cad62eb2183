package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/web"
)

func TestValues(t *testing.T) {
	t.Parallel()
	v := web.ParseValues("a=1&b=&a=2&é=%C3%BC&x")
	if v.Get("a") != "2" || v.Get("none") != "" || !v.Has("x") || v.Len() != 4 {
		t.Errorf("values %v", v)
	}
	if diff := cmp.Diff([]string{"1", "2"}, v.GetList("a")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b", "é", "x"}, v.Keys()); diff != "" {
		t.Error(diff)
	}
	if got, want := v.Encode(), "a=1&a=2&b=&%C3%A9=%C3%BC&x="; got != want {
		t.Errorf("Encode = %s, want %s", got, want)
	}
	if diff := cmp.Diff(map[string]string{"a": "2", "b": "", "é": "ü", "x": ""}, v.Map()); diff != "" {
		t.Error(diff)
	}

	c := v.Copy()
	c.Set("a", "9")
	c.Add("b", "/")
	c.SetDefault("x", "no")
	c.SetDefault("y", "yes")
	c.Delete("é")
	c.Update(web.ParseValues("y=more"))
	c.SetList("empty", nil)
	if got, want := c.Encode("/"), "a=9&b=&b=/&x=&y=yes&y=more"; got != want {
		t.Errorf("copy is %s, want %s", got, want)
	}
	if _, ok := c.Lookup("empty"); ok || !c.Has("empty") {
		t.Error("a key with an empty list has a value")
	}
	if v.Get("a") != "2" || !v.Has("é") {
		t.Error("the copy changed the original")
	}
	var none *web.Values
	if none.Len() != 0 || none.Get("a") != "" || none.Encode() != "" || none.Copy().Len() != 0 {
		t.Error("a nil *Values is not empty")
	}
}

func TestManyValues(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, "k%d=%d&", i%100, i)
	}
	v := web.ParseValues(b.String())
	for i := range 100 {
		if got := v.GetList(fmt.Sprint("k", i)); !slices.Equal(got, []string{fmt.Sprint(i), fmt.Sprint(i + 100)}) {
			t.Fatalf("k%d = %v", i, got)
		}
	}
	c := v.Copy()
	c.Delete("k0")
	c.Set("new", "x")
	if c.Get("k99") != "199" || c.Get("new") != "x" || c.Has("k0") || c.Len() != 100 {
		t.Errorf("after Delete and Set: %v", c)
	}
}

func TestBrokenUTF8(t *testing.T) {
	t.Parallel()
	// What Python's decode("utf-8", "replace") makes of the bytes.
	for in, want := range map[string]string{
		"a=%FF%FF":        "\ufffd\ufffd",
		"a=%E2%82":        "\ufffd",
		"a=%E2%82x":       "\ufffdx",
		"a=%F0%9F%98":     "\ufffd",
		"a=%ED%A0%80":     "\ufffd\ufffd\ufffd",
		"a=%C0%80":        "\ufffd\ufffd",
		"a=%F5%80%80%80x": "\ufffd\ufffd\ufffd\ufffdx",
		"a=%E2%82%AC":     "€",
		"a=\xe9":          "é", // not UTF-8 at all: Latin-1
	} {
		if got := web.ParseValues(in).Get("a"); got != want {
			t.Errorf("ParseValues(%q): %q, want %q", in, got, want)
		}
	}
}

// net/url agrees on everything that it can read.
func FuzzParseValues(f *testing.F) {
	f.Add("a=1&b=%20+x&c=%C3%A9")
	f.Add("a=%zz&&=&%")
	f.Fuzz(func(t *testing.T, query string) {
		v := web.ParseValues(query)
		if again := web.ParseValues(v.Encode()); again.Encode() != v.Encode() {
			t.Errorf("%q: %q, then %q", query, v.Encode(), again.Encode())
		}
		std, err := url.ParseQuery(query)
		if err != nil || strings.Contains(query, ";") || !utf8.ValidString(query) {
			return
		}
		for key, values := range std {
			if strings.ToValidUTF8(key+strings.Join(values, ""), "") != key+strings.Join(values, "") {
				return // net/url keeps broken UTF-8
			}
			if !slices.Equal(v.GetList(key), values) {
				t.Errorf("%q: %q is %q, net/url has %q", query, key, v.GetList(key), values)
			}
		}
	})
}
