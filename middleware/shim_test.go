package middleware_test

import (
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

type methodsView struct{ Get, Post web.Handler }

func (m methodsView) Serve(r *web.Request) (*web.Response, error) {
	switch r.Method {
	case "GET", "HEAD":
		return m.Get.Serve(r)
	case "POST":
		return m.Post.Serve(r)
	case "OPTIONS":
		resp := web.HTML("")
		resp.Header().Set("Allow", "GET, POST, HEAD, OPTIONS")
		resp.Header().Set("Content-Length", "0")
		return resp, nil
	}
	return web.NotAllowed("GET", "POST", "HEAD", "OPTIONS"), nil
}

type redirectView struct {
	Name, URL              string
	Permanent, QueryString bool
}

func (v redirectView) Serve(r *web.Request) (*web.Response, error) {
	to := v.URL
	if v.Name != "" {
		var err error
		if to, err = urls.FromContext(r.Context()).Reverse(r.Context(), v.Name, nil, r.Match.Kwargs()); err != nil {
			return nil, err
		}
	}
	if to == "" {
		return web.HTML("").WithStatus(410), nil
	}
	x, _ := r.Match.Kwarg("x")
	to = strings.ReplaceAll(strings.ReplaceAll(to, "%(x)s", fmt.Sprint(x)), "%%", "%")
	if v.QueryString && r.URL.RawQuery != "" {
		sep := "?"
		if strings.Contains(to, "?") {
			sep = "&"
		}
		to += sep + r.URL.RawQuery
	}
	if v.Permanent {
		return web.Redirect(to, web.Permanent)
	}
	return web.Redirect(to)
}
