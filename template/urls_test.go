package template_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

type currentAppKey struct{}

func unescapeQuery(s string) string {
	out, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return out
}

// testURLs reverses the URL patterns of the conformance files: as much of Django's dispatcher as their templates need.
type testURLs struct {
	root *testSpace
}

type testSpace struct {
	patterns []testPattern
	children []testChild
}

type testChild struct {
	namespace, app, prefix string
	space                  *testSpace
}

type testPattern struct {
	name   string
	format string // with %s for arguments
	names  []string
	checks []*regexp.Regexp
	match  *regexp.Regexp
}

var converterPatterns = map[string]string{
	"int": `[0-9]+`, "slug": `[-a-zA-Z0-9_]+`, "str": `[^/]+`, "path": `.+`,
	"uuid": `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
}

func newTestURLs(list []any) *testURLs { return &testURLs{newTestSpace(list, "")} }

func newTestSpace(list []any, prefix string) *testSpace {
	s := &testSpace{}
	s.add(list, prefix)
	return s
}

func (s *testSpace) add(list []any, prefix string) {
	for _, item := range list {
		o := item.(*jsonObject)
		children, isInclude := o.get("include").([]any)
		if isInclude {
			ns, app := o.text("namespace"), o.text("app_name")
			if ns == "" {
				ns = app
			}
			if ns == "" {
				s.add(children, prefix+o.text("path"))
				continue
			}
			if app == "" {
				app = ns
			}
			s.children = append(s.children, testChild{ns, app, prefix + o.text("path"), newTestSpace(children, prefix+o.text("path"))})
			continue
		}
		s.patterns = append(s.patterns, newTestPattern(o, prefix))
	}
}

var (
	routeParam = regexp.MustCompile(`<(?:(\w+):)?(\w+)>`)
	groupRe    = regexp.MustCompile(`\((?:\?P<(\w+)>)?([^()]*)\)`)
)

func newTestPattern(o *jsonObject, prefix string) testPattern {
	p := testPattern{name: o.text("name")}
	var full string
	if re := o.text("re"); re != "" {
		body := strings.TrimSuffix(strings.TrimPrefix(re, "^"), "$")
		p.format = prefix + groupRe.ReplaceAllStringFunc(body, func(g string) string {
			m := groupRe.FindStringSubmatch(g)
			p.names = append(p.names, m[1])
			p.checks = append(p.checks, regexp.MustCompile("^(?:"+m[2]+")$"))
			return "%s"
		})
		full = regexp.QuoteMeta(prefix) + body
	} else {
		route := prefix + o.text("path")
		p.format = routeParam.ReplaceAllStringFunc(route, func(g string) string {
			m := routeParam.FindStringSubmatch(g)
			if m[1] == "" {
				m[1] = "str"
			}
			p.names = append(p.names, m[2])
			p.checks = append(p.checks, regexp.MustCompile("^(?:"+converterPatterns[m[1]]+")$"))
			return "%s"
		})
		full = strings.ReplaceAll(regexp.QuoteMeta(p.format), "%s", ".+")
	}
	p.match = regexp.MustCompile("^" + full + "$")
	return p
}

// namespaceOf returns the namespaces of the pattern that a path resolves to.
func (s *testSpace) namespaceOf(path string) (string, bool) {
	for _, p := range s.patterns {
		if p.match.MatchString(path) {
			return "", true
		}
	}
	for _, c := range s.children {
		if ns, ok := c.space.namespaceOf(path); ok {
			if ns != "" {
				return c.namespace + ":" + ns, true
			}
			return c.namespace, true
		}
	}
	return "", false
}

func (r *conformanceRequest) app(u *testURLs) string {
	if r.currentApp != "" || !r.resolve {
		return r.currentApp
	}
	ns, _ := u.root.namespaceOf(strings.TrimPrefix(r.path, "/"))
	return ns
}

// ReverseURL makes the address of a name.
func (u *testURLs) ReverseURL(ctx context.Context, name string, args []any, kwargs map[string]any) (string, error) {
	parts := strings.Split(name, ":")
	app, _ := ctx.Value(currentAppKey{}).(string)
	var current []string
	if app != "" {
		current = strings.Split(app, ":")
	}
	space := u.root
	for i, ns := range parts[:len(parts)-1] {
		cur := ""
		if i < len(current) {
			cur = current[i]
		}
		child := space.child(ns, cur)
		if child == nil {
			return "", fmt.Errorf("'%s' is not a registered namespace", ns)
		}
		space = child.space
	}
	last := parts[len(parts)-1]
	for i := len(space.patterns) - 1; i >= 0; i-- {
		if p := space.patterns[i]; p.name == last && last != "" {
			if out, ok := p.reverse(args, kwargs); ok {
				return "/" + out, nil
			}
		}
	}
	return "", fmt.Errorf("Reverse for '%s' not found", last) //nolint:staticcheck // Django's words
}

func (s *testSpace) child(ns, current string) *testChild {
	var byApp *testChild
	for i := range s.children {
		c := &s.children[i]
		if c.app == ns {
			if c.namespace == current {
				return c
			}
			if byApp == nil || c.namespace == ns {
				byApp = c
			}
		}
	}
	if byApp != nil {
		return byApp
	}
	for i := range s.children {
		if s.children[i].namespace == ns {
			return &s.children[i]
		}
	}
	return nil
}

func (p *testPattern) reverse(args []any, kwargs map[string]any) (string, bool) {
	if len(args)+len(kwargs) != len(p.names) || len(args) > 0 && len(kwargs) > 0 {
		return "", false
	}
	out := p.format
	for i, name := range p.names {
		var arg any
		if len(args) > 0 {
			arg = args[i]
		} else {
			v, ok := kwargs[name]
			if !ok {
				return "", false
			}
			arg = v
		}
		text := fmt.Sprint(arg)
		if !p.checks[i].MatchString(text) {
			return "", false
		}
		out = strings.Replace(out, "%s", strings.ReplaceAll(text, "%s", "\x00"), 1)
	}
	return quoteTestURL(strings.ReplaceAll(out, "\x00", "%s")), true
}

func quoteTestURL(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_.-~!$&'()*+,;=/:@", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
