package views

import (
	"context"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/web"
)

// AtomicRequests is a middleware that runs each view in a transaction of the named databases, "default" if there is none.
// It belongs into the URL table, so that it stands close around the views:
//
//	urls.Include("", news.URLs(), urls.With(views.AtomicRequests()))
//
// An error or a panic of the view, or of rendering its page, undoes what the view has done, a 404 too; a response with an
// error status that the view has made itself does not. What a stream does while it is sent is outside of the transaction.
// NonAtomic takes a view out. Django: ATOMIC_REQUESTS.
func AtomicRequests(databases ...string) web.Middleware {
	return func(next web.Handler) web.Handler { return newAtomic(next, databases) }
}

// Atomic runs one view in a transaction of the named databases, "default" if there is none. The page is rendered after it
// has ended. Django: transaction.atomic as a decorator.
func Atomic(view web.Handler, databases ...string) web.Handler {
	layer := newAtomic(view, databases)
	return web.Decorate(view, func(r *web.Request) (*web.Response, error) { return layer.within(r, layer.databases) })
}

func newAtomic(next web.Handler, databases []string) *atomic {
	if len(databases) == 0 {
		databases = []string{"default"}
	}
	return &atomic{next, databases}
}

type atomic struct {
	next      web.Handler
	databases []string
}

// LayerInfo names the layer.
func (a *atomic) LayerInfo() web.LayerInfo { return web.LayerInfo{Name: "atomic-requests"} }

// Serve runs the view in a transaction unless it does not want one.
func (a *atomic) Serve(r *web.Request) (*web.Response, error) {
	if route := r.Match.Route; route != nil && isNonAtomic(route.Handler) {
		return a.next.Serve(r)
	}
	return a.within(r, a.databases)
}

// within begins a transaction of the first database and goes on with the others inside it.
func (a *atomic) within(r *web.Request, databases []string) (resp *web.Response, err error) {
	if len(databases) == 0 {
		return a.next.Serve(r)
	}
	outside := r.Context()
	defer r.SetContext(outside)

	failure := orm.AtomicWith(outside, orm.AtomicOptions{DB: databases[0]}, func(ctx context.Context) error {
		r.SetContext(ctx)
		if resp, err = a.within(r, databases[1:]); err != nil || resp == nil {
			return err
		}
		return resp.Err // the chain inside has made a page of an error
	})
	if failure != nil && err == nil && (resp == nil || resp.Err == nil) { // the database could not begin or commit
		if resp != nil {
			resp.Close()
		}
		return nil, failure
	}
	return resp, err
}

// NonAtomic takes a view out of AtomicRequests. Django: non_atomic_requests.
func NonAtomic(view web.Handler) web.Handler { return &nonAtomic{view} }

type nonAtomic struct{ web.Handler }

// ViewName is the wrapped view's.
func (n *nonAtomic) ViewName() string { return web.HandlerName(n.Handler) }

// Unwrap returns the view.
func (n *nonAtomic) Unwrap() web.Handler { return n.Handler }

func isNonAtomic(h web.Handler) bool {
	for h != nil {
		if _, ok := h.(*nonAtomic); ok {
			return true
		}
		outer, ok := h.(interface{ Unwrap() web.Handler })
		if !ok {
			return false
		}
		h = outer.Unwrap()
	}
	return false
}
