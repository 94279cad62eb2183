package value

import (
	"context"
	"reflect"
	"strconv"
	"sync/atomic"
	"unsafe"
)

// Step is one name of a variable's path, with the plan that it used last. Any number of goroutines may use it.
type Step struct {
	Name string
	// index is the name as a number, -1 if it is none.
	index int
	cache atomic.Pointer[stepPlan]
	// missing is the type that was last seen without such a member: the page's data, for a name that comes from the request.
	missing atomic.Pointer[Type]
}

type stepPlan struct {
	t *Type
	m *Member
}

// NewStep makes the step of a name.
func NewStep(name string) *Step {
	s := &Step{Name: name, index: -1}
	if n, err := strconv.Atoi(name); err == nil && n >= 0 {
		s.index = n
	}
	return s
}

// Index returns the name as a number, -1 if it is none.
func (s *Step) Index() int { return s.index }

// Warm plans the step ahead for a type.
func (s *Step) Warm(t *Type) {
	if t.kind == Object && !t.valuer {
		if m := t.Member(s.Name); m != nil && m.Unavailable == "" {
			s.cache.Store(&stepPlan{t, m})
		}
	}
}

// Get returns the member, element or item of v that the step names; ok is false if there is none. Functions are not
// called, lazy values not loaded.
func (s *Step) Get(ctx context.Context, v Value) (out Value, ok bool, err error) {
	if plan := s.cache.Load(); plan != nil && plan.t == v.t {
		out, err = plan.m.get(ctx, v)
		return out, err == nil, err
	}
	if v.t == nil || v.t.kind == None {
		return Value{}, false, nil
	}
	return s.slow(ctx, v)
}

func (s *Step) slow(ctx context.Context, v Value) (out Value, ok bool, err error) {
	t := v.t
	switch t.kind {
	case Special:
		out, ok = t.special(v, s.Name)
		return out, ok, nil
	case Map:
		if out, ok = v.mapKey(s.Name); ok {
			return out, true, nil
		}
	case Dict:
		if out, ok = v.pairs().Get(OfString(s.Name)); ok {
			return out, true, nil
		}
	case Mapping:
		if out, ok = v.mappingKey(s.Name); ok {
			return out, true, nil
		}
	}
	if m := s.member(t); m != nil {
		if m.Unavailable != "" {
			return Value{}, false, nil
		}
		if t.kind != Map && t.kind != Mapping { // there a key comes first
			s.cache.Store(&stepPlan{t, m})
		}
		out, err = m.get(ctx, v)
		return out, err == nil, err
	}
	if out, ok = attribute(v, s.Name); ok {
		return out, true, nil
	}
	if s.index >= 0 {
		out, ok = v.Index(s.index)
		return out, ok, nil
	}
	return Value{}, false, nil
}

// member returns the type's member with the step's name, nil if there is none.
func (s *Step) member(t *Type) *Member {
	if s.missing.Load() == t {
		return nil
	}
	m := t.Member(s.Name)
	if m == nil {
		s.missing.Store(t)
	}
	return m
}

// addr returns the address of a variable that holds v.
func (v Value) addr() unsafe.Pointer {
	if v.t.load == loadAddr {
		return v.p
	}
	return v.box()
}

var (
	anyMapType    = reflect.TypeFor[map[string]any]()
	stringMapType = reflect.TypeFor[map[string]string]()
	plainString   = reflect.TypeFor[string]()
)

// mapKey returns the value under a text key.
func (v Value) mapKey(name string) (Value, bool) {
	switch v.t.rt {
	case anyMapType:
		word := v.p // its address stays on the stack
		a, ok := (*(*map[string]any)(unsafe.Pointer(&word)))[name]
		if !ok {
			return Value{}, false
		}
		return v.t.reg.Of(a), true
	case stringMapType:
		s, ok := (*(*map[string]string)(unsafe.Pointer(&v.p)))[name]
		return OfString(s), ok
	}
	kt := v.t.rt.Key()
	var key reflect.Value
	switch {
	case kt.Kind() == reflect.String:
		key = reflect.ValueOf(name).Convert(kt)
	case kt.Kind() == reflect.Interface && plainString.AssignableTo(kt):
		key = reflect.ValueOf(name)
	default:
		return Value{}, false
	}
	got := v.Reflect().MapIndex(key)
	if !got.IsValid() {
		return Value{}, false
	}
	return v.t.reg.OfReflect(got), true
}

// Index returns the i-th element of a sequence, or the value under the key i of a map.
func (v Value) Index(i int) (Value, bool) {
	switch v.Kind() {
	case List, Tuple, Range:
		if v.t.view != "" {
			return Value{}, false
		}
		var s Sequence
		if err := s.Fill(v); err != nil || i >= s.Len() {
			return Value{}, false
		}
		return s.At(i), true
	case String, Safe:
		for _, r := range v.Text() {
			if i == 0 {
				return OfString(string(r)), true
			}
			i--
		}
	case Bytes:
		if b := v.Bytes(); i < len(b) {
			return OfInt(int64(b[i])), true
		}
	case Dict:
		return v.pairs().Get(OfInt(int64(i)))
	case Map:
		key := reflect.ValueOf(i)
		kt := v.t.rt.Key()
		if k := kt.Kind(); k == reflect.String || k == reflect.Struct || !key.CanConvert(kt) {
			return Value{}, false
		}
		if got := v.Reflect().MapIndex(key.Convert(kt)); got.IsValid() {
			return v.t.reg.OfReflect(got), true
		}
	}
	return Value{}, false
}

// Item returns Python's v[key].
func (v Value) Item(key Value) (Value, bool) {
	switch v.Kind() {
	case Dict:
		return v.pairs().Get(key)
	case Map, Mapping:
		if key.Kind().IsText() {
			if v.t.kind == Mapping {
				return v.mappingKey(key.Text())
			}
			return v.mapKey(key.Text())
		}
	}
	if !key.Kind().IsInteger() {
		return Value{}, false
	}
	i, ok := key.Int64()
	if !ok {
		return Value{}, false
	}
	return v.Index(int(i))
}
