package orm

import (
	"context"
	"log/slog"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

// Statement is what a Wrapper sees of a statement that is about to run.
type Statement struct {
	// SQL is its text, with the parameters of the database: ? or $1.
	SQL string
	// DB is the name of the database.
	DB string
	// Writes says that the statement may change data.
	Writes bool

	args []dialect.Value
}

// Args are the values of the parameters as the database gets them. They may hold secrets.
func (st *Statement) Args() []any {
	out := make([]any, len(st.args))
	for i := range st.args {
		out[i] = st.args[i].Any()
	}
	return out
}

// Wrapper runs around each statement. It calls next once to let the statement run, with its context or one made of it, and
// may measure, trace, log or refuse it by an error of its own. BEGIN, COMMIT and savepoints are not wrapped. Several
// goroutines may call it at once. Django: connection.execute_wrapper.
type Wrapper func(ctx context.Context, st *Statement, next func(ctx context.Context) error) error

// WithWrapper returns a context whose statements run inside the wrapper. A wrapper that was there before stays around it.
//
//	func refuse(ctx context.Context, st *orm.Statement, next func(context.Context) error) error {
//		return fmt.Errorf("a template must not ask the database: %s", st.SQL)
//	}
//	ctx = orm.WithWrapper(ctx, refuse)
func WithWrapper(ctx context.Context, w Wrapper) context.Context {
	return derive(ctx, func(s *scope) {
		if outer := s.wrap; outer != nil {
			s.wrap = func(ctx context.Context, st *Statement, next func(context.Context) error) error {
				return outer(ctx, st, func(ctx context.Context) error { return w(ctx, st, next) })
			}
			return
		}
		s.wrap = w
	})
}

// LogStatements is a Wrapper that writes each statement to a logger: at level debug, and at level warn if it took slow or
// longer; 0 is never. Arguments are written at level debug only. Django: the logger django.db.backends.
func LogStatements(logger *slog.Logger, slow time.Duration) Wrapper {
	return func(ctx context.Context, st *Statement, next func(context.Context) error) error {
		start := time.Now()
		err := next(ctx)
		took := time.Since(start)
		level, text := slog.LevelDebug, "sql"
		if slow > 0 && took >= slow {
			level, text = slog.LevelWarn, "slow sql"
		}
		if !logger.Enabled(ctx, level) {
			return err
		}
		attrs := []slog.Attr{slog.String("sql", st.SQL), slog.String("db", st.DB), slog.Duration("took", took), slog.String("caller", caller())}
		if level == slog.LevelDebug {
			attrs = append(attrs, slog.Any("args", st.Args()))
		}
		if err != nil {
			attrs = append(attrs, slog.Any("error", err))
		}
		logger.LogAttrs(ctx, level, text, attrs...)
		return err
	}
}

// wrapped runs a statement inside the context's wrapper, if there is one.
func (s *scope) wrapped(ctx context.Context, db *DB, sql string, args []dialect.Value, writes bool, run func(ctx context.Context) error) error {
	if s.wrap == nil {
		return run(ctx)
	}
	return s.wrap(ctx, &Statement{SQL: sql, DB: s.nameOf(db), Writes: writes, args: args}, run)
}
