package template

import (
	"errors"

	"github.com/nuages-go/nuages/internal/textutil"
	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

// csrfNode is {% csrf_token %}.
type csrfNode struct{ token *Expr }

func parseCSRF(p *Parser, _ Token) (Node, error) {
	token, err := p.Compile("csrf_token")
	return csrfNode{token}, err
}

var errNoToken = errors.New("{% csrf_token %} has no token (add the CSRF middleware)")

// Render prints a hidden field with the token, if there is one.
func (n csrfNode) Render(c *Context) error {
	v, err := n.token.evalNone(c)
	if err != nil || !v.Truth() {
		return err
	}
	token := v.Str()
	if token == "NOTPROVIDED" {
		return errNoToken
	}
	c.out = append(c.out, `<input type="hidden" name="csrfmiddlewaretoken" value="`...)
	if v.IsSafe() {
		c.out = append(c.out, token...)
	} else {
		c.out = filters.AppendEscaped(c.out, token)
	}
	c.out = append(c.out, `">`...)
	return nil
}

// cspNode is {% csp_nonce_attr [media] %}.
type cspNode struct {
	nonce, media *Expr
}

// Noncer is for form media and the like that render themselves with a nonce: {% csp_nonce_attr form.media %}.
type Noncer interface {
	TemplateWithNonce(nonce string) SafeString
}

func parseCSP(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) > 2 {
		return nil, syntaxf("'%s' takes at most one argument", bits[0])
	}
	nonce, err := p.Compile("csp_nonce")
	if err != nil || len(bits) == 1 {
		return cspNode{nonce: nonce}, err
	}
	media, err := p.Compile(bits[1])
	return cspNode{nonce, media}, err
}

// Render prints the attribute, or the media with it.
func (n cspNode) Render(c *Context) error {
	v, err := n.nonce.evalNone(c)
	if err != nil {
		return err
	}
	if n.media != nil {
		media, err := n.media.eval(c)
		if err != nil {
			return err
		}
		if noncer, ok := media.Any().(Noncer); ok && v.Truth() {
			c.out = append(c.out, noncer.TemplateWithNonce(v.Str()).html...)
			return nil
		}
		c.print(media)
		return nil
	}
	if v.Truth() {
		c.out = append(c.out, `nonce="`...)
		c.out = textutil.AppendEscaped(c.out, v.Str())
		c.out = append(c.out, '"')
	}
	return nil
}

// querystringNode is {% querystring [mapping …] [key=value …] [as v] %}.
type querystringNode struct {
	request *Expr
	args    []*Expr
	kwargs  []assignment
	target  string
}

// MultiMapping is for values with several values for a key, such as a request's query (*web.Values is one). In a template
// {{ query.key }} is the last of them.
type MultiMapping interface {
	Keys() []string
	Lookup(key string) (string, bool)
	GetList(key string) []string
}

func parseQuerystring(p *Parser, t Token) (Node, error) {
	bits := t.Split()[1:]
	n := &querystringNode{}
	var err error
	if n.request, err = p.Compile("request.GET"); err != nil {
		return nil, err
	}
	if len(bits) >= 2 && bits[len(bits)-2] == "as" {
		n.target = bits[len(bits)-1]
		bits = bits[:len(bits)-2]
	}
	for _, bit := range bits {
		name, val := splitAssignment(bit)
		e, err := p.Compile(val)
		switch {
		case err != nil:
			return nil, err
		case name != "":
			for _, a := range n.kwargs {
				if a.text == name {
					return nil, syntaxf("'querystring' received multiple values for keyword argument '%s'", name)
				}
			}
			n.kwargs = append(n.kwargs, assignment{sym(name), name, e})
		case len(n.kwargs) > 0:
			return nil, syntaxf("'querystring' received some positional argument(s) after some keyword argument(s)")
		default:
			n.args = append(n.args, e)
		}
	}
	return n, nil
}

// query collects keys and their values in order.
type query struct {
	keys   []string
	values map[string][]string
}

func (q *query) set(key string, values []string) {
	if _, ok := q.values[key]; !ok {
		q.keys = append(q.keys, key)
	}
	q.values[key] = values
}

// Render prints the query with its question mark.
func (n *querystringNode) Render(c *Context) error {
	q := &query{values: map[string][]string{}}
	if len(n.args) == 0 {
		v, err := n.current(c)
		if err != nil {
			return err
		}
		if v.IsNone() {
			return errors.New("{% querystring %} needs the variable request (add the request processor), or a mapping")
		}
		if err := q.update(c, v); err != nil {
			return err
		}
	}
	for _, e := range n.args {
		v, err := e.eval(c)
		if err != nil {
			return err
		}
		if err := q.update(c, v); err != nil {
			return err
		}
	}
	for _, a := range n.kwargs {
		v, err := a.expr.eval(c)
		if err != nil {
			return err
		}
		if err := q.put(a.text, v); err != nil {
			return err
		}
	}
	out := []byte{'?'}
	for _, key := range q.keys {
		for _, v := range q.values[key] {
			if len(out) > 1 {
				out = append(out, '&')
			}
			out = append(append(append(out, textutil.QuotePlus(key)...), '='), textutil.QuotePlus(v)...)
		}
	}
	if n.target != "" {
		c.set(sym(n.target), value.OfString(string(out)))
		return nil
	}
	if c.env.Autoescape {
		c.out = filters.AppendEscaped(c.out, string(out))
	} else {
		c.out = append(c.out, out...)
	}
	return nil
}

// current returns the query of the request.
func (n *querystringNode) current(c *Context) (value.Value, error) {
	if c.dtl.opts.Query == nil {
		return n.request.evalNone(c)
	}
	q, err := c.dtl.opts.Query(c.env.Ctx)
	return c.env.Reg.Of(q), err
}

// update adds a mapping's keys: those whose value is None are removed.
func (q *query) update(_ *Context, v value.Value) error {
	if mm, ok := v.Any().(MultiMapping); ok {
		for _, key := range mm.Keys() {
			q.set(key, mm.GetList(key))
		}
		return nil
	}
	switch v.Kind() {
	case value.Map, value.Dict, value.Mapping:
	default:
		return syntaxf("querystring requires mappings for positional arguments (got %s instead).", v.Repr())
	}
	for _, item := range v.Items() {
		key, _ := item.Index(0)
		val, _ := item.Index(1)
		if !key.Kind().IsText() {
			return syntaxf("querystring requires strings for mapping keys (got %s instead).", key.Repr())
		}
		if err := q.put(key.Text(), val); err != nil {
			return err
		}
	}
	return nil
}

func (q *query) put(key string, v value.Value) error {
	if v.IsNone() {
		delete(q.values, key)
		for i, k := range q.keys {
			if k == key {
				q.keys = append(q.keys[:i:i], q.keys[i+1:]...)
				break
			}
		}
		return nil
	}
	if v.Kind().IsText() {
		q.set(key, []string{v.Str()})
		return nil
	}
	elems, err := v.Elements()
	if err != nil {
		q.set(key, []string{v.Str()})
		return nil //nolint:nilerr // a value that is no list stands for itself
	}
	values := []string{}
	for _, el := range elems {
		if !el.IsNone() {
			values = append(values, el.Str())
		}
	}
	q.set(key, values)
	return nil
}
