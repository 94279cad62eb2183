package template

import (
	"strings"

	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

func (k *checker) push() { k.scope = append(k.scope, checkScope{mark: true}) }

func (k *checker) pop() {
	for i := len(k.scope) - 1; i >= 0; i-- {
		if k.scope[i].mark {
			k.scope = k.scope[:i]
			return
		}
	}
}

func (k *checker) set(name string, s *shape) {
	k.scope = append(k.scope, checkScope{name: name, shape: s})
}

// root returns the shape of a variable's first name. Known is false if there is no such name.
func (k *checker) root(p *varPath) (s *shape, known bool) {
	name := p.first.Name
	for i := len(k.scope) - 1; i >= 0; i-- {
		if !k.scope[i].mark && k.scope[i].name == name {
			return k.scope[i].shape, true
		}
	}
	if k.isolated {
		return nil, false
	}
	if k.data != nil && k.data.typ.Kind() != value.Map {
		if m := k.data.typ.Member(name); m != nil && m.Unavailable == "" {
			p.first.Warm(k.data.typ)
			return shapeOf(m.Type()), true
		}
	}
	if p.processor >= 0 && (!k.inclusion || name == "csrf_token") {
		return shapeOf(k.dtl.reg.TypeOf(k.dtl.vars[p.processor].typ)), true
	}
	return nil, k.open
}

// path checks a variable and returns its shape.
func (k *checker) path(p *varPath) *shape {
	s, known := k.root(p)
	if !known {
		k.unknownRoot(p)
		return nil
	}
	for _, step := range p.steps {
		if s == nil {
			return nil
		}
		next, problem, hint := s.member(step.Name, step)
		if problem != "" {
			k.problem(hint, "%s", problem)
			return nil
		}
		s = next
	}
	return s
}

func (k *checker) unknownRoot(p *varPath) {
	var names []string
	for _, b := range k.scope {
		if !b.mark {
			names = append(names, b.name)
		}
	}
	what := "the template"
	if !k.isolated && k.data != nil {
		names = append(names, k.data.typ.Names()...)
		what = k.data.name()
	}
	for _, v := range k.dtl.vars {
		names = append(names, v.name)
	}
	k.problem(didYouMean(p.first.Name, names), "%s has no field or method %q", what, p.first.Name)
}

// isUnknown says whether an expression is a name, alone or with a default, that does not exist here. A template may ask
// for such a name: {% if name %}, {{ name|default:"x" }}.
func (k *checker) isUnknown(e *Expr) bool {
	if e.term.path == nil {
		return false
	}
	_, known := k.root(e.term.path)
	return !known
}

// asked checks an expression that may be a name that does not exist.
func (k *checker) asked(e *Expr) *shape {
	if k.isUnknown(e) {
		k.args(e)
		return nil
	}
	return k.expr(e)
}

func (k *checker) args(e *Expr) {
	for _, call := range e.filters {
		if call.hasArg && call.arg.path != nil {
			k.path(call.arg.path)
		}
	}
}

// expr checks an expression and returns its shape.
func (k *checker) expr(e *Expr) *shape {
	if e == nil {
		return nil
	}
	var s *shape
	switch {
	case e.term.path != nil:
		if len(e.filters) > 0 && (e.filters[0].filter.Name == "default" || e.filters[0].filter.Name == "default_if_none") && k.isUnknown(e) {
			break
		}
		s = k.path(e.term.path)
	case e.term.literal.Kind().IsText(), e.term.translate:
		s = &shape{kind: textShape}
	case e.term.literal.Kind().IsNumber():
		s = &shape{kind: numberShape}
	}
	k.args(e)
	for _, call := range e.filters {
		s = filtered(call.filter, s)
	}
	return s
}

// filtered returns the shape of what a filter gives.
func filtered(f *filters.Filter, s *shape) *shape {
	switch f.Result {
	case filters.TextResult:
		return &shape{kind: textShape}
	case filters.IntResult:
		return &shape{kind: numberShape}
	case filters.BoolResult:
		return &shape{kind: boolShape}
	case filters.SameResult:
		return s
	case filters.ListResult:
		return &shape{kind: listShape}
	}
	if (f.Name == "first" || f.Name == "last" || f.Name == "random") && s != nil {
		elem, _ := s.items()
		return elem
	}
	return nil
}

func (k *checker) exprs(list ...*Expr) {
	for _, e := range list {
		k.expr(e)
	}
}

// items checks that an expression can be looped over and returns what it holds.
func (k *checker) items(e *Expr) *shape {
	s := k.expr(e)
	if s == nil {
		return nil
	}
	elem, ok := s.items()
	if !ok {
		k.problem("", "%s cannot be looped over: it is %s", e.Source, article(s.name()))
	}
	return elem
}

// article puts "a" or "an" before the name of a type.
func article(name string) string {
	switch name[0] {
	case 'A', 'E', 'I', 'O', 'U', 'e', 'i', 'o':
		return "an " + name
	case 'a':
		if strings.HasPrefix(name, "a ") {
			return name
		}
		return "an " + name
	}
	return "a " + name
}
