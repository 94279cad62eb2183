package urls

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// plan is how a name's URL is put together without a look at its regular expressions, where that is possible: a name
// that means the same whatever the current application is, and routes of literal text and built-in converters.
type plan struct {
	byCount [4][]planForm // by number of arguments
	general [4]bool       // whether more patterns of the name could take that many arguments
}

// planForm is one route: literal, argument, literal, …
type planForm struct {
	literals []string // quoted; one more than there are arguments
	classes  []class
	names    []string
}

// plan returns a name's plan; nil if it has none.
func (t *table) plan(name string) *plan {
	if p, ok := t.plans.Load(name); ok {
		return p.(*plan)
	}
	p, known := t.makePlan(name)
	if known {
		t.plans.Store(name, p) // as many as there are names: a name that no pattern has is not stored
	}
	return p
}

func (t *table) makePlan(name string) (p *plan, known bool) {
	if t.space.err != nil {
		return nil, false
	}
	s, view, err := t.find(name, "")
	if err != nil || s.names[view] == nil {
		return nil, false
	}
	if !t.sameEverywhere(name) {
		return nil, true
	}
	p = &plan{}
	for _, c := range s.names[view] {
		form, ok := c.planForm(t.scriptPrefix)
		n := len(form.classes)
		switch {
		case ok && n < len(p.byCount) && !p.general[n]:
			p.byCount[n] = append(p.byCount[n], form)
		case !ok:
			p.general = [4]bool{true, true, true, true} // from here on only reverse knows
		}
	}
	return p, true
}

// sameEverywhere reports whether no namespace of the name depends on the current application.
func (t *table) sameEverywhere(name string) bool {
	path := strings.Split(name, ":")
	s := t.space
	for _, ns := range path[:len(path)-1] {
		if instances := s.apps[ns]; len(instances) > 1 {
			return false
		} else if len(instances) == 1 {
			ns = instances[0]
		}
		s = s.namespaces[ns].inner
	}
	return true
}

// planForm is the candidate's route, if it has literals and built-in converters only.
func (c *candidate) planForm(prefix string) (planForm, bool) {
	if len(c.defaults) > 0 || len(c.forms) != 1 {
		return planForm{}, false
	}
	form := planForm{}
	literal := prefix
	for _, e := range c.leaf.chain {
		if e.re != nil {
			return planForm{}, false
		}
		for _, t := range e.tokens {
			if t.conv == nil {
				literal += t.text
				continue
			}
			form.literals = append(form.literals, quotePath(literal))
			form.classes = append(form.classes, t.conv.class)
			form.names = append(form.names, t.text)
			literal = ""
		}
	}
	form.literals = append(form.literals, quotePath(literal))
	ok := len(form.names) == len(c.forms[0].params)
	for i, name := range form.names {
		ok = ok && c.forms[0].params[i] == name && !slices.Contains(form.names[:i], name)
	}
	for _, l := range form.literals {
		ok = ok && !strings.Contains(l, "%25")
	}
	return form, ok && !strings.HasPrefix(form.literals[0], "//")
}

// fastTable is the table for a context, if its URLs begin with the prefix that the plans are made for.
func fastTable(ctx context.Context) *table {
	sc := scopeOf(ctx)
	if sc == nil || sc.prefix != "" || sc.res == nil {
		return nil
	}
	return sc.res.table(sc.res.language(ctx))
}

// fast0 builds a URL without arguments.
func fast0(ctx context.Context, name string) (string, bool) {
	t := fastTable(ctx)
	if t == nil {
		return "", false
	}
	p := t.plan(name)
	if p == nil || len(p.byCount[0]) == 0 {
		return "", false
	}
	return p.byCount[0][0].literals[0], true
}

// fastSize is the length of a URL up to which building it takes one allocation.
const fastSize = 128

// fast1 builds a URL with one argument of a common type.
func fast1[A any](ctx context.Context, name string, a A) (string, bool) {
	t := fastTable(ctx)
	if t == nil {
		return "", false
	}
	p := t.plan(name)
	if p == nil || len(p.byCount[1]) == 0 {
		return "", false
	}
	f := &p.byCount[1][0]
	var space [fastSize]byte
	b := append(space[:0], f.literals[0]...)
	var ok bool
	switch v := any(&a).(type) { // a pointer, so that a stays where it is
	case *int64:
		b, ok = appendInt(b, *v, f.classes[0])
	case *int:
		b, ok = appendInt(b, int64(*v), f.classes[0])
	case *string:
		b, ok = appendText(b, *v, f.classes[0])
	case *web.UUID:
		b, ok = appendText(b, v.String(), f.classes[0])
	}
	if !ok {
		return "", false
	}
	return finishFast(append(b, f.literals[1]...))
}

// fastArgs builds a URL with positional or keyword arguments, which come in one of two forms.
func fastArgs(t *table, name string, args []any, kwargs map[string]any, params Params) (string, bool) {
	n := len(args) + len(kwargs) + len(params)
	if t == nil || n > 3 || len(args) > 0 && n > len(args) {
		return "", false
	}
	p := t.plan(name)
	if p == nil {
		return "", false
	}
	if len(p.byCount[n]) == 0 {
		return "", false
	}
	f := &p.byCount[n][0]
	var space [fastSize]byte
	b := append(space[:0], f.literals[0]...)
	for i, class := range f.classes {
		var v any
		given := true
		switch {
		case len(args) > 0:
			v = args[i]
		case kwargs != nil:
			v, given = kwargs[f.names[i]]
		default:
			v, given = params.get(f.names[i])
		}
		if !given {
			return "", false
		}
		var ok bool
		switch v := v.(type) {
		case int64:
			b, ok = appendInt(b, v, class)
		case int:
			b, ok = appendInt(b, int64(v), class)
		case string:
			b, ok = appendText(b, v, class)
		}
		if !ok {
			return "", false
		}
		b = append(b, f.literals[i+1]...)
	}
	return finishFast(b)
}

// finishFast makes the string. A path that begins with two slashes is left to reverse.
func finishFast(b []byte) (string, bool) {
	if len(b) > 1 && b[0] == '/' && b[1] == '/' {
		return "", false
	}
	return string(b), true
}

// appendInt appends a number that the class takes. What it refuses is left to reverse, which finds the right error.
func appendInt(b []byte, n int64, c class) ([]byte, bool) {
	if c == classUUID || n < 0 && c == classInt {
		return b, false
	}
	return strconv.AppendInt(b, n, 10), true
}

// appendText appends a text that the class takes.
func appendText(b []byte, text string, c class) ([]byte, bool) {
	switch c {
	case classInt, classSlug:
		for i := range len(text) {
			if !c.contains(text[i]) {
				return b, false
			}
		}
		return append(b, text...), text != ""
	case classUUID:
		return append(b, text...), len(text) == uuidLen && isUUID(text)
	}
	for i := range len(text) {
		if !c.contains(text[i]) {
			return b, false
		}
	}
	return appendQuoted(b, text, &pathSafe), text != ""
}
