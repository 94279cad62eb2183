package value

import (
	"context"
	"reflect"
	"time"
	"unsafe"
)

// newCaller makes the plan of calling fn, a method expression func(*T[, context.Context]) R[, error]. All pointers are
// passed alike, so for the common results the function is called as one of an unsafe.Pointer; others go by reflection.
func newCaller(fn reflect.Value, t *Type, hasCtx, hasErr bool) caller {
	switch t.load {
	case loadString:
		return direct(fn, hasCtx, hasErr, func(s string) Value {
			return Value{t: t, p: unsafe.Pointer(unsafe.StringData(s)), n: uint64(len(s))}
		})
	case loadBool:
		return direct(fn, hasCtx, hasErr, func(b bool) Value {
			if b {
				return Value{t: t, n: 1}
			}
			return Value{t: t}
		})
	case loadInt64, loadUint64:
		return direct(fn, hasCtx, hasErr, func(n uint64) Value { return Value{t: t, n: n} })
	case loadPointer:
		return direct(fn, hasCtx, hasErr, func(p unsafe.Pointer) Value { return load(t, unsafe.Pointer(&p)) })
	case loadSlice:
		return direct(fn, hasCtx, hasErr, func(s []byte) Value {
			return Value{t: t, p: unsafe.Pointer(unsafe.SliceData(s)), n: uint64(len(s))}
		})
	case loadAny:
		return direct(fn, hasCtx, hasErr, func(a any) Value { return t.reg.Of(a) })
	case loadAddr:
		if t == timeType {
			return direct(fn, hasCtx, hasErr, func(tm time.Time) Value { return OfTime(tm) })
		}
	}
	return reflectCaller(fn, t, hasCtx, hasErr)
}

// reflectCaller calls fn by reflection.
func reflectCaller(fn reflect.Value, t *Type, hasCtx, hasErr bool) caller {
	reg := t.reg
	if reg == nil {
		reg = NewRegistry()
	}
	return func(ctx context.Context, p unsafe.Pointer) (Value, error) {
		args := make([]reflect.Value, 1, 2)
		args[0] = reflect.NewAt(fn.Type().In(0).Elem(), p)
		if hasCtx {
			args = append(args, reflect.ValueOf(ctx))
		}
		return results(reg, fn.Call(args), hasErr)
	}
}

func results(reg *Registry, out []reflect.Value, hasErr bool) (Value, error) {
	if hasErr && !out[1].IsNil() {
		return Value{}, out[1].Interface().(error)
	}
	return reg.OfReflect(out[0]), nil
}

func direct[R any](fn reflect.Value, hasCtx, hasErr bool, conv func(R) Value) caller {
	method := fn.Interface()
	code := wordsOf(&method).data // a func value is this one word
	switch {
	case !hasCtx && !hasErr:
		f := *(*func(unsafe.Pointer) R)(unsafe.Pointer(&code))
		return func(_ context.Context, p unsafe.Pointer) (Value, error) { return conv(f(p)), nil }
	case !hasCtx:
		f := *(*func(unsafe.Pointer) (R, error))(unsafe.Pointer(&code))
		return func(_ context.Context, p unsafe.Pointer) (Value, error) {
			r, err := f(p)
			if err != nil {
				return Value{}, err
			}
			return conv(r), nil
		}
	case !hasErr:
		f := *(*func(unsafe.Pointer, context.Context) R)(unsafe.Pointer(&code))
		return func(ctx context.Context, p unsafe.Pointer) (Value, error) { return conv(f(p, ctx)), nil }
	}
	f := *(*func(unsafe.Pointer, context.Context) (R, error))(unsafe.Pointer(&code))
	return func(ctx context.Context, p unsafe.Pointer) (Value, error) {
		r, err := f(p, ctx)
		if err != nil {
			return Value{}, err
		}
		return conv(r), nil
	}
}

// Callable is a function without arguments, as a value.
type Callable struct {
	Fn func() (Value, error)
	// AltersData: templates must not call it.
	AltersData bool
}

var callableType = &Type{kind: Func, name: "function"}

// OfFunc returns a function as a value.
func OfFunc(c *Callable) Value { return Value{t: callableType, p: unsafe.Pointer(c)} }

// Call calls a Func. Ok is false where it must not or cannot be called without arguments.
func (v Value) Call(ctx context.Context) (out Value, ok bool, err error) {
	if v.t == callableType {
		c := (*Callable)(v.p)
		if c.AltersData {
			return Value{}, false, nil
		}
		out, err = c.Fn()
		return out, true, err
	}
	switch f := v.Any().(type) {
	case func() string:
		return OfString(f()), true, nil
	case func() any:
		return v.t.reg.Of(f()), true, nil
	case func() (any, error):
		a, err := f()
		return v.t.reg.Of(a), true, err
	}
	rt := v.t.rt
	hasCtx := rt.NumIn() == 1 && rt.In(0) == contextType
	hasErr := rt.NumOut() == 2 && rt.Out(1) == errorType
	if rt.NumIn() > 0 && !hasCtx || rt.NumOut() == 0 || rt.NumOut() > 1 && !hasErr {
		return Value{}, false, nil
	}
	var args []reflect.Value
	if hasCtx {
		args = append(args, reflect.ValueOf(ctx))
	}
	out, err = results(v.t.reg, v.Reflect().Call(args), hasErr)
	return out, true, err
}
