package urls

import (
	"errors"

	"github.com/nuages-go/nuages/web"
)

// layerKey names the middleware of an include (or a pattern) at a depth: the number of such chains around it.
type layerKey struct {
	p     *pattern
	depth int
}

// layersOf composes the middleware around a leaf's view. Each chain is composed once, however many views and languages
// it serves.
func (b *builder) layersOf(chain []*entry, view web.Handler) []web.Handler {
	var layers []web.Handler
	for _, e := range chain {
		if len(e.p.middleware) == 0 {
			continue
		}
		key := layerKey{e.p, len(layers)}
		layer := b.res.layers[key]
		if layer == nil {
			layer = b.compose(e, len(layers)+1)
			b.res.layers[key] = layer
		}
		layers = append(layers, layer)
	}
	return append(layers, view)
}

// compose makes the chain of an include or a pattern. A middleware says by a panic that it cannot be built.
func (b *builder) compose(e *entry, depth int) (layer web.Handler) {
	defer func() {
		if v := recover(); v != nil {
			b.fail(e.p, configError("%v", v))
			layer = nextLayer(depth)
		}
	}()
	return web.Compose(nextLayer(depth), e.p.middleware...)
}

// nextLayer is the inside of a chain: it goes on with the layer of its number of whatever route the request has.
type nextLayer int

func (n nextLayer) Serve(r *web.Request) (*web.Response, error) {
	l, ok := r.Match.Route.Resolver.(*leaf)
	if !ok || int(n) >= len(l.layers) {
		return nil, errors.New("urls: a middleware of the URL table changed the request's match")
	}
	if int(n) == len(l.layers)-1 {
		return web.Dispatch(r, l.layers[n]) // runs the OnView hooks that the chains inside the table have added
	}
	return l.layers[n].Serve(r)
}
