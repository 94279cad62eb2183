package urls

import (
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/urls/internal/pyre"
	"github.com/nuages-go/nuages/web"
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

// slot is a place for one captured value.
type slot struct {
	name  string // "" for a positional argument
	conv  *Converter
	group int // of re
	entry int // index of the pattern in the leaf's chain
}

// leaf is an end point.
type leaf struct {
	web.Route
	order  int
	chain  []*entry // from below the root to the end point
	slots  []slot   // of the whole chain
	limits []uint64 // largest number for each slot whose view takes a fixed-size integer; nil if there is none
	hasInt bool     // there is an int converter
	custom bool     // there is a converter that may refuse a text
	plain  bool     // the values are the captures: none is hidden or may go, no converter refuses
	loose  bool     // a positional slot of an include may have to go at match time
	method methodSet
	layers []web.Handler // what to serve from the outermost With to the view
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
			b.fail(p, configError("Using i18n_patterns in an included URLconf is not allowed."))
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
		b.fail(p, configError("Specifying a namespace in include() without providing an app_name is not supported. Put urls.AppName into the included Patterns."))
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

// leaf builds the end point of the chain of patterns that e ends.
func (b *builder) leaf(e *entry) {
	l := &leaf{order: len(b.leaves)}
	for at := e; at.parent != nil; at = at.parent {
		l.chain = append([]*entry{at}, l.chain...)
	}
	l.Handler = e.p.handler
	l.Name = e.p.name
	l.Resolver = l
	extra := map[string]any{}
	extraAt := map[string]int{} // the innermost pattern that gives the keyword argument
	for i, at := range l.chain {
		l.Pattern = joinRoute(l.Pattern, at.text)
		if at.appName != "" {
			l.AppNames = append(l.AppNames, at.appName)
		}
		if at.namespace != "" {
			l.Namespaces = append(l.Namespaces, at.namespace)
		}
		if at == e {
			l.Own = len(l.slots)
		}
		for _, s := range at.slots {
			s.entry = i
			l.slots = append(l.slots, s)
			l.Params = append(l.Params, s.name)
			l.hasInt = l.hasInt || s.conv.class == classInt
			l.custom = l.custom || s.conv.class == classCustom
		}
		for name, v := range at.p.kwargs {
			extra[name] = v
			extraAt[name] = i
		}
		l.Methods = mergeMethods(l.Methods, at.p.methods)
	}
	if len(extra) > 0 {
		l.Extra = extra
	}
	l.hide(extraAt)

	if l.Handler == nil {
		b.fail(e.p, configError("pattern %q has no handler.", e.text))
		return
	}
	view := l.Name
	if view == "" {
		view = web.HandlerName(l.Handler)
	}
	l.ViewName = strings.Join(append(l.Namespaces[:len(l.Namespaces):len(l.Namespaces)], view), ":")
	l.method = methodSetOf(l.Methods)
	l.plain = !l.custom && !l.loose
	b.checkArgs(e, l)
	l.layers = b.layersOf(l.chain, l.Handler)
	e.leaf = l
	b.leaves = append(b.leaves, l)
}

// hide marks the slots that an extra keyword argument of the same or a later pattern, or a later slot that is always
// there, takes the place of.
func (l *leaf) hide(extraAt map[string]int) {
	hidden := make([]bool, len(l.slots))
	any := false
	last := map[string]bool{}
	for i := len(l.slots) - 1; i >= 0; i-- {
		s := l.slots[i]
		if s.name == "" {
			for _, at := range extraAt {
				if at >= s.entry && s.entry < len(l.chain)-1 {
					hidden[i] = true
				}
			}
			for _, later := range l.slots[i+1:] {
				if later.name == "" || s.entry == len(l.chain)-1 {
					continue
				}
				if l.chain[later.entry].p.isRegex() {
					l.loose = true
				} else {
					hidden[i] = true
				}
			}
		} else {
			at, ok := extraAt[s.name]
			hidden[i] = ok && at >= s.entry || last[s.name]
			if !l.chain[s.entry].p.isRegex() {
				last[s.name] = true
			}
		}
		any = any || hidden[i]
	}
	if any {
		l.Hidden = hidden
	}
}

// joinRoute joins two routes without the second's leading ^.
func joinRoute(a, b string) string {
	if a == "" {
		return b
	}
	return a + strings.TrimPrefix(b, "^")
}

// describe is the pattern as Django's check messages show it.
func (e *entry) describe() string {
	text := "'" + e.text + "'"
	if e.p.isEndpoint() && e.p.name != "" {
		text += fmt.Sprintf(" [name='%s']", e.p.name)
	}
	return text
}
