package template

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nuages-go/nuages/internal/locale"
	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

// DTL is the Django template language. Any number of goroutines may use it.
type DTL struct {
	opts    Options
	loaders []Loader
	// libraries are those that {% load %} knows, by name; tags and filters what every template has.
	libraries map[string]*Library
	tags      map[string]TagFunc
	filters   map[string]*filters.Filter
	// vars are the processors' variables, numbers their places by name.
	vars    []Var
	numbers map[string]int
	reg     *value.Registry
	formats *filters.Formats
	// locales are those that the site changes.
	locales map[string]*locale.Locale
	zone    *time.Location
	// loopType, blockType and groupType are the types of forloop, block and the groups of regroup.
	loopType, blockType, groupType *value.Type

	// mu guards compiled, the templates by the key of their name and what extends them.
	mu       sync.RWMutex
	compiled map[string]*compiledTemplate
	pool     sync.Pool
	// urls is the Reverser, if it can append.
	urls URLAppender
	// resets counts the calls of Reset, so that templates know when their parents are old.
	resets atomic.Int64
}

type compiledTemplate struct {
	once sync.Once
	tmpl *Template
	err  error
}

var _ Engine = (*DTL)(nil)

// New makes an engine. It reports every mistake in the options at once.
func New(opts Options) (*DTL, error) {
	e := &DTL{
		opts: opts, libraries: map[string]*Library{}, numbers: map[string]int{}, locales: map[string]*locale.Locale{}, reg: value.NewRegistry(),
		compiled: map[string]*compiledTemplate{}, zone: opts.TimeZone,
		loopType: newLoopType(), blockType: newBlockType(), groupType: newGroupType(),
	}
	e.reg.Models = opts.Models
	e.urls, _ = opts.Reverser.(URLAppender)
	for _, fsys := range opts.FS {
		if fsys != nil {
			e.loaders = append(e.loaders, FSLoader(placeOfFS(fsys), fsys))
		}
	}
	e.loaders = append(e.loaders, opts.Loaders...)
	if e.zone == nil {
		e.zone = time.UTC
	}
	e.opts.StaticURL = cmp.Or(opts.StaticURL, "/static/")
	e.opts.MediaURL = cmp.Or(opts.MediaURL, "/media/")
	e.opts.Language = cmp.Or(opts.Language, "en-us")
	e.formats = &filters.Formats{
		UseThousand: opts.Formats.UseThousandSeparator, Decimal: opts.Formats.DecimalSeparator,
		Thousand: opts.Formats.ThousandSeparator, Grouping: opts.Formats.NumberGrouping, Named: opts.Formats.Named,
	}
	for code, f := range opts.LanguageFormats {
		e.locales[code] = ownLocale(code, f)
	}
	e.pool.New = func() any { return &Context{} }
	return e, e.register()
}

// register collects libraries and processors.
func (e *DTL) register() error {
	var found problems
	base := builtinLibrary()
	e.tags, e.filters = base.tags, base.filters
	for _, lib := range e.builtinLibraries() {
		e.libraries[lib.name] = lib
	}
	seen := map[string]bool{}
	for _, lib := range e.opts.Libraries {
		if seen[lib.name] {
			found.add(fmt.Errorf("template: two libraries are called %q", lib.name))
		}
		seen[lib.name] = true
		e.libraries[lib.name] = lib
		found.add(lib.err())
	}
	for _, lib := range e.opts.Builtins {
		found.add(lib.err())
		for name, f := range lib.tags {
			e.tags[name] = f
		}
		for name, f := range lib.filters {
			e.filters[name] = f
		}
	}
	for _, p := range e.opts.Processors {
		for _, v := range p.Vars {
			if _, taken := e.numbers[v.name]; !taken {
				e.numbers[v.name] = len(e.vars)
				e.vars = append(e.vars, v)
			}
		}
	}
	return found.err()
}

// locale returns the formats of a language, the site's own ones first.
func (e *DTL) locale(code string) *locale.Locale {
	if l, ok := e.locales[code]; ok {
		return l
	}
	return locale.Find(code)
}

// ownLocale is a language's locale with the site's formats for it.
func ownLocale(code string, f Formats) *locale.Locale {
	l := *locale.Find(code)
	l.Formats = maps.Clone(l.Formats)
	maps.Copy(l.Formats, f.Named)
	l.Decimal, l.Thousand = cmp.Or(f.DecimalSeparator, l.Decimal), cmp.Or(f.ThousandSeparator, l.Thousand)
	if f.NumberGrouping != nil {
		l.Grouping = f.NumberGrouping
	}
	return &l
}

func (e *DTL) processor(name string) int {
	if i, ok := e.numbers[name]; ok {
		return i
	}
	return -1
}

// Name returns the engine's name.
func (e *DTL) Name() string { return cmp.Or(e.opts.Name, "django") }

// Has says whether there is a template of that name. A template with a mistake counts.
func (e *DTL) Has(name string) bool {
	file, partial, _ := strings.Cut(name, "#")
	t, err := e.find(file, nil)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	return partial == "" || t.partials[partial] != nil
}

// Template returns a compiled template. Name may be name#partial.
func (e *DTL) Template(name string) (*Template, error) { return e.lookup(name) }

func (e *DTL) lookup(name string) (*Template, error) {
	file, partial, hasPartial := strings.Cut(name, "#")
	t, err := e.find(file, nil)
	if err != nil || !hasPartial {
		return t, err
	}
	p := t.partials[partial]
	if p == nil {
		return nil, &NotFoundError{Name: partial}
	}
	part := &Template{
		dtl: e, name: t.name, origin: t.origin, source: t.source, loader: t.loader, nodes: p.body, partials: t.partials, nslots: t.nslots,
	}
	return part, nil
}

// find returns the first template of that name that is not among those of chain, which extend it.
func (e *DTL) find(name string, chain []*Template) (*Template, error) {
	skip := 0
	for _, t := range chain {
		if t.name == name {
			skip = max(skip, t.loader+1)
		}
	}
	key := name
	if skip > 0 {
		key = fmt.Sprintf("%s\x00%d", name, skip)
	}
	e.mu.RLock()
	entry := e.compiled[key]
	e.mu.RUnlock()
	if entry == nil {
		e.mu.Lock()
		if entry = e.compiled[key]; entry == nil {
			entry = &compiledTemplate{}
			e.compiled[key] = entry
		}
		e.mu.Unlock()
	}
	entry.once.Do(func() {
		entry.err = fmt.Errorf("template: %s: a tag panicked when it was compiled", name)
		entry.tmpl, entry.err = e.read(name, skip)
	})
	if entry.err != nil && errors.Is(entry.err, fs.ErrNotExist) { // names may come from data: do not keep them
		e.mu.Lock()
		if e.compiled[key] == entry {
			delete(e.compiled, key)
		}
		e.mu.Unlock()
	}
	return entry.tmpl, entry.err
}

func (e *DTL) read(name string, skip int) (*Template, error) {
	for i := skip; i < len(e.loaders); i++ {
		src, err := e.loaders[i].Load(name)
		switch {
		case err == nil:
			return e.compile(&Source{Name: name, Origin: src.Origin, Text: src.Text}, i)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("template: %s: %w", name, err)
		}
	}
	missing := &NotFoundError{Name: name}
	for _, l := range e.loaders {
		if o, ok := l.(Originer); ok && o.Origin(name) != name {
			missing.Tried = append(missing.Tried, o.Origin(name))
		}
	}
	return nil, missing
}

// Parse compiles a template from text. Name is for messages and for relative names of other templates.
func (e *DTL) Parse(name, text string) (*Template, error) {
	return e.compile(&Source{Name: name, Origin: name, Text: text}, -1)
}

// Reset forgets compiled templates, so that changed ones are read again.
func (e *DTL) Reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.resets.Add(1)
	e.compiled = map[string]*compiledTemplate{}
}

// Render writes a template, all at once when it is complete. Name may be name#partial.
func (e *DTL) Render(ctx context.Context, w io.Writer, name string, data any) error {
	t, err := e.lookup(name)
	if err != nil {
		return err
	}
	return t.Render(ctx, w, data)
}

// Stream writes a template while it is made, for pages that are too large to be held in memory. After an error a part
// may be written already.
func (e *DTL) Stream(ctx context.Context, w io.Writer, name string, data any) error {
	t, err := e.lookup(name)
	if err != nil {
		return err
	}
	c, err := e.context(ctx, data)
	if err != nil {
		return err
	}
	defer e.release(c)
	c.w = w
	if err := t.run(c); err != nil {
		return err
	}
	return c.flush(1)
}

// Render writes the template. Data is a pointer to a struct, a map[string]any, or nil.
func (t *Template) Render(ctx context.Context, w io.Writer, data any) error {
	c, err := t.dtl.context(ctx, data)
	if err != nil {
		return err
	}
	defer t.dtl.release(c)
	if err := t.run(c); err != nil {
		return err
	}
	_, err = w.Write(c.out)
	return err
}

// context prepares a render.
func (e *DTL) context(ctx context.Context, data any) (*Context, error) {
	c := e.pool.Get().(*Context)
	c.dtl = e
	c.env = filters.Env{
		Ctx: ctx, Reg: e.reg, Autoescape: !e.opts.AutoescapeOff, Format: e.formats, Now: e.opts.Now,
		Locale: e.locale(cmp.Or(LanguageFrom(ctx), e.opts.Language)),
	}
	c.env.NoLocalTime, c.env.Naive = e.opts.NaiveTimes, e.opts.NaiveTimes
	if c.env.Zone = TimeZoneFrom(ctx); c.env.Zone == nil {
		c.env.Zone = e.zone
	}
	c.env.SiteZone = e.zone
	switch d := data.(type) {
	case nil:
	case map[string]any:
		c.data = d
	default:
		c.root = e.reg.Of(data)
		switch c.root.Kind() {
		case value.Object, value.Map, value.Dict, value.Mapping, value.None:
		default:
			e.release(c)
			return nil, fmt.Errorf("template: data is a %T (give a pointer to a struct, or a map[string]any)", data)
		}
	}
	return c, nil
}

// maxKept is the largest buffer that is kept for the next render.
const maxKept = 1 << 20

func (e *DTL) release(c *Context) {
	out := c.out[:0]
	if cap(out) > maxKept {
		out = nil
	}
	clear(c.scope)
	clear(c.made)
	clear(c.arena[:cap(c.arena)])
	for _, r := range c.runs {
		*r = layoutRun{depth: r.depth[:0]}
	}
	for _, b := range c.blocks {
		*b = runningBlock{}
	}
	loops := c.loops
	for _, l := range loops {
		*l = loop{changed: l.changed[:0]}
	}
	*c = Context{
		out: out, scope: c.scope[:0], calls: c.calls[:0], loops: loops, made: c.made, runs: c.runs, blocks: c.blocks, arena: c.arena[:0],
	}
	e.pool.Put(c)
}
