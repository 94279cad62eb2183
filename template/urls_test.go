package template_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

func unescapeQuery(s string) string {
	out, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return out
}

var _ template.URLChecker = (*urls.Resolver)(nil)

// newTestURLs makes the URL table of a conformance file.
func newTestURLs(list []any) (*urls.Resolver, error) {
	return urls.New(testPatterns(list), urls.Options{})
}

func testPatterns(list []any) urls.Patterns {
	view := web.View(func(*web.Request) (*web.Response, error) { return web.Text(""), nil })
	var out urls.Patterns
	for _, item := range list {
		o := item.(*jsonObject)
		var opts []urls.Option
		if kw, ok := o.get("kwargs").(*jsonObject); ok {
			opts = append(opts, urls.Kwargs(kw.plain()))
		}
		if children, ok := o.get("i18n").([]any); ok {
			if prefixed, ok := o.get("prefix_default_language").(bool); ok && !prefixed {
				opts = append(opts, urls.NoDefaultPrefix())
			}
			out = append(out, urls.I18n(testPatterns(children), opts...))
			continue
		}
		if children, ok := o.get("include").([]any); ok {
			inner := testPatterns(children)
			if app := o.text("app_name"); app != "" {
				inner = append(urls.Patterns{urls.AppName(app)}, inner...)
			}
			if ns := o.text("namespace"); ns != "" {
				opts = append(opts, urls.Namespace(ns))
			}
			if re := o.text("re"); re != "" {
				out = append(out, urls.IncludeRe(re, inner, opts...))
			} else {
				out = append(out, urls.Include(o.text("path"), inner, opts...))
			}
			continue
		}
		if name := o.text("name"); name != "" {
			opts = append(opts, urls.Name(name))
		}
		if re := o.text("re"); re != "" {
			out = append(out, urls.RePath(re, view, opts...))
		} else {
			out = append(out, urls.Path(o.text("path"), view, opts...))
		}
	}
	return out
}

// context returns a context with the request that the case asks for.
func (r *conformanceRequest) context(ctx context.Context, resolver *urls.Resolver) context.Context {
	target := r.path
	if !strings.HasPrefix(target, "/") {
		target = "/"
	}
	req := web.NewRequest(httptest.NewRequest("GET", target+"?"+r.get, nil).WithContext(ctx), &web.Config{})
	if r.resolve {
		_ = resolver.Resolve(target, &req.Match)
	}
	req.CurrentApp = r.currentApp
	return req.Context()
}
