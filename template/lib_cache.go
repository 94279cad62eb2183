package template

import (
	"crypto/md5" //nolint:gosec // Django's key, no secret
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nuages-go/nuages/template/internal/value"
)

func cacheLibrary() *Library { return NewLibrary("cache").Tag("cache", parseCache) }

// cacheNode is {% cache seconds name [vary …] [using="alias"] %}.
type cacheNode struct {
	ttl   *Expr
	name  string
	vary  []*Expr
	using *Expr
	body  *NodeList
}

func parseCache(p *Parser, t Token) (Node, error) {
	body, err := p.ParseUntil("endcache")
	if err != nil {
		return nil, err
	}
	bits := t.Split()
	if len(bits) < 3 {
		return nil, syntaxf("''%s'' tag requires at least 2 arguments.", bits[0])
	}
	n := &cacheNode{name: bits[2], body: body}
	if last := bits[len(bits)-1]; len(bits) > 3 && strings.HasPrefix(last, "using=") {
		if n.using, err = p.Compile(strings.TrimPrefix(last, "using=")); err != nil {
			return nil, err
		}
		bits = bits[:len(bits)-1]
	}
	if n.ttl, err = p.Compile(bits[1]); err != nil {
		return nil, err
	}
	n.vary, err = p.compileAll(bits[3:])
	return n, err
}

// FragmentKey returns the cache key of {% cache %}. Django: make_template_fragment_key.
func FragmentKey(name string, vary ...string) string {
	h := md5.New() //nolint:gosec // Django's key, no secret
	for _, v := range vary {
		fmt.Fprintf(h, "%d:%s,", len(v), v)
	}
	return "template.cache." + name + "." + hex.EncodeToString(h.Sum(nil))
}

// Render writes the fragment from the cache, or makes it.
func (n *cacheNode) Render(c *Context) error {
	v, err := n.ttl.eval(c)
	if err != nil {
		return err
	}
	ttl := time.Duration(-1)
	if !v.IsNone() {
		seconds, ok := v.Int64()
		if !ok {
			return syntaxf("\"cache\" tag got a non-integer timeout value: %s", v.Repr())
		}
		ttl = max(time.Duration(seconds)*time.Second, 0)
	}
	alias := ""
	if n.using != nil {
		a, err := n.using.eval(c)
		if err != nil {
			return err
		}
		if alias = a.Str(); alias == "" {
			return syntaxf("Invalid cache name specified for cache tag: %s", a.Repr())
		}
	}
	vary := make([]string, len(n.vary))
	for i, e := range n.vary {
		v, err := e.eval(c)
		if err != nil {
			return err
		}
		vary[i] = v.Str()
	}
	if c.dtl.opts.Cache == nil {
		return n.body.render(c)
	}
	text, err := c.dtl.opts.Cache.Fragment(c.env.Ctx, alias, FragmentKey(n.name, vary...), ttl, func() (string, error) {
		return c.capture(n.body.render)
	})
	if errors.Is(err, ErrNoCache) {
		return syntaxf("Invalid cache name specified for cache tag: %s", value.OfString(alias).Repr())
	}
	if err != nil {
		return err
	}
	c.out = append(c.out, text...)
	return nil
}
