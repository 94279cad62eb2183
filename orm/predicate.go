package orm

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Predicate is a condition on rows: Django's Q. The zero value always holds.
type Predicate struct{ p expr.Pred }

// Eq holds when the column is v. For a nullable column name the pointed-to value (orm.Eq(a.Published, t)); a null is
// never equal: use IsNull.
func Eq[V any](f *V, v V) Predicate { return compare(f, expr.Exact, v) }

// Ne holds when the column is not v. Like Django's exclude, it holds for nulls.
func Ne[V any](f *V, v V) Predicate { return Not(Eq(f, v)) }

// Gt holds when the column is greater than v.
func Gt[V any](f *V, v V) Predicate { return compare(f, expr.Gt, v) }

// Gte holds when the column is v or greater.
func Gte[V any](f *V, v V) Predicate { return compare(f, expr.Gte, v) }

// Lt holds when the column is less than v.
func Lt[V any](f *V, v V) Predicate { return compare(f, expr.Lt, v) }

// Lte holds when the column is v or less.
func Lte[V any](f *V, v V) Predicate { return compare(f, expr.Lte, v) }

// Between holds when the column is from lo to hi, both included: Django's range.
func Between[V any](f *V, lo, hi V) Predicate {
	p := compare(f, expr.Range, lo)
	if p.p.Err == nil {
		hp := compare(f, expr.Range, hi)
		p.p.Val = dialect.ListValue([]dialect.Value{p.p.Val, hp.p.Val})
	}
	return p
}

// In holds when the column is one of the values. An empty list never holds, and runs no query.
func In[V any](f *V, vs ...V) Predicate {
	path := plan.Lookup(plan.PointerTo(f))
	if path == nil {
		return Predicate{expr.Pred{Op: expr.In, Err: errNotField}}
	}
	list := make([]dialect.Value, len(vs))
	for i := range vs {
		v, err := fieldValue(path, vs[i])
		if err != nil {
			return Predicate{expr.Pred{Op: expr.In, Err: err}}
		}
		list[i] = v
	}
	return Predicate{expr.Pred{Op: expr.In, Path: path, Val: dialect.ListValue(list)}}
}

// InQuery holds when the column is among the values of a query's column: InQuery(&a.Author.ID, orm.Pluck(users, &u.ID)).
func InQuery[V any](f *V, sub Expr[V]) Predicate {
	return Predicate{expr.Pred{Op: expr.In, Path: plan.Lookup(plan.PointerTo(f)), Right: sub.n, Err: pathError(f)}}
}

// IsNull holds when the column is null. Name the column by the address of the pointer field: IsNull(&a.Published).
func IsNull[V any](f *V) Predicate { return null(f, true) }

// NotNull holds when the column has a value.
func NotNull[V any](f *V) Predicate { return null(f, false) }

func null[V any](f *V, want bool) Predicate {
	return Predicate{expr.Pred{Op: expr.IsNull, Path: plan.Lookup(plan.PointerTo(f)), Val: dialect.BoolValue(want), Err: pathError(f)}}
}

// Contains holds when the text contains s, with the case as it is (SQLite ignores the case of ASCII letters). IContains
// ignores the case. The characters % and _ stand for themselves.
func Contains[V ~string](f *V, s string) Predicate { return text(f, expr.Contains, s) }

// IContains is Contains without regard to case.
func IContains[V ~string](f *V, s string) Predicate { return text(f, expr.IContains, s) }

// StartsWith holds when the text begins with s.
func StartsWith[V ~string](f *V, s string) Predicate { return text(f, expr.StartsWith, s) }

// IStartsWith is StartsWith without regard to case.
func IStartsWith[V ~string](f *V, s string) Predicate { return text(f, expr.IStartsWith, s) }

// EndsWith holds when the text ends with s.
func EndsWith[V ~string](f *V, s string) Predicate { return text(f, expr.EndsWith, s) }

// IEndsWith is EndsWith without regard to case.
func IEndsWith[V ~string](f *V, s string) Predicate { return text(f, expr.IEndsWith, s) }

// IExact holds when the text is s without regard to case.
func IExact[V ~string](f *V, s string) Predicate { return text(f, expr.IExact, s) }

// Regex holds when the text matches the database's regular expression (on SQLite, Go's syntax).
func Regex[V ~string](f *V, pattern string) Predicate { return text(f, expr.Regex, pattern) }

// IRegex is Regex without regard to case.
func IRegex[V ~string](f *V, pattern string) Predicate { return text(f, expr.IRegex, pattern) }

func text[V any](f *V, op expr.Op, s string) Predicate {
	return Predicate{expr.Pred{Op: op, Path: plan.Lookup(plan.PointerTo(f)), Val: dialect.TextValue(s), Err: pathError(f)}}
}

// Is holds when a foreign key points to the object; a nil object is IsNull.
func Is[T any, K comparable](f *ForeignKey[T, K], obj *T) Predicate {
	if obj == nil {
		return IsNull(f)
	}
	v, path, err := keyBehind(model[T](), plan.Lookup(plan.PointerTo(f)), plan.PointerTo(obj))
	return Predicate{expr.Pred{Op: expr.Exact, Path: path, Val: v, Err: err}}
}

// keyBehind is what a foreign key to an object holds: the object's key, or the columns that the foreign key points to.
func keyBehind(m *plan.Model, path *plan.Path, obj plan.Pointer) (dialect.Value, *plan.Path, error) {
	if path == nil {
		return dialect.Value{}, nil, errNotField
	}
	if err := m.Ready(); err != nil {
		return dialect.Value{}, path, err
	}
	key := m.KeyField()
	if _, f, err := path.Resolve(); err != nil {
		return dialect.Value{}, path, err
	} else if f.Rel != nil && f.Rel.Kind == plan.Forward {
		key = f.Rel.ToField()
	}
	if key == nil || key.Tuple == nil && key.Codec.Zero(key.At(obj)) {
		return dialect.Value{}, path, fmt.Errorf("orm: Is(%s): %w", m.GoName(), ErrNotSaved)
	}
	return key.Codec.Get(key.At(obj)), path, nil
}

// Year holds when the year of a date or moment, in the current time zone, is year. An index on the column serves.
func Year(f *time.Time, year int) Predicate { return part(f, "year", year) }

// Month holds when the month is month; Day, Hour and the others likewise.
func Month(f *time.Time, month time.Month) Predicate { return part(f, "month", int(month)) }

// Day holds when the day of the month is day.
func Day(f *time.Time, day int) Predicate { return part(f, "day", day) }

// Hour holds when the hour is hour.
func Hour(f *time.Time, hour int) Predicate { return part(f, "hour", hour) }

// OnDate holds when the moment lies on the day that t shows, in the current time zone.
func OnDate(f *time.Time, t time.Time) Predicate {
	return Predicate{expr.Pred{Op: expr.Exact, Left: expr.Transform{Of: expr.Column{Path: plan.Lookup(plan.PointerTo(f))}, Name: "date"}, Val: dialect.DateValue(t), Err: pathError(f)}}
}

func part(f *time.Time, name string, n int) Predicate {
	return Predicate{expr.Pred{Op: expr.Exact, Left: expr.Transform{Of: expr.Column{Path: plan.Lookup(plan.PointerTo(f))}, Name: name}, Val: dialect.IntValue(int64(n)), Err: pathError(f)}}
}

// And holds when all conditions hold, Or when one does, Xor when an odd number does, Not when the condition does not.
func And(ps ...Predicate) Predicate { return Predicate{expr.Pred{Op: expr.AndOp, Kids: preds(ps)}} }

// Or holds when at least one condition holds.
func Or(ps ...Predicate) Predicate { return Predicate{expr.Pred{Op: expr.OrOp, Kids: preds(ps)}} }

// Xor holds when an odd number of the conditions hold.
func Xor(ps ...Predicate) Predicate { return Predicate{expr.Pred{Op: expr.XorOp, Kids: preds(ps)}} }

// Not turns a condition around. Rows in which the column is null are kept, as with Django's ~Q.
func Not(p Predicate) Predicate {
	return Predicate{expr.Pred{Op: expr.NotOp, Kids: []expr.Pred{p.p}}}
}

// Lookup is a condition by its name in Django's form, for the dynamic edges of a site: admin, filters from URLs.
//
//	orm.Lookup("author__username__icontains", v)
//
// The name is checked against the model when the query is built or run; the error lists the choices. The value is always a
// parameter. Model objects stand for their keys, an orm.Expr or a query for itself.
func Lookup(name string, v any) Predicate {
	switch x := v.(type) {
	case interface{ exprNode() expr.Node }:
		return Predicate{expr.Where(name, x.exprNode())}
	case interface{ spec() *expr.Query }:
		return Predicate{expr.Where(name, x.spec())}
	}
	val, err := valueBeside(v)
	p := expr.Where(name, val)
	p.Raw = v
	if err != nil {
		p.Err = fmt.Errorf("%w (look-up %q)", err, name)
	}
	return Predicate{p}
}

// Expr is the condition as a truth value: to annotate, to order by, in a Case. It is null where the condition neither holds
// nor does not. Django: a look-up or Q in annotate.
func (p Predicate) Expr() Expr[bool] { return Expr[bool]{n: p.p, err: p.p.Err} }

func preds(ps []Predicate) []expr.Pred {
	out := make([]expr.Pred, len(ps))
	for i := range ps {
		out[i] = ps[i].p
	}
	return out
}

func pathError[V any](f *V) error {
	if plan.Lookup(plan.PointerTo(f)) == nil {
		return errNotField
	}
	return nil
}

func compare[V any](f *V, op expr.Op, v V) Predicate {
	path := plan.Lookup(plan.PointerTo(f))
	if path == nil {
		return Predicate{expr.Pred{Op: op, Err: errNotField}}
	}
	val, err := fieldValue(path, v)
	return Predicate{expr.Pred{Op: op, Path: path, Val: val, Err: err}}
}

// fieldValue reads a value of the column's type without boxing it. A value of the pointed-to type of a nullable column is
// read by that type's codec.
func fieldValue[V any](p *plan.Path, v V) (dialect.Value, error) {
	if c := p.Codec; c != nil && p.Type == typeOf[V]() {
		if val, ok := c.Plain(plan.PointerTo(&v)); ok {
			return val, nil
		}
	}
	own := v // only this one goes to the heap
	return codedValue(p, &own)
}

// codedValue is fieldValue for types with more to them.
func codedValue[V any](p *plan.Path, v *V) (dialect.Value, error) {
	if c := p.ElemCodec; c != nil && p.Type != typeOf[V]() {
		return c.Get(plan.PointerTo(v)), nil
	}
	if p.Codec != nil && p.Type == typeOf[V]() {
		return p.Codec.Get(plan.PointerTo(v)), nil
	}
	if c := plan.GoCodec(typeOf[V]()); c != nil {
		return c.Get(plan.PointerTo(v)), nil
	}
	return plan.GoValue(*v), nil // a column that holds JSON, or has a codec of its own
}

// valueBeside is valueOf for a value beside a column: one without a form of its own is left to the column's codec.
func valueBeside(v any) (dialect.Value, error) {
	val, err := valueOf(v)
	if err != nil && !errors.Is(err, ErrNotSaved) {
		return plan.ValueFor(v), nil
	}
	return val, err
}

// valueOf turns any Go value into an argument; a model object stands for its key.
func valueOf(v any) (dialect.Value, error) {
	if v == nil {
		return dialect.Value{}, nil
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.Elem().IsValid() && rv.Elem().Kind() == reflect.Struct {
		if m := plan.Known(rv.Type().Elem()); m != nil && m.Ready() == nil && m.KeyField() != nil {
			key, ok := keyValue(m, plan.Pointer(rv.UnsafePointer()))
			if !ok {
				return dialect.Value{}, fmt.Errorf("orm: %s: %w", m.GoName(), ErrNotSaved)
			}
			return key, nil
		}
	}
	if rv.Kind() == reflect.Slice && rv.Type().Elem().Kind() == reflect.Pointer {
		list := make([]dialect.Value, rv.Len())
		for i := range list {
			x, err := valueOf(rv.Index(i).Interface())
			if err != nil {
				return dialect.Value{}, err
			}
			list[i] = x
		}
		return dialect.ListValue(list), nil
	}
	return plan.ValueOf(v)
}
