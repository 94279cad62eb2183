package urls

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// find follows the namespaces of a name.
func (t *table) find(name, currentApp string) (*space, string, error) {
	path := strings.Split(name, ":")
	view := path[len(path)-1]
	path = path[:len(path)-1]
	if len(path) == 0 {
		return t.space, view, nil
	}
	var current []string
	if currentApp != "" {
		current = strings.Split(currentApp, ":")
	}
	s := t.space
	prefix := ""
	var convs map[string]*Converter
	var resolved []string
	for _, ns := range path {
		currentNS := ""
		if len(current) > 0 {
			currentNS, current = current[0], current[1:]
		}
		if instances := s.apps[ns]; instances != nil {
			if currentNS != "" && slices.Contains(instances, currentNS) {
				ns = currentNS
			} else if !slices.Contains(instances, ns) {
				ns = instances[0]
			}
		}
		if ns != currentNS {
			current = nil
		}
		n := s.namespaces[ns]
		if n == nil {
			if resolved != nil {
				return nil, "", &NoReverseMatch{fmt.Sprintf("%s is not a registered namespace inside '%s'", pyfmt.Quote(ns), strings.Join(resolved, ":"))}
			}
			return nil, "", &NoReverseMatch{pyfmt.Quote(ns) + " is not a registered namespace"}
		}
		resolved = append(resolved, ns)
		prefix += n.prefix
		convs = joinConverters(convs, n.convs)
		s = n.inner
	}
	full, err := t.namespaceSpace(strings.Join(resolved, ":"), s, prefix, convs)
	return full, view, err
}

// namespaceSpace is a namespace's space with what leads to it, made once.
func (t *table) namespaceSpace(key string, s *space, prefix string, convs map[string]*Converter) (*space, error) {
	if full, ok := t.spaces.Load(key); ok {
		return full.(*space), nil
	}
	full := s.below(prefix, convs)
	if full.err != nil {
		return nil, full.err
	}
	t.spaces.Store(key, full)
	return full, nil
}
