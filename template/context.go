package template

import (
	"context"
	"fmt"
	"io"
	"slices"
	"unique"

	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

// Context is one render: the variables that tags see, and the output. It is used by one goroutine.
type Context struct {
	dtl *DTL
	env filters.Env
	out []byte
	// w takes the output when it grows, if the render streams; captures counts the tags that still need what was written.
	w        io.Writer
	captures int

	// scope holds the variables that tags set, the innermost last. Those from frame on are the innermost tag's; those
	// before base are hidden, and with isolated the page's data and the processors' variables too.
	scope    []binding
	frame    int
	base     int
	isolated bool
	// inclusion: the data is an inclusion tag's, and of the processors' variables only csrf_token is there.
	inclusion bool
	// root is the page's data if it is a struct, data if it is a map.
	root value.Value
	data map[string]any
	// made holds the values that processors made, by number.
	made []value.Value

	// layout is the inheritance chain that is rendered; slots the state of the current template's tags.
	layout *layoutRun
	slots  []slot
	// calls is the way by include and extends to here.
	calls []call
	// loops, runs and blocks are kept for each nesting level, arena for the slots of all of them.
	loops  []*loop
	runs   []*layoutRun
	blocks []*runningBlock
	arena  []slot
	// depth is how many loops run, nesting how many blocks, running how many inheritance chains.
	depth, nesting, running int
	// turns counts the turns of all loops.
	turns int
}

type binding struct {
	name  symbol
	value value.Value
}

// slot is the state of one tag during a render.
type slot struct {
	n      int
	set    bool
	values []value.Value
	text   string
}

// call is an include, or the extends tag of a template.
type call struct {
	tmpl *Template
	span span
}

// maxDepth bounds include and extends recursion.
const maxDepth = 200

var symForloop, symBlock, symCSRF = unique.Make("forloop"), unique.Make("block"), unique.Make("csrf_token")

// Ctx returns the request's context.
func (c *Context) Ctx() context.Context { return c.env.Ctx }

// Autoescape says whether values are escaped here.
func (c *Context) Autoescape() bool { return c.env.Autoescape }

// WriteString writes text as it is.
func (c *Context) WriteString(s string) { c.out = append(c.out, s...) }

// WriteValue writes a value as {{ }} does: localized, and escaped unless it is safe.
func (c *Context) WriteValue(v any) { c.print(c.env.Reg.Of(v)) }

// Eval returns an expression's value; nil for None and for what does not exist.
func (c *Context) Eval(e *Expr) (any, error) {
	v, err := e.evalNone(c)
	if err != nil {
		return nil, err
	}
	return v.Plain(), nil
}

// Text returns an expression's value as text.
func (c *Context) Text(e *Expr) (string, error) {
	v, err := e.eval(c)
	if err != nil {
		return "", err
	}
	return v.Str(), nil
}

// Int returns an expression's value as a whole number.
func (c *Context) Int(e *Expr) (int, error) {
	v, err := e.evalNone(c)
	if err != nil {
		return 0, err
	}
	n, ok := v.Int64()
	if !ok || int64(int(n)) != n {
		return 0, fmt.Errorf("%s is %s, which is no whole number", e.Source, v.Repr())
	}
	return int(n), nil
}

// Truth says whether an expression's value counts as true.
func (c *Context) Truth(e *Expr) (bool, error) {
	v, err := e.evalNone(c)
	return v.Truth(), err
}

// Lookup returns a variable's value.
func (c *Context) Lookup(name string) (any, bool) {
	v, err := c.lookup(&varPath{name: name, root: unique.Make(name), first: value.NewStep(name), processor: c.dtl.processor(name)})
	if err != nil || v.IsUndefined() {
		return nil, false
	}
	return v.Any(), true
}

// Set sets a variable until the innermost Push ends.
func (c *Context) Set(name string, v any) { c.set(unique.Make(name), c.env.Reg.Of(v)) }

// Push opens a scope for variables; Pop, called with what Push returned, closes it.
func (c *Context) Push() (mark int) {
	mark = c.frame
	c.frame = len(c.scope)
	return mark
}

// Pop closes the scope that Push opened, and forgets its variables.
func (c *Context) Pop(mark int) {
	clear(c.scope[c.frame:])
	c.scope = c.scope[:c.frame]
	c.frame = mark
}

func (c *Context) set(name symbol, v value.Value) {
	for i := len(c.scope) - 1; i >= c.frame; i-- {
		if c.scope[i].name == name {
			c.scope[i].value = v
			return
		}
	}
	c.scope = append(c.scope, binding{name, v})
}

// takeSlots returns n fresh slots. They are given back by cutting the arena to the length that it had before.
func (c *Context) takeSlots(n int) []slot {
	if n == 0 {
		return nil
	}
	start := len(c.arena)
	c.arena = slices.Grow(c.arena, n)[:start+n]
	slots := c.arena[start : start+n : start+n]
	clear(slots)
	return slots
}

// setUpward sets a variable where it is set already, or else in the innermost scope.
func (c *Context) setUpward(name symbol, v value.Value) {
	for i := len(c.scope) - 1; i >= c.base; i-- {
		if c.scope[i].name == name {
			c.scope[i].value = v
			return
		}
	}
	c.scope = append(c.scope, binding{name, v})
}

// Capture returns what nodes write, as safe HTML.
func (c *Context) Capture(nodes *NodeList) (SafeString, error) {
	text, err := c.capture(nodes.render)
	return SafeString{text}, err
}

func (c *Context) capture(render func(*Context) error) (string, error) {
	start := len(c.out)
	c.captures++
	err := render(c)
	c.captures--
	text := string(c.out[start:])
	c.out = c.out[:start]
	return text, err
}

// processed returns the value of a processor's variable.
func (c *Context) processed(i int) (value.Value, error) {
	if c.made == nil {
		c.made = make([]value.Value, len(c.dtl.vars))
	}
	if v := c.made[i]; !v.IsUndefined() {
		return v, nil
	}
	a, err := c.dtl.vars[i].value(c.env.Ctx)
	if err != nil {
		return value.Value{}, fmt.Errorf("variable %s: %w", c.dtl.vars[i].name, err)
	}
	v := c.env.Reg.Of(a)
	c.made[i] = v
	return v, nil
}

// flush hands the output on if the render streams and nothing needs it any more.
func (c *Context) flush(least int) error {
	if c.w == nil || c.captures > 0 || len(c.out) < least {
		return nil
	}
	_, err := c.w.Write(c.out)
	c.out = c.out[:0]
	return err
}

func (c *Context) translate(msgctxt, id string) string {
	if c.dtl.opts.Translator == nil || id == "" {
		return id
	}
	return c.dtl.opts.Translator.Translate(c.env.Ctx, msgctxt, id)
}
