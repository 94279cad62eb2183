package value_test

import (
	"errors"
	"io"
	"iter"
	"math/big"
	"net/netip"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/nuages-go/nuages/template/internal/value"
)

type Iface interface{ M() string }

type impl struct{ s string }

func (i impl) M() string { return i.s }

// odd has fields of types that templates hardly ever see.
type odd struct {
	Iface
	Err     error
	Reader  io.Reader
	Chan    chan int
	Fn      func(int) int
	Fn0     func() (string, error)
	NilFn   func()
	Ptr     unsafe.Pointer
	C       complex128
	Zero    struct{}
	Zeros   [0]int
	PP      **impl
	Mu      sync.Mutex
	Once    *sync.Once
	Arr     [2]impl
	Slices  [][]string
	NilMap  map[string]*odd
	MapOf   map[[2]int]func()
	Any     any
	NilAny  any
	Seq     iter.Seq2[string, error]
	NilSeq  iter.Seq[int]
	Rat     *big.Rat
	Float   *big.Float
	URL     *url.URL
	Addr    netip.Addr
	Zone    *time.Location
	Month   time.Month
	Mode    os.FileMode
	U       uintptr
	private int
	_       int
}

// TestOddTypes does everything with every field: nothing may panic.
func TestOddTypes(t *testing.T) {
	t.Parallel()
	p := &impl{"p"}
	full := &odd{
		Iface: impl{"i"}, Err: errors.New("e"), Reader: os.Stdin, Chan: make(chan int), Fn: func(i int) int { return i },
		Fn0: func() (string, error) { return "", errors.New("no") }, C: 1 + 2i, PP: &p, Once: &sync.Once{}, Arr: [2]impl{{"a"}, {"b"}},
		Slices: [][]string{nil, {"x"}}, MapOf: map[[2]int]func(){{1, 2}: nil}, Any: [1]any{nil}, Seq: func(yield func(string, error) bool) { yield("a", nil) },
		Rat: big.NewRat(1, 3), Float: big.NewFloat(1.5), URL: &url.URL{Path: "/x"}, Addr: netip.MustParseAddr("::1"), Zone: time.UTC, Month: 3,
		Mode: 0o644, U: 7, private: 1,
	}
	reg := value.NewRegistry()
	names := []string{
		"iface", "err", "reader", "chan", "fn", "fn0", "nil_fn", "ptr", "c", "zero", "zeros", "pp", "mu", "once", "arr", "slices", "nil_map", "map_of",
		"any", "nil_any", "seq", "nil_seq", "rat", "float", "url", "addr", "zone", "month", "mode", "u", "private", "m", "nosuch", "0",
	}
	for _, o := range []*odd{full, {}} {
		v := reg.Of(o)
		for _, name := range names {
			func() {
				defer func() {
					if r := recover(); r != nil && (name != "m" || o == full) { // a method of a nil interface panics in Go, too
						t.Errorf("%s: %v", name, r)
					}
				}()
				step := value.NewStep(name)
				if r := v.Type(); r != nil {
					step.Warm(r)
				}
				got, _, _ := step.Get(t.Context(), v)
				exercise(t, got, v)
			}()
		}
		v.Type().Names()
	}
}

func exercise(t *testing.T, v, other value.Value) {
	t.Helper()
	_, _ = v.Str(), v.Repr()
	_, _ = v.Truth(), v.TypeName()
	_, _ = v.Len()
	_, _ = v.Index(0)
	_, _ = v.Item(value.OfString("a"))
	_, _ = v.HTML()
	_, _ = v.BigInt()
	_, _ = v.ParseNumber()
	value.Equal(v, v)
	value.Equal(v, other)
	value.Compare(v, v)
	value.Contains(v, value.OfInt(1))
	value.Identical(v, other)
	v.Items()
	_, _ = v.Elements()
	_, _ = v.Plain(), v.Any()
	if v.Kind() == value.Func {
		_, _, _ = v.Call(t.Context())
	}
	if lazy, err := v.Lazy(t.Context()); err == nil {
		_ = lazy.Kind()
	}
	for _, name := range []string{"items", "keys", "values", "upper", "year", "days", "real", "0"} {
		_, _, _ = value.NewStep(name).Get(t.Context(), v)
	}
}
