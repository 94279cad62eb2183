package template

import (
	"fmt"

	"github.com/nuages-go/nuages/template/internal/filters"
)

// TagFunc compiles a tag. It may parse the tokens after it up to an end tag.
type TagFunc func(p *Parser, t Token) (Node, error)

// Library is a set of tags and filters. A template gets them by {% load name %}, or always if the engine lists the library
// in Builtins. Build it once; it must not change after an engine has it.
type Library struct {
	name     string
	tags     map[string]TagFunc
	filters  map[string]*filters.Filter
	problems problems
}

// NewLibrary makes an empty library.
func NewLibrary(name string) *Library {
	return &Library{name: name, tags: map[string]TagFunc{}, filters: map[string]*filters.Filter{}}
}

// Name returns the name for {% load %}.
func (l *Library) Name() string { return l.name }

// Tag adds a tag. Django: register.tag.
func (l *Library) Tag(name string, f TagFunc) *Library {
	l.tags[name] = f
	return l
}

func (l *Library) err() error { return l.problems.err() }

func (l *Library) errorf(format string, args ...any) {
	l.problems.add(fmt.Errorf("template: library %s: "+format, append([]any{l.name}, args...)...))
}

func (l *Library) addFilters(list []*filters.Filter) *Library {
	for _, f := range list {
		l.filters[f.Name] = f
	}
	return l
}

// only returns a library with some of the tags and filters; missing names those that it lacks.
func (l *Library) only(names []string) (part *Library, missing []string) {
	part = NewLibrary(l.name)
	for _, name := range names {
		found := false
		if f, ok := l.tags[name]; ok {
			part.tags[name], found = f, true
		}
		if f, ok := l.filters[name]; ok {
			part.filters[name], found = f, true
		}
		if !found {
			missing = append(missing, name)
		}
	}
	return part, missing
}

func (e *DTL) libraryWithTag(name string) string {
	for _, lib := range keysOf(e.libraries) {
		if _, ok := e.libraries[lib].tags[name]; ok {
			return lib
		}
	}
	return ""
}

func (e *DTL) libraryWithFilter(name string) string {
	for _, lib := range keysOf(e.libraries) {
		if _, ok := e.libraries[lib].filters[name]; ok {
			return lib
		}
	}
	return ""
}
