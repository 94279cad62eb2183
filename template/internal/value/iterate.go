package value

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"unicode/utf8"
	"unsafe"
)

// Sequence gives the elements of a value by their number.
type Sequence struct {
	base   unsafe.Pointer
	elem   *Type
	size   uintptr
	n      int
	values []Value
	steps  *Steps
}

// maxSeq bounds how many elements of an endless sequence are collected.
const maxSeq = 10_000_000

// NotIterableError says that a value has no elements.
type NotIterableError struct{ Kind string }

// Error speaks as Python does.
func (e *NotIterableError) Error() string { return fmt.Sprintf("'%s' object is not iterable", e.Kind) }

// Len returns the number of elements.
func (s *Sequence) Len() int { return s.n }

// At returns an element.
func (s *Sequence) At(i int) Value {
	switch {
	case s.elem != nil:
		return load(s.elem, unsafe.Add(s.base, uintptr(i)*s.size))
	case s.steps != nil:
		return OfInt(s.steps.Start + int64(i)*s.steps.Step)
	}
	return s.values[i]
}

// Reset lets go of the elements.
func (s *Sequence) Reset() { *s = Sequence{} }

// Fill makes s the elements of v. Nothing is copied where v is a list.
func (s *Sequence) Fill(v Value) error {
	*s = Sequence{}
	if v.t != nil && v.t.ranger {
		for a := range v.t.iface(v.addr()).(ranger).TemplateItems() {
			s.values = append(s.values, v.t.reg.Of(a))
			if len(s.values) >= maxSeq {
				break
			}
		}
		s.n = len(s.values)
		return nil
	}
	switch v.Kind() {
	case Undefined, None:
		return &NotIterableError{"NoneType"}
	case Tuple, Set:
		s.values = v.values()
	case List:
		if v.t.values {
			s.values = v.values()
			break
		}
		s.base, s.elem, s.size = v.p, v.t.elem, v.t.elem.size
		if s.elem.reg == nil { // one of the shared types, which are made without a size
			s.size = v.t.rt.Elem().Size()
		}
		s.n = int(v.n)
		if v.t.rt.Kind() == reflect.Array {
			s.n = v.t.rt.Len()
		}
		return nil
	case Range:
		s.steps = v.steps()
		s.n = s.steps.Len()
		return nil
	case String, Safe:
		s.values = make([]Value, 0, v.n)
		for _, r := range v.Text() {
			s.values = append(s.values, OfString(string(r)))
		}
	case Bytes:
		for _, b := range v.Bytes() {
			s.values = append(s.values, OfInt(int64(b)))
		}
	case Dict:
		s.values = v.pairs().keys
	case Map, Mapping:
		s.values = v.keys()
	case Seq:
		s.values = v.collect()
	case Object:
		all := v.t.Iterator()
		if all == nil {
			return &NotIterableError{v.TypeName()}
		}
		items, err := all.get(context.Background(), v)
		if err != nil {
			return err
		}
		return s.Fill(items)
	case Special:
		items, ok := v.t.special(v, "__iter__")
		if !ok {
			return &NotIterableError{v.t.name}
		}
		return s.Fill(items)
	default:
		return &NotIterableError{v.TypeName()}
	}
	s.n = len(s.values)
	return nil
}

// Iterator returns the method All() iter.Seq[T] of an object's type, which makes the object iterable: a page of a paginator,
// say. It is nil if there is none.
func (t *Type) Iterator() *Member {
	all := t.Member("all")
	if all == nil || all.Name != "All" || all.typ == nil || all.typ.kind != Seq || all.Unavailable != "" {
		return nil
	}
	return all
}

// TypeName returns what Python would call the value's type, for messages.
func (v Value) TypeName() string {
	if k := v.Kind(); k == Object || k == Special {
		return v.t.name
	}
	return v.Kind().Name()
}

// keys returns the keys of a map, in order.
func (v Value) keys() []Value {
	if v.t.kind == Mapping {
		names := v.mappingKeys()
		out := make([]Value, len(names))
		for i, name := range names {
			out[i] = OfString(name)
		}
		return out
	}
	if v.t.rt == anyMapType {
		word := v.p
		m := *(*map[string]any)(unsafe.Pointer(&word))
		names := slices.Sorted(maps.Keys(m))
		out := make([]Value, len(names))
		for i, name := range names {
			out[i] = OfString(name)
		}
		return out
	}
	keys := v.sortedKeys()
	out := make([]Value, len(keys))
	for i, key := range keys {
		out[i] = v.t.reg.OfReflect(key)
	}
	return out
}

// sortedKeys returns the keys of a Go map, in order.
func (v Value) sortedKeys() []reflect.Value {
	keys := v.Reflect().MapKeys()
	slices.SortFunc(keys, compareKeys)
	return keys
}

// compareKeys orders map keys so that pages are the same each time.
func compareKeys(a, b reflect.Value) int {
	for a.Kind() == reflect.Interface && b.Kind() == reflect.Interface && !a.IsNil() && !b.IsNil() {
		a, b = a.Elem(), b.Elem()
	}
	switch {
	case a.Kind() != b.Kind():
		return cmp.Compare(a.Kind(), b.Kind())
	case a.Kind() == reflect.String:
		return cmp.Compare(a.String(), b.String())
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func (v Value) collect() []Value {
	var out []Value
	if v.t == seqType {
		for e := range *(*iter.Seq[Value])(v.p) {
			out = append(out, e)
			if len(out) >= maxSeq {
				break
			}
		}
		return out
	}
	rv := v.Reflect()
	if v.t.rt.In(0).NumIn() == 2 {
		for k, e := range rv.Seq2() {
			out = append(out, OfTuple(v.t.reg.OfReflect(k), v.t.reg.OfReflect(e)))
			if len(out) >= maxSeq {
				break
			}
		}
		return out
	}
	for e := range rv.Seq() {
		out = append(out, v.t.reg.OfReflect(e))
		if len(out) >= maxSeq {
			break
		}
	}
	return out
}

// Items returns the keys and values of a mapping as tuples.
func (v Value) Items() []Value {
	switch v.Kind() {
	case Dict:
		d := v.pairs()
		out := make([]Value, len(d.keys))
		for i := range d.keys {
			out[i] = OfTuple(d.keys[i], d.values[i])
		}
		return out
	case Map:
		if v.t.rt == anyMapType {
			break
		}
		rv, keys := v.Reflect(), v.sortedKeys()
		out := make([]Value, len(keys))
		for i, k := range keys {
			out[i] = OfTuple(v.t.reg.OfReflect(k), v.t.reg.OfReflect(rv.MapIndex(k)))
		}
		return out
	case Mapping:
	default:
		return nil
	}
	keys := v.keys()
	out := make([]Value, len(keys))
	for i, k := range keys {
		val, _ := v.Item(k)
		out[i] = OfTuple(k, val)
	}
	return out
}

// Len returns Python's len(); ok is false where the value has none.
func (v Value) Len() (n int, ok bool) {
	switch v.Kind() {
	case String, Safe:
		return utf8.RuneCountInString(v.Text()), true
	case Bytes, Tuple, Set:
		return int(v.n), true
	case List:
		if !v.t.values && v.t.rt.Kind() == reflect.Array {
			return v.t.rt.Len(), true
		}
		return int(v.n), true
	case Dict:
		return v.pairs().Len(), true
	case Range:
		return v.steps().Len(), true
	case Map:
		return v.Reflect().Len(), true
	case Mapping:
		return len(v.mappingKeys()), true
	case Object:
		if v.t.length {
			return v.t.iface(v.addr()).(lenner).Len(), true
		}
	case Special:
		if items, ok := v.t.special(v, "__iter__"); ok {
			return items.Len()
		}
	}
	return 0, false
}

// Elements returns all elements.
func (v Value) Elements() ([]Value, error) {
	var s Sequence
	if err := s.Fill(v); err != nil {
		return nil, err
	}
	if s.elem == nil && s.steps == nil {
		return s.values, nil
	}
	out := make([]Value, s.n)
	for i := range out {
		out[i] = s.At(i)
	}
	return out, nil
}
