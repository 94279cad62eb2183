package middleware_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// caseFile is a file of requests and of what Django answered.
type caseFile struct {
	Now         time.Time
	Settings    settingsMap
	Secret      string
	StaticFiles map[string]any `json:"static_files"`
	StaticMTime int64          `json:"static_mtime"`
	Cases       []httpCase
}

type httpCase struct {
	Name, Method, URL string
	Headers           map[string]string
	Secure            bool
	Settings          settingsMap
	Cookies           map[string]string
	Body              any
	ContentType       string `json:"content_type"`
	Response          struct {
		Status     int
		Reason     string
		Headers    [][2]string
		SetCookies []string `json:"set_cookies"`
		Body       any
		BodyGunzip *string `json:"body_gunzipped"`
	}
}

// settingsMap is a set of settings. Policies stay JSON, for the order of their directives.
type settingsMap map[string]any

func (m *settingsMap) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*m = make(settingsMap, len(raw))
	for name, text := range raw {
		if strings.HasPrefix(name, "SECURE_CSP") {
			(*m)[name] = text
			continue
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			return err
		}
		(*m)[name] = value
	}
	return nil
}

// skipped lists the cases that do not apply, with the reason.
var skipped = map[string]string{
	"decorated/03": "cache_page comes with the cache",
	"decorated/04": "cache_page comes with the cache",
	"query/08":     "differs from Django on purpose: it takes raw UTF-8 in a query for Latin-1 and encodes it twice",
	"static/18":    "differs from Django on purpose: files answer ranges (206)",
}

// TestConformance sends the requests of each http*.json through our chain and compares the answers with Django's. The
// files are in testdata/conformance, or in the directory that NUAGES_CONFORMANCE names.
func TestConformance(t *testing.T) {
	dir := os.Getenv("NUAGES_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("testdata", "conformance")
	}
	files, err := filepath.Glob(filepath.Join(dir, "http*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no http*.json in %s: %v", dir, err)
	}
	var passed, failed, skips int
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file caseFile
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		root := staticFiles(t, &file)
		for i := range file.Cases {
			c := &file.Cases[i]
			if reason, ok := skipped[c.Name]; ok {
				skips++
				t.Logf("skip %s: %s", c.Name, reason)
				continue
			}
			differences := runCase(t, &file, c, root)
			if len(differences) == 0 {
				passed++
				continue
			}
			failed++
			t.Errorf("%s %s: %s %s\n\t%s", filepath.Base(name), c.Name, c.Method, c.URL, strings.Join(differences, "\n\t"))
		}
	}
	fmt.Printf("conformance http: %d passed, %d failed, %d skipped\n", passed, failed, skips)
}

// staticFiles writes the files that some views serve.
func staticFiles(t *testing.T, file *caseFile) string {
	root := t.TempDir()
	stamp := time.Unix(file.StaticMTime, 0)
	for name, content := range file.StaticFiles {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, plainBytes(t, content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, stamp, stamp); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// plainBytes is a text, or {"$": "bytes", "v": base64}.
func plainBytes(t *testing.T, v any) []byte {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return []byte(v)
	case map[string]any:
		data, err := base64.StdEncoding.DecodeString(v["v"].(string))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	t.Fatalf("a body of type %T", v)
	return nil
}

// runCase compares one answer; at the moment that the file was made at.
func runCase(t *testing.T, file *caseFile, c *httpCase, root string) (differences []string) {
	settings := map[string]any{}
	for _, more := range []settingsMap{file.Settings, c.Settings} {
		for name, value := range more {
			settings[name] = value
		}
	}
	differ := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }

	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(file.Now)) // no time passes in the bubble
		cfg, chain, err := conformanceSite(settings, file.Secret, root)
		if err != nil {
			differ("cannot be built: %v", err)
			return
		}
		var got *web.Response
		var header http.Header
		outermost := web.View(func(r *web.Request) (*web.Response, error) {
			resp, err := chain.Serve(r)
			if err == nil {
				got, header = resp, resp.Header().Clone()
			}
			return resp, err
		})
		w := httptest.NewRecorder()
		web.ToHTTP(outermost, cfg).ServeHTTP(w, caseRequest(t, c))
		if got == nil {
			differ("no response")
			return
		}
		compare(t, c, got, header, w, differ)
	})
	return differences
}

// compare compares the response as it left the chain (as Django's test client sees it) and the body as it was written.
func compare(t *testing.T, c *httpCase, resp *web.Response, header http.Header, w *httptest.ResponseRecorder, differ func(string, ...any)) {
	want := &c.Response
	if resp.Code() != want.Status || w.Code != want.Status {
		differ("status = %d (written %d), want %d (error: %v)", resp.Code(), w.Code, want.Status, resp.Err)
	}
	if reason := web.ReasonPhrase(resp.Code()); !strings.EqualFold(reason, want.Reason) {
		differ("reason = %q, want %q", reason, want.Reason)
	}

	var headers []string
	for name, values := range header {
		if want.BodyGunzip != nil && name == "Content-Length" {
			continue
		}
		for _, value := range values {
			headers = append(headers, strings.ToLower(name)+": "+value)
		}
	}
	var wanted []string
	for _, pair := range want.Headers {
		wanted = append(wanted, strings.ToLower(pair[0])+": "+pair[1])
	}
	slices.Sort(headers)
	slices.Sort(wanted)
	for _, h := range headers {
		if !slices.Contains(wanted, h) {
			differ("header %q is not wanted", h)
		}
	}
	for _, h := range wanted {
		if !slices.Contains(headers, h) {
			differ("header %q is missing", h)
		}
	}

	var cookies []string
	for _, cookie := range resp.Cookies() {
		cookies = append(cookies, cookie.String())
	}
	if !slices.Equal(cookies, want.SetCookies) {
		differ("cookies = %q\n\twant %q", cookies, want.SetCookies)
	}

	body := w.Body.Bytes()
	wantBody := plainBytes(t, want.Body)
	if want.BodyGunzip != nil {
		wantBody = []byte(*want.BodyGunzip)
		zr, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			differ("body is not gzip: %v", err)
			return
		}
		if body, err = io.ReadAll(zr); err != nil {
			differ("body: %v", err)
		}
	}
	if !bytes.Equal(body, wantBody) {
		differ("body = %.400q\n\twant   %.400q", body, wantBody)
	}
}

// caseRequest makes the request that Django's test client sent.
func caseRequest(t *testing.T, c *httpCase) *http.Request {
	target, query, _ := strings.Cut(c.URL, "?")
	path, err := url.PathUnescape(target)
	if err != nil {
		t.Fatal(err)
	}
	body := plainBytes(t, c.Body)
	req := httptest.NewRequest(c.Method, "http://testserver/", bytes.NewReader(body))
	req.URL = &url.URL{Path: path, RawQuery: query}
	req.RequestURI = c.URL
	if len(body) > 0 {
		req.Header.Set("Content-Type", c.ContentType)
	}
	if c.Secure {
		req.TLS = tlsState
	}
	if _, sent := c.Headers["Host"]; !sent { // the test client sends none: the server's name and port count
		req.Host = ""
		req = req.WithContext(context.WithValue(req.Context(), http.LocalAddrContextKey, serverAddr(c.Secure)))
	}
	for _, name := range sortedKeys(c.Cookies) {
		req.AddCookie(&http.Cookie{Name: name, Value: c.Cookies[name]})
	}
	for name, value := range c.Headers {
		if strings.EqualFold(name, "Host") {
			req.Host = value
			continue
		}
		req.Header.Set(name, latin1(value))
	}
	return req
}

// serverAddr is the address of Django's test server.
type serverAddr bool

func (serverAddr) Network() string { return "tcp" }

func (secure serverAddr) String() string {
	if secure {
		return "testserver:443"
	}
	return "testserver:80"
}

// latin1 is a header's text as the bytes that stand in the request.
func latin1(text string) string {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return text
		}
		b = append(b, byte(r))
	}
	return string(b)
}

// conformanceConfig is the configuration of the request layer that Django's settings describe.
func conformanceConfig(settings map[string]any, secret string) *web.Config {
	cfg := &web.Config{
		Debug:        settings["DEBUG"] == true,
		AllowedHosts: stringList(settings["ALLOWED_HOSTS"]),
		SecretKey:    secret,
		Logger:       slog.New(slog.DiscardHandler),
	}
	cfg.UseForwardedHost = settings["USE_X_FORWARDED_HOST"] == true
	cfg.UseForwardedPort = settings["USE_X_FORWARDED_PORT"] == true
	if pair := stringList(settings["SECURE_PROXY_SSL_HEADER"]); len(pair) == 2 {
		cfg.SecureProxyHeader = strings.ReplaceAll(strings.TrimPrefix(pair[0], "HTTP_"), "_", "-")
		cfg.SecureProxyValue = pair[1]
	}
	if n, ok := settings["DATA_UPLOAD_MAX_MEMORY_SIZE"].(float64); ok {
		cfg.DataUploadMaxMemorySize = int64(n)
	}
	if n, ok := settings["DATA_UPLOAD_MAX_NUMBER_FIELDS"].(float64); ok {
		cfg.DataUploadMaxNumberFields = int(n)
	}
	if name, ok := settings["FORCE_SCRIPT_NAME"].(string); ok {
		cfg.ScriptName = name
	}
	return cfg
}

// conformanceSite builds the site that Django's settings describe.
func conformanceSite(settings map[string]any, secret, root string) (*web.Config, *web.Chain, error) {
	cfg := conformanceConfig(settings, secret)
	resolver, err := urls.New(conformanceURLs(root), urls.Options{})
	if err != nil {
		return nil, nil, err
	}
	cfg.Base = urls.WithResolver(context.Background(), resolver)
	mws, err := conformanceMiddleware(settings)
	if err != nil {
		return nil, nil, err
	}
	return cfg, web.Compose(resolver, mws...), nil
}

func stringList(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		list := make([]string, len(v))
		for i := range v {
			list[i] = v[i].(string)
		}
		return list
	case map[string]any: // a tuple or a set
		list := stringList(v["v"])
		if v["$"] == "set" {
			slices.Sort(list)
		}
		return list
	}
	return nil
}
