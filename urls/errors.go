package urls

import (
	"fmt"
)

// ConfigError is a mistake in the URL table, found when the table is built. Django: ImproperlyConfigured.
type ConfigError struct {
	// Text says what is wrong, in Django's words where Django finds it too.
	Text string
	// Pattern is the pattern's text and At the file:line where it stands.
	Pattern, At string
	// Regex says that the regular expression made of the pattern is what is wrong (Python: re.PatternError).
	Regex bool
}

// Error returns the text and the place.
func (e *ConfigError) Error() string {
	if e.At == "" {
		return "urls: " + e.Text
	}
	return "urls: " + e.At + ": " + e.Text
}

func configError(format string, args ...any) *ConfigError {
	return &ConfigError{Text: fmt.Sprintf(format, args...)}
}
