package nuages

import (
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/web"
)

// beginSession is the layer that lets a request read what it has written, for sites with routers.
func beginSession(next web.Handler) web.Handler { return &sessionLayer{next} }

type sessionLayer struct{ next web.Handler }

// LayerInfo names the layer.
func (l *sessionLayer) LayerInfo() web.LayerInfo { return web.LayerInfo{Name: "databasesession"} }

// Serve begins the session.
func (l *sessionLayer) Serve(r *web.Request) (*web.Response, error) {
	r.SetContext(orm.WithSession(r.Context()))
	return l.next.Serve(r)
}
