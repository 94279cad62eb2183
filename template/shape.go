package template

import (
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/template/internal/value"
)

// shape is what start-up checks know of a value: a Go type, or something that the engine makes. A nil shape is not known
// and not checked further.
type shape struct {
	kind shapeKind
	// typ is the Go type of a goShape.
	typ *value.Type
	// elem is what a list holds; elems what a tuple does.
	elem  *shape
	elems []*shape
}

type shapeKind uint8

const (
	goShape shapeKind = iota
	textShape
	numberShape
	boolShape
	listShape
	tupleShape
	loopShape
	blockShape
	groupShape
)

// shapeOf returns the shape of values of a type.
func shapeOf(t *value.Type) *shape {
	for depth := 0; t != nil && depth < 10; depth++ {
		if held, lazy := t.Held(); lazy {
			t = held
			continue
		}
		rt := t.Go()
		switch {
		case rt == nil:
			return nil
		case rt.Kind() == reflect.Interface:
			return nil
		case rt.Kind() == reflect.Pointer:
			t = t.Elem()
			continue
		case rt.Kind() == reflect.Func && t.Kind() == value.Func:
			if rt.NumOut() == 0 {
				return nil
			}
			t = t.Registry().TypeOf(rt.Out(0))
			continue
		}
		return &shape{typ: t}
	}
	return nil
}

// name is how messages call the shape.
func (s *shape) name() string {
	switch s.kind {
	case textShape:
		return "text"
	case numberShape:
		return "a number"
	case boolShape:
		return "a truth value"
	case listShape, tupleShape:
		return "a list"
	case loopShape:
		return "forloop"
	case blockShape:
		return "block"
	case groupShape:
		return "a group of regroup"
	}
	if rt := s.typ.Go(); rt.Name() != "" {
		return rt.Name()
	}
	return s.typ.Name()
}

// items returns the shape of the elements; ok is false where there are none.
func (s *shape) items() (elem *shape, ok bool) {
	switch s.kind {
	case textShape:
		return s, true
	case listShape:
		return s.elem, true
	case tupleShape:
		return nil, true
	case groupShape:
		return nil, true
	case goShape:
		if s.typ.HasItems() {
			return nil, true
		}
		switch s.typ.Kind() {
		case value.List, value.Seq:
			if rt := s.typ.Go(); rt.Kind() == reflect.Func && rt.In(0).NumIn() == 2 {
				reg := s.typ.Registry()
				return &shape{kind: tupleShape, elems: []*shape{
					shapeOf(reg.TypeOf(rt.In(0).In(0))), shapeOf(reg.TypeOf(rt.In(0).In(1))),
				}}, true
			}
			return shapeOf(s.typ.Elem()), true
		case value.Map:
			return shapeOf(s.typ.Key()), true
		case value.String, value.Safe, value.Bytes, value.Mapping:
			return nil, true
		case value.Object:
			if all := s.typ.Iterator(); all != nil {
				return shapeOf(all.Type()).items()
			}
		}
		return nil, false
	}
	return nil, false
}

// member returns the shape of a name of s; err says that there is none.
func (s *shape) member(name string, step *value.Step) (out *shape, problem, hint string) {
	switch s.kind {
	case goShape:
		return s.goMember(name, step)
	case listShape, tupleShape:
		if step.Index() >= 0 {
			if s.kind == tupleShape && step.Index() < len(s.elems) {
				return s.elems[step.Index()], "", ""
			}
			return s.elem, "", ""
		}
	case groupShape:
		switch name {
		case "grouper", "0":
			return nil, "", ""
		case "list", "1":
			return &shape{kind: listShape, elem: s.elem}, "", ""
		}
	case loopShape:
		names := []string{"counter", "counter0", "revcounter", "revcounter0", "first", "last", "length", "parentloop"}
		switch {
		case name == "parentloop": // a loop outside of the template may be meant
			return nil, "", ""
		case name == "first" || name == "last":
			return &shape{kind: boolShape}, "", ""
		case slices.Contains(names, name):
			return &shape{kind: numberShape}, "", ""
		}
		return nil, "forloop has no \"" + name + "\"", didYouMean(name, names)
	case blockShape:
		if name == "super" || name == "name" {
			return &shape{kind: textShape}, "", ""
		}
		return nil, "block has no \"" + name + "\"", didYouMean(name, []string{"super", "name"})
	}
	if s.kind == textShape && value.HasAttribute(value.String, name) || step.Index() >= 0 {
		return nil, "", ""
	}
	if s.kind == numberShape && value.HasAttribute(value.Int, name) {
		return nil, "", ""
	}
	return nil, s.name() + " has no \"" + name + "\"", ""
}

func (s *shape) goMember(name string, step *value.Step) (out *shape, problem, hint string) {
	t := s.typ
	step.Warm(t)
	if m := t.Member(name); m != nil {
		if m.Unavailable != "" {
			return nil, s.name() + "." + m.Name + " cannot be used in a template: " + m.Unavailable, ""
		}
		return shapeOf(m.Type()), "", ""
	}
	switch t.Kind() {
	case value.Map:
		switch name {
		case "items":
			return &shape{kind: listShape, elem: &shape{kind: tupleShape, elems: []*shape{shapeOf(t.Key()), shapeOf(t.Elem())}}}, "", ""
		case "keys":
			return &shape{kind: listShape, elem: shapeOf(t.Key())}, "", ""
		case "values":
			return &shape{kind: listShape, elem: shapeOf(t.Elem())}, "", ""
		}
		return shapeOf(t.Elem()), "", ""
	case value.List:
		if step.Index() >= 0 {
			return shapeOf(t.Elem()), "", ""
		}
	case value.Mapping, value.Seq, value.Func, value.Special:
		return nil, "", ""
	case value.String, value.Safe, value.Bytes:
		if step.Index() >= 0 {
			return nil, "", ""
		}
	}
	if value.HasAttribute(t.Kind(), name) {
		return nil, "", ""
	}
	if t.Go().Kind() == reflect.Struct && t.Kind() != value.Object {
		return nil, s.name() + " has no \"" + name + "\"", ""
	}
	return nil, s.name() + " has no field or method \"" + name + "\"", didYouMean(name, t.Names())
}
