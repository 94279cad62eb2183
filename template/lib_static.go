package template

import (
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/internal/textutil"
	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

func staticLibrary() *Library {
	return NewLibrary("static").
		Tag("static", parseStatic).
		Tag("get_static_prefix", prefixTag(func(o *Options) string { return o.StaticURL })).
		Tag("get_media_prefix", prefixTag(func(o *Options) string { return o.MediaURL }))
}

// staticNode is {% static path [as v] %}.
type staticNode struct {
	path   *Expr
	target string
}

func parseStatic(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) < 2 {
		return nil, syntaxf("'%s' takes at least one argument (path to file)", bits[0])
	}
	n := &staticNode{}
	if len(bits) >= 4 && bits[len(bits)-2] == "as" {
		n.target = bits[3]
	}
	var err error
	n.path, err = p.Compile(bits[1])
	return n, err
}

// Render prints the address of a static file.
func (n *staticNode) Render(c *Context) error {
	v, err := n.path.eval(c)
	if err != nil {
		return err
	}
	if !v.Kind().IsText() {
		return fmt.Errorf("static: the path %s is no text", v.Repr())
	}
	var address string
	if c.dtl.opts.Static != nil {
		if address, err = c.dtl.opts.Static(c.env.Ctx, v.Str()); err != nil {
			return err
		}
	} else {
		address = joinURL(siteURL(c.dtl.opts.StaticURL), textutil.Quote(v.Str(), "/"))
	}
	if n.target != "" {
		if c.env.Autoescape {
			c.set(sym(n.target), value.OfSafe(textutil.Escape(address)))
		} else {
			c.set(sym(n.target), value.OfString(address))
		}
		return nil
	}
	if c.env.Autoescape {
		c.out = filters.AppendEscaped(c.out, address)
	} else {
		c.out = append(c.out, address...)
	}
	return nil
}

// joinURL is Python's urljoin of a base with a path that is quoted: no scheme, query or fragment.
func joinURL(base, path string) string {
	if path == "" {
		return base
	}
	scheme, rest, absolute := strings.Cut(base, "//")
	if !absolute {
		scheme = ""
	}
	if strings.HasPrefix(path, "//") {
		return scheme + path
	}
	site := ""
	if absolute {
		host, _, _ := strings.Cut(rest, "/")
		site, base = scheme+"//"+host, rest[len(host):]
	}
	segments := strings.Split(path, "/")
	if path[0] != '/' {
		parents := strings.Split(base, "/")
		segments = append(parents[:len(parents)-1:len(parents)-1], segments...)
	}
	out := make([]string, 0, len(segments))
	for i, segment := range segments {
		last := i == len(segments)-1
		switch {
		case segment == "" && i > 0 && !last:
		case segment == "..":
			out = out[:max(len(out)-1, 0)]
		case segment != ".":
			out = append(out, segment)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	joined := strings.Join(out, "/")
	if joined == "" || site != "" && joined[0] != '/' {
		joined = "/" + joined
	}
	return site + joined
}

// siteURL is a prefix as addresses start with it: from the root of the site, and quoted.
func siteURL(prefix string) string {
	if prefix != "" && prefix[0] != '/' && !strings.HasPrefix(prefix, "http://") && !strings.HasPrefix(prefix, "https://") {
		prefix = "/" + prefix
	}
	return textutil.IRIToURI(prefix)
}

// prefixTag makes get_static_prefix and get_media_prefix.
func prefixTag(prefix func(o *Options) string) TagFunc {
	return func(_ *Parser, t Token) (Node, error) {
		bits := splitWords(t.Contents)
		n := &prefixNode{prefix: prefix}
		if len(bits) > 1 {
			if bits[1] != "as" || len(bits) < 3 {
				return nil, syntaxf("First argument in '%s' must be 'as'", bits[0])
			}
			n.target = bits[2]
		}
		return n, nil
	}
}

type prefixNode struct {
	prefix func(o *Options) string
	target string
}

// Render prints the prefix.
func (n *prefixNode) Render(c *Context) error {
	prefix := siteURL(n.prefix(&c.dtl.opts))
	if n.target != "" {
		c.set(sym(n.target), value.OfString(prefix))
		return nil
	}
	c.out = append(c.out, prefix...)
	return nil
}
