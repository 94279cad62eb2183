package urls

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/urls/internal/pyre"
)

// table is the patterns in one language: Django's tree of URLPattern and URLResolver, with what is known at start.
type table struct {
	root         *entry
	leaves       []*leaf // in the order in which they are tried
	space        *space  // of names
	tree         *treeNode
	maxSlots     int      // of a leaf
	plans        sync.Map // name → *plan
	scriptPrefix string   // that the plans are made for
	spaces       sync.Map // namespaces joined by ":" → *space
}

// entry is a pattern at its place in the tree. The root is the include of everything.
type entry struct {
	p         *pattern
	parent    *entry
	text      string // the route, the regular expression, or the language prefix: Django's str(pattern)
	regex     string // as a regular expression
	tokens    []token
	re        *pyre.Regexp // of a regular expression, and of a route with a converter of its own
	slots     []slot
	appName   string
	namespace string
	children  []*entry
	leaf      *leaf
}

// builder makes a table.
type builder struct {
	res     *Resolver
	lang    string
	perLang bool
	errs    []error
	leaves  []*leaf
}

func (b *builder) allConverters(own map[string]Converter) map[string]*Converter {
	all := builtins()
	for name, c := range own {
		b.addConverter(all, name, c, "")
	}
	return all
}

func (b *builder) addConverter(all map[string]*Converter, name string, c Converter, at string) {
	if all[name] != nil {
		b.fail(&pattern{route: name, at: at}, configError("Converter %s is already registered.", pyfmt.Quote(name)))
		return
	}
	re, err := b.compile(c.regex, pyre.Search)
	if err != nil {
		b.fail(&pattern{route: name, at: at}, configError("converter %s: %q is not a valid regular expression: %v", pyfmt.Quote(name), c.regex, err))
		return
	}
	for _, group := range re.Names() {
		if group != "" {
			b.fail(&pattern{route: name, at: at}, configError("converter %s: its regular expression must not contain the named group %s.", pyfmt.Quote(name), pyfmt.Quote(group)))
			return
		}
	}
	all[name] = &c
}

func (b *builder) compile(regex string, mode pyre.Mode) (*pyre.Regexp, error) {
	return pyre.Compile(regex, mode, b.res.opts.MatchTimeout)
}

func (b *builder) fail(p *pattern, err *ConfigError) {
	err.At, err.Pattern = p.at, p.route
	b.errs = append(b.errs, err)
}

func (b *builder) table() *table {
	root := &entry{p: &pattern{kind: kindInclude}, text: "^/", regex: "^/"}
	root.children = b.entries(root, b.res.root, b.res.converters)
	t := &table{root: root, leaves: b.leaves, scriptPrefix: b.res.opts.ScriptPrefix}
	if len(b.errs) == 0 {
		t.space = newSpace(root)
		t.tree = newTree(b.leaves)
		for _, l := range b.leaves {
			t.maxSlots = max(t.maxSlots, len(l.slots))
		}
	}
	return t
}

// entries builds the children of an entry.
func (b *builder) entries(parent *entry, patterns Patterns, converters map[string]*Converter) []*entry {
	isRoot := parent.parent == nil
	own := false
	patterns = b.withoutNil(parent.p, patterns)
	for _, element := range patterns {
		p := element.pattern()
		switch p.kind {
		case kindConverter:
			if !own {
				converters, own = maps.Clone(converters), true
			}
			b.addConverter(converters, p.route, p.converter, p.at)
		case kindErrorHandler:
			if !isRoot {
				b.fail(p, configError("an error handler can only be declared in the root table."))
			}
			if b.res.def == nil { // not again for another language
				b.res.errorViews[p.status] = p.errorView
			}
		}
	}
	var list []*entry
	for _, element := range patterns {
		p := element.pattern()
		switch {
		case p.kind == kindI18n && !isRoot && parent.p.kind != kindI18n:
			err := configError("Using i18n_patterns in an included URLconf is not allowed.")
			err.Hint = "put urls.I18n into the root table"
			b.fail(p, err)
		case p.kind == kindI18n && b.res.opts.NoI18n:
			list = append(list, b.entries(parent, p.children, converters)...)
		case p.isInclude() || p.isEndpoint():
			if e := b.entry(parent, p, converters); e != nil {
				list = append(list, e)
			}
		}
	}
	return list
}

// withoutNil reports elements that are nil and leaves them out.
func (b *builder) withoutNil(parent *pattern, patterns Patterns) Patterns {
	if !slices.Contains(patterns, nil) {
		return patterns
	}
	for i, element := range patterns {
		if element == nil {
			b.fail(parent, configError("element %d of the table is nil.", i+1))
		}
	}
	return slices.DeleteFunc(slices.Clone(patterns), func(element Pattern) bool { return element == nil })
}

func (b *builder) entry(parent *entry, p *pattern, converters map[string]*Converter) *entry {
	e := &entry{p: p, parent: parent, text: p.route}
	if p.translated {
		b.perLang = true
		if translate := b.res.opts.Translate; translate != nil {
			e.text = translate(b.lang, p.route)
		}
	}
	switch {
	case p.kind == kindI18n:
		b.perLang = true
		e.text = b.languagePrefix(p)
		e.regex = escapeRegex(e.text)
		e.tokens = literalTokens(e.text)
	case p.isRegex():
		e.regex = e.text
		mode := pyre.Search
		if p.isEndpoint() && strings.HasSuffix(e.regex, "$") {
			mode = pyre.Full
		}
		re, err := b.compile(e.regex, mode)
		if err != nil {
			b.fail(p, configError(`"%s" is not a valid regular expression: %v`, e.regex, err))
			return nil
		}
		e.re = re
		e.slots = regexSlots(re)
	default:
		if !b.route(e, converters) {
			return nil
		}
	}
	if p.isEndpoint() {
		b.leaf(e)
		return e
	}
	e.appName = appName(p.children)
	e.namespace = p.namespace
	if p.hasNamespace && p.namespace != "" && e.appName == "" {
		err := configError("Specifying a namespace in include() without providing an app_name is not supported. Set the app_name attribute in the included module, or pass a 2-tuple containing the list of patterns and app_name instead.")
		err.Hint = "put urls.AppName into the included Patterns"
		b.fail(p, err)
	}
	if e.namespace == "" {
		e.namespace = e.appName
	}
	e.children = b.entries(e, p.children, converters)
	return e
}

func appName(patterns Patterns) string {
	name := ""
	for _, element := range patterns {
		if element == nil {
			continue // reported by withoutNil
		}
		if p := element.pattern(); p.kind == kindAppName {
			name = p.route
		}
	}
	return name
}

func literalTokens(text string) []token {
	if text == "" {
		return nil
	}
	return []token{{text: text}}
}

func (b *builder) languagePrefix(p *pattern) string {
	if p.noDefaultPrefix && b.lang == b.res.opts.LanguageCode {
		return ""
	}
	return b.lang + "/"
}

// route builds the matcher of a path() route.
func (b *builder) route(e *entry, converters map[string]*Converter) bool {
	tokens, err := parseRoute(e.text, func(name string) *Converter { return converters[name] })
	if err != nil {
		b.fail(e.p, err.(*ConfigError))
		return false
	}
	e.tokens = tokens
	e.regex = routeRegex(tokens, e.p.isEndpoint())
	custom := false
	for _, t := range tokens {
		if t.conv != nil {
			e.slots = append(e.slots, slot{name: t.text, conv: t.conv})
			custom = custom || t.conv.class == classCustom
		}
	}
	if len(e.slots) == 0 {
		return true
	}
	if err := pyre.Check(e.regex); err != nil {
		b.fail(e.p, &ConfigError{Text: err.Error(), Regex: true})
		return false
	}
	if !custom {
		return true
	}
	re, err := b.compile(e.regex, pyre.Search)
	if err != nil {
		b.fail(e.p, &ConfigError{Text: err.Error(), Regex: true})
		return false
	}
	e.re = re
	i := 0
	for group, name := range re.Names() {
		if name != "" {
			e.slots[i].group = group + 1
			i++
		}
	}
	return true
}

// regexSlots: the named groups, or if there are none the unnamed ones.
func regexSlots(re *pyre.Regexp) []slot {
	text := builtins()["str"]
	var named, unnamed []slot
	for i, name := range re.Names() {
		s := slot{name: name, conv: text, group: i + 1}
		if name != "" {
			named = append(named, s)
		} else {
			unnamed = append(unnamed, s)
		}
	}
	if named != nil {
		return named
	}
	return unnamed
}

// describe is the pattern as Django's check messages show it.
func (e *entry) describe() string {
	text := "'" + e.text + "'"
	if e.p.isEndpoint() && e.p.name != "" {
		text += fmt.Sprintf(" [name='%s']", e.p.name)
	}
	return text
}
