package web_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/web"
)

// http.ServeContent is the oracle for the order of the conditions.
func TestPreconditionsLikeServeContent(t *testing.T) {
	t.Parallel()
	modified := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tags := []string{"", `"a"`, `"b"`, `W/"a"`, "*", `"b", "a"`, `"b", W/"a"`, `W/"x","a"`}
	dates := []string{"", "Wed, 31 Dec 2025 23:59:59 GMT", "Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:01 GMT", "Thursday, 01-Jan-26 00:00:00 GMT", "Thu Jan  1 00:00:00 2026", "junk"}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	pick := func(list []string) string { return list[random.IntN(len(list))] }

	for range 20000 {
		etag := pick([]string{"", `"a"`, `W/"a"`})
		req := httptest.NewRequest(pick([]string{"GET", "HEAD", "POST"}), "/", nil)
		for name, list := range map[string][]string{"If-Match": tags, "If-None-Match": tags, "If-Modified-Since": dates, "If-Unmodified-Since": dates} {
			if value := pick(list); value != "" {
				req.Header.Set(name, value)
			}
		}
		if etag == "" && (req.Header.Get("If-Match") == "*" || req.Header.Get("If-None-Match") == "*") {
			continue // for net/http a resource without a tag exists; for Django it does not match
		}
		rec := httptest.NewRecorder()
		if etag != "" {
			rec.Header().Set("Etag", etag)
		}
		http.ServeContent(rec, req, "x", modified, strings.NewReader("content"))
		want := map[int]web.Precondition{200: web.Proceed, 304: web.Unchanged, 412: web.Failed}[rec.Code]
		if got := web.CheckPreconditions(web.NewRequest(req, nil), etag, modified); got != want {
			t.Fatalf("%s with etag %s and %v: %v, net/http answers %d", req.Method, etag, req.Header, got, rec.Code)
		}
	}
}

func TestConditionErrors(t *testing.T) {
	t.Parallel()
	fails := web.Condition(web.View(plaintext), func(*web.Request) (string, error) { return "", web.NotFound("gone") }, nil)
	if _, err := fails.Serve(newRequest(nil)); web.StatusOf(err) != 404 {
		t.Errorf("error %v", err)
	}
	late := web.Condition(web.View(plaintext), nil, func(*web.Request) (time.Time, error) { return time.Time{}, web.Forbidden("no") })
	if _, err := late.Serve(newRequest(nil)); web.StatusOf(err) != 403 {
		t.Errorf("error %v", err)
	}
	nothing := web.Condition(web.View(plaintext), func(*web.Request) (string, error) { return "", nil }, nil)
	resp, err := nothing.Serve(newRequest(nil, "If-None-Match", "*"))
	if err != nil || resp.Code() != 200 || resp.Header().Get("Etag") != "" {
		t.Errorf("got %v, %v", resp, err)
	}
}

func TestMethodIsUpperCase(t *testing.T) {
	t.Parallel()
	req := httptest.NewRequest("GET", "/", nil)
	req.Method = "post"
	if r := web.NewRequest(req, nil); r.Method != "POST" {
		t.Errorf("method %s", r.Method)
	}
}
