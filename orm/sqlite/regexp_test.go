package sqlite

import (
	"regexp"
	"testing"
)

func TestUnicodeClasses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, pattern, text string
		want                bool
	}{
		{"letters", `^\w+$`, "été_1", true},
		{"letters in a class", `^[\w-]+$`, "é-é", true},
		{"no letters", `\W`, "été", false},
		{"digits", `^\d$`, "٣", true},
		{"no digits", `^\D$`, "٣", false},
		{"spaces", `a\sb`, "a\u00a0b", true},
		{"spaces in a class", `^[a\s]+$`, "a\u2003a", true},
		{"no spaces", `\S`, "\u00a0 ", false},
		{"a class that begins with its end", `^[]\w]+$`, "]é", true},
		{"a class without", `^[^\d]$`, "٣", false},
		{"a class with a name", `^[[:alpha:]\d]+$`, "a٣", true},
		{"escaped", `^\\w$`, `\w`, true},
		{"a bracket that is escaped", `^\[\w\]$`, "[é]", true},
		{"ends in a backslash", `a`, "a", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			re, err := regexp.Compile(unicodeClasses(tt.pattern))
			if err != nil {
				t.Fatal(err)
			}
			if got := re.MatchString(tt.text); got != tt.want {
				t.Errorf("%q on %q = %v, want %v", tt.pattern, tt.text, got, tt.want)
			}
		})
	}
	if got := unicodeClasses(`a\`); got != `a\` {
		t.Errorf("unicodeClasses(a\\) = %q", got)
	}
}
