package urls

import (
	"fmt"
	"strings"
	"time"

	"github.com/nuages-go/nuages/urls/internal/pyre"
	"github.com/nuages-go/nuages/web"
)

// Reference resolves the way Django does: it tries the regular expression of each pattern, in order.
type Reference struct {
	t  *table
	re map[*entry]*pyre.Regexp
}

// NewReference makes a reference for a resolver's table in a language.
func NewReference(res *Resolver, language string) *Reference {
	return &Reference{res.table(language), map[*entry]*pyre.Regexp{}}
}

// Resolve finds the first leaf for a path.
func (ref *Reference) Resolve(path string, m *web.Match) bool {
	return strings.HasPrefix(path, "/") && ref.try(ref.t.root.children, path, 1, nil, m)
}

func (ref *Reference) try(entries []*entry, path string, pos int, spans []span, m *web.Match) bool {
	for _, e := range entries {
		re := ref.re[e]
		if re == nil {
			mode := pyre.Search
			if e.leaf != nil && strings.HasSuffix(e.regex, "$") {
				mode = pyre.Full
			}
			regex := e.regex
			if e.p.kind == kindI18n {
				regex = "^" + regex // Django compares the text
			}
			var err error
			if re, err = pyre.Compile(regex, mode, time.Second); err != nil {
				panic(err)
			}
			ref.re[e] = re
		}
		loc, err := re.Find(path[pos:])
		if err != nil {
			panic(err)
		}
		if loc == nil {
			continue
		}
		inner := spans[:len(spans):len(spans)]
		for i, name := range re.Names() {
			if len(e.slots) == 0 || (name == "") != (e.slots[0].name == "") {
				continue
			}
			s := span{-1, -1}
			if start := loc[2*i+2]; start >= 0 {
				s = span{int32(pos + start), int32(pos + loc[2*i+3])}
			}
			inner = append(inner, s)
		}
		if e.leaf == nil {
			if ref.try(e.children, path, pos+loc[1], inner, m) {
				return true
			}
			continue
		}
		if ok, err := e.leaf.fill(m, path, inner); ok && err == nil {
			return true
		}
	}
	return false
}

// ResolveSlowly resolves by walking through all patterns.
func (res *Resolver) ResolveSlowly(language, path, method string, m *web.Match) (bool, error) {
	f, err := res.table(language).resolveSlowly(path, method, m)
	return f.ok, err
}

// DescribeMatch is a match as text, to compare.
func DescribeMatch(m *web.Match) string {
	if m.Route == nil {
		return "none"
	}
	return fmt.Sprintf("%s %d %q %v", m.Route.Pattern, m.Route.Resolver.(*leaf).order, m.Args(), m.Kwargs())
}

// Normalize lists what a regular expression can be reversed to.
func Normalize(pattern string) ([]string, error) {
	forms, err := normalize(pattern)
	var texts []string
	for _, f := range forms {
		texts = append(texts, f.format)
	}
	return texts, err
}

// PyFormat is Python's format % args.
func PyFormat(format string, args Params) (string, error) { return pyFormat(format, args) }
