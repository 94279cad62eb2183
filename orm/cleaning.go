package orm

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

func newCleaning[T any](ctx context.Context, obj *T, exclude []any) (*cleaning, error) {
	m := model[T]()
	if err := m.Ready(); err != nil {
		return nil, err
	}
	if err := Load(ctx, obj); err != nil { // what the query left out is looked at too
		return nil, err
	}
	c := &cleaning{ctx: ctx, m: m, obj: plan.PointerTo(obj), skip: map[*plan.Field]bool{}, out: &ValidationError{}}
	c.using = homeOf(m, c.obj)
	fillJoined(m, c.obj)
	for _, f := range exclude {
		pf, _, err := fieldOf(m, f)
		if err != nil {
			return nil, err
		}
		c.skip[pf.Declared()] = true
	}
	return c, nil
}

// skipWrong leaves out of what follows the fields that are wrong already: they need no second complaint.
func (c *cleaning) skipWrong() {
	for name := range c.out.Fields {
		if f := c.m.FieldNamed(name); f != nil {
			c.skip[f.Declared()] = true
		}
	}
}

func (c *cleaning) end(err error) error {
	if err == nil && len(c.out.Fields) > 0 {
		return c.out
	}
	return err
}

type cleaning struct {
	ctx   context.Context
	m     *plan.Model
	obj   plan.Pointer
	using string               // the database that the object came from
	skip  map[*plan.Field]bool // by where they are declared
	out   *ValidationError
}

// database is where the object would be saved.
func (c *cleaning) database() (*DB, *scope, error) {
	using := c.using
	return route(c.ctx, &using, c.m, true, c.using)
}

// future is the value that a field will have in the row: the default where a new object has none yet; a time that was never
// set is null.
func (c *cleaning) future(f *plan.Field) dialect.Value {
	if f.Default != nil && !hasKey(c.m, c.obj) && f.Codec.Zero(f.At(c.obj)) {
		filled := c.m.New()
		f.Default(f.At(filled))
		return f.Codec.Get(f.At(filled))
	}
	v := c.value(f)
	if null, _ := c.emptiness(f, v); null {
		return dialect.Value{}
	}
	return v
}

// parts runs the checks of the model that the object is of, and of those that it is of too: of its parents, among all their
// rows, and of the model that a proxy stands for.
func (c *cleaning) parts(check func(part *cleaning) error) error {
	if c.m.ProxyOf == nil {
		if err := check(c); err != nil {
			return err
		}
	}
	for _, p := range c.m.Parents {
		part := &cleaning{ctx: c.ctx, m: p.Model, obj: p.At(c.obj), using: c.using, skip: c.skip, out: c.out}
		if err := part.parts(check); err != nil {
			return err
		}
	}
	return nil
}

func (c *cleaning) value(f *plan.Field) dialect.Value { return f.Codec.Get(f.At(c.obj)) }

// own takes what the model's Clean says.
func (c *cleaning) own(err error) error {
	if err == nil {
		return nil
	}
	if ve, ok := errors.AsType[*ValidationError](err); ok {
		for name, list := range ve.Fields {
			for _, inv := range list {
				c.out.Add(name, inv.Code, inv.Message)
			}
		}
		return nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	c.out.Add("", "invalid", err.Error())
	return nil
}

func verbose(f *plan.Field) string {
	if f.S.VerboseName != "" {
		return f.S.VerboseName
	}
	return strings.ReplaceAll(f.S.Name, "_", " ")
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[n:]
}
