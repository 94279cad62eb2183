package views

import (
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/web"
)

// LogQueries is a middleware that keeps the SQL of each request, so that the debug page can show it. It is for
// development: put it first, and only while Debug is on.
func LogQueries(next web.Handler) web.Handler { return &logQueries{next} }

type logQueries struct{ next web.Handler }

// LayerInfo names the layer.
func (l *logQueries) LayerInfo() web.LayerInfo { return web.LayerInfo{Name: "querylog"} }

// Serve gives the request a log, unless somebody further out has.
func (l *logQueries) Serve(r *web.Request) (*web.Response, error) {
	if orm.QueryLogFrom(r.Context()) == nil {
		r.SetContext(orm.WithQueryLog(r.Context(), &orm.QueryLog{Limit: 1000}))
	}
	return l.next.Serve(r)
}
