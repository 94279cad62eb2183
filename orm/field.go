package orm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/check"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Field is one line of a model's Fields method. Make it with Char, DateTime, Ref and the other functions.
type Field interface {
	declare() *declaration
}

// declaration is what a Fields method says about one field.
type declaration struct {
	addr     plan.Pointer
	s        schema.Field
	err      error
	extra    bool
	ignore   bool
	deflt    func(p plan.Pointer, pointer bool)
	now      func(p plan.Pointer, pointer bool)
	validate []func(p plan.Pointer, pointer bool) error
	messages map[string]string
	listing  func() []schema.Choice // of choices
	parts    []any
	columns  []any
	custom   *plan.Custom
	many     *manyDecl
	hasMany  *plan.Path
	manyBack bool
	dates    []dateRule
	within   *plan.Path
	hasChild bool
	parent   *parentDecl
	soft     bool
	choices  *choiceLimit
	onDelete func(ctx context.Context, p plan.Pointer) error
}

// Column describes a column whose Go type is V. Its methods return it, so that a description reads as one line:
//
//	orm.Char(&a.Status, 10).Default(Draft).Choices(Statuses...).Index()
//
// A nullable column is a pointer field. Both &a.Published and a.Published name it: in the reference value that Fields
// gets, pointers are filled.
type Column[V any] struct{ d declaration }

func (c *Column[V]) declare() *declaration { return &c.d }

// newColumn and Char run once, when the program starts: in their callers' code they would only cost the compiler.
//
//go:noinline
func newColumn[V any](f *V, kind schema.Kind) *Column[V] {
	return &Column[V]{declaration{addr: plan.PointerTo(f), s: schema.Field{Kind: kind}}}
}

// Char is text of at most maxLength characters: varchar(n).
//
//go:noinline
func Char[V ~string](f *V, maxLength int) *Column[V] {
	c := newColumn(f, schema.Char)
	c.d.s.MaxLength = maxLength
	return c
}

// Text is text without a limit.
func Text[V ~string](f *V) *Column[V] { return newColumn(f, schema.Text) }

// Slug is a short label of letters, digits, hyphens and underscores, with an index: varchar(50).
func Slug[V ~string](f *V) *Column[V] {
	c := newColumn(f, schema.Slug)
	c.d.s.MaxLength = 50
	return c
}

// Email is a mail address: varchar(254).
func Email[V ~string](f *V) *Column[V] {
	c := newColumn(f, schema.Email)
	c.d.s.MaxLength = 254
	return c
}

// URL is a web address: varchar(200).
func URL[V ~string](f *V) *Column[V] {
	c := newColumn(f, schema.URL)
	c.d.s.MaxLength = 200
	return c
}

// File is the name of a stored file: varchar(100).
func File[V ~string](f *V) *Column[V] {
	c := newColumn(f, schema.File)
	c.d.s.MaxLength = 100
	return c
}

// Image is the name of a stored picture: varchar(100).
func Image[V ~string](f *V) *Column[V] {
	c := newColumn(f, schema.Image)
	c.d.s.MaxLength = 100
	return c
}

// FilePath is the path of a file on the server: varchar(100).
func FilePath[V ~string](f *V) *Column[V] {
	c := newColumn(f, schema.FilePath)
	c.d.s.MaxLength = 100
	return c
}

// IP is an IPv4 or IPv6 address: char(39), inet on PostgreSQL.
func IP[V ~string](f *V) *Column[V] { return newColumn(f, schema.IP) }

// Whole is any Go integer.
type Whole interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Integer is a whole number of 32 bits; BigInteger has 64 and SmallInteger 16. The Positive forms refuse negative numbers
// in the database.
func Integer[V Whole](f *V) *Column[V] { return newColumn(f, schema.Integer) }

// BigInteger is a whole number of 64 bits.
func BigInteger[V Whole](f *V) *Column[V] { return newColumn(f, schema.BigInteger) }

// SmallInteger is a whole number of 16 bits.
func SmallInteger[V Whole](f *V) *Column[V] { return newColumn(f, schema.SmallInteger) }

// PositiveInteger is a whole number of 32 bits that is not negative.
func PositiveInteger[V Whole](f *V) *Column[V] { return newColumn(f, schema.PositiveInteger) }

// PositiveBigInteger is a whole number of 64 bits that is not negative.
func PositiveBigInteger[V Whole](f *V) *Column[V] { return newColumn(f, schema.PositiveBigInteger) }

// PositiveSmallInteger is a whole number of 16 bits that is not negative.
func PositiveSmallInteger[V Whole](f *V) *Column[V] {
	return newColumn(f, schema.PositiveSmallInteger)
}

// Auto is a primary key of 32 bits that the database counts up; BigAuto has 64 (what an ID int64 field is by itself).
func Auto[V Whole](f *V) *Column[V] { return newColumn(f, schema.Auto).PrimaryKey() }

// BigAuto is a primary key of 64 bits that the database counts up.
func BigAuto[V Whole](f *V) *Column[V] { return newColumn(f, schema.BigAuto).PrimaryKey() }

// SmallAuto is a primary key of 16 bits that the database counts up.
func SmallAuto[V Whole](f *V) *Column[V] { return newColumn(f, schema.SmallAuto).PrimaryKey() }

// Float is a floating-point number.
func Float[V ~float32 | ~float64](f *V) *Column[V] { return newColumn(f, schema.Float) }

// Numeric is an exact number of at most digits digits, places of them after the point: decimal. With 0 and 0 it has no limits,
// which MySQL refuses. What is saved is rounded to the places, half to even; more digits before the point are an error.
func Numeric(f *Decimal, digits, places int) *Column[Decimal] {
	c := newColumn(f, schema.Decimal)
	c.d.s.Digits, c.d.s.Places = digits, places
	for _, w := range check.Decimal(digits, places) {
		c.d.err = errors.Join(c.d.err, w)
	}
	return c
}

// Bool is true or false.
func Bool[V ~bool](f *V) *Column[V] { return newColumn(f, schema.Boolean) }

// Date is a day. The time.Time read from it is midnight UTC.
func Date(f *time.Time) *Column[time.Time] { return newColumn(f, schema.Date) }

// DateTime is a moment. It is read in UTC.
func DateTime(f *time.Time) *Column[time.Time] { return newColumn(f, schema.DateTime) }

// Clock is a time of day, as the time since midnight: Django's TimeField.
func Clock(f *time.Duration) *Column[time.Duration] { return newColumn(f, schema.Time) }

// Duration is a span of time, exact to the microsecond.
func Duration(f *time.Duration) *Column[time.Duration] { return newColumn(f, schema.Duration) }

// Binary is raw bytes.
func Binary[V ~[]byte](f *V) *Column[V] { return newColumn(f, schema.Binary).NotEditable() }

// UUID is a 128-bit identifier; github.com/google/uuid's type fits.
func UUID[V ~[16]byte](f *V) *Column[V] { return newColumn(f, schema.UUID) }

// JSON keeps any Go value as JSON.
func JSON[V any](f *V) *Column[V] { return newColumn(f, schema.JSON) }

// Col gives options to a column that keeps the kind of its Go type.
func Col[V any](f *V) *Column[V] { return newColumn(f, schema.Invalid) }

// Generated is a column that the database computes from others of its row:
//
//	orm.Generated(&p.Gross, orm.F(&p.Net).Times(orm.MustDecimal("1.19")), schema.Field{Kind: schema.Decimal, Digits: 12, Places: 4}, true)
//
// V must be the type of what the expression gives. Output is the type of the column; the zero schema.Field is that of the Go
// type. Stored columns are computed on writing, others on reading (PostgreSQL before 18 has stored ones only). The object has
// the value after each save. Django: GeneratedField(expression, output_field, db_persist).
func Generated[V any](f *V, of Expr[V], output schema.Field, stored bool) *Column[V] {
	c := newColumn(f, schema.Generated)
	if output.Kind == schema.Invalid {
		output.Kind = plan.GoKind(typeOf[V]())
		if output.Kind == schema.Decimal && output.Digits == 0 {
			output.Digits, output.Places = 19, 4
		}
	}
	e, ok := of.n.(schema.Expression)
	if !ok {
		c.d.err = fmt.Errorf("orm: a generated column cannot hold a %T", of.n)
	}
	c.d.s.Expression, c.d.s.Output, c.d.s.Stored = e, &output, stored
	return c.NotEditable()
}

// Extra is a field of the struct that is no column: an annotation fills it (Query.Annotate with orm.As).
func Extra[V any](f *V) Field {
	c := newColumn(f, plan.GoKind(typeOf[V]()))
	c.d.extra = true
	return c
}

// Ignore is a field of the struct that the ORM leaves alone.
func Ignore[V any](f *V) Field {
	c := newColumn(f, schema.Invalid)
	c.d.ignore = true
	return c
}

// Column names the database column. Default: the field's name in snake case.
func (c *Column[V]) Column(name string) *Column[V] { c.d.s.Column = name; return c }

// Name gives the field's name in look-ups, forms and migrations. Default: the Go name in snake case.
func (c *Column[V]) Name(name string) *Column[V] { c.d.s.Name = name; return c }

// PrimaryKey makes the field the key. The Go field must not be a pointer.
func (c *Column[V]) PrimaryKey() *Column[V] { c.d.s.PrimaryKey = true; return c }

// Unique allows each value once.
func (c *Column[V]) Unique() *Column[V] { c.d.s.Unique = true; return c }

// Null lets a column be null whose Go type is no pointer: a JSON column, which keeps its zero value as NULL.
func (c *Column[V]) Null() *Column[V] { c.d.s.Null = true; return c }

// Index adds an index.
func (c *Column[V]) Index() *Column[V] { c.d.s.Index = true; return c }

// NoIndex leaves out the index that a slug has by itself.
func (c *Column[V]) NoIndex() *Column[V] { c.d.s.NoIndex = true; return c }

// MaxLength sets the greatest length of a text or binary column.
func (c *Column[V]) MaxLength(n int) *Column[V] { c.d.s.MaxLength = n; return c }

// Blank lets forms leave the field empty.
func (c *Column[V]) Blank() *Column[V] { c.d.s.Blank = true; return c }

// Default is the value of a new object whose field is the zero value: Create fills it in. To store a zero value where
// another default is set, use a pointer field, or save the object again.
func (c *Column[V]) Default(v V) *Column[V] {
	c.d.s.Default = c.stored(v)
	c.d.deflt = func(p plan.Pointer, pointer bool) { assign(p, pointer, v) }
	return c
}

// stored is a value as migrations know it: through the column's codec, if it has one.
func (c *Column[V]) stored(v V) any {
	if c.d.custom == nil {
		return v
	}
	s := c.d.custom.Codec.Get(plan.PointerTo(&v))
	if err, ok := s.X.(error); ok {
		c.d.err = err
	}
	return s.Any()
}

// DefaultFunc computes the value of a new object whose field is the zero value.
func (c *Column[V]) DefaultFunc(f func() V) *Column[V] {
	c.d.s.DefaultFunc = true
	c.d.deflt = func(p plan.Pointer, pointer bool) { assign(p, pointer, f()) }
	return c
}

// DBDefault is the default that the database itself knows.
func (c *Column[V]) DBDefault(v V) *Column[V] {
	val, err := valueOf(c.stored(v))
	if err != nil {
		c.d.err = err
	}
	c.d.s.DBDefault = expr.Literal{Value: val}
	return c
}

// DBDefaultExpr is a default that the database computes.
func (c *Column[V]) DBDefaultExpr(e Expr[V]) *Column[V] {
	c.d.dbDefault(e.n)
	return c
}

func (d *declaration) dbDefault(n expr.Node) {
	se, ok := n.(schema.Expression)
	if !ok {
		d.err = schema.Wrong("orm.E009", "a default of the database cannot be a %T", n)
	}
	d.s.DBDefault = se
}

// Validate adds rules for FullClean, which reports all that a value breaks. Package validators has Django's. An error of type
// Invalid or *validators.Error brings its own code, any other has the code "invalid". Rules do not see values that are empty.
func (c *Column[V]) Validate(rules ...func(V) error) *Column[V] {
	addRules(&c.d, rules)
	return c
}

// addRules adds validators of the values at the beginning of a field.
func addRules[V any](d *declaration, rules []func(V) error) {
	for _, rule := range rules {
		if rule == nil {
			d.err = schema.Wrong("fields.E008", "Validate got a nil in place of a rule (leave it out)")
			continue
		}
		d.validate = append(d.validate, func(p plan.Pointer, pointer bool) error {
			if !pointer {
				return rule(*plan.At[V](p))
			}
			if v := *plan.At[*V](p); v != nil {
				return rule(*v)
			}
			return nil
		})
	}
}

// AutoNow sets the present time on each Save; for Date, DateTime and Clock, whose times of day are UTC's.
func (c *Column[V]) AutoNow() *Column[V] {
	c.d.s.AutoNow = true
	return c.auto()
}

// AutoNowAdd sets the present time on Create; for Date, DateTime and Clock.
func (c *Column[V]) AutoNowAdd() *Column[V] {
	c.d.s.AutoNowAdd = true
	return c.auto()
}

func (c *Column[V]) auto() *Column[V] {
	kind := c.d.s.Kind
	switch any(*new(V)).(type) {
	case time.Time:
		c.d.now = func(p plan.Pointer, pointer bool) {
			t := time.Now().UTC().Truncate(time.Microsecond)
			if kind == schema.Date {
				t = t.Truncate(day)
			}
			assign(p, pointer, t)
		}
	case time.Duration:
		c.d.now = func(p plan.Pointer, pointer bool) {
			t := time.Now().UTC().Truncate(time.Microsecond)
			assign(p, pointer, t.Sub(t.Truncate(day)))
		}
	}
	if c.d.now == nil || !kind.IsTemporal() {
		c.wrong("AutoNow and AutoNowAdd are for Date, DateTime and Clock")
	}
	c.d.s.NotEditable, c.d.s.Blank = true, true
	return c
}

const day = 24 * time.Hour

// Verbose is the field's name for people. Default: the name with spaces.
func (c *Column[V]) Verbose(name string) *Column[V] { c.d.s.VerboseName = name; return c }

// Help is the hint beside the field in forms.
func (c *Column[V]) Help(text string) *Column[V] { c.d.s.HelpText = text; return c }

// NotEditable keeps the field out of forms.
func (c *Column[V]) NotEditable() *Column[V] { c.d.s.NotEditable = true; return c }

// Collation sets the database's collation of the column.
func (c *Column[V]) Collation(name string) *Column[V] { c.d.s.Collation = name; return c }

// Comment stands on the column in the database.
func (c *Column[V]) Comment(text string) *Column[V] { c.d.s.Comment = text; return c }

func assign[V any](p plan.Pointer, pointer bool, v V) {
	if pointer {
		*plan.At[*V](p) = &v
		return
	}
	*plan.At[V](p) = v
}
