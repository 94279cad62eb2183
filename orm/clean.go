package orm

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// ValidationError says what is wrong with an object, by the names of its fields; what concerns no single field stands under
// the empty name. Its messages are for people.
type ValidationError struct {
	Fields map[string][]Invalid
}

// Invalid is one complaint: a code for programs and a sentence for people.
type Invalid struct{ Code, Message string }

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
	c.fields()
	if x, ok := any(obj).(Cleaner); ok {
		if err := c.own(x.Clean(ctx)); err != nil {
			return err
		}
	}
	for name := range c.out.Fields {
		if f := c.m.FieldNamed(name); f != nil {
			c.skip[f.Declared()] = true // what is wrong already needs no second complaint
		}
	}
	if err := c.parts((*cleaning).unique); err != nil {
		return err
	}
	return c.end(c.parts((*cleaning).constraints))
}

// CleanFields validates each field by itself: null, blank, length, choices, format and the field's validators. It does not
// ask the database, except for columns that the object's query left out. Django: clean_fields.
func CleanFields[T any](ctx context.Context, obj *T, exclude ...any) error {
	c, err := newCleaning(ctx, obj, exclude)
	if err != nil {
		return err
	}
	c.fields()
	return c.end(nil)
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
	for _, f := range exclude {
		pf, _, err := fieldOf(m, f)
		if err != nil {
			return nil, err
		}
		c.skip[pf.Declared()] = true
	}
	return c, nil
}

// fields checks the columns one by one.
func (c *cleaning) fields() {
	for _, f := range c.m.Columns {
		if !c.skip[f.Declared()] && !f.ParentLink && !f.S.Kind.IsAuto() && f.S.Expression == nil && f.Now == nil {
			c.field(f)
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
	ctx  context.Context
	m    *plan.Model
	obj  plan.Pointer
	skip map[*plan.Field]bool // by where they are declared
	out  *ValidationError
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
		part := &cleaning{ctx: c.ctx, m: p.Model, obj: p.At(c.obj), skip: c.skip, out: c.out}
		if err := part.parts(check); err != nil {
			return err
		}
	}
	return nil
}

func (c *cleaning) value(f *plan.Field) dialect.Value { return f.Codec.Get(f.At(c.obj)) }

// field checks one field by itself.
func (c *cleaning) field(f *plan.Field) {
	v := c.value(f)
	s := f.S
	empty := v.Kind == dialect.Null || (v.Kind == dialect.Text || v.Kind == dialect.Bytes) && v.S == ""
	switch {
	case empty && (s.Blank || f.Default != nil || s.DBDefault != nil || v.Kind == dialect.Null && s.Null):
		return
	case v.Kind == dialect.Null:
		c.out.Add(s.Name, "null", "This field cannot be null.")
		return
	case empty && s.Kind.IsText():
		c.out.Add(s.Name, "blank", "This field cannot be blank.")
		return
	}
	if len(s.Choices) > 0 && !slices.ContainsFunc(s.Choices, func(ch schema.Choice) bool {
		cv, err := valueOf(ch.Value)
		return err == nil && cv == v
	}) {
		c.out.Add(s.Name, "invalid_choice", fmt.Sprintf("Value %s is not a valid choice.", quoted(v)))
		return
	}
	if n := utf8.RuneCountInString(v.S); s.MaxLength > 0 && v.Kind == dialect.Text && n > s.MaxLength {
		plural := "s"
		if s.MaxLength == 1 {
			plural = ""
		}
		c.out.Add(s.Name, "max_length", fmt.Sprintf("Ensure this value has at most %d character%s (it has %d).", s.MaxLength, plural, n))
	}
	if msg := formatProblem(s.Kind, v); msg != "" {
		c.out.Add(s.Name, "invalid", msg)
	}
	if f.Validate != nil {
		if err := f.Validate(f.At(c.obj)); err != nil {
			c.out.Add(s.Name, "invalid", err.Error())
		}
	}
}

func quoted(v dialect.Value) string {
	if v.Kind == dialect.Text {
		return "'" + v.S + "'"
	}
	return fmt.Sprint(v.Any())
}

// formatProblem checks what a kind of field demands of its values.
func formatProblem(kind schema.Kind, v dialect.Value) string {
	switch kind {
	case schema.Slug:
		if strings.ContainsFunc(v.S, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
		}) {
			return "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."
		}
	case schema.Email:
		a, err := mail.ParseAddress(v.S)
		if err != nil || a.Address != v.S || !strings.Contains(v.S[strings.LastIndexByte(v.S, '@')+1:], ".") && !strings.HasSuffix(v.S, "@localhost") {
			return "Enter a valid email address."
		}
	case schema.URL:
		u, err := url.Parse(v.S)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "ftp", "ftps"}, u.Scheme) {
			return "Enter a valid URL."
		}
	case schema.PositiveInteger, schema.PositiveBigInteger, schema.PositiveSmallInteger:
		if v.N < 0 {
			return "Ensure this value is greater than or equal to 0."
		}
	}
	return ""
}

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

// unique asks whether another row has the same value of a unique field, or of fields that are unique together.
func (c *cleaning) unique() error {
	for _, f := range c.m.Local {
		if c.skip[f.Declared()] || !f.S.Unique && !(f.S.PrimaryKey && !f.S.Kind.IsAuto()) {
			continue
		}
		taken, err := c.taken([]*plan.Field{f}, nil)
		if err != nil {
			return err
		}
		if taken {
			c.out.Add(f.S.Name, "unique", fmt.Sprintf("%s with this %s already exists.", capital(c.m.Schema.VerboseName), capital(verbose(f))))
		}
	}
	for _, set := range c.m.Schema.UniqueTogether {
		if err := c.uniqueSet(set, "", nil); err != nil {
			return err
		}
	}
	return c.uniqueForDates()
}

func (c *cleaning) uniqueSet(names []string, message string, where expr.Node) error {
	var fields []*plan.Field
	for _, name := range names {
		f := c.m.FieldNamed(name)
		if f == nil || c.skip[f.Declared()] {
			return nil
		}
		fields = append(fields, f)
	}
	taken, err := c.taken(fields, where)
	if err != nil || !taken {
		return err
	}
	labels := make([]string, len(fields))
	for i, f := range fields {
		labels[i] = capital(verbose(f))
	}
	list := labels[0]
	if n := len(labels); n > 1 {
		list = strings.Join(labels[:n-1], ", ") + " and " + labels[n-1]
	}
	field := ""
	if len(fields) == 1 {
		field = fields[0].S.Name
	}
	if message == "" {
		message = fmt.Sprintf("%s with this %s already exists.", capital(c.m.Schema.VerboseName), list)
	}
	c.out.Add(field, "unique_together", message)
	return nil
}

// taken asks for another row with the object's values. A null is like no other.
func (c *cleaning) taken(fields []*plan.Field, where expr.Node) (bool, error) {
	q := &expr.Query{Model: c.m, Limit: -1}
	for _, f := range fields {
		v := c.value(f)
		if v.Kind == dialect.Null {
			return false, nil
		}
		addStep(q, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: f.Column}, Val: v})
	}
	if p, ok := where.(expr.Pred); ok {
		addStep(q, p)
	}
	if len(fields) == 1 && fields[0] == c.m.PK {
		return false, nil // whether the row exists is for Save to find out
	}
	if len(c.m.Key) > 0 && hasKey(c.m, c.obj) {
		itself := expr.Step{Negate: true}
		for _, f := range c.m.Key {
			itself.Preds = append(itself.Preds, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: f.Column}, Val: c.value(f)})
		}
		q.Where = append(q.Where, itself)
	}
	db, s, err := database(c.ctx, "")
	if err != nil {
		return false, err
	}
	st, err := db.statement(s, q, shapeExists)
	if err != nil || st.Empty {
		return false, err
	}
	found := false
	err = db.query(c.ctx, s, st.SQL, st.Args, false, func(dialect.Row) error { found = true; return nil })
	return found, err
}

// constraints asks the database whether the object's values fulfil the model's constraints.
func (c *cleaning) constraints() error {
	for i := range c.m.Schema.Constraints {
		sc := &c.m.Schema.Constraints[i]
		message := sc.Message
		if message == "" {
			message = fmt.Sprintf("Constraint “%s” is violated.", sc.Name)
		}
		switch {
		case sc.Check != nil:
			holds, err := c.holds(sc.Check)
			if err != nil {
				return err
			}
			if !holds {
				c.out.Add("", "constraint", message)
			}
		case len(sc.Expressions) > 0:
			continue // the database will say
		default:
			var where expr.Node
			if sc.Where != nil {
				holds, err := c.holds(sc.Where)
				if err != nil {
					return err
				}
				if !holds {
					continue
				}
				where, _ = sc.Where.(expr.Node)
			}
			if err := c.uniqueSet(sc.Fields, sc.Message, where); err != nil {
				return err
			}
		}
	}
	return nil
}

// holds evaluates a condition over the object's values. One on fields that are wrong or left out is taken to hold; so is a
// condition without an answer (null), as in the database.
func (c *cleaning) holds(e schema.Expression) (bool, error) {
	p, ok := e.(expr.Pred)
	if !ok {
		return true, nil
	}
	db, s, err := database(c.ctx, "")
	if err != nil {
		return false, err
	}
	values := map[string]dialect.Value{}
	for _, f := range c.m.Columns {
		if c.skip[f.Declared()] {
			if mentions(p, f.S.Name) {
				return true, nil
			}
			continue
		}
		values[f.S.Name] = c.value(f)
	}
	st, err := db.compiler(s).Condition(c.m, p, values)
	if err != nil {
		return false, err
	}
	holds := false
	err = db.query(c.ctx, s, st.SQL, st.Args, false, func(r dialect.Row) error {
		holds = r.Null(0) || r.Bool(0)
		return nil
	})
	return holds, err
}

func mentions(p expr.Pred, name string) bool {
	if n, ok := p.Left.(expr.Name); ok && n.Name == name {
		return true
	}
	if p.Name == name || strings.HasPrefix(p.Name, name+"__") {
		return true
	}
	return slices.ContainsFunc(p.Kids, func(k expr.Pred) bool { return mentions(k, name) })
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
