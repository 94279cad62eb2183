package urls

import (
	"strings"
	"unicode/utf8"
)

// matchTokens matches a route's pieces at pos: literals and placeholders of the built-in classes. With whole the match
// must reach the end of the path. As in a regular expression, each placeholder takes as much as it can and gives back
// what the rest needs. The spans of the placeholders go to spans. It returns where the match ends.
func matchTokens(tokens []token, path string, pos int, whole bool, spans []span) (int, bool) {
	var few [8]run
	m := tokenMatcher{tokens: tokens, path: path, whole: whole, spans: spans, tried: few[:]}
	if len(tokens) > len(few) {
		m.tried = make([]run, len(tokens))
	}
	return m.match(0, pos, 0)
}

// tokenMatcher backtracks over the lengths of the placeholders. No combination of a placeholder and an end is tried
// twice, so that the work is proportional to the path for each placeholder.
type tokenMatcher struct {
	tokens []token
	path   string
	whole  bool
	spans  []span
	tried  []run // for each token
}

// run is a stretch of the path whose ends, from low+1 to end, were all tried for a placeholder and lead nowhere.
type run struct{ low, end int }

func (m *tokenMatcher) match(i, pos, capture int) (int, bool) {
	for ; i < len(m.tokens); i++ {
		t := &m.tokens[i]
		switch {
		case t.conv == nil:
			if !strings.HasPrefix(m.path[pos:], t.text) {
				return 0, false
			}
			pos += len(t.text)
		case t.conv.class == classUUID:
			if !isUUID(m.path[pos:]) {
				return 0, false
			}
			m.spans[capture] = span{int32(pos), int32(pos + uuidLen)}
			capture++
			pos += uuidLen
		default:
			return m.greedy(i, pos, capture)
		}
	}
	return pos, !m.whole || pos == len(m.path)
}

// greedy tries the placeholder i from pos with every length, the longest first.
func (m *tokenMatcher) greedy(i, pos, capture int) (int, bool) {
	class, tried := m.tokens[i].conv.class, &m.tried[i]
	var end, from int
	switch {
	case tried.low <= pos && pos < tried.end:
		return 0, false
	case pos < tried.low && runEnd(class, m.path[:tried.low], pos) == tried.low:
		end, from = tried.end, tried.low
	default:
		end = runEnd(class, m.path, pos)
		from = end
	}
	for at := from; at > pos; at-- {
		if at < len(m.path) && !utf8.RuneStart(m.path[at]) {
			continue
		}
		if rest, ok := m.match(i+1, at, capture+1); ok {
			m.spans[capture] = span{int32(pos), int32(at)}
			return rest, true
		}
	}
	*tried = run{pos, max(end, 0)}
	return 0, false
}

// runEnd is where the longest run of a class that begins at pos ends; -1 if there is none.
func runEnd(c class, path string, pos int) int {
	end := pos
	switch c {
	case classStr:
		for end < len(path) && path[end] != '/' {
			end++
		}
	case classInt:
		for end < len(path) && path[end]-'0' <= 9 {
			end++
		}
	case classSlug:
		for end < len(path) && slugByte[path[end]] {
			end++
		}
	case classPath:
		if i := strings.IndexByte(path[pos:], '\n'); i >= 0 {
			end = pos + i
		} else {
			end = len(path)
		}
	case classUUID:
		if !isUUID(path[pos:]) {
			return -1
		}
		return pos + uuidLen
	}
	if end == pos {
		return -1
	}
	return end
}

// slugByte marks the bytes of a slug.
var slugByte = func() (set [256]bool) {
	for c := range set {
		b := byte(c)
		set[c] = b-'a' < 26 || b-'A' < 26 || b-'0' < 10 || b == '-' || b == '_'
	}
	return set
}()

// contains reports whether a byte can stand in a text of the class. Bytes beyond ASCII stand for their characters.
func (c class) contains(b byte) bool {
	switch c {
	case classStr:
		return b != '/'
	case classInt:
		return b-'0' <= 9
	case classSlug:
		return slugByte[b]
	case classUUID:
		return b-'0' <= 9 || b-'a' <= 5 || b == '-'
	default:
		return b != '\n'
	}
}

const uuidLen = 36

func isUUID(s string) bool {
	if len(s) < uuidLen {
		return false
	}
	for i := range uuidLen {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if c-'0' > 9 && c-'a' > 5 {
				return false
			}
		}
	}
	return true
}
