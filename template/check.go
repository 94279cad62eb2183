package template

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nuages-go/nuages/template/internal/value"
)

// Check parses all templates that the loaders can list, follows their parents, includes and URL names, and checks the
// variables of the pages against the types of their data. It reports all problems at once.
func (e *DTL) Check(pages []AnyPage) error {
	k := &checker{dtl: e, seen: map[string]bool{}}
	names, err := e.names()
	k.report(err)
	for _, name := range names {
		t, err := e.find(name, nil)
		if err != nil {
			k.mistakes(name, err)
			continue
		}
		k.links(t)
	}
	for _, p := range pages {
		k.page(p)
	}
	slices.SortStableFunc(k.found, func(a, b error) int {
		x, y := placeOf(a), placeOf(b)
		return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Col, y.Col))
	})
	return errors.Join(k.found...)
}

// mistakes reports why a template cannot be parsed: the first mistake in its tags, and all in its variables.
func (k *checker) mistakes(name string, err error) {
	var se *SyntaxError
	if !errors.As(err, &se) {
		k.report(err)
		return
	}
	t := &Template{dtl: k.dtl, name: name, source: se.Source}
	p := &Parser{dtl: k.dtl, tmpl: t, tokens: lex(se.Source), recovering: true}
	_, last := p.parse()
	for _, err := range append(p.found, last) {
		k.report(err)
	}
}

func placeOf(err error) Position {
	var se *SyntaxError
	if errors.As(err, &se) {
		return se.Position
	}
	return Position{}
}

// names returns the names of all templates, without files that are no text.
func (e *DTL) names() ([]string, error) {
	var names []string
	var found problems
	for _, l := range e.loaders {
		lister, ok := l.(Lister)
		if !ok {
			continue
		}
		list, err := lister.List()
		found.add(err)
		names = append(names, list...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(name string) bool {
		for _, l := range e.loaders {
			if src, err := l.Load(name); err == nil {
				return !utf8.ValidString(src.Text)
			}
		}
		return false
	}), found.err()
}

// checker looks for mistakes in templates.
type checker struct {
	dtl   *DTL
	found []error
	seen  map[string]bool

	// The rest is the state of a page's check: its data, the variables of tags, the template and tag that are looked at.
	data  *shape
	scope []checkScope
	tmpl  *Template
	at    span
	// isolated hides the data and the processors, as include only does.
	isolated  bool
	inclusion bool
	// open: a tag may have set variables that are not known.
	open   bool
	blocks map[string][]*blockNode
	depth  map[string]int
	active []*Template
	visits int
}

type checkScope struct {
	name  string
	shape *shape
	// mark begins the scope of a tag.
	mark bool
}

func (k *checker) report(err error) {
	if err == nil || k.seen[err.Error()] {
		return
	}
	k.seen[err.Error()] = true
	k.found = append(k.found, err)
}

// problem reports a mistake at the current tag.
func (k *checker) problem(hint, format string, args ...any) {
	t := k.tmpl
	k.report(&SyntaxError{
		Position: t.position(k.at.start), Msg: fmt.Sprintf(format, args...), Hint: hint,
		Source: t.source, Start: k.at.start, End: k.at.end,
	})
}

// links checks what a template refers to, whatever its data is: parents, includes, partials, URL names.
func (k *checker) links(t *Template) {
	k.tmpl = t
	chain := []*Template{t}
	for cur := t; cur.extends != nil; {
		name, literal := cur.extends.parent.literalName()
		if !literal || len(chain) > maxDepth {
			chain = nil
			break
		}
		parent, err := k.dtl.findParent(name, chain)
		if err != nil {
			if cur == t {
				k.at = t.extends.span
				k.missing("extends", name, err)
			}
			chain = nil
			break
		}
		chain = append(chain, parent)
		cur = parent
	}
	if len(chain) > 1 {
		k.strayBlocks(chain)
	}
	for _, n := range t.includes {
		if name, literal := n.template.literalName(); literal {
			if _, err := k.dtl.lookup(name); err != nil {
				k.at = n.span
				k.missing("include", name, err)
			}
		}
	}
	for _, n := range t.uses {
		if t.partials[n.name] == nil {
			k.at = n.span
			k.problem(didYouMean(n.name, keysOf(t.partials)), "Partial '%s' is not defined in the current template.", n.name)
		}
	}
	for _, n := range t.urls {
		k.at = n.span
		k.url(n)
	}
}

func (k *checker) missing(tag, name string, err error) {
	if !errors.Is(err, fs.ErrNotExist) {
		return // the mistake is reported where it is
	}
	if file, partial, ok := strings.Cut(name, "#"); ok {
		if t, err := k.dtl.find(file, nil); err == nil {
			k.problem(didYouMean(partial, keysOf(t.partials)), "%s: template %q has no partial %q", tag, file, partial)
			return
		}
	}
	names, _ := k.dtl.names()
	k.problem(didYouMean(name, names), "%s: template %q does not exist", tag, name)
}

// strayBlocks reports the blocks of a child that no parent has: they are never shown.
func (k *checker) strayBlocks(chain []*Template) {
	t := chain[0]
	known := map[string]bool{}
	for _, parent := range chain[1:] {
		for name := range parent.blocks {
			known[name] = true
		}
	}
	for i, n := range t.extends.rest.nodes {
		b, ok := n.(*blockNode)
		if ok && !known[b.name] {
			k.at = t.extends.rest.spans[i]
			k.problem(didYouMean(b.name, keysOf(known)), "block %q is in no parent template and is never shown", b.name)
		}
	}
}

func (k *checker) url(n *urlNode) {
	check, ok := k.dtl.opts.Reverser.(URLChecker)
	name, literal := n.name.literalName()
	if !ok || !literal || n.target != "" {
		return
	}
	kwargs := make([]string, len(n.kwargs))
	for i, a := range n.kwargs {
		kwargs[i] = a.text
	}
	if err := check.CheckURL(name, len(n.args), kwargs); err != nil {
		k.problem("", "url: %s", err)
	}
}

// page checks the variables of a page.
func (k *checker) page(p AnyPage) {
	t, err := k.dtl.lookup(p.Name())
	if err != nil {
		k.report(err)
		return
	}
	*k = checker{dtl: k.dtl, found: k.found, seen: k.seen, depth: map[string]int{}, blocks: map[string][]*blockNode{}}
	k.data = shapeOf(k.dtl.reg.TypeOf(p.DataType()))
	k.open = k.data == nil || k.data.typ.Kind() == value.Map
	k.template(t)
}

// maxVisits bounds how many includes of a page are followed.
const maxVisits = 20_000

// template checks a template with its parents.
func (k *checker) template(t *Template) {
	if k.visits++; slices.Contains(k.active, t) || len(k.active) > 40 || k.visits > maxVisits {
		return
	}
	k.active = append(k.active, t)
	blocks, depth, tmpl, at := k.blocks, k.depth, k.tmpl, k.at
	k.blocks, k.depth = map[string][]*blockNode{}, map[string]int{}
	chain, known := []*Template{t}, true
	for cur := t; cur.extends != nil; {
		name, literal := cur.extends.parent.literalName()
		if !literal {
			k.tmpl, k.at = cur, cur.extends.span
			k.expr(cur.extends.parent)
			known = false
			break
		}
		parent, err := k.dtl.findParent(name, chain)
		if err != nil || len(chain) > maxDepth {
			known = false
			break
		}
		chain = append(chain, parent)
		cur = parent
	}
	for _, c := range chain {
		for name, b := range c.blocks {
			k.blocks[name] = append(k.blocks[name], b)
		}
	}
	root := chain[len(chain)-1]
	if known {
		k.list(root.nodes)
	} else { // a parent that is not known may set variables around its blocks
		open := k.open
		k.open = true
		k.list(root.extends.rest)
		k.open = open
	}
	k.blocks, k.depth, k.tmpl, k.at = blocks, depth, tmpl, at
	k.active = k.active[:len(k.active)-1]
}
