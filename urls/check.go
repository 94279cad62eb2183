package urls

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/urls/internal/pyre"
)

// Check reports what is doubtful in the table: under Django's ids what Django reports too (urls.W001, W002, W003, W005,
// W010, 2_0.W001), under urls.N… what only Nuages finds. A mistake in the table is an error of New instead; Django's
// E004, E007, E008 and E009 do not compile here.
func (res *Resolver) Check() []manage.Message {
	c := &checker{res: res}
	c.includes(res.def.root)
	c.namespaces(res.def.root, nil, map[string]int{})
	c.reverses()
	c.engines(res.def.root)
	c.unreachable(res.def.leaves)
	return c.messages
}

type checker struct {
	res      *Resolver
	messages []manage.Message
}

func (c *checker) add(e *entry, level manage.Level, id, text, hint string) {
	c.messages = append(c.messages, manage.Message{Level: level, ID: id, Text: text, Hint: hint, Object: cmp.Or(e.p.at, e.text)})
}

// includes checks the patterns below an include, and the include's own route if they are in order, as Django does.
func (c *checker) includes(e *entry) bool {
	clean := true
	for _, child := range e.children {
		before := len(c.messages)
		if child.p.isEndpoint() {
			c.endpoint(child)
		} else if c.includes(child) && child.p.kind != kindI18n {
			c.route(child)
		}
		clean = clean && len(c.messages) == before
	}
	return clean
}

func (c *checker) endpoint(e *entry) {
	if strings.Contains(e.p.name, ":") {
		c.add(e, manage.Warning, "urls.W003", fmt.Sprintf("Your URL pattern %s has a name including a ':'. Remove the colon, to avoid ambiguous namespace references.", e.describe()), "")
	}
	c.route(e)
}

func (c *checker) route(e *entry) {
	name := e.describe()
	slash := strings.HasPrefix(e.regex, "/") || strings.HasPrefix(e.regex, "^/") || strings.HasPrefix(e.regex, `^\/`)
	if !c.res.opts.NoAppendSlash && slash && !strings.HasSuffix(e.regex, "/") {
		c.add(e, manage.Warning, "urls.W002", fmt.Sprintf("Your URL pattern %s has a route beginning with a '/'. Remove this slash as it is unnecessary. If this pattern is targeted in an include(), ensure the include() pattern has a trailing '/'.", name), "")
	}
	if e.p.isRegex() {
		if !e.p.isEndpoint() && strings.HasSuffix(e.regex, "$") && !strings.HasSuffix(e.regex, `\$`) {
			c.add(e, manage.Warning, "urls.W001", fmt.Sprintf("Your URL pattern %s uses include with a route ending with a '$'. Remove the dollar from the route to avoid problems including URLs.", name), "")
		}
		return
	}
	for _, bracket := range unmatchedBrackets(e.text) {
		c.add(e, manage.Warning, "urls.W010", fmt.Sprintf("Your URL pattern %s has an unmatched '%c' bracket.", name, bracket), "")
	}
	if strings.Contains(e.text, "(?P<") || strings.HasPrefix(e.text, "^") || strings.HasSuffix(e.text, "$") {
		c.add(e, manage.Warning, "2_0.W001", fmt.Sprintf("Your URL pattern %s has a route that contains '(?P<', begins with a '^', or ends with a '$'. This was likely an oversight when migrating to django.urls.path().", name), "")
	}
}

func unmatchedBrackets(route string) []rune {
	var unmatched []rune
	open := 0
	for _, r := range route {
		switch {
		case r == '<':
			open++
		case r == '>' && open == 0:
			unmatched = append(unmatched, r)
		case r == '>':
			open--
		}
	}
	if open > 0 {
		unmatched = append(unmatched, '<')
	}
	return unmatched
}

// namespaces reports instance namespaces that are declared twice.
func (c *checker) namespaces(e *entry, parents []string, seen map[string]int) {
	for _, child := range e.children {
		if child.namespace == "" {
			continue
		}
		full := strings.Join(append(parents[:len(parents):len(parents)], child.namespace), ":")
		if seen[full]++; seen[full] == 2 {
			c.add(child, manage.Warning, "urls.W005", fmt.Sprintf("URL namespace '%s' isn't unique. You may not be able to reverse all URLs in this namespace", full), "")
		}
	}
	for _, child := range e.children {
		path := parents
		if child.namespace != "" {
			path = append(parents[:len(parents):len(parents)], child.namespace)
		}
		c.namespaces(child, path, seen)
	}
}

// reverses reports what cannot be reversed: as in Django, one such pattern keeps every name of the table from being
// reversed, so that it is an error.
func (c *checker) reverses() {
	for _, l := range c.res.def.leaves {
		e := l.chain[len(l.chain)-1]
		joined := ""
		for _, at := range l.chain {
			joined += strings.TrimPrefix(at.regex, "^")
		}
		_, err := normalize(joined)
		switch {
		case err != nil:
			c.add(e, manage.Error, "urls.N002", fmt.Sprintf("no URL can be built because of the pattern %s: %v", e.describe(), err), "write it without this construct")
		case l.Name == "":
		case strings.Contains(joined, "%"):
			c.add(e, manage.Warning, "urls.N003", fmt.Sprintf("the URL of the pattern %s cannot be built: its route contains a '%%'", e.describe()), "")
		default:
			if err := pyre.Check("^" + escapeRegex(c.res.opts.ScriptPrefix) + joined); err != nil {
				c.add(e, manage.Warning, "urls.N003", fmt.Sprintf("the URL of the pattern %s cannot be built: %q: %v", e.describe(), joined, err), "give each placeholder of an include and its patterns a name of its own")
			}
		}
	}
}

// engines reports the regular expressions that need backtracking.
func (c *checker) engines(e *entry) {
	for _, child := range e.children {
		if child.re != nil && child.re.Backtracking() != "" {
			c.add(child, manage.Warning, "urls.N004", fmt.Sprintf("the pattern %s needs a backtracking engine for %s: a path can make it slow, up to %v", child.describe(), child.re.Backtracking(), c.res.opts.MatchTimeout), "write it without this construct if you can")
		}
		c.engines(child)
	}
}

// unreachable reports end points all of whose paths an earlier one takes.
func (c *checker) unreachable(leaves []*leaf) {
	shapes := make([][]token, len(leaves))
	for i, l := range leaves {
		shapes[i] = l.shape()
	}
	for j, l := range leaves {
		for i, earlier := range leaves[:j] {
			if earlier.takesMethodsOf(l) && (covers(shapes[i], shapes[j]) || sameText(earlier, l)) {
				e, first := l.chain[len(l.chain)-1], earlier.chain[len(earlier.chain)-1]
				c.add(e, manage.Warning, "urls.N005", fmt.Sprintf("the pattern %q is never reached: %q (%s) comes first and takes all its URLs", l.Pattern, earlier.Pattern, first.p.at), "move it up, or remove it")
				break
			}
		}
	}
}

func (l *leaf) takesMethodsOf(other *leaf) bool {
	if l.method == nil {
		return true
	}
	return other.method != nil && !slices.ContainsFunc(other.method, func(m string) bool { return !l.method.has(m) })
}

// sameText reports whether two end points have the same patterns.
func sameText(a, b *leaf) bool {
	return slices.EqualFunc(a.chain, b.chain, func(x, y *entry) bool { return x.regex == y.regex })
}

// shape is the leaf's whole route, if it consists of literals and built-in converters; nil if not.
func (l *leaf) shape() []token {
	shape := []token{{text: "/"}}
	for _, e := range l.chain {
		if e.re != nil {
			return nil
		}
		for _, t := range e.tokens {
			if last := &shape[len(shape)-1]; t.conv == nil && last.conv == nil {
				last.text += t.text
			} else {
				shape = append(shape, t)
			}
		}
	}
	return shape
}

// covers reports whether every path of the route b is one of the route a. It may say no where it is so: a placeholder of
// a must take whole runs.
func covers(a, b []token) bool {
	if a == nil || b == nil {
		return false
	}
	at, offset := 0, 0 // in b: a token, and how much of its literal is used
	for i, t := range a {
		if t.conv == nil {
			if at == len(b) || b[at].conv != nil || !strings.HasPrefix(b[at].text[offset:], t.text) {
				return false
			}
			if offset += len(t.text); offset == len(b[at].text) {
				at, offset = at+1, 0
			}
			continue
		}
		if !endsByItself(a, i) || t.conv.class == classUUID && (at == len(b) || b[at].conv == nil || b[at].conv.class != classUUID) {
			return false
		}
		taken := false
		for at < len(b) {
			if b[at].conv != nil {
				if !t.conv.class.includes(b[at].conv.class) {
					break
				}
				at, taken = at+1, true
				continue
			}
			text := b[at].text
			for offset < len(text) && t.conv.class.contains(text[offset]) {
				offset, taken = offset+1, true
			}
			if offset < len(text) {
				break
			}
			at, offset = at+1, 0
		}
		if !taken {
			return false
		}
	}
	return at == len(b)
}

// includes reports whether every text of the class other is one of c, line feeds apart.
func (c class) includes(other class) bool {
	switch c {
	case classPath:
		return true
	case classStr:
		return other != classPath
	case classSlug:
		return other == classSlug || other == classInt || other == classUUID
	default:
		return c == other
	}
}
