package urls

import (
	"strings"

	"github.com/nuages-go/nuages/web"
)

// RouteInfo describes an end point for people: the routes command and tests.
type RouteInfo struct {
	// Pattern is the joined text of the patterns, Name the name with its namespaces; "" if it has none.
	Pattern, Name string
	// View is the view's name, Handler the view.
	View    string
	Handler web.Handler
	// Methods lists the request methods; empty means all.
	Methods []string
	// Middleware lists the layers inside the URL table, the outermost first.
	Middleware []string
	// Params describes the captures: "pk int".
	Params []string
	// Kwargs are the keyword arguments that come from the patterns. They must not be changed.
	Kwargs map[string]any
	// At is the file:line of the pattern.
	At string
}

// Routes lists the end points in the order in which they are tried.
func (res *Resolver) Routes() []RouteInfo {
	infos := make([]RouteInfo, len(res.def.leaves))
	for i, l := range res.def.leaves {
		e := l.chain[len(l.chain)-1]
		info := RouteInfo{Pattern: l.Pattern, View: web.HandlerName(l.Handler), Handler: l.Handler, Methods: l.Methods, Kwargs: l.Extra, At: e.p.at}
		if l.Name != "" {
			info.Name = l.ViewName
		}
		for _, s := range l.slots {
			info.Params = append(info.Params, strings.TrimSpace(s.name+" "+s.conv.typ.String()))
		}
		for _, layer := range l.layers[:len(l.layers)-1] {
			if chain, ok := layer.(*web.Chain); ok {
				for _, li := range chain.Layers() {
					info.Middleware = append(info.Middleware, li.Name)
				}
			}
		}
		infos[i] = info
	}
	return infos
}
