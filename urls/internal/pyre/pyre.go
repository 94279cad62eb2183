// Package pyre matches Python's regular expressions (module re, patterns of type str).
package pyre

import (
	"regexp"
	"strings"
)

// Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	Pattern string
	re      *regexp.Regexp
}

// Error is why a pattern cannot be compiled, in Python's words.
type Error struct{ Msg string }

func (e *Error) Error() string { return e.Msg }

// Compile parses a pattern.
func Compile(pattern string) (*Regexp, error) {
	text := strings.ReplaceAll(pattern, `\Z`, `\z`)
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, &Error{err.Error()}
	}
	return &Regexp{pattern, re}, nil
}

// Names are the names of the groups, the first group first; "" for an unnamed one.
func (re *Regexp) Names() []string { return re.re.SubexpNames()[1:] }

// Search finds the leftmost match, or with full only one of the whole text. It returns the index pairs of the match and
// of each group; -1 for a group that took no part.
func (re *Regexp) Search(s string, full bool) []int {
	loc := re.re.FindStringSubmatchIndex(s)
	if full && loc != nil && (loc[0] != 0 || loc[1] != len(s)) {
		return nil
	}
	return loc
}
