package urls

import (
	"strings"
	"unicode/utf8"
)

// matchTokens matches a route's pieces at pos: literals and placeholders of the built-in classes. With whole the match
// must reach the end of the path. Each placeholder takes as much as it can, and gives back as in a regular expression.
// The spans of the placeholders go to spans. It returns where the match ends.
func matchTokens(tokens []token, path string, pos int, whole bool, spans []span) (int, bool) {
	m := tokenMatcher{tokens: tokens, path: path, whole: whole, spans: spans}
	return m.match(0, pos, 0)
}

type tokenMatcher struct {
	tokens []token
	path   string
	whole  bool
	spans  []span
	failed map[[2]int]struct{} // pairs of token and position that lead nowhere: keeps the work polynomial
}

func (m *tokenMatcher) match(i, pos, capture int) (int, bool) {
	for ; i < len(m.tokens); i++ {
		t := &m.tokens[i]
		if t.conv == nil {
			if !strings.HasPrefix(m.path[pos:], t.text) {
				return 0, false
			}
			pos += len(t.text)
			continue
		}
		end := runEnd(t.conv.class, m.path, pos)
		if end < 0 {
			return 0, false
		}
		if t.conv.class == classUUID {
			m.spans[capture] = span{int32(pos), int32(end)}
			capture++
			pos = end
			continue
		}
		return m.greedy(i, pos, end, capture)
	}
	return pos, !m.whole || pos == len(m.path)
}

// greedy tries the placeholder i from pos with every length, the longest first.
func (m *tokenMatcher) greedy(i, pos, end, capture int) (int, bool) {
	key := [2]int{i, pos}
	if _, bad := m.failed[key]; bad {
		return 0, false
	}
	for at := end; at > pos; at-- {
		if at < len(m.path) && !utf8.RuneStart(m.path[at]) {
			continue
		}
		if rest, ok := m.match(i+1, at, capture+1); ok {
			m.spans[capture] = span{int32(pos), int32(at)}
			return rest, true
		}
	}
	if m.failed == nil {
		m.failed = map[[2]int]struct{}{}
	}
	m.failed[key] = struct{}{}
	return 0, false
}

// runEnd is where the longest run of a class that begins at pos ends; -1 if it would be empty.
func runEnd(c class, path string, pos int) int {
	end := pos
	switch c {
	case classStr:
		if i := strings.IndexByte(path[pos:], '/'); i >= 0 {
			end = pos + i
		} else {
			end = len(path)
		}
	case classPath:
		if i := strings.IndexByte(path[pos:], '\n'); i >= 0 {
			end = pos + i
		} else {
			end = len(path)
		}
	case classInt:
		for end < len(path) && path[end]-'0' <= 9 {
			end++
		}
	case classSlug:
		for end < len(path) && isSlug(path[end]) {
			end++
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

func isSlug(c byte) bool {
	return c-'a' < 26 || c-'A' < 26 || c-'0' < 10 || c == '-' || c == '_'
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
