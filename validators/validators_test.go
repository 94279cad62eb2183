package validators_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/validators"
)

type label string

func TestRules(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`^[a-z]+$`)
	tests := []struct {
		name string
		err  error
		want string // "" for a valid value
	}{
		{"own type", validators.Email(label("ada@example.org")), ""},
		{"mail without an at sign", validators.Email("ada"), "Enter a valid email address."},
		{"mail with a number for a domain", validators.Email("a@b.c1"), "Enter a valid email address."},
		{"mail in brackets", validators.Email("a@[::1]"), ""},
		{"mail to an international top domain", validators.Email("a@b.рф"), ""},
		{"long mail", validators.Email(strings.Repeat("a", 320) + "@b.example"), "Enter a valid email address."},
		{"quoted mail", validators.Email(`"a\"b"@c.example`), ""},
		{"quote that does not end", validators.Email(`"a\"@c.example`), "Enter a valid email address."},
		{"address with a password", validators.URL("https://u:p@a.example:8000/x?y#z"), ""},
		{"address with two passwords", validators.URL("https://u:p:q@a.example/"), "Enter a valid URL."},
		{"port of one digit", validators.URL("http://a.example:8"), ""},
		{"port of six digits", validators.URL("http://a.example:123456"), "Enter a valid URL."},
		{"script", validators.URL("javascript://alert(1)"), "Enter a valid URL."},
		{"line in an address", validators.URL("http://a.example/\nb"), "Enter a valid URL."},
		{"long address", validators.URL("http://a.example/" + strings.Repeat("x", 2048)), "Enter a valid URL."},
		{"address of IPv6", validators.URL("http://[2001:db8::1]:80/"), ""},
		{"address of a zone", validators.URL("http://[fe80::1%25eth0]/"), "Enter a valid URL."},
		{"address without a dot", validators.URL("http://intranet/"), "Enter a valid URL."},
		{"domain of punycode", validators.DomainName("xn--80ak6aa92e.xn--p1ai"), ""},
		{"empty slug", validators.Slug(""), "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."},
		{"expression", validators.Matches[string](word, "Lower case only.", "case")("A"), "Lower case only."},
		{"expression that must not match", validators.MatchesNot[string](word, "", "")("a"), "Enter a valid value."},
		{"integer of another script", validators.Integer("-١٢"), ""},
		{"list with another separator", validators.IntegerListOf[string](";", true)("1;-2"), ""},
		{"list of nothing", validators.IntegerList(""), "Enter only digits separated by commas."},
		{"one character", validators.MaxLength[string](1)("ab"), "Ensure this value has at most 1 character (it has 2)."},
		{"bytes", validators.MaxBytes[[]byte](2)([]byte("abc")), "Ensure this value has at most 2 characters (it has 3)."},
		{"characters, not bytes", validators.MaxLength[string](2)("éé"), ""},
		{"decimal at least", validators.AtLeast(orm.MustDecimal("1.5"))(orm.MustDecimal("1.4")), "Ensure this value is greater than or equal to 1.5."},
		{"decimal at most", validators.AtMost(orm.MustDecimal("1.5"))(orm.MustDecimal("1.50")), ""},
		{"digits before the point", validators.Digits[orm.Decimal](5, 2)(orm.MustDecimal("1234")), "Ensure that there are no more than 3 digits before the decimal point."},
		{"zero has few digits", validators.Digits[orm.Decimal](2, 2)(orm.MustDecimal("0.00")), ""},
		{"step of floats", validators.Step(0.1, 0)(0.3), ""},
		{"between steps", validators.Step(0.1, 0)(0.35), "Ensure this value is a multiple of step size 0.1."},
		{"extension", validators.FileExtension[string]("PDF", "txt")("a.tar.Txt"), ""},
		{"other extension", validators.FileExtension[string]("pdf", "txt")("a.exe"), "File extension “exe” is not allowed. Allowed extensions are: pdf, txt."},
		{"hidden file", validators.FileExtension[string]("bashrc")("x/.bashrc"), "File extension “” is not allowed. Allowed extensions are: bashrc."},
		{"picture", validators.ImageExtension("a.PNG"), ""},
	}
	for _, tt := range tests {
		got := ""
		if tt.err != nil {
			got = tt.err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	params := map[string]any{"value": "50%(x)s", "n": 3}
	for in, want := range map[string]string{
		"plain": "plain", "%(value)s": "50%(x)s", "%(n)d of 100%%": "3 of 100%", "%(other)s": "%(other)s", "100%": "100%", "%(n": "%(n", "%(n)x": "%(n)x", "%(n)": "%(n)",
	} {
		if got := validators.Format(in, params); got != want {
			t.Errorf("Format(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCleanIP(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in     string
		unpack bool
		want   string
	}{
		{"1.2.3.4", true, "1.2.3.4"},
		{"2001:0DB8:0:0::1", false, "2001:db8::1"},
		{"::FFFF:0102:0304", false, "::ffff:1.2.3.4"},
		{"::FFFF:0102:0304", true, "1.2.3.4"},
		{"fe80::1%eth0", false, "fe80::1"},
		{"x:y", true, "x:y"},
		{"", false, ""},
	} {
		if got := validators.CleanIP(tt.in, tt.unpack); got != tt.want {
			t.Errorf("CleanIP(%q, %v) = %q, want %q", tt.in, tt.unpack, got, tt.want)
		}
	}
}

// FuzzText: no text makes a rule panic, and what a rule accepts is within its bounds.
func FuzzText(f *testing.F) {
	for _, s := range []string{"a@b.example", "http://u:p@[::1]:80/x", "é.example.", `"\`, "%(value)s", "1,2", "a.b/.c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if validators.Email(s) == nil && (len(s) < 3 || !strings.Contains(s, "@") || strings.ContainsAny(s, "\r\n")) {
			t.Errorf("Email accepts %q", s)
		}
		if validators.URL(s) == nil && (strings.ContainsAny(s, " \r\n\t") || !strings.Contains(s, "://")) {
			t.Errorf("URL accepts %q", s)
		}
		if validators.Slug(s) == nil && validators.UnicodeSlug(s) != nil {
			t.Errorf("%q is a slug, but not one of Unicode", s)
		}
		if clean := validators.CleanIP(s, false); validators.IP(s) == nil && validators.IP(clean) != nil {
			t.Errorf("CleanIP(%q) = %q, which is no address", s, clean)
		}
		_ = validators.Format(s, map[string]any{"value": s})
		_ = validators.FileExtension[string]("a")(s)
		_ = validators.DomainName(s)
		_ = validators.IntegerList(s)
	})
}
