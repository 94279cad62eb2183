package web

import (
	"iter"
	"math"
	"math/big"
	"net/http"
)

// Route is the end point that a pattern leads to. It is built once and never changes.
type Route struct {
	Handler Handler
	// Pattern is the joined text of the patterns that lead here: "blog/<slug:slug>/". Django: ResolverMatch.route.
	Pattern string
	// Name is the pattern's own name, ViewName the name with its namespaces ("news:detail") or, for a pattern without
	// a name, the view's.
	Name, ViewName string
	// AppNames and Namespaces list the application names and instance names of the includes, the outermost first.
	AppNames, Namespaces []string
	// Params names the captured arguments in the order of Match's values; "" for a positional one.
	Params []string
	// Own is the index in Params of the first one that the end point's own pattern captures; those before it come from
	// the includes.
	Own int
	// Hidden marks the Params whose value a later keyword argument of the same name replaces. It may be nil: none.
	Hidden []bool
	// Extra holds the keyword arguments that come from the patterns and not from the path. It may be nil.
	Extra map[string]any
	// Methods lists the request methods that the pattern is for. Empty means all.
	Methods []string
	// Resolver is the URL table that the route belongs to, for its own use.
	Resolver any
}

func (route *Route) hidden(i int) bool { return route.Hidden != nil && route.Hidden[i] }

// Match is a resolved URL: the route and the values captured from the path. Django: ResolverMatch.
type Match struct {
	Route *Route
	n     int
	few   [4]Value
	many  []Value
}

// Set makes m the match of a route and returns the n values to fill in, in the order of route.Params. It is for
// resolvers.
func (m *Match) Set(route *Route, n int) []Value {
	m.Route, m.n = route, n
	if n <= len(m.few) {
		return m.few[:n]
	}
	if cap(m.many) < n {
		m.many = make([]Value, n)
	}
	m.many = m.many[:n]
	return m.many
}

// Room is where the first values of the match will be, for a resolver that fills them in before it knows the route. Set
// then makes them the route's.
func (m *Match) Room() *[4]Value { return &m.few }

// Values returns the captured values in the order of the route's Params, those included that are absent or hidden.
func (m *Match) Values() []Value {
	if m.n <= len(m.few) {
		return m.few[:m.n]
	}
	return m.many
}

// Value returns the captured value of a name. It is false for a name that the path did not give: then look in
// m.Route.Extra, or call Kwarg, which does.
func (m *Match) Value(name string) (Value, bool) {
	values := m.Values()
	for i := len(values) - 1; i >= 0; i-- {
		if m.Route.Params[i] == name && name != "" && values[i].kind != kindAbsent && !m.Route.hidden(i) {
			return values[i], true
		}
	}
	return Value{}, false
}

// Kwarg returns the keyword argument of a name, captured or from the pattern. Django: kwargs[name].
func (m *Match) Kwarg(name string) (any, bool) {
	if v, ok := m.Value(name); ok {
		return v.Any(), true
	}
	if m.Route == nil {
		return nil, false
	}
	v, ok := m.Route.Extra[name]
	return v, ok
}

// Args returns the positional arguments: the captures of unnamed groups. An optional group that took no part is nil.
// Django: ResolverMatch.args.
func (m *Match) Args() []any {
	var args []any
	for i, v := range m.Values() {
		if m.Route.Params[i] == "" && v.kind != kindAbsent && !m.Route.hidden(i) {
			args = append(args, v.Any())
		}
	}
	return args
}

// Kwargs returns all keyword arguments, captured and from the patterns, in a new map. Django: ResolverMatch.kwargs.
func (m *Match) Kwargs() map[string]any {
	kwargs := make(map[string]any, m.n)
	if m.Route == nil {
		return kwargs
	}
	for name, v := range m.Route.Extra {
		kwargs[name] = v
	}
	for name, v := range m.Captured() {
		kwargs[name] = v.Any()
	}
	return kwargs
}

// Captured ranges over the named values that the path gave, in pattern order.
func (m *Match) Captured() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i, v := range m.Values() {
			name := m.Route.Params[i]
			if name != "" && v.kind != kindAbsent && !m.Route.hidden(i) && !yield(name, v) {
				return
			}
		}
	}
}

// Namespace is the instance namespaces joined by ":". Django: ResolverMatch.namespace.
func (m *Match) Namespace() string {
	if m.Route == nil || len(m.Route.Namespaces) == 0 {
		return ""
	}
	return joinColon(m.Route.Namespaces)
}

// AppName is the application namespaces joined by ":". Django: ResolverMatch.app_name.
func (m *Match) AppName() string {
	if m.Route == nil || len(m.Route.AppNames) == 0 {
		return ""
	}
	return joinColon(m.Route.AppNames)
}

func joinColon(parts []string) string {
	text := parts[0]
	for _, p := range parts[1:] {
		text += ":" + p
	}
	return text
}

// PathValue returns the text that the path has for a named part of the route; "" if there is none. It is what
// http.Request.PathValue is for http.ServeMux.
func (r *Request) PathValue(name string) string {
	if v, ok := r.Match.Value(name); ok {
		return v.text
	}
	if r.Match.Route == nil && r.Request != nil {
		return r.Request.PathValue(name)
	}
	return ""
}

// setPathValues gives a standard request the captured texts, for its PathValue method.
func (m *Match) setPathValues(req *http.Request) {
	if m.Route == nil || m.n == 0 {
		return
	}
	for name, v := range m.Captured() {
		req.SetPathValue(name, v.text)
	}
}

// Kwarg returns the keyword argument of a name, captured from the path or given by the pattern, if it is there and of
// type T. An int converter's value is an int64 (a *big.Int if it is larger), a uuid converter's a UUID; any integer type
// that can hold the value will do for T.
func Kwarg[T any](r *Request, name string) (T, bool) {
	if v, ok := r.Match.Value(name); ok {
		arg, err := convert[T](&v)
		return arg, err == nil
	}
	var zero T
	if r.Match.Route == nil {
		return zero, false
	}
	arg, ok := r.Match.Route.Extra[name].(T)
	return arg, ok
}

// Value is one captured argument: its text and what the converter made of it.
type Value struct {
	text string
	num  uint64
	kind valueKind
	any  any
}

type valueKind uint8

const (
	kindAbsent valueKind = iota // a named group that took no part
	kindNone                    // an unnamed group that took no part
	kindText
	kindInt  // num
	kindBig  // an integer that does not fit num
	kindUUID // the text is a valid UUID
	kindAny  // any
)

// SetText makes v a string.
func (v *Value) SetText(text string) { v.text, v.kind = text, kindText }

// SetInt makes v the integer that the digits of text stand for. It is false if there are too many of them (Python stops
// at 4300).
func (v *Value) SetInt(text string) bool {
	v.text = text
	if len(text) > maxIntDigits {
		return false
	}
	var num uint64
	for i := range len(text) {
		digit := uint64(text[i] - '0')
		if num > (math.MaxUint64-digit)/10 {
			v.kind = kindBig
			return true
		}
		num = num*10 + digit
	}
	v.num, v.kind = num, kindInt
	return true
}

const maxIntDigits = 4300

// SetUUID makes v the UUID that text stands for, which must be in the usual form of 36 characters.
func (v *Value) SetUUID(text string) { v.text, v.kind = text, kindUUID }

// SetAny makes v what a converter made of text.
func (v *Value) SetAny(text string, value any) { v.text, v.any, v.kind = text, value, kindAny }

// SetNone makes v the positional argument nil, of a group that took no part in the match.
func (v *Value) SetNone() { v.text, v.kind = "", kindNone }

// SetAbsent makes v no argument at all, as a named group that took no part in the match.
func (v *Value) SetAbsent() { v.text, v.kind = "", kindAbsent }

// Present reports whether v is an argument: it is not when an optional named group took no part in the match.
func (v Value) Present() bool { return v.kind != kindAbsent }

// Text is the part of the path, as it was decoded from the URL.
func (v Value) Text() string { return v.text }

// Int64 returns an int converter's value if it fits an int64.
func (v Value) Int64() (int64, bool) {
	if v.kind != kindInt || v.num > math.MaxInt64 {
		return 0, false
	}
	return int64(v.num), true
}

// Uint64 returns an int converter's value if it fits a uint64.
func (v Value) Uint64() (uint64, bool) { return v.num, v.kind == kindInt }

// Any returns what the converter made of the text: a string, an int64 (a *big.Int if it is larger), a UUID, or a
// converter's own type; nil for a group that took no part.
func (v Value) Any() any {
	switch v.kind {
	case kindText:
		return v.text
	case kindInt:
		if v.num <= math.MaxInt64 {
			return int64(v.num)
		}
		return new(big.Int).SetUint64(v.num)
	case kindBig:
		n, _ := new(big.Int).SetString(v.text, 10)
		return n
	case kindUUID:
		return parseUUID(v.text)
	case kindAny:
		return v.any
	default:
		return nil
	}
}

// UUID is what the uuid converter makes of a path. Its type is convertible to other packages' UUID types, and a view
// may take any of them: web.Arg(func(r *web.Request, id uuid.UUID) …).
type UUID [16]byte

// String returns the usual form of 36 characters, in lower case.
func (u UUID) String() string {
	const hex = "0123456789abcdef"
	text := make([]byte, 0, 36)
	for i, b := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text = append(text, '-')
		}
		text = append(text, hex[b>>4], hex[b&15])
	}
	return string(text)
}

// parseUUID reads text that the uuid converter has accepted.
func parseUUID(text string) UUID {
	var u UUID
	n := 0
	for i := range len(text) {
		c := text[i]
		switch {
		case c == '-':
			continue
		case c >= 'a':
			c -= 'a' - 10
		default:
			c -= '0'
		}
		if n < 32 {
			u[n/2] = u[n/2]<<4 | c&15
			n++
		}
	}
	return u
}
