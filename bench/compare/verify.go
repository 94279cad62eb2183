package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// pages are asked of every server, signed out, and must come out the same.
var pages = []struct{ endpoint, path string }{
	{"fortunes", "/fortunes"},
	{"list", "/articles/"},
	{"list", "/articles/?page=2"},
	{"list", "/articles/?page=17"},
	{"list", "/articles/?page=400"},
	{"list", "/articles/?page=9999"},
	{"list", "/articles/?page=x"},
	{"detail", "/article/77"},
	{"detail", "/article/1"},
	{"detail", "/article/9240"},
	{"detail", "/article/5005"},
	{"detail", "/article/99999"},
}

// verify returns the servers that answer as the first one does.
func (h *harness) verify(ctx context.Context, entries []*entry) []*entry {
	want := map[string]string{}
	return slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool {
		s, err := h.start(e)
		if err != nil {
			fmt.Println("left out:", err)
			return true
		}
		defer s.stop()
		problems := s.small(ctx)
		for _, page := range pages {
			if !slices.Contains(e.Endpoints, page.endpoint) {
				continue
			}
			got, err := s.get(ctx, page.path)
			if err != nil {
				problems = append(problems, err.Error())
				continue
			}
			text := fmt.Sprint(got.status, " ", normal(got.body))
			if e == entries[0] {
				want[page.path] = text
			} else if text != want[page.path] {
				problems = append(problems, page.path+": "+difference(text, want[page.path]))
			}
		}
		if len(problems) > 0 {
			fmt.Printf("left out: %s answers otherwise than %s:\n  %s\n", e.Name, entries[0].Name, strings.Join(problems, "\n  "))
			return true
		}
		fmt.Println("answers alike:", e.Name)
		return false
	})
}

type answer struct {
	status int
	body   string
}

func (s *server) get(ctx context.Context, path string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return answer{}, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, string(body)}, err
}

// small checks the endpoints whose answers are random or trivial.
func (s *server) small(ctx context.Context) (problems []string) {
	rows := func(path string, n int) {
		var list []map[string]int
		got, err := s.get(ctx, path)
		text := got.body
		if path == "/db" {
			text = "[" + text + "]"
		}
		if err == nil {
			err = json.Unmarshal([]byte(text), &list)
		}
		seen := map[int]bool{}
		for _, row := range list {
			seen[row["id"]] = len(row) == 2 && row["id"] >= 1 && row["id"] <= 10_000 && row["randomNumber"] >= 1 && row["randomNumber"] <= 10_000
			if !seen[row["id"]] {
				err = fmt.Errorf("row %v", row)
			}
		}
		if err != nil || len(list) != n || len(seen) != n {
			problems = append(problems, fmt.Sprintf("%s: %d rows, want %d: %v", path, len(list), n, err))
		}
	}
	for _, test := range []struct {
		endpoint string
		check    func()
	}{
		{"plaintext", func() {
			if got, err := s.get(ctx, "/plaintext"); got.body != "Hello, World!" {
				problems = append(problems, fmt.Sprintf("/plaintext: %q, %v", got.body, err))
			}
		}},
		{"json", func() {
			var v struct{ Message string }
			got, err := s.get(ctx, "/json")
			if json.Unmarshal([]byte(got.body), &v) != nil || v.Message != "Hello, World!" {
				problems = append(problems, fmt.Sprintf("/json: %q, %v", got.body, err))
			}
		}},
		{"db", func() { rows("/db", 1) }},
		{"queries", func() { rows("/queries?n=20", 20); rows("/queries?n=x", 1); rows("/queries?n=501", 500) }},
		{"updates", func() { rows("/updates?n=20", 20) }},
	} {
		if slices.Contains(s.Endpoints, test.endpoint) {
			test.check()
		}
	}
	return problems
}

var (
	space   = regexp.MustCompile(`\s+`)
	between = regexp.MustCompile(`> <`)
	block   = regexp.MustCompile(` ?(</?(?:main|title|section|article|div|p|ul)\b[^>]*>) ?`)
)

// normal leaves out what the eye does not see: white space between elements, and how characters are escaped.
func normal(body string) string {
	body = space.ReplaceAllString(body, " ")
	body = between.ReplaceAllString(body, "><")
	return strings.TrimSpace(html.UnescapeString(block.ReplaceAllString(body, "$1")))
}

func difference(got, want string) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, min(len(s), i-40)):min(len(s), i+40)] }
	return fmt.Sprintf("%q, want %q", cut(got), cut(want))
}
