package value

import (
	"context"
	"iter"
	"math/big"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// Type is the plan of a Go type: how to load a value from an address, and the fields and methods that templates reach.
// It is made once per type and Registry.
type Type struct {
	kind Kind
	load loadOp
	// values: the elements are Values rather than Go values.
	values bool
	naive  bool
	// view is how Python calls the view of a dictionary.
	view string
	// fixed: times stay in their zone.
	fixed bool
	name  string
	rt    reflect.Type
	reg   *Registry
	size  uintptr
	// valid is where the type of a nullable column says whether it has a value.
	valid uintptr
	// elem is the type of the elements of a list, map, or of what a pointer points to; key that of a map's keys.
	elem, key *Type

	valuer, mapping, query, ranger, stringer, errorer, htmler, decompose, exact bool
	length                                                                      bool
	civil                                                                       func(any) time.Time

	// ptrWord and valWord are the type words of *T and T in an interface; direct: T's word in an interface is T itself.
	ptrWord, valWord unsafe.Pointer
	direct           bool
	// members holds the plans by name; a *Member, nil for a name that does not exist.
	members sync.Map
	// special are the members of a Special type.
	special func(v Value, name string) (Value, bool)
	tag     uint8
	str     func(v Value) Value
}

type (
	valuer interface {
		TemplateValue(ctx context.Context) (any, error)
	}
	typedValuer interface{ TemplateType() any }
	mapping     interface {
		TemplateKeys() []string
		TemplateKey(key string) (any, bool)
	}
	guarded    interface{ AltersData(method string) bool }
	htmler     interface{ TemplateHTML() string }
	ranger     interface{ TemplateItems() iter.Seq[any] }
	stringer   interface{ String() string }
	lenner     interface{ Len() int }
	decomposer interface {
		Decompose(buf []byte) (form byte, negative bool, coefficient []byte, exponent int32)
	}
	// ratter is an exact number that prints its digits.
	ratter interface {
		Rat() *big.Rat
		String() string
	}
	// queryLike is a request's query: keys with several values, of which the last counts.
	queryLike interface {
		Keys() []string
		Lookup(key string) (string, bool)
		GetList(key string) []string
	}
	zoned interface {
		In(zone *time.Location) time.Time
		Location() *time.Location
	}
	dater   interface{ Date() (int, time.Month, int) }
	clocker interface{ Clock() (int, int, int) }
	nanoer  interface{ Nanosecond() int }
)

// NewSpecial makes the type of a value that the engine makes itself. Member gives the value of a name; str what printing
// the value gives.
// Tag tells the types apart.
func NewSpecial(tag uint8, name string, member func(v Value, name string) (Value, bool), str func(v Value) Value) *Type {
	return &Type{kind: Special, tag: tag, name: name, special: member, str: str}
}

// IsSpecial says whether v is a value of the Special type with that tag.
func (v Value) IsSpecial(tag uint8) bool { return v.t != nil && v.t.kind == Special && v.t.tag == tag }

// Kind returns the kind of the type's values.
func (t *Type) Kind() Kind { return t.kind }

// Name returns the type's name for messages.
func (t *Type) Name() string { return t.name }

// Go returns the Go type, nil for one that the engine made.
func (t *Type) Go() reflect.Type { return t.rt }

// Registry makes and keeps Types. Any number of goroutines may use it.
type Registry struct {
	// Models, if any, is asked about the types that it knows. It is set before the first use.
	Models Models
	types  sync.Map // reflect.Type → *Type
	// mu is held while types are made.
	mu sync.Mutex
	// anyMap and anyList are the most frequent types of untyped data.
	anyMap, anyList *Type
}

// NewRegistry makes a registry.
func NewRegistry() *Registry {
	r := &Registry{}
	r.anyMap, r.anyList = r.TypeOf(reflect.TypeFor[map[string]any]()), r.TypeOf(reflect.TypeFor[[]any]())
	return r
}

// TypeOf returns the plan of a Go type.
func (r *Registry) TypeOf(rt reflect.Type) *Type {
	if t, ok := r.types.Load(rt); ok {
		return t.(*Type)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	pending := map[reflect.Type]*Type{}
	t := r.build(rt, pending)
	for rt, t := range pending {
		r.types.Store(rt, t)
	}
	return t
}

type ifaceWords struct{ typ, data unsafe.Pointer }

func wordsOf(a *any) *ifaceWords { return (*ifaceWords)(unsafe.Pointer(a)) }

// build makes the plan of rt and of the types that it needs; mu is held.
func (r *Registry) build(rt reflect.Type, pending map[reflect.Type]*Type) *Type {
	if t, ok := r.types.Load(rt); ok {
		return t.(*Type)
	}
	if t, ok := pending[rt]; ok {
		return t
	}
	switch rt {
	case boolType.rt:
		return boolType
	case intType.rt:
		return intType
	case int64Type.rt:
		return int64Type
	case floatType.rt:
		return floatType
	case stringType.rt:
		return stringType
	case bytesType.rt:
		return bytesType
	case timeType.rt:
		return timeType
	case durationType.rt:
		return durationType
	case bigType.rt:
		return bigType
	case decimalType.rt:
		return decimalType
	}
	t := &Type{rt: rt, reg: r, name: rt.String(), load: loadOf(rt), size: rt.Size()}
	pending[rt] = t
	zero := reflect.Zero(rt).Interface()
	t.valWord = wordsOf(&zero).typ
	ptr := reflect.Zero(reflect.PointerTo(rt)).Interface()
	t.ptrWord = wordsOf(&ptr).typ
	switch rt.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		t.direct = true
	}
	switch rt.Kind() {
	case reflect.Bool:
		t.kind = Bool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		t.kind = Int
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		t.kind = Uint
	case reflect.Float32, reflect.Float64:
		t.kind = Float
	case reflect.String:
		t.kind = String
	case reflect.Slice:
		t.kind = List
		t.elem = r.build(rt.Elem(), pending)
		if rt.Elem().Kind() == reflect.Uint8 && rt.Elem().PkgPath() == "" {
			t.kind = Bytes
		}
	case reflect.Array:
		t.kind = List
		t.elem = r.build(rt.Elem(), pending)
	case reflect.Map:
		t.kind = Map
		t.elem, t.key = r.build(rt.Elem(), pending), r.build(rt.Key(), pending)
	case reflect.Pointer:
		t.kind = Object
		t.elem = r.build(rt.Elem(), pending)
	case reflect.Func:
		t.kind = Func
		if isSeq(rt) {
			t.kind = Seq
			t.elem = r.build(rt.In(0).In(0), pending)
		}
	default:
		t.kind = Object
	}
	t.interfaces(pending)
	return t
}

func isSeq(rt reflect.Type) bool {
	if rt.NumIn() != 1 || rt.NumOut() != 0 || rt.In(0).Kind() != reflect.Func {
		return false
	}
	yield := rt.In(0)
	return (yield.NumIn() == 1 || yield.NumIn() == 2) && yield.NumOut() == 1 && yield.Out(0).Kind() == reflect.Bool
}

func implements[I any](rt reflect.Type) bool {
	it := reflect.TypeFor[I]()
	return rt.Implements(it) || rt.Kind() != reflect.Interface && rt.Kind() != reflect.Pointer && reflect.PointerTo(rt).Implements(it)
}

// interfaces finds the optional interfaces that change what the type is to a template.
func (t *Type) interfaces(pending map[reflect.Type]*Type) {
	rt := t.rt
	if rt.Kind() == reflect.Pointer || rt.Kind() == reflect.Interface {
		return // what they point to counts
	}
	t.stringer = implements[stringer](rt)
	t.errorer = !t.stringer && implements[error](rt)
	t.htmler = implements[htmler](rt) && !implements[valuer](rt)
	t.ranger = implements[ranger](rt) && !implements[valuer](rt)
	switch {
	case rt.PkgPath() == "database/sql" && rt.Kind() == reflect.Struct && rt.NumField() == 2 && rt.Field(1).Name == "Valid":
		t.load, t.valid = loadNull, rt.Field(1).Offset
		t.elem = t.reg.build(rt.Field(0).Type, pending)
	case implements[valuer](rt):
		t.valuer = true
	case t.htmler && !implements[mapping](rt):
		t.kind = Object
		if rt.Kind() == reflect.Struct && reflect.PointerTo(rt).NumMethod() == 2 && t.stringer {
			t.load = loadHTML // nothing but safe text
		}
	case rt.Kind() == reflect.String && rt.PkgPath() == "html/template" && rt.Name() == "HTML":
		t.kind = Safe
	case implements[mapping](rt):
		t.mapping, t.kind = true, Mapping
	case implements[queryLike](rt):
		t.query, t.kind = true, Mapping
	case implements[ratter](rt) && rt.Kind() == reflect.Struct:
		t.exact, t.kind = true, Decimal
	case implements[decomposer](rt):
		t.decompose, t.kind = true, Decimal
	case rt.ConvertibleTo(timeType.rt) && rt.Kind() == reflect.Struct:
		t.kind = DateTime
	case implements[zoned](rt) && rt.Kind() == reflect.Struct: // a struct around a time.Time
		t.kind = DateTime
		t.civil = func(a any) time.Time {
			z := a.(zoned)
			return z.In(z.Location())
		}
	case implements[dater](rt) && implements[clocker](rt) && rt.Kind() == reflect.Struct:
		t.kind, t.naive = DateTime, true
		t.civil = func(a any) time.Time {
			y, m, d := a.(dater).Date()
			h, mi, s := a.(clocker).Clock()
			return time.Date(y, m, d, h, mi, s, nanos(a), time.UTC)
		}
	case implements[dater](rt) && rt.Kind() == reflect.Struct:
		t.kind = Date
		t.civil = func(a any) time.Time {
			y, m, d := a.(dater).Date()
			return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		}
	case implements[clocker](rt) && rt.Kind() == reflect.Struct:
		t.kind = Clock
		t.civil = func(a any) time.Time {
			h, mi, s := a.(clocker).Clock()
			return time.Date(1, 1, 1, h, mi, s, nanos(a), time.UTC)
		}
	}
	t.length = t.kind == Object && implements[lenner](rt)
	if rt.Kind() == reflect.Array && t.stringer { // uuid.UUID and its like
		t.kind = Object
	}
}

func nanos(a any) int {
	if n, ok := a.(nanoer); ok {
		return n.Nanosecond()
	}
	return 0
}

// iface returns the *T at p as an interface value, without an allocation.
func (t *Type) iface(p unsafe.Pointer) any {
	if t.ptrWord == nil {
		return reflect.NewAt(t.rt, p).Interface()
	}
	var a any
	*wordsOf(&a) = ifaceWords{t.ptrWord, p}
	return a
}

// Of returns a Go value as a Value.
func (r *Registry) Of(a any) Value {
	switch x := a.(type) {
	case nil:
		return NoneValue()
	case string:
		return OfString(x)
	case int:
		return Value{t: intType, n: uint64(x)}
	case int64:
		return OfInt(x)
	case bool:
		return OfBool(x)
	case float64:
		return OfFloat(x)
	case Value:
		return x
	case *big.Int:
		if x == nil {
			return NoneValue()
		}
		return OfBig(x)
	case *pyfmt.Decimal:
		return OfDecimal(x)
	case map[string]any:
		return Value{t: r.anyMap, p: *(*unsafe.Pointer)(unsafe.Pointer(&x))}
	case []any:
		return Value{t: r.anyList, p: unsafe.Pointer(unsafe.SliceData(x)), n: uint64(len(x))}
	case []Value:
		return OfList(x)
	case iter.Seq[Value]:
		return OfSeq(x)
	}
	return r.ofAny(a)
}

// ofAny is Of for other types.
func (r *Registry) ofAny(a any) Value {
	rt := reflect.TypeOf(a)
	t := r.TypeOf(rt)
	w := *wordsOf(&a)
	switch {
	case t.load == loadPointer:
		if w.data == nil {
			return NoneValue()
		}
		return load(t.elem, w.data)
	case t.direct: // maps and functions
		if w.data == nil && t.kind != Map {
			return NoneValue()
		}
		return Value{t: t, p: w.data}
	case (t.load == loadAddr || t.load == loadHTML || t.load == loadNull) && t.size == unsafe.Sizeof(uintptr(0)):
		// Whether the interface holds such a value itself or its address depends on its fields.
		box := reflect.New(rt)
		box.Elem().Set(reflect.ValueOf(a))
		return Value{t: t, p: box.UnsafePointer(), n: 0}
	}
	v := load(t, w.data)
	if t.load == loadAddr {
		v.n |= shared
	}
	return v
}

// shared marks an Object whose memory belongs to an interface value: methods with a pointer receiver get a copy.
const shared = 1

// OfReflect returns rv as a Value. It is slower than Of.
func (r *Registry) OfReflect(rv reflect.Value) Value {
	if !rv.IsValid() {
		return NoneValue()
	}
	if rv.CanAddr() {
		return load(r.TypeOf(rv.Type()), rv.Addr().UnsafePointer())
	}
	box := reflect.New(rv.Type())
	box.Elem().Set(rv)
	return load(r.TypeOf(rv.Type()), box.UnsafePointer())
}

// HTMLs is what a value implements that is safe HTML.
type HTMLs interface{ htmler }

// HasItems says whether values of the type give elements of their own to a loop.
func (t *Type) HasItems() bool { return t.ranger }

// Elem returns the type of a list's or map's elements, or of what a pointer points to.
func (t *Type) Elem() *Type { return t.elem }

// Key returns the type of a map's keys.
func (t *Type) Key() *Type { return t.key }

// Registry returns where the type was made, nil for the types that all registries share.
func (t *Type) Registry() *Registry { return t.reg }

// Held returns the type of what a lazily loaded value holds, nil if it is not known. Lazy says whether t is loaded lazily.
func (t *Type) Held() (held *Type, lazy bool) {
	if t.load == loadNull {
		return t.elem, true
	}
	if !t.valuer {
		return nil, false
	}
	typed, ok := reflect.New(t.rt).Interface().(typedValuer)
	if !ok {
		return nil, true
	}
	rt := reflect.TypeOf(typed.TemplateType())
	if rt == nil {
		return nil, true
	}
	return t.reg.TypeOf(rt), true
}
