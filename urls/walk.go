package urls

import (
	"fmt"
	"net/http"
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
			return 0, nil, false, timeoutError(e, err)
		}
		inner := append(spans[:len(spans):len(spans)], make([]span, len(e.slots))...)
		e.spans(loc, pos, inner[len(spans):])
		return pos + loc[1], inner, true, nil
	}
	inner = append(spans[:len(spans):len(spans)], make([]span, len(e.slots))...)
	end, ok = matchTokens(e.tokens, path, pos, e.p.isEndpoint(), inner[len(spans):])
	return end, inner, ok, nil
}

// spans stores the captures of the entry's regular expression, which was applied at pos.
func (e *entry) spans(loc []int, pos int, spans []span) {
	for i, slot := range e.slots {
		spans[i] = span{-1, -1}
		if start := loc[2*slot.group]; start >= 0 {
			spans[i] = span{int32(pos + start), int32(pos + loc[2*slot.group+1])}
		}
	}
}

// timeoutError is the answer to a path that a regular expression takes too long for: 400.
func timeoutError(e *entry, err error) error {
	if err == nil {
		return nil
	}
	return &web.Error{Status: http.StatusBadRequest, Kind: "SlowPattern", Err: fmt.Errorf("urls: pattern %q: %w", e.text, err)}
}

// fits reports whether the numbers among the captured texts are ones that the view can take.
func (l *leaf) fits(path string, spans []span) bool {
	if !l.hasInt {
		return true
	}
	for i, s := range spans {
		if l.slots[i].conv.class != classInt || s.start < 0 {
			continue
		}
		limit := uint64(0)
		if l.limits != nil {
			limit = l.limits[i]
		}
		if s.end-s.start <= safeDigits && (limit == 0 || limit >= 1e18) {
			continue
		}
		var v web.Value
		if !v.SetInt(path[s.start:s.end]) {
			return false
		}
		if n, ok := v.Uint64(); limit != 0 && (!ok || n > limit) {
			return false
		}
	}
	return true
}

// safeDigits is how many digits fit every integer of 64 bits.
const safeDigits = 18

// fill stores the captured values in m. It is false if a converter refuses its text.
func (l *leaf) fill(m *web.Match, path string, spans []span) (bool, error) {
	if !l.fits(path, spans) {
		return false, nil
	}
	values := l.store(m, path, spans)
	if !l.custom {
		return true, nil
	}
	for i, s := range spans {
		if conv := l.slots[i].conv; conv.class == classCustom && s.start >= 0 {
			text := path[s.start:s.end]
			value, err := conv.toValue(text)
			if err != nil {
				if f, ok := err.(*failure); ok { //nolint:errorlint // only Fail's own result stops the resolver
					return false, f.err
				}
				return false, nil
			}
			values[i].SetAny(text, value)
		}
	}
	return true, nil
}

// store stores the captured values of the built-in converters in m.
func (l *leaf) store(m *web.Match, path string, spans []span) []web.Value {
	values := m.Set(&l.Route, len(spans))
	for i, s := range spans {
		v := &values[i]
		if s.start < 0 {
			if l.slots[i].name == "" {
				v.SetNone()
			} else {
				v.SetAbsent()
			}
			continue
		}
		switch text := path[s.start:s.end]; l.slots[i].conv.class {
		case classInt:
			v.SetInt(text)
		case classUUID:
			v.SetUUID(text)
		default:
			v.SetText(text)
		}
	}
	if l.loose {
		l.dropPositional(values)
	}
	return values
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

// resolve finds, by walking through all patterns, the first leaf that takes the path and the method.
func (t *table) resolveSlowly(path, method string, m *web.Match) (found, error) {
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
