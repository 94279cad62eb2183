package orm

import (
	"context"
	"errors"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// SQL is the text of a custom function on each database: {1}, {2} ... stand for its arguments, {args} for all of them. An
// argument is an expression or a parameter; it is never pasted into the text.
//
//	orm.SQL{All: "SOUNDEX({1})", SQLite: "my_soundex({1})"}
type SQL = expr.SQL

// CustomFunc is a function of the database that package orm has no word for: Django's Func. R is the Go type of its
// result. It is a value without state: keep it at package level.
//
//	var Soundex = orm.CustomFunc[string]{Name: "soundex", SQL: orm.SQL{All: "SOUNDEX({1})"}}
//	orm.Objects[Person]().Filter(Soundex.Call(orm.F(&p.Name)).Eq(Soundex.Call(orm.Val("Meier"))))
//
// A wrong number of arguments, and a database for which there is no text, are errors of the query.
type CustomFunc[R any] struct {
	// Name stands in errors.
	Name string
	SQL  SQL
	// Joiner stands between the arguments of {args}. Default: a comma. Django: arg_joiner.
	Joiner string
	// Min and Max bound the number of arguments of {args}. Default: no bounds. Django: arity.
	Min, Max int
	// Aggregate says that the function is over a group of rows. Django: Aggregate.
	Aggregate bool
}

// Call is the function with its arguments.
func (f CustomFunc[R]) Call(args ...AnyExpr) Expr[R] {
	c := expr.Custom{Name: f.Name, SQL: f.SQL, Joiner: f.Joiner, Min: f.Min, Max: f.Max, Aggregate: f.Aggregate, Out: kindOf[R]()}
	return Expr[R]{n: expr.Call{Of: c, Args: nodes(args)}}
}

// LookupPart is a word of look-up strings that a site adds: a CustomTransform or a CustomLookup. A column knows those that
// its description lists (Column.Lookups), all columns those of the site (App.Lookups, WithLookups).
type LookupPart interface{ lookupPart() *expr.Part }

// CustomTransform is a function of one column that look-up strings may name: Django's Transform. R is the Go type of its
// result.
//
//	var Unaccent = orm.CustomTransform[string]{
//		Name: "unaccent", For: schema.Kind.IsText, Bilateral: true,
//		SQL: orm.SQL{PostgreSQL: "UNACCENT({1})", SQLite: "REPLACE({1}, 'é', 'e')", MySQL: "CONVERT({1} USING ascii)"},
//	}
//
//	orm.Char(&p.Name, 50).Lookups(Unaccent)                 // in Fields
//	orm.Lookup("name__unaccent__icontains", "rene")         // by name
//	Unaccent.Of(orm.F(&p.Name)).IContains("rene")           // typed
type CustomTransform[R any] struct {
	// Name is the word in look-up strings: lower-case letters, digits and single underscores.
	Name string
	// SQL has one argument, {1}. Func is Django's name of a built-in function to call instead: "Length".
	SQL  SQL
	Func string
	// Bilateral sends the value that is compared through the transform too.
	Bilateral bool
	// For says which columns have the transform: schema.Kind.IsText. Default: all.
	For func(schema.Kind) bool
}

func (t CustomTransform[R]) lookupPart() *expr.Part {
	return &expr.Part{
		Custom:    expr.Custom{Name: t.Name, SQL: t.SQL, Func: t.Func, Out: kindOf[R]()},
		Bilateral: t.Bilateral, For: t.For,
	}
}

// Of applies the transform to an expression.
func (t CustomTransform[R]) Of(e AnyExpr) Expr[R] {
	return Expr[R]{n: expr.Call{Of: t.lookupPart().Custom, Args: []expr.Node{e.exprNode()}, Bilateral: t.Bilateral}}
}

// CustomLookup is a comparison that look-up strings may name: Django's Lookup. V is the Go type of the value that is
// compared with; any takes what the left side takes.
//
//	var Similar = orm.CustomLookup[string]{
//		Name: "trigram_similar", For: schema.Kind.IsText, SQL: orm.SQL{PostgreSQL: "{1} % {2}"},
//	}
//
//	orm.Lookup("title__trigram_similar", "nuage")
//	Similar.On(orm.F(&a.Title), "nuage")
type CustomLookup[V any] struct {
	// Name is the word in look-up strings: lower-case letters, digits and single underscores.
	Name string
	// SQL has two arguments: {1} is the left side, {2} the value. A list of values becomes a, b, c.
	SQL SQL
	// For says which columns have the look-up. Default: all.
	For func(schema.Kind) bool
	// Prepare, if any, changes the value before it becomes a parameter. Django: get_prep_lookup.
	Prepare func(v any) (any, error)
}

func (l CustomLookup[V]) lookupPart() *expr.Part {
	return &expr.Part{
		Custom: expr.Custom{Name: l.Name, SQL: l.SQL, Out: schema.Boolean},
		Lookup: true, For: l.For, Prepare: l.Prepare, Right: kindOf[V](),
	}
}

// On is the condition between an expression and a value.
func (l CustomLookup[V]) On(left AnyExpr, v V) Predicate {
	val, err := valueOf(v)
	part := l.lookupPart()
	if l.Prepare != nil && err == nil {
		var x any
		if x, err = l.Prepare(v); err == nil {
			val, err = valueOf(x)
		}
		part.Prepare, part.Right = nil, kindOf[any]()
	}
	return Predicate{expr.Pred{Op: expr.Own, Left: left.exprNode(), Val: val, Raw: part, Err: err}}
}

// OnExpr is the condition between two expressions.
func (l CustomLookup[V]) OnExpr(left, right AnyExpr) Predicate {
	return Predicate{expr.Pred{Op: expr.Own, Left: left.exprNode(), Right: right.exprNode(), Raw: l.lookupPart()}}
}

// Lookups gives the column transforms and look-ups of its own, for look-up strings. They come before those of the site and
// the built-in ones. A mistake in one of them is a mistake of the model.
func (c *Column[V]) Lookups(parts ...LookupPart) *Column[V] {
	for _, p := range parts {
		part := p.lookupPart()
		if err := part.Check(); err != nil {
			c.d.err = errors.Join(c.d.err, err)
		}
		c.d.parts = append(c.d.parts, part)
	}
	return c
}

// Lookups adds transforms and look-ups to the set; those given later win. It returns r and is called before r is used.
func (r *Registry) Lookups(parts ...LookupPart) *Registry {
	for _, p := range parts {
		r.parts = append(r.parts, p.lookupPart())
	}
	return r
}

// Part returns the site's own transform or look-up of a name that fits a kind, or nil.
func (r *Registry) Part(name string, kind schema.Kind) *expr.Part {
	for _, p := range slices.Backward(r.parts) {
		if p.Name == name && p.Fits(kind) {
			return p
		}
	}
	return nil
}

// WithLookups returns a context whose look-up strings know further transforms and look-ups: Django's register_lookup, for
// tests and for programs without a site; a site lists them in its applications.
func WithLookups(ctx context.Context, parts ...LookupPart) context.Context {
	r := &Registry{}
	if old := RegistryFrom(ctx); old != nil {
		r.models, r.parts = old.models, slices.Clip(old.parts)
	}
	return WithRegistry(ctx, r.Lookups(parts...))
}

func checkParts(parts []*expr.Part) error {
	var problems []error
	for _, p := range parts {
		if err := p.Check(); err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}
