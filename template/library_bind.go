package template

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

// funcBinding calls a Go function with template values.
type funcBinding struct {
	fn reflect.Value
	// first is what the function's first parameter is, before the arguments.
	first reflect.Type
	// wantsNode: the first parameter is a *Context.
	wantsNode bool
	params    []reflect.Type
	// variadic is the type of further arguments; keywords that of a struct or map[string]any of named ones.
	variadic, keywords reflect.Type
	fields             map[string]int
	hasErr             bool
}

// callInfo is where a function is called from.
type callInfo struct {
	env *filters.Env
	c   *Context
}

var (
	ctxType     = reflect.TypeFor[context.Context]()
	infoType    = reflect.TypeFor[FilterInfo]()
	renderType  = reflect.TypeFor[*Context]()
	errType     = reflect.TypeFor[error]()
	safeType    = reflect.TypeFor[SafeString]()
	timeType    = reflect.TypeFor[time.Time]()
	anyMapType  = reflect.TypeFor[map[string]any]()
	durationTyp = reflect.TypeFor[time.Duration]()
)

func newBinding(fn any) (*funcBinding, error) {
	rt := reflect.TypeOf(fn)
	if rt == nil || rt.Kind() != reflect.Func || reflect.ValueOf(fn).IsNil() {
		return nil, fmt.Errorf("%T is no function", fn)
	}
	b := &funcBinding{fn: reflect.ValueOf(fn)}
	switch {
	case rt.NumOut() == 1 && rt.Out(0) != errType:
	case rt.NumOut() == 2 && rt.Out(1) == errType:
		b.hasErr = true
	default:
		return nil, fmt.Errorf("%T must return a value, or a value and an error", fn)
	}
	for i := range rt.NumIn() {
		in := rt.In(i)
		last := i == rt.NumIn()-1
		switch {
		case i == 0 && (in == ctxType || in == infoType || in == renderType):
			b.first, b.wantsNode = in, in == renderType
		case last && rt.IsVariadic():
			b.variadic = in.Elem()
		case last && (in == anyMapType || isKeywords(in)) && len(b.params) > 0 || last && isKeywords(in):
			b.keywords = in
			b.fields = keywordFields(in)
		default:
			b.params = append(b.params, in)
		}
	}
	return b, nil
}

// isKeywords says whether a type is a struct for named arguments: one without a name or whose name ends in Options.
func isKeywords(rt reflect.Type) bool {
	if rt.Kind() != reflect.Struct {
		return false
	}
	name := rt.Name()
	return name == "" || len(name) > 7 && name[len(name)-7:] == "Options"
}

func keywordFields(rt reflect.Type) map[string]int {
	if rt.Kind() != reflect.Struct {
		return nil
	}
	fields := map[string]int{}
	for i := range rt.NumField() {
		if f := rt.Field(i); f.IsExported() {
			name := f.Tag.Get("template")
			if name == "" {
				name = value.Snake(f.Name)
			}
			fields[name] = i
		}
	}
	return fields
}

// call converts the arguments and calls the function.
func (b *funcBinding) call(info callInfo, args []value.Value, kwargs []namedValue) (value.Value, error) {
	var few [6]reflect.Value
	in := few[:0]
	switch b.first {
	case nil:
	case ctxType:
		in = append(in, reflect.ValueOf(info.env.Ctx))
	case infoType:
		in = append(in, reflect.ValueOf(FilterInfo{info.env.Ctx, info.env.Autoescape}))
	default:
		in = append(in, reflect.ValueOf(info.c))
	}
	for i, arg := range args {
		want := b.variadic
		if i < len(b.params) {
			want = b.params[i]
		}
		rv, err := convert(arg, want)
		if err != nil {
			return value.Value{}, err
		}
		in = append(in, rv)
	}
	if b.keywords != nil {
		rv, err := b.named(kwargs)
		if err != nil {
			return value.Value{}, err
		}
		in = append(in, rv)
	}
	out := b.fn.Call(in)
	if b.hasErr && !out[1].IsNil() {
		return value.Value{}, out[1].Interface().(error)
	}
	return info.env.Reg.OfReflect(out[0]), nil
}

// namedValue is an argument name=value.
type namedValue struct {
	name  string
	value value.Value
}

func (b *funcBinding) named(kwargs []namedValue) (reflect.Value, error) {
	if b.keywords == anyMapType {
		m := map[string]any{}
		for _, kw := range kwargs {
			m[kw.name] = kw.value.Plain()
		}
		return reflect.ValueOf(m), nil
	}
	rv := reflect.New(b.keywords).Elem()
	for _, kw := range kwargs {
		field := rv.Field(b.fields[kw.name])
		x, err := convert(kw.value, field.Type())
		if err != nil {
			return rv, fmt.Errorf("%s: %w", kw.name, err)
		}
		field.Set(x)
	}
	return rv, nil
}

// convert returns a value as a Go type.
func convert(v value.Value, want reflect.Type) (reflect.Value, error) {
	bad := func(what string) (reflect.Value, error) {
		return reflect.Value{}, fmt.Errorf("%s is no %s", v.Repr(), what)
	}
	switch want {
	case safeType:
		if html, ok := v.HTML(); ok {
			return reflect.ValueOf(SafeString{html}), nil
		}
		return reflect.ValueOf(Escape(v.Str())), nil
	case timeType:
		if v.Kind() != value.DateTime {
			return bad("time")
		}
		return reflect.ValueOf(v.Time()), nil
	case durationTyp:
		if v.Kind() == value.Duration {
			return reflect.ValueOf(v.Duration()), nil
		}
	}
	if rv := v.Reflect(); rv.IsValid() {
		switch {
		case rv.Type() == want:
			return rv, nil
		case rv.CanAddr() && reflect.PointerTo(rv.Type()) == want:
			return rv.Addr(), nil
		}
	}
	switch want.Kind() {
	case reflect.Interface:
		a := v.Plain()
		if a == nil {
			return reflect.Zero(want), nil
		}
		if rv := reflect.ValueOf(a); rv.Type().AssignableTo(want) {
			return rv, nil
		}
	case reflect.String:
		return reflect.ValueOf(v.Str()).Convert(want), nil
	case reflect.Bool:
		return reflect.ValueOf(v.Truth()).Convert(want), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, ok := v.Int64()
		if !ok || reflect.Zero(want).OverflowInt(n) {
			return bad("whole number")
		}
		return reflect.ValueOf(n).Convert(want), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, ok := v.Int64()
		if !ok || n < 0 || reflect.Zero(want).OverflowUint(uint64(n)) {
			return bad("whole number from 0 on")
		}
		return reflect.ValueOf(n).Convert(want), nil
	case reflect.Float32, reflect.Float64:
		f, ok := v.ParseNumber()
		if !ok {
			return bad("number")
		}
		return reflect.ValueOf(f).Convert(want), nil
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNone() {
			return reflect.Zero(want), nil
		}
		if want.Kind() == reflect.Slice {
			return convertSlice(v, want)
		}
	}
	if a := v.Plain(); a != nil && reflect.TypeOf(a).AssignableTo(want) {
		return reflect.ValueOf(a), nil
	}
	return reflect.Value{}, fmt.Errorf("%s is no %s", v.Repr(), want)
}

func convertSlice(v value.Value, want reflect.Type) (reflect.Value, error) {
	elems, err := v.Elements()
	if err != nil {
		return reflect.Value{}, err
	}
	out := reflect.MakeSlice(want, len(elems), len(elems))
	for i, el := range elems {
		x, err := convert(el, want.Elem())
		if err != nil {
			return out, err
		}
		out.Index(i).Set(x)
	}
	return out, nil
}
