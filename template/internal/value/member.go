package value

import (
	"context"
	"reflect"
	"strings"
	"unsafe"
)

// Member is the plan of one name of a type: a field, or a method that needs no argument.
type Member struct {
	// typ is the type of the result, nil where only a call can tell.
	typ  *Type
	hops []hop
	off  uintptr
	call caller
	// Name is the Go name.
	Name string
	// Unavailable is why the member gives nothing: the method needs arguments, or changes data. "" if it is available.
	Unavailable string
	ptrRecv     bool
	// size is that of a field whose zero value may mean something else: it was not loaded, and fetch does so, or it is the key
	// of a relation that leads nowhere. It is 0 for all others.
	size  uintptr
	fetch func(ctx context.Context, p unsafe.Pointer) error
	key   bool
}

// hop goes through an embedded pointer.
type hop struct{ off uintptr }

type caller func(ctx context.Context, p unsafe.Pointer) (Value, error)

// Type returns the type of the member's values, nil where it is not known.
func (m *Member) Type() *Type { return m.typ }

// get reads the member of the value at p, whose n is given for its flags.
func (m *Member) get(ctx context.Context, v Value) (Value, error) {
	p := v.p
	for _, h := range m.hops {
		p = *(*unsafe.Pointer)(unsafe.Add(p, h.off))
		if p == nil {
			return NoneValue(), nil
		}
	}
	if m.call == nil {
		at := unsafe.Add(p, m.off)
		if m.size > 0 && zeroed(at, m.size) {
			if m.fetch != nil {
				if err := m.fetch(ctx, p); err != nil {
					return Value{}, err
				}
			}
			if m.key && zeroed(at, m.size) {
				return NoneValue(), nil
			}
		}
		return load(m.typ, at), nil
	}
	if v.t.load != loadAddr || m.ptrRecv && v.n&shared != 0 {
		p = v.copyBox()
	}
	return m.call(ctx, p)
}

// copyBox returns the address of a copy of v, for methods that must not change the original.
func (v Value) copyBox() unsafe.Pointer {
	if v.t.load != loadAddr {
		return v.box()
	}
	b := reflect.New(v.t.rt)
	b.Elem().Set(reflect.NewAt(v.t.rt, v.p).Elem())
	return b.UnsafePointer()
}

// Member returns the plan of a name of the type, nil if there is none.
func (t *Type) Member(name string) *Member {
	if m, ok := t.members.Load(name); ok {
		return m.(*Member)
	}
	m := t.findMember(name)
	if m != nil { // names that do not exist may come from data, without a bound
		t.members.Store(name, m)
	}
	return m
}

// Names returns the names of the type's fields and methods as templates write them.
func (t *Type) Names() []string {
	if t == nil || t.rt == nil || t.reg == nil {
		return nil
	}
	var names []string
	if t.rt.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(t.rt) {
			if name := fieldName(f); name != "" {
				names = append(names, name)
			}
		}
	}
	pt := reflect.PointerTo(t.rt)
	for i := range pt.NumMethod() {
		if m := t.method(pt.Method(i)); m.Unavailable == "" {
			names = append(names, Snake(m.Name))
		}
	}
	return names
}

func fieldName(f reflect.StructField) string {
	tag := f.Tag.Get("template")
	switch {
	case !f.IsExported() || tag == "-":
		return ""
	case tag != "":
		return tag
	}
	return Snake(f.Name)
}

// Snake turns a Go name into the name that templates use: PubDate into pub_date, HTMLBody into html_body.
func Snake(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		if isUpper(c) {
			if i > 0 && name[i-1] != '_' && (!isUpper(name[i-1]) || i+1 < len(name) && isLower(name[i+1])) {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// squash makes names comparable whose words are divided in different ways.
func squash(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// matches says whether a template's name means a Go name.
func matches(name, goName string) bool {
	if name == goName {
		return true
	}
	return strings.ToLower(name) == name && squash(name) == squash(goName)
}

func (t *Type) findMember(name string) *Member {
	if t.rt == nil || t.reg == nil || name == "" || t.kind == Func {
		return nil
	}
	if t.rt.Kind() == reflect.Struct {
		if m := t.findField(name); m != nil {
			return m
		}
	}
	pt := reflect.PointerTo(t.rt)
	for _, prefix := range []string{"", "get_"} {
		bare, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		for i := range pt.NumMethod() {
			if m := pt.Method(i); matches(bare, m.Name) {
				return t.method(m)
			}
		}
	}
	if bare, ok := strings.CutSuffix(name, "_id"); ok {
		if m := t.relationKey(bare); m != nil {
			return m
		}
	}
	if m := t.modelName(name); m != nil {
		return m
	}
	if name == "pk" { // Django's name for the key, whatever it is called; a type with another key has a method PK
		return t.findMember("id")
	}
	return nil
}

func (t *Type) findField(name string) *Member {
	var found *reflect.StructField
	for _, f := range reflect.VisibleFields(t.rt) {
		tag := f.Tag.Get("template")
		switch {
		case !f.IsExported() || tag == "-":
		case tag != "" && tag == name:
			return t.field(f)
		case tag == "" && found == nil && matches(name, f.Name):
			found = &f
		}
	}
	if found == nil {
		return nil
	}
	return t.field(*found)
}

func (t *Type) field(f reflect.StructField) *Member {
	m := &Member{Name: f.Name, typ: t.reg.TypeOf(f.Type)}
	rt := t.rt
	for i, index := range f.Index {
		sf := rt.Field(index)
		m.off += sf.Offset
		rt = sf.Type
		if i < len(f.Index)-1 && rt.Kind() == reflect.Pointer {
			m.hops = append(m.hops, hop{m.off})
			m.off, rt = 0, rt.Elem()
		}
	}
	return m.fetches(t, f.Type)
}

// relationKey is the plan of author_id for a field Author that is loaded lazily and knows its key.
func (t *Type) relationKey(name string) *Member {
	if t.rt.Kind() != reflect.Struct {
		return nil
	}
	f := t.findField(name)
	if f == nil || f.typ == nil || !f.typ.valuer || f.typ.rt.Kind() != reflect.Struct {
		return nil
	}
	for _, key := range []string{"id", "key"} {
		if k := f.typ.findField(key); k != nil && len(k.hops) == 0 {
			return &Member{Name: f.Name + "ID", typ: k.typ, hops: f.hops, off: f.off + k.off, fetch: f.fetch, size: k.typ.rt.Size(), key: true}
		}
	}
	pt := reflect.PointerTo(f.typ.rt)
	for _, key := range []string{"ID", "Key"} {
		if rm, ok := pt.MethodByName(key); ok {
			if m := f.typ.method(rm); m.Unavailable == "" {
				off, call := f.off, m.call
				return &Member{Name: f.Name + "ID", typ: m.typ, hops: f.hops, call: func(ctx context.Context, p unsafe.Pointer) (Value, error) {
					return call(ctx, unsafe.Add(p, off))
				}}
			}
		}
	}
	return nil
}

var (
	contextType = reflect.TypeFor[context.Context]()
	errorType   = reflect.TypeFor[error]()
)

// method is the plan of a method of *T.
func (t *Type) method(rm reflect.Method) *Member {
	m := &Member{Name: rm.Name}
	ft := rm.Type
	args := ft.NumIn() - 1
	if ft.IsVariadic() { // may be called without
		args--
	}
	hasCtx := args == 1 && ft.In(1) == contextType
	hasErr := ft.NumOut() == 2 && ft.Out(1) == errorType
	switch {
	case args > 1 || args == 1 && !hasCtx:
		m.Unavailable = "the method needs arguments"
	case ft.NumOut() == 0 || ft.Out(0) == errorType || ft.NumOut() > 2 || ft.NumOut() == 2 && !hasErr:
		m.Unavailable = "the method gives no value"
	case t.altersData(rm.Name):
		m.Unavailable = "the method changes data"
	default:
		m.typ = t.reg.TypeOf(ft.Out(0))
		_, byValue := t.rt.MethodByName(rm.Name)
		m.ptrRecv = !byValue
		if ft.IsVariadic() {
			m.call = reflectCaller(rm.Func, m.typ, hasCtx, hasErr)
		} else {
			m.call = newCaller(rm.Func, m.typ, hasCtx, hasErr)
		}
	}
	return m
}

func (t *Type) altersData(method string) bool {
	g, ok := reflect.New(t.rt).Interface().(guarded)
	return ok && g.AltersData(method)
}
