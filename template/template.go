package template

import (
	"errors"
	"strings"
	"sync/atomic"
	"unicode/utf8"
	"unique"
)

// Template is one compiled template. Any number of goroutines may render it.
type Template struct {
	dtl    *DTL
	name   string
	origin string
	source string
	// loader is the number of the loader that has it; extending a template of the same name goes on after it.
	loader int
	nodes  *NodeList

	extends  *extendsNode
	blocks   map[string]*blockNode
	partials map[string]*partialNode
	nslots   int
	paths    []*varPath
	urls     []*urlNode
	includes []*includeNode
	uses     []*usePartialNode
	// layout is the chain of parents, once it is known, if it does not depend on data.
	layout atomic.Pointer[layout]
}

func sym(name string) symbol { return unique.Make(name) }

// Name returns the name under which the template was loaded.
func (t *Template) Name() string { return t.name }

// Origin returns where the template was found.
func (t *Template) Origin() string { return t.origin }

// position returns the place of a byte offset.
func (t *Template) position(offset int) Position {
	before := t.source[:min(offset, len(t.source))]
	line := strings.Count(before, "\n") + 1
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return Position{File: t.name, Line: line, Col: col}
}

func (e *DTL) compile(src *Source, loader int) (*Template, error) {
	t := &Template{dtl: e, name: src.Name, origin: src.Origin, source: src.Text, loader: loader}
	p := &Parser{dtl: e, tmpl: t, tokens: lex(src.Text)}
	nodes, err := p.parse()
	if err != nil {
		return nil, err
	}
	t.nodes = nodes
	t.extends = p.extends
	return t, nil
}

// render runs the nodes; an error gets the place of the innermost tag.
func (l *NodeList) render(c *Context) error {
	for i, n := range l.nodes {
		if err := n.Render(c); err != nil {
			return c.fail(err, l, i)
		}
	}
	return nil
}

// Render runs the nodes of a tag's body.
func (l *NodeList) Render(c *Context) error { return l.render(c) }

// fail gives an error the place of a node, if it has none yet.
func (c *Context) fail(err error, l *NodeList, i int) error {
	var re *RenderError
	if errors.As(err, &re) {
		return err
	}
	var se *SyntaxError
	if errors.As(err, &se) && se.Line > 0 { // a mistake in an included template
		if se.Chain != nil {
			return err
		}
		placed := *se
		placed.Chain = append(c.chain(), l.tmpl.position(l.spans[i].start))
		return &placed
	}
	s := l.spans[i]
	return &RenderError{
		Position: l.tmpl.position(s.start), Err: err, Source: l.tmpl.source, Start: s.start, End: s.end, Chain: c.chain(),
	}
}

func (c *Context) chain() []Position {
	out := make([]Position, len(c.calls))
	for i, call := range c.calls {
		out[i] = call.tmpl.position(call.span.start)
	}
	return out
}
