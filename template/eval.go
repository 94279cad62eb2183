package template

import (
	"errors"
	"strings"

	"github.com/nuages-go/nuages/template/internal/value"
)

// eval gives the expression's value for printing: what does not exist is the engine's StringIfInvalid.
func (e *Expr) eval(c *Context) (value.Value, error) {
	v, err := e.term.eval(c)
	if err != nil {
		return v, err
	}
	if v.IsUndefined() {
		if c.dtl.opts.Strict {
			return v, c.undefined(e.term.path)
		}
		v = value.OfString("")
		if invalid := c.dtl.opts.StringIfInvalid; invalid != "" {
			return value.OfString(strings.Replace(invalid, "%s", e.term.path.name, 1)), nil
		}
	}
	if len(e.filters) == 0 {
		return v, nil
	}
	return e.apply(c, v)
}

// evalNone gives the expression's value for a tag: what does not exist is None.
func (e *Expr) evalNone(c *Context) (value.Value, error) {
	v, err := e.term.eval(c)
	if err != nil {
		return v, err
	}
	if v.IsUndefined() {
		v = value.NoneValue()
	}
	if len(e.filters) == 0 {
		return v, nil
	}
	return e.apply(c, v)
}

func (e *Expr) apply(c *Context, v value.Value) (value.Value, error) {
	for i := range e.filters {
		call := &e.filters[i]
		var arg value.Value
		if call.hasArg {
			var err error
			if arg, err = call.arg.eval(c); err != nil {
				return v, err
			}
			if arg.IsUndefined() {
				return v, c.undefined(call.arg.path)
			}
		}
		out, err := call.filter.Apply(&c.env, v, arg, call.hasArg)
		if err != nil {
			return v, err
		}
		v = out
	}
	return v, nil
}

func (t *term) eval(c *Context) (value.Value, error) {
	switch {
	case t.path != nil:
		return t.path.resolve(c)
	case t.translate:
		return value.OfSafe(c.translate("", t.message)), nil
	}
	return t.literal, nil
}

// silent is for errors that mean "there is no such value", as Django's silent_variable_failure.
type silent interface{ SilentVariableFailure() bool }

func isSilent(err error) bool {
	var s silent
	return errors.As(err, &s) && s.SilentVariableFailure()
}

// resolve gives the variable's value, undefined if it does not exist.
func (p *varPath) resolve(c *Context) (value.Value, error) {
	v, err := c.lookup(p)
	if err != nil || v.IsUndefined() {
		return quiet(v, err)
	}
	if k := v.Kind(); k == value.Func || k == value.Object {
		if v, err = c.settle(v); err != nil {
			return quiet(v, err)
		}
	}
	for _, step := range p.steps {
		next, ok, err := step.Get(c.env.Ctx, v)
		if err != nil {
			return quiet(v, err)
		}
		if !ok {
			return value.Value{}, nil
		}
		v = next
		if k := v.Kind(); k == value.Func || k == value.Object {
			if v, err = c.settle(v); err != nil {
				return quiet(v, err)
			}
		}
	}
	return v, nil
}

func quiet(v value.Value, err error) (value.Value, error) {
	if err != nil && isSilent(err) {
		return value.Value{}, nil
	}
	return v, err
}

// settle calls a function and loads a lazy value.
func (c *Context) settle(v value.Value) (value.Value, error) {
	for range 4 {
		if v.Kind() == value.Func {
			out, ok, err := v.Call(c.env.Ctx)
			if err != nil {
				return v, err
			}
			if !ok {
				return value.OfString(c.dtl.opts.StringIfInvalid), nil
			}
			v = out
			continue
		}
		if !v.IsLazy() {
			return v, nil
		}
		var err error
		if v, err = v.Lazy(c.env.Ctx); err != nil {
			return v, err
		}
	}
	return v, nil
}

// lookup finds the value of the path's first name: in the scopes of tags, the page's data, the processors.
func (c *Context) lookup(p *varPath) (value.Value, error) {
	for i := len(c.scope) - 1; i >= c.base; i-- {
		if c.scope[i].name == p.root {
			return c.scope[i].value, nil
		}
	}
	if c.isolated {
		return value.Value{}, nil
	}
	if c.data != nil {
		if a, ok := c.data[p.first.Name]; ok {
			return c.env.Reg.Of(a), nil
		}
	} else if !c.root.IsUndefined() {
		v, ok, err := p.first.Get(c.env.Ctx, c.root)
		if ok || err != nil {
			return v, err
		}
	}
	if p.processor >= 0 && (!c.inclusion || p.root == symCSRF) {
		return c.processed(p.processor)
	}
	return value.Value{}, nil
}

// undefined is the error for a variable that must exist.
func (c *Context) undefined(p *varPath) error {
	e := &VariableError{Name: p.name, Part: p.first.Name}
	v, err := c.lookup(p)
	if err != nil || v.IsUndefined() {
		e.Hint = didYouMean(e.Part, c.root.Type().Names())
		return e
	}
	for _, step := range p.steps {
		if v, err = c.settle(v); err != nil {
			return err
		}
		next, ok, err := step.Get(c.env.Ctx, v)
		if !ok || err != nil {
			e.Part, e.Hint = step.Name, didYouMean(step.Name, v.Type().Names())
			break
		}
		v = next
	}
	return e
}
