package value

import (
	"math"
	"reflect"
	"unsafe"
)

// loadOp says how a value is read from the address of a variable of its type.
type loadOp uint8

const (
	loadAddr loadOp = iota // the value stays where it is: structs, arrays
	loadBool
	loadInt8
	loadInt16
	loadInt32
	loadInt64
	loadUint8
	loadUint16
	loadUint32
	loadUint64
	loadFloat32
	loadFloat64
	loadString
	loadSlice
	loadWord // maps and functions
	loadPointer
	loadAny
	loadInterface
	loadHTML
	loadNull // sql.NullString and its kin
)

func loadOf(rt reflect.Type) loadOp {
	switch rt.Kind() {
	case reflect.Bool:
		return loadBool
	case reflect.Int, reflect.Int64:
		return loadInt64
	case reflect.Int8:
		return loadInt8
	case reflect.Int16:
		return loadInt16
	case reflect.Int32:
		return loadInt32
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return loadUint64
	case reflect.Uint8:
		return loadUint8
	case reflect.Uint16:
		return loadUint16
	case reflect.Uint32:
		return loadUint32
	case reflect.Float32:
		return loadFloat32
	case reflect.Float64:
		return loadFloat64
	case reflect.String:
		return loadString
	case reflect.Slice:
		return loadSlice
	case reflect.Map, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return loadWord
	case reflect.Pointer:
		return loadPointer
	case reflect.Interface:
		if rt.NumMethod() == 0 {
			return loadAny
		}
		return loadInterface
	}
	return loadAddr
}

// load reads the value of type t at address p. Pointers are followed; a nil one is None.
func load(t *Type, p unsafe.Pointer) Value {
	switch t.load {
	case loadBool, loadUint8:
		return Value{t: t, n: uint64(*(*uint8)(p))}
	case loadInt8:
		return Value{t: t, n: uint64(*(*int8)(p))}
	case loadInt16:
		return Value{t: t, n: uint64(*(*int16)(p))}
	case loadInt32:
		return Value{t: t, n: uint64(*(*int32)(p))}
	case loadInt64, loadUint64:
		return Value{t: t, n: *(*uint64)(p)}
	case loadUint16:
		return Value{t: t, n: uint64(*(*uint16)(p))}
	case loadUint32:
		return Value{t: t, n: uint64(*(*uint32)(p))}
	case loadFloat32:
		return Value{t: t, n: math.Float64bits(float64(*(*float32)(p)))}
	case loadFloat64:
		return Value{t: t, n: math.Float64bits(*(*float64)(p))}
	case loadString:
		s := *(*string)(p)
		return Value{t: t, p: unsafe.Pointer(unsafe.StringData(s)), n: uint64(len(s))}
	case loadSlice:
		s := (*[]struct{})(p) // the element type does not matter for the header
		return Value{t: t, p: *(*unsafe.Pointer)(p), n: uint64(len(*s))}
	case loadWord:
		word := *(*unsafe.Pointer)(p)
		if word == nil && t.kind != Map {
			return NoneValue()
		}
		return Value{t: t, p: word}
	case loadPointer:
		q := *(*unsafe.Pointer)(p)
		if q == nil {
			return NoneValue()
		}
		return load(t.elem, q)
	case loadAny:
		return t.reg.Of(*(*any)(p))
	case loadInterface:
		rv := reflect.NewAt(t.rt, p).Elem()
		if rv.IsNil() {
			return NoneValue()
		}
		return t.reg.Of(rv.Elem().Interface())
	case loadHTML:
		return OfSafe(t.iface(p).(htmler).TemplateHTML())
	case loadNull:
		if *(*bool)(unsafe.Add(p, t.valid)) {
			return load(t.elem, p)
		}
		return NoneValue()
	}
	return Value{t: t, p: p}
}

// box returns the address of a variable of v's Go type that holds v.
func (v Value) box() unsafe.Pointer {
	switch v.t.load {
	case loadAddr:
		return v.p
	case loadBool, loadInt8, loadUint8, loadInt16, loadUint16, loadInt32, loadUint32, loadInt64, loadUint64:
		n := v.n // little-endian or not, the low bytes are taken below
		b := reflect.New(v.t.rt)
		if k := v.t.rt.Kind(); k == reflect.Bool {
			b.Elem().SetBool(n != 0)
		} else if b.Elem().CanInt() {
			b.Elem().SetInt(int64(n))
		} else {
			b.Elem().SetUint(n)
		}
		return b.UnsafePointer()
	case loadFloat32, loadFloat64:
		b := reflect.New(v.t.rt)
		b.Elem().SetFloat(v.Float())
		return b.UnsafePointer()
	case loadString:
		s := v.Text()
		return unsafe.Pointer(&s)
	case loadSlice:
		s := unsafe.Slice((*byte)(v.p), 0)
		h := (*[3]uintptr)(unsafe.Pointer(&s))
		h[1], h[2] = uintptr(v.n), uintptr(v.n)
		return unsafe.Pointer(&s)
	case loadWord:
		p := v.p
		return unsafe.Pointer(&p)
	}
	return v.p
}

// Any returns the Go value: a pointer for a struct, the value itself otherwise, nil for None and undefined values.
func (v Value) Any() any {
	if v.t == nil {
		return nil
	}
	switch v.t {
	case noneType:
		return nil
	case boolType:
		return v.Bool()
	case intType:
		return int(v.n)
	case int64Type:
		return v.Int()
	case floatType:
		return v.Float()
	case stringType:
		return v.Text()
	case timeType:
		return v.Time()
	case bytesType:
		return v.Bytes()
	case durationType:
		return v.Duration()
	case bigType:
		return v.Big()
	}
	if v.t.rt == nil || v.t == decimalType {
		return v
	}
	if v.t.load == loadAddr && v.t.kind == Object {
		if v.n&shared != 0 {
			return reflect.NewAt(v.t.rt, v.p).Elem().Interface()
		}
		return v.t.iface(v.p)
	}
	return reflect.NewAt(v.t.rt, v.box()).Elem().Interface()
}

// Reflect returns the Go value as a reflect.Value: a struct is addressable. It is invalid for None, undefined values and
// values that only the engine knows.
func (v Value) Reflect() reflect.Value {
	if v.t == nil || v.t.rt == nil {
		return reflect.Value{}
	}
	return reflect.NewAt(v.t.rt, v.box()).Elem()
}

// Plain is Any, with the values that only the engine knows as Go's own: lists and tuples as []any, dictionaries as
// map[string]any, decimals as text, dates as time.Time.
func (v Value) Plain() any {
	switch v.Kind() {
	case Safe:
		return v.Text()
	case Decimal:
		if v.t == decimalType {
			return v.Decimal().String()
		}
	case DateTime, Date, Clock:
		if v.t.rt == nil {
			return v.Time()
		}
	case List, Tuple, Set, Range:
		if v.t.rt != nil {
			break
		}
		elems, err := v.Elements()
		if err != nil {
			return nil
		}
		out := make([]any, len(elems))
		for i, e := range elems {
			out[i] = e.Plain()
		}
		return out
	case Dict:
		out := map[string]any{}
		for i, key := range v.pairs().keys {
			out[key.Str()] = v.pairs().values[i].Plain()
		}
		return out
	case Special:
		if s, ok := v.t.special(v, "__iter__"); ok {
			return s.Plain()
		}
		return v.Str()
	case Func, Seq:
		if v.t.rt == nil {
			return nil
		}
	}
	return v.Any()
}
