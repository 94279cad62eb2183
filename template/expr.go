package template

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
	"unique"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

// Expr is a compiled expression: a variable or literal, and the filters after it. Django: FilterExpression.
type Expr struct {
	// Source is the expression as it was written.
	Source  string
	term    term
	filters []filterCall
}

// term is what an expression starts with, or a filter's argument.
type term struct {
	path    *varPath // nil for a literal
	literal value.Value
	// message is the text to be translated in place of the literal.
	message   string
	translate bool
}

type filterCall struct {
	filter *filters.Filter
	arg    term
	hasArg bool
}

// symbol is a variable's name, comparable in one instruction.
type symbol = unique.Handle[string]

// varPath is a variable: a name and the steps from its value.
type varPath struct {
	name  string
	root  symbol
	first *value.Step // the root's name as a step into the page's data
	// processor is the number of the root among the processors' variables, -1 if none has the name.
	processor int
	steps     []*value.Step
}

// Compile compiles an expression. Django: parser.compile_filter.
func (p *Parser) Compile(source string) (*Expr, error) {
	e := &Expr{Source: source}
	upto, err := p.start(e, source)
	if err != nil {
		return nil, err
	}
	for {
		start, nameStart, nameEnd := nextFilter(source, upto)
		if start < 0 {
			break
		}
		if start != upto {
			return nil, syntaxf("Could not parse some characters: %s|%s|%s", source[:upto], source[upto:start], source[start:])
		}
		if e.term == (term{}) {
			return nil, syntaxf("Could not find variable at start of %s.", source)
		}
		call := filterCall{}
		upto = nameEnd
		if upto < len(source) && source[upto] == ':' {
			if end := constantEnd(source, upto+1); end > 0 {
				call.arg, call.hasArg = p.constant(source[upto+1:end]), true
				upto = end
			} else if end := variableEnd(source, upto+1); end > upto+1 {
				if call.arg, err = p.variable(source[upto+1 : end]); err != nil {
					return nil, err
				}
				call.hasArg = true
				upto = end
			}
		}
		name := source[nameStart:nameEnd]
		if call.filter = p.filter(name); call.filter == nil {
			return nil, p.unknownFilter(name)
		}
		if err := checkArgs(call); err != nil {
			return nil, err
		}
		e.filters = append(e.filters, call)
	}
	if upto != len(source) {
		return nil, syntaxf("Could not parse the remainder: '%s' from '%s'", source[upto:], source)
	}
	if e.term == (term{}) {
		return nil, syntaxf("Could not find variable at start of %s.", source)
	}
	p.fold(e)
	return e, nil
}

// start parses the literal or variable that the expression starts with.
func (p *Parser) start(e *Expr, source string) (upto int, err error) {
	if end := constantEnd(source, 0); end > 0 {
		e.term = p.constant(source[:end])
		return end, nil
	}
	end := variableEnd(source, 0)
	if end > 0 {
		e.term, err = p.variable(source[:end])
	}
	return end, err
}

func checkArgs(call filterCall) error {
	f := call.filter
	given := 1
	if call.hasArg {
		given = 2
	}
	least, most := 1, 1
	if f.Arg != filters.NoArg {
		most = 2
	}
	if f.Arg == filters.Required {
		least = 2
	}
	if given < least || given > most {
		return syntaxf("%s requires %d arguments, %d provided", f.Name, least, given)
	}
	return nil
}

// nextFilter finds the first filter at or after i: where it starts, white space before the bar included, and its name.
func nextFilter(s string, i int) (start, nameStart, nameEnd int) {
	for from := i; ; {
		bar := strings.IndexByte(s[from:], '|')
		if bar < 0 {
			return -1, 0, 0
		}
		bar += from
		nameStart = bar + 1
		for nameStart < len(s) {
			r, size := utf8.DecodeRuneInString(s[nameStart:])
			if !pyfmt.IsSpace(r) {
				break
			}
			nameStart += size
		}
		if nameEnd = wordEnd(s, nameStart); nameEnd > nameStart {
			start = bar
			for start > i {
				r, size := utf8.DecodeLastRuneInString(s[i:start])
				if !pyfmt.IsSpace(r) {
					break
				}
				start -= size
			}
			return start, nameStart, nameEnd
		}
		from = bar + 1
	}
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

func wordEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isWord(r) {
			break
		}
		i += size
	}
	return i
}

func variableEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isWord(r) && r != '.' && r != '+' && r != '-' {
			break
		}
		i += size
	}
	return i
}

// constantEnd returns the offset after the string literal at i, which may stand in _(…); 0 if there is none.
func constantEnd(s string, i int) int {
	open := i
	translated := strings.HasPrefix(s[i:], "_(")
	if translated {
		open += 2
	}
	if open >= len(s) || s[open] != '"' && s[open] != '\'' {
		return 0
	}
	end := quoteEnd(s, open)
	switch {
	case end < 0:
		return 0
	case !translated:
		return end
	case end < len(s) && s[end] == ')':
		return end + 1
	}
	return 0
}

// constant compiles a string literal. Literals are safe: their author is the template's.
func (p *Parser) constant(source string) term {
	if strings.HasPrefix(source, "_(") {
		return term{translate: true, message: strings.ReplaceAll(unquote(source[2:len(source)-1]), "%", "%%")}
	}
	return term{literal: value.OfSafe(unquote(source))}
}

func unquote(s string) string {
	quote := s[:1]
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, `\`+quote, quote), `\\`, `\`)
}

// variable compiles a number or a variable's path. Django: Variable.
func (p *Parser) variable(source string) (term, error) {
	if strings.ContainsAny(source, ".eE") {
		if f, ok := pyfmt.ParseFloat(source); ok && source[len(source)-1] != '.' {
			return term{literal: value.OfFloat(f)}, nil
		}
	} else if n, ok := pyfmt.ParseInt(source); ok {
		return term{literal: value.OfBig(n)}, nil
	}
	if source[0] == '_' || strings.Contains(source, "._") {
		return term{}, syntaxf("Variables and attributes may not begin with underscores: '%s'", source)
	}
	for _, c := range []string{"+", "-"} {
		if strings.Contains(source, c) {
			return term{}, syntaxf("Invalid character ('%s') in variable name: '%s'", c, source)
		}
	}
	switch source {
	case "True":
		return term{literal: value.OfBool(true)}, nil
	case "False":
		return term{literal: value.OfBool(false)}, nil
	case "None":
		return term{literal: value.NoneValue()}, nil
	}
	names := strings.Split(source, ".")
	v := &varPath{name: source, root: unique.Make(names[0]), first: value.NewStep(names[0]), processor: p.dtl.processor(names[0])}
	for _, name := range names[1:] {
		v.steps = append(v.steps, value.NewStep(name))
	}
	p.tmpl.paths = append(p.tmpl.paths, v)
	return term{path: v}, nil
}

// fold replaces filters of literals that depend on nothing else by their result.
func (p *Parser) fold(e *Expr) {
	if e.term.path != nil || e.term.translate {
		return
	}
	for len(e.filters) > 0 {
		call := e.filters[0]
		if !call.filter.Pure || call.arg.path != nil || call.arg.translate {
			return
		}
		if k := e.term.literal.Kind(); k == value.Float && math.IsNaN(e.term.literal.Float()) {
			return
		}
		out, err := call.filter.Apply(&filters.Env{Reg: p.dtl.reg, Autoescape: true}, e.term.literal, call.arg.literal, call.hasArg)
		if err != nil {
			return
		}
		e.term.literal, e.filters = out, e.filters[1:]
	}
}

// isConst says whether the expression is a literal.
func (e *Expr) isConst() bool { return e.term.path == nil && !e.term.translate && len(e.filters) == 0 }

func syntaxf(format string, args ...any) *SyntaxError {
	return &SyntaxError{Msg: fmt.Sprintf(format, args...)}
}
