package template

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// Component is anything that writes itself: a templ component, a quicktemplate page, hand-written HTML.
type Component interface {
	Render(ctx context.Context, w io.Writer) error
}

// Components is an engine of pages that are Go code: each name belongs to a function that makes a component of the page's
// data. Build it with NewComponents and Add.
type Components struct {
	name  string
	pages map[string]componentPage
}

type componentPage struct {
	data reflect.Type
	make func(data any) (Component, error)
}

var _ Engine = (*Components)(nil)

// NewComponents makes an engine without pages.
func NewComponents(name string) *Components {
	return &Components{name: name, pages: map[string]componentPage{}}
}

// AddComponent adds a page:
//
//	template.AddComponent(engine, detailPage, func(d *Detail) template.Component { return pages.Detail(d) })
func AddComponent[T any, C Component](c *Components, page Page[T], f func(data *T) C) {
	c.pages[page.Name()] = componentPage{page.DataType(), func(data any) (Component, error) {
		switch d := data.(type) {
		case *T:
			return f(d), nil
		case T:
			return f(&d), nil
		}
		return nil, fmt.Errorf("template: page %s takes a %v, not a %T", page.Name(), page.DataType(), data)
	}}
}

// Name returns the engine's name.
func (c *Components) Name() string { return c.name }

// Has says whether there is a page of that name.
func (c *Components) Has(name string) bool { return c.pages[name].make != nil }

// Render writes a page.
func (c *Components) Render(ctx context.Context, w io.Writer, name string, data any) error {
	page, ok := c.pages[name]
	if !ok {
		return &NotFoundError{Name: name}
	}
	component, err := page.make(data)
	if err != nil {
		return err
	}
	return component.Render(ctx, w)
}

// Check compares the types of the pages' data.
func (c *Components) Check(pages []AnyPage) error {
	var found []error
	for _, p := range pages {
		page, ok := c.pages[p.Name()]
		switch {
		case !ok:
			found = append(found, &NotFoundError{Name: p.Name()})
		case page.data != p.DataType():
			found = append(found, fmt.Errorf("template: page %s takes a %v, not a %v", p.Name(), page.data, p.DataType()))
		}
	}
	return errors.Join(found...)
}
