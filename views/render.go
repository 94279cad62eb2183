package views

import (
	"context"
	"io"
	"strings"

	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/web"
)

// Render answers with a page whose data has the type that the page declares. Django: render(request, template, context).
//
//	var detailPage = template.Page[Detail]("news/detail.html")
//
//	return views.Render(r, detailPage, Detail{Article: article})
//
// The page is rendered after the view has returned, so middleware can still change the response's Template and Data
// (OnPage hooks), and tests find both in the response. The template comes from the first of the site's engines that has
// it. A component, such as one of templ's, needs no template: return web.Page(component).
func Render[T any](r *web.Request, page template.Page[T], data T, options ...RenderOption) (*web.Response, error) {
	switch any(data).(type) {
	case map[string]any:
		return render(r, []string{page.Name()}, data, options)
	}
	return render(r, []string{page.Name()}, &data, options)
}

// RenderTemplate answers with a page whose data is a map, as in Django. Nothing about the names in the map is checked
// before the page is rendered: prefer Render.
func RenderTemplate(r *web.Request, name string, data map[string]any, options ...RenderOption) (*web.Response, error) {
	return render(r, []string{name}, data, options)
}

// RenderFirst is RenderTemplate with the first of several templates that exists. Django: render with a list of names.
func RenderFirst(r *web.Request, names []string, data map[string]any, options ...RenderOption) (*web.Response, error) {
	return render(r, names, data, options)
}

// RenderOption changes a page's response.
type RenderOption func(*renderOptions)

type renderOptions struct {
	status      int
	contentType string
	engine      string
}

// Status sets the response's status code. Default: 200.
func Status(code int) RenderOption { return func(o *renderOptions) { o.status = code } }

// ContentType sets the response's Content-Type. Default: "text/html; charset=utf-8".
func ContentType(value string) RenderOption { return func(o *renderOptions) { o.contentType = value } }

// Using names the engine that must render the page. Default: the first that has the template.
func Using(engine string) RenderOption { return func(o *renderOptions) { o.engine = engine } }

func render(r *web.Request, names []string, data any, options []RenderOption) (*web.Response, error) {
	var o renderOptions
	if len(options) > 0 {
		o = *collect(options)
	}
	engines := template.EnginesFrom(r.Context())
	if o.engine != "" {
		engine, err := engines.Engine(o.engine)
		if err != nil {
			return nil, err
		}
		engines = template.Engines{engine}
	}
	engine, name, err := engines.Select(names...)
	if err != nil {
		return nil, err
	}

	p := &page{engines: engines, engine: engine, name: name}
	p.resp = web.Page(p)
	p.resp.Template, p.resp.Data = name, data
	if o.status != 0 {
		p.resp.Status = o.status
	}
	if o.contentType != "" {
		p.resp.Header().Set("Content-Type", o.contentType)
	}
	return p.resp, nil
}

// collect is apart, so that a call without options keeps none on the heap.
func collect(options []RenderOption) *renderOptions {
	o := new(renderOptions)
	for _, option := range options {
		option(o)
	}
	return o
}

// page renders what its response says when the time has come: an OnPage hook may have put in another template.
type page struct {
	resp    *web.Response
	engines template.Engines
	engine  template.Engine // of the template name
	name    string
}

func (p *page) Render(ctx context.Context, w io.Writer) error {
	if p.resp.Template == p.name {
		return p.engine.Render(ctx, w, p.name, p.resp.Data)
	}
	return p.engines.Render(ctx, w, p.resp.Template, p.resp.Data)
}

// templateName is the default name of a generic view's template: "news/article_list.html".
func templateName(app, model, suffix string) string {
	return app + "/" + strings.ToLower(model) + suffix + ".html"
}
