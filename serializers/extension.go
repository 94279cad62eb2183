package serializers

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Extension adds to what fixtures may be. A site names those that it wants, and no other is linked into its program:
//
//	nuages.Site{Fixtures: []serializers.Extension{yaml.Format(), xz.Packing()}}
//
// The zero value adds nothing.
type Extension struct {
	// YAML reads a document of YAML. Writing YAML needs no extension. See package serializers/yaml.
	YAML func(text []byte) (*YAMLNode, error)
	// Packings are further ways to pack fixtures. See package serializers/xz.
	Packings []Packing
}

// Packing is a way to pack a fixture.
type Packing struct {
	// Suffix ends the names of files, without its dot: "xz".
	Suffix string
	// Reader unpacks. It bounds the memory that a file can ask for.
	Reader func(r io.Reader) (io.Reader, error)
	// Writer packs; closing it ends the packing and leaves w open. Nil: such files can be read only.
	Writer func(w io.Writer) (io.WriteCloser, error)
}

// YAMLKind says what a YAMLNode is.
type YAMLKind uint8

// The kinds of nodes.
const (
	YAMLScalar YAMLKind = iota
	YAMLSequence
	YAMLMapping
)

// YAMLNode is a value of a YAML document.
type YAMLNode struct {
	Kind YAMLKind
	// Value is the text of a scalar. Quoted says that it stands in quotes or in a block of its own.
	Value  string
	Quoted bool
	// Tag is the tag that was written ("!!str"), or found ("!!merge", "!!null"); Tagged says that it was written.
	Tag    string
	Tagged bool
	// Anchor names the node for others to repeat.
	Anchor string
	// Line counts from 1.
	Line int
	// Content are the elements of a sequence, or the keys and values of a mapping by turns. A node that repeats another is
	// that other.
	Content []*YAMLNode
}

// extensions are those of a site.
type extensions []Extension

// yaml is the parser of YAML.
func (x extensions) yaml() (func(text []byte) (*YAMLNode, error), error) {
	for _, e := range x {
		if e.YAML != nil {
			return e.YAML, nil
		}
	}
	return nil, errors.New("serializers: YAML cannot be read without package serializers/yaml (add yaml.Format() to Site.Fixtures)")
}

// packing finds a packing by the end of names.
func (x extensions) packing(end string) (*Packing, error) {
	for i := range x {
		for j := range x[i].Packings {
			if p := &x[i].Packings[j]; p.Suffix == end {
				return p, nil
			}
		}
	}
	return nil, fmt.Errorf(".%s files need package serializers/xz (add xz.Packing() to Site.Fixtures)", end)
}

// ends are the ends of the names of packed fixtures, the plain one first.
func (x extensions) ends() []string {
	out := slices.Clone(packings)
	for _, e := range x {
		for _, p := range e.Packings {
			if !slices.Contains(out, p.Suffix) {
				out = append(out, p.Suffix)
			}
		}
	}
	return out
}

// cut takes the end that says how a file is packed off a name: "a.json.gz" is "a.json" and "gz".
func (x extensions) cut(name string) (rest, end string) {
	for _, p := range x.ends()[1:] {
		if rest, ok := strings.CutSuffix(name, "."+p); ok {
			return rest, p
		}
	}
	return name, ""
}
