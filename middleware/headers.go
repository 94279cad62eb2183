package middleware

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// Omit, as the value of an option that names a header's value, leaves the header out. (An empty value means the
// default.) Django: setting the value to None.
const Omit = "-"

// shared makes a header value that many responses may hold at once: its capacity is its length, so that Header.Add
// copies it rather than writing behind it.
func shared(value string) []string { return []string{value}[:1:1] }

// setDefault sets a header that is not there. The key must be canonical; the value is not copied.
func setDefault(h http.Header, key string, value []string) {
	if _, ok := h[key]; !ok {
		h[key] = value
	}
}

// headerValue picks the value of an option: the default for an empty one, nothing for Omit.
func headerValue(option, standard string) []string {
	switch option {
	case "":
		return shared(standard)
	case Omit:
		return nil
	}
	return shared(option)
}

var (
	varyAcceptEncoding = shared("Accept-Encoding") // the Vary of most compressible responses
	varyOrigin         = shared("Origin")
)

// patchVary adds names to the Vary header, keeping what is there. only is the header's whole value when there is none
// yet. Django: django.utils.cache.patch_vary_headers.
func patchVary(h http.Header, only []string) {
	have, ok := h["Vary"]
	if !ok || len(have) == 0 {
		h["Vary"] = only
		return
	}
	web.PatchVary(h, only...)
}

// splitList splits a comma-separated header value and trims its parts; empty parts are dropped.
func splitList(value string) []string {
	var parts []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// redirect answers with a Location. The location must be made of checked parts: a host that passed validation and an
// encoded path.
func redirect(status int, location string) *web.Response {
	resp := web.Bytes("text/html; charset=utf-8", nil)
	resp.Status = status
	resp.Header()["Location"] = []string{location}
	return resp
}

func lengthValue(n int) []string { return []string{strconv.Itoa(n)} }

// first is a header's first value by its canonical key.
func first(h http.Header, key string) string {
	if values := h[key]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// joined is a header's values by its canonical key, put together as one list.
func joined(h http.Header, key string) string {
	values := h[key]
	switch len(values) {
	case 0:
		return ""
	case 1:
		return values[0]
	}
	return strings.Join(values, ",")
}
