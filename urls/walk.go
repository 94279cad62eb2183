package urls

import (
	"strings"

	"github.com/nuages-go/nuages/web"
)

// span is a captured part of the path: byte offsets, or start -1 for none.
type span struct{ start, end int32 }

// found is what resolving came to.
type found struct {
	ok    bool
	allow []string // the methods of the patterns that match the path only
}

// walk tries the patterns below an entry one after the other, exactly as Django does. The tree of compile.go gives the
// same answers faster; this one also serves to tell which patterns were tried.
func (t *table) walk(entries []*entry, path string, pos int, spans []span, accept func(l *leaf, spans []span) (bool, error)) (bool, error) {
	for _, e := range entries {
		end, inner, ok, err := e.match(path, pos, spans)
		if err != nil {
			return false, err
		}
		if !ok {
			continue
		}
		if e.leaf != nil {
			done, err := accept(e.leaf, inner)
			if done || err != nil {
				return done, err
			}
			continue
		}
		done, err := t.walk(e.children, path, end, inner, accept)
		if done || err != nil {
			return done, err
		}
	}
	return false, nil
}

// match matches the pattern at pos. It returns where the rest of the path begins and the spans with the captures added.
func (e *entry) match(path string, pos int, spans []span) (end int, inner []span, ok bool, err error) {
	if e.re != nil {
		loc, err := e.re.Find(path[pos:])
		if loc == nil || err != nil {
			return 0, nil, false, err
		}
		inner := spans[:len(spans):len(spans)]
		for _, s := range e.slots {
			start, end := loc[2*s.group], loc[2*s.group+1]
			if start >= 0 {
				start, end = start+pos, end+pos
			}
			inner = append(inner, span{int32(start), int32(end)})
		}
		return pos + loc[1], inner, true, nil
	}
	inner = append(spans[:len(spans):len(spans)], make([]span, len(e.slots))...)
	end, ok = matchTokens(e.tokens, path, pos, e.p.isEndpoint(), inner[len(spans):])
	return end, inner, ok, nil
}

// fill stores the captured values in m. It is false if a converter refuses its text.
func (l *leaf) fill(m *web.Match, path string, spans []span) (bool, error) {
	values := m.Set(&l.Route, len(spans))
	for i, s := range spans {
		slot := &l.slots[i]
		v := &values[i]
		switch {
		case s.start >= 0:
			ok, err := slot.conv.setValue(v, path[s.start:s.end])
			if !ok || err != nil {
				return false, err
			}
			if l.limits != nil && slot.conv.class == classInt && l.limits[i] != 0 {
				if n, ok := v.Uint64(); !ok || n > l.limits[i] {
					return false, nil
				}
			}
		case slot.name == "":
			v.SetNone()
		default:
			v.SetAbsent()
		}
	}
	if l.loose {
		l.dropPositional(values)
	}
	return true, nil
}

// dropPositional leaves out the positional arguments of includes when there are named ones further in.
func (l *leaf) dropPositional(values []web.Value) {
	named := false
	for i := len(values) - 1; i >= 0; i-- {
		slot := &l.slots[i]
		switch {
		case slot.name != "":
			named = named || values[i].Present()
		case named && slot.entry < len(l.chain)-1:
			values[i].SetAbsent()
		}
	}
}

// resolve finds the first leaf that takes the path and the method.
func (t *table) resolve(path, method string, m *web.Match) (found, error) {
	var f found
	if !strings.HasPrefix(path, "/") {
		return f, nil
	}
	var err error
	f.ok, err = t.walk(t.root.children, path, 1, nil, func(l *leaf, spans []span) (bool, error) {
		ok, err := l.fill(m, path, spans)
		if !ok || err != nil {
			return false, err
		}
		if !l.method.has(method) {
			f.allow = append(f.allow, l.method...)
			return false, nil
		}
		return true, nil
	})
	if !f.ok {
		m.Set(nil, 0)
	}
	return f, err
}
