package urls

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/nuages-go/nuages/urls/internal/pyre"
)

// space is what names can be reversed to from one table on: Django's reverse_dict, namespace_dict and app_dict of an
// URLResolver.
type space struct {
	names      map[string][]*candidate
	order      []string // of names, as first seen
	namespaces map[string]*nested
	apps       map[string][]string // instances of an application, the last declared first
	err        error               // a pattern that cannot be reversed spoils the whole table, as in Django
}

// nested is a namespace below a space.
type nested struct {
	prefix string // regular expression of the patterns that lead to it
	entry  *entry
	convs  map[string]*Converter // of the patterns that lead to it
	inner  *space                // as seen from within
}

// candidate is one pattern that a name may stand for.
type candidate struct {
	forms    []form
	pattern  string // the joined regular expression, without the leading ^
	defaults map[string]any
	convs    map[string]*Converter
	leaf     *leaf

	compiled atomic.Pointer[compiledPattern] // for the script prefix that was last used
}

type compiledPattern struct {
	prefix string
	re     *pyre.Regexp
	err    error
}

// newSpace collects the names below an entry. Django 6.1 django/urls/resolvers.py URLResolver._populate: the patterns
// are read in reverse order, so that the last declared comes first.
func newSpace(e *entry) *space {
	s := &space{names: map[string][]*candidate{}, namespaces: map[string]*nested{}, apps: map[string][]string{}}
	for _, child := range slices.Backward(e.children) {
		regex := strings.TrimPrefix(child.regex, "^")
		if child.p.isEndpoint() {
			forms, err := normalize(child.regex)
			if err != nil {
				s.err = err
				return s
			}
			if child.p.name != "" {
				s.add(child.p.name, &candidate{forms: forms, pattern: regex, defaults: child.p.kwargs, convs: child.converters(), leaf: child.leaf})
			}
			continue
		}
		inner := newSpace(child)
		if inner.err != nil {
			s.err = inner.err
			return s
		}
		if child.appName != "" {
			s.apps[child.appName] = append(s.apps[child.appName], child.namespace)
			s.namespaces[child.namespace] = &nested{prefix: regex, entry: child, convs: child.converters(), inner: inner}
			continue
		}
		if err := s.merge(regex, child.p.kwargs, child.converters(), inner); err != nil {
			s.err = err
			return s
		}
	}
	return s
}

// merge adds the names of a table below a pattern.
func (s *space) merge(regex string, kwargs map[string]any, convs map[string]*Converter, inner *space) error {
	for _, name := range inner.order {
		for _, c := range inner.names[name] {
			forms, err := normalize(regex + c.pattern)
			if err != nil {
				return err
			}
			defaults := c.defaults
			if len(kwargs) > 0 {
				defaults = maps.Clone(kwargs)
				for k, v := range c.defaults {
					if _, ok := kwargs[k]; !ok {
						defaults[k] = v
					}
				}
			}
			s.add(name, &candidate{forms: forms, pattern: regex + c.pattern, defaults: defaults, convs: joinConverters(convs, c.convs), leaf: c.leaf})
		}
	}
	for name, n := range inner.namespaces {
		s.namespaces[name] = &nested{prefix: regex + n.prefix, entry: n.entry, convs: joinConverters(n.convs, convs), inner: n.inner}
	}
	for app, instances := range inner.apps {
		s.apps[app] = append(s.apps[app], instances...)
	}
	return nil
}

// below is the space of a namespace with everything that leads to it, which is how its names are reversed.
func (s *space) below(prefix string, convs map[string]*Converter) *space {
	if prefix == "" {
		return s
	}
	if err := pyre.Check(prefix); err != nil {
		return &space{err: configError(`"%s" is not a valid regular expression: %v`, prefix, err)}
	}
	out := &space{names: map[string][]*candidate{}, namespaces: map[string]*nested{}, apps: map[string][]string{}}
	out.err = out.merge(strings.TrimPrefix(prefix, "^"), nil, convs, s)
	return out
}

func (s *space) add(name string, c *candidate) {
	if s.names[name] == nil {
		s.order = append(s.order, name)
	}
	s.names[name] = append(s.names[name], c)
}

// converters are those of the entry's own placeholders.
func (e *entry) converters() map[string]*Converter {
	if e.p.isRegex() || len(e.slots) == 0 {
		return nil
	}
	convs := make(map[string]*Converter, len(e.slots))
	for _, s := range e.slots {
		convs[s.name] = s.conv
	}
	return convs
}

// joinConverters is a with b added; b wins.
func joinConverters(a, b map[string]*Converter) map[string]*Converter {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}
