package web

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
	// Extra holds the keyword arguments that come from the patterns and not from the path. It may be nil.
	Extra map[string]any
}

// Match is a resolved URL: the route and the values captured from the path. Django: ResolverMatch.
type Match struct {
	Route *Route
	n     int
	few   [4]Value
	many  []Value
}

// Value is one captured argument: its text and what the converter made of it.
type Value struct {
	text string
	num  int64
	kind valueKind
	any  any
}

type valueKind uint8

const (
	kindText valueKind = iota
	kindInt
	kindAny
)
