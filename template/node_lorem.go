package template

import (
	"math/rand/v2"
	"strings"

	"github.com/nuages-go/nuages/internal/textutil"
)

// loremNode is {% lorem [n] [w|p|b] [random] %}.
type loremNode struct {
	count  *Expr
	method string
	common bool
}

func parseLorem(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	tag := bits[0]
	n := &loremNode{common: bits[len(bits)-1] != "random", method: "b"}
	if !n.common {
		bits = bits[:len(bits)-1]
	}
	if last := bits[len(bits)-1]; last == "w" || last == "p" || last == "b" {
		n.method = last
		bits = bits[:len(bits)-1]
	}
	count := "1"
	if len(bits) > 1 {
		count = bits[len(bits)-1]
		bits = bits[:len(bits)-1]
	}
	var err error
	if n.count, err = p.Compile(count); err != nil {
		return nil, err
	}
	if len(bits) != 1 {
		return nil, syntaxf("Incorrect format for '%s' tag", tag)
	}
	return n, nil
}

// maxLorem bounds how much filler is made.
const maxLorem = 1000

// Render prints filler text.
func (n *loremNode) Render(c *Context) error {
	v, err := n.count.eval(c)
	if err != nil {
		return err
	}
	count := 1
	if i, ok := v.Int64(); ok {
		count = int(min(i, maxLorem))
	}
	if n.method == "w" {
		c.out = append(c.out, strings.Join(loremWords(count, n.common), " ")...)
		return nil
	}
	for i := range max(count, 0) {
		if i > 0 {
			c.out = append(c.out, "\n\n"...)
		}
		para := loremParagraph()
		if n.common && i == 0 {
			para = textutil.LoremCommon
		}
		if n.method == "p" {
			para = "<p>" + para + "</p>"
		}
		c.out = append(c.out, para...)
	}
	return nil
}

func loremWords(count int, common bool) []string {
	var out []string
	if common {
		out = append(out, textutil.LoremCommonWords()...)
	}
	if count < len(out) {
		if count < 0 { // Python's list[:count]
			count = max(0, len(out)+count)
		}
		return out[:count]
	}
	words := textutil.LoremWords()
	for len(out) < count {
		out = append(out, words[rand.IntN(len(words))])
	}
	return out
}

func loremParagraph() string {
	sentences := make([]string, 1+rand.IntN(4))
	words := textutil.LoremWords()
	for i := range sentences {
		parts := make([]string, 3+rand.IntN(9))
		for j := range parts {
			parts[j] = words[rand.IntN(len(words))]
		}
		end := "."
		if rand.IntN(2) == 0 {
			end = "?"
		}
		sentences[i] = textutil.Capfirst(strings.Join(parts, " ")) + end
	}
	return strings.Join(sentences, " ")
}
