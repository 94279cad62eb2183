package debug_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/views/debug"
)

func TestMaskHides(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want bool
	}{
		{"SECRET_KEY", true},
		{"SecretKey", true},
		{"password", true},
		{"EMAIL_HOST_PASSWORD", true},
		{"api_url", true},
		{"csrfmiddlewaretoken", true},
		{"Authorization", true},
		{"signature", true},
		{"HTTP_COOKIE", true},
		{"passenger", true},
		{"DEBUG", false},
		{"name", false},
		{"title", false},
		{"cookie", false},
		{"", false},
	}
	for _, tt := range tests {
		if got := (debug.Mask{}).Hides(tt.name); got != tt.want {
			t.Errorf("Hides(%q) = %v, want %v", tt.name, got, tt.want)
		}
	}
	own := debug.Mask{Names: regexp.MustCompile("^iban$"), Also: []string{"nick"}}
	for name, want := range map[string]bool{"iban": true, "nick": true, "password": false, "nickname": false} {
		if got := own.Hides(name); got != want {
			t.Errorf("own rule: Hides(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestMaskTexts(t *testing.T) {
	t.Parallel()
	m := debug.Mask{}
	const x = debug.Masked
	tests := []struct{ name, got, want string }{
		{"plain", m.Text("title", "Go"), "Go"},
		{"secret", m.Text("token", "abc"), x},
		{"url with a password", m.Text("DATABASE", "postgres://u:p%40ss@db:5432/x"), "postgres://u:" + x + "@db:5432/x"},
		{"url with a password in the query", m.Text("DATABASE", "postgres://db/x?user=u&password=p"), "postgres://db/x?user=u&password=" + x},
		{"data source name", m.Text("DSN", "host=db password=s3 cret user=u"), "host=db password=" + x + " cret user=u"},
		{"quoted data source name", m.Text("DSN", "host=db Password = 's3 \\' cret' user=u"), "host=db Password = " + x + " user=u"},
		{"url without a password", m.Text("HOME", "https://example.com/a?b=c"), "https://example.com/a?b=c"},
		{"cookie header", m.Header("Cookie", "a=b"), x},
		{"api header", m.Header("X-Api-Key", "k"), x},
		{"plain header", m.Header("Accept", "text/html"), "text/html"},
		{"referer", m.Header("Referer", "https://e.com/?token=1&q=2"), "https://e.com/?token=" + x + "&q=2"},
		{"session cookie", m.Cookie("sessionid", "s"), x},
		{"csrf cookie", m.Cookie("csrftoken", "s"), x},
		{"plain cookie", m.Cookie("theme", "dark"), "dark"},
		{"query", m.URL("/a?x=1&api_key=2&password=&%70assword=3#f"), "/a?x=1&api_key=" + x + "&password=" + x + "&%70assword=" + x + "#f"},
		{"broken query", m.URL("/a?%zz=1"), "/a?%zz=" + x},
		{"no query", m.URL("/a"), "/a"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

type loop struct {
	Name  string
	Inner *loop
	Any   any
}

type broken struct{}

func (broken) String() string { panic("no text") }

func TestMaskRows(t *testing.T) {
	t.Parallel()
	rows := map[string]string{}
	for _, row := range (debug.Mask{}).Rows(siteSettings()) {
		rows[row.Name] = row.Value
	}
	want := map[string]string{
		"Debug": "true", "SecretKey": debug.Masked, "AllowedHosts": `["localhost", ".example.com"]`, "Timeout": "30s",
		"Databases.default.URL":      `"postgres://news:` + debug.Masked + `@db/news"`,
		"Databases.default.PoolSize": "8", "Nested.Mail.Host": `"smtp.example.com"`, "Nested.Mail.Password": debug.Masked,
		"Started": "0001-01-01T00:00:00Z", "Hook": "nil", "Empty": "nil",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("Rows (-want +got):\n%s", diff)
	}
}

// Settings may hold anything; printing them must end and must not panic.
func TestMaskRowsOddValues(t *testing.T) {
	t.Parallel()
	circle := &loop{Name: "a"}
	circle.Inner, circle.Any = circle, []any{circle, nil, map[any]any{broken{}: broken{}, 3: "x"}}
	long := make([]int, 10000)
	values := []any{
		nil, 3, "text", circle,
		[]any{circle},
		long,
		map[string]any{"a": long, "token": "secret"},
		broken{},
		make(chan int),
		func() {},
		[][]string{{"a"}, {"b"}},
		struct{ private int }{3},
		strings.Repeat("x", 1<<20), []byte("bytes"), (*loop)(nil),
	}
	for _, v := range values {
		text := ""
		for _, row := range (debug.Mask{}).Rows(struct{ V any }{v}) {
			text += row.Name + "=" + row.Value + "\n"
		}
		if len(text) > 64<<10 {
			t.Errorf("%T prints as %d bytes", v, len(text))
		}
		wantNone(t, "Rows", text, "secret")
	}
}

func FuzzMaskURL(f *testing.F) {
	f.Add("/a?token=s3cr3t&b=1#x")
	f.Add("http://u:s3cr3t@h/?a=b")
	f.Add("?&&==#?#")
	f.Fuzz(func(t *testing.T, text string) {
		_ = (debug.Mask{}).URL(text)
		name, value := "token", "s3cr3t"
		if got := (debug.Mask{}).URL("/p?" + name + "=" + value); strings.Contains(got, value) {
			t.Errorf("URL = %q", got)
		}
	})
}
