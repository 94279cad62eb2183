package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/web"
)

func TestSetCookieRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]web.Cookie{
		"no name":          {Value: "v"},
		"space in name":    {Name: "a b"},
		"= in name":        {Name: "a=b"},
		"; in path":        {Name: "a", Path: "/; Secure"},
		"line in domain":   {Name: "a", Domain: "a\r\nb"},
		"unknown SameSite": {Name: "a", SameSite: "maybe"},
		"MaxAge, Expires":  {Name: "a", MaxAge: time.Hour, Expires: time.Now()},
	} {
		resp := web.Text("x")
		resp.SetCookie(c)
		rec := get(web.ToHTTP(answer(resp), quiet), "/")
		if rec.Code != 500 || rec.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: %d, %q", name, rec.Code, rec.Header()["Set-Cookie"])
		}
	}
}

func TestCookieOverwrites(t *testing.T) {
	t.Parallel()
	resp := web.Text("x")
	resp.SetCookie(web.Cookie{Name: "a", Value: "1"})
	resp.SetCookie(web.Cookie{Name: "b", Value: "2", Partitioned: true, Secure: true, SameSite: "none"})
	resp.SetCookie(web.Cookie{Name: "a", Value: "3", Expires: time.Now().Add(-time.Hour)})
	rec := get(web.ToHTTP(answer(resp), quiet), "/")
	lines := rec.Header()["Set-Cookie"]
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "a=3; expires=") || !strings.Contains(lines[0], "Max-Age=0") {
		t.Errorf("cookies %q", lines)
	}
	if want := "b=2; Partitioned; Path=/; SameSite=none; Secure"; lines[1] != want {
		t.Errorf("got %q, want %q", lines[1], want)
	}
}

func TestCookieBeyondLatin1(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"漢字", "é", "a 漢é;"} {
		resp := web.Text("x")
		resp.SetCookie(web.Cookie{Name: "a", Value: value})
		resp.Header().Set("X-A", "é")
		rec := get(web.ToHTTP(web.Compose(answer(resp), web.Std(requestID), web.Std(gzipAll)), quiet), "/")
		line := strings.TrimSuffix(rec.Header().Get("Set-Cookie"), "; Path=/")
		if got := web.ParseCookies(line)["a"]; got != value || rec.Header().Get("X-A") != "\xe9" {
			t.Errorf("%q comes back as %q; header %q", value, got, rec.Header())
		}
	}
}

func TestDeleteCookie(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]web.Cookie{
		`a=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/`:                        {Name: "a"},
		`a=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=None; Secure`: {Name: "a", SameSite: "None"},
		`__Host-x=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; Secure`:         {Name: "__Host-x"},
	} {
		resp := web.Text("x")
		resp.DeleteCookie(c)
		if got := resp.Cookies()[0].String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestParseCookies(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]map[string]string{
		`a="x\"y\054z"`: {"a": `x"y,z`},
		`a="\351"`:      {"a": "é"},
		`a="\999"`:      {"a": "999"},
		`a="\`:          {"a": `"\`},
		`a="x\"`:        {"a": `x\`},
		`a=";b=1"`:      {"a": `"`, "b": `1"`},
		"; ;=;":         {},
		"a":             {"": "a"},
		"a=漢字":          {"a": "漢字"},
	} {
		if diff := cmp.Diff(want, web.ParseCookies(header)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", header, diff)
		}
	}
}

func TestSignedCookies(t *testing.T) {
	t.Parallel()
	old := &web.Config{SecretKey: "old"}
	resp := web.Text("x")
	if err := resp.SetSignedCookie(newRequest(old), web.Cookie{Name: "a", Value: "v; w"}, "s"); err != nil {
		t.Fatal(err)
	}
	header := strings.TrimSuffix(resp.Cookies()[0].String(), "; Path=/")

	rotated := &web.Config{SecretKey: "new", SecretKeyFallbacks: []string{"old"}}
	if v, err := newRequest(rotated, "Cookie", header).SignedCookie("a", "s", time.Minute); v != "v; w" || err != nil {
		t.Errorf("after the key has changed: %q, %v", v, err)
	}
	if _, err := newRequest(old).SignedCookie("a", "s", time.Minute); err != web.ErrNoCookie {
		t.Errorf("without the cookie: %v", err)
	}
	if err := resp.SetSignedCookie(newRequest(nil), web.Cookie{Name: "a"}, ""); err == nil {
		t.Error("a site without a secret key signs cookies")
	}
}

// What is set comes back, for Nuages and, where it is allowed in net/http, for Go's own reader.
func FuzzCookie(f *testing.F) {
	f.Add("name", "value")
	f.Add("n", `a b;c,"d"\é`+"\n")
	f.Fuzz(func(t *testing.T, name, value string) {
		resp := web.Text("")
		resp.SetCookie(web.Cookie{Name: name, Value: value})
		if len(resp.Cookies()) == 0 {
			return
		}
		line := resp.Cookies()[0].String()
		if strings.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("%q, %q is sent as %q", name, value, line)
		}
		header := strings.TrimSuffix(line, "; Path=/")
		if got := web.ParseCookies(header); strings.ToValidUTF8(value, "") == value && (len(got) != 1 || got[name] != value) {
			t.Errorf("%q, %q comes back from %q as %q", name, value, line, got)
		}
		if std, err := http.ParseSetCookie(line); err == nil && std.Name != name {
			t.Errorf("net/http reads %q in %q", std.Name, line)
		}
	})
}

func FuzzParseCookies(f *testing.F) {
	f.Add(`a=1; b="x\054"; =; c`)
	f.Fuzz(func(t *testing.T, header string) {
		got := web.ParseCookies(header)
		cookies, err := http.ParseCookie(header)
		if err != nil || strings.ContainsAny(header, "\"\\") {
			return
		}
		last := map[string]string{}
		for _, c := range cookies {
			last[c.Name] = strings.TrimSpace(c.Value)
		}
		for name, value := range last {
			if got[name] != value {
				t.Errorf("%q: %q is %q, net/http has %q", header, name, got[name], value)
			}
		}
	})
}

func FuzzHost(f *testing.F) {
	for _, host := range []string{"example.com:80", "[::1]:8000", "a..b", "user@h", "xn--a", "[:", "a:"} {
		f.Add(host, host)
	}
	f.Fuzz(func(t *testing.T, host, forwarded string) {
		r := newRequest(&web.Config{AllowedHosts: []string{".example.com", "[::1]"}, UseForwardedHost: true}, "Host", host)
		if forwarded != "" {
			r.Header.Set("X-Forwarded-Host", forwarded)
		}
		got, err := r.Host()
		if err != nil {
			if web.StatusOf(err) != 400 {
				t.Errorf("%q: %v", host, err)
			}
			return
		}
		lower := strings.ToLower(got)
		if !strings.Contains(lower, "example.com") && !strings.HasPrefix(lower, "[::1]") || strings.ContainsAny(got, "/@\\ \r\n\x00?#%") {
			t.Errorf("%q passed as %q", host, got)
		}
		_ = r.Port()
		_, _ = r.AbsoluteURL(forwarded)
	})
}

func FuzzHeaders(f *testing.F) {
	f.Add("text/html;level=1;q=0.5, */*", `form-data; name="a\"b"; filename*=utf-8''%e2`, `"a", W/"b"`, "Wed Mar  4 05:06:07 2026", "bytes=0-3,5-", "for=1.2.3.4;proto=https")
	f.Fuzz(func(t *testing.T, accept, contentType, etags, date, ranges, forwarded string) {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		for name, value := range map[string]string{
			"Accept": accept, "Content-Type": contentType, "If-None-Match": etags, "If-Match": etags, "If-Modified-Since": date,
			"If-Unmodified-Since": date, "If-Range": etags, "Range": ranges, "Forwarded": forwarded, "X-Forwarded-For": forwarded,
		} {
			req.Header.Set(name, value)
		}
		view := web.View(func(r *web.Request) (*web.Response, error) {
			r.PreferredType("text/html", "application/json")
			_ = r.ContentType() + r.ContentParams()["charset"] + r.ClientIP().String() + r.Scheme() + r.Port()
			if got, ok := web.ParseHTTPDate(date); ok {
				if std, err := http.ParseTime(date); err == nil && !std.Equal(got) && !strings.Contains(date, "-") {
					t.Errorf("date %q is %v, net/http has %v", date, got, std)
				}
			}
			return web.Content("a.txt", time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), strings.NewReader("0123456789")), nil
		})
		rec := httptest.NewRecorder()
		config := *quiet
		config.TrustedProxies = anyone
		conditional := func(next web.Handler) web.Handler {
			return web.View(func(r *web.Request) (*web.Response, error) {
				resp, err := next.Serve(r)
				if err != nil {
					return nil, err
				}
				return web.Conditional(r, resp), nil
			})
		}
		web.ToHTTP(web.Compose(view, conditional), &config).ServeHTTP(rec, req)
		if rec.Code >= 500 {
			t.Errorf("status %d: %s", rec.Code, fmt.Sprint(req.Header))
		}
	})
}
