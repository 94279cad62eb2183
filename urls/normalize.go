package urls

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// form is one text that a pattern can stand for: a format in Python's style with %(name)s for each parameter. The
// parameter of an unnamed group is called _0, _1 ...
type form struct {
	format string
	params []string
}

// normalize lists the texts that a regular expression can be reversed to. Django 6.1 django/utils/regex_helper.py
// normalize: zero occurrences where the minimum is zero (and one as well if a group is concerned), the first character
// of a class, a fixed representative for \d and its like; nothing for an alternative. The error is of a construct that
// cannot be reversed, in Django's words.
func normalize(pattern string) (forms []form, err error) {
	n := &normalizer{chars: scanRegex(pattern)}
	if len(n.chars) == 0 {
		return []form{{}}, nil
	}
	switch err := n.run(); {
	case errors.Is(err, errAlternative):
		return []form{{}}, nil
	case err != nil && !errors.Is(err, errEnd):
		return nil, err
	}
	return flatten(n.out), nil
}

var (
	errAlternative = errors.New("alternative")
	errEnd         = errors.New("end of the pattern")
)

// regexChar is a character of a pattern; escaped ones stand for their class's representative.
type regexChar struct {
	r       rune
	escaped bool
}

// scanRegex takes the backslashes out of a pattern.
func scanRegex(pattern string) []regexChar {
	var chars []regexChar
	escaped := false
	for _, r := range pattern {
		if !escaped {
			if r == '\\' {
				escaped = true
			} else {
				chars = append(chars, regexChar{r, false})
			}
			continue
		}
		escaped = false
		switch r {
		case 'A', 'b', 'B', 'Z':
			continue // zero width
		case 'd':
			r = '0'
		case 'D', 'S', 'w':
			r = 'x'
		case 's':
			r = ' '
		case 'W':
			r = '!'
		}
		chars = append(chars, regexChar{r, true})
	}
	return chars
}

// piece is a part of the result: text, a group, a sequence, or a choice between nothing and a piece.
type piece struct {
	kind  pieceKind
	text  string // of text and group
	param string // of a group; "" for a back-reference
	inner []piece
}

type pieceKind uint8

const (
	pieceText pieceKind = iota
	pieceGroup
	pieceSequence
	pieceOptional
)

type normalizer struct {
	chars  []regexChar
	pos    int
	out    []piece
	open   []int // where in out the open non-capturing groups begin
	unamed int
}

func (n *normalizer) next() (regexChar, error) {
	if n.pos == len(n.chars) {
		return regexChar{}, errEnd
	}
	n.pos++
	return n.chars[n.pos-1], nil
}

func (n *normalizer) text(r rune) { n.out = append(n.out, piece{text: string(r)}) }

func (n *normalizer) run() error {
	c, err := n.next()
	for ; err == nil; c, err = n.next() {
	again:
		switch {
		case c.escaped:
			n.text(c.r)
		case c.r == '|':
			return errAlternative
		case c.r == '^':
		case c.r == '$':
			return errEnd
		case c.r == ')':
			if len(n.open) == 0 {
				return errors.New("pop from empty list")
			}
			start := n.open[len(n.open)-1]
			n.open = n.open[:len(n.open)-1]
			inner := append([]piece(nil), n.out[start:]...)
			n.out = append(n.out[:start], piece{kind: pieceSequence, inner: inner})
		case c.r == '[':
			if err := n.characterClass(); err != nil {
				return err
			}
		case c.r == '(':
			if err := n.group(); err != nil {
				return err
			}
		case strings.ContainsRune("*?+{", c.r):
			after, more, err := n.quantifier(c.r)
			if err != nil {
				return err
			}
			if more {
				c = regexChar{r: after}
				goto again
			}
		default:
			n.text(c.r)
		}
	}
	return err
}

// characterClass stands for its first character.
func (n *normalizer) characterClass() error {
	c, err := n.next()
	if err != nil {
		return err
	}
	n.text(c.r)
	for c, err = n.next(); err == nil && (c.escaped || c.r != ']'); c, err = n.next() {
	}
	return err
}

func (n *normalizer) group() error {
	c, err := n.next()
	if err != nil {
		return err
	}
	if c.r != '?' || c.escaped {
		name := "_" + strconv.Itoa(n.unamed)
		n.unamed++
		n.out = append(n.out, piece{kind: pieceGroup, text: "%(" + name + ")s", param: name})
		n.skipGroup(c.r)
		return nil
	}
	c, err = n.next()
	if err != nil {
		return err
	}
	switch c.r {
	case '!', '=', '<':
		n.skipGroup(c.r)
		return nil
	case ':':
		n.open = append(n.open, len(n.out))
		return nil
	case 'P':
	default:
		return pythonError(fmt.Sprintf("Non-reversible reg-exp portion: '(?%c'", c.r))
	}
	c, err = n.next()
	if err != nil {
		return err
	}
	end := '>'
	switch c.r {
	case '<':
	case '=':
		end = ')'
	default:
		return pythonError(fmt.Sprintf("Non-reversible reg-exp portion: '(?P%c'", c.r))
	}
	name := ""
	for c, err = n.next(); err == nil && c.r != end; c, err = n.next() {
		name += string(c.r)
	}
	if err != nil {
		return err
	}
	group := piece{kind: pieceGroup, text: "%(" + name + ")s"}
	if end == '>' {
		group.param = name
		n.skipGroup(c.r)
	}
	n.out = append(n.out, group)
	return nil
}

// skipGroup goes to the end of a group whose first character was read.
func (n *normalizer) skipGroup(first rune) {
	depth := 0
	if first == '(' {
		depth = 1
	}
	for {
		c, err := n.next()
		switch {
		case err != nil:
			return
		case c.escaped:
		case c.r == '(':
			depth++
		case c.r == ')':
			if depth == 0 {
				return
			}
			depth--
		}
	}
}

// maxCopies bounds what a quantifier such as {100000} makes of its piece.
const maxCopies = 10000

// quantifier applies one to the last piece. It may have had to read a character that does not belong to it.
func (n *normalizer) quantifier(first rune) (after rune, more bool, err error) {
	count := 1
	switch first {
	case '*', '?':
		count = 0
	case '{':
		text := ""
		for {
			c, err := n.next()
			if err != nil {
				return 0, false, err
			}
			if c.r == '}' {
				break
			}
			text += string(c.r)
		}
		low, _, _ := strings.Cut(text, ",")
		count, err = strconv.Atoi(strings.TrimSpace(low))
		if err != nil {
			return 0, false, fmt.Errorf("invalid literal for int() with base 10: '%s'", low)
		}
	}
	if c, err := n.next(); err == nil && c.r != '?' {
		after, more = c.r, true
	}

	if count == 1 {
		return after, more, nil
	}
	if len(n.out) == 0 {
		return 0, false, errors.New("list index out of range")
	}
	last := n.out[len(n.out)-1]
	switch {
	case count > 1:
		for range min(count, maxCopies) - 1 {
			n.out = append(n.out, last)
		}
	case last.hasGroup():
		n.out[len(n.out)-1] = piece{kind: pieceOptional, inner: []piece{last}}
	default:
		n.out = n.out[:len(n.out)-1]
	}
	return after, more, nil
}

// hasGroup reports whether a quantifier on p concerns a group. An optional piece counts as having none, as in Django.
func (p piece) hasGroup() bool {
	if p.kind == pieceSequence {
		for _, inner := range p.inner {
			if inner.hasGroup() {
				return true
			}
		}
	}
	return p.kind == pieceGroup
}

// maxForms bounds the variants of one pattern.
const maxForms = 1 << 12

// flatten lists all texts of a sequence of pieces, the zero-occurrence one of an optional piece first.
func flatten(pieces []piece) []form {
	forms := []form{{}}
	for _, p := range pieces {
		var variants []form
		switch p.kind {
		case pieceText:
			variants = []form{{format: p.text}}
		case pieceGroup:
			variants = []form{{format: p.text}}
			if p.param != "" {
				variants[0].params = []string{p.param}
			}
		case pieceSequence:
			variants = flatten(p.inner)
		case pieceOptional:
			variants = append([]form{{}}, flatten(p.inner)...)
		}
		next := make([]form, 0, len(forms)*len(variants))
		for _, f := range forms {
			for _, v := range variants {
				if len(next) == maxForms {
					break
				}
				next = append(next, form{f.format + v.format, append(f.params[:len(f.params):len(f.params)], v.params...)})
			}
		}
		forms = next
	}
	return forms
}
