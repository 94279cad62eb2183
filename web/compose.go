package web

import (
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"strings"
)

// Chain is a handler inside its middleware, composed once.
type Chain struct {
	Handler
	layers []LayerInfo
}

// Layers names the middleware of the chain, the outermost first.
func (c *Chain) Layers() []LayerInfo { return c.layers }

// Compose builds the chain that passes a request through mws, the first of which is the outermost, to h.
//
// As in Django, an error or a panic becomes a response between any two layers: a middleware of the chain always gets a
// response, and Response.Err tells it what went wrong further in.
func Compose(h Handler, mws ...Middleware) *Chain {
	layers := make([]LayerInfo, len(mws))
	h = guard{h}
	for i := len(mws) - 1; i >= 0; i-- {
		if mws[i] == nil {
			panic(fmt.Sprintf("web: middleware %d of the chain is nil", i+1))
		}
		layer := mws[i](h)
		if layer == nil {
			panic(fmt.Sprintf("web: middleware %d of the chain returned no handler", i+1))
		}
		layers[i] = describeLayer(layer)
		h = guard{layer}
	}
	return &Chain{Handler: h, layers: layers}
}

func describeLayer(h Handler) LayerInfo {
	if layer, ok := h.(Layer); ok {
		return layer.LayerInfo()
	}
	return LayerInfo{Name: HandlerName(h)}
}

// HandlerName is the name of a handler for people: the function's or the type's, with its package ("news.articleDetail").
func HandlerName(h Handler) string {
	if named, ok := h.(interface{ ViewName() string }); ok {
		return named.ViewName()
	}
	if view, ok := h.(View); ok {
		return FuncName(view)
	}
	return typeName(h)
}

func typeName(v any) string { return strings.TrimLeft(fmt.Sprintf("%T", v), "*") }

// FuncName is the name of a function with its package: "news.articleDetail".
func FuncName(f any) string {
	fn := runtime.FuncForPC(reflect.ValueOf(f).Pointer())
	if fn == nil {
		return "func"
	}
	name := fn.Name()
	return strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], "-fm") // the mark of a method value
}

// guard turns what fails inside into a response, so that the layer outside sees only responses.
type guard struct{ next Handler }

func (g guard) Serve(r *Request) (resp *Response, err error) {
	defer func() {
		if v := recover(); v != nil {
			resp, err = r.ErrorResponse(panicToError(v)), nil
		}
	}()

	resp, err = g.next.Serve(r)
	if err == nil && resp != nil {
		resp, err = Finish(r, resp)
	}
	if err != nil {
		return r.ErrorResponse(err), nil
	}
	if resp == nil {
		return r.ErrorResponse(fmt.Errorf("web: %s returned neither a response nor an error", HandlerName(g.next))), nil
	}
	return resp, nil
}

// abort is what a method without an error result panics with when the client's data break a rule.
type abort struct{ err error }

// panicToError makes an error of a recovered value. It panics on with http.ErrAbortHandler, which means: no response.
func panicToError(v any) error {
	switch v := v.(type) {
	case abort:
		return v.err
	case error:
		if v == http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
			panic(v)
		}
	}
	return NewPanicError(v)
}
