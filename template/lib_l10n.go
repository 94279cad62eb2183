package template

import (
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

func l10nLibrary() *Library {
	return NewLibrary("l10n").addFilters(filters.L10N()).Tag("localize", parseLocalize)
}

func tzLibrary() *Library {
	return NewLibrary("tz").addFilters(filters.TZ()).
		Tag("localtime", parseLocaltime).
		Tag("timezone", parseTimezone).
		Tag("get_current_timezone", parseCurrentTimezone)
}

// switchNode runs a body with something switched on or off.
type switchNode struct {
	on   bool
	body *NodeList
	// field gives the switch; it is off where the field is true.
	field func(e *filters.Env) *bool
}

// Render runs the body.
func (n *switchNode) Render(c *Context) error {
	field := n.field(&c.env)
	old := *field
	*field = !n.on
	err := n.body.render(c)
	*field = old
	return err
}

// parseSwitch parses {% name [on|off] %}; alone it is on.
func parseSwitch(p *Parser, t Token, field func(e *filters.Env) *bool) (Node, error) {
	bits := t.Split()
	n := &switchNode{on: true, field: field}
	if len(bits) > 1 {
		if len(bits) > 2 || bits[1] != "on" && bits[1] != "off" {
			return nil, syntaxf("'%s' argument should be 'on' or 'off'", bits[0])
		}
		n.on = bits[1] == "on"
	}
	var err error
	n.body, err = p.ParseUntil("end" + bits[0])
	return n, err
}

func parseLocalize(p *Parser, t Token) (Node, error) {
	return parseSwitch(p, t, func(e *filters.Env) *bool { return &e.NoLocalize })
}

func parseLocaltime(p *Parser, t Token) (Node, error) {
	return parseSwitch(p, t, func(e *filters.Env) *bool { return &e.NoLocalTime })
}

// timezoneNode is {% timezone zone %}.
type timezoneNode struct {
	zone *Expr
	body *NodeList
}

func parseTimezone(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) != 2 {
		return nil, syntaxf("'%s' takes one argument (timezone)", bits[0])
	}
	zone, err := p.Compile(bits[1])
	if err != nil {
		return nil, err
	}
	body, err := p.ParseUntil("endtimezone")
	return &timezoneNode{zone, body}, err
}

// Render runs the body in the zone; None is the engine's.
func (n *timezoneNode) Render(c *Context) error {
	v, err := n.zone.eval(c)
	if err != nil {
		return err
	}
	zone := c.dtl.zone
	if !v.IsNone() {
		if zone, err = filters.Zone(v); err != nil {
			return err
		}
	}
	ctx, old := c.env.Ctx, c.env.Zone
	c.env.Ctx, c.env.Zone = WithTimeZone(ctx, zone), zone
	err = n.body.render(c)
	c.env.Ctx, c.env.Zone = ctx, old
	return err
}

// asNode sets a variable to something about the render.
type asNode struct {
	name string
	get  func(c *Context) (value.Value, error)
}

// Render sets the variable.
func (n *asNode) Render(c *Context) error {
	v, err := n.get(c)
	if err == nil {
		c.set(sym(n.name), v)
	}
	return err
}

// pyList prints words as Python prints a list.
func pyList(words []string) string {
	out := []byte{'['}
	for i, w := range words {
		if i > 0 {
			out = append(out, ", "...)
		}
		out = pyfmt.AppendQuoted(out, w)
	}
	return string(append(out, ']'))
}

// parseAs parses {% name as variable %}.
func parseAs(t Token, get func(c *Context) (value.Value, error)) (Node, error) {
	args := splitWords(t.Contents)
	if len(args) != 3 || args[1] != "as" {
		return nil, syntaxf("'%s' requires 'as variable' (got %s)", args[0], pyList(args))
	}
	return &asNode{args[2], get}, nil
}

func parseCurrentTimezone(_ *Parser, t Token) (Node, error) {
	return parseAs(t, func(c *Context) (value.Value, error) {
		zone := c.env.Zone
		if zone == nil {
			zone = time.UTC
		}
		return value.OfString(zone.String()), nil
	})
}
