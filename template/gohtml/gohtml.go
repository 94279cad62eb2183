// Package gohtml makes templates of html/template an engine of a site, beside or in place of Django's language:
//
//	set := htmltemplate.Must(htmltemplate.ParseFS(files, "*.gohtml"))
//	site.Engines = template.Engines{gohtml.New("go", set)}
//
// views.Render then finds "page.gohtml" in it. html/template escapes by context; it has no names from context processors.
package gohtml

import (
	"context"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"io/fs"

	"github.com/nuages-go/nuages/template"
)

// Engine renders the templates of an html/template set.
type Engine struct {
	name string
	set  *htmltemplate.Template
}

var _ template.Engine = (*Engine)(nil)

// New makes an engine of a set of templates.
func New(name string, set *htmltemplate.Template) *Engine { return &Engine{name: name, set: set} }

// Parse makes an engine of the files that match the patterns, with functions.
func Parse(name string, fsys fs.FS, funcs htmltemplate.FuncMap, patterns ...string) (*Engine, error) {
	set, err := htmltemplate.New(name).Funcs(funcs).ParseFS(fsys, patterns...)
	if err != nil {
		return nil, fmt.Errorf("template: engine %s: %w", name, err)
	}
	return New(name, set), nil
}

// Name returns the engine's name.
func (e *Engine) Name() string { return e.name }

// Has says whether the set has a template of that name.
func (e *Engine) Has(name string) bool { return e.set.Lookup(name) != nil }

// Render writes a template.
func (e *Engine) Render(_ context.Context, w io.Writer, name string, data any) error {
	if !e.Has(name) {
		return &template.NotFoundError{Name: name}
	}
	return e.set.ExecuteTemplate(w, name, data)
}

// Check says which pages have no template. The set was parsed when it was made; html/template finds wrong fields only
// when it renders.
func (e *Engine) Check(pages []template.AnyPage) error {
	var found []error
	for _, p := range pages {
		if !e.Has(p.Name()) {
			found = append(found, &template.NotFoundError{Name: p.Name()})
		}
	}
	return errors.Join(found...)
}
