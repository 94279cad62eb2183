package debug_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/views/debug"
)

func TestFits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format, text string
		want         bool
	}{
		{"article not found", "article not found", true},
		{"article not found", "article not found: 7", false},
		{"article %d: %w", "article 7: no rows", true},
		{"article %d: %w", "articles 7: no rows", false},
		{"cannot read %q from %s", `cannot read "x" from disk`, true},
		{"cannot read %q from %s", `cannot read "x"`, false},
		{"%s is not a colour", "red is not a colour", true},
		{"100%% of %s", "100% of it", true},
		{"%[2]s before %[1]s", "b before a", true},
		{"%-10.3f metres", "1.500      metres", true},
	}
	for _, tt := range tests {
		pieces := debug.FormatPieces(tt.format)
		if pieces == nil {
			t.Errorf("FormatPieces(%q) = nil", tt.format)
			continue
		}
		if got := debug.Fits(pieces, tt.text); got != tt.want {
			t.Errorf("%q fits %q: %v, want %v", tt.format, tt.text, got, tt.want)
		}
	}
	for _, format := range []string{"", "%s", "%s: %w", "a %v", "(%d)"} {
		if pieces := debug.FormatPieces(format); pieces != nil {
			t.Errorf("FormatPieces(%q) = %q, want nil: it fits everything", format, pieces)
		}
	}
}

func FuzzFits(f *testing.F) {
	f.Add("article %d: %w", "article 7: no rows")
	f.Fuzz(func(_ *testing.T, format, text string) {
		if pieces := debug.FormatPieces(format); pieces != nil {
			debug.Fits(pieces, text)
		}
	})
}

func TestHighlight(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"go", `if x := "a\"b"; x != nil { return 42 } // done`, `[k:if] x := [s:"a\"b"]; x != [k:nil] { [k:return] [n:42] } [c:// done]`},
		{"words", `iffy format nilly`, `iffy format nilly`},
		{"open string", "x = `raw", "x = [s:`raw]"},
		{"other letters", `für := 'é'`, `für := [s:'é']`},
		{"empty", ``, ``},
	}
	for _, tt := range tests {
		if got := flat(debug.HighlightGo(tt.text)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	sql := `SELECT "id" FROM "t" WHERE "a" = 'it''s' -- x`
	if got, want := flat(debug.HighlightSQL(sql)), `[k:SELECT] "id" [k:FROM] "t" [k:WHERE] "a" = [s:'it'][s:'s'] [c:-- x]`; got != want {
		t.Errorf("SQL: %s, want %s", got, want)
	}
}

func flat(tokens []debug.Token) string {
	var b strings.Builder
	for _, token := range tokens {
		if token.Class == "" {
			b.WriteString(token.Text)
			continue
		}
		b.WriteString("[" + token.Class + ":" + token.Text + "]")
	}
	return b.String()
}

// Whatever the source is, its text must come out whole.
func FuzzHighlight(f *testing.F) {
	f.Add("if x { // y")
	f.Add("'\\")
	f.Fuzz(func(t *testing.T, text string) {
		for name, tokens := range map[string][]debug.Token{"Go": debug.HighlightGo(text), "SQL": debug.HighlightSQL(text)} {
			var b strings.Builder
			for _, token := range tokens {
				b.WriteString(token.Text)
			}
			if b.String() != text {
				t.Errorf("%s: %q became %q", name, text, b.String())
			}
		}
	})
}

func TestSplitFunc(t *testing.T) {
	t.Parallel()
	tests := []struct{ function, pkg, name string }{
		{"main.main", "main", "main.main"},
		{"net/http.(*conn).serve", "net/http", "http.(*conn).serve"},
		{"github.com/x/y.v2/news.(*T).m.func1", "github.com/x/y.v2/news", "news.(*T).m.func1"},
		{"github.com/x/y/views.List[github.com/x/y/news.Article].Serve", "github.com/x/y/views", "views.List[github.com/x/y/news.Article].Serve"},
	}
	for _, tt := range tests {
		if pkg, name := debug.SplitFunc(tt.function); pkg != tt.pkg || name != tt.name {
			t.Errorf("SplitFunc(%q) = %q, %q, want %q, %q", tt.function, pkg, name, tt.pkg, tt.name)
		}
	}
}

func TestHint(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		want string
	}{
		{errors.New("sqlite: prepare: SQL logic error: no such table: news_article [SELECT 1]"), "migrate"},
		{errors.New(`ERROR: relation "news_article" does not exist (SQLSTATE 42P01)`), "migrate"},
		{errors.New(`ERROR: column "titel" of relation "x" does not exist`), "column is not"},
		{errors.New("table news_article has no column named x"), "column is not"},
		{fmt.Errorf("x: %w", orm.ErrNoDatabase), "r.Context()"},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), "deadline"},
		{fmt.Errorf("x: %w", context.Canceled), "went away"},
		{errors.New("panic: assignment to entry in nil map"), "never made"},
		{errors.New("panic: runtime error: invalid memory address or nil pointer dereference"), "is nil"},
		{errors.New("anything else"), ""},
	}
	for _, tt := range tests {
		got := debug.Hint(tt.err, tt.err.Error())
		if !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("hint(%v) = %q, want %q in it", tt.err, got, tt.want)
		}
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 µs", 42 * time.Microsecond: "42 µs", 1500 * time.Microsecond: "1.5 ms", 250 * time.Millisecond: "250 ms", 3 * time.Second: "3.00 s",
	} {
		if got := debug.Short(d); got != want {
			t.Errorf("short(%d) = %q, want %q", d, got, want)
		}
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	got := debug.Arguments([]any{1, "a\"b", []byte("xyz"), nil, true})
	if want := `1, "a\"b", (3 bytes), <nil>, true`; got != want {
		t.Errorf("arguments = %s, want %s", got, want)
	}
	if got := debug.Arguments(make([]any, 1000)); !strings.HasSuffix(got, "… (980 more)") {
		t.Errorf("arguments = %s", got)
	}
}

func TestEscapeModule(t *testing.T) {
	t.Parallel()
	if got := debug.EscapeModule("github.com/BurntSushi/Toml@v1.0.0/Decode.go"); got != "github.com/!burnt!sushi/!toml@v1.0.0/Decode.go" {
		t.Errorf("escapeModule = %s", got)
	}
}

// The policy admits the page's own style and script and nothing else.
func TestContentSecurityPolicy(t *testing.T) {
	t.Parallel()
	policy := debug.ContentSecurityPolicy()
	wantAll(t, "policy", policy, "default-src 'none'", "style-src 'sha256-", "'sha256-", "frame-ancestors 'none'")
	wantNone(t, "policy", policy, "unsafe", "*")
}
