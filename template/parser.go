package template

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/internal/textutil"
	"github.com/nuages-go/nuages/template/internal/filters"
)

// Parser parses one template. Tags get it to parse their arguments and bodies.
type Parser struct {
	dtl    *DTL
	tmpl   *Template
	tokens []Token
	next   int
	// open are the tags whose bodies are being parsed, the innermost last.
	open []openTag
	// libs are the loaded libraries, the last wins.
	libs []*Library
	// state holds what tags of one template share while it is parsed: named cycles, blocks.
	lastCycle *cycleNode
	cycles    map[string]*cycleNode
	extends   *extendsNode
	depth     int
	// recovering: mistakes in variables are collected in found, and the parser goes on. Start-up checks do so.
	recovering bool
	found      []error
}

type openTag struct {
	name  string
	token Token
}

// maxNesting bounds how deep tags may be nested.
const maxNesting = 500

// Node is a compiled piece of a template. It is shared by all renders and must not change.
type Node interface {
	Render(c *Context) error
}

// NodeList is the compiled body of a tag.
type NodeList struct {
	nodes []Node
	spans []span
	tmpl  *Template
	// nontext: there is more than text, so an extends tag comes too late.
	nontext bool
}

// span is the place of a tag in the source.
type span struct{ start, end, line int }

func spanOf(t Token) span { return span{t.Start, t.End, t.Line} }

// placed gives an error the place of a token, if it has none.
func (p *Parser) placed(err error, t Token) error {
	var se *SyntaxError
	if !errors.As(err, &se) {
		se = &SyntaxError{Msg: err.Error()}
	}
	if se.Line == 0 {
		se.Position = p.tmpl.position(t.Start)
		se.Source, se.Start, se.End = p.tmpl.source, t.Start, t.End
	}
	return se
}

// Errorf returns a mistake in the template; it gets the place of the tag.
func (p *Parser) Errorf(format string, args ...any) error { return syntaxf(format, args...) }

func (p *Parser) parse(until ...string) (*NodeList, error) {
	list := &NodeList{tmpl: p.tmpl}
	if p.depth++; p.depth > maxNesting {
		return nil, syntaxf("tags are nested more than %d deep", maxNesting)
	}
	defer func() { p.depth-- }()
	for p.next < len(p.tokens) {
		t := p.tokens[p.next]
		p.next++
		switch t.Kind {
		case TextToken:
			list.text(t)
		case VariableToken:
			node, err := p.variableNode(t)
			switch {
			case err == nil:
				list.add(node, t)
			case p.recovering:
				p.found = append(p.found, p.placed(err, t))
			default:
				return nil, p.placed(err, t)
			}
		case BlockToken:
			name := firstWord(t.Contents)
			if name == "" {
				return nil, p.placed(syntaxf("Empty block tag on line %d", t.Line), t)
			}
			if slices.Contains(until, name) {
				p.next--
				return list, nil
			}
			if err := p.tag(list, t, name, until); err != nil {
				return nil, p.placed(err, t)
			}
		}
	}
	if len(until) > 0 {
		return nil, p.unclosed(until)
	}
	return list, nil
}

func firstWord(s string) string {
	if i := strings.IndexFunc(s, pyfmt.IsSpace); i >= 0 {
		return s[:i]
	}
	return s
}

func (p *Parser) variableNode(t Token) (Node, error) {
	if t.Contents == "" {
		return nil, syntaxf("Empty variable tag on line %d", t.Line)
	}
	e, err := p.Compile(t.Contents)
	if err != nil {
		return nil, err
	}
	return newVarNode(e), nil
}

func (p *Parser) tag(list *NodeList, t Token, name string, until []string) error {
	f := p.tagFunc(name)
	if f == nil {
		return p.unknownTag(t, name, until)
	}
	p.open = append(p.open, openTag{name, t})
	node, err := f(p, t)
	if err != nil {
		return err
	}
	p.open = p.open[:len(p.open)-1]
	if ext, ok := node.(*extendsNode); ok {
		if list.nontext {
			return syntaxf("{%% %s %%} must be the first tag in '%s'.", t.Contents, p.tmpl.name)
		}
		ext.text = slices.Clone(list.nodes)
	}
	if node == nil {
		list.nontext = true
		return nil
	}
	list.add(node, t)
	return nil
}

func (l *NodeList) add(n Node, t Token) {
	l.nodes = append(l.nodes, n)
	l.spans = append(l.spans, spanOf(t))
	l.nontext = true
}

// text adds text, joined to text before it: a comment may have stood between.
func (l *NodeList) text(t Token) {
	if n := len(l.nodes); n > 0 {
		if prev, ok := l.nodes[n-1].(textNode); ok {
			l.nodes[n-1] = prev + textNode(t.Contents)
			return
		}
	}
	l.nodes = append(l.nodes, textNode(t.Contents))
	l.spans = append(l.spans, spanOf(t))
}

// Text adds text to a body.
type textNode string

// Render writes the text.
func (n textNode) Render(c *Context) error {
	c.out = append(c.out, n...)
	return nil
}

func (p *Parser) tagFunc(name string) TagFunc {
	for i := len(p.libs) - 1; i >= 0; i-- {
		if f, ok := p.libs[i].tags[name]; ok {
			return f
		}
	}
	return p.dtl.tags[name]
}

func (p *Parser) filter(name string) *filters.Filter {
	for i := len(p.libs) - 1; i >= 0; i-- {
		if f, ok := p.libs[i].filters[name]; ok {
			return f
		}
	}
	return p.dtl.filters[name]
}

func (p *Parser) unknownTag(t Token, name string, until []string) error {
	err := syntaxf("Invalid block tag on line %d: '%s'. Did you forget to register or load this tag?", t.Line, name)
	if len(until) > 0 {
		quoted := make([]string, len(until))
		for i, u := range until {
			quoted[i] = "'" + u + "'"
		}
		err = syntaxf("Invalid block tag on line %d: '%s', expected %s. Did you forget to register or load this tag?",
			t.Line, name, textutil.List(quoted, "or"))
	}
	if lib := p.dtl.libraryWithTag(name); lib != "" {
		err.Hint = fmt.Sprintf("add {%% load %s %%}", lib)
	} else if !strings.HasPrefix(name, "end") && name != "else" && name != "elif" && name != "empty" {
		err.Hint = didYouMean(name, p.tagNames())
	} else if len(p.open) > 0 && strings.HasPrefix(name, "end") {
		o := p.open[len(p.open)-1]
		err.Hint = fmt.Sprintf("{%% %s %%} of line %d is still open", o.name, o.token.Line)
	}
	return err
}

func (p *Parser) unknownFilter(name string) error {
	err := syntaxf("Invalid filter: '%s'", name)
	if lib := p.dtl.libraryWithFilter(name); lib != "" {
		err.Hint = fmt.Sprintf("add {%% load %s %%}", lib)
	} else {
		err.Hint = didYouMean(name, p.filterNames())
	}
	return err
}

func (p *Parser) tagNames() []string {
	names := keysOf(p.dtl.tags)
	for _, lib := range p.libs {
		names = append(names, keysOf(lib.tags)...)
	}
	return names
}

func (p *Parser) filterNames() []string {
	names := keysOf(p.dtl.filters)
	for _, lib := range p.libs {
		names = append(names, keysOf(lib.filters)...)
	}
	return names
}

func keysOf[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *Parser) unclosed(until []string) error {
	o := p.open[len(p.open)-1]
	err := syntaxf("Unclosed tag on line %d: '%s'. Looking for one of: %s.", o.token.Line, o.name, strings.Join(until, ", "))
	return p.placed(err, o.token)
}

// ParseUntil parses the body of a tag up to one of the end tags, which it takes. Django: parser.parse and next_token.
func (p *Parser) ParseUntil(end ...string) (*NodeList, error) {
	list, _, err := p.ParseTo(end...)
	return list, err
}

// ParseTo is ParseUntil, and returns the end tag that was found.
func (p *Parser) ParseTo(end ...string) (*NodeList, Token, error) {
	list, err := p.parse(end...)
	if err != nil {
		return nil, Token{}, err
	}
	t := p.tokens[p.next]
	p.next++
	return list, t, nil
}

// SkipPast drops tokens up to the end tag. Django: skip_past.
func (p *Parser) SkipPast(end string) error {
	for p.next < len(p.tokens) {
		t := p.tokens[p.next]
		p.next++
		if t.Kind == BlockToken && t.Contents == end {
			return nil
		}
	}
	return p.unclosed([]string{end})
}

// NextToken returns the next token, and false at the template's end.
func (p *Parser) NextToken() (Token, bool) {
	if p.next >= len(p.tokens) {
		return Token{}, false
	}
	t := p.tokens[p.next]
	p.next++
	return t, true
}

// Args compiles the arguments of a tag as expressions. With n >= 0 their number must be n.
func (p *Parser) Args(t Token, n int) ([]*Expr, error) {
	bits := t.Split()
	if n >= 0 && len(bits)-1 != n {
		return nil, syntaxf("'%s' takes %d arguments, %d given", bits[0], n, len(bits)-1)
	}
	return p.compileAll(bits[1:])
}

func (p *Parser) compileAll(bits []string) ([]*Expr, error) {
	out := make([]*Expr, len(bits))
	for i, bit := range bits {
		e, err := p.Compile(bit)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// slot reserves state of a tag in each render.
func (p *Parser) slot() int {
	p.tmpl.nslots++
	return p.tmpl.nslots - 1
}

// assignment is name=expression in a tag's arguments.
type assignment struct {
	name symbol
	text string
	expr *Expr
}

// splitAssignment cuts name=value. Name is "" if there is none.
func splitAssignment(bit string) (name, val string) {
	end := wordEnd(bit, 0)
	if end > 0 && end+1 < len(bit) && bit[end] == '=' {
		return bit[:end], bit[end+1:]
	}
	return "", bit
}

// assignments parses name=value… at the start of bits, or with legacy value as name [and …], and returns what is left.
func (p *Parser) assignments(bits []string, legacy bool) (out []assignment, rest []string, err error) {
	if len(bits) == 0 {
		return nil, bits, nil
	}
	name, _ := splitAssignment(bits[0])
	plain := name != ""
	if !plain && (!legacy || len(bits) < 3 || bits[1] != "as") {
		return nil, bits, nil
	}
	for len(bits) > 0 {
		var val string
		if plain {
			name, val = splitAssignment(bits[0])
			if name == "" {
				return out, bits, nil
			}
			bits = bits[1:]
		} else {
			if len(bits) < 3 || bits[1] != "as" {
				return out, bits, nil
			}
			name, val = bits[2], bits[0]
			bits = bits[3:]
		}
		e, err := p.Compile(val)
		if err != nil {
			return nil, bits, err
		}
		out = assign(out, name, e)
		if len(bits) > 0 && !plain {
			if bits[0] != "and" {
				return out, bits, nil
			}
			bits = bits[1:]
		}
	}
	return out, bits, nil
}

func assign(list []assignment, name string, e *Expr) []assignment {
	for i := range list {
		if list[i].text == name {
			list[i].expr = e
			return list
		}
	}
	return append(list, assignment{sym(name), name, e})
}
