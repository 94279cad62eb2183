package urls

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nuages-go/nuages/web"
)

// Options are the settings of a URL table. The zero value has Django's defaults.
type Options struct {
	// Converters are path converters by name, beside the built-in str, int, slug, uuid and path.
	Converters map[string]Converter
	// LanguageCode is the site's default language, Django's LANGUAGE_CODE. Default: "en-us".
	LanguageCode string
	// Language gives a context's current language; "" means LanguageCode. Default: always LanguageCode.
	Language func(ctx context.Context) string
	// Translate gives a Translated route's text in a language. Default: the text itself.
	Translate func(language, text string) string
	// NoI18n leaves out the language prefix of I18n tables. Django: USE_I18N=False.
	NoI18n bool
	// ScriptPrefix is the path that the site is mounted at, Django's FORCE_SCRIPT_NAME. Default: "/".
	ScriptPrefix string
	// NoAppendSlash says that the site does not redirect to URLs with a slash appended, so that routes may begin with one.
	NoAppendSlash bool
	// MatchTimeout stops a match of a regular expression that needs the backtracking engine. Default: 100 ms.
	MatchTimeout time.Duration
}

// Resolver is a URL table, compiled. It is safe for concurrent use.
type Resolver struct {
	root       Patterns
	opts       Options
	converters map[string]*Converter
	errorViews map[int]ErrorView
	layers     map[layerKey]web.Handler // composed; written while a table is built
	perLang    bool                     // what the table matches depends on the language

	def    *table // of the default language
	mu     sync.Mutex
	tables sync.Map // language → *table
	nTable int      // guarded by mu
}

// New compiles a table. The error holds everything that is wrong with it, each a *ConfigError.
func New(root Patterns, opts Options) (*Resolver, error) {
	if opts.LanguageCode == "" {
		opts.LanguageCode = "en-us"
	}
	opts.ScriptPrefix = cleanPrefix(opts.ScriptPrefix)
	if opts.MatchTimeout == 0 {
		opts.MatchTimeout = 100 * time.Millisecond
	}
	res := &Resolver{root: root, opts: opts, errorViews: map[int]ErrorView{}, layers: map[layerKey]web.Handler{}}
	b := &builder{res: res, lang: opts.LanguageCode}
	res.converters = b.allConverters(opts.Converters)
	res.def = b.table()
	if err := errors.Join(b.errs...); err != nil {
		return nil, err
	}
	res.perLang = b.perLang
	res.tables.Store(opts.LanguageCode, res.def)
	return res, nil
}

// cleanPrefix is a script prefix with a slash at both ends.
func cleanPrefix(prefix string) string {
	if prefix = strings.Trim(prefix, "/"); prefix == "" {
		return "/"
	}
	return "/" + prefix + "/"
}

// maxTables bounds the tables of languages that nobody configured.
const maxTables = 256

// table returns the table as it is in a language.
func (res *Resolver) table(lang string) *table {
	if lang == "" || !res.perLang {
		return res.def
	}
	if t, ok := res.tables.Load(lang); ok {
		return t.(*table)
	}
	res.mu.Lock()
	defer res.mu.Unlock()
	if t, ok := res.tables.Load(lang); ok {
		return t.(*table)
	}
	b := &builder{res: res, lang: lang}
	t := b.table()
	if len(b.errs) > 0 {
		t = res.def
	}
	if res.nTable < maxTables {
		res.nTable++
		res.tables.Store(lang, t)
	}
	return t
}

// language is the context's current language.
func (res *Resolver) language(ctx context.Context) string {
	if res.opts.Language == nil || !res.perLang {
		return ""
	}
	return res.opts.Language(ctx)
}

// Resolve finds the route for a decoded path in the site's default language and stores it in m. It does not look at
// request methods. The error is a *NotFoundError if no pattern matches. Django: resolve.
func (res *Resolver) Resolve(path string, m *web.Match) error {
	return res.ResolveIn("", path, m)
}

// ResolveIn is Resolve in a language.
func (res *Resolver) ResolveIn(language, path string, m *web.Match) error {
	found, err := res.table(language).lookup(path, "", m)
	if err != nil {
		return err
	}
	if !found.ok {
		return res.notFound(language, path)
	}
	return nil
}

// ResolveFor is Resolve in the context's language.
func (res *Resolver) ResolveFor(ctx context.Context, path string, m *web.Match) error {
	return res.ResolveIn(res.language(ctx), path, m)
}

// Lookup is Resolve without an error: it reports whether a pattern matches.
func (res *Resolver) Lookup(path string, m *web.Match) bool {
	found, err := res.def.lookup(path, "", m)
	return found.ok && err == nil
}

// IsValid reports whether a decoded path leads anywhere in the context's language. Django: is_valid_path.
func (res *Resolver) IsValid(ctx context.Context, path string) bool {
	var m web.Match
	return res.Match(ctx, path, &m)
}

// Match is IsValid that keeps in m what it has found.
func (res *Resolver) Match(ctx context.Context, path string, m *web.Match) bool {
	return res.ResolveIn(res.language(ctx), path, m) == nil
}

// ErrorHandlerFor returns the view that the root table declares for errors of a status; nil if it declares none.
func (res *Resolver) ErrorHandlerFor(status int) ErrorView { return res.errorViews[status] }
