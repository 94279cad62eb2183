package orm

import (
	"context"
	"errors"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// ValidationError says what is wrong with an object, by the names of its fields; what concerns no single field stands under
// the empty name. Its messages are for people.
type ValidationError struct {
	Fields map[string][]Invalid
}

// Invalid is one complaint: a code for programs and a sentence for people. Validators of columns may return it as their error.
type Invalid struct{ Code, Message string }

// Error is the message.
func (i Invalid) Error() string { return i.Message }

// Error lists the complaints.
func (e *ValidationError) Error() string {
	names := make([]string, 0, len(e.Fields))
	for name := range e.Fields {
		names = append(names, name)
	}
	sort.Strings(names)
	var parts []string
	for _, name := range names {
		for _, inv := range e.Fields[name] {
			parts = append(parts, strings.TrimPrefix(name+": "+inv.Message, ": "))
		}
	}
	return "orm: invalid: " + strings.Join(parts, "; ")
}

// Add adds a complaint about a field; the empty name is for the object as a whole.
func (e *ValidationError) Add(field, code, message string) {
	if e.Fields == nil {
		e.Fields = map[string][]Invalid{}
	}
	e.Fields[field] = append(e.Fields[field], Invalid{code, message})
}

// Cleaner is a model with rules of its own over several fields: Django's clean(). It may return a *ValidationError; any other
// error becomes a complaint about the object as a whole.
type Cleaner interface {
	Clean(ctx context.Context) error
}

// FullClean validates an object as forms do: CleanFields, the model's Clean, ValidateUnique and ValidateConstraints, in this
// order; what is wrong already gets no second complaint. It returns a *ValidationError, or another error when the database
// cannot be asked. Fields named in exclude, by address, are not looked at. Like Django, Create and Save do not call it.
func FullClean[T any](ctx context.Context, obj *T, exclude ...any) error {
	c, err := newCleaning(ctx, obj, exclude)
	if err != nil {
		return err
	}
	if err := c.fields(); err != nil {
		return err
	}
	if x, ok := any(obj).(Cleaner); ok {
		if err := c.own(x.Clean(ctx)); err != nil {
			return err
		}
	}
	c.skipWrong()
	if err := c.parts((*cleaning).unique); err != nil {
		return err
	}
	c.skipWrong()
	return c.end(c.parts((*cleaning).constraints))
}

// CleanFields validates each field by itself: choices, null, blank, the format of its kind, the range of its column, its
// validators and its length. It asks the database only whether the rows are there that foreign keys point to and allow (LimitChoices), and for columns
// that the object's query left out. Django: clean_fields.
func CleanFields[T any](ctx context.Context, obj *T, exclude ...any) error {
	c, err := newCleaning(ctx, obj, exclude)
	if err != nil {
		return err
	}
	return c.end(c.fields())
}

// ValidateUnique asks the database whether another row has the object's values where they must be unique: of a field, of
// fields together, of a field for a date. Django: validate_unique.
func ValidateUnique[T any](ctx context.Context, obj *T, exclude ...any) error {
	c, err := newCleaning(ctx, obj, exclude)
	if err != nil {
		return err
	}
	return c.end(c.parts((*cleaning).unique))
}

// ValidateConstraints asks the database whether the object fulfils the constraints of Meta. Django: validate_constraints.
func ValidateConstraints[T any](ctx context.Context, obj *T, exclude ...any) error {
	c, err := newCleaning(ctx, obj, exclude)
	if err != nil {
		return err
	}
	return c.end(c.parts((*cleaning).constraints))
}

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
