package urls_test

import (
	"slices"
	"testing"

	"github.com/nuages-go/nuages/urls"
)

// TestNormalize: what a regular expression can be reversed to. Django 6.1 tests/utils_tests/test_regex_helper.py has more
// of the kind.
func TestNormalize(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern string
		want    []string
		err     string
	}{
		{"", []string{""}, ""},
		{`^a/(?P<x>\d+)/$`, []string{"a/%(x)s/"}, ""},
		{`(\d+)-(\w+)`, []string{"%(_0)s-%(_1)s"}, ""},
		{`a?b*c+`, []string{"c"}, ""},
		{`a{2,3}b{0,4}`, []string{"aa"}, ""},
		{`(?P<x>a)?/(?P<y>b)*`, []string{"/", "/%(y)s", "%(x)s/", "%(x)s/%(y)s"}, ""},
		{`(?:p-(?P<n>\d+)/)?end`, []string{"end", "p-%(n)s/end"}, ""},
		{`[abc]\.\d\D\s\w\W`, []string{"a.0x x!"}, ""},
		{`a|b`, []string{""}, ""},
		{`(?=x)a(?<!y)b(?!z)`, []string{"ab"}, ""},
		{`(?P<x>a(b(c)))(?P=x)`, []string{"%(x)s%(x)s"}, ""},
		{`\Aa\bb\Z`, []string{"ab"}, ""},
		{`(?i:a)`, nil, "Non-reversible reg-exp portion: '(?i'"},
		{`(?P>a)`, nil, "Non-reversible reg-exp portion: '(?P>'"},
		{`a{,3}`, nil, "invalid literal for int() with base 10: ''"},
		{`(?P<x>[^)]+)`, nil, "pop from empty list"},
	}
	for _, tt := range tests {
		got, err := urls.Normalize(tt.pattern)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if !slices.Equal(got, tt.want) || text != tt.err {
			t.Errorf("normalize(%q) = %q, %q; want %q, %q", tt.pattern, got, text, tt.want, tt.err)
		}
	}
}

func TestPyFormat(t *testing.T) {
	t.Parallel()
	args := urls.Params{{Name: "k", Value: "bcd"}}
	tests := []struct{ format, want, err string }{
		{"plain", "plain", ""},
		{"100%%/%(k)s", "100%/bcd", ""},
		{"%(k)-5s|", "bcd  |", ""},
		{"%(k)05s|", "  bcd|", ""},
		{"%(k).1s|", "b|", ""},
		{"%s", "{'k': 'bcd'}", ""},
		{"%hs", "{'k': 'bcd'}", ""},
		{"100%/", "", "unsupported format character '/' (0x2f) at index 4"},
		{"a%20b/", "", "unsupported format character 'b' (0x62) at index 4"},
		{"%5%", "", "unsupported format character '%' (0x25) at index 2"},
		{"%(k)é", "", "unsupported format character '?' (0xe9) at index 4"},
		{"%lld", "", "unsupported format character 'l' (0x6c) at index 2"},
		{"50%", "", "incomplete format"},
		{"%5", "", "incomplete format"},
		{"%(k", "", "incomplete format key"},
		{"%((k))s", "", "'(k)'"},
		{"%s %s", "", "not enough arguments for format string"},
	}
	for _, tt := range tests {
		got, err := urls.PyFormat(tt.format, args)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != tt.want || text != tt.err {
			t.Errorf("pyFormat(%q) = %q, %q; want %q, %q", tt.format, got, text, tt.want, tt.err)
		}
	}
}
