package textutil_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/nuages-go/nuages/internal/textutil"
)

// textFile is text.json: what Django's text helpers return.
type textFile struct {
	Cases []struct {
		Name    string
		Op      string
		Options struct {
			N                          int
			HTML, Autoescape, Nofollow bool
			Truncate                   string
			AllowUnicode               bool `json:"allow_unicode"`
			TrimURLLimit               *int `json:"trim_url_limit"`
		}
		Checks []struct {
			In  []json.RawMessage
			Out json.RawMessage
		}
	}
}

// TestConformance runs the operations of text.json that live here.
func TestConformance(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/text.json")
	if err != nil {
		t.Fatal(err)
	}
	var file textFile
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	plain := map[string]func(string) string{
		"escape": textutil.Escape, "escapejs": textutil.EscapeJS, "strip_tags": textutil.StripTags, "slugify": textutil.Slugify,
		"strip_spaces_between_tags": textutil.StripSpacesBetweenTags, "capfirst": textutil.Capfirst,
		"normalize_newlines": textutil.NormalizeNewlines, "phone2numeric": textutil.Phone2Numeric,
		"smart_urlquote": textutil.SmartURLQuote, "iri_to_uri": textutil.IRIToURI,
	}
	ran := 0
	for _, c := range file.Cases {
		for _, check := range c.Checks {
			args := make([]any, len(check.In))
			for i, a := range check.In {
				if err := json.Unmarshal(a, &args[i]); err != nil {
					t.Fatal(err)
				}
			}
			var want any
			if err := json.Unmarshal(check.Out, &want); err != nil {
				continue
			}
			if m, ok := want.(map[string]any); ok && m["$"] == "safe" {
				want = m["v"]
			}
			text, ok := want.(string)
			if !ok || len(args) == 0 {
				continue
			}
			in, ok := args[0].(string)
			if !ok {
				continue
			}
			var got string
			o := c.Options
			switch f := plain[c.Op]; {
			case o.AllowUnicode:
				ok = false
			case f != nil && len(args) == 1:
				got = f(in)
			case c.Op == "Truncator.chars" || c.Op == "Truncator.words":
				ok = o.Truncate == ""
				switch {
				case c.Op == "Truncator.chars" && o.HTML:
					got = textutil.TruncateCharsHTML(in, o.N)
				case c.Op == "Truncator.chars":
					got = textutil.TruncateChars(in, o.N)
				case o.HTML:
					got = textutil.TruncateWordsHTML(in, o.N, "…")
				default:
					got = textutil.TruncateWords(in, o.N, "…")
				}
			case c.Op == "wrap":
				got = textutil.Wrap(in, int(args[1].(float64)))
			case c.Op == "linebreaks":
				got = textutil.Linebreaks(in, o.Autoescape)
			case c.Op == "urlize":
				u := textutil.URLize{Nofollow: o.Nofollow, Escape: o.Autoescape}
				if o.TrimURLLimit != nil {
					u.Limit, u.Limited = *o.TrimURLLimit, true
				}
				got = u.Links(in)
			default:
				ok = false
			}
			if !ok {
				continue
			}
			ran++
			if got != text {
				t.Errorf("%s %s(%q) = %q, want %q", c.Name, c.Op, args, got, text)
			}
		}
	}
	if ran < 100 {
		t.Errorf("only %d rows ran", ran)
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("<p>one <b>two</b> three</p>", 5)
	f.Add("a < b & c <!-- <x", 2)
	f.Add(`<a href="http://x.example/?a=b&amp;c">www.example.com, (a@b.example)</a>`, 3)
	f.Fuzz(func(_ *testing.T, s string, n int) {
		if len(s) > 1<<12 {
			return
		}
		n %= 100
		textutil.StripTags(s)
		textutil.TruncateCharsHTML(s, n)
		textutil.TruncateWordsHTML(s, n, " …")
		textutil.TruncateChars(s, n)
		textutil.TruncateWords(s, n, " …")
		textutil.URLize{Limit: n, Limited: true, Escape: true}.Links(s)
		textutil.Wrap(s, max(n, 1))
		textutil.SmartURLQuote(s)
		textutil.Slugify(s)
		textutil.Title(s)
	})
}
