package urls

import (
	"fmt"
)

// ConfigError is a mistake in the URL table, found when the table is built. Django: ImproperlyConfigured.
type ConfigError struct {
	// Text says what is wrong, in Django's words where Django finds it too.
	Text string
	// Hint is the fix, where the text does not say it in Go's terms.
	Hint string
	// Pattern is the pattern's text and At the file:line where it stands.
	Pattern, At string
	// Regex says that the regular expression made of the pattern is what is wrong (Python: re.PatternError).
	Regex bool
}

// Error returns the text and the place.
func (e *ConfigError) Error() string {
	text := "urls: "
	if e.At != "" {
		text += e.At + ": "
	}
	text += e.Text
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

func configError(format string, args ...any) *ConfigError {
	return &ConfigError{Text: fmt.Sprintf(format, args...)}
}
