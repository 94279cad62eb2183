package webtest_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/webtest"
)

func TestNormalizeHTML(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, a, b string
		equal      bool
	}{
		{"spaces", "<p>a  b\n c</p>", "<p> a b c </p>", true},
		{"other words", "<p>ab</p>", "<p>a b</p>", false},
		{"attribute order", `<a id="1" href="/x">y</a>`, `<a href='/x' id=1>y</a>`, true},
		{"classes", `<i class="b  a">`, `<i class="a b">`, true},
		{"other classes", `<i class="a">`, `<i class="a b">`, false},
		{"boolean attributes", `<input checked="checked" disabled="">`, `<input disabled checked />`, true},
		{"escapes", `<p title="a &amp; b">&lt;&#39;</p>`, `<p title='a & b'>&lt;'</p>`, true},
		{"case of names", `<P CLASS="A">x</P>`, `<p class="A">x</p>`, true},
		{"case of values", `<p class="A">`, `<p class="a">`, false},
		{"self-closing", "<br/>", "<br>", true},
		{"comments", "a<!-- <b> -->", "a", true},
		{"bracket in a value", `<a title=">">x</a>`, `<a title="&gt;">x</a>`, true},
		{"script", "<script> a < b && '<p>' </script>", "<script>a < b && '<p>'</script>", true},
		{"element", "<p>a</p>", "<b>a</b>", false},
		{"unfinished", "<a href=\"x", "<a href=x>", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, b := webtest.NormalizeHTML(tt.a), webtest.NormalizeHTML(tt.b)
			if (a == b) != tt.equal {
				t.Errorf("equal = %v, want %v:\n%s\n%s", a == b, tt.equal, a, b)
			}
		})
	}
}

func TestAssertHTML(t *testing.T) {
	t.Parallel()
	newClient(t).Get("/").AssertHTML("<h1> Hello </h1>").AssertContainsHTML("Hello </h1>")
	if text := failures(t, func(t testing.TB) { newClient(t).Get("/").AssertHTML("<h2>Hello</h2>") }); !strings.Contains(text, "HTML =") {
		t.Errorf("other HTML reports %q", text)
	}
	if text := failures(t, func(t testing.TB) { newClient(t).Get("/").AssertContainsHTML("<h2>") }); !strings.Contains(text, "does not contain") {
		t.Errorf("missing HTML reports %q", text)
	}
}

func FuzzNormalizeHTML(f *testing.F) {
	for _, seed := range []string{"<a b='c' d=e f>g</a>", "<", "<a b='", "<!-- x", "<script>", "a &amp; b", "<a =>", "<a b = c/>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		webtest.NormalizeHTML(source) // must end, without a panic
	})
}
