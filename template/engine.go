package template

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Engine renders templates of one language. DTL is the Django template language; see package gohtml for html/template
// and Components for anything that has a Render(ctx, io.Writer) error method.
type Engine interface {
	// Name is how sites and messages call the engine.
	Name() string
	// Has says whether the engine knows a template of that name.
	Has(name string) bool
	// Render writes the template. Data is a pointer to a struct, or a map[string]any.
	Render(ctx context.Context, w io.Writer, name string, data any) error
	// Check parses every template, and checks the pages that it Has against the types of their data. It reports all
	// problems at once (errors.Join).
	Check(pages []AnyPage) error
}

// Engines are a site's engines in the order in which they are asked for a template.
type Engines []Engine

// Select returns the first engine that has one of the templates, and that template's name. The names are tried in order,
// each with every engine. Django: select_template.
func (e Engines) Select(names ...string) (Engine, string, error) {
	for _, name := range names {
		for _, engine := range e {
			if engine.Has(name) {
				return engine, name, nil
			}
		}
	}
	return nil, "", &NotFoundError{Name: strings.Join(names, ", ")}
}

// Engine returns the engine of the given name.
func (e Engines) Engine(name string) (Engine, error) {
	for _, engine := range e {
		if engine.Name() == name {
			return engine, nil
		}
	}
	return nil, fmt.Errorf("template: no engine %q", name)
}

// Render renders the first of the engines' templates of that name.
func (e Engines) Render(ctx context.Context, w io.Writer, name string, data any) error {
	engine, name, err := e.Select(name)
	if err != nil {
		return err
	}
	return engine.Render(ctx, w, name, data)
}

// Check checks every engine, each page with the engine that renders it, and reports all problems at once.
func (e Engines) Check(pages []AnyPage) error {
	own := make([][]AnyPage, len(e))
	var found problems
pages:
	for _, p := range pages {
		for i, engine := range e {
			if engine.Has(p.Name()) {
				own[i] = append(own[i], p)
				continue pages
			}
		}
		found.add(fmt.Errorf("template: page %s of %v: no engine has this template", p.Name(), p.DataType()))
	}
	for i, engine := range e {
		found.add(engine.Check(own[i]))
	}
	return found.err()
}

type enginesKey struct{}

// WithEngines returns a context that carries the site's engines.
func WithEngines(ctx context.Context, e Engines) context.Context {
	return context.WithValue(ctx, enginesKey{}, e)
}

// EnginesFrom returns the engines that the context carries, or none.
func EnginesFrom(ctx context.Context) Engines {
	e, _ := ctx.Value(enginesKey{}).(Engines)
	return e
}
