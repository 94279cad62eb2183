package nuages

import (
	"log/slog"
	"os"

	"github.com/nuages-go/nuages/internal/devlog"
	"github.com/nuages-go/nuages/internal/terminal"
	"github.com/nuages-go/nuages/middleware"
)

// newLogger makes the site's logger on standard error: readable lines for a person, JSON for a program. Records of a
// request carry its id.
func newLogger(s Settings) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // checked before
	tty := terminal.Is(os.Stderr)
	var handler slog.Handler
	if s.LogFormat == "text" || s.LogFormat == "auto" && (tty || s.Debug) {
		handler = devlog.New(os.Stderr, devlog.Options{Level: level, Color: tty})
	} else {
		handler = slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})
	}
	return slog.New(middleware.LogHandler(handler))
}
