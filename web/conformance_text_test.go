package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/signing"
	"github.com/nuages-go/nuages/web"
)

func readCases[T any](t *testing.T, file string) []T {
	t.Helper()
	data, err := os.ReadFile("testdata/conformance/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	var cases []T
	for _, raw := range all.Cases {
		var c T
		if json.Unmarshal(raw, &c) == nil { // other operations have other forms
			cases = append(cases, c)
		}
	}
	return cases
}

type textCase struct {
	Name, Op string
	Options  struct {
		AllowedHosts []string `json:"allowed_hosts"`
		RequireHTTPS bool     `json:"require_https"`
	}
	Checks []struct {
		In  json.RawMessage
		Out json.RawMessage
		Err *struct{ Class string } `json:"error"`
	}
}

func TestTextConformance(t *testing.T) {
	t.Parallel()
	rows := 0
	for _, file := range []string{"text.json", "dateformat.json"} {
		for _, c := range readCases[textCase](t, file) {
			for _, check := range c.Checks {
				var args []json.RawMessage
				if json.Unmarshal(check.In, &args) != nil {
					args = []json.RawMessage{check.In}
				}
				got, ok := c.call(args)
				if !ok {
					continue
				}
				rows++
				want := check.Out
				if check.Err != nil {
					want = json.RawMessage("null")
				}
				if a, b := canonical(t, want), canonical(t, got); a != b {
					t.Errorf("%s(%s) = %s, want %s", c.Op, check.In, b, a)
				}
			}
		}
	}
	t.Logf("%d rows", rows)
}

func canonical(t *testing.T, raw json.RawMessage) string {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if m, ok := v.(map[string]any); ok && m["$"] == "tuple" {
		v = m["v"]
	}
	if l, ok := v.([]any); ok && len(l) == 0 {
		v = nil
	}
	out, _ := json.Marshal(v)
	return string(out)
}

func (c *textCase) call(args []json.RawMessage) (json.RawMessage, bool) {
	var s, s2 string
	var flag bool
	var number float64
	null := len(args) > 0 && string(args[0]) == "null"
	if len(args) > 0 {
		_ = json.Unmarshal(args[0], &s)
		_ = json.Unmarshal(args[0], &flag)
		_ = json.Unmarshal(args[0], &number)
	}
	if len(args) > 1 {
		_ = json.Unmarshal(args[1], &s2)
	}
	var v any
	switch c.Op {
	case "iri_to_uri":
		if null {
			return nil, false
		}
		v = web.IRIToURI(s)
	case "escape_uri_path":
		v = web.EscapeURIPath(s)
	case "escape_leading_slashes":
		v = web.EscapeLeadingSlashes(s)
	case "url_has_allowed_host_and_scheme":
		v = web.IsSafeURL(s, c.Options.RequireHTTPS, c.Options.AllowedHosts...)
	case "parse_etags":
		v = web.ParseETags(s)
	case "quote_etag":
		v = web.QuoteETag(s)
	case "parse_header_parameters":
		value, params := web.ParseHeader(s)
		if params == nil {
			params = map[string]string{}
		}
		v = []any{value, params}
	case "content_disposition_header":
		if v = web.ContentDisposition(flag, s2); v == "" {
			v = nil
		}
	case "http_date":
		v = web.HTTPDate(time.Unix(int64(number), 0))
	case "parse_http_date":
		if at, ok := web.ParseHTTPDate(s); ok {
			v = at.Unix()
		}
	default:
		return nil, false
	}
	out, _ := json.Marshal(v)
	return out, true
}

func TestSignedCookieConformance(t *testing.T) {
	t.Parallel()
	type signedCase struct {
		Name, Op, Key, Cookie, Salt, Value string
		Now                                *time.Time
		Settings                           map[string]bool
		Out                                *string
		Error                              *struct{ Class string }
	}
	rows := 0
	for _, c := range readCases[signedCase](t, "signing.json") {
		if c.Op != "set_signed_cookie" && c.Op != "get_signed_cookie" {
			continue
		}
		rows++
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if c.Now != nil {
					time.Sleep(time.Until(*c.Now))
				}
				config := &web.Config{SecretKey: c.Key, SignedCookieLegacySalt: c.Settings["SIGNED_COOKIE_LEGACY_SALT_FALLBACK"]}
				if c.Op == "set_signed_cookie" {
					resp := web.Text("")
					if err := resp.SetSignedCookie(web.NewRequest(httptest.NewRequest("GET", "/", nil), config), web.Cookie{Name: c.Cookie, Value: c.Value}, c.Salt); err != nil {
						t.Fatal(err)
					}
					if got := resp.Cookies()[0].Value; got != *c.Out {
						t.Errorf("got %q, want %q", got, *c.Out)
					}
					return
				}
				r := newRequest(config, "Cookie", web.Cookie{Name: c.Cookie, Value: c.Value}.String())
				got, err := r.SignedCookie(c.Cookie, c.Salt, signing.NoMaxAge)
				if c.Error != nil {
					if err == nil {
						t.Errorf("got %q, want %s", got, c.Error.Class)
					}
				} else if err != nil || got != *c.Out {
					t.Errorf("got %q, %v, want %q", got, err, *c.Out)
				}
			})
		})
	}
	t.Logf("%d rows", rows)
}

func TestCacheHeaderConformance(t *testing.T) {
	t.Parallel()
	type cacheCase struct {
		Name, Op, Have string
		Add            json.RawMessage
		Timeout        int
		Now            time.Time
		Headers        map[string]string
		Out            string
	}
	rows := 0
	for _, c := range readCases[cacheCase](t, "cachekeys.json") {
		h := http.Header{}
		switch c.Op {
		case "patch_vary_headers":
			if c.Have != "" {
				h.Set("Vary", c.Have)
			}
			var add []string
			_ = json.Unmarshal(c.Add, &add)
			web.PatchVary(h, add...)
			if h.Get("Vary") != c.Out {
				t.Errorf("%s: Vary %q, want %q", c.Name, h.Get("Vary"), c.Out)
			}
		case "patch_cache_control":
			if c.Have != "" {
				h.Set("Cache-Control", c.Have)
			}
			web.PatchCacheControl(h, directives(t, c.Add)...)
			if got := h.Get("Cache-Control"); got != c.Out {
				t.Errorf("%s: %q, want %q", c.Name, got, c.Out)
			}
		case "patch_response_headers":
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(c.Now))
				h.Set("Content-Type", "text/html; charset=utf-8")
				web.PatchCacheAge(h, time.Duration(c.Timeout)*time.Second)
				got := map[string]string{}
				for name := range h {
					got[name] = h.Get(name)
				}
				if diff := cmp.Diff(c.Headers, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.Name, diff)
				}
			})
		default:
			continue
		}
		rows++
	}
	t.Logf("%d rows", rows)
}

// directives turns Django's keyword arguments, in their order, into directives.
func directives(t *testing.T, raw json.RawMessage) []string {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	var list []string
	for d.More() {
		name, _ := d.Token()
		value, _ := d.Token()
		item := strings.ReplaceAll(name.(string), "_", "-")
		switch value := value.(type) {
		case json.Number:
			item += "=" + string(value)
		case string:
			item += "=" + value
		}
		list = append(list, item)
	}
	return list
}
