package value_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"testing/quick"

	"github.com/nuages-go/nuages/template/internal/value"
)

type inner struct {
	S string
	N int32
}

type Embedded struct{ Deep uint16 }

type one struct{ P *inner }

// record has a field of every kind that is loaded by an offset.
type record struct {
	B          bool
	I8         int8
	I16        int16
	I32        int32
	I64        int64
	U8         uint8
	U16        uint16
	U32        uint32
	U64        uint64
	F32        float32
	F64        float64
	S          string
	Bytes      []byte
	List       []string
	Structs    []inner
	Pointers   []*inner
	Array      [3]int16
	Map        map[string]int
	Struct     inner
	Pointer    *inner
	OnePointer one
	*Embedded
}

func (r *record) PtrString() string { return r.S + "!" }
func (r record) ValueInt() int      { return int(r.I32) }
func (r *record) PtrBool() bool     { return r.B }
func (r *record) PtrStruct() *inner { return r.Pointer }
func (r *record) PtrList() []string { return r.List }
func (r *record) PtrAny() any       { return r.F64 }
func (r *record) Ctx(ctx context.Context) (string, error) {
	return fmt.Sprint(ctx.Value(keyType{})), nil
}
func (r *record) ByValue() inner { return r.Struct }
func (r *record) Small() int8    { return r.I8 }

type keyType struct{}

// TestLoadsAgreeWithReflection compares every field and method, read by its plan, with package reflect.
func TestLoadsAgreeWithReflection(t *testing.T) {
	t.Parallel()
	reg := value.NewRegistry()
	check := func(r record) bool {
		v := reg.Of(&r)
		rv := reflect.ValueOf(&r).Elem()
		for _, f := range reflect.VisibleFields(rv.Type()) {
			if f.Anonymous {
				continue
			}
			field, err := rv.FieldByIndexErr(f.Index)
			got, ok, getErr := value.NewStep(value.Snake(f.Name)).Get(t.Context(), v)
			if getErr != nil || !ok {
				t.Errorf("%s: %v, %v", f.Name, ok, getErr)
				return false
			}
			if err != nil { // through a nil pointer
				if !got.IsNone() {
					t.Errorf("%s = %v through a nil pointer", f.Name, got.Repr())
				}
				continue
			}
			if !same(field, got) {
				t.Errorf("%s = %s (%v), want %v", f.Name, got.Repr(), got.Any(), field.Interface())
				return false
			}
		}
		return true
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 300}); err != nil {
		t.Error(err)
	}
}

// TestCallsAgreeWithReflection compares every method, called by its plan, with reflect.Value.Call.
func TestCallsAgreeWithReflection(t *testing.T) {
	t.Parallel()
	reg := value.NewRegistry()
	ctx := context.WithValue(t.Context(), keyType{}, "from the context")
	check := func(r record) bool {
		rv := reflect.ValueOf(&r)
		for i := range rv.NumMethod() {
			name := rv.Type().Method(i).Name
			var in []reflect.Value
			if rv.Method(i).Type().NumIn() == 1 {
				in = append(in, reflect.ValueOf(ctx))
			}
			want := rv.Method(i).Call(in)[0]
			for how, v := range map[string]value.Value{"pointer": reg.Of(&r), "copy": reg.Of(r)} {
				got, ok, err := value.NewStep(value.Snake(name)).Get(ctx, v)
				if want.Kind() == reflect.Interface {
					want = want.Elem()
				}
				if err != nil || !ok || !same(want, got) {
					t.Errorf("%s of a %s = %s, %v, %v, want %v", name, how, got.Repr(), ok, err, want)
					return false
				}
			}
		}
		return true
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 100}); err != nil {
		t.Error(err)
	}
}

// TestInterfaceValues compares values that come as interfaces: those that the interface holds itself and those it points to.
func TestInterfaceValues(t *testing.T) {
	t.Parallel()
	reg := value.NewRegistry()
	p := &inner{"x", 3}
	for _, a := range []any{
		int8(-3), uint64(1 << 63), float32(1.5), "text", true,
		[]int{1, 2},
		[2]string{"a", "b"},
		map[string]int{"a": 1},
		inner{"y", 4},
		p,
		one{p},
		[1]*inner{p},
		struct{ N int64 }{9},
		struct{}{},
		[]byte("bytes"), (*inner)(nil), named("n"),
		[0]int{},
	} {
		got := reg.Of(a)
		if !same(reflect.ValueOf(a), got) {
			t.Errorf("Of(%#v) = %s (%v)", a, got.Repr(), got.Any())
		}
	}
}

type named string

// same compares a field with what was loaded from it.
func same(field reflect.Value, got value.Value) bool {
	switch field.Kind() {
	case reflect.Pointer:
		if field.IsNil() {
			return got.IsNone()
		}
		return same(field.Elem(), got)
	case reflect.Struct:
		p := got.Any()
		return reflect.DeepEqual(reflect.Indirect(reflect.ValueOf(p)).Interface(), field.Interface())
	case reflect.Slice, reflect.Array:
		if field.Type().Elem().Kind() == reflect.Uint8 {
			return string(got.Bytes()) == string(field.Bytes())
		}
		var s value.Sequence
		if s.Fill(got) != nil || s.Len() != field.Len() {
			return false
		}
		for i := range s.Len() {
			if !same(field.Index(i), s.At(i)) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(got.Any(), field.Interface()) || fmt.Sprint(got.Any()) == fmt.Sprint(field.Interface())
}
