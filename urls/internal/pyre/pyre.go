// Package pyre matches regular expressions in the syntax and with the meaning of Python's re module (patterns of type
// str), for URL patterns that come from a Django site.
//
// A pattern is parsed as Python does, with Python's error messages, and handed to Go's regexp, which takes time in
// proportion to the text. What regexp cannot do (look-around, back-references, atomic and conditional groups, possessive
// quantifiers, counts over 1000) goes to the backtracking engine regexp2, with a time limit. \N{…} is the one construct
// that neither has.
package pyre

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// Mode says how a pattern is applied.
type Mode bool

// The modes: find the leftmost match, or match the whole text.
const (
	Search Mode = false
	Full   Mode = true
)

// Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	names     []string
	construct string
	prefix    string
	anchored  bool

	fast     *regexp.Regexp // nil if package regexp cannot do it
	dollar   bool
	boundary bool
	exact    func() (*regexp2.Regexp, error)
}

// ErrTimeout means that a match took longer than the limit, or more memory than the backtracking engine allows itself.
var ErrTimeout = errors.New("the match of the regular expression took too long")

// Compile parses a pattern. The timeout limits a match that needs the backtracking engine. The error is an *Error.
func Compile(pattern string, mode Mode, timeout time.Duration) (*Regexp, error) {
	p, root, perr := parse(pattern)
	if perr != nil {
		return nil, perr
	}
	re := &Regexp{names: p.names}
	re.prefix, re.anchored = literalPrefix(root)

	slow := &emitter{exact: true}
	slow.wrap(root, mode)
	text := slow.b.String()
	re.exact = sync.OnceValues(func() (*regexp2.Regexp, error) {
		exact, err := regexp2.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("regular expression %q: %w", pattern, err)
		}
		exact.MatchTimeout = timeout
		return exact, nil
	})

	quick := &emitter{}
	quick.wrap(root, mode)
	re.dollar, re.boundary = quick.dollar, quick.boundary
	re.construct = quick.construct
	if re.construct == "" {
		fast, err := regexp.Compile(quick.b.String())
		if err == nil {
			re.fast = fast
			return re, nil
		}
		re.construct = "a large repetition"
	}
	if _, err := re.exact(); err != nil {
		return nil, &Error{Msg: err.Error(), Pos: -1}
	}
	return re, nil
}

// Check only parses a pattern: it returns the error that Compile would.
func Check(pattern string) error {
	if _, _, err := parse(pattern); err != nil {
		return err
	}
	return nil
}

func (e *emitter) wrap(root *node, mode Mode) {
	if mode == Full {
		e.b.WriteString(`\A(?:`)
		defer e.b.WriteString(`)\z`)
	}
	e.write(root)
}

// Names are the names of the groups, the first group first; "" for an unnamed one.
func (re *Regexp) Names() []string { return re.names }

// Backtracking names the construct for which the pattern needs the backtracking engine; "" if it does not.
func (re *Regexp) Backtracking() string { return re.construct }

// Prefix is the text that every match begins with, at the start of the text; ok is false if a match may begin elsewhere.
func (re *Regexp) Prefix() (prefix string, ok bool) { return re.prefix, re.anchored }

// Find returns the index pairs of the match and of each group, -1 for a group that took no part; nil if there is no
// match. The error is ErrTimeout or another limit of the backtracking engine.
func (re *Regexp) Find(text string) ([]int, error) {
	if re.anchored && !strings.HasPrefix(text, re.prefix) {
		return nil, nil
	}
	if re.fast != nil && !(re.dollar && strings.IndexByte(text, '\n') >= 0) && !(re.boundary && !isASCII(text)) {
		return re.fast.FindStringSubmatchIndex(text), nil
	}
	exact, err := re.exact()
	if err != nil {
		return nil, err
	}
	m, err := exact.FindStringMatch(text)
	if err != nil {
		return nil, ErrTimeout // its own text repeats the whole input
	}
	if m == nil {
		return nil, nil
	}
	loc := make([]int, 2*(len(re.names)+1))
	for i, g := range m.Groups() {
		loc[2*i], loc[2*i+1] = -1, -1
		if len(g.Captures) > 0 {
			start, size := g.ByteRange()
			loc[2*i], loc[2*i+1] = start, start+size
		}
	}
	return loc, nil
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// literalPrefix is the literal text after a leading ^ or \A.
func literalPrefix(root *node) (string, bool) {
	if root.op != opCat || len(root.subs) == 0 {
		return "", false
	}
	first := root.subs[0]
	if first.op != opAt || first.at != atStart && (first.at != atBegin || first.flags&multiLine != 0) {
		return "", false
	}
	var b strings.Builder
	for _, n := range root.subs[1:] {
		if n.op != opLiteral || n.flags&ignoreCase != 0 {
			break
		}
		b.WriteRune(n.r)
	}
	return b.String(), true
}
