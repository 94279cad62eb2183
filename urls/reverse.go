package urls

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/urls/internal/pyre"
	"github.com/nuages-go/nuages/web"
)

// ErrNoResolver means that a context has no URL table: it does not come from a site.
var ErrNoResolver = errors.New("urls: the context has no URL table (use a context of the site: a request's, a command's, a test's)")

// NoReverseMatch means that no pattern of a name takes the arguments, or that there is no such name. The text is
// Django's.
type NoReverseMatch struct{ Text string }

// Error returns the text.
func (e *NoReverseMatch) Error() string { return e.Text }

// Reverse builds the URL of a named pattern with the context's URL table. The arguments are the URL's by position, and
// ReverseOptions. The error is a *NoReverseMatch if there is no such URL. Django: reverse.
//
//	urls.Reverse(ctx, "news:detail", 42, urls.Query(url.Values{"page": {"2"}}))
func Reverse(ctx context.Context, name string, args ...any) (string, error) {
	res := FromContext(ctx)
	if res == nil {
		return "", ErrNoResolver
	}
	if !hasOption(args) {
		if url, ok := fastArgs(fastTable(ctx), name, args, nil, nil); ok {
			return url, nil
		}
	}
	var positional []any
	var opts []ReverseOption
	for _, arg := range args {
		if opt, ok := arg.(ReverseOption); ok {
			opts = append(opts, opt)
		} else {
			positional = append(positional, arg)
		}
	}
	return res.Reverse(ctx, name, positional, nil, opts...)
}

func hasOption(args []any) bool {
	for _, arg := range args {
		if _, ok := arg.(ReverseOption); ok {
			return true
		}
	}
	return false
}

// URL is Reverse for code that has no use for the error: it panics, and the request ends as a 500 that names the mistake.
// The current request's application instance is preferred, as in the template tag url.
func URL(r *web.Request, name string, args ...any) string {
	url, err := Reverse(r.Context(), name, append([]any{CurrentApp(currentApp(r))}, args...)...)
	if err != nil {
		panic(err)
	}
	return url
}

// Reverse builds the URL of a named pattern, with positional or with keyword arguments. The context gives the language
// and the script prefix.
func (res *Resolver) Reverse(ctx context.Context, name string, args []any, kwargs map[string]any, opts ...ReverseOption) (string, error) {
	r := reversal{name: name, args: args, prefix: res.scriptPrefix(ctx), timeout: res.opts.MatchTimeout}
	for _, key := range slices.Sorted(mapKeys(kwargs)) {
		r.kwargs = append(r.kwargs, Param{key, kwargs[key]})
	}
	for _, opt := range opts {
		opt(&r)
	}
	if !r.hasLanguage {
		r.language = res.language(ctx)
	}
	return res.reverse(&r)
}

// ReverseURL is Reverse as the template tag url calls it: an instance of an application that the current request belongs
// to is preferred.
func (res *Resolver) ReverseURL(ctx context.Context, name string, args []any, kwargs map[string]any) (string, error) {
	if sc := scopeOf(ctx); sc == nil || sc.prefix == "" {
		if url, ok := fastArgs(res.table(res.language(ctx)), name, args, kwargs, nil); ok {
			return url, nil
		}
	}
	var opts []ReverseOption
	if strings.Contains(name, ":") {
		if r, ok := web.FromContext(ctx); ok {
			opts = append(opts, CurrentApp(currentApp(r)))
		}
	}
	return res.Reverse(ctx, name, args, kwargs, opts...)
}

// currentApp is the application instance that a request belongs to.
func currentApp(r *web.Request) string {
	if r.CurrentApp != "" {
		return r.CurrentApp
	}
	return r.Match.Namespace()
}

// scriptPrefix is the context's, or the resolver's own.
func (res *Resolver) scriptPrefix(ctx context.Context) string {
	if sc := scopeOf(ctx); sc != nil && sc.prefix != "" {
		return sc.prefix
	}
	return res.opts.ScriptPrefix
}

// reverse is Django 6.1 django/urls/base.py reverse.
func (res *Resolver) reverse(r *reversal) (string, error) {
	t := res.table(r.language)
	if t.space.err != nil {
		return "", t.space.err
	}
	url, ok := "", false
	if r.prefix == t.scriptPrefix {
		url, ok = fastArgs(t, r.name, r.args, nil, r.kwargs)
	}
	if !ok {
		s, view, err := t.find(r.name, r.currentApp)
		if err != nil {
			return "", err
		}
		if url, err = s.reverse(view, r); err != nil {
			return "", err
		}
	}
	if r.hasQuery {
		query, err := encodeQuery(r.query)
		if err != nil {
			return "", err
		}
		if query != "" {
			url += "?" + query
		}
	}
	if r.hasFragment {
		url += "#" + r.fragment
	}
	return url, nil
}

// reverse finds the pattern of a name that takes the arguments and builds its path. Django 6.1
// django/urls/resolvers.py URLResolver._reverse_with_prefix.
func (s *space) reverse(name string, r *reversal) (string, error) {
	if len(r.args) > 0 && len(r.kwargs) > 0 {
		return "", pythonError("Don't mix *args and **kwargs in call to reverse()!")
	}
	candidates := s.names[name]
	for _, c := range candidates {
		for _, f := range c.forms {
			subs, ok := c.fit(&f, r)
			if !ok {
				continue
			}
			texts, ok := c.texts(subs)
			if !ok {
				continue
			}
			url, ok, err := c.build(&f, texts, r)
			if err != nil {
				return "", err
			}
			if ok {
				return url, nil
			}
		}
	}
	return "", noReverseMatch(name, r, candidates)
}

// fit pairs the parameters of a form with the arguments, if they agree.
func (c *candidate) fit(f *form, r *reversal) (Params, bool) {
	if len(r.args) > 0 {
		if len(r.args) != len(f.params) {
			return nil, false
		}
		var subs reversal
		for i, name := range f.params {
			subs.setKwarg(name, r.args[i])
		}
		return subs.kwargs, true
	}
	names := make([]string, len(r.kwargs))
	for i, p := range r.kwargs {
		names[i] = p.Name
	}
	if !c.fitsNames(f, names) {
		return nil, false
	}
	for name, v := range c.defaults {
		if slices.Contains(f.params, name) {
			continue
		}
		if given, ok := r.kwargs.get(name); ok && !pyEqual(given, v) {
			return nil, false
		}
	}
	return r.kwargs, true
}

// fitsNames reports whether keyword arguments of these names are the form's parameters, default ones apart.
func (c *candidate) fitsNames(f *form, names []string) bool {
	for _, name := range names {
		if _, isDefault := c.defaults[name]; !isDefault && !slices.Contains(f.params, name) {
			return false
		}
	}
	for _, param := range f.params {
		if _, isDefault := c.defaults[param]; !isDefault && !slices.Contains(names, param) {
			return false
		}
	}
	return true
}

// texts converts the arguments.
func (c *candidate) texts(subs Params) (Params, bool) {
	texts := make(Params, len(subs))
	for i, p := range subs {
		texts[i].Name = p.Name
		if conv := c.convs[p.Name]; conv != nil {
			text, err := conv.toURL(p.Value)
			if err != nil {
				return nil, false
			}
			texts[i].Value = text
		} else {
			texts[i].Value = pyStr(p.Value)
		}
	}
	return texts, true
}

// build puts the texts into the form, if the result is one that the pattern matches, and quotes it.
func (c *candidate) build(f *form, texts Params, r *reversal) (string, bool, error) {
	prefix := r.prefix
	text, err := pyFormat(strings.ReplaceAll(prefix, "%", "%%")+f.format, texts)
	if err != nil {
		return "", false, err
	}
	re, err := c.regexp(prefix, r.timeout)
	if err != nil {
		return "", false, err
	}
	if loc, err := re.Find(text); loc == nil || err != nil {
		return "", false, err
	}
	return escapeLeadingSlashes(quotePath(text)), true, nil
}

// regexp is the pattern below a script prefix.
func (c *candidate) regexp(prefix string, timeout time.Duration) (*pyre.Regexp, error) {
	if known := c.compiled.Load(); known != nil && known.prefix == prefix {
		return known.re, known.err
	}
	re, err := pyre.Compile("^"+escapeRegex(prefix)+c.pattern, pyre.Search, timeout)
	c.compiled.Store(&compiledPattern{prefix, re, err})
	return re, err
}

func noReverseMatch(name string, r *reversal, candidates []*candidate) error {
	if len(candidates) == 0 {
		return &NoReverseMatch{fmt.Sprintf("Reverse for '%s' not found. '%s' is not a valid view function or pattern name.", name, name)}
	}
	given := "no arguments"
	if len(r.args) > 0 {
		given = "arguments '" + pyTuple(r.args) + "'"
	} else if len(r.kwargs) > 0 {
		given = "keyword arguments '" + pyRepr(r.kwargs) + "'"
	}
	tried := make([]string, len(candidates))
	for i, c := range candidates {
		tried[i] = pyfmt.Quote(c.pattern)
	}
	return &NoReverseMatch{fmt.Sprintf("Reverse for '%s' with %s not found. %d pattern(s) tried: [%s]", name, given, len(candidates), strings.Join(tried, ", "))}
}
