package urls

import (
	"runtime"
	"strconv"

	"github.com/nuages-go/nuages/web"
)

// Patterns is a URL table or a part of one: the list that Django calls urlpatterns. Patterns are tried in order and the
// first that matches wins.
type Patterns []Pattern

// Pattern is one element of Patterns. Path, RePath, Include, IncludeRe and I18n make those that match; AppName,
// ErrorHandler and WithConverter declare something for the list that they stand in.
type Pattern interface {
	pattern() *pattern
}

// Option sets an optional part of a pattern.
type Option func(*pattern)

// Path leads to a handler for the URLs that route describes: plain text with placeholders, <name> or <converter:name>.
//
//	urls.Path("article/<int:pk>/", web.Arg(articleDetail), urls.Name("detail"))
//
// The route is matched without the leading slash of the URL.
func Path(route string, h web.Handler, opts ...Option) Pattern {
	return newPattern(kindPath, route, h, nil, opts)
}

// RePath leads to a handler for the URLs that a regular expression in Python's syntax matches.
//
//	urls.RePath(`^archive/(?P<year>[0-9]{4})/$`, web.Arg(archive))
func RePath(regex string, h web.Handler, opts ...Option) Pattern {
	return newPattern(kindRegex, regex, h, nil, opts)
}

// Include puts a table below a route. What the route captures goes to every view of the table.
func Include(route string, children Patterns, opts ...Option) Pattern {
	return newPattern(kindInclude, route, nil, children, opts)
}

// IncludeRe is Include with a regular expression in place of a route.
func IncludeRe(regex string, children Patterns, opts ...Option) Pattern {
	return newPattern(kindIncludeRegex, regex, nil, children, opts)
}

// I18n puts a table below the current language's code: "de/". It belongs to the root table. Django: i18n_patterns.
func I18n(children Patterns, opts ...Option) Pattern {
	return newPattern(kindI18n, "", nil, children, opts)
}

// AppName declares the application namespace of the Patterns that it stands in. Django: app_name of a urls module.
func AppName(name string) Pattern {
	return newPattern(kindAppName, name, nil, nil, nil)
}

// ErrorView makes the response for an error.
type ErrorView func(r *web.Request, err error) (*web.Response, error)

// ErrorHandler declares the view for errors of a status: 400, 403, 404 or 500. It belongs to the root table. Django:
// handler404 and its siblings.
func ErrorHandler(status int, view ErrorView) Pattern {
	p := newPattern(kindErrorHandler, "", nil, nil, nil)
	p.status, p.errorView = status, view
	return p
}

// WithConverter declares a path converter for the Patterns that it stands in and the tables below. Django:
// register_converter.
func WithConverter(name string, c Converter) Pattern {
	p := newPattern(kindConverter, name, nil, nil, nil)
	p.converter = c
	return p
}

// Name names a pattern, so that its URL can be built with Reverse, a typed name or the template tag url. A name must not
// contain a colon.
func Name(name string) Option { return func(p *pattern) { p.name = name } }

// Kwargs are extra keyword arguments for the view: of a pattern, or of an include for every view below. They take the
// place of captured ones with the same name.
func Kwargs(kwargs map[string]any) Option { return func(p *pattern) { p.kwargs = kwargs } }

// Namespace names an instance of an application, so that the same table can be included twice. The included Patterns
// must contain AppName. Default: the application's name.
func Namespace(name string) Option {
	return func(p *pattern) { p.namespace, p.hasNamespace = name, true }
}

// With wraps middleware around the view, or around every view of an include. The first is the outermost. The chain is
// composed once; it runs after the URL was resolved.
func With(mws ...web.Middleware) Option {
	return func(p *pattern) { p.middleware = append(p.middleware, mws...) }
}

// Methods restricts a pattern to request methods. A request with another one goes on to the next pattern that matches;
// if there is none, the answer is 405 with the allowed methods. GET includes HEAD, and OPTIONS is answered by the table
// unless a pattern asks for it.
func Methods(methods ...string) Option {
	return func(p *pattern) { p.methods = append(p.methods, methods...) }
}

// Translated marks the route as a text to translate: the table is matched and reversed with the text that
// Options.Translate has for the current language. Django: path(_("about/"), …).
func Translated() Option { return func(p *pattern) { p.translated = true } }

// NoDefaultPrefix leaves out the language code of an I18n table for the site's default language. Django:
// prefix_default_language=False.
func NoDefaultPrefix() Option { return func(p *pattern) { p.noDefaultPrefix = true } }

type patternKind uint8

const (
	kindPath patternKind = iota
	kindRegex
	kindInclude
	kindIncludeRegex
	kindI18n
	kindAppName
	kindErrorHandler
	kindConverter
)

// pattern is the description that the public constructors make. It never changes and may stand in several tables.
type pattern struct {
	kind     patternKind
	route    string
	handler  web.Handler
	children Patterns
	at       string // file:line of the call that made it

	name            string
	kwargs          map[string]any
	namespace       string
	hasNamespace    bool
	middleware      []web.Middleware
	methods         []string
	translated      bool
	noDefaultPrefix bool

	status    int
	errorView ErrorView
	converter Converter
}

func (p *pattern) pattern() *pattern { return p }

func (p *pattern) isRegex() bool    { return p.kind == kindRegex || p.kind == kindIncludeRegex }
func (p *pattern) isEndpoint() bool { return p.kind == kindPath || p.kind == kindRegex }
func (p *pattern) isInclude() bool {
	return p.kind == kindInclude || p.kind == kindIncludeRegex || p.kind == kindI18n
}

// newPattern is called by the public constructors only: the caller's caller is where the pattern stands.
func newPattern(kind patternKind, route string, h web.Handler, children Patterns, opts []Option) *pattern {
	p := &pattern{kind: kind, route: route, handler: h, children: children}
	if _, file, line, ok := runtime.Caller(2); ok {
		p.at = file + ":" + strconv.Itoa(line)
	}
	for _, opt := range opts {
		opt(p)
	}
	return p
}
