package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// PatchVary adds request header names to the Vary header, each once, whatever its case. Django: patch_vary_headers.
func PatchVary(h http.Header, names ...string) {
	have := splitList(strings.Join(h["Vary"], ","))
	for _, name := range names {
		if !slices.ContainsFunc(have, func(s string) bool { return strings.EqualFold(s, name) }) {
			have = append(have, name)
		}
	}
	switch {
	case len(have) == 0:
	case slices.Contains(have, "*"):
		h["Vary"] = []string{"*"}
	default:
		h["Vary"] = []string{joinComma(have)}
	}
}

// PatchCacheControl adds directives ("max-age=60", "no-transform") to the Cache-Control header: the smaller max-age
// stays, private and public replace each other, others replace their like. Django: patch_cache_control.
func PatchCacheControl(h http.Header, directives ...string) {
	var list []string
	for item := range strings.SplitSeq(strings.Join(h["Cache-Control"], ","), ",") {
		if item = strings.TrimSpace(item); item != "" {
			name, value, found := strings.Cut(item, "=")
			list = setDirective(list, strings.ToLower(name), value, found)
		}
	}
	for _, d := range directives {
		name, value, found := strings.Cut(d, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		switch name {
		case "max-age":
			value = smallerAge(list, value)
		case "private":
			list = dropDirective(list, "public")
		case "public":
			list = dropDirective(list, "private")
		case "no-cache":
			if slices.Contains(list, "no-cache") {
				continue // no-cache alone covers every field
			}
			if found { // it may be there several times, for one field each
				list = append(list, d)
				continue
			}
		}
		list = setDirective(list, name, value, found)
	}
	if len(list) > 0 {
		h["Cache-Control"] = []string{joinComma(list)}
	}
}

func directiveName(item string) string {
	name, _, _ := strings.Cut(item, "=")
	return name
}

func setDirective(list []string, name, value string, valued bool) []string {
	item := name
	if valued {
		item += "=" + value
	}
	for i := range list {
		if directiveName(list[i]) == name {
			list[i] = item
			return list
		}
	}
	return append(list, item)
}

func dropDirective(list []string, name string) []string {
	return slices.DeleteFunc(list, func(item string) bool { return directiveName(item) == name })
}

func smallerAge(list []string, value string) string {
	for _, item := range list {
		if name, old, _ := strings.Cut(item, "="); name == "max-age" {
			a, err1 := strconv.Atoi(old)
			b, err2 := strconv.Atoi(value)
			if err1 == nil && err2 == nil && a < b {
				return old
			}
		}
	}
	return value
}

// PatchCacheAge sets Expires, unless it is set, and max-age. An age below zero counts as zero. Django:
// patch_response_headers.
func PatchCacheAge(h http.Header, age time.Duration) {
	age = max(0, age).Truncate(time.Second)
	if h["Expires"] == nil {
		h["Expires"] = []string{HTTPDate(time.Now().Add(age))}
	}
	PatchCacheControl(h, "max-age="+strconv.Itoa(int(age/time.Second)))
}

// AddNeverCache sets the headers that keep a response out of every cache. Django: add_never_cache_headers.
func AddNeverCache(h http.Header) {
	PatchCacheAge(h, 0)
	PatchCacheControl(h, "no-cache", "no-store", "must-revalidate", "private")
}
