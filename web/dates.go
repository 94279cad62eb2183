package web

import (
	"net/http"
	"time"
)

// HTTPDate writes a time as HTTP headers have it: "Thu, 01 Jan 2026 00:00:00 GMT". Django: http_date.
func HTTPDate(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
