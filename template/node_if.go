package template

import (
	"strings"

	"github.com/nuages-go/nuages/template/internal/value"
)

// ifNode is {% if %} … {% elif %} … {% else %} … {% endif %}.
type ifNode struct {
	branches []ifBranch
}

type ifBranch struct {
	cond condition // nil for else
	body *NodeList
}

func parseIf(p *Parser, t Token) (Node, error) {
	n := &ifNode{}
	cond, err := p.condition(t.Split()[1:])
	if err != nil {
		return nil, err
	}
	body, end, err := p.ParseTo("elif", "else", "endif")
	if err != nil {
		return nil, err
	}
	n.branches = append(n.branches, ifBranch{cond, body})
	for strings.HasPrefix(end.Contents, "elif") {
		if cond, err = p.condition(end.Split()[1:]); err != nil {
			return nil, err
		}
		if body, end, err = p.ParseTo("elif", "else", "endif"); err != nil {
			return nil, err
		}
		n.branches = append(n.branches, ifBranch{cond, body})
	}
	if end.Contents == "else" {
		if body, end, err = p.ParseTo("endif"); err != nil {
			return nil, err
		}
		n.branches = append(n.branches, ifBranch{nil, body})
	}
	if end.Contents != "endif" {
		return nil, syntaxf("Malformed template tag at line %d: \"%s\"", end.Line, end.Contents)
	}
	return n, nil
}

// Render runs the first branch whose condition holds.
func (n *ifNode) Render(c *Context) error {
	for i := range n.branches {
		b := &n.branches[i]
		if b.cond != nil {
			ok, err := b.cond.test(c)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
		}
		return b.body.render(c)
	}
	return nil
}

// condition is an expression of an if tag.
type condition interface {
	test(c *Context) (bool, error)
	eval(c *Context) (value.Value, error)
}

type exprCond struct{ expr *Expr }

func (e exprCond) test(c *Context) (bool, error) {
	v, err := e.eval(c)
	return err == nil && v.Truth(), err
}

// eval gives the value; a variable that a filter needs and that does not exist makes the condition false.
func (e exprCond) eval(c *Context) (value.Value, error) {
	v, err := e.expr.evalNone(c)
	if _, ok := err.(*VariableError); ok { //nolint:errorlint // made by evalNone itself
		return value.NoneValue(), nil
	}
	return v, err
}

type notCond struct{ x condition }

func (n notCond) test(c *Context) (bool, error) {
	ok, err := n.x.test(c)
	return err == nil && !ok, nil // an operator with an error is false
}

func (n notCond) eval(c *Context) (value.Value, error) {
	ok, err := n.test(c)
	return value.OfBool(ok), err
}

type andCond struct{ x, y condition }

func (n andCond) test(c *Context) (bool, error) {
	ok, err := n.x.test(c)
	if err != nil || !ok {
		return false, nil //nolint:nilerr // an operator with an error is false
	}
	ok, err = n.y.test(c)
	return ok && err == nil, nil
}

func (n andCond) eval(c *Context) (value.Value, error) {
	ok, err := n.test(c)
	return value.OfBool(ok), err
}

type orCond struct{ x, y condition }

func (n orCond) test(c *Context) (bool, error) {
	ok, err := n.x.test(c)
	if err != nil || ok {
		return err == nil, nil
	}
	ok, err = n.y.test(c)
	return ok && err == nil, nil
}

func (n orCond) eval(c *Context) (value.Value, error) {
	ok, err := n.test(c)
	return value.OfBool(ok), err
}

type compareCond struct {
	op   string
	x, y condition
	f    func(a, b value.Value) bool
}

func (n *compareCond) test(c *Context) (bool, error) {
	a, err := n.x.eval(c)
	if err != nil {
		return false, nil //nolint:nilerr // an operator with an error is false
	}
	b, err := n.y.eval(c)
	if err != nil {
		return false, nil //nolint:nilerr // an operator with an error is false
	}
	return n.f(a, b), nil
}

func (n *compareCond) eval(c *Context) (value.Value, error) {
	ok, err := n.test(c)
	return value.OfBool(ok), err
}

// comparison returns the function of an operator.
func comparison(op string) func(a, b value.Value) bool {
	ordered := func(holds func(order int) bool) func(a, b value.Value) bool {
		return func(a, b value.Value) bool {
			order, ok := value.Compare(a, b)
			return ok && holds(order)
		}
	}
	switch op {
	case "==":
		return value.Equal
	case "!=":
		return func(a, b value.Value) bool { return !value.Equal(a, b) }
	case "<":
		return ordered(func(o int) bool { return o < 0 })
	case "<=":
		return ordered(func(o int) bool { return o <= 0 })
	case ">":
		return ordered(func(o int) bool { return o > 0 })
	case ">=":
		return ordered(func(o int) bool { return o >= 0 })
	case "is":
		return value.Identical
	case "is not":
		return func(a, b value.Value) bool { return !value.Identical(a, b) }
	case "in":
		return func(a, b value.Value) bool {
			in, ok := value.Contains(b, a)
			return ok && in
		}
	case "not in":
		return func(a, b value.Value) bool {
			in, ok := value.Contains(b, a)
			return ok && !in
		}
	}
	return nil
}

// binding powers of the operators, as in Django's smartif.
const (
	powerOr      = 6
	powerAnd     = 7
	powerNot     = 8
	powerIn      = 9
	powerCompare = 10
)

type ifToken struct {
	text  string
	power int // 0 for an operand
	end   bool
}

type ifParser struct {
	p      *Parser
	tokens []ifToken
	pos    int
	depth  int
}

// condition parses the words of an if tag.
func (p *Parser) condition(bits []string) (condition, error) {
	ip := &ifParser{p: p}
	for i := 0; i < len(bits); i++ {
		bit := bits[i]
		switch {
		case bit == "is" && i+1 < len(bits) && bits[i+1] == "not":
			bit = "is not"
			i++
		case bit == "not" && i+1 < len(bits) && bits[i+1] == "in":
			bit = "not in"
			i++
		}
		ip.tokens = append(ip.tokens, ifToken{text: bit, power: operatorPower(bit)})
	}
	ip.tokens = append(ip.tokens, ifToken{end: true})
	// Operands are compiled first, so that mistakes in them are reported before those of the order.
	operands := make(map[int]*Expr, len(bits))
	for i, t := range ip.tokens {
		if t.power == 0 && !t.end {
			e, err := p.Compile(t.text)
			if err != nil {
				return nil, err
			}
			operands[i] = e
		}
	}
	cond, err := ip.expression(0, operands)
	if err != nil {
		return nil, err
	}
	if t := ip.tokens[ip.pos]; !t.end {
		return nil, syntaxf("Unused '%s' at end of if expression.", t.text)
	}
	return cond, nil
}

func operatorPower(s string) int {
	switch s {
	case "or":
		return powerOr
	case "and":
		return powerAnd
	case "not":
		return powerNot
	case "in", "not in":
		return powerIn
	case "is", "is not", "==", "!=", "<", "<=", ">", ">=":
		return powerCompare
	}
	return 0
}

func (ip *ifParser) expression(power int, operands map[int]*Expr) (condition, error) {
	if ip.depth++; ip.depth > maxNesting {
		return nil, syntaxf("the if expression is too deep")
	}
	defer func() { ip.depth-- }()
	at := ip.pos
	t := ip.tokens[at]
	var left condition
	switch {
	case t.end:
		return nil, syntaxf("Unexpected end of expression in if tag.")
	case t.power == 0:
		ip.pos++
		left = exprCond{operands[at]}
	case t.text == "not":
		ip.pos++
		x, err := ip.expression(powerNot, operands)
		if err != nil {
			return nil, err
		}
		left = notCond{x}
	default:
		return nil, syntaxf("Not expecting '%s' in this position in if tag.", t.text)
	}
	for power < ip.tokens[ip.pos].power {
		op := ip.tokens[ip.pos]
		if op.text == "not" {
			return nil, syntaxf("Not expecting '%s' as infix operator in if tag.", op.text)
		}
		ip.pos++
		right, err := ip.expression(op.power, operands)
		if err != nil {
			return nil, err
		}
		switch op.text {
		case "or":
			left = orCond{left, right}
		case "and":
			left = andCond{left, right}
		default:
			left = &compareCond{op.text, left, right, comparison(op.text)}
		}
	}
	return left, nil
}
