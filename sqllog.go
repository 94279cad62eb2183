package nuages

import (
	"context"
	"log/slog"

	"github.com/nuages-go/nuages/orm"
)

// logStatements wires the statement log into the context of the site: all statements with Debug where the log is at level
// debug, as Django does it, and slow ones always. Without either a statement costs nothing more.
func (app *Instance) logStatements(base context.Context) context.Context {
	logger, slow := app.logger, app.settings.SlowStatement
	if !app.settings.Debug {
		if slow <= 0 {
			return base
		}
		// Arguments may hold secrets, and there would be much: without Debug nothing but the warnings.
		logger = slog.New(warningsOnly{logger.Handler()})
	} else if slow <= 0 && !logger.Enabled(base, slog.LevelDebug) {
		return base
	}
	return orm.WithWrapper(base, orm.LogStatements(logger, slow))
}

// warningsOnly is a handler that leaves out what is less than a warning.
type warningsOnly struct{ slog.Handler }

// Enabled reports whether a record is written.
func (h warningsOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}
