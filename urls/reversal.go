package urls

import "time"

// Param is a named value.
type Param struct {
	Name  string
	Value any
}

// Params are named values in order.
type Params []Param

// ReverseOption is an argument of Reverse that is not a positional argument of the URL.
type ReverseOption func(*reversal)

// KW gives a keyword argument of the URL.
func KW(name string, value any) ReverseOption {
	return func(r *reversal) { r.setKwarg(name, value) }
}

// Query gives the URL a query string: url.Values, a map with string keys (in the order of the keys), Params, or
// something with an Encode method (a web.Values). A value that is a slice gives one pair for each element.
func Query(query any) ReverseOption {
	return func(r *reversal) { r.query, r.hasQuery = query, true }
}

// Fragment gives the URL a fragment, which must be encoded already.
func Fragment(fragment string) ReverseOption {
	return func(r *reversal) { r.fragment, r.hasFragment = fragment, true }
}

// CurrentApp prefers an instance of an application to its default one; it may be nested: "shop:cart".
func CurrentApp(namespaces string) ReverseOption {
	return func(r *reversal) { r.currentApp = namespaces }
}

// Language builds the URL for a language other than the context's.
func Language(code string) ReverseOption {
	return func(r *reversal) { r.language, r.hasLanguage = code, true }
}

// reversal is one call of Reverse.
type reversal struct {
	name        string
	args        []any
	kwargs      Params
	query       any
	hasQuery    bool
	fragment    string
	hasFragment bool
	currentApp  string
	language    string
	hasLanguage bool
	prefix      string
	timeout     time.Duration
}

func (r *reversal) setKwarg(name string, value any) {
	for i := range r.kwargs {
		if r.kwargs[i].Name == name {
			r.kwargs[i].Value = value
			return
		}
	}
	r.kwargs = append(r.kwargs, Param{name, value})
}

func (params Params) get(name string) (any, bool) {
	for _, p := range params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return nil, false
}
