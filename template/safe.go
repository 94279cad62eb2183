package template

import (
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

// SafeString is text that is HTML already and is printed as it is. It can only be made by Safe, by Escape and by
// templates, never by a conversion, so that text from outside does not become HTML by accident. Django: SafeString.
type SafeString struct{ html string }

// Safe declares that text is HTML that may be printed as it is. Never call it with text from outside.
// Django: mark_safe.
func Safe(html string) SafeString { return SafeString{html} }

// Escape returns text as HTML: & < > " ' are replaced by entities. Django: escape.
func Escape(text string) SafeString { return SafeString{string(filters.AppendEscaped(nil, text))} }

// Format puts values, escaped unless they are safe, in the places {} of a format. Django: format_html.
//
//	template.Format("<a href=\"{}\">{}</a>", link, title)
//
// Places without a value stay empty, values without a place are dropped.
func Format(format string, values ...any) SafeString {
	var out []byte
	for {
		before, after, found := strings.Cut(format, "{}")
		out = append(out, before...)
		if !found {
			return SafeString{string(out)}
		}
		if len(values) > 0 {
			out = append(out, safeOf(values[0]).html...)
			values = values[1:]
		}
		format = after
	}
}

// Join joins values, escaped unless they are safe, by a separator that is escaped likewise.
func Join[T any](separator any, values []T) SafeString {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = safeOf(v).html
	}
	return SafeString{strings.Join(parts, safeOf(separator).html)}
}

// safeOf escapes a value unless it is safe. Django: conditional_escape.
func safeOf(v any) SafeString {
	switch x := v.(type) {
	case HTMLer:
		return SafeString{x.TemplateHTML()}
	case string:
		return Escape(x)
	case nil:
		return SafeString{}
	}
	return Escape(fmt.Sprint(v))
}

// String returns the HTML.
func (s SafeString) String() string { return s.html }

// TemplateHTML returns the HTML.
func (s SafeString) TemplateHTML() string { return s.html }

var (
	_ HTMLer      = SafeString{}
	_ value.HTMLs = SafeString{}
)
