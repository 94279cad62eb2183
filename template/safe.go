package template

import (
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

// String returns the HTML.
func (s SafeString) String() string { return s.html }

// TemplateHTML returns the HTML.
func (s SafeString) TemplateHTML() string { return s.html }

var (
	_ HTMLer      = SafeString{}
	_ value.HTMLs = SafeString{}
)
