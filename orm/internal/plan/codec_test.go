package plan_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

type name string

type everything struct {
	S     string
	N     name
	B     bool
	I     int
	I8    int8
	I16   int16
	I32   int32
	I64   int64
	U8    uint8
	U16   uint16
	U32   uint32
	U64   uint64
	F32   float32
	F64   float64
	T     time.Time
	D     time.Duration
	Y     []byte
	U     [16]byte
	PS    *string
	PN    *name
	PI    *int64
	PT    *time.Time
	PB    *bool
	PU    *[16]byte
	Inner struct{ X int }
}

// row holds one value for every column.
type row struct{ v reflect.Value }

func (r row) Null(i int) bool {
	f := r.v.Field(i)
	return f.Kind() == reflect.Pointer && f.IsNil()
}

func (r row) at(i int) reflect.Value {
	f := r.v.Field(i)
	if f.Kind() == reflect.Pointer {
		return f.Elem()
	}
	return f
}

func (r row) Int(i int) int64 {
	if f := r.at(i); f.CanUint() {
		return int64(f.Uint())
	}
	return r.at(i).Int()
}
func (r row) Float(i int) float64 { return r.at(i).Float() }
func (r row) Bool(i int) bool     { return r.at(i).Bool() }
func (r row) Text(i int) string   { return r.at(i).String() }
func (r row) Bytes(i int) []byte  { return r.at(i).Bytes() }
func (r row) Columns() int        { return r.v.NumField() }
func (r row) Any(i int) any       { return r.at(i).Interface() }
func (r row) Time(i int) (time.Time, error) {
	return r.at(i).Interface().(time.Time), nil
}
func (r row) Clock(i int) (time.Duration, error)    { return time.Duration(r.at(i).Int()), nil }
func (r row) Duration(i int) (time.Duration, error) { return time.Duration(r.at(i).Int()), nil }
func (r row) UUID(i int) ([16]byte, error)          { return r.at(i).Interface().([16]byte), nil }

var _ dialect.Row = row{}

// The codecs move bytes by address; reflection says whether they moved the right ones.
func TestCodecsAgreeWithReflection(t *testing.T) {
	t.Parallel()
	s, n, i, b := "s", name("n"), int64(-5), true
	now := time.Date(2026, 2, 3, 4, 5, 6, 7000, time.UTC)
	u := [16]byte{1, 2, 3}
	for _, in := range []everything{
		{},
		{
			S: "text", N: "named", B: true, I: -1, I8: -8, I16: -16, I32: -32, I64: -64, U8: 8, U16: 16, U32: 32, U64: 64, F32: 1.5, F64: -2.5,
			T: now, D: time.Minute, Y: []byte{0, 1}, U: u, PS: &s, PN: &n, PI: &i, PT: &now, PB: &b, PU: &u,
		},
	} {
		var out everything
		src := reflect.ValueOf(&in).Elem()
		typ := src.Type()
		for k := range typ.NumField() {
			f := typ.Field(k)
			kind := plan.GoKind(f.Type)
			c := plan.NewCodec(f.Type, kind)
			if kind == schema.Invalid {
				if c != nil || f.Name != "Inner" {
					t.Errorf("%s: kind %s with codec %v", f.Name, kind, c)
				}
				continue
			}
			if err := c.Set(plan.Add(plan.PointerTo(&out), f.Offset), row{src}, k); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
			if got := c.Zero(plan.Add(plan.PointerTo(&in), f.Offset)); got != src.Field(k).IsZero() {
				t.Errorf("%s: Zero = %v", f.Name, got)
			}
			want, err := plan.ValueOf(src.Field(k).Interface())
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Get(plan.Add(plan.PointerTo(&in), f.Offset)); got != want {
				t.Errorf("%s: Get = %v, want %v", f.Name, got, want)
			}
		}
		if !reflect.DeepEqual(in, out) && !(in.Y == nil) {
			t.Errorf("through the codecs: %+v, want %+v", out, in)
		}
	}
}

func TestIntegerThatDoesNotFit(t *testing.T) {
	t.Parallel()
	var small int8
	c := plan.NewCodec(reflect.TypeFor[int8](), schema.SmallInteger)
	err := c.Set(plan.PointerTo(&small), row{reflect.ValueOf(struct{ N int64 }{300})}, 0)
	if err == nil || !strings.Contains(err.Error(), "300") {
		t.Errorf("300 into an int8: %v", err)
	}
}

// A field's address is found whatever else is registered at the same time.
func TestSlabPeers(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 7, 64, 65, 200} {
		s := plan.Slab{Model: plan.Get[everything](func(*plan.Model) error { return nil })}
		for i := range n {
			plan.At[everything](s.Next(25)).I = i
		}
		sum := 0
		g := s.Peers("")
		g.Each(func(p plan.Pointer) bool { sum += plan.At[everything](p).I; return true })
		if want := n * (n - 1) / 2; sum != want || len(s.Out) != n {
			t.Errorf("%d objects: peers sum to %d, want %d", n, sum, want)
		}
	}
}
