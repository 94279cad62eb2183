package views

import (
	"log/slog"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/web"
)

// LogQueries is a middleware that keeps the SQL of each request, so that the debug page can show it, and warns in the log of
// a statement that ran five times or more: most often one query for each row of a list. It is for development: put it first,
// and only while Debug is on.
func LogQueries(next web.Handler) web.Handler { return &logQueries{next} }

type logQueries struct{ next web.Handler }

// LayerInfo names the layer.
func (l *logQueries) LayerInfo() web.LayerInfo { return web.LayerInfo{Name: "querylog"} }

// Serve gives the request a log, unless somebody further out has.
func (l *logQueries) Serve(r *web.Request) (*web.Response, error) {
	if orm.QueryLogFrom(r.Context()) == nil {
		log := &orm.QueryLog{Limit: 1000}
		r.SetContext(orm.WithQueryLog(r.Context(), log))
		r.OnDone(func(web.Done) { warnRepeated(r, log) }) // a stream may ask until its end
	}
	return l.next.Serve(r)
}

// repeatedOften is the number of runs from which on a statement is suspicious: less is often meant.
const repeatedOften = 5

// warnRepeated logs the statements that a request has run again and again.
func warnRepeated(r *web.Request, log *orm.QueryLog) {
	logger := r.Config().Logger
	if logger == nil {
		return
	}
	for _, d := range log.Duplicates() {
		if d.Count >= repeatedOften {
			logger.WarnContext(r.Context(), "the same query ran again and again", slog.Int("times", d.Count), slog.String("caller", d.Caller),
				slog.String("sql", d.SQL), slog.Duration("took", d.Took), slog.String("fix", d.Fix()))
		}
	}
}
