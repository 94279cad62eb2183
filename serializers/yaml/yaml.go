// Package yaml lets a site read fixtures in YAML. Writing them needs no package.
//
//	nuages.Site{Fixtures: []serializers.Extension{yaml.Format()}}
//
// Django: PyYAML, which has to be installed for the same purpose.
package yaml

import (
	"go.yaml.in/yaml/v3"

	"github.com/nuages-go/nuages/serializers"
)

// Format is the extension that reads YAML.
func Format() serializers.Extension { return serializers.Extension{YAML: parse} }

// parse reads a document; without one it is nil.
func parse(text []byte) (*serializers.YAMLNode, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	c := converter{}
	return c.node(doc.Content[0]), nil
}

// converter makes our nodes of the parser's. It remembers those that have a name, for the ones that repeat them.
type converter map[*yaml.Node]*serializers.YAMLNode

const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

func (c converter) node(n *yaml.Node) *serializers.YAMLNode {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if known := c[n]; known != nil {
		return known
	}
	out := &serializers.YAMLNode{
		Value: n.Value, Quoted: n.Style&quoted != 0, Tag: n.Tag, Tagged: n.Style&yaml.TaggedStyle != 0, Anchor: n.Anchor, Line: n.Line,
	}
	switch n.Kind {
	case yaml.SequenceNode:
		out.Kind = serializers.YAMLSequence
	case yaml.MappingNode:
		out.Kind = serializers.YAMLMapping
	}
	if n.Anchor != "" {
		c[n] = out
	}
	if len(n.Content) > 0 {
		out.Content = make([]*serializers.YAMLNode, len(n.Content))
		for i, child := range n.Content {
			out.Content[i] = c.node(child)
		}
	}
	return out
}
