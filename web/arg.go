package web

import (
	"fmt"
	"math/big"
	"net/http"
	"reflect"
)

// ArgTypesOf are the types of the path arguments that a view takes by position, also if decorators stand around it; nil
// if it does not say.
func ArgTypesOf(h Handler) []reflect.Type {
	for h != nil {
		if a, ok := h.(ArgHandler); ok {
			return a.ArgTypes()
		}
		outer, ok := h.(interface{ Unwrap() Handler })
		if !ok {
			break
		}
		h = outer.Unwrap()
	}
	return nil
}

// ArgHandler is a handler that takes its arguments from the path by position. The URL resolver compares their types with
// those of the route's converters when the site starts.
type ArgHandler interface {
	Handler
	// ArgTypes are the types of the arguments, in order.
	ArgTypes() []reflect.Type
}

// Arg makes a handler of a view with one path argument:
//
//	urls.Path("article/<int:pk>/", web.Arg(articleDetail))
//
//	func articleDetail(r *web.Request, pk int64) (*web.Response, error)
//
// A takes what the route's converters give: a string type for str, slug and path, any integer type for int (a number
// that does not fit is "no match", a *big.Int takes every number), any [16]byte type for uuid, a converter's own type. A
// pointer to one of these is an optional argument: nil when the route does not capture it.
func Arg[A any](f func(r *Request, a A) (*Response, error)) Handler {
	return &arg1[A]{f}
}

// Arg2 makes a handler of a view with two path arguments; see Arg.
func Arg2[A, B any](f func(r *Request, a A, b B) (*Response, error)) Handler {
	return &arg2[A, B]{f}
}

// Arg3 makes a handler of a view with three path arguments; see Arg.
func Arg3[A, B, C any](f func(r *Request, a A, b B, c C) (*Response, error)) Handler {
	return &arg3[A, B, C]{f}
}

type arg1[A any] struct {
	f func(*Request, A) (*Response, error)
}

func (h *arg1[A]) Serve(r *Request) (*Response, error) {
	a, err := argument[A](r, 0)
	if err != nil {
		return nil, err
	}
	return h.f(r, a)
}

func (h *arg1[A]) ArgTypes() []reflect.Type { return []reflect.Type{reflect.TypeFor[A]()} }

func (h *arg1[A]) ViewName() string { return FuncName(h.f) }

func (h *arg1[A]) ViewFunc() any { return h.f }

type arg2[A, B any] struct {
	f func(*Request, A, B) (*Response, error)
}

func (h *arg2[A, B]) Serve(r *Request) (*Response, error) {
	a, err := argument[A](r, 0)
	if err != nil {
		return nil, err
	}
	b, err := argument[B](r, 1)
	if err != nil {
		return nil, err
	}
	return h.f(r, a, b)
}

func (h *arg2[A, B]) ArgTypes() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[A](), reflect.TypeFor[B]()}
}

func (h *arg2[A, B]) ViewName() string { return FuncName(h.f) }

func (h *arg2[A, B]) ViewFunc() any { return h.f }

type arg3[A, B, C any] struct {
	f func(*Request, A, B, C) (*Response, error)
}

func (h *arg3[A, B, C]) Serve(r *Request) (*Response, error) {
	a, err := argument[A](r, 0)
	if err != nil {
		return nil, err
	}
	b, err := argument[B](r, 1)
	if err != nil {
		return nil, err
	}
	c, err := argument[C](r, 2)
	if err != nil {
		return nil, err
	}
	return h.f(r, a, b, c)
}

func (h *arg3[A, B, C]) ArgTypes() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[A](), reflect.TypeFor[B](), reflect.TypeFor[C]()}
}

func (h *arg3[A, B, C]) ViewName() string { return FuncName(h.f) }

func (h *arg3[A, B, C]) ViewFunc() any { return h.f }

// argument is the i-th value that the path gave, as an A.
func argument[A any](r *Request, i int) (A, error) {
	if v := r.Match.visible(i); v != nil {
		return convert[A](v)
	}
	var zero A
	if reflect.TypeFor[A]().Kind() == reflect.Pointer {
		return zero, nil
	}
	pattern := ""
	if r.Match.Route != nil {
		pattern = r.Match.Route.Pattern
	}
	return zero, fmt.Errorf("web: the view takes at least %d path arguments and the route %q gives %d", i+1, pattern, i)
}

// visible is the i-th value that is not hidden by a later one of the same name; nil if there are not so many.
func (m *Match) visible(i int) *Value {
	values := m.Values()
	if m.Route == nil || m.Route.Hidden == nil {
		if i < len(values) {
			return &values[i]
		}
		return nil
	}
	for j := range values {
		if m.Route.Hidden[j] {
			continue
		}
		if i == 0 {
			return &values[j]
		}
		i--
	}
	return nil
}

// convert makes a value the A that a view takes. The common types go without reflection. The error is a 404 for a number
// that does not fit.
func convert[A any](v *Value) (A, error) {
	var a A
	var ok bool
	switch p := any(&a).(type) {
	case *string:
		*p, ok = v.text, v.kind == kindText || v.kind == kindAbsent || v.kind == kindNone
	case *int64:
		*p, ok = v.Int64()
	case *int:
		n, fits := v.Int64()
		*p, ok = int(n), fits && int64(int(n)) == n
	case *uint64:
		*p, ok = v.Uint64()
	case *UUID:
		if ok = v.kind == kindUUID; ok {
			*p = parseUUID(v.text)
		}
	case *any:
		*p, ok = v.Any(), true
	default:
		other := new(A) // a itself must not escape
		ok = convertTo(v, reflect.ValueOf(other).Elem())
		a = *other
	}
	if ok {
		return a, nil
	}
	if v.kind == kindInt || v.kind == kindBig {
		if k := reflect.TypeFor[A](); FitsInt(k) {
			return a, &Error{Status: http.StatusNotFound, Err: fmt.Errorf("web: %s does not fit %s", v.text, k)}
		}
	}
	return a, fmt.Errorf("web: the view takes %s for the path's %q, which is of type %T", reflect.TypeFor[A](), v.text, v.Any())
}

// convertTo stores the value in the variable to, of any type that Arg takes.
func convertTo(v *Value, to reflect.Value) bool {
	t := to.Type()
	if v.kind == kindAbsent || v.kind == kindNone {
		return t.Kind() == reflect.Pointer || t.Kind() == reflect.String
	}
	if t.Kind() == reflect.Pointer && !(v.kind == kindAny && reflect.TypeOf(v.any) == t) {
		if t == reflect.TypeFor[*big.Int]() {
			n, ok := bigInt(v)
			to.Set(reflect.ValueOf(n))
			return ok
		}
		elem := reflect.New(t.Elem())
		if !convertTo(v, elem.Elem()) {
			return false
		}
		to.Set(elem)
		return true
	}
	switch {
	case v.kind == kindText && t.Kind() == reflect.String:
		to.SetString(v.text)
	case v.kind == kindInt && to.CanInt():
		n, ok := v.Int64()
		if !ok || to.OverflowInt(n) {
			return false
		}
		to.SetInt(n)
	case v.kind == kindInt && to.CanUint():
		if to.OverflowUint(v.num) {
			return false
		}
		to.SetUint(v.num)
	case v.kind == kindUUID && reflect.TypeFor[UUID]().ConvertibleTo(t):
		to.Set(reflect.ValueOf(parseUUID(v.text)).Convert(t))
	case v.kind == kindAny && v.any != nil && reflect.TypeOf(v.any).AssignableTo(t):
		to.Set(reflect.ValueOf(v.any))
	default:
		return false
	}
	return true
}

func bigInt(v *Value) (*big.Int, bool) {
	switch n := v.Any().(type) {
	case int64:
		return big.NewInt(n), true
	case *big.Int:
		return n, true
	}
	return nil, false
}

// FitsInt reports whether a view may take an int converter's value as a t: an integer type, a *big.Int, or a pointer to
// an integer type.
func FitsInt(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		return t == reflect.TypeFor[*big.Int]() || FitsInt(t.Elem())
	}
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uintptr
}
